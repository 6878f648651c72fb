/* The table library (manual 6.6) except sorting. Elements are read and written as Lua code does it, so that metamethods
 * are respected; what is not a table is welcome if it has the metamethods that the function needs. */
#include <limits.h>

#include "direct/direct.h"
#include "direct/library.h"
#include "direct/library_table.h"
#include "lauxlib.h"
#include "lualib.h"
#include "stdlib/table.h"
#include "vm/work.h"

static const struct {
  int need;
  const char *event;
} needs[] = {{RL_NEEDS_READ, "__index"}, {RL_NEEDS_WRITE, "__newindex"}, {RL_NEEDS_LENGTH, "__len"}};

static int has_metamethod(lua_State *L, int metatable, const char *event) {
  lua_pushstring(L, event);
  int found = lua_rawget(L, metatable) != LUA_TNIL;
  lua_pop(L, 1);
  return found;
}

static int can_stand_for_table(lua_State *L, int argument, int wanted) {
  if (!lua_getmetatable(L, argument)) return 0;
  int metatable = lua_gettop(L);
  int good = 1;
  for (size_t i = 0; good && i < sizeof needs / sizeof needs[0]; i++)
    if (wanted & needs[i].need) good = has_metamethod(L, metatable, needs[i].event);
  lua_pop(L, 1);
  return good;
}

void rl_list_check(lua_State *L, int argument, int wanted) {
  if (lua_type(L, argument) == LUA_TTABLE) return;
  if (!can_stand_for_table(L, argument, wanted)) luaL_checktype(L, argument, LUA_TTABLE);
}

lua_Integer rl_list_length(lua_State *L, int wanted) {
  rl_list_check(L, 1, wanted | RL_NEEDS_LENGTH);
  return luaL_len(L, 1);
}

#define ELEMENTS_AT_ONCE 1024 /* between two looks at limits and interrupts; a power of two */

/* a[to] = b[from], the tables being at the two indices. One of many: a list may be as long as its metatable says. */
static void copy_element(lua_State *L, int source, lua_Integer from, int target, lua_Integer to) {
  rl_work_pass(L, (size_t)to, ELEMENTS_AT_ONCE);
  lua_geti(L, source, from);
  lua_seti(L, target, to);
}

/* ---- one element ---- */

static int insert(lua_State *L) {
  lua_Integer length = rl_list_length(L, RL_NEEDS_READ | RL_NEEDS_WRITE);
  lua_Integer end = luaL_intop(+, length, 1); /* the first empty place */
  lua_Integer position = end;
  switch (lua_gettop(L)) {
    case 2: break;
    case 3:
      position = luaL_checkinteger(L, 2);
      /* 1 <= position <= end, in one unsigned comparison */
      luaL_argcheck(L, (lua_Unsigned)position - 1 < (lua_Unsigned)end, 2, "position out of bounds");
      if (end > position) rl_work(L, ((size_t)end - (size_t)position) * 4);
      for (lua_Integer i = end; i > position; i--) copy_element(L, 1, i - 1, 1, i);
      break;
    default: return luaL_error(L, "wrong number of arguments to 'insert'");
  }
  lua_seti(L, 1, position);
  return 0;
}

/* The place behind the last element is a valid position too; nothing moves then. */
static int remove_element(lua_State *L) {
  lua_Integer length = rl_list_length(L, RL_NEEDS_READ | RL_NEEDS_WRITE);
  lua_Integer position = luaL_optinteger(L, 2, length);
  if (position != length)
    luaL_argcheck(L, (lua_Unsigned)position - 1 <= (lua_Unsigned)length, 2, "position out of bounds");
  lua_geti(L, 1, position);
  if (position < length) rl_work(L, ((size_t)length - (size_t)position) * 4);
  for (; position < length; position++) copy_element(L, 1, position + 1, 1, position);
  lua_pushnil(L);
  lua_seti(L, 1, position); /* the last one, or the one that was asked for */
  return 1;
}

/* ---- many elements ---- */

/* table.move(a, f, e, t [, b]). Overlapping ranges of one table are copied from the end that keeps what is still to be
 * read. */
static int move(lua_State *L) {
  lua_Integer first = luaL_checkinteger(L, 2);
  lua_Integer last = luaL_checkinteger(L, 3);
  lua_Integer to = luaL_checkinteger(L, 4);
  int target = lua_isnoneornil(L, 5) ? 1 : 5;
  rl_list_check(L, 1, RL_NEEDS_READ);
  rl_list_check(L, target, RL_NEEDS_WRITE);
  if (first <= last) {
    luaL_argcheck(L, first > 0 || last < LUA_MAXINTEGER + first, 3, "too many elements to move");
    lua_Integer count = last - first + 1;
    luaL_argcheck(L, to <= LUA_MAXINTEGER - count + 1, 4, "destination wrap around");
    rl_work(L, (size_t)count * 4);
    int overwrites_source = to > first && to <= last && (target == 1 || lua_compare(L, 1, target, LUA_OPEQ));
    lua_Integer done = rl_direct_copy_elements(L, 1, first, target, to, count, overwrites_source);
    if (overwrites_source)
      for (lua_Integer i = count - 1 - done; i >= 0; i--) copy_element(L, 1, first + i, target, to + i);
    else
      for (lua_Integer i = done; i < count; i++) copy_element(L, 1, first + i, target, to + i);
  }
  lua_pushvalue(L, target);
  return 1;
}

static void add_element(lua_State *L, luaL_Buffer *buffer, lua_Integer index) {
  lua_geti(L, 1, index);
  if (!lua_isstring(L, -1))
    luaL_error(L, "invalid value (%s) at index %I in table for 'concat'", luaL_typename(L, -1), (LUAI_UACINT)index);
  rl_work(L, 8);
  luaL_addvalue(buffer);
}

static int concatenate(lua_State *L) {
  lua_Integer last = rl_list_length(L, RL_NEEDS_READ);
  size_t separator_length;
  const char *separator = luaL_optlstring(L, 2, "", &separator_length);
  lua_Integer index = luaL_optinteger(L, 3, 1);
  last = luaL_optinteger(L, 4, last);
  if (rl_direct_push_joined(L, 1, index, last, separator, separator_length)) {
    rl_work(L, (size_t)(last - index) * 8 + lua_rawlen(L, -1) / 32);
    return 1;
  }
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  if (index <= last) {
    add_element(L, &buffer, index);
    while (index < last) { /* so that the largest integer as `last` does not wrap */
      luaL_addlstring(&buffer, separator, separator_length);
      add_element(L, &buffer, ++index);
    }
  }
  rl_work_copied(L, luaL_bufflen(&buffer));
  luaL_pushresult(&buffer);
  return 1;
}

static int pack(lua_State *L) {
  int count = lua_gettop(L);
  lua_createtable(L, count, 1);
  lua_insert(L, 1);
  for (int i = count; i >= 1; i--)
    if (!rl_direct_pop_element(L, 1, i)) lua_seti(L, 1, i);
  lua_pushinteger(L, count);
  lua_setfield(L, 1, "n");
  return 1;
}

static int unpack(lua_State *L) {
  lua_Integer first = luaL_optinteger(L, 2, 1);
  lua_Integer last = luaL_opt(L, luaL_checkinteger, 3, luaL_len(L, 1));
  if (first > last) return 0;
  lua_Unsigned beyond_first = (lua_Unsigned)last - (lua_Unsigned)first;
  if (beyond_first >= (unsigned)INT_MAX || !lua_checkstack(L, (int)beyond_first + 1))
    return luaL_error(L, "too many results to unpack");
  int count = (int)beyond_first + 1;
  rl_work(L, (size_t)count);
  for (int i = 0; i < count; i++)
    if (!rl_direct_push_element(L, 1, first + i)) lua_geti(L, 1, first + i);
  return count;
}

static const luaL_Reg functions[] = {
  {"concat", concatenate},    {"insert", insert},     {"move", move},     {"pack", pack},
  {"remove", remove_element}, {"sort", rl_list_sort}, {"unpack", unpack}, {NULL, NULL}};

/* Those that the interpreter enters directly. */
static const DirectName direct_names[] = {
  {insert, DIRECT_insert}, {remove_element, DIRECT_remove}, {unpack, DIRECT_unpack}, {NULL, DIRECT_NONE}};

/* Pushes the library's table. */
LUAMOD_API int luaopen_table(lua_State *L) {
  rl_direct_define(L, DIRECT_TABLE, direct_names);
  static const Library library = LIBRARY_OF(functions, NULL, 0);
  rl_library_push(L, &library, NULL, 0);
  return 1;
}

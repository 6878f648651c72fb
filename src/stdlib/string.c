/* The string library (manual 6.4): functions on bytes, the metatable of strings, and opening it all. Patterns, `format`
 * and `pack` have files of their own. */
#include "stdlib/string_library.h"

#include "direct/direct.h"
#include "direct/library.h"
#include "direct/library_table.h"
#include "lualib.h"
#include "vm/work.h"

#include <ctype.h>
#include <string.h>

/* ---- positions and bytes ---- */

static int length_of(lua_State *L) {
  size_t length;
  luaL_checklstring(L, 1, &length);
  lua_pushinteger(L, (lua_Integer)length);
  return 1;
}

static int substring(lua_State *L) {
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length);
  size_t first = rl_string_first(luaL_checkinteger(L, 2), length);
  size_t last = rl_string_last(luaL_optinteger(L, 3, -1), length);
  if (first > last) {
    lua_pushliteral(L, "");
  } else {
    rl_work_copied(L, last - first);
    lua_pushlstring(L, text + first - 1, last - first + 1);
  }
  return 1;
}

static int bytes_of(lua_State *L) {
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length);
  lua_Integer position = luaL_optinteger(L, 2, 1);
  size_t first = rl_string_first(position, length);
  size_t last = rl_string_last(luaL_optinteger(L, 3, position), length);
  if (first > last) return 0;
  if (luai_unlikely(last - first >= (size_t)INT_MAX)) return luaL_error(L, "string slice too long");
  int count = (int)(last - first) + 1;
  luaL_checkstack(L, count, "string slice too long");
  rl_work(L, (size_t)count);
  for (int i = 0; i < count; i++) lua_pushinteger(L, (unsigned char)text[first - 1 + (size_t)i]);
  return count;
}

static int from_bytes(lua_State *L) {
  int count = lua_gettop(L);
  luaL_Buffer buffer;
  char *room = luaL_buffinitsize(L, &buffer, (size_t)count);
  for (int i = 1; i <= count; i++) {
    lua_Unsigned byte = (lua_Unsigned)luaL_checkinteger(L, i);
    luaL_argcheck(L, byte <= UCHAR_MAX, i, "value out of range");
    room[i - 1] = (char)byte;
  }
  luaL_pushresultsize(&buffer, (size_t)count);
  return 1;
}

/* ---- whole strings ---- */

/* A result of known length: a short one is written here, a longer one straight into its string. */
typedef struct Result {
  char *bytes;
  size_t length;
  char local[RL_MAX_SHORT_STRING];
} Result;

/* Returns where the caller writes the result, all of it, before it does anything else. */
static char *begin_result(lua_State *L, Result *result, size_t length) {
  result->length = length;
  result->bytes = length <= sizeof(result->local) ? result->local : rl_direct_push_room(L, length);
  return result->bytes;
}

static int finish_result(lua_State *L, const Result *result) {
  if (result->bytes == result->local)
    lua_pushlstring(L, result->local, result->length);
  else
    rl_direct_safe_point(L);
  return 1;
}

static int reverse(lua_State *L) {
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length);
  Result result;
  rl_work_on_bytes(L, length);
  char *room = begin_result(L, &result, length);
  for (size_t i = 0; i < length; i++) room[i] = text[length - 1 - i];
  return finish_result(L, &result);
}

/* (functions of their own: the C library's, when it is called by its name, is a look into a table) */
static int lower(lua_State *L) {
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length);
  Result result;
  rl_work_on_bytes(L, length);
  char *room = begin_result(L, &result, length);
  for (size_t i = 0; i < length; i++) room[i] = (char)tolower((unsigned char)text[i]);
  return finish_result(L, &result);
}

static int upper(lua_State *L) {
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length);
  Result result;
  rl_work_on_bytes(L, length);
  char *room = begin_result(L, &result, length);
  for (size_t i = 0; i < length; i++) room[i] = (char)toupper((unsigned char)text[i]);
  return finish_result(L, &result);
}

#define REPEATED_AT_ONCE ((size_t)1 << 22) /* bytes copied between two looks at interrupts */

/* Fills `room` with copies of its first `unit` bytes: what is there already is doubled until `total` is reached. */
static void repeat_bytes(lua_State *L, char *room, size_t unit, size_t total) {
  const size_t step = unit < REPEATED_AT_ONCE ? REPEATED_AT_ONCE / unit * unit : unit;
  for (size_t done = unit; done < total;) {
    size_t piece = done < total - done ? done : total - done;
    if (piece > step) {
      piece = step;
      rl_work(L, 1);
    }
    memcpy(room + done, room, piece);
    done += piece;
  }
}

static int repeat(lua_State *L) {
  size_t length, separator_length;
  const char *text = luaL_checklstring(L, 1, &length);
  lua_Integer count = luaL_checkinteger(L, 2);
  const char *separator = luaL_optlstring(L, 3, "", &separator_length);
  size_t unit = length + separator_length;
  if (count <= 0 || unit == 0) {
    lua_pushliteral(L, "");
    return 1;
  }
  if (luai_unlikely(unit < length || unit > RL_STRING_SIZE_LIMIT / (lua_Unsigned)count))
    return luaL_error(L, "resulting string too large");
  size_t total = unit * (size_t)count - separator_length;
  Result result;
  rl_work_copied(L, total);
  char *room = begin_result(L, &result, total);
  memcpy(room, text, length);
  if (count > 1) {
    memcpy(room + length, separator, separator_length);
    repeat_bytes(L, room, unit, total);
  }
  return finish_result(L, &result);
}

/* ---- binary chunks ---- */

/* lua_dump wants the function on top, so the buffer's slot may be pushed only when writing has begun. */
typedef struct DumpTarget {
  int started;
  luaL_Buffer buffer;
} DumpTarget;

static int add_piece(lua_State *L, const void *bytes, size_t size, void *context) {
  DumpTarget *target = context;
  if (!target->started) {
    target->started = 1;
    luaL_buffinit(L, &target->buffer);
  }
  luaL_addlstring(&target->buffer, bytes, size);
  return 0;
}

static int dump(lua_State *L) {
  DumpTarget target;
  int strip = lua_toboolean(L, 2);
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_settop(L, 1);
  target.started = 0;
  if (luai_unlikely(lua_dump(L, add_piece, &target, strip) != 0)) return luaL_error(L, "unable to dump given function");
  luaL_pushresult(&target.buffer);
  return 1;
}

/* ---- opening ---- */

/* Gives strings their metatable, whose `__index` is the library, the table on top. */
static void set_string_metatable(lua_State *L) {
  rl_string_push_arithmetic(L);
  lua_pushvalue(L, -2);
  lua_setfield(L, -2, "__index");
  lua_pushliteral(L, "");
  lua_insert(L, -2);
  lua_setmetatable(L, -2);
  lua_pop(L, 1);
}

/* Those that the interpreter enters directly. */
static const DirectName direct_names[] = {{bytes_of, DIRECT_byte},
                                          {from_bytes, DIRECT_char},
                                          {length_of, DIRECT_len},
                                          {substring, DIRECT_sub},
                                          {NULL, DIRECT_NONE}};

/* Pushes the string library and sets the metatable of strings. May raise (memory). Manual 6.4. */
LUAMOD_API int luaopen_string(lua_State *L) {
  rl_direct_define(L, DIRECT_STRING, direct_names);
  static const luaL_Reg functions[] = {{"byte", bytes_of},
                                       {"char", from_bytes},
                                       {"dump", dump},
                                       {"find", rl_string_find},
                                       {"format", rl_string_format},
                                       {"gmatch", rl_string_gmatch},
                                       {"gsub", rl_string_gsub},
                                       {"len", length_of},
                                       {"lower", lower},
                                       {"match", rl_string_match},
                                       {"pack", rl_string_pack},
                                       {"packsize", rl_string_packsize},
                                       {"rep", repeat},
                                       {"reverse", reverse},
                                       {"sub", substring},
                                       {"unpack", rl_string_unpack},
                                       {"upper", upper},
                                       {NULL, NULL}};
  static const Library library = LIBRARY_OF(functions, NULL, 0);
  rl_library_push(L, &library, NULL, 0);
  set_string_metatable(L);
  return 1;
}

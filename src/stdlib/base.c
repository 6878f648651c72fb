/* The basic library (manual 6.1): output, conversions, raw access, metatables, iteration, errors. */
#include "stdlib/base.h"

#include "direct/direct.h"
#include "lauxlib.h"
#include "lualib.h"
#include "vm/work.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* ---- output ---- */

static int print(lua_State *L) {
  int count = lua_gettop(L);
  for (int i = 1; i <= count; i++) {
    size_t length;
    const char *text = luaL_tolstring(L, i, &length);
    rl_work_output(L, length + 1);
    if (i > 1) lua_writestring("\t", 1);
    lua_writestring(text, length);
    lua_pop(L, 1);
  }
  lua_writeline();
  return 0;
}

/* All pieces are checked before the first is emitted, so that a wrong argument leaves no half of a message. */
static int warn(lua_State *L) {
  int count = lua_gettop(L);
  luaL_checkstring(L, 1);
  for (int i = 2; i <= count; i++) luaL_checkstring(L, i);
  for (int i = 1; i <= count; i++) lua_warning(L, lua_tostring(L, i), i < count);
  return 0;
}

/* ---- conversions ---- */

/* Returns the value of `byte` as a digit, or a number that is no digit in any base. */
static int digit_value(int byte) {
  if (isdigit(byte)) return byte - '0';
  if (isalpha(byte)) return toupper(byte) - 'A' + 10;
  return 99;
}

static const char *skip_space(const char *text) {
  return text + strspn(text, " \f\n\r\t\v");
}

/* Reads an integer in `base` with an optional sign and space around it. Returns where reading stopped, or NULL if there
 * is no digit. Values beyond 64 bits wrap. */
static const char *read_integer(const char *text, int base, lua_Integer *result) {
  text = skip_space(text);
  int negative = *text == '-';
  if (*text == '-' || *text == '+') text++;
  const char *first = text;
  lua_Unsigned value = 0;
  for (int digit; (digit = digit_value((unsigned char)*text)) < base; text++)
    value = value * (lua_Unsigned)base + (lua_Unsigned)digit;
  if (text == first || isalnum((unsigned char)*text)) return NULL;
  *result = (lua_Integer)(negative ? 0u - value : value);
  return skip_space(text);
}

static int convert_in_base(lua_State *L) {
  lua_Integer base = luaL_checkinteger(L, 2);
  luaL_checktype(L, 1, LUA_TSTRING);
  size_t length;
  const char *text = lua_tolstring(L, 1, &length);
  rl_work_on_bytes(L, length);
  luaL_argcheck(L, 2 <= base && base <= 36, 2, "base out of range");
  lua_Integer value;
  if (read_integer(text, (int)base, &value) == text + length)
    lua_pushinteger(L, value);
  else
    luaL_pushfail(L);
  return 1;
}

static int to_number(lua_State *L) {
  if (!lua_isnoneornil(L, 2)) return convert_in_base(L);
  if (lua_type(L, 1) == LUA_TNUMBER) {
    lua_settop(L, 1);
    return 1;
  }
  size_t length;
  const char *text = lua_tolstring(L, 1, &length);
  if (text != NULL) rl_work_on_bytes(L, length);
  if (text != NULL && lua_stringtonumber(L, text) == length + 1) return 1;
  luaL_checkany(L, 1);
  luaL_pushfail(L);
  return 1;
}

static int to_string(lua_State *L) {
  luaL_checkany(L, 1);
  luaL_tolstring(L, 1, NULL);
  return 1;
}

static int type_name(lua_State *L) {
  int type = lua_type(L, 1);
  luaL_argcheck(L, type != LUA_TNONE, 1, "value expected");
  lua_pushstring(L, lua_typename(L, type));
  return 1;
}

/* ---- arguments ---- */

/* Negative positions count from the end; positions beyond it select nothing. */
static int select_arguments(lua_State *L) {
  int count = lua_gettop(L) - 1;
  if (lua_type(L, 1) == LUA_TSTRING && *lua_tostring(L, 1) == '#') {
    lua_pushinteger(L, count);
    return 1;
  }
  lua_Integer position = luaL_checkinteger(L, 1);
  if (position < 0) position += count + 1;
  luaL_argcheck(L, position >= 1, 1, "index out of range");
  return position > count ? 0 : count + 1 - (int)position;
}

/* ---- raw access and metatables ---- */

static int raw_equal(lua_State *L) {
  luaL_checkany(L, 1);
  luaL_checkany(L, 2);
  lua_pushboolean(L, lua_rawequal(L, 1, 2));
  return 1;
}

static int raw_length(lua_State *L) {
  int type = lua_type(L, 1);
  luaL_argexpected(L, type == LUA_TTABLE || type == LUA_TSTRING, 1, "table or string");
  lua_pushinteger(L, (lua_Integer)lua_rawlen(L, 1));
  return 1;
}

static int raw_get(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_checkany(L, 2);
  lua_settop(L, 2);
  lua_rawget(L, 1);
  return 1;
}

static int raw_set(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_checkany(L, 2);
  luaL_checkany(L, 3);
  lua_settop(L, 3);
  lua_rawset(L, 1);
  return 1;
}

/* A field `__metatable` hides and protects the metatable. */
static int get_metatable(lua_State *L) {
  luaL_checkany(L, 1);
  if (!lua_getmetatable(L, 1))
    lua_pushnil(L);
  else
    luaL_getmetafield(L, 1, "__metatable");
  return 1;
}

static int set_metatable(lua_State *L) {
  int type = lua_type(L, 2);
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_argexpected(L, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
  if (luai_unlikely(luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL))
    return luaL_error(L, "cannot change a protected metatable");
  lua_settop(L, 2);
  lua_setmetatable(L, 1);
  return 1;
}

/* ---- iteration ---- */

static int next_pair(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 2);
  if (lua_next(L, 1)) return 2;
  lua_pushnil(L);
  return 1;
}

static int finish_pairs(lua_State *L, int status, lua_KContext unused) {
  (void)L;
  (void)status;
  (void)unused;
  return 3;
}

static int pairs(lua_State *L) {
  luaL_checkany(L, 1);
  if (luaL_getmetafield(L, 1, "__pairs") == LUA_TNIL) {
    lua_pushcfunction(L, next_pair);
    lua_pushvalue(L, 1);
    lua_pushnil(L);
  } else {
    lua_pushvalue(L, 1);
    lua_callk(L, 1, 3, 0, finish_pairs);
  }
  return 3;
}

/* The iterator of `ipairs`; respects `__index`. */
static int next_element(lua_State *L) {
  lua_Integer index = luaL_intop(+, luaL_checkinteger(L, 2), 1);
  lua_pushinteger(L, index);
  return lua_geti(L, 1, index) == LUA_TNIL ? 1 : 2;
}

static int ipairs(lua_State *L) {
  luaL_checkany(L, 1);
  lua_pushcfunction(L, next_element);
  lua_pushvalue(L, 1);
  lua_pushinteger(L, 0);
  return 3;
}

/* ---- errors ---- */

/* Raises the value at slot 1; a string gets the position of the function at `level` in front. */
static int raise_at_level(lua_State *L, int level) {
  lua_settop(L, 1);
  if (lua_type(L, 1) == LUA_TSTRING && level > 0) {
    luaL_where(L, level);
    lua_insert(L, 1);
    lua_concat(L, 2);
  }
  return lua_error(L);
}

static int raise_error(lua_State *L) {
  return raise_at_level(L, (int)luaL_optinteger(L, 2, 1));
}

static int assert_true(lua_State *L) {
  if (luai_likely(lua_toboolean(L, 1))) return lua_gettop(L);
  luaL_checkany(L, 1);
  lua_remove(L, 1);
  if (lua_gettop(L) == 0) lua_pushliteral(L, "assertion failed!");
  return raise_at_level(L, 1);
}

/* ---- the library ---- */

static const luaL_Reg functions[] = {{"assert", assert_true},
                                     {"collectgarbage", rl_base_collectgarbage},
                                     {"dofile", rl_base_dofile},
                                     {"error", raise_error},
                                     {"getmetatable", get_metatable},
                                     {"ipairs", ipairs},
                                     {"load", rl_base_load},
                                     {"loadfile", rl_base_loadfile},
                                     {"next", next_pair},
                                     {"pairs", pairs},
                                     {"pcall", rl_base_pcall},
                                     {"print", print},
                                     {"rawequal", raw_equal},
                                     {"rawget", raw_get},
                                     {"rawlen", raw_length},
                                     {"rawset", raw_set},
                                     {"select", select_arguments},
                                     {"setmetatable", set_metatable},
                                     {"tonumber", to_number},
                                     {"tostring", to_string},
                                     {"type", type_name},
                                     {"warn", warn},
                                     {"xpcall", rl_base_xpcall},
                                     {LUA_GNAME, NULL},
                                     {"_VERSION", NULL},
                                     {NULL, NULL}};

/* Those that the interpreter enters directly. */
static const DirectName direct_names[] = {{assert_true, DIRECT_assert},      {get_metatable, DIRECT_getmetatable},
                                          {ipairs, DIRECT_ipairs},           {next_element, DIRECT_ipairs_step},
                                          {next_pair, DIRECT_next},          {pairs, DIRECT_pairs},
                                          {raw_equal, DIRECT_rawequal},      {raw_get, DIRECT_rawget},
                                          {raw_length, DIRECT_rawlen},       {raw_set, DIRECT_rawset},
                                          {select_arguments, DIRECT_select}, {set_metatable, DIRECT_setmetatable},
                                          {to_number, DIRECT_tonumber},      {to_string, DIRECT_tostring},
                                          {type_name, DIRECT_type},          {NULL, DIRECT_NONE}};

/* Fills the global table, which is this library's table. Pushes it. */
LUAMOD_API int luaopen_base(lua_State *L) {
  rl_direct_define(L, DIRECT_BASE, direct_names);
  lua_pushglobaltable(L);
  luaL_setfuncs(L, functions, 0);
  lua_pushvalue(L, -1);
  lua_setfield(L, -2, LUA_GNAME);
  lua_pushliteral(L, LUA_VERSION);
  lua_setfield(L, -2, "_VERSION");
  return 1;
}

/* The debug library (manual 6.10): variables, upvalues, metatables without protection, tracebacks, a debugger's prompt.
 */
#include "stdlib/debug.h"

#include "direct/library_table.h"
#include "lauxlib.h"
#include "lualib.h"

#include <stdio.h>
#include <string.h>

DebugTarget rl_debug_target(lua_State *L) {
  lua_State *thread = lua_tothread(L, 1);
  if (thread != NULL) return (DebugTarget){thread, 1};
  return (DebugTarget){L, 0};
}

void rl_debug_reserve(lua_State *L, DebugTarget target, int slots) {
  if (luai_unlikely(target.thread != L && !lua_checkstack(target.thread, slots))) luaL_error(L, "stack overflow");
}

/* ---- registry, metatables, user values ---- */

static int get_registry(lua_State *L) {
  lua_pushvalue(L, LUA_REGISTRYINDEX);
  return 1;
}

static int get_metatable(lua_State *L) {
  luaL_checkany(L, 1);
  if (!lua_getmetatable(L, 1)) lua_pushnil(L);
  return 1;
}

static int set_metatable(lua_State *L) {
  int type = lua_type(L, 2);
  luaL_argexpected(L, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
  lua_settop(L, 2);
  lua_setmetatable(L, 1);
  return 1;
}

/* The value and true; only a fail for what has no such user value. */
static int get_user_value(lua_State *L) {
  int number = (int)luaL_optinteger(L, 2, 1);
  if (lua_type(L, 1) != LUA_TUSERDATA) {
    luaL_pushfail(L);
    return 1;
  }
  if (lua_getiuservalue(L, 1, number) == LUA_TNONE) return 1;
  lua_pushboolean(L, 1);
  return 2;
}

static int set_user_value(lua_State *L) {
  int number = (int)luaL_optinteger(L, 3, 1);
  luaL_checktype(L, 1, LUA_TUSERDATA);
  luaL_checkany(L, 2);
  lua_settop(L, 2);
  if (!lua_setiuservalue(L, 1, number)) luaL_pushfail(L);
  return 1;
}

/* ---- local variables ---- */

/* Finds the activation at the level that argument 1 (after a thread) names. */
static void check_level(lua_State *L, DebugTarget target, int level, lua_Debug *activation) {
  if (luai_unlikely(!lua_getstack(target.thread, level, activation)))
    luaL_argerror(L, target.shift + 1, "level out of range");
}

/* Of a function that is not active only the names of parameters are known. */
static int get_local(lua_State *L) {
  DebugTarget target = rl_debug_target(L);
  int subject = target.shift + 1;
  int number = (int)luaL_checkinteger(L, subject + 1);
  if (lua_isfunction(L, subject)) {
    lua_pushvalue(L, subject);
    lua_pushstring(L, lua_getlocal(L, NULL, number));
    return 1;
  }
  lua_Debug activation;
  check_level(L, target, (int)luaL_checkinteger(L, subject), &activation);
  rl_debug_reserve(L, target, 1);
  const char *name = lua_getlocal(target.thread, &activation, number);
  if (name == NULL) {
    luaL_pushfail(L);
    return 1;
  }
  lua_xmove(target.thread, L, 1);
  lua_pushstring(L, name);
  lua_insert(L, -2);
  return 2;
}

static int set_local(lua_State *L) {
  DebugTarget target = rl_debug_target(L);
  int subject = target.shift + 1;
  int level = (int)luaL_checkinteger(L, subject);
  int number = (int)luaL_checkinteger(L, subject + 1);
  lua_Debug activation;
  check_level(L, target, level, &activation);
  luaL_checkany(L, subject + 2);
  lua_settop(L, subject + 2);
  rl_debug_reserve(L, target, 1);
  lua_xmove(L, target.thread, 1);
  const char *name = lua_setlocal(target.thread, &activation, number);
  if (name == NULL) lua_pop(target.thread, 1); /* nobody took the value */
  lua_pushstring(L, name);
  return 1;
}

/* ---- upvalues ---- */

static int get_upvalue(lua_State *L) {
  int number = (int)luaL_checkinteger(L, 2);
  luaL_checktype(L, 1, LUA_TFUNCTION);
  const char *name = lua_getupvalue(L, 1, number);
  if (name == NULL) return 0;
  lua_pushstring(L, name);
  lua_insert(L, -2);
  return 2;
}

static int set_upvalue(lua_State *L) {
  luaL_checkany(L, 3);
  int number = (int)luaL_checkinteger(L, 2);
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_settop(L, 3);
  const char *name = lua_setupvalue(L, 1, number);
  if (name == NULL) return 0;
  lua_pushstring(L, name);
  return 1;
}

/* Reads a function and, in the next argument, an upvalue's number. Returns the identity of that upvalue, or NULL. */
static void *check_upvalue(lua_State *L, int function, int *number) {
  *number = (int)luaL_checkinteger(L, function + 1);
  luaL_checktype(L, function, LUA_TFUNCTION);
  return lua_upvalueid(L, function, *number);
}

static int upvalue_id(lua_State *L) {
  int number;
  void *identity = check_upvalue(L, 1, &number);
  if (identity != NULL)
    lua_pushlightuserdata(L, identity);
  else
    luaL_pushfail(L);
  return 1;
}

/* Reads one of the two upvalues to be joined and returns its number. */
static int check_existing_upvalue(lua_State *L, int function) {
  int number;
  void *identity = check_upvalue(L, function, &number);
  luaL_argcheck(L, identity != NULL, function + 1, "invalid upvalue index");
  return number;
}

static int join_upvalues(lua_State *L) {
  int joined = check_existing_upvalue(L, 1);
  int with = check_existing_upvalue(L, 3);
  luaL_argcheck(L, !lua_iscfunction(L, 1), 1, "Lua function expected");
  luaL_argcheck(L, !lua_iscfunction(L, 3), 3, "Lua function expected");
  lua_upvaluejoin(L, 1, joined, 3, with);
  return 0;
}

/* ---- tracebacks and the prompt ---- */

/* A message that is neither a string nor nil is returned as it is: it is an error object on its way up. */
static int traceback(lua_State *L) {
  DebugTarget target = rl_debug_target(L);
  int message = target.shift + 1;
  const char *text = lua_tostring(L, message);
  if (text == NULL && !lua_isnoneornil(L, message)) {
    lua_pushvalue(L, message);
    return 1;
  }
  int level = (int)luaL_optinteger(L, message + 1, target.thread == L ? 1 : 0);
  luaL_traceback(L, target.thread, text, level);
  return 1;
}

/* Executes lines from standard input until the end or a line "cont". */
static int prompt(lua_State *L) {
  char line[250];
  for (;;) {
    lua_writestringerror("%s", "lua_debug> ");
    if (fgets(line, sizeof(line), stdin) == NULL || strcmp(line, "cont\n") == 0) return 0;
    if (luaL_loadbuffer(L, line, strlen(line), "=(debug command)") != LUA_OK || lua_pcall(L, 0, 0, 0) != LUA_OK)
      lua_writestringerror("%s\n", luaL_tolstring(L, -1, NULL));
    lua_settop(L, 0);
  }
}

static int set_c_stack_limit(lua_State *L) {
  int limit = (int)luaL_checkinteger(L, 1);
  lua_pushinteger(L, lua_setcstacklimit(L, (unsigned int)limit));
  return 1;
}

static const luaL_Reg functions[] = {{"debug", prompt},
                                     {"gethook", rl_debug_gethook},
                                     {"getinfo", rl_debug_getinfo},
                                     {"getlocal", get_local},
                                     {"getmetatable", get_metatable},
                                     {"getregistry", get_registry},
                                     {"getupvalue", get_upvalue},
                                     {"getuservalue", get_user_value},
                                     {"setcstacklimit", set_c_stack_limit},
                                     {"sethook", rl_debug_sethook},
                                     {"setlocal", set_local},
                                     {"setmetatable", set_metatable},
                                     {"setupvalue", set_upvalue},
                                     {"setuservalue", set_user_value},
                                     {"traceback", traceback},
                                     {"upvalueid", upvalue_id},
                                     {"upvaluejoin", join_upvalues},
                                     {NULL, NULL}};

/* Pushes the library's table. */
LUAMOD_API int luaopen_debug(lua_State *L) {
  static const Library library = LIBRARY_OF(functions, NULL, 0);
  rl_library_push(L, &library, NULL, 0);
  return 1;
}

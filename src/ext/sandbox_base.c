/* The parts of the basic library that a sandbox has in a form of its own, and tables that cannot be changed. */
#include "ext/sandbox.h"

#include <string.h>

#include "lauxlib.h"

/* ---- frozen tables ---- */

/* The registry has the metatables of all frozen tables as keys of a weak table under this address. */
static const char frozen_key;

static int refuse_change(lua_State *L) {
  return luaL_error(L, "attempt to change a frozen table");
}

/* Steps through the table behind a frozen one without giving it away: it is the upvalue. */
static int step(lua_State *L) {
  lua_settop(L, 2);
  return lua_next(L, lua_upvalueindex(1)) != 0 ? 2 : 0;
}

static int frozen_pairs(lua_State *L) {
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_pushcclosure(L, step, 1);
  lua_pushnil(L);
  lua_pushnil(L);
  return 3;
}

static int frozen_length(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)lua_rawlen(L, lua_upvalueindex(1)));
  return 1;
}

static void push_frozen_set(lua_State *L) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &frozen_key) == LUA_TTABLE) return;
  lua_pop(L, 1);
  lua_newtable(L);
  lua_pushvalue(L, -1);
  lua_setmetatable(L, -2);
  lua_pushliteral(L, "k");
  lua_setfield(L, -2, "__mode");
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &frozen_key);
}

void rl_sandbox_freeze(lua_State *L) {
  luaL_checkstack(L, 6, NULL);
  lua_newtable(L);
  lua_createtable(L, 0, 5); /* table, proxy, metatable */
  lua_pushvalue(L, -3);
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, refuse_change);
  lua_setfield(L, -2, "__newindex");
  lua_pushvalue(L, -3);
  lua_pushcclosure(L, frozen_pairs, 1);
  lua_setfield(L, -2, "__pairs");
  lua_pushvalue(L, -3);
  lua_pushcclosure(L, frozen_length, 1);
  lua_setfield(L, -2, "__len");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  push_frozen_set(L);
  lua_pushvalue(L, -2);
  lua_pushboolean(L, 1);
  lua_rawset(L, -3);
  lua_pop(L, 1);
  lua_setmetatable(L, -2);
  lua_remove(L, -2);
}

static int is_frozen(lua_State *L, int index) {
  if (!lua_getmetatable(L, index)) return 0;
  push_frozen_set(L);
  lua_insert(L, -2);
  lua_rawget(L, -2);
  int found = lua_toboolean(L, -1);
  lua_pop(L, 2);
  return found;
}

/* ---- functions ---- */

static int raw_set(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_checkany(L, 2);
  luaL_checkany(L, 3);
  if (is_frozen(L, 1)) return refuse_change(L);
  lua_settop(L, 3);
  lua_rawset(L, 1);
  return 1;
}

/* Metatables of other things than tables belong to the host. */
static int get_metatable(lua_State *L) {
  luaL_checkany(L, 1);
  if (lua_type(L, 1) != LUA_TTABLE || !lua_getmetatable(L, 1)) {
    lua_pushnil(L);
    return 1;
  }
  luaL_getmetafield(L, 1, "__metatable");
  return 1;
}

/* A finalizer would run outside of every limit. */
static int set_metatable(lua_State *L) {
  int type = lua_type(L, 2);
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_argexpected(L, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
  if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL) return luaL_error(L, "cannot change a protected metatable");
  if (type == LUA_TTABLE) {
    lua_pushliteral(L, "__gc");
    if (lua_rawget(L, 2) != LUA_TNIL) return luaL_error(L, "a sandbox has no finalizers");
  }
  lua_settop(L, 2);
  lua_setmetatable(L, 1);
  return 1;
}

/* load for text, into the environment of the sandbox. Upvalues: the library's load, the environment. */
static int load_text(lua_State *L) {
  int has_environment = !lua_isnone(L, 4);
  const char *mode = luaL_optstring(L, 3, "bt");
  lua_settop(L, 4);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_pushvalue(L, 1);
  lua_pushvalue(L, 2);
  lua_pushstring(L, strchr(mode, 't') != NULL ? "t" : "");
  lua_pushvalue(L, has_environment ? 4 : lua_upvalueindex(2));
  lua_call(L, 4, LUA_MULTRET);
  return lua_gettop(L) - 4;
}

static int count_memory(lua_State *L) {
  const char *option = luaL_optstring(L, 1, "collect");
  if (strcmp(option, "count") != 0) return luaL_error(L, "a sandbox cannot steer the collector");
  lua_pushnumber(L, lua_gc(L, LUA_GCCOUNT) + lua_gc(L, LUA_GCCOUNTB) / 1024.0);
  return 1;
}

void rl_sandbox_add_base(lua_State *L) {
  static const luaL_Reg functions[] = {{"rawset", raw_set},
                                       {"getmetatable", get_metatable},
                                       {"setmetatable", set_metatable},
                                       {"collectgarbage", count_memory},
                                       {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
  lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  lua_getfield(L, -1, LUA_GNAME);
  lua_getfield(L, -1, "load");
  lua_pushvalue(L, -4);
  lua_pushcclosure(L, load_text, 2);
  lua_setfield(L, -4, "load");
  lua_pop(L, 2);
}

/* Metatables: types of userdata by name, and single metamethods. */
#include "lua.h"

#include "lauxlib.h"

/* Pushes registry[type_name]. Returns 0 if it was there; otherwise makes it a new table that knows its name, and
 * returns 1. Allocates. Manual 5.1. */
LUALIB_API int luaL_newmetatable(lua_State *L, const char *type_name) {
  if (luaL_getmetatable(L, type_name) != LUA_TNIL) return 0;
  lua_pop(L, 1);
  lua_createtable(L, 0, 2);
  lua_pushstring(L, type_name);
  lua_setfield(L, -2, "__name");
  lua_pushvalue(L, -1);
  lua_setfield(L, LUA_REGISTRYINDEX, type_name);
  return 1;
}

/* Gives the value on top the metatable that registry[type_name] is. Manual 5.1. */
LUALIB_API void luaL_setmetatable(lua_State *L, const char *type_name) {
  luaL_getmetatable(L, type_name);
  lua_setmetatable(L, -2);
}

/* Returns the block of the userdata at `index` if its type is `type_name`, otherwise NULL. May raise only for want of
 * memory. Manual 5.1. */
LUALIB_API void *luaL_testudata(lua_State *L, int index, const char *type_name) {
  void *block = lua_touserdata(L, index);
  if (block == NULL || !lua_getmetatable(L, index)) return NULL;
  luaL_getmetatable(L, type_name);
  if (!lua_rawequal(L, -1, -2)) block = NULL;
  lua_pop(L, 2);
  return block;
}

/* The same for an argument; raises instead of returning NULL. Manual 5.1. */
LUALIB_API void *luaL_checkudata(lua_State *L, int arg, const char *type_name) {
  void *block = luaL_testudata(L, arg, type_name);
  luaL_argexpected(L, block != NULL, arg, type_name);
  return block;
}

/* Pushes field `event` of the metatable of the value at `index` and returns its type; if there is none, pushes nothing
 * and returns LUA_TNIL. Raw access; allocates for the name. Manual 5.1. */
LUALIB_API int luaL_getmetafield(lua_State *L, int index, const char *event) {
  if (!lua_getmetatable(L, index)) return LUA_TNIL;
  lua_pushstring(L, event);
  int type = lua_rawget(L, -2);
  if (type == LUA_TNIL)
    lua_pop(L, 2);
  else
    lua_remove(L, -2);
  return type;
}

/* If the value at `index` has metamethod `event`: calls it with the value, leaves its one result, returns 1. Otherwise
 * pushes nothing and returns 0. Calls Lua code. Manual 5.1. */
LUALIB_API int luaL_callmeta(lua_State *L, int index, const char *event) {
  index = lua_absindex(L, index);
  if (luaL_getmetafield(L, index, event) == LUA_TNIL) return 0;
  lua_pushvalue(L, index);
  lua_call(L, 1, 1);
  return 1;
}

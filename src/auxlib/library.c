/* Building and registering libraries. */
#include "lua.h"

#include "lauxlib.h"

/* Pushes the table t[field] of the value at `index`. Returns 1 if it was there, 0 after making it. Calls Lua code
 * through metamethods, allocates. Manual 5.1. */
LUALIB_API int luaL_getsubtable(lua_State *L, int index, const char *field) {
  index = lua_absindex(L, index);
  if (lua_getfield(L, index, field) == LUA_TTABLE) return 1;
  lua_pop(L, 1);
  lua_newtable(L);
  lua_pushvalue(L, -1);
  lua_setfield(L, index, field);
  return 0;
}

/* Registers `functions` in the table below the top `shared` values, which all of them get as upvalues (copied, not
 * shared) and which are popped. Allocates. Manual 5.1. */
LUALIB_API void luaL_setfuncs(lua_State *L, const luaL_Reg *functions, int shared) {
  luaL_checkstack(L, shared, "too many upvalues");
  int table = -(shared + 2); /* with the function on top */
  for (; functions->name != NULL; functions++) {
    if (functions->func == NULL) {
      lua_pushboolean(L, 0); /* reserves the place */
    } else {
      for (int i = 0; i < shared; i++) lua_pushvalue(L, -shared);
      lua_pushcclosure(L, functions->func, shared);
    }
    lua_setfield(L, table, functions->name);
  }
  lua_pop(L, shared);
}

/* Pushes module `name`, opened with `open` unless it is loaded already; also sets the global of that name if `global`.
 * Calls Lua code, allocates. Manual 5.1. */
LUALIB_API void luaL_requiref(lua_State *L, const char *name, lua_CFunction open, int global) {
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  lua_getfield(L, -1, name);
  if (!lua_toboolean(L, -1)) {
    lua_pop(L, 1);
    lua_pushcfunction(L, open);
    lua_pushstring(L, name);
    lua_call(L, 1, 1);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, name);
  }
  lua_remove(L, -2); /* the table of loaded modules */
  if (global) {
    lua_pushvalue(L, -1);
    lua_setglobal(L, name);
  }
}

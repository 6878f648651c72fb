/* A function has no name of its own; the best one for a message is the path by which a program would reach it:
 * package.loaded[module] itself, or a field of it. */
#include "auxlib/function_name.h"

#include "lauxlib.h"

#include <string.h>

/* Searches the table on top of the stack for a string key that holds the value at `wanted`; leaves that key above the
 * table and returns 1, or nothing and returns 0. */
static int find_key(lua_State *L, int wanted) {
  int table = lua_gettop(L);
  lua_pushnil(L);
  while (lua_next(L, table)) {
    int hit = lua_type(L, -2) == LUA_TSTRING && lua_rawequal(L, wanted, -1);
    lua_pop(L, 1);
    if (hit) return 1;
  }
  return 0;
}

/* With a module's name and value on top: pushes the name under which the module offers the value at `wanted`. */
static int name_within_module(lua_State *L, int wanted) {
  if (lua_type(L, -2) != LUA_TSTRING) return 0;
  if (lua_rawequal(L, wanted, -1)) {
    lua_pushvalue(L, -2);
    return 1;
  }
  if (!lua_istable(L, -1) || !find_key(L, wanted)) return 0;
  const char *module = lua_tostring(L, -3);
  const char *field = lua_tostring(L, -1);
  if (strcmp(module, LUA_GNAME) == 0)
    lua_pushstring(L, field);
  else
    lua_pushfstring(L, "%s.%s", module, field);
  return 1;
}

int rl_function_push_global_name(lua_State *L, lua_Debug *ar) {
  int base = lua_gettop(L);
  luaL_checkstack(L, 8, "not enough stack");
  lua_getinfo(L, "f", ar);
  lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  int found = 0;
  if (lua_istable(L, base + 2)) {
    lua_pushnil(L);
    while (!found && lua_next(L, base + 2)) {
      found = name_within_module(L, base + 1);
      if (!found) lua_pop(L, 1);
    }
  }
  if (found) lua_replace(L, base + 1);
  lua_settop(L, base + found);
  return found;
}

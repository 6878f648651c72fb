/* The package library (manual 6.3): `require` and the tables and paths that steer it. */
#include "stdlib/package.h"

#include <stdlib.h>
#include <string.h>

#include "lauxlib.h"
#include "lualib.h"

/* ---- require ---- */

/* Pushes the loader of the module and its data, from the first searcher that has one; raises with all their reasons
 * otherwise. The package table is the upvalue. */
static void push_loader(lua_State *L, const char *name) {
  static const char line[] = "\n\t";
  if (lua_getfield(L, lua_upvalueindex(1), "searchers") != LUA_TTABLE)
    luaL_error(L, "'package.searchers' must be a table");
  int searchers = lua_gettop(L);
  luaL_Buffer reasons;
  luaL_buffinit(L, &reasons);
  for (lua_Integer i = 1; lua_rawgeti(L, searchers, i) != LUA_TNIL; i++) {
    lua_pushstring(L, name);
    lua_call(L, 1, 2);
    if (lua_isfunction(L, -2)) return;
    lua_pop(L, 1);
    if (!lua_isstring(L, -1)) {
      lua_pop(L, 1);
      continue;
    }
    lua_pushstring(L, line);
    lua_insert(L, -2);
    lua_concat(L, 2);
    luaL_addvalue(&reasons);
  }
  lua_pop(L, 1);
  luaL_pushresult(&reasons);
  luaL_error(L, "module '%s' not found:%s", name, lua_tostring(L, -1));
}

/* Calls the loader on top with the name and its data; its result, if any, becomes package.loaded[name], and without one
 * `true` does, unless the module has set it itself. Leaves the data below and the module on top. */
static void load_module(lua_State *L, int loaded, const char *name) {
  lua_insert(L, -2); /* the data below the loader */
  lua_pushvalue(L, 1);
  lua_pushvalue(L, -3);
  lua_call(L, 2, 1);
  if (!lua_isnil(L, -1))
    lua_setfield(L, loaded, name);
  else
    lua_pop(L, 1);
  if (lua_getfield(L, loaded, name) != LUA_TNIL) return;
  lua_pop(L, 1);
  lua_pushboolean(L, 1);
  lua_pushvalue(L, -1);
  lua_setfield(L, loaded, name);
}

static int require(lua_State *L) {
  const char *name = luaL_checkstring(L, 1);
  lua_settop(L, 1);
  lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  lua_getfield(L, 2, name);
  if (lua_toboolean(L, -1)) return 1;
  lua_pop(L, 1);
  push_loader(L, name);
  load_module(L, 2, name);
  lua_insert(L, -2);
  return 2;
}

/* ---- paths ---- */

static int ignores_environment(lua_State *L) {
  lua_getfield(L, LUA_REGISTRYINDEX, "LUA_NOENV");
  int ignored = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return ignored;
}

/* The variable for this version, or the general one. */
static const char *path_from_environment(lua_State *L, const char *variable) {
  if (ignores_environment(L)) return NULL;
  const char *versioned = lua_pushfstring(L, "%s%s", variable, LUA_VERSUFFIX);
  const char *path = getenv(versioned);
  lua_pop(L, 1);
  return path != NULL ? path : getenv(variable);
}

/* Pushes `path` with the default path in place of its first ";;". */
static void push_with_default(lua_State *L, const char *path, const char *standard) {
  const char *gap = strstr(path, LUA_PATH_SEP LUA_PATH_SEP);
  if (gap == NULL) {
    lua_pushstring(L, path);
    return;
  }
  const char *rest = gap + 2;
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  if (gap > path) {
    luaL_addlstring(&buffer, path, (size_t)(gap - path));
    luaL_addstring(&buffer, LUA_PATH_SEP);
  }
  luaL_addstring(&buffer, standard);
  if (*rest != '\0') {
    luaL_addstring(&buffer, LUA_PATH_SEP);
    luaL_addstring(&buffer, rest);
  }
  luaL_pushresult(&buffer);
}

static void set_path(lua_State *L, const char *field, const char *variable, const char *standard) {
  const char *path = path_from_environment(L, variable);
  if (path == NULL)
    lua_pushstring(L, standard);
  else
    push_with_default(L, path, standard);
  lua_setfield(L, -2, field);
}

/* ---- the library ---- */

static const luaL_Reg functions[] = {
  {"loadlib", rl_library_loadlib}, {"searchpath", rl_searchers_searchpath}, {NULL, NULL}};

static const luaL_Reg global_functions[] = {{"require", require}, {NULL, NULL}};

/* Pushes the library's table; also makes the global function `require`. */
LUAMOD_API int luaopen_package(lua_State *L) {
  rl_library_open_list(L);
  luaL_newlib(L, functions);
  rl_searchers_open(L);
  set_path(L, "path", "LUA_PATH", LUA_PATH_DEFAULT);
  set_path(L, "cpath", "LUA_CPATH", LUA_CPATH_DEFAULT);
  lua_pushliteral(L, LUA_DIRSEP "\n" LUA_PATH_SEP "\n" LUA_PATH_MARK "\n" LUA_EXEC_DIR "\n-\n");
  lua_setfield(L, -2, "config");
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  lua_setfield(L, -2, "loaded");
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
  lua_setfield(L, -2, "preload");
  lua_pushglobaltable(L);
  lua_pushvalue(L, -2);
  luaL_setfuncs(L, global_functions, 1);
  lua_pop(L, 1);
  return 1;
}

/* The four searchers of `require` (manual 6.3) and `package.searchpath`. A searcher gets a module's name and returns a
 * loader with the data for it, or a text that says where it looked in vain. Each has the package table as upvalue. */
#include <stdio.h>
#include <string.h>

#include "lauxlib.h"
#include "rille.h"
#include "stdlib/package.h"

#define MODULE_PREFIX "luaopen_"
#define HYPHEN        '-' /* LUA_IGMARK: what stands before it in a name is not part of the function's name */

/* ---- paths ---- */

static int is_readable(const char *name) {
  FILE *file = fopen(name, "r");
  if (file == NULL) return 0;
  fclose(file);
  return 1;
}

/* Pushes the text for a search in vain: one line per file of `path`. */
static void push_not_found(lua_State *L, const char *path) {
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  luaL_addstring(&buffer, "no file '");
  luaL_addgsub(&buffer, path, LUA_PATH_SEP, "'\n\tno file '");
  luaL_addstring(&buffer, "'");
  luaL_pushresult(&buffer);
}

/* Pushes the first readable file of the path, which is a list without marks at the top of the stack and stays there; 0
 * if there is none. */
static int push_first_readable(lua_State *L, const char *path) {
  for (;;) {
    size_t length = strcspn(path, LUA_PATH_SEP);
    const char *name = lua_pushlstring(L, path, length);
    if (is_readable(name)) return 1;
    lua_pop(L, 1);
    if (path[length] == '\0') return 0;
    path += length + 1;
  }
}

/* Pushes the file in which module `name` is found, and returns it; or pushes the text for a search in vain and returns
 * NULL. */
static const char *search_path(lua_State *L, const char *name, const char *path, const char *separator,
                               const char *replacement) {
  if (*separator != '\0' && strchr(name, *separator) != NULL) name = luaL_gsub(L, name, separator, replacement);
  const char *names = luaL_gsub(L, path, LUA_PATH_MARK, name);
  if (*names != '\0' && push_first_readable(L, names)) return lua_tostring(L, -1);
  push_not_found(L, names);
  return NULL;
}

int rl_searchers_searchpath(lua_State *L) {
  const char *name = luaL_checkstring(L, 1);
  const char *path = luaL_checkstring(L, 2);
  const char *separator = luaL_optstring(L, 3, ".");
  const char *replacement = luaL_optstring(L, 4, LUA_DIRSEP);
  if (search_path(L, name, path, separator, replacement) != NULL) return 1;
  luaL_pushfail(L);
  lua_insert(L, -2);
  return 2;
}

/* The same with the path in a field of the package table. */
static const char *search_field(lua_State *L, const char *name, const char *field) {
  lua_getfield(L, lua_upvalueindex(1), field);
  const char *path = lua_tostring(L, -1);
  if (path == NULL) luaL_error(L, "'package.%s' must be a string", field);
  return search_path(L, name, path, ".", LUA_DIRSEP);
}

/* ---- preloaded and Lua modules ---- */

/* Rille's own modules are built in, but in no table that a program could come across. */
static int search_preloaded(lua_State *L) {
  const char *name = luaL_checkstring(L, 1);
  lua_getfield(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
  if (lua_getfield(L, -1, name) == LUA_TNIL) {
    lua_CFunction opener = rille_findmodule(name);
    if (opener == NULL) {
      lua_pushfstring(L, "no field package.preload['%s']", name);
      return 1;
    }
    lua_pushcfunction(L, opener);
  }
  lua_pushliteral(L, ":preload:");
  return 2;
}

/* The results for a loader on top of the stack. */
static int found_in(lua_State *L, const char *file) {
  lua_pushstring(L, file);
  return 2;
}

/* Raises the error for a file that cannot be loaded, for the reason on top. A file that is there ends the search. */
static int broken_file(lua_State *L, const char *name, const char *file) {
  return luaL_error(L, "error loading module '%s' from file '%s':\n\t%s", name, file, lua_tostring(L, -1));
}

static int search_lua(lua_State *L) {
  const char *name = luaL_checkstring(L, 1);
  const char *file = search_field(L, name, "path");
  if (file == NULL) return 1;
  return luaL_loadfile(L, file) == LUA_OK ? found_in(L, file) : broken_file(L, name, file);
}

/* ---- C modules ---- */

static LinkResult link_opener(lua_State *L, const char *file, const char *module) {
  const char *symbol = lua_pushfstring(L, MODULE_PREFIX "%s", module);
  return rl_library_link(L, file, symbol);
}

/* Pushes the function that opens module `name`: luaopen_ and the name with underscores for dots. Of a name with a
 * hyphen, the function is named by what stands behind it, or, as before 5.2, by what stands in front. */
static LinkResult link_module(lua_State *L, const char *file, const char *name) {
  name = luaL_gsub(L, name, ".", "_");
  const char *hyphen = strchr(name, HYPHEN);
  if (hyphen == NULL) return link_opener(L, file, name);
  LinkResult result = link_opener(L, file, lua_pushlstring(L, name, (size_t)(hyphen - name)));
  return result == RL_LINK_NO_FUNCTION ? link_opener(L, file, hyphen + 1) : result;
}

static int search_c(lua_State *L) {
  const char *name = luaL_checkstring(L, 1);
  const char *file = search_field(L, name, "cpath");
  if (file == NULL) return 1;
  return link_module(L, file, name) == RL_LINK_GOOD ? found_in(L, file) : broken_file(L, name, file);
}

/* Submodules may all be in the library of the module at their root. */
static int search_c_root(lua_State *L) {
  const char *name = luaL_checkstring(L, 1);
  const char *dot = strchr(name, '.');
  if (dot == NULL) return 0;
  lua_pushlstring(L, name, (size_t)(dot - name));
  const char *file = search_field(L, lua_tostring(L, -1), "cpath");
  if (file == NULL) return 1;
  switch (link_module(L, file, name)) {
    case RL_LINK_GOOD: return found_in(L, file);
    case RL_LINK_NO_LIBRARY: return broken_file(L, name, file);
    default: lua_pushfstring(L, "no module '%s' in file '%s'", name, file); return 1;
  }
}

void rl_searchers_open(lua_State *L) {
  static const lua_CFunction searchers[] = {search_preloaded, search_lua, search_c, search_c_root};
  enum { COUNT = sizeof searchers / sizeof searchers[0] };
  lua_createtable(L, COUNT, 0);
  for (int i = 0; i < COUNT; i++) {
    lua_pushvalue(L, -2);
    lua_pushcclosure(L, searchers[i], 1);
    lua_rawseti(L, -2, i + 1);
  }
  lua_setfield(L, -2, "searchers");
}

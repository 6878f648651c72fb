/* C libraries of modules: loaded at most once per state, and unloaded when the state closes.
 *
 * The registry's table "_CLIBS" has the handles twice, by path and as a list in the order of loading. Its finalizer
 * unloads them from the last to the first. The table is marked for finalization when the state is young, so that it
 * goes last: finalizers of modules run while their code is still there. */
#include <dlfcn.h>
#if defined(__GLIBC__)
#include <gnu/lib-names.h>
#endif

#include "lauxlib.h"
#include "stdlib/package.h"

static const char list_key[] = "_CLIBS";

static int unload_all(lua_State *L) {
  for (lua_Integer i = luaL_len(L, 1); i >= 1; i--) {
    lua_geti(L, 1, i);
    dlclose(lua_touserdata(L, -1));
    lua_pop(L, 1);
  }
  return 0;
}

void rl_library_open_list(lua_State *L) {
  luaL_getsubtable(L, LUA_REGISTRYINDEX, list_key);
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, unload_all);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, -2);
  lua_pop(L, 1);
}

static void *find_loaded(lua_State *L, const char *path) {
  lua_getfield(L, LUA_REGISTRYINDEX, list_key);
  lua_getfield(L, -1, path);
  void *library = lua_touserdata(L, -1);
  lua_pop(L, 2);
  return library;
}

static void remember(lua_State *L, const char *path, void *library) {
  lua_getfield(L, LUA_REGISTRYINDEX, list_key);
  lua_pushlightuserdata(L, library);
  lua_pushvalue(L, -1);
  lua_setfield(L, -3, path);
  lua_rawseti(L, -2, luaL_len(L, -2) + 1);
  lua_pop(L, 1);
}

/* A module may call functions of libm without naming it: stock's command is linked with it, and so it is always there.
 * Ours may not have loaded it yet (src/cli/mathematics.c). */
static void provide_mathematics(void) {
#if defined(__GLIBC__)
  dlopen(LIBM_SO, RTLD_LAZY | RTLD_GLOBAL);
#endif
}

LinkResult rl_library_link(lua_State *L, const char *path, const char *symbol) {
  int only_load = *symbol == '*';
  void *library = find_loaded(L, path);
  if (library == NULL) {
    provide_mathematics();
    library = dlopen(path, RTLD_NOW | (only_load ? RTLD_GLOBAL : RTLD_LOCAL));
    if (library == NULL) {
      lua_pushstring(L, dlerror());
      return RL_LINK_NO_LIBRARY;
    }
    remember(L, path, library);
  }
  if (only_load) {
    lua_pushboolean(L, 1);
    return RL_LINK_GOOD;
  }
  union {
    void *address;
    lua_CFunction function;
  } found = {dlsym(library, symbol)}; /* POSIX lets both have the same representation; C has no cast for it */
  if (found.address == NULL) {
    lua_pushstring(L, dlerror());
    return RL_LINK_NO_FUNCTION;
  }
  lua_pushcfunction(L, found.function);
  return RL_LINK_GOOD;
}

int rl_library_loadlib(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  const char *symbol = luaL_checkstring(L, 2);
  LinkResult result = rl_library_link(L, path, symbol);
  if (result == RL_LINK_GOOD) return 1;
  luaL_pushfail(L);
  lua_insert(L, -2);
  lua_pushstring(L, result == RL_LINK_NO_LIBRARY ? "open" : "init");
  return 3;
}

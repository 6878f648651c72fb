/* What a list allows, as a table of globals with libraries that cannot be changed. */
#include <string.h>

#include "ext/sandbox.h"
#include "lauxlib.h"
#include "lualib.h"

/* ---- what can be allowed ---- */

typedef struct SandboxLibrary {
  const char *name;
  const char *functions; /* between spaces; NULL: all of them */
  int is_default;
} SandboxLibrary;

static const SandboxLibrary libraries[] = {
  {LUA_GNAME,
   " assert error ipairs next pairs pcall print rawequal rawget rawlen select tonumber tostring type warn xpcall "
   "_VERSION ",
   1},
  {LUA_STRLIBNAME, " byte char find format gmatch gsub len lower match pack packsize rep reverse sub unpack upper ", 1},
  {LUA_TABLIBNAME, NULL, 1},
  {LUA_MATHLIBNAME, NULL, 1},
  {LUA_UTF8LIBNAME, NULL, 1},
  {LUA_COLIBNAME, NULL, 1},
  {LUA_OSLIBNAME, " clock date difftime time ", 1},
  {LUA_IOLIBNAME, " type write ", 0},
};
#define LIBRARY_COUNT ((int)(sizeof libraries / sizeof libraries[0]))

static const SandboxLibrary *find_library(const char *name, size_t length) {
  for (int i = 0; i < LIBRARY_COUNT; i++)
    if (strlen(libraries[i].name) == length && memcmp(libraries[i].name, name, length) == 0) return &libraries[i];
  return NULL;
}

static int may_be_had(const SandboxLibrary *library, const char *name) {
  if (library->functions == NULL) return 1;
  size_t length = strlen(name);
  for (const char *found = strstr(library->functions, name); found != NULL; found = strstr(found + 1, name))
    if (found[-1] == ' ' && found[length] == ' ') return 1;
  return 0;
}

/* Copies a field of the library's table (on top - 1) to the table on top. */
static void copy_field(lua_State *L, const char *name) {
  lua_getfield(L, -2, name);
  lua_setfield(L, -2, name);
}

/* Copies everything that may be had. */
static void copy_library(lua_State *L, const SandboxLibrary *library) {
  for (lua_pushnil(L); lua_next(L, -3) != 0; lua_pop(L, 1)) {
    if (lua_type(L, -2) != LUA_TSTRING || !may_be_had(library, lua_tostring(L, -2))) continue;
    lua_pushvalue(L, -2);
    lua_pushvalue(L, -2);
    lua_rawset(L, -5);
  }
}

/* ---- the environment, which is at the index `environment` ---- */

static void push_library(lua_State *L, const char *name) {
  lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  if (lua_getfield(L, -1, name) != LUA_TTABLE) luaL_error(L, "library '%s' is not loaded", name);
  lua_remove(L, -2);
}

/* Pushes the environment's copy of the library: the environment itself for the basic library. */
static void push_copy(lua_State *L, int environment, const SandboxLibrary *library) {
  if (strcmp(library->name, LUA_GNAME) == 0)
    lua_pushvalue(L, environment);
  else
    luaL_getsubtable(L, environment, library->name);
}

/* Allows "library" or "library.function" or a function of the basic library. */
static void allow(lua_State *L, int environment, const char *name) {
  const char *dot = strchr(name, '.');
  const SandboxLibrary *library = find_library(name, dot != NULL ? (size_t)(dot - name) : strlen(name));
  const char *function = dot != NULL ? dot + 1 : NULL;
  if (library == NULL && dot == NULL) {
    library = &libraries[0];
    function = name;
  }
  if (library == NULL || (function != NULL && !may_be_had(library, function)))
    luaL_error(L, "'%s' cannot be allowed in a sandbox", name);
  push_library(L, library->name);
  push_copy(L, environment, library);
  if (function != NULL)
    copy_field(L, function);
  else
    copy_library(L, library);
  lua_pop(L, 2);
}

static void allow_list(lua_State *L, int environment, const char *const *names) {
  for (; *names != NULL; names++) allow(L, environment, *names);
}

static void allow_defaults(lua_State *L, int environment) {
  for (int i = 0; i < LIBRARY_COUNT; i++)
    if (libraries[i].is_default) allow(L, environment, libraries[i].name);
}

static void add_files(lua_State *L, int environment, const char *root, int writes) {
  allow(L, environment, LUA_IOLIBNAME);
  luaL_getsubtable(L, environment, LUA_IOLIBNAME);
  rl_sandbox_push_open(L, root, writes);
  lua_setfield(L, -2, "open");
  lua_pop(L, 1);
}

static void freeze_libraries(lua_State *L, int environment) {
  for (int i = 1; i < LIBRARY_COUNT; i++) {
    if (lua_getfield(L, environment, libraries[i].name) == LUA_TNIL) {
      lua_pop(L, 1);
      continue;
    }
    rl_sandbox_freeze(L);
    lua_setfield(L, environment, libraries[i].name);
  }
}

void rl_sandbox_push_environment(lua_State *L, const SandboxPlan *plan) {
  luaL_checkstack(L, LUA_MINSTACK, NULL);
  lua_newtable(L);
  int environment = lua_gettop(L);
  if (plan->allow == NULL)
    allow_defaults(L, environment);
  else
    allow_list(L, environment, plan->allow);
  if (plan->root != NULL) add_files(L, environment, plan->root, plan->writes);
  freeze_libraries(L, environment);
  rl_sandbox_add_base(L);
  lua_pushvalue(L, environment);
  lua_setfield(L, environment, LUA_GNAME);
}

/* A metatable for strings with the arithmetic of the usual one, and the environment's library for methods. */
void rl_sandbox_push_strings(lua_State *L, int environment) {
  lua_newtable(L);
  lua_pushliteral(L, "");
  if (lua_getmetatable(L, -1)) {
    for (lua_pushnil(L); lua_next(L, -2) != 0;) {
      lua_pushvalue(L, -2);
      lua_insert(L, -2);
      lua_rawset(L, -6);
    }
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  if (lua_getfield(L, environment, LUA_STRLIBNAME) != LUA_TTABLE) {
    lua_pop(L, 1);
    lua_newtable(L);
    rl_sandbox_freeze(L);
  }
  lua_setfield(L, -2, "__index");
}

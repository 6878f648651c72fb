/* The module rille.sandbox: an environment made of what a list allows, and calls into it under limits.
 *
 * What a program in a sandbox can reach: the values of its environment, what the functions there return, and the
 * metatable of strings, which all strings of a state share. So the environment's libraries are copies that cannot be
 * changed, without the functions that lead out (string.dump, debug, io but for files under a root, binary chunks, other
 * metatables than those of tables, finalizers); and while a call into the sandbox runs, strings have a metatable of the
 * sandbox's. Functions and coroutines that come out of a sandbox are to be called through it, too. */
#include "ext/sandbox.h"

#include <string.h>

#include "ext/limits.h"
#include "ext/modules.h"
#include "lauxlib.h"
#include "lualib.h"
#include "raise/protect.h"
#include "raise/raise.h"
#include "vm/call.h"

#define BOX_TYPE "rille.sandbox"

/* User values of a box. */
enum { BOX_ENVIRONMENT = 1, BOX_STRINGS = 2, BOX_LIMITS = 3, BOX_VALUES = 3 };

/* ---- what can be allowed ---- */

typedef struct Library {
  const char *name;
  const char *functions; /* between spaces; NULL: all of them */
  int is_default;
} Library;

static const Library libraries[] = {
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

static const Library *find_library(const char *name, size_t length) {
  for (int i = 0; i < LIBRARY_COUNT; i++)
    if (strlen(libraries[i].name) == length && memcmp(libraries[i].name, name, length) == 0) return &libraries[i];
  return NULL;
}

static int may_be_had(const Library *library, const char *name) {
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
static void copy_library(lua_State *L, const Library *library) {
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
static void push_copy(lua_State *L, int environment, const Library *library) {
  if (strcmp(library->name, LUA_GNAME) == 0)
    lua_pushvalue(L, environment);
  else
    luaL_getsubtable(L, environment, library->name);
}

/* Allows "library" or "library.function" or a function of the basic library. */
static void allow(lua_State *L, int environment, const char *name) {
  const char *dot = strchr(name, '.');
  const Library *library = find_library(name, dot != NULL ? (size_t)(dot - name) : strlen(name));
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

static void allow_list(lua_State *L, int environment, int list) {
  lua_Integer count = luaL_len(L, list);
  for (lua_Integer i = 1; i <= count; i++) {
    lua_geti(L, list, i);
    if (lua_type(L, -1) != LUA_TSTRING) luaL_error(L, "option 'allow' must be a list of names");
    allow(L, environment, lua_tostring(L, -1));
    lua_pop(L, 1);
  }
}

static void allow_defaults(lua_State *L, int environment) {
  for (int i = 0; i < LIBRARY_COUNT; i++)
    if (libraries[i].is_default) allow(L, environment, libraries[i].name);
}

static void add_files(lua_State *L, int environment, int options) {
  if (lua_getfield(L, options, "root") != LUA_TNIL) {
    if (lua_type(L, -1) != LUA_TSTRING) luaL_error(L, "option 'root' must be a path");
    allow(L, environment, LUA_IOLIBNAME);
    luaL_getsubtable(L, environment, LUA_IOLIBNAME);
    lua_getfield(L, options, "write");
    rl_sandbox_push_open(L, lua_tostring(L, -3), lua_toboolean(L, -1));
    lua_setfield(L, -3, "open");
    lua_pop(L, 2);
  }
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

static void add_globals(lua_State *L, int environment, int options) {
  if (lua_getfield(L, options, "globals") != LUA_TNIL) {
    if (lua_type(L, -1) != LUA_TTABLE) luaL_error(L, "option 'globals' must be a table");
    for (lua_pushnil(L); lua_next(L, -2) != 0;) {
      lua_pushvalue(L, -2);
      lua_insert(L, -2);
      lua_settable(L, environment);
    }
  }
  lua_pop(L, 1);
}

static void push_environment(lua_State *L, int options) {
  lua_newtable(L);
  int environment = lua_gettop(L);
  if (lua_getfield(L, options, "allow") == LUA_TNIL)
    allow_defaults(L, environment);
  else if (lua_type(L, -1) == LUA_TTABLE)
    allow_list(L, environment, lua_gettop(L));
  else
    luaL_error(L, "option 'allow' must be a list of names");
  lua_settop(L, environment);
  add_files(L, environment, options);
  freeze_libraries(L, environment);
  rl_sandbox_add_base(L);
  lua_pushvalue(L, environment);
  lua_setfield(L, environment, LUA_GNAME);
  add_globals(L, environment, options);
}

/* A metatable for strings with the arithmetic of the usual one, and the environment's library for methods. */
static void push_string_metatable(lua_State *L, int environment) {
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

/* ---- boxes ---- */

static void check_options(lua_State *L, int options) {
  static const char *const names[] = {"allow", "globals", "limits", "root", "write", NULL};
  for (lua_pushnil(L); lua_next(L, options) != 0; lua_pop(L, 1)) {
    const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "?";
    int known = 0;
    for (int i = 0; names[i] != NULL; i++) known = known || strcmp(name, names[i]) == 0;
    if (!known) luaL_error(L, "unknown option '%s'", name);
  }
}

/* sandbox.new([options]) */
static int make(lua_State *L) {
  if (lua_isnoneornil(L, 1)) {
    lua_settop(L, 0);
    lua_newtable(L);
  }
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  check_options(L, 1);
  lua_newuserdatauv(L, 0, BOX_VALUES);
  luaL_setmetatable(L, BOX_TYPE);
  if (lua_getfield(L, 1, "limits") != LUA_TNIL) {
    if (lua_type(L, -1) != LUA_TTABLE) luaL_error(L, "option 'limits' must be a table");
    rl_limits_push_budget(L, 3); /* whose errors are better raised now */
    lua_pop(L, 1);
  }
  lua_setiuservalue(L, 2, BOX_LIMITS);
  push_environment(L, 1);
  push_string_metatable(L, 3);
  lua_setiuservalue(L, 2, BOX_STRINGS);
  lua_setiuservalue(L, 2, BOX_ENVIRONMENT);
  return 1;
}

static void check_box(lua_State *L) {
  luaL_checkudata(L, 1, BOX_TYPE);
}

/* ---- calls ---- */

typedef struct BoxCall {
  Budget *budget;
  int results;
} BoxCall;

#define CALL_PLACE 4 /* of the budget; function and arguments follow */

static void call_body(State *L, void *data) {
  BoxCall *call = data;
  call->results = rl_limits_call(L, call->budget, CALL_PLACE);
}

/* Stack: box, function, arguments. */
static int call_function(lua_State *L) {
  Table **strings = &L->global->type_metatables[LUA_TSTRING];
  BoxCall call;
  check_box(L);
  luaL_checkany(L, 2);
  luaL_checkstack(L, 6, NULL);
  lua_getiuservalue(L, 1, BOX_STRINGS);
  lua_insert(L, 2);
  lua_pushliteral(L, "");
  if (!lua_getmetatable(L, -1)) lua_pushnil(L);
  lua_insert(L, 3);
  lua_pop(L, 1);
  if (lua_getiuservalue(L, 1, BOX_LIMITS) == LUA_TNIL) {
    lua_pop(L, 1);
    lua_newtable(L);
  }
  call.budget = rl_limits_push_budget(L, lua_gettop(L)); /* box, strings, old strings, function, ..., options, budget */
  lua_remove(L, -2);
  lua_insert(L, CALL_PLACE);
  Table *old = *strings; /* both stay alive on the stack */
  *strings = value_table(L->call_info->base + 1);
  int status = rl_call_protected(L, call_body, &call, stack_save(L, L->call_info->base + CALL_PLACE), 0);
  L->global->type_metatables[LUA_TSTRING] = old;
  if (L->call_info->top < L->top) L->call_info->top = L->top;
  if (status != LUA_OK) rl_throw(L, status);
  return call.results;
}

static int load_source(lua_State *L, int source, int name) {
  size_t length;
  const char *text = luaL_checklstring(L, source, &length);
  int status = luaL_loadbufferx(L, text, length, luaL_optstring(L, name, text), "t");
  if (status != LUA_OK) return status;
  lua_getiuservalue(L, 1, BOX_ENVIRONMENT);
  lua_setupvalue(L, -2, 1);
  return LUA_OK;
}

/* box:load(source [, name]): a function, or nil and a message. */
static int load_chunk(lua_State *L) {
  check_box(L);
  lua_settop(L, 3);
  if (load_source(L, 2, 3) == LUA_OK) return 1;
  luaL_pushfail(L);
  lua_insert(L, -2);
  return 2;
}

/* box:run(source, ...) */
static int run(lua_State *L) {
  check_box(L);
  luaL_checkstring(L, 2);
  lua_pushnil(L);
  int name = lua_gettop(L);
  if (load_source(L, 2, name) != LUA_OK) {
    lua_pushboolean(L, 0);
    lua_insert(L, -2);
    return 2;
  }
  lua_replace(L, 2);
  lua_settop(L, name - 1);
  return call_function(L);
}

static int environment(lua_State *L) {
  check_box(L);
  lua_getiuservalue(L, 1, BOX_ENVIRONMENT);
  return 1;
}

int rl_open_sandbox(lua_State *L) {
  static const luaL_Reg methods[] = {
    {"call", call_function}, {"environment", environment}, {"load", load_chunk}, {"run", run}, {NULL, NULL}};
  static const luaL_Reg functions[] = {{"new", make}, {NULL, NULL}};
  rl_limits_open_type(L);
  luaL_newmetatable(L, BOX_TYPE);
  luaL_newlib(L, methods);
  lua_setfield(L, -2, "__index");
  lua_pushliteral(L, "sandbox");
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 1);
  luaL_newlib(L, functions);
  return 1;
}

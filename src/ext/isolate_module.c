/* The module "rille.isolate". */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ext/channel_module.h"
#include "ext/frozen.h"
#include "ext/modules.h"
#include "ext/operation.h"
#include "ext/pool.h"

#define POOL_CLASS "rille.pool"

/* ---- handles of isolates ---- */

Isolate *rl_isolate_test(State *L, int index) {
  Isolate **handle = luaL_testudata(L, index, RL_ISOLATE_CLASS);
  return handle == NULL ? NULL : *handle;
}

static Isolate *check_isolate(lua_State *L, int index) {
  Isolate *isolate = *(Isolate **)luaL_checkudata(L, index, RL_ISOLATE_CLASS);
  if (isolate == NULL) luaL_error(L, "the isolate's handle has been finalized");
  return isolate;
}

void rl_isolate_push_handle(State *L, Isolate *isolate) {
  luaL_checkstack(L, 4, NULL);
  Isolate **handle = lua_newuserdatauv(L, sizeof *handle, 0);
  *handle = NULL;
  if (luaL_getmetatable(L, RL_ISOLATE_CLASS) == LUA_TNIL) { /* it came in a message before the module was opened */
    lua_pop(L, 1);
    luaL_requiref(L, RL_ISOLATE_CLASS, rl_open_isolate, 0);
    lua_pop(L, 1);
    luaL_getmetatable(L, RL_ISOLATE_CLASS);
  }
  lua_setmetatable(L, -2);
  *handle = rl_isolate_retain(isolate);
}

static int finalize_handle(lua_State *L) {
  Isolate **handle = luaL_checkudata(L, 1, RL_ISOLATE_CLASS);
  Isolate *isolate = *handle;
  *handle = NULL;
  if (isolate != NULL) rl_isolate_release(isolate);
  return 0;
}

static void *copy_handle_out(lua_State *L, int index) {
  return rl_isolate_retain(check_isolate(L, index));
}
static void copy_handle_in(lua_State *L, void *copy) {
  rl_isolate_push_handle(L, copy);
}
static void drop_handle(void *copy) {
  rl_isolate_release(copy);
}

static const rille_CopyHandler isolate_handler = {"isolate", copy_handle_out, copy_handle_in, drop_handle, NULL};

static int equal_handles(lua_State *L) {
  const Isolate *isolate = rl_isolate_test(L, 1);
  lua_pushboolean(L, isolate != NULL && isolate == rl_isolate_test(L, 2));
  return 1;
}

static int join(lua_State *L) {
  Context *context = rl_context_of(L);
  Isolate *isolate = check_isolate(L, 1);
  int64_t deadline = rl_operation_deadline(L, 2);
  if (isolate == context->isolate) luaL_error(L, "an isolate cannot join itself");
  WaitNode *node = rl_operation_begin(L, context, 1);
  node->channel = isolate->done;
  context->joined = isolate;
  return rl_operation_run(L, context, OPERATION_JOIN, deadline);
}

static int cancel(lua_State *L) {
  rl_isolate_cancel(check_isolate(L, 1));
  return 0;
}

static int get_status(lua_State *L) {
  static const char *const names[] = {"starting", "running", "waiting", "done", "failed", "cancelled"};
  lua_pushstring(L, names[__atomic_load_n(&check_isolate(L, 1)->status, __ATOMIC_ACQUIRE)]);
  return 1;
}

static int get_name(lua_State *L) {
  lua_pushstring(L, check_isolate(L, 1)->name);
  return 1;
}

static int get_memory(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)rl_isolate_memory(check_isolate(L, 1)));
  return 1;
}

static int get_time(lua_State *L) {
  lua_pushnumber(L, rl_isolate_time(check_isolate(L, 1)));
  return 1;
}

static int describe_handle(lua_State *L) {
  lua_pushfstring(L, "isolate '%s'", check_isolate(L, 1)->name);
  return 1;
}

/* ---- spawning ---- */

static Pool *test_pool(lua_State *L, int index) {
  Pool **handle = luaL_testudata(L, index, POOL_CLASS);
  return handle == NULL ? NULL : *handle;
}

/* How programs that are named by something else than their function or text begin: the name is the first argument. */
static const char module_source[] = "local name <const> = ...\n"
                                    "local module <const> = require(name)\n"
                                    "local main <const> = type(module) == 'table' and module.main or module\n"
                                    "return main(select(2, ...))";
static const char file_source[] = "return assert(loadfile((...)))(select(2, ...))";

/* Replaces the table of options at `index` by what is to be run, which may take two slots. Returns the end of it. */
static void read_program(lua_State *L, int index) {
  static const char *const kinds[] = {"func", "source", "module", "file"};
  int found = 0;
  for (int i = 0; i < 4; i++) {
    if (lua_getfield(L, index, kinds[i]) == LUA_TNIL) {
      lua_pop(L, 1);
      continue;
    }
    if (found++ > 0) luaL_error(L, "more than one of 'func', 'source', 'module' and 'file'");
    int wanted = i == 0 ? LUA_TFUNCTION : LUA_TSTRING;
    if (lua_type(L, -1) != wanted) luaL_error(L, "'%s' must be a %s", kinds[i], lua_typename(L, wanted));
    if (i >= 2) {
      lua_pushstring(L, i == 2 ? module_source : file_source);
      lua_insert(L, -2);
    }
  }
  if (found == 0) luaL_error(L, "one of 'func', 'source', 'module' and 'file' is needed");
}

static void read_options(lua_State *L, int index, IsolateOptions *options) {
  lua_getfield(L, index, "name"); /* the strings stay in the table */
  if (!lua_isnil(L, -1)) options->name = luaL_checkstring(L, -1);
  lua_getfield(L, index, "pool");
  if (!lua_isnil(L, -1) && (options->pool = test_pool(L, -1)) == NULL) luaL_error(L, "'pool' must be a pool");
  lua_getfield(L, index, "stack");
  if (!lua_isnil(L, -1)) options->stack_size = (size_t)luaL_checkinteger(L, -1);
  lua_pop(L, 3);
  if (lua_getfield(L, index, "closes") == LUA_TNIL)
    lua_pop(L, 1);
  else
    luaL_checktype(L, -1, LUA_TTABLE), options->closes = lua_gettop(L);
}

/* Stack: ..., program or options at `first`, arguments. */
static int spawn_from(lua_State *L, int first, IsolateOptions *options) {
  Context *context = rl_context_of(L);
  if (context->isolate != NULL) rl_isolate_check_cancelled(L, context->isolate);
  int count = lua_gettop(L) - first; /* arguments */
  luaL_checkstack(L, count + 10, "too many arguments");
  if (lua_istable(L, first)) {
    read_options(L, first, options);
    int begin = lua_gettop(L) + 1;
    read_program(L, first);
    for (int i = 1; i <= count; i++) lua_pushvalue(L, first + i);
    rl_isolate_spawn(L, context, options, begin, lua_gettop(L) - begin + 1);
  } else {
    if (!lua_isfunction(L, first)) luaL_checktype(L, first, LUA_TSTRING);
    rl_isolate_spawn(L, context, options, first, count + 1);
  }
  return 1;
}

static int spawn(lua_State *L) {
  IsolateOptions options = {.name = NULL};
  luaL_checkany(L, 1);
  return spawn_from(L, 1, &options);
}

/* ---- pools ---- */

static Pool *check_pool(lua_State *L, int index) {
  Pool *pool = *(Pool **)luaL_checkudata(L, index, POOL_CLASS);
  if (pool == NULL) luaL_error(L, "the pool is closed");
  return pool;
}

static int new_pool(lua_State *L) {
  lua_Integer threads = luaL_optinteger(L, 1, 0);
  luaL_argcheck(L, threads >= 0 && threads <= 4096, 1, "not a number of threads");
  Pool **handle = lua_newuserdatauv(L, sizeof *handle, 0);
  *handle = NULL;
  luaL_setmetatable(L, POOL_CLASS);
  *handle = rl_pool_new((size_t)threads);
  if (*handle == NULL) luaL_error(L, "not enough memory");
  return 1;
}

static int pool_spawn(lua_State *L) {
  IsolateOptions options = {.pool = check_pool(L, 1)};
  luaL_checkany(L, 2);
  return spawn_from(L, 2, &options);
}

static int close_pool(lua_State *L) {
  Pool **handle = luaL_checkudata(L, 1, POOL_CLASS);
  Pool *pool = *handle;
  *handle = NULL;
  if (pool == NULL) return 0;
  rl_pool_close(pool);
  rl_pool_release(pool);
  return 0;
}

static int count_threads(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)rl_pool_threads(check_pool(L, 1)));
  return 1;
}

/* ---- the rest ---- */

static int current(lua_State *L) {
  const Context *context = rl_context_of(L);
  if (context->isolate == NULL)
    luaL_pushfail(L);
  else
    rl_isolate_push_handle(L, context->isolate);
  return 1;
}

static int sleep_seconds(lua_State *L) {
  Context *context = rl_context_of(L);
  luaL_checknumber(L, 1);
  int64_t deadline = rl_operation_deadline(L, 1);
  rl_operation_begin(L, context, 0);
  return rl_operation_run(L, context, OPERATION_SLEEP, deadline);
}

static int get_clock(lua_State *L) {
  lua_pushnumber(L, (lua_Number)rl_clock_now() / 1e9);
  return 1;
}

static int processors(lua_State *L) {
  long count = sysconf(_SC_NPROCESSORS_ONLN);
  lua_pushinteger(L, count > 0 ? count : 1);
  return 1;
}

static int register_class(lua_State *L) {
  size_t length;
  luaL_checklstring(L, 1, &length);
  luaL_argcheck(L, length >= 1 && length <= 40, 1, "a name has 1 to 40 bytes");
  luaL_checktype(L, 2, LUA_TTABLE);
  rl_class_register(L, 1, 2);
  lua_settop(L, 2);
  return 1;
}

static void open_classes(lua_State *L) {
  static const luaL_Reg isolate_methods[] = {
    {"join", join},
    {"cancel", cancel},
    {"status", get_status},
    {"name", get_name},
    {"memory", get_memory},
    {"time", get_time},
    {"__eq", equal_handles},
    {"__tostring", describe_handle},
    {"__gc", finalize_handle},
    {NULL, NULL},
  };
  static const luaL_Reg pool_methods[] = {
    {"spawn", pool_spawn},   {"close", close_pool}, {"threads", count_threads},
    {"__close", close_pool}, {"__gc", close_pool},  {NULL, NULL},
  };
  rl_context_new_class(L, RL_ISOLATE_CLASS, isolate_methods, &isolate_handler);
  rl_context_new_class(L, POOL_CLASS, pool_methods, NULL);
  rl_frozen_open(L);
}

int rl_open_isolate(lua_State *L) {
  static const luaL_Reg functions[] = {
    {"spawn", spawn},
    {"pool", new_pool},
    {"current", current},
    {"sleep", sleep_seconds},
    {"clock", get_clock},
    {"processors", processors},
    {"class", register_class},
    {"freeze", rl_frozen_freeze},
    {"publish", rl_frozen_publish},
    {"published", rl_frozen_published},
    {NULL, NULL},
  };
  open_classes(L);
  rl_context_new_library(L, functions);
  return 1;
}

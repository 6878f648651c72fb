/* The module rille.sandbox: what a list allows, as an environment or as a state of its own, and calls into it under
 * limits.
 *
 * What a program in an environment can reach: its values, what the functions there return, and the metatable of
 * strings, which all strings of a state share. So the environment's libraries are copies that cannot be changed,
 * without the functions that lead out (string.dump, debug, io but for files under a root, binary chunks, other
 * metatables than those of tables, finalizers); and while a call into the sandbox runs, strings have a metatable of the
 * sandbox's. Functions and coroutines that come out of it are to be called through it, too.
 *
 * A state (ext/sandbox_state.h) holds the same environment and nothing else; values go in and come out as copies. */
#include "ext/sandbox.h"

#include <string.h>

#include "ext/limits.h"
#include "ext/modules.h"
#include "ext/sandbox_state.h"
#include "lauxlib.h"
#include "lualib.h"
#include "raise/protect.h"
#include "raise/raise.h"
#include "vm/call.h"

#define BOX_TYPE     "rille.sandbox"
#define PROGRAM_TYPE "rille.sandbox.program"

/* User values of a box. */
enum { BOX_ENVIRONMENT = 1, BOX_STRINGS = 2, BOX_LIMITS = 3, BOX_VALUES = 3 };

typedef struct Box {
  SandboxState state;
  bool has_state;
} Box;

/* A program that has been loaded into a state; its user value is the box. */
typedef struct Program {
  SandboxState *state;
  lua_Integer number;
} Program;

/* ---- options ---- */

static void check_options(lua_State *L, int options) {
  static const char *const names[] = {"allow", "globals", "limits", "root", "state", "write", NULL};
  for (lua_pushnil(L); lua_next(L, options) != 0; lua_pop(L, 1)) {
    const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "?";
    int known = 0;
    for (int i = 0; names[i] != NULL; i++) known = known || strcmp(name, names[i]) == 0;
    if (!known) luaL_error(L, "unknown option '%s'", name);
  }
}

/* The option's value is on top, which it keeps. */
static bool has_option(lua_State *L, const char *name, int type, const char *what) {
  int found = lua_getfield(L, 1, name);
  if (found != LUA_TNIL && found != type) luaL_error(L, "option '%s' must be %s", name, what);
  return found != LUA_TNIL;
}

/* The names in the list on top as an array; both stay on the stack, and a table that keeps the strings. */
static const char *const *read_names(lua_State *L) {
  int list = lua_gettop(L);
  lua_Integer count = luaL_len(L, list);
  if (count < 0 || count > 1000) luaL_error(L, "option 'allow' must be a list of names");
  const char **names = lua_newuserdatauv(L, ((size_t)count + 1) * sizeof *names, 0);
  lua_newtable(L);
  for (lua_Integer i = 1; i <= count; i++) {
    if (lua_geti(L, list, i) != LUA_TSTRING) luaL_error(L, "option 'allow' must be a list of names");
    names[i - 1] = lua_tostring(L, -1);
    lua_rawseti(L, list + 2, i);
  }
  names[count] = NULL;
  return names;
}

/* Leaves on the stack what keeps the texts alive. */
static void read_plan(lua_State *L, SandboxPlan *plan) {
  *plan = (SandboxPlan){.allow = NULL};
  if (has_option(L, "allow", LUA_TTABLE, "a list of names")) plan->allow = read_names(L);
  if (has_option(L, "root", LUA_TSTRING, "a path")) plan->root = lua_tostring(L, -1);
  lua_getfield(L, 1, "write");
  plan->writes = lua_toboolean(L, -1);
  lua_pop(L, 1);
}

/* ---- boxes ---- */

static Box *check_box(lua_State *L) {
  return luaL_checkudata(L, 1, BOX_TYPE);
}

static void add_globals(lua_State *L, int environment) {
  for (lua_pushnil(L); lua_next(L, -2) != 0;) {
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_settable(L, environment);
  }
}

static void make_environment(lua_State *L, const SandboxPlan *plan) {
  rl_sandbox_push_environment(L, plan);
  int environment = lua_gettop(L);
  if (has_option(L, "globals", LUA_TTABLE, "a table")) add_globals(L, environment);
  rl_sandbox_push_strings(L, environment);
  lua_setiuservalue(L, 2, BOX_STRINGS);
  lua_settop(L, environment);
  lua_setiuservalue(L, 2, BOX_ENVIRONMENT);
}

static void make_state(lua_State *L, Box *box, const SandboxPlan *plan, const Budget *limits) {
  budget_init(&box->state.limits);
  if (limits != NULL) box->state.limits = *limits;
  box->has_state = true;
  rl_sandbox_state_open(L, &box->state, plan);
  if (!has_option(L, "globals", LUA_TTABLE, "a table")) return;
  int globals = lua_gettop(L);
  SandboxJob *job = rl_sandbox_push_job(L, &box->state, JOB_SET);
  rl_sandbox_take_arguments(L, job, globals, 1, "globals");
  if (rl_sandbox_do_job(L, job)) return;
  rl_sandbox_push_results(L, job);
  lua_error(L);
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
  Box *box = lua_newuserdatauv(L, sizeof *box, BOX_VALUES);
  memset(box, 0, sizeof *box);
  luaL_setmetatable(L, BOX_TYPE);
  const Budget *limits = NULL; /* read now, so that errors in it are raised now */
  if (has_option(L, "limits", LUA_TTABLE, "a table")) limits = rl_limits_push_budget(L, 3);
  SandboxPlan plan;
  read_plan(L, &plan);
  lua_getfield(L, 1, "state");
  if (lua_toboolean(L, -1)) {
    make_state(L, box, &plan, limits);
  } else {
    make_environment(L, &plan);
    lua_getfield(L, 1, "limits");
    lua_setiuservalue(L, 2, BOX_LIMITS);
  }
  lua_settop(L, 2);
  return 1;
}

/* ---- calls into an environment ---- */

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
static int call_in_environment(lua_State *L) {
  Table **strings = &L->global->type_metatables[LUA_TSTRING];
  BoxCall call;
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

static int load_source(lua_State *L, int source, const char *name) {
  size_t length;
  const char *text = luaL_checklstring(L, source, &length);
  int status = luaL_loadbufferx(L, text, length, name != NULL ? name : text, "t");
  if (status != LUA_OK) return status;
  lua_getiuservalue(L, 1, BOX_ENVIRONMENT);
  lua_setupvalue(L, -2, 1);
  return LUA_OK;
}

/* ---- calls into a state ---- */

static void set_source(lua_State *L, SandboxJob *job, int source, const char *name) {
  job->text = luaL_checklstring(L, source, &job->size);
  job->name = name != NULL ? name : job->text;
}

/* Pushes true and the results; or false, the error, and the limit that was reached. */
static int do_and_push(lua_State *L, SandboxJob *job) {
  bool succeeded = rl_sandbox_do_job(L, job);
  lua_pushboolean(L, succeeded);
  int count = 1 + rl_sandbox_push_results(L, job);
  if (succeeded || job->reached == LIMIT_NONE) return count;
  lua_pushstring(L, rl_limits_name(job->reached));
  return count + 1;
}

/* Stack: box, program, arguments. */
static int call_in_state(lua_State *L, Box *box) {
  int top = lua_gettop(L), first = 3;
  SandboxJob *job = rl_sandbox_push_job(L, &box->state, JOB_CALL);
  const Program *program = luaL_testudata(L, 2, PROGRAM_TYPE);
  if (program != NULL) {
    luaL_argcheck(L, program->state == &box->state, 2, "a program of another sandbox");
    job->number = program->number;
  } else if (lua_type(L, 2) == LUA_TSTRING) {
    job->text = lua_tostring(L, 2);
  } else {
    luaL_argexpected(L, lua_isfunction(L, 2), 2, "function, name or program");
    first = 2;
  }
  rl_sandbox_take_arguments(L, job, first, top - first + 1, "argument");
  return do_and_push(L, job);
}

static int load_in_state(lua_State *L, Box *box) {
  SandboxJob *job = rl_sandbox_push_job(L, &box->state, JOB_LOAD);
  set_source(L, job, 2, luaL_optstring(L, 3, NULL));
  Program *program = lua_newuserdatauv(L, sizeof *program, 1);
  *program = (Program){&box->state, 0};
  luaL_setmetatable(L, PROGRAM_TYPE);
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, -2, 1);
  if (!rl_sandbox_do_job(L, job)) {
    luaL_pushfail(L);
    return 1 + rl_sandbox_push_results(L, job);
  }
  rl_sandbox_push_results(L, job);
  program->number = lua_tointeger(L, -1);
  lua_pop(L, 1);
  return 1;
}

static int forget_program(lua_State *L) {
  Program *program = luaL_checkudata(L, 1, PROGRAM_TYPE);
  if (program->number != 0) rl_sandbox_forget(program->state, program->number);
  program->number = 0;
  return 0;
}

/* ---- methods ---- */

/* box:call(function, ...); also the name of a global, or a program. */
static int call_function(lua_State *L) {
  Box *box = check_box(L);
  luaL_checkany(L, 2);
  if (box->has_state) return call_in_state(L, box);
  if (lua_type(L, 2) == LUA_TSTRING) {
    lua_getiuservalue(L, 1, BOX_ENVIRONMENT);
    lua_pushvalue(L, 2);
    lua_rawget(L, -2);
    lua_replace(L, 2);
    lua_pop(L, 1);
  }
  return call_in_environment(L);
}

/* box:load(source [, name]): a function, or, of a state, a program; nil and a message. */
static int load_chunk(lua_State *L) {
  Box *box = check_box(L);
  lua_settop(L, 3);
  if (box->has_state) return load_in_state(L, box);
  if (load_source(L, 2, luaL_optstring(L, 3, NULL)) == LUA_OK) return 1;
  luaL_pushfail(L);
  lua_insert(L, -2);
  return 2;
}

/* box:run(source, ...) */
static int run(lua_State *L) {
  Box *box = check_box(L);
  luaL_checkstring(L, 2);
  int top = lua_gettop(L);
  if (box->has_state) {
    SandboxJob *job = rl_sandbox_push_job(L, &box->state, JOB_RUN);
    set_source(L, job, 2, NULL);
    rl_sandbox_take_arguments(L, job, 3, top - 2, "argument");
    return do_and_push(L, job);
  }
  if (load_source(L, 2, NULL) != LUA_OK) {
    lua_pushboolean(L, 0);
    lua_insert(L, -2);
    return 2;
  }
  lua_replace(L, 2);
  return call_in_environment(L);
}

/* box:get(name) */
static int get(lua_State *L) {
  Box *box = check_box(L);
  const char *name = luaL_checkstring(L, 2);
  lua_settop(L, 2);
  if (box->has_state) {
    SandboxJob *job = rl_sandbox_push_job(L, &box->state, JOB_GET);
    job->text = name;
    bool succeeded = rl_sandbox_do_job(L, job);
    int count = rl_sandbox_push_results(L, job);
    return succeeded ? count : lua_error(L);
  }
  lua_getiuservalue(L, 1, BOX_ENVIRONMENT);
  lua_insert(L, 2);
  lua_rawget(L, 2);
  return 1;
}

/* box:set(name, value) */
static int set(lua_State *L) {
  Box *box = check_box(L);
  const char *name = luaL_checkstring(L, 2);
  luaL_checkany(L, 3);
  lua_settop(L, 3);
  if (box->has_state) {
    SandboxJob *job = rl_sandbox_push_job(L, &box->state, JOB_SET);
    job->text = name;
    rl_sandbox_take_arguments(L, job, 3, 1, "value");
    if (rl_sandbox_do_job(L, job)) return 0;
    rl_sandbox_push_results(L, job);
    return lua_error(L);
  }
  lua_getiuservalue(L, 1, BOX_ENVIRONMENT);
  lua_insert(L, 2);
  lua_rawset(L, 2);
  return 0;
}

/* box:environment() */
static int environment(lua_State *L) {
  if (check_box(L)->has_state) return luaL_error(L, "a sandbox with a state of its own has no environment here");
  lua_getiuservalue(L, 1, BOX_ENVIRONMENT);
  return 1;
}

/* box:memory(): bytes held by a sandbox that is a state. */
static int memory(lua_State *L) {
  const Box *box = check_box(L);
  if (!box->has_state) return luaL_error(L, "only a sandbox with a state of its own has memory of its own");
  lua_pushinteger(L, box->state.L == NULL ? 0 : (lua_Integer)box->state.L->global->account.total_bytes);
  return 1;
}

/* box:close(), also by <close>. */
static int close_box(lua_State *L) {
  Box *box = check_box(L);
  if (box->state.is_running) return luaL_error(L, "the sandbox is in use");
  if (box->has_state) rl_sandbox_state_close(&box->state);
  return 0;
}

static void make_class(lua_State *L, const char *name, const luaL_Reg *methods, const luaL_Reg *metamethods) {
  luaL_newmetatable(L, name);
  luaL_setfuncs(L, metamethods, 0);
  lua_newtable(L);
  luaL_setfuncs(L, methods, 0);
  lua_setfield(L, -2, "__index");
  lua_pushliteral(L, "sandbox");
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 1);
}

int rl_open_sandbox(lua_State *L) {
  static const luaL_Reg methods[] = {
    {"call", call_function},
    {"close", close_box},
    {"environment", environment},
    {"get", get},
    {"load", load_chunk},
    {"memory", memory},
    {"run", run},
    {"set", set},
    {NULL, NULL},
  };
  static const luaL_Reg metamethods[] = {{"__close", close_box}, {"__gc", close_box}, {NULL, NULL}};
  static const luaL_Reg none[] = {{NULL, NULL}};
  static const luaL_Reg of_programs[] = {{"__gc", forget_program}, {NULL, NULL}};
  static const luaL_Reg functions[] = {{"new", make}, {NULL, NULL}};
  rl_limits_open_type(L);
  make_class(L, BOX_TYPE, methods, metamethods);
  make_class(L, PROGRAM_TYPE, none, of_programs);
  luaL_newlib(L, functions);
  return 1;
}

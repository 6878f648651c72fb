#include "ext/sandbox_state.h"

#include "ext/context.h"
#include "ext/limits.h"
#include "heap/account.h"
#include "lauxlib.h"
#include "lualib.h"

#define JOB_TYPE "rille.sandbox.job"

/* In the registry of a sandbox: the programs that have been loaded, by number; its limits, when C code has made it. */
static const char programs_key, limits_key;

/* ---- making the state ---- */

static void open_libraries(lua_State *L) {
  static const luaL_Reg libraries[] = {
    {LUA_GNAME, luaopen_base},       {LUA_COLIBNAME, luaopen_coroutine}, {LUA_TABLIBNAME, luaopen_table},
    {LUA_IOLIBNAME, luaopen_io},     {LUA_OSLIBNAME, luaopen_os},        {LUA_STRLIBNAME, luaopen_string},
    {LUA_MATHLIBNAME, luaopen_math}, {LUA_UTF8LIBNAME, luaopen_utf8},    {NULL, NULL},
  };
  for (const luaL_Reg *library = libraries; library->name != NULL; library++) {
    luaL_requiref(L, library->name, library->func, 0);
    lua_pop(L, 1);
  }
}

/* Called with the plan in an empty state. Only what the environment has remains to be reached. */
static int build(lua_State *L) {
  const SandboxPlan *plan = lua_touserdata(L, 1);
  luaL_checkversion(L);
  open_libraries(L);
  rl_sandbox_push_environment(L, plan);
  rl_sandbox_push_strings(L, lua_gettop(L));
  lua_pushliteral(L, "");
  lua_insert(L, -2);
  lua_setmetatable(L, -2);
  lua_pop(L, 1);
  lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
  lua_newtable(L);
  lua_setfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  lua_newtable(L);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &programs_key);
  return 0;
}

/* lua_Alloc of a sandbox: the host's memory, which its account counts. No collection of the host's: the sandbox has
 * garbage of its own to look for. */
static void *allocate_from_host(void *data, void *buffer, size_t old_size, size_t new_size) {
  Global *host = data;
  if (new_size != 0) return rl_memory_try_resize_quietly(host, buffer, buffer != NULL ? old_size : 0, new_size);
  rl_memory_free(host, buffer, old_size);
  return NULL;
}

static int enter_domain(lua_State *L) {
  rl_context_create_guest(L, lua_touserdata(L, 1));
  return 0;
}

/* Calls the function with the pointer in the new state; its error becomes the host's. */
static void call_in(State *L, State *other, lua_CFunction function, const void *argument) {
  lua_pushcfunction(other, function);
  lua_pushlightuserdata(other, (void *)argument);
  if (lua_pcall(other, 1, 0, 0) == LUA_OK) return;
  const char *text = lua_tostring(other, -1);
  luaL_error(L, "%s", text != NULL ? text : "not enough memory");
}

void rl_sandbox_state_open(State *L, SandboxState *state, const SandboxPlan *plan) {
  const Context *context = rl_context_of(L);
  state->host = L->global;
  state->encoder = rl_encoder_new();
  if (state->encoder != NULL) state->L = lua_newstate(allocate_from_host, state->host);
  if (state->L == NULL) luaL_error(L, "not enough memory");
  call_in(L, state->L, build, plan);
  call_in(L, state->L, enter_domain, context->domain);
}

void rl_sandbox_state_close(SandboxState *state) {
  State *L = state->L;
  state->L = NULL;
  if (L != NULL) lua_close(L);
  rl_encoder_free(state->encoder);
  state->encoder = NULL;
}

/* ---- jobs, in the sandbox ---- */

static void load_source(lua_State *L, const SandboxJob *job) {
  if (luaL_loadbufferx(L, job->text, job->size, job->name, "t") != LUA_OK) lua_error(L);
}

static void push_arguments(lua_State *L, const SandboxJob *job) {
  if (job->arguments != NULL && rl_message_decode(L, job->arguments) < 0) lua_error(L);
}

static void push_program(lua_State *L, lua_Integer number) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &programs_key);
  lua_rawgeti(L, -1, number);
  lua_replace(L, -2);
}

/* Stack: the function, if it is not the first of the arguments. Leaves the results. */
static void call_program(lua_State *L, const SandboxJob *job) {
  push_arguments(L, job);
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
}

static void keep_program(lua_State *L, const SandboxJob *job) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &programs_key);
  load_source(L, job);
  lua_pushinteger(L, luaL_ref(L, 1));
  lua_replace(L, 1);
}

static void push_global(lua_State *L, const char *name) {
  lua_pushglobaltable(L);
  lua_pushstring(L, name);
  lua_rawget(L, -2);
  lua_replace(L, -2);
}

static void set_globals(lua_State *L, const SandboxJob *job) {
  lua_pushglobaltable(L);
  push_arguments(L, job);
  if (job->text != NULL) {
    lua_pushstring(L, job->text);
    lua_insert(L, -2);
    lua_rawset(L, 1);
  } else {
    for (lua_pushnil(L); lua_next(L, 2) != 0; lua_pop(L, 1)) {
      lua_pushvalue(L, -2);
      lua_pushvalue(L, -2);
      lua_rawset(L, 1);
    }
  }
  lua_settop(L, 0);
}

static int do_job(lua_State *L) {
  SandboxJob *job = lua_touserdata(L, 1);
  lua_settop(L, 0);
  switch (job->kind) {
    case JOB_RUN:
      load_source(L, job);
      call_program(L, job);
      break;
    case JOB_CALL:
      if (job->number != 0)
        push_program(L, job->number);
      else if (job->text != NULL)
        push_global(L, job->text);
      call_program(L, job);
      break;
    case JOB_LOAD: keep_program(L, job); break;
    case JOB_GET: push_global(L, job->text); break;
    case JOB_SET: set_globals(L, job); break;
  }
  job->results = rl_message_encode(L, job->state->encoder, 1, lua_gettop(L), "result", MESSAGE_ESCAPES);
  rl_message_departed(job->state->encoder);
  return 0;
}

/* Stack: error, job. */
static int keep_error(lua_State *L) {
  SandboxJob *job = lua_touserdata(L, 2);
  job->results = rl_message_encode(L, job->state->encoder, 1, 1, "error", MESSAGE_ESCAPES);
  rl_message_departed(job->state->encoder);
  return 0;
}

/* The same for an error value that cannot leave. */
static int keep_kind_of_error(lua_State *L) {
  lua_pushfstring(L, "(error object is a %s value)", luaL_typename(L, 1));
  lua_replace(L, 1);
  return keep_error(L);
}

/* The error is on top. No code of the sandbox runs here, outside of its limits. */
static void take_error(State *L, SandboxJob *job) {
  static const lua_CFunction ways[] = {keep_error, keep_kind_of_error};
  int error = lua_gettop(L);
  rl_message_free(job->results);
  job->results = NULL;
  for (int i = 0; i < 2 && job->results == NULL; i++) {
    lua_settop(L, error);
    lua_pushcfunction(L, ways[i]);
    lua_pushvalue(L, error);
    lua_pushlightuserdata(L, job);
    lua_pcall(L, 2, 0, 0);
  }
}

/* ---- jobs, in the host ---- */

static int free_job(lua_State *L) {
  SandboxJob *job = lua_touserdata(L, 1);
  rl_message_free(job->arguments);
  rl_message_free(job->results);
  job->arguments = job->results = NULL;
  return 0;
}

SandboxJob *rl_sandbox_push_job(State *L, SandboxState *state, SandboxJobKind kind) {
  if (state->L == NULL) luaL_error(L, "the sandbox is closed");
  if (state->is_running) luaL_error(L, "the sandbox is in use");
  SandboxJob *job = lua_newuserdatauv(L, sizeof *job, 0);
  *job = (SandboxJob){.kind = kind, .state = state};
  if (luaL_newmetatable(L, JOB_TYPE)) {
    lua_pushcfunction(L, free_job);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
  return job;
}

void rl_sandbox_take_arguments(State *L, SandboxJob *job, int first, int count, const char *what) {
  Encoder *encoder = rl_context_of(L)->encoder;
  job->arguments = rl_message_encode(L, encoder, first, count, what, MESSAGE_STAYS);
  rl_message_departed(encoder);
}

bool rl_sandbox_do_job(State *L, SandboxJob *job) {
  SandboxState *state = job->state;
  State *other = state->L;
  Budget budget = state->limits;
  budget.memory_base = 1; /* for what the state holds as a whole */
  rl_budget_nest(L, &budget, other);
  state->is_running = true;
  other->global->c_depth = L->global->c_depth; /* one C stack, one depth */
  lua_pushcfunction(other, do_job);
  lua_pushlightuserdata(other, job);
  int status = rl_budget_call(other, &budget, other->top - 2, 0, 0);
  job->reached = (LimitKind)budget.reached;
  if (status != LUA_OK) take_error(other, job);
  lua_settop(other, 0);
  other->global->c_depth = 0;
  state->is_running = false;
  rl_message_free(job->arguments);
  job->arguments = NULL;
  rl_budget_charge_nested(L, &budget);
  return status == LUA_OK;
}

int rl_sandbox_push_results(State *L, SandboxJob *job) {
  if (job->results == NULL) {
    lua_pushliteral(L, "not enough memory");
    return 1;
  }
  int count = rl_message_decode(L, job->results);
  if (count < 0) return lua_error(L);
  rl_message_free(job->results);
  job->results = NULL;
  return count;
}

static int forget(lua_State *L) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &programs_key);
  luaL_unref(L, -1, (int)lua_tointeger(L, 1));
  return 0;
}

void rl_sandbox_forget(SandboxState *state, lua_Integer number) {
  State *L = state->L;
  if (L == NULL) return;
  lua_pushcfunction(L, forget);
  lua_pushinteger(L, number);
  if (lua_pcall(L, 1, 0, 0) != LUA_OK) lua_pop(L, 1);
}

/* ---- rille.h ---- */

/* Stack: options, plan. */
static int build_for_host(lua_State *L) {
  const rille_SandboxOptions *options = lua_touserdata(L, 1);
  SandboxPlan plan = {options->allow, options->root, options->write};
  Budget *limits = lua_newuserdatauv(L, sizeof *limits, 0);
  rl_limits_fill(limits, &options->limits);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &limits_key);
  lua_settop(L, 0);
  lua_pushlightuserdata(L, &plan);
  return build(L);
}

LUA_API int rille_newsandbox(const rille_SandboxOptions *options, lua_State **result) {
  lua_State *L = luaL_newstate();
  *result = L;
  if (L == NULL) return LUA_ERRMEM;
  lua_pushcfunction(L, build_for_host);
  lua_pushlightuserdata(L, (void *)options);
  return lua_pcall(L, 1, 0, 0);
}

LUA_API int rille_sandboxcall(lua_State *L, int nargs, int nresults, int msgh, int *reached) {
  Budget budget;
  budget_init(&budget);
  if (lua_checkstack(L, 1)) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, &limits_key);
    const Budget *limits = lua_touserdata(L, -1);
    if (limits != NULL) budget = *limits;
    lua_pop(L, 1);
  }
  budget.memory_base = 1;
  return rl_limits_call_budget(L, nargs, nresults, msgh, &budget, reached);
}

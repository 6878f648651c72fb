#include "ext/isolate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "auxlib/allocator.h"
#include "ext/channel_module.h"
#include "ext/context.h"
#include "ext/pool.h"
#include "ext/thread.h"
#include "lualib.h"
#include "object/strings.h"
#include "value/global.h"
#include "vm/error_text.h"
#include "vm/interrupt.h"

/* Instructions that a cancelled program gets to clean up: after the first error, a fourth of it after the second, ...
 */
#define FIRST_PATIENCE 10000

static const char cancelled_text[] = "cancelled";

/* ---- life ---- */

Isolate *rl_isolate_retain(Isolate *isolate) {
  __atomic_add_fetch(&isolate->references, 1, __ATOMIC_RELAXED);
  return isolate;
}

static void release_closes(Isolate *isolate, bool closes) {
  for (size_t i = 0; i < isolate->close_count; i++) {
    if (closes) rl_channel_close(isolate->closes[i]);
    rl_channel_release(isolate->closes[i]);
  }
  free(isolate->closes);
  isolate->closes = NULL;
  isolate->close_count = 0;
}

void rl_isolate_release(Isolate *isolate) {
  if (__atomic_sub_fetch(&isolate->references, 1, __ATOMIC_ACQ_REL) != 0) return;
  rl_message_free(isolate->start);
  rl_message_free(isolate->results);
  release_closes(isolate, false);
  if (isolate->done != NULL) rl_channel_release(isolate->done);
  rl_pool_release(isolate->pool);
  pthread_mutex_destroy(&isolate->lock);
  rl_domain_release(isolate->domain);
  free(isolate->name);
  free(isolate);
}

static void set_status(Isolate *isolate, IsolateStatus status) {
  __atomic_store_n(&isolate->status, (uint32_t)status, __ATOMIC_RELEASE);
}

/* ---- interrupts ---- */

static void publish_memory(Isolate *isolate, const State *L) {
  __atomic_store_n(&isolate->memory, L->global->account.total_bytes, __ATOMIC_RELAXED);
  __atomic_store_n(&isolate->wants_memory, 0, __ATOMIC_RELEASE);
}

static bool is_to_end(const Isolate *isolate) {
  return isolate->exits || __atomic_load_n(&isolate->cancel, __ATOMIC_SEQ_CST) != 0;
}

static RL_NORETURN void raise_cancelled(lua_State *L, Isolate *isolate) {
  isolate->quiet = isolate->patience;
  isolate->patience /= 4;
  value_set_object(L->top, rl_string_from_c(L, cancelled_text));
  L->top++;
  rl_error_throw(L);
}

/* Called before every instruction while somebody wants something of the program. */
static void on_interrupt(lua_State *L, lua_Debug *activation) {
  Isolate *isolate = L->global->interrupt.data;
  (void)activation;
  publish_memory(isolate, L);
  if (!is_to_end(isolate)) {
    rl_interrupt_withdraw(L);
    if (is_to_end(isolate)) rl_interrupt_request(L, INTERRUPT_ENDS); /* it was cancelled in between */
  } else if (isolate->quiet > 0) {
    isolate->quiet--;
  } else {
    raise_cancelled(L, isolate);
  }
}

/* Called in the midst of library functions while the program is to end. */
static void on_work(State *L, size_t units) {
  Isolate *isolate = L->global->interrupt.data;
  publish_memory(isolate, L);
  if (!is_to_end(isolate)) return;
  if (units > isolate->quiet) raise_cancelled(L, isolate);
  isolate->quiet -= (uint32_t)units;
}

void rl_isolate_check_cancelled(State *L, Isolate *isolate) {
  if (is_to_end(isolate)) raise_cancelled(L, isolate);
}

void rl_isolate_exit(State *L, Isolate *isolate) {
  isolate->exits = 1;
  isolate->patience = 0;
  rl_interrupt_request(L->global->main_state, INTERRUPT_ENDS);
  raise_cancelled(L, isolate);
}

void rl_isolate_cancel(Isolate *isolate) {
  __atomic_store_n(&isolate->cancel, 1, __ATOMIC_SEQ_CST);
  pthread_mutex_lock(&isolate->lock);
  if (isolate->L != NULL) {
    rl_interrupt_request(isolate->L, INTERRUPT_ENDS);
    rl_parker_set(&isolate->context->parker);
    rl_parker_wake(&isolate->context->parker);
  }
  pthread_mutex_unlock(&isolate->lock);
  if (isolate->pool != NULL) rl_pool_wake(isolate);
}

void rl_isolate_set_waiting(Isolate *isolate, bool waits) {
  if (waits && isolate->L != NULL) publish_memory(isolate, isolate->L); /* only this thread changes L */
  set_status(isolate, waits ? ISOLATE_WAITING : ISOLATE_RUNNING);
}

#define MEMORY_TRIES 20 /* milliseconds that we wait for a running program to tell */

size_t rl_isolate_memory(Isolate *isolate) {
  struct timespec pause = {.tv_nsec = 1000000};
  if (__atomic_load_n(&isolate->status, __ATOMIC_ACQUIRE) == ISOLATE_RUNNING) {
    __atomic_store_n(&isolate->wants_memory, 1, __ATOMIC_RELEASE);
    pthread_mutex_lock(&isolate->lock);
    if (isolate->L != NULL) rl_interrupt_request(isolate->L, INTERRUPT_ASKS);
    pthread_mutex_unlock(&isolate->lock);
    for (int i = 0; i < MEMORY_TRIES && __atomic_load_n(&isolate->wants_memory, __ATOMIC_ACQUIRE) != 0; i++)
      nanosleep(&pause, NULL);
  }
  return __atomic_load_n(&isolate->memory, __ATOMIC_RELAXED);
}

/* ---- processor time ---- */

static int64_t clock_nanoseconds(clockid_t clock) {
  struct timespec time;
  return clock_gettime(clock, &time) == 0 ? time.tv_sec * INT64_C(1000000000) + time.tv_nsec : 0;
}

static void begin_slice(Isolate *isolate) {
  pthread_mutex_lock(&isolate->lock);
  isolate->thread = pthread_self();
  isolate->has_thread = 1;
  isolate->slice_start = clock_nanoseconds(CLOCK_THREAD_CPUTIME_ID);
  pthread_mutex_unlock(&isolate->lock);
}

static void end_slice(Isolate *isolate) {
  pthread_mutex_lock(&isolate->lock);
  isolate->time_used += clock_nanoseconds(CLOCK_THREAD_CPUTIME_ID) - isolate->slice_start;
  isolate->has_thread = 0;
  pthread_mutex_unlock(&isolate->lock);
}

double rl_isolate_time(Isolate *isolate) {
  clockid_t clock;
  pthread_mutex_lock(&isolate->lock);
  int64_t time = isolate->time_used;
  if (isolate->has_thread && pthread_getcpuclockid(isolate->thread, &clock) == 0)
    time += clock_nanoseconds(clock) - isolate->slice_start;
  pthread_mutex_unlock(&isolate->lock);
  return (double)time / 1e9;
}

/* ---- the program ---- */

static void set_package_field(lua_State *L, int value, const char *field) {
  if (lua_isstring(L, value) && lua_getglobal(L, LUA_LOADLIBNAME) == LUA_TTABLE) {
    lua_pushvalue(L, value);
    lua_setfield(L, -2, field);
  }
}

/* Called with the isolate in an empty state; leaves the function and its arguments. The message: function, arguments,
 * package.path, package.cpath. */
static int prepare(lua_State *L) {
  Isolate *isolate = lua_touserdata(L, 1);
  luaL_checkversion(L);
  lua_gc(L, LUA_GCSTOP);
  luaL_openlibs(L);
  Context *context = rl_context_create(L, isolate->domain, isolate);
  rl_interrupt_prepare(L, on_interrupt, on_work, isolate);
  pthread_mutex_lock(&isolate->lock);
  isolate->L = L->global->main_state;
  isolate->context = context;
  pthread_mutex_unlock(&isolate->lock);
  if (is_to_end(isolate)) rl_interrupt_request(L, INTERRUPT_ENDS);
  lua_gc(L, LUA_GCRESTART);
  if (isolate->pool == NULL) lua_gc(L, LUA_GCGEN, 0, 0); /* as the command; its tables would cost each of many 1 KB */
  lua_settop(L, 0);
  int count = rl_message_decode(L, isolate->start);
  if (count < 0) return lua_error(L);
  rl_message_free(isolate->start);
  isolate->start = NULL;
  set_package_field(L, count - 1, "path");
  set_package_field(L, count, "cpath");
  lua_settop(L, count - 2);
  if (lua_type(L, 1) == LUA_TSTRING) {
    size_t length;
    const char *source = lua_tolstring(L, 1, &length);
    if (luaL_loadbuffer(L, source, length, source) != LUA_OK) return lua_error(L);
    lua_replace(L, 1);
  }
  return count - 2;
}

static const char traceback_key, coroutine_key;

#define UNDISTURBED UINT32_MAX /* as `quiet`: our own work at the end of a program is not cancelled */

/* Message handler: keeps the traceback beside the error. */
static int keep_traceback(lua_State *L) {
  Isolate *isolate = L->global->interrupt.data; /* NULL: it has not come that far */
  uint32_t quiet = isolate == NULL ? 0 : isolate->quiet;
  if (isolate != NULL) isolate->quiet = UNDISTURBED;
  luaL_traceback(L, L, NULL, 1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &traceback_key);
  if (isolate != NULL) isolate->quiet = quiet;
  return 1;
}

static int encode_results(lua_State *L) {
  Isolate *isolate = lua_touserdata(L, 1);
  isolate->results = rl_message_encode(L, rl_context_of(L)->encoder, 2, lua_gettop(L) - 1, "result", MESSAGE_STAYS);
  return 0;
}

/* The `count` values on top become the isolate's results. On an error its text is on top. */
static int keep_results(lua_State *L, Isolate *isolate, int count) {
  if (!lua_checkstack(L, 2)) {
    lua_pop(L, count);
    lua_pushliteral(L, "too many results");
    return LUA_ERRRUN;
  }
  lua_pushcfunction(L, encode_results);
  lua_insert(L, -count - 1);
  lua_pushlightuserdata(L, isolate);
  lua_insert(L, -count - 1);
  return lua_pcall(L, count + 1, 0, 0);
}

static int describe_error(lua_State *L) {
  luaL_tolstring(L, 1, NULL);
  lua_pushvalue(L, 2);
  return 2;
}

/* Stack: ..., error, traceback. An error value that cannot be sent is described. */
static void keep_error(lua_State *L, Isolate *isolate) {
  lua_checkstack(L, LUA_MINSTACK);
  int top = lua_gettop(L);
  lua_pushvalue(L, top - 1);
  lua_pushvalue(L, top);
  if (keep_results(L, isolate, 2) == LUA_OK) return;
  lua_settop(L, top);
  lua_pushcfunction(L, describe_error);
  lua_insert(L, top - 1);
  if (lua_pcall(L, 2, 2, 0) != LUA_OK) return;
  keep_results(L, isolate, 2); /* failing here too: no memory, the results stay NULL */
}

/* Stack: ..., error, traceback. */
static void report(lua_State *L) {
  const char *text = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "(error object is not a string)";
  lua_writestringerror("lproc: %s\n", text);
}

/* The program has ended in thread `L` with its results, or its error, on top, `count` of them. */
static IsolateStatus conclude(Isolate *isolate, lua_State *L, int status, int count) {
  isolate->quiet = UNDISTURBED;
  if (status == LUA_OK && !isolate->exits) status = keep_results(L, isolate, count);
  if (isolate->exits) {
    lua_settop(L, 0);
    status = keep_results(L, isolate, 0);
  } else if (status != LUA_OK) {
    lua_checkstack(L, LUA_MINSTACK);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &traceback_key);
    if (isolate->reports && !rl_isolate_is_cancelled(isolate)) report(L);
    keep_error(L, isolate);
  }
  isolate->quiet = isolate->patience = FIRST_PATIENCE; /* for finalizers */
  publish_memory(isolate, L);
  if (status == LUA_OK) return ISOLATE_DONE;
  return rl_isolate_is_cancelled(isolate) ? ISOLATE_CANCELLED : ISOLATE_FAILED;
}

/* Everything is over but the record; drops the reference of the running. */
static void end(Isolate *isolate, State *L, IsolateStatus status) {
  Domain *domain = isolate->domain;
  pthread_mutex_lock(&isolate->lock);
  isolate->L = NULL;
  isolate->context = NULL;
  pthread_mutex_unlock(&isolate->lock);
  if (L != NULL) lua_close(L);
  end_slice(isolate);
  release_closes(isolate, true);
  set_status(isolate, status);
  rl_channel_close(isolate->done);
  rl_domain_retain(domain);
  rl_domain_leave(domain);
  rl_domain_remove_isolate(isolate);
  rl_isolate_release(isolate);
  rl_domain_isolate_is_gone(domain);
  rl_domain_release(domain);
}

/* A new state with function and arguments on its stack, or NULL: the isolate has ended. */
static State *open_state(Isolate *isolate) {
  begin_slice(isolate);
  State *L = isolate->pool == NULL ? luaL_newstate() : rl_state_new_in(NULL); /* a pool has many, and small ones */
  if (L == NULL) {
    end(isolate, NULL, ISOLATE_FAILED);
    return NULL;
  }
  isolate->patience = FIRST_PATIENCE;
  set_status(isolate, ISOLATE_RUNNING);
  lua_pushcfunction(L, keep_traceback);
  lua_pushcfunction(L, prepare);
  lua_pushlightuserdata(L, isolate);
  int status = lua_pcall(L, 1, LUA_MULTRET, 1);
  if (status == LUA_OK) {
    isolate->argument_count = lua_gettop(L) - 2;
    return L;
  }
  end(isolate, L, conclude(isolate, L, status, 1));
  return NULL;
}

static void *run_thread(void *data) {
  Isolate *isolate = data;
  State *L = open_state(isolate);
  if (L == NULL) return NULL;
  int status = lua_pcall(L, isolate->argument_count, LUA_MULTRET, 1);
  end(isolate, L, conclude(isolate, L, status, lua_gettop(L) - 1));
  return NULL;
}

/* ---- in a pool ---- */

static int make_coroutine(lua_State *L) {
  Isolate *isolate = lua_touserdata(L, 1);
  lua_State *coroutine = lua_newthread(L);
  int count = isolate->argument_count + 1;
  if (!lua_checkstack(coroutine, count + LUA_MINSTACK)) luaL_error(L, "too many arguments");
  lua_rawsetp(L, LUA_REGISTRYINDEX, &coroutine_key);
  isolate->coroutine = coroutine;
  return 0;
}

bool rl_isolate_open(Isolate *isolate) {
  State *L = open_state(isolate);
  if (L == NULL) return false;
  lua_checkstack(L, 2);
  lua_pushcfunction(L, make_coroutine);
  lua_pushlightuserdata(L, isolate);
  int status = lua_pcall(L, 1, 0, 0);
  if (status != LUA_OK) {
    end(isolate, L, conclude(isolate, L, status, 1));
    return false;
  }
  lua_xmove(L, isolate->coroutine, isolate->argument_count + 1);
  end_slice(isolate);
  return true;
}

static int trace_coroutine(lua_State *L) {
  luaL_traceback(L, lua_touserdata(L, 1), NULL, 0);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &traceback_key);
  return 0;
}

/* The coroutine has died: its traceback is kept, its variables are closed, its error goes to the main thread. */
static void bury_coroutine(State *L, lua_State *coroutine) {
  lua_pushcfunction(L, trace_coroutine);
  lua_pushlightuserdata(L, coroutine);
  if (lua_pcall(L, 1, 0, 0) != LUA_OK) lua_pop(L, 1);
  lua_closethread(coroutine, L);
  lua_xmove(coroutine, L, 1);
}

bool rl_isolate_resume(Isolate *isolate, bool *gives_way) {
  lua_State *coroutine = isolate->coroutine;
  State *L = isolate->L; /* only this thread changes it */
  int count;
  begin_slice(isolate);
  int arguments = isolate->argument_count;
  isolate->argument_count = 0;
  int status = lua_resume(coroutine, L, arguments, &count);
  if (status == LUA_YIELD) {
    lua_pop(coroutine, count);
    *gives_way = !isolate->context->is_parked;
    isolate->deadline = isolate->context->deadline;
    end_slice(isolate);
    return true;
  }
  if (status == LUA_OK) {
    if (lua_checkstack(L, count + 2)) {
      lua_xmove(coroutine, L, count);
    } else {
      lua_pushliteral(L, "too many results");
      status = LUA_ERRRUN;
    }
  } else {
    bury_coroutine(L, coroutine);
    count = 1;
  }
  end(isolate, L, conclude(isolate, L, status, count));
  return false;
}

/* ---- spawning ---- */

static void copy_closes(State *L, Isolate *isolate, int list) {
  if (list == 0) return;
  lua_Integer count = luaL_len(L, list);
  isolate->closes = calloc((size_t)count + 1, sizeof *isolate->closes);
  if (isolate->closes == NULL) luaL_error(L, "not enough memory");
  for (lua_Integer i = 1; i <= count; i++) {
    lua_geti(L, list, i);
    const ChannelHandle *handle = rl_channel_test(L, -1);
    if (handle == NULL) luaL_error(L, "'closes' must be a list of channels");
    isolate->closes[isolate->close_count++] = rl_channel_retain(handle->out);
    lua_pop(L, 1);
  }
}

/* A handle that owns the isolate as long as something may fail. */
static Isolate *push_new(State *L, Context *context, const IsolateOptions *options) {
  Isolate *isolate = calloc(1, sizeof *isolate);
  if (isolate == NULL) luaL_error(L, "not enough memory");
  pthread_mutex_init(&isolate->lock, NULL);
  isolate->domain = rl_domain_retain(context->domain);
  isolate->deadline = RL_NO_DEADLINE;
  isolate->reports = options->reports;
  rl_isolate_push_handle(L, isolate); /* its own reference */
  isolate->references = 1;
  char name[40];
  snprintf(name, sizeof name, "isolate %llu", (unsigned long long)rl_domain_next_number(isolate->domain));
  isolate->name = strdup(options->name == NULL ? name : options->name);
  isolate->done = rl_channel_new(isolate->domain, NULL, 0);
  if (isolate->name == NULL || isolate->done == NULL) luaL_error(L, "not enough memory");
  if (options->pool != NULL) isolate->pool = rl_pool_retain(options->pool);
  copy_closes(L, isolate, options->closes);
  return isolate;
}

static void push_package_field(State *L, const char *field) {
  lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  lua_getfield(L, -1, LUA_LOADLIBNAME);
  if (lua_istable(L, -1)) {
    lua_pushstring(L, field);
    lua_rawget(L, -2);
  } else {
    lua_pushnil(L);
  }
  if (!lua_isstring(L, -1)) {
    lua_pop(L, 1);
    lua_pushnil(L);
  }
  lua_replace(L, -3);
  lua_pop(L, 1);
}

Isolate *rl_isolate_spawn(State *L, Context *context, const IsolateOptions *options, int first, int count) {
  luaL_checkstack(L, count + 10, "too many arguments");
  Isolate *isolate = push_new(L, context, options);
  int values = lua_gettop(L) + 1;
  for (int i = 0; i < count; i++) lua_pushvalue(L, first + i);
  push_package_field(L, "path");
  push_package_field(L, "cpath");
  isolate->start = rl_message_encode(L, context->encoder, values, count + 2, "argument", MESSAGE_STAYS);
  lua_settop(L, values - 1);
  rl_domain_enter(isolate->domain);
  rl_domain_add_isolate(isolate->domain, isolate);
  rl_isolate_retain(isolate); /* for the running */
  bool is_started = isolate->pool != NULL ? rl_pool_add(isolate->pool, isolate)
                                          : rl_thread_start(run_thread, isolate, options->stack_size);
  if (!is_started) {
    rl_message_take_back(isolate->start);
    isolate->start = NULL;
    rl_domain_remove_isolate(isolate);
    rl_domain_isolate_is_gone(isolate->domain);
    rl_domain_leave(isolate->domain);
    rl_isolate_release(isolate);
    luaL_error(L, options->pool != NULL ? "the pool is closed, or has no thread" : "cannot start a thread");
  }
  rl_message_departed(context->encoder);
  return isolate; /* the caller gets the handle on top as well */
}

int rl_isolate_push_results(State *L, const Isolate *isolate) {
  bool succeeded = __atomic_load_n(&isolate->status, __ATOMIC_ACQUIRE) == ISOLATE_DONE;
  lua_pushboolean(L, succeeded);
  if (isolate->results == NULL) {
    lua_pushliteral(L, "not enough memory");
    return 2;
  }
  int count = rl_message_decode(L, isolate->results);
  return count < 0 ? lua_error(L) : count + 1;
}

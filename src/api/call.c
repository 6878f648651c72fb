/* Calling, loading, errors, coroutines (manual 4.4 to 4.6). */
#include <string.h>

#include "api/slot.h"
#include "bytecode/dump.h"
#include "compile/compile.h"
#include "gc/collect.h"
#include "heap/barrier.h"
#include "object/functions.h"
#include "object/input.h"
#include "object/stack.h"
#include "object/strings.h"
#include "object/table.h"
#include "raise/raise.h"
#include "vm/call.h"
#include "vm/coroutine.h"
#include "vm/error_text.h"
#include "vm/warn.h"

/* With LUA_MULTRET a callee may return more than the frame was promised. */
static void admit_results(State *L, int nresults) {
  if (nresults == LUA_MULTRET && L->call_info->top < L->top) L->call_info->top = L->top;
}

static void check_call(State *L, int nargs, int nresults, const char *function) {
  if (RL_LIKELY(!L->global->api_checks)) return;
  ptrdiff_t count = L->top - L->call_info->base;
  if (nargs < 0 || count < nargs + 1)
    rl_api_misuse(L, function, "nargs", nargs, "as many arguments on the stack, below them the function");
  if (nresults != LUA_MULTRET && L->call_info->top - L->top < nresults - nargs - 1)
    rl_api_misuse(L, function, "nresults", nresults, "no more results than there is room for");
  if (L->status != LUA_OK) rl_api_misuse(L, function, "L", L->status, "a thread that is not suspended or dead");
}

LUA_API void lua_callk(lua_State *L, int nargs, int nresults, lua_KContext ctx, lua_KFunction k) {
  stack_changes(L);
  check_call(L, nargs, nresults, __func__);
  Value *function = L->top - (nargs + 1);
  if (k != NULL && rl_coroutine_is_yieldable(L)) {
    API_CHECK(L, !call_is_lua(L->call_info), "k", 1, "no continuation inside a hook");
    L->call_info->continuation = k;
    L->call_info->context = ctx;
    rl_call(L, function, nresults);
  } else {
    rl_call_no_yield(L, function, nresults);
  }
  admit_results(L, nresults);
}

typedef struct CallRequest {
  Value *function;
  int nresults;
} CallRequest;

static void call_body(State *L, void *data) {
  const CallRequest *request = data;
  rl_call_no_yield(L, request->function, request->nresults);
}

/* A yieldable protected call stays on the engine's records: an error finds this one and continues in k. */
static int call_protected_yieldable(State *L, Value *function, int nresults, ptrdiff_t handler, lua_KContext ctx,
                                    lua_KFunction k) {
  CallInfo *record = L->call_info;
  ptrdiff_t index = record - L->call_base;
  record->continuation = k;
  record->context = ctx;
  record->target = (int32_t)(function - record->base);
  record->old_handler = L->error_handler;
  record->non_yieldable = (uint16_t)L->non_yieldable;
  record->flags =
    (uint16_t)((record->flags & ~CALL_ALLOW_HOOK) | CALL_PROTECTED | (L->allow_hook ? CALL_ALLOW_HOOK : 0));
  L->error_handler = handler;
  rl_call(L, function, nresults);
  record = L->call_base + index;
  record->flags &= (uint16_t)~CALL_PROTECTED;
  L->error_handler = record->old_handler;
  return LUA_OK;
}

LUA_API int lua_pcallk(lua_State *L, int nargs, int nresults, int errfunc, lua_KContext ctx, lua_KFunction k) {
  stack_changes(L);
  check_call(L, nargs, nresults, __func__);
  ptrdiff_t handler = 0;
  if (errfunc != 0) {
    const Value *slot = API_SLOT(L, errfunc);
    API_CHECK(L, value_is_function(slot), "errfunc", errfunc, "the index of a function");
    handler = stack_save(L, slot);
  }
  Value *function = L->top - (nargs + 1);
  int status;
  if (k != NULL && rl_coroutine_is_yieldable(L)) {
    status = call_protected_yieldable(L, function, nresults, handler, ctx, k);
  } else {
    CallRequest request = {function, nresults};
    status = rl_call_protected(L, call_body, &request, stack_save(L, function), handler);
    if (RL_UNLIKELY(status == RL_STATUS_LIMIT)) status = LUA_ERRRUN; /* the budget stays spent: see vm/budget.h */
  }
  admit_results(L, nresults);
  return status;
}

LUA_API int lua_error(lua_State *L) {
  API_CHECK_VALUES(L, 1);
  const Value *error = L->top - 1;
  if (value_is_string(error) && value_string(error) == L->global->memory_message) rl_raise_memory(L);
  rl_error_throw(L);
}

/* ---- loading ---- */

typedef struct LoadRequest {
  Input input;
  const char *name;
  const char *mode;
} LoadRequest;

static void check_mode(State *L, const LoadRequest *request, const char *kind) {
  if (request->mode == NULL || strchr(request->mode, kind[0]) != NULL) return;
  rl_push_formatted(L, "attempt to load a %s chunk (mode is '%s')", kind, request->mode);
  rl_throw(L, LUA_ERRSYNTAX);
}

static void load_body(State *L, void *data) {
  LoadRequest *request = data;
  int first = input_byte(&request->input);
  if (first == (unsigned char)LUA_SIGNATURE[0]) {
    check_mode(L, request, "binary");
    rl_undump(L, &request->input, request->name);
  } else {
    check_mode(L, request, "text");
    rl_compile(L, &request->input, request->name, first);
  }
}

/* The first upvalue of a loaded function is the table of globals. */
static void set_environment(State *L) {
  const LuaClosure *closure = value_lua_closure(L->top - 1);
  if (closure_upvalue_count(closure) == 0) return;
  UpValue *upvalue = closure->upvalues[0];
  rl_table_get_integer(value_table(&L->global->registry), LUA_RIDX_GLOBALS, upvalue->value);
  barrier_forward(L, upvalue, upvalue->value);
}

LUA_API int lua_load(lua_State *L, lua_Reader reader, void *dt, const char *chunkname, const char *mode) {
  stack_changes(L);
  API_CHECK_ROOM(L);
  LoadRequest request = {.name = chunkname == NULL ? "?" : chunkname, .mode = mode};
  input_init(&request.input, L, reader, dt);
  L->non_yieldable++;
  int status = rl_call_protected(L, load_body, &request, stack_save(L, L->top), L->error_handler);
  L->non_yieldable--;
  if (RL_UNLIKELY(status == RL_STATUS_LIMIT)) status = LUA_ERRRUN;
  if (status == LUA_OK) set_environment(L);
  return status;
}

LUA_API int lua_dump(lua_State *L, lua_Writer writer, void *data, int strip) {
  API_CHECK_VALUES(L, 1);
  const Value *value = L->top - 1;
  if (!value_is_lua_closure(value)) return 1;
  return rl_dump(L, closure_behind(value_lua_closure(value))->prototype, writer, data, strip != 0);
}

/* ---- coroutines ---- */

LUA_API int lua_resume(lua_State *L, lua_State *from, int narg, int *nres) {
  stack_changes(L);
  API_CHECK(L, narg >= 0 && L->top - L->call_info->base >= narg, "narg", narg,
            "as many arguments on the coroutine's stack");
  return rl_coroutine_resume(L, from, narg, nres);
}

LUA_API int lua_yieldk(lua_State *L, int nresults, lua_KContext ctx, lua_KFunction k) {
  API_CHECK(L, nresults >= 0, "nresults", nresults, "a number of values, 0 or more");
  API_CHECK_VALUES(L, nresults);
  return rl_coroutine_yield(L, nresults, ctx, k);
}

LUA_API int lua_isyieldable(lua_State *L) {
  return rl_coroutine_is_yieldable(L);
}

LUA_API int lua_status(lua_State *L) {
  return L->status;
}

LUA_API int lua_closethread(lua_State *L, lua_State *from) {
  stack_changes(L);
  return rl_coroutine_close(L, from);
}

LUA_API int lua_resetthread(lua_State *L) {
  stack_changes(L);
  return rl_coroutine_close(L, NULL);
}

/* ---- warnings ---- */

LUA_API void lua_setwarnf(lua_State *L, lua_WarnFunction f, void *ud) {
  L->global->warn = f;
  L->global->warn_data = ud;
}

LUA_API void lua_warning(lua_State *L, const char *msg, int tocont) {
  rl_warn(L, msg, tocont);
}

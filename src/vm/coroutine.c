/* Coroutines. A thread that is resumed from Lua code runs in its resumer's interpreter entry: the engine changes the
 * thread it works on, nothing is saved on the C stack. Resumed from C (lua_resume) it has an entry of its own.
 *
 * A thread is new (LUA_OK, only its base record, a function on its stack), suspended (LUA_YIELD), running (is_running),
 * finished (LUA_OK, nothing on its stack) or dead by an error (its status; the stack is left for inspection). A yield
 * that finds C frames between itself and the resume jumps over them to the resumer's entry when every C function among
 * them has a continuation; otherwise it is refused (non_yieldable > 0). */
#include "vm/coroutine.h"

#include "base/config.h"
#include "object/functions.h"
#include "object/stack.h"
#include "object/strings.h"
#include "raise/protect.h"
#include "raise/raise.h"
#include "vm/budget.h"
#include "vm/call.h"
#include "vm/close.h"
#include "vm/debug_info.h"
#include "vm/engine.h"
#include "vm/error_text.h"
#include "vm/interrupt.h"
#include "vm/metamethod.h"
#include "vm/transition.h"

/* ---- the door for the standard library ---- */

static int request(State *L, RequestKind kind, State *other, ptrdiff_t count) {
  L->request.kind = (uint8_t)kind;
  L->request.other = other;
  L->request.count = (int32_t)count;
  return REQUEST_RESULT;
}

int rl_transition_pcall(State *L) {
  return request(L, REQUEST_PCALL, NULL, 0);
}
int rl_transition_xpcall(State *L) {
  return request(L, REQUEST_XPCALL, NULL, 0);
}
int rl_transition_resume(State *L, State *coroutine) {
  return request(L, REQUEST_RESUME, coroutine, L->top - (L->call_info->base + 1));
}
int rl_transition_wrap(State *L, State *coroutine) {
  return request(L, REQUEST_WRAP, coroutine, L->top - L->call_info->base);
}
int rl_transition_yield(State *L) {
  return request(L, REQUEST_YIELD, NULL, L->top - L->call_info->base);
}

/* ---- resuming ---- */

/* NULL when `coroutine` can be resumed with that many arguments on its top, else why not. */
static const char *refusal(const State *coroutine, ptrdiff_t count) {
  if (coroutine->status == LUA_YIELD) return NULL;
  if (coroutine->status != LUA_OK) return "cannot resume dead coroutine";
  if (coroutine->call_info != coroutine->call_base || coroutine->is_running)
    return "cannot resume non-suspended coroutine";
  if (coroutine->top - (coroutine->call_base->function + 1) == count) return "cannot resume dead coroutine";
  return NULL;
}

/* The waiting record of L gives false and a message (resume), or raises it (wrap). */
static void refuse(Step *step, State *L, const char *message) {
  CallInfo *record = L->call_info;
  Value *first = record->base;
  if (record->kind == CALL_WRAP) {
    L->top = first;
    rl_debug_push_where(L, 1, false);
    value_set_object(L->top, rl_string_from_c(L, message));
    L->top++;
    rl_vm_concat(L, 2);
    rl_error_throw(L);
  }
  value_set_object(L->top, rl_string_from_c(L, message));
  L->top++;
  first = L->call_info->base;
  value_set_boolean(first, false);
  value_copy(first + 1, L->top - 1);
  L->top = first + 2;
  step_finish(step, L, first, 2);
}

static void move_values(State *to, Value *first, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i++) value_copy(to->top + i, first + i);
  to->top += count;
}

void rl_engine_resume(Step *step) {
  State *L = step->L;
  State *coroutine = L->request.other;
  ptrdiff_t count = L->request.count;
  Global *global = L->global;
  const char *reason = refusal(coroutine, 0);
  if (reason == NULL && global->resume_depth >= RL_MAX_RESUMES) reason = "C stack overflow";
  if (reason == NULL && coroutine->stack_limit - coroutine->top < count && !rl_stack_try_grow(coroutine, (size_t)count))
    reason = "too many arguments to resume";
  if (reason != NULL) {
    refuse(step, L, reason);
    return;
  }
  L->top -= count;
  move_values(coroutine, L->top, count);
  budget_follow(coroutine);
  coroutine->resumer = L;
  coroutine->is_running = RUNNING_BY_VM;
  coroutine->resume_entry = global->entry;
  coroutine->resume_run_depth = global->run_depth;
  coroutine->non_yieldable = 0;
  state_switch(global, coroutine);
  global->resume_depth++;
  *step = (Step){.kind = STEP_CONTINUE, .L = coroutine, .count = count};
}

void rl_engine_continue(Step *step) {
  State *L = step->L;
  ptrdiff_t count = step->count;
  CallInfo *record = L->call_info;
  if (L->status == LUA_OK) {
    step_call(step, L, L->top - count - 1, LUA_MULTRET, RETURN_TO_CALL);
    return;
  }
  L->status = LUA_OK;
  if (record->kind == CALL_LUA) { /* suspended by a hook, before the instruction ran; L->top may end its open list */
    record->pc--;
    L->top -= count;
    step->kind = STEP_RUN;
  } else if (record->continuation != NULL) {
    rl_engine_after_c(step, record->continuation(L, LUA_YIELD, record->context));
  } else {
    step_finish(step, L, L->top - count, count);
  }
}

/* `count` values at `first` of the coroutine become the results of its resumer's waiting record. */
static void hand_over(Step *step, State *coroutine, Value *first, ptrdiff_t count) {
  State *L = coroutine->resumer;
  Global *global = L->global;
  CallInfo *record = L->call_info;
  bool is_wrap = record->kind == CALL_WRAP;
  coroutine->is_running = RUNNING_NOT;
  coroutine->resumer = NULL;
  state_switch(global, L);
  global->resume_depth--;
  L->top = record->base;
  if (L->stack_limit - L->top < count + 1 && !rl_stack_try_grow(L, (size_t)count + 1)) {
    coroutine->top = first;
    refuse(step, L, "too many results to resume");
    return;
  }
  if (!is_wrap) value_set_boolean(L->top++, true);
  move_values(L, first, count);
  coroutine->top = first;
  step_finish(step, L, L->call_info->base, L->top - L->call_info->base);
}

void rl_engine_coroutine_done(Step *step) {
  State *L = step->L;
  Value *first = L->call_base->function + 1;
  if (L->is_running == RUNNING_BY_VM)
    hand_over(step, L, first, L->top - first);
  else
    step->kind = STEP_LEAVE;
}

void rl_engine_yielded(Step *step) {
  State *L = step->L;
  L->status = LUA_YIELD;
  hand_over(step, L, L->top - step->count, step->count);
}

void rl_engine_wrap_error(Step *step) {
  State *L = step->L;
  State *coroutine = step->other;
  int status = rl_coroutine_close(coroutine, L);
  L->top = L->call_info->base;
  value_copy(L->top, coroutine->top - 1);
  L->top++;
  coroutine->top--;
  if (status != LUA_ERRMEM && value_is_string(L->top - 1)) {
    rl_debug_push_where(L, 1, false);
    Value error;
    value_copy(&error, L->top - 2);
    value_copy(L->top - 2, L->top - 1);
    value_copy(L->top - 1, &error);
    rl_vm_concat(L, 2);
  }
  rl_error_throw(L);
}

/* ---- yielding ---- */

bool rl_coroutine_is_yieldable(const State *L) {
  return L->non_yieldable == 0;
}

static void check_yieldable(State *L) {
  if (L->non_yieldable == 0) return;
  if (L != L->global->main_state) rl_raise(L, ERROR_YIELD_BOUNDARY);
  rl_raise(L, ERROR_YIELD_OUTSIDE);
}

/* Whether the resumer waits in this very interpreter entry, with no C frame in between. */
static bool resumer_is_here(const State *L) {
  const Global *global = L->global;
  return L->is_running == RUNNING_BY_VM && L->resume_entry == global->entry && L->resume_run_depth == global->run_depth;
}

void rl_engine_yield(Step *step) {
  State *L = step->L;
  ptrdiff_t count = L->request.count;
  check_yieldable(L);
  if (!call_is_lua(L->call_info)) L->call_info->continuation = NULL; /* a Lua function yields by a hook */
  if (resumer_is_here(L)) {
    *step = (Step){.kind = STEP_YIELDED, .L = L, .count = count};
    return;
  }
  L->status = LUA_YIELD;
  if (L->is_running == RUNNING_BY_C && L->resume_run_depth == L->global->run_depth) {
    step->kind = STEP_LEAVE;
    return;
  }
  rl_throw_to(L, L->resume_entry, LUA_YIELD);
}

int rl_coroutine_yield(State *L, int count, lua_KContext context, lua_KFunction continuation) {
  CallInfo *record = L->call_info;
  check_yieldable(L);
  L->request.count = count;
  L->status = LUA_YIELD;
  if (record->kind == CALL_LUA) { /* inside a hook: vm/hook.c switches when the hook has returned */
    if (count != 0 || continuation != NULL) {
      L->status = LUA_OK;
      rl_raise(L, ERROR_HOOK_YIELD_VALUES);
    }
    return 0;
  }
  record->continuation = continuation;
  record->context = context;
  rl_throw_to(L, L->resume_entry, LUA_YIELD);
}

/* ---- the usual switch ---- */

/* A plain record of a C function that Lua code called. */
static bool waits_for_lua(const State *L) {
  const CallInfo *record = L->call_info;
  return record > L->call_base && record->on_return == RETURN_TO_LUA && record->flags == 0 && call_is_lua(record - 1);
}

/* `count` values at `first` become the results of the waiting record. */
static void finish_waiting(State *L, const Value *first, ptrdiff_t count, bool with_truth) {
  const CallInfo *record = L->call_info;
  Value *to = record->function;
  int wanted = record->wanted;
  L->call_info--;
  if (with_truth) {
    value_set_boolean(to, true);
    L->top = to++;
    if (wanted == 0) return;
    if (wanted > 0) wanted--;
  }
  rl_call_move_results(L, to, first, count, wanted);
}

State *rl_coroutine_enter(State *L) {
  State *coroutine = L->request.other;
  Global *global = L->global;
  ptrdiff_t count = L->request.count;
  const CallInfo *record = coroutine->call_info;
  if (coroutine->status != LUA_YIELD || coroutine->hook_mask != global->budget.hook_bit) return NULL;
  if (global->resume_depth >= RL_MAX_RESUMES) return NULL;
  if (record->kind != CALL_C || record->continuation != NULL || !waits_for_lua(coroutine)) return NULL;
  if (coroutine->stack_limit - record->function < count + (record->wanted > 0 ? record->wanted : 0)) return NULL;
  L->call_info->kind = L->request.kind == REQUEST_WRAP ? CALL_WRAP : CALL_RESUME;
  L->request.kind = REQUEST_NONE;
  L->top -= count;
  coroutine->status = LUA_OK;
  coroutine->resumer = L;
  coroutine->is_running = RUNNING_BY_VM;
  coroutine->resume_entry = global->entry;
  coroutine->resume_run_depth = global->run_depth;
  coroutine->non_yieldable = 0;
  global->resume_depth++;
  finish_waiting(coroutine, L->top, count, false);
  state_switch(global, coroutine);
  return coroutine;
}

State *rl_coroutine_leave(State *L) {
  State *resumer = L->resumer;
  Global *global = L->global;
  ptrdiff_t count = L->request.count;
  if (L->non_yieldable > 0 || !resumer_is_here(L) || resumer->hook_mask != global->budget.hook_bit) return NULL;
  if (!waits_for_lua(resumer)) return NULL;
  const CallInfo *record = resumer->call_info;
  if (L->call_info->kind != CALL_C ||
      resumer->stack_limit - record->function < count + 1 + (record->wanted > 0 ? record->wanted : 0))
    return NULL;
  L->request.kind = REQUEST_NONE;
  L->call_info->continuation = NULL;
  L->status = LUA_YIELD;
  L->is_running = RUNNING_NOT;
  L->resumer = NULL;
  L->top -= count;
  global->resume_depth--;
  finish_waiting(resumer, L->top, count, record->kind == CALL_RESUME);
  state_switch(global, resumer);
  return resumer;
}

/* ---- from C ---- */

static int refuse_to_c(State *L, const char *message, int argument_count) {
  L->top -= argument_count;
  value_set_object(L->top, rl_string_from_c(L, message));
  L->top++;
  return LUA_ERRRUN;
}

int rl_coroutine_resume(State *L, State *from, int argument_count, int *result_count) {
  Global *global = L->global;
  const char *reason = refusal(L, argument_count);
  if (reason == NULL && global->c_depth >= RL_MAX_C_CALLS) reason = "C stack overflow";
  if (reason != NULL) return refuse_to_c(L, reason, argument_count);
  Entry entry;
  Step step = {.kind = STEP_CONTINUE, .L = L, .count = argument_count};
  budget_follow(L);
  L->resumer = from;
  L->is_running = RUNNING_BY_C;
  L->resume_entry = &entry;
  L->non_yieldable = 0;
  global->c_depth++;
  global->run_depth++;
  L->resume_run_depth = global->run_depth;
  int status = rl_engine_run_protected(L, 1, &step, &entry);
  if (status == LUA_OK) status = L->status;
  global->run_depth--;
  global->c_depth--;
  L->is_running = RUNNING_NOT;
  L->resumer = NULL;
  if (status > LUA_YIELD) {
    if (status == RL_STATUS_LIMIT) status = LUA_ERRRUN;
    if (entry.thrower != L) {
      value_copy(L->top, entry.thrower->top - 1);
      L->top++;
    }
    value_copy(L->top, L->top - 1); /* one is for the caller to take, one stays for lua_closethread */
    L->top++;
    L->status = (uint8_t)status;
    L->call_info->top = L->top;
  }
  *result_count = status == LUA_YIELD ? L->request.count : (int)(L->top - (L->call_info->function + 1));
  return status;
}

int rl_coroutine_close(State *L, State *from) {
  (void)from;
  int status = L->status == LUA_YIELD ? LUA_OK : L->status;
  Value error;
  value_set_nil(&error);
  if (status != LUA_OK) value_copy(&error, L->top - 1);
  L->call_info = L->call_base;
  L->call_info->top = L->stack + 1 + LUA_MINSTACK;
  L->status = LUA_OK;
  L->error_handler = 0;
  L->allow_hook = 1;
  ptrdiff_t bottom = (ptrdiff_t)sizeof(Value);
  uint32_t non_yieldable = L->non_yieldable;
  L->non_yieldable = 1;
  if (close_is_pending(L, L->stack + 1) || status != LUA_OK) {
    Value *top = close_is_pending(L, L->stack + 1) ? L->stack + L->close_slots[L->close_count - 1] + 1 : L->stack + 1;
    L->top = top;
    value_copy(L->top, &error);
    L->top++;
    status = rl_close_after_error(L, bottom, status);
  } else {
    rl_upvalue_close(L, L->stack + 1);
  }
  L->non_yieldable = non_yieldable;
  L->top = L->stack + 1 + (status != LUA_OK ? 1 : 0);
  return status == RL_STATUS_LIMIT ? LUA_ERRRUN : status;
}

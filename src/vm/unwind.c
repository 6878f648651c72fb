/* Catching errors inside the interpreter.
 *
 * pcall sets no jump of its own. An error jumps to the innermost protected entry; here, the entry looks for the nearest
 * call record that catches: a waiting pcall, or a C function inside a yieldable lua_pcallk. It looks through the
 * records of the running thread, then, when that thread is a coroutine resumed inside this entry, lets the coroutine
 * die and goes on at its resumer. Records below the entry's first one belong to other entries: the error is thrown
 * again for them.
 *
 * Having found one, everything above it is dropped at once, but to-be-closed variables are closed one by one, as
 * ordinary calls of the engine (STEP_UNWIND repeats until none is pending): __close methods may be Lua functions, may
 * yield, and may raise errors that take the place of the first, which arrive here again. */
#include "object/functions.h"
#include "object/stack.h"
#include "raise/raise.h"
#include "vm/call.h"
#include "vm/close.h"
#include "vm/coroutine.h"
#include "vm/engine.h"
#include "vm/interp.h"
#include "vm/interrupt.h"

/* The slot of the function that a protected record called. The error value waits there while variables above are
 * closed. */
static Value *protected_slot(CallInfo *record) {
  return record->base + record->target;
}

static bool record_catches(const CallInfo *record) {
  return record->kind == CALL_PCALL || (record->kind == CALL_C && (record->flags & CALL_PROTECTED));
}

void rl_engine_unwind(Step *step) {
  State *L = step->L;
  CallInfo *record = L->call_info;
  Value *slot = protected_slot(record);
  rl_upvalue_close(L, slot);
  if (close_is_pending(L, slot)) {
    L->top = L->stack + L->close_slots[L->close_count - 1] + 1;
    Value *function = rl_close_prepare(L, slot, slot);
    step_call(step, L, function, 0, RETURN_TO_UNWIND);
    return;
  }
  L->top = slot + 1;
  rl_stack_leave_error_zone(L);
  record = L->call_info;
  if (record->kind == CALL_C) {
    record->flags &= (uint16_t)~(CALL_UNWINDING | CALL_PROTECTED);
    L->error_handler = record->old_handler;
    rl_engine_after_c(step, record->continuation(L, record->status, record->context));
    return;
  }
  record->flags &= (uint16_t)~CALL_UNWINDING;
  L->error_handler = record->old_handler;
  Value *first = protected_slot(record) - 1;
  value_set_boolean(first, false);
  step_finish(step, L, first, 2);
}

/* The record takes the error at thrower->top - 1. */
static void catch_error(Step *step, State *L, CallInfo *record, State *thrower, int status) {
  Value error;
  value_copy(&error, thrower->top - 1);
  L->call_info = record;
  value_copy(protected_slot(record), &error);
  L->top = protected_slot(record) + 1;
  L->allow_hook = (record->flags & CALL_ALLOW_HOOK) != 0;
  L->non_yieldable = record->non_yieldable;
  L->error_handler = record->kind == CALL_PCALL && record->target == 1 ? stack_save(L, record->base) : 0;
  record->flags |= CALL_UNWINDING;
  record->status = (uint8_t)status;
  step->kind = STEP_UNWIND;
  step->L = L;
}

/* Frames of entries that the jump has left are gone: nobody waits for their records any more. */
static void forget_lost_entries(State *L, const CallInfo *first) {
  for (CallInfo *record = L->call_info; record > first; record--) record->flags &= (uint16_t)~CALL_FRESH;
}

static CallInfo *find_catcher(State *L, CallInfo *first) {
  for (CallInfo *record = L->call_info; record >= first; record--)
    if (record_catches(record)) return record;
  return NULL;
}

/* The coroutine ends with the error, which stays on its stack for inspection. Returns its resumer. */
static State *end_coroutine(State *coroutine, State *thrower, int status) {
  State *resumer = coroutine->resumer;
  Global *global = coroutine->global;
  if (thrower != coroutine) {
    value_copy(coroutine->top, thrower->top - 1);
    coroutine->top++;
  }
  coroutine->status = (uint8_t)status;
  coroutine->call_info->top = coroutine->top;
  coroutine->is_running = RUNNING_NOT;
  coroutine->resumer = NULL;
  state_switch(global, resumer);
  global->resume_depth--;
  return resumer;
}

/* The resumer's waiting record goes on. */
static void kill_coroutine(Step *step, State *coroutine, State *thrower, int status) {
  State *resumer = end_coroutine(coroutine, thrower, status);
  CallInfo *record = resumer->call_info;
  if (record->kind == CALL_WRAP) {
    *step = (Step){.kind = STEP_WRAP_ERROR, .L = resumer, .other = coroutine};
    return;
  }
  value_set_boolean(record->base, false);
  value_copy(record->base + 1, coroutine->top - 1);
  resumer->top = record->base + 2;
  step_finish(step, resumer, record->base, 2);
}

static bool is_resumed_in(const State *L, const State *base, const Entry *entry) {
  return L != base && L->is_running == RUNNING_BY_VM && L->resume_entry == entry;
}

/* A limit's error: no record of this entry may catch it, and its coroutines die. */
static void abandon_all(State *base, const Entry *entry) {
  State *L = base->global->current;
  while (is_resumed_in(L, base, entry)) L = end_coroutine(L, entry->thrower, LUA_ERRRUN);
}

/* Decides how this entry goes on after a throw; false: it does not. */
static bool plan_after_throw(Step *step, State *base, ptrdiff_t base_index, const Entry *entry) {
  State *thrower = entry->thrower;
  State *L = base->global->current;
  CallInfo *first = L == base ? L->call_base + base_index : L->call_base;
  bool resumed_here = is_resumed_in(L, base, entry);
  if (entry->status == RL_STATUS_LIMIT) {
    abandon_all(base, entry);
    return false;
  }
  if (entry->status == LUA_YIELD) {
    forget_lost_entries(L, first);
    if (!resumed_here) return false;
    *step = (Step){.kind = STEP_YIELDED, .L = L, .count = L->request.count};
    return true;
  }
  CallInfo *record = find_catcher(L, first);
  if (record != NULL) {
    forget_lost_entries(L, first);
    catch_error(step, L, record, thrower, entry->status);
    return true;
  }
  if (!resumed_here) return false;
  kill_coroutine(step, L, thrower, entry->status);
  return true;
}

static void run_steps(State *L, void *data) {
  (void)L;
  Step *step = data;
  State *next = rl_engine_drive(step);
  if (next != NULL) rl_interpret(next);
}

int rl_engine_run_protected(State *base, ptrdiff_t base_index, const Step *first, Entry *entry) {
  Global *global = base->global;
  State *outer = global->current;
  Step step = *first;
  int status;
  state_switch(global, base);
  for (;;) {
    status = rl_protect(base, entry, run_steps, &step);
    if (status == LUA_OK || !plan_after_throw(&step, base, base_index, entry)) break;
  }
  state_switch(global, outer);
  return status;
}

/* ---- lua_pcall: a jump of its own, for C functions that stay on the C stack ---- */

int rl_call_protected(State *L, ProtectedBody *body, void *data, ptrdiff_t old_top, ptrdiff_t handler) {
  Global *global = L->global;
  ptrdiff_t record = L->call_info - L->call_base;
  ptrdiff_t outer_handler = L->error_handler;
  uint8_t allow_hook = L->allow_hook;
  uint32_t non_yieldable = L->non_yieldable;
  State *current = global->current;
  Entry entry;
  L->error_handler = handler;
  int status = rl_protect(L, &entry, body, data);
  if (status != LUA_OK) {
    Value error;
    value_copy(&error, entry.thrower->top - 1);
    state_switch(global, current);
    L->call_info = L->call_base + record;
    L->allow_hook = allow_hook;
    L->non_yieldable = non_yieldable;
    value_copy(L->top, &error);
    L->top++;
    status = rl_close_after_error(L, old_top, status);
    rl_stack_leave_error_zone(L);
  }
  L->error_handler = outer_handler;
  return status;
}

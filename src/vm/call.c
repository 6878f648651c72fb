/* The call engine: starting calls and finishing records. See call.h and engine.h for the idea.
 *
 * A record's life: STEP_CALL pushes it. A Lua function's record runs in the interpreter, which ends it by RETURN
 * (directly, or through rl_call_finish). A C function's record ends when the function returns; if it returns
 * REQUEST_RESULT instead, the record stays and waits (pcall, resume, yield). STEP_FINISH pops the record, delivers its
 * results as `on_return` says, and decides how the record below goes on: a Lua function runs, a waiting pcall finishes
 * in turn, a C function whose frame is gone continues in its continuation, the last record of a coroutine hands over to
 * the resumer. */
#include "vm/call.h"

#include "bytecode/encode.h"
#include "object/metatable.h"
#include "object/stack.h"
#include "object/strings.h"
#include "raise/raise.h"
#include "vm/budget.h"
#include "vm/engine.h"
#include "vm/error_text.h"
#include "vm/hook.h"
#include "vm/interp.h"

/* ---- starting ---- */

/* Budgets and hooks hear of the record that was just pushed. */
static void tell_of_call(State *L, uint32_t cost) {
  if (L->hook_mask & HOOK_BUDGET) budget_count_call(L, cost);
  if (RL_UNLIKELY(hooks_are_set(L))) rl_hook_on_call(L);
}

Value *rl_call_insert_method(State *L, Value *function) {
  Value method;
  if (rl_metamethod_of(L, function, EVENT_CALL, &method) == TAG_NIL) rl_error_call(L, function);
  ptrdiff_t offset = stack_save(L, function);
  stack_ensure(L, 1);
  function = stack_restore(L, offset);
  for (Value *slot = L->top; slot > function; slot--) value_copy(slot, slot - 1);
  L->top++;
  value_copy(function, &method);
  return function;
}

/* Variadic functions: the function and the fixed parameters move above all arguments, so that the rest lies below the
 * frame. The slot below a Lua function's base always holds the closure. */
static Value *lay_out_varargs(State *L, Value *function, const Prototype *prototype) {
  uint32_t parameters = prototype->parameter_count;
  while (L->top - (function + 1) < (ptrdiff_t)parameters) value_set_nil(L->top++);
  value_copy(L->top, function);
  Value *base = L->top + 1;
  for (uint32_t i = 0; i < parameters; i++) {
    value_copy(base + i, function + 1 + i);
    value_set_nil(function + 1 + i);
  }
  return base;
}

void rl_call_push_lua(State *L, Value *function, int wanted, uint8_t action, int32_t target, uint16_t flags) {
  const Prototype *prototype = value_lua_closure(function)->prototype;
  ptrdiff_t offset = stack_save(L, function);
  stack_ensure(L, (size_t)prototype->max_stack + prototype->parameter_count + 1);
  function = stack_restore(L, offset);
  CallInfo *call_info = call_next(L);
  Value *base = function + 1;
  if (prototype->is_vararg) {
    base = lay_out_varargs(L, function, prototype);
  } else {
    for (Value *end = base + prototype->parameter_count; L->top < end; L->top++) value_set_nil(L->top);
  }
  call_info->function = function;
  call_info->base = base;
  call_info->top = base + prototype->max_stack;
  call_info->pc = prototype->code;
  call_info->constants = prototype->constants;
  call_info->wanted = wanted;
  call_info->flags = flags;
  call_info->kind = CALL_LUA;
  call_info->on_return = action;
  call_info->target = target;
  L->call_info = call_info;
  L->top = call_info->top;
  if (RL_UNLIKELY(L->hook_mask)) tell_of_call(L, prototype->code_count);
}

static lua_CFunction push_c(State *L, Value *function, const Step *step) {
  ptrdiff_t offset = stack_save(L, function);
  stack_ensure(L, LUA_MINSTACK);
  function = stack_restore(L, offset);
  CallInfo *call_info = call_next(L);
  call_info->function = function;
  call_info->base = function + 1;
  call_info->top = L->top + LUA_MINSTACK;
  call_info->continuation = NULL;
  call_info->context = 0;
  call_info->old_handler = 0;
  call_info->wanted = step->wanted;
  call_info->flags = step->flags;
  call_info->kind = CALL_C;
  call_info->on_return = step->action;
  call_info->target = step->target;
  L->call_info = call_info;
  if (RL_UNLIKELY(L->hook_mask)) tell_of_call(L, C_CALL_COST);
  function = L->call_info->function;
  return function->tag == TAG_LIGHT_FUNCTION ? value_light_function(function) : value_c_closure(function)->function;
}

void rl_engine_after_c(Step *step, int count) {
  if (RL_UNLIKELY(count < 0))
    step->kind = STEP_REQUEST;
  else
    step_finish(step, step->L, step->L->top - count, count);
}

static void start_call(Step *step) {
  State *L = step->L;
  switch (step->slot->tag) {
    case TAG_LUA_CLOSURE:
      rl_call_push_lua(L, step->slot, step->wanted, step->action, step->target, step->flags);
      step->kind = STEP_RUN;
      return;
    case TAG_C_CLOSURE:
    case TAG_LIGHT_FUNCTION: {
      lua_CFunction function = push_c(L, step->slot, step);
      rl_engine_after_c(step, function(L));
      return;
    }
    default: step->slot = rl_call_insert_method(L, step->slot);
  }
}

/* ---- finishing ---- */

static void set_condition(CallInfo *caller, const Value *result, ptrdiff_t count, bool jump_if) {
  bool truth = count > 0 && !value_is_falsy(result);
  if (truth == jump_if) caller->pc += (int32_t)caller->pc[-1];
}

/* Puts the results of the finished record `done` where its caller wants them. */
static void deliver(State *L, const CallInfo *done, CallInfo *caller, Value *first, ptrdiff_t count) {
  switch ((ReturnAction)done->on_return) {
    case RETURN_TO_LUA:
    case RETURN_TO_CALL: rl_call_move_results(L, done->function, first, count, done->wanted); break;
    case RETURN_TO_REGISTER:
      if (count > 0)
        value_copy(caller->base + done->target, first);
      else
        value_set_nil(caller->base + done->target);
      break;
    case RETURN_TO_CONDITION: set_condition(caller, first, count, done->target != 0); break;
    case RETURN_TO_CONCAT:
      if (count > 0)
        value_copy(caller->base + instruction_a(caller->pc[-1]) + done->target - 1, first);
      else
        value_set_nil(caller->base + instruction_a(caller->pc[-1]) + done->target - 1);
      caller->held = done->target;
      caller->flags |= CALL_HELD;
      caller->pc--;
      break;
    case RETURN_TO_CLOSE: caller->pc--; break;
    case RETURN_TO_C_RETURN:
    case RETURN_TO_UNWIND: L->top = done->function; break;
    case RETURN_TO_NOTHING: break;
  }
}

/* A C function returned while slots of it are still to be closed: its results wait below the __close calls. */
static bool close_before_return(Step *step) {
  State *L = step->L;
  CallInfo *call_info = L->call_info;
  if (!close_is_pending(L, call_info->base)) return false;
  call_info->held = step->count;
  L->top = step->slot + step->count;
  Value *function = rl_close_prepare(L, L->call_info->base, NULL);
  step_call(step, L, function, 0, RETURN_TO_C_RETURN);
  return true;
}

/* A C function's frame went away when a yield or a caught error left it; the callee it waited for is done. */
static void run_continuation(Step *step, CallInfo *caller) {
  State *L = step->L;
  int status = LUA_YIELD;
  if (caller->flags & CALL_PROTECTED) {
    caller->flags &= (uint16_t)~CALL_PROTECTED;
    L->error_handler = caller->old_handler;
    if (caller->flags & CALL_UNWINDING) {
      caller->flags &= (uint16_t)~CALL_UNWINDING;
      status = caller->status;
    }
  }
  if (caller->top < L->top) caller->top = L->top;
  rl_engine_after_c(step, caller->continuation(L, status, caller->context));
}

/* pcall and xpcall: the callee's results lie where the function was; the boolean goes in front of them. */
static void finish_pcall(Step *step, CallInfo *record) {
  State *L = step->L;
  Value *first = record->target == 0 ? record->function : record->base;
  L->error_handler = record->old_handler;
  value_set_boolean(first, true);
  step_finish(step, L, first, L->top - first);
}

static void go_on_below(Step *step, uint8_t action) {
  State *L = step->L;
  CallInfo *caller = L->call_info;
  switch ((CallKind)caller->kind) {
    case CALL_LUA: step->kind = STEP_RUN; return;
    case CALL_PCALL:
      if (action == RETURN_TO_UNWIND)
        step->kind = STEP_UNWIND;
      else
        finish_pcall(step, caller);
      return;
    case CALL_C:
      if (action == RETURN_TO_UNWIND)
        step->kind = STEP_UNWIND;
      else if (action == RETURN_TO_C_RETURN)
        step_finish(step, L, L->top - caller->held, caller->held);
      else
        run_continuation(step, caller);
      return;
    default: rl_engine_coroutine_done(step); return;
  }
}

static void finish_record(Step *step) {
  State *L = step->L;
  CallInfo *done = L->call_info;
  if (RL_UNLIKELY(done->flags & CALL_HAS_CLOSE) && close_before_return(step)) return;
  if (RL_UNLIKELY(hooks_are_set(L))) {
    step->slot = rl_hook_on_return(L, step->slot, step->count);
    done = L->call_info;
  }
  CallInfo *caller = done - 1;
  L->call_info = caller;
  deliver(L, done, caller, step->slot, step->count);
  if (done->flags & CALL_FRESH)
    step->kind = STEP_LEAVE;
  else
    go_on_below(step, done->on_return);
}

/* ---- requests ---- */

/* The running record becomes one that waits for, and protects, the function at argument `function_index`. */
static Value *protect_call(State *L, int32_t function_index) {
  CallInfo *record = L->call_info;
  record->kind = CALL_PCALL;
  record->target = function_index;
  record->old_handler = L->error_handler;
  record->non_yieldable = (uint16_t)L->non_yieldable;
  if (L->allow_hook) record->flags |= CALL_ALLOW_HOOK;
  L->error_handler = function_index == 0 ? 0 : stack_save(L, record->base);
  return record->base + function_index;
}

static void begin_pcall(Step *step, int32_t function_index) {
  step_call(step, step->L, protect_call(step->L, function_index), LUA_MULTRET, RETURN_TO_CALL);
}

/* Whether the running interpreter entry can catch errors and yields itself. */
static bool entry_is_protected(const Global *global) {
  return global->entry != NULL && global->entry->run_depth == global->run_depth;
}

static void perform_request(Step *step) {
  State *L = step->L;
  RequestKind kind = (RequestKind)L->request.kind;
  if (kind != REQUEST_YIELD && !entry_is_protected(L->global)) {
    L->global->unprotected = L;
    step->kind = STEP_LEAVE;
    return;
  }
  L->request.kind = REQUEST_NONE;
  switch (kind) {
    case REQUEST_PCALL: begin_pcall(step, 0); return;
    case REQUEST_XPCALL: begin_pcall(step, 1); return;
    case REQUEST_YIELD: rl_engine_yield(step); return;
    default:
      L->call_info->kind = kind == REQUEST_WRAP ? CALL_WRAP : CALL_RESUME;
      rl_engine_resume(step);
      return;
  }
}

/* The frequent requests without steps; NULL: take them. */
static State *perform_directly(State *L) {
  RequestKind kind = (RequestKind)L->request.kind;
  if (hooks_are_set(L) || !entry_is_protected(L->global)) return NULL;
  switch (kind) {
    case REQUEST_PCALL:
      if (!value_is_lua_closure(L->call_info->base)) return NULL;
      L->request.kind = REQUEST_NONE;
      rl_call_push_lua(L, protect_call(L, 0), LUA_MULTRET, RETURN_TO_CALL, 0, 0);
      return L;
    case REQUEST_WRAP:
    case REQUEST_RESUME: return rl_coroutine_enter(L);
    case REQUEST_YIELD: return rl_coroutine_leave(L);
    default: return NULL;
  }
}

State *rl_call_request(State *L) {
  State *next = perform_directly(L);
  if (next != NULL) return next;
  Step step = {.kind = STEP_REQUEST, .L = L};
  return rl_engine_drive(&step);
}

State *rl_engine_drive(Step *step) {
  for (;;) {
    switch ((StepKind)step->kind) {
      case STEP_CALL: start_call(step); break;
      case STEP_FINISH: finish_record(step); break;
      case STEP_REQUEST: perform_request(step); break;
      case STEP_UNWIND: rl_engine_unwind(step); break;
      case STEP_WRAP_ERROR: rl_engine_wrap_error(step); break;
      case STEP_CONTINUE: rl_engine_continue(step); break;
      case STEP_YIELDED: rl_engine_yielded(step); break;
      case STEP_RUN: return step->L;
      case STEP_LEAVE: return NULL;
    }
  }
}

/* ---- the ways in ---- */

State *rl_call_begin(State *L, Value *function, int wanted, uint8_t action, int32_t target) {
  Step step;
  if (value_is_lua_closure(function)) {
    rl_call_push_lua(L, function, wanted, action, target, 0);
    return L;
  }
  step_call(&step, L, function, wanted, action);
  step.target = target;
  return rl_engine_drive(&step);
}

/* The usual end of a metamethod: nothing to close, nobody to tell, a Lua function below. */
static bool ends_plainly(const State *L, const CallInfo *done) {
  return !hooks_are_set(L) && (done->flags & (CALL_FRESH | CALL_HAS_CLOSE)) == 0 && call_is_lua(done - 1) &&
         done->on_return <= RETURN_TO_CONDITION;
}

/* The usual end of a function that a pcall in Lua code has called. */
static bool ends_protected_call(const State *L, const CallInfo *done) {
  const CallInfo *waiting = done - 1;
  return done->on_return == RETURN_TO_CALL && done->flags == 0 && waiting->kind == CALL_PCALL &&
         (waiting->flags & (uint16_t)~CALL_ALLOW_HOOK) == 0 && waiting->on_return == RETURN_TO_LUA &&
         !hooks_are_set(L) && call_is_lua(done - 2);
}

static State *leave_pcall(State *L, const CallInfo *done, const Value *first, ptrdiff_t count) {
  const CallInfo *waiting = done - 1;
  Value *to = waiting->function;
  int wanted = waiting->wanted;
  L->error_handler = waiting->old_handler;
  L->call_info -= 2;
  value_set_boolean(to, true); /* (when nothing is wanted, the slot is free as well) */
  L->top = to;
  if (wanted != 0) rl_call_move_results(L, to + 1, first, count, wanted == LUA_MULTRET ? wanted : wanted - 1);
  return L;
}

State *rl_call_finish(State *L, Value *first, ptrdiff_t count) {
  CallInfo *record = L->call_info;
  if (record->on_return == RETURN_TO_CALL && record->flags == CALL_FRESH && !hooks_are_set(L)) { /* back to lua_call */
    L->call_info = record - 1;
    rl_call_move_results(L, record->function, first, count, record->wanted);
    return NULL;
  }
  Step step;
  if (ends_protected_call(L, record)) return leave_pcall(L, record, first, count);
  if (ends_plainly(L, record)) {
    L->call_info = record - 1;
    deliver(L, record, record - 1, first, count);
    return L;
  }
  step_finish(&step, L, first, count);
  return rl_engine_drive(&step);
}

static RL_NORETURN void error_in_handler(State *L) {
  value_set_object(L->top, rl_string_from_c(L, "error in error handling"));
  L->top++;
  rl_throw(L, LUA_ERRERR);
}

/* "C stack overflow" at the limit; far beyond it (errors while that error is handled) the handler is given up. */
static void check_c_depth(State *L) {
  uint32_t depth = L->global->c_depth;
  if (RL_LIKELY(depth < RL_MAX_C_CALLS)) return;
  if (depth == RL_MAX_C_CALLS) rl_raise(L, ERROR_C_STACK_OVERFLOW);
  if (depth >= RL_MAX_C_CALLS / 10 * 11) error_in_handler(L);
}

static void run_again_protected(State *L, ptrdiff_t base_index) {
  Entry entry;
  Step step = {.L = L, .kind = STEP_REQUEST};
  L->global->unprotected = NULL;
  int status = rl_engine_run_protected(L, base_index, &step, &entry);
  if (status != LUA_OK) rl_throw(entry.thrower, status);
}

void rl_call(State *L, Value *function, int wanted) {
  Global *global = L->global;
  ptrdiff_t base_index = L->call_info - L->call_base + 1;
  Step step;
  step_call(&step, L, function, wanted, RETURN_TO_CALL);
  step.flags = CALL_FRESH;
  global->c_depth++;
  check_c_depth(L);
  global->run_depth++;
  State *next = L;
  if (function->tag == TAG_LUA_CLOSURE) /* what the engine would do, without its steps */
    rl_call_push_lua(L, function, wanted, RETURN_TO_CALL, 0, CALL_FRESH);
  else
    next = rl_engine_drive(&step);
  if (next != NULL) rl_interpret(next);
  if (RL_UNLIKELY(global->unprotected != NULL)) run_again_protected(L, base_index);
  global->run_depth--;
  global->c_depth--;
}

void rl_call_no_yield(State *L, Value *function, int wanted) {
  L->non_yieldable++;
  rl_call(L, function, wanted);
  L->non_yieldable--;
}

void rl_call_handler(State *L) {
  if (L->error_handler == 0) return;
  value_copy(L->top, L->top - 1);
  value_copy(L->top - 1, stack_restore(L, L->error_handler));
  L->top++;
  rl_call_no_yield(L, L->top - 2, 1);
}

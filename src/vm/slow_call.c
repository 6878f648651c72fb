/* Slow paths of calls, returns, varargs, closing and loops. */
#include "base/arith.h"
#include "base/compiler.h"
#include "object/functions.h"
#include "object/stack.h"
#include "raise/raise.h"
#include "vm/arithmetic.h"
#include "vm/budget.h"
#include "vm/call.h"
#include "vm/close.h"
#include "vm/engine.h"
#include "vm/error_text.h"
#include "vm/hook.h"
#include "vm/slow.h"

#define A(L) ((L)->call_info->base + instruction_a(i))

/* ---- calls ---- */

/* A C function called by Lua code: what the engine does, without its steps. */
static State *call_c(State *L, Value *function, lua_CFunction body, int wanted) {
  ptrdiff_t offset = stack_save(L, function);
  stack_ensure(L, LUA_MINSTACK);
  CallInfo *record = call_next(L);
  record->function = stack_restore(L, offset);
  record->base = record->function + 1;
  record->top = L->top + LUA_MINSTACK;
  record->continuation = NULL;
  record->context = 0;
  record->old_handler = 0;
  record->wanted = wanted;
  record->flags = 0;
  record->kind = CALL_C;
  record->on_return = RETURN_TO_LUA;
  record->target = 0;
  L->call_info = record;
  if (RL_UNLIKELY(L->hook_mask)) budget_count_call(L, C_CALL_COST);
  int count = body(L);
  record = L->call_info;
  if (RL_UNLIKELY(count < 0)) return rl_call_request(L);
  if (RL_UNLIKELY((record->flags & CALL_HAS_CLOSE) || hooks_are_set(L))) {
    Step step = {.L = L};
    rl_engine_after_c(&step, count);
    return rl_engine_drive(&step);
  }
  L->call_info = record - 1;
  rl_call_move_results(L, record->function, L->top - count, count, wanted);
  return L;
}

State *rl_slow_call(State *L, Instruction i) {
  Value *function = A(L);
  int wanted = (int)instruction_c(i) - 1;
  if (function->tag == TAG_LUA_CLOSURE) {
    rl_call_push_lua(L, function, wanted, RETURN_TO_LUA, 0, 0);
    return L;
  }
  if (RL_LIKELY(!hooks_are_set(L))) {
    if (function->tag == TAG_LIGHT_FUNCTION) return call_c(L, function, value_light_function(function), wanted);
    if (function->tag == TAG_C_CLOSURE) return call_c(L, function, value_c_closure(function)->function, wanted);
  }
  return rl_call_begin(L, A(L), (int)instruction_c(i) - 1, RETURN_TO_LUA, 0);
}

/* The callee takes the place of the running function. */
static State *replace_frame(State *L, Value *function) {
  CallInfo done = *L->call_info;
  ptrdiff_t count = L->top - function;
  for (ptrdiff_t n = 0; n < count; n++) value_copy(done.function + n, function + n);
  L->top = done.function + count;
  L->call_info--;
  rl_call_push_lua(L, done.function, done.wanted, done.on_return, done.target,
                   (uint16_t)((done.flags & (CALL_FRESH | CALL_FINALIZER)) | CALL_TAIL));
  return L;
}

State *rl_slow_tail_call(State *L, Instruction i) {
  Value *function = A(L);
  if (instruction_b(i) != 0) L->top = function + instruction_b(i);
  bool stays = false; /* only hand-made code leaves variables to be closed pending here: its RETURN closes them */
  if (instruction_c(i) != 0) {
    stays = close_is_pending(L, L->call_info->base);
    if (!stays) rl_upvalue_close(L, L->call_info->base);
  }
  while (!value_is_function(function)) function = rl_call_insert_method(L, function);
  if (value_is_lua_closure(function) && !stays) return replace_frame(L, function);
  return rl_call_begin(L, function, LUA_MULTRET, RETURN_TO_LUA, 0); /* the RETURN that follows passes the results on */
}

/* With C set, variables are closed first: the results wait from `first` on, and after each __close the instruction is
 * executed again. */
State *rl_slow_return_values(State *L, Instruction i) {
  CallInfo *record = L->call_info;
  Value *first = A(L);
  ptrdiff_t count = (ptrdiff_t)instruction_b(i) - 1;
  if (count < 0) count = L->top - first;
  if (record->flags & CALL_HELD) count = record->held;
  if (instruction_c(i) != 0) {
    rl_upvalue_close(L, record->base);
    if (close_is_pending(L, record->base)) {
      record->flags |= CALL_HELD;
      record->held = count;
      L->top = first + count > record->top ? first + count : record->top; /* above the variables and the results */
      return rl_call_begin(L, rl_close_prepare(L, record->base, NULL), 0, RETURN_TO_CLOSE, 0);
    }
    record->flags &= (uint16_t)~CALL_HELD;
  }
  return rl_call_finish(L, first, count);
}

State *rl_slow_return_none(State *L, Instruction i) {
  (void)i;
  return rl_call_finish(L, L->call_info->base, 0);
}

State *rl_slow_return_one(State *L, Instruction i) {
  return rl_call_finish(L, A(L), 1);
}

State *rl_slow_vararg(State *L, Instruction i) {
  CallInfo *record = L->call_info;
  ptrdiff_t parameters = call_closure(record)->prototype->parameter_count;
  ptrdiff_t available = record->base - 1 - (record->function + 1) - parameters;
  ptrdiff_t wanted = (ptrdiff_t)instruction_b(i) - 1;
  L->top = record->top;
  if (wanted < 0) {
    wanted = available;
    ptrdiff_t first = A(L) - L->stack;
    L->top = A(L);
    stack_ensure(L, (size_t)available);
    L->top = L->stack + first + available;
  }
  record = L->call_info;
  const Value *from = record->base - 1 - available;
  Value *to = A(L);
  for (ptrdiff_t n = 0; n < wanted; n++) {
    if (n < available)
      value_copy(to + n, from + n);
    else
      value_set_nil(to + n);
  }
  return L;
}

/* ---- closing ---- */

State *rl_slow_close(State *L, Instruction i) {
  CallInfo *record = L->call_info;
  Value *level = A(L);
  L->top = record->top;
  rl_upvalue_close(L, level);
  if (!close_is_pending(L, level)) {
    record->flags &= (uint16_t)~CALL_HELD;
    return L;
  }
  record->flags |= CALL_HELD;
  return rl_call_begin(L, rl_close_prepare(L, level, NULL), 0, RETURN_TO_CLOSE, 0);
}

State *rl_slow_mark_close(State *L, Instruction i) {
  L->top = L->call_info->top;
  rl_close_mark(L, A(L));
  return L;
}

/* ---- loops ---- */

/* Strings are coerced (manual 3.4.3), as everywhere where a number is expected; they make a float loop when they are
 * the initial value or the step. */
static void loop_operand(State *L, const Value *operand, double *number, const char *what) {
  if (!rl_value_to_float(operand, number)) rl_error_for(L, operand, what);
}

static bool prepare_float_loop(State *L, Value *loop) {
  double initial, limit, step;
  loop_operand(L, loop + 1, &limit, "limit");
  loop_operand(L, loop + 2, &step, "step");
  loop_operand(L, loop, &initial, "initial value");
  if (step == 0) rl_raise(L, ERROR_FOR_STEP_ZERO);
  value_set_float(loop, initial);
  value_set_float(loop + 1, limit);
  value_set_float(loop + 2, step);
  value_set_float(loop + 3, initial);
  return !(step > 0 ? limit < initial : initial < limit); /* so NaN runs once, as in stock */
}

static bool prepare_integer_loop(State *L, Value *loop) {
  int64_t initial = loop->as.integer;
  int64_t step = loop[2].as.integer;
  Value limit;
  uint64_t count;
  bool runs;
  if (step == 0) rl_raise(L, ERROR_FOR_STEP_ZERO);
  value_copy(&limit, loop + 1);
  if (value_is_string(&limit) && !rl_string_to_number(value_string(&limit), &limit)) rl_error_for(L, loop + 1, "limit");
  if (value_is_integer(&limit))
    runs = rl_for_count(initial, limit.as.integer, step, &count);
  else if (value_is_float(&limit))
    runs = rl_for_count_float(initial, limit.as.number, step, &count);
  else
    rl_error_for(L, loop + 1, "limit");
  if (!runs) return false;
  value_set_integer(loop + 1, (int64_t)count);
  value_set_integer(loop + 3, initial);
  return true;
}

State *rl_slow_for_prepare(State *L, Instruction i) {
  CallInfo *record = L->call_info;
  Value *loop = A(L);
  L->top = record->top;
  bool is_integer_loop = value_is_integer(loop) && value_is_integer(loop + 2);
  bool runs = is_integer_loop ? prepare_integer_loop(L, loop) : prepare_float_loop(L, loop);
  if (!runs) record->pc += (int32_t)record->pc[-1];
  return L;
}

State *rl_slow_generic_prepare(State *L, Instruction i) {
  L->top = L->call_info->top;
  rl_close_mark(L, A(L) + 3);
  L->call_info->pc += (int32_t)L->call_info->pc[-1];
  return L;
}

State *rl_slow_generic_call(State *L, Instruction i) {
  Value *loop = A(L);
  value_copy(loop + 4, loop);
  value_copy(loop + 5, loop + 1);
  value_copy(loop + 6, loop + 2);
  L->top = loop + 7;
  if (RL_LIKELY(!hooks_are_set(L))) {
    if (loop[4].tag == TAG_LIGHT_FUNCTION)
      return call_c(L, loop + 4, value_light_function(loop + 4), (int)instruction_b(i));
    if (loop[4].tag == TAG_C_CLOSURE)
      return call_c(L, loop + 4, value_c_closure(loop + 4)->function, (int)instruction_b(i));
  }
  return rl_call_begin(L, loop + 4, (int)instruction_b(i), RETURN_TO_LUA, 0);
}

/* ---- hooks ---- */

State *rl_slow_hook_yield(State *L, Instruction i) {
  (void)i;
  Step step = {.kind = STEP_REQUEST, .L = L};
  L->request.kind = REQUEST_YIELD;
  L->request.count = 0;
  L->call_info->flags |= CALL_HOOK_YIELD;
  return rl_engine_drive(&step);
}

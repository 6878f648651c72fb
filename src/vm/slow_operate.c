/* Slow paths of arithmetic, length, concatenation and comparison. */
#include "gc/collect.h"
#include "object/table.h"
#include "vm/call.h"
#include "vm/concat.h"
#include "vm/metamethod.h"
#include "vm/slow.h"

#define A(L) ((L)->call_info->base + instruction_a(i))
#define B(L) ((L)->call_info->base + instruction_b(i))
#define C(L) ((L)->call_info->base + instruction_c(i))

static Value *constant(State *L, uint32_t index) {
  return call_closure(L->call_info)->prototype->constants + index;
}

/* A frame for method(a, b). */
static State *call_method(State *L, const Value *method, const Value *a, const Value *b, uint8_t action,
                          int32_t target) {
  Value *function = L->call_info->top;
  value_copy(function, method);
  value_copy(function + 1, a);
  value_copy(function + 2, b);
  L->top = function + 3;
  return rl_call_begin(L, function, 1, action, target);
}

static State *operate(State *L, Instruction i, Event event, const Value *a, const Value *b) {
  Value out;
  L->top = L->call_info->top;
  if (!rl_arith_resolve(L, event, a, b, &out))
    return call_method(L, &out, a, b, RETURN_TO_REGISTER, (int32_t)instruction_a(i));
  value_copy(A(L), &out);
  return L;
}

State *rl_slow_arith(State *L, Instruction i) {
  Opcode op = instruction_op(i);
  if (op <= OP_SHR) return operate(L, i, (Event)(EVENT_ADD + (op - OP_ADD)), B(L), C(L));
  if (op <= OP_SHRRK) return operate(L, i, (Event)(EVENT_ADD + (op - OP_ADDRK)), B(L), constant(L, instruction_c(i)));
  return operate(L, i, (Event)(EVENT_ADD + (op - OP_ADDKR)), constant(L, instruction_b(i)), C(L));
}

State *rl_slow_arith_immediate(State *L, Instruction i) {
  Value immediate;
  value_set_integer(&immediate, instruction_signed_c(i));
  return operate(L, i, instruction_op(i) == OP_ADDI ? EVENT_ADD : EVENT_SUB, B(L), &immediate);
}

State *rl_slow_unary(State *L, Instruction i) {
  return operate(L, i, instruction_op(i) == OP_UNM ? EVENT_UNM : EVENT_BNOT, B(L), B(L));
}

State *rl_slow_length(State *L, Instruction i) {
  Value out;
  L->top = L->call_info->top;
  if (rl_length_resolve(L, B(L), &out))
    return call_method(L, &out, B(L), B(L), RETURN_TO_REGISTER, (int32_t)instruction_a(i));
  value_copy(A(L), &out);
  return L;
}

/* Begins with all operands, or (CALL_HELD) goes on with those that a metamethod's result was put behind. */
State *rl_slow_concat(State *L, Instruction i) {
  CallInfo *record = L->call_info;
  int count = (int)instruction_b(i);
  if (record->flags & CALL_HELD) {
    count = (int)record->held;
    record->flags &= (uint16_t)~CALL_HELD;
  }
  L->top = record->top;
  while (count > 1) {
    Value method;
    Value *last = A(L) + count - 1;
    int joined = rl_concat_some(L, last, count, &method);
    if (joined == 0) return call_method(L, &method, last - 1, last, RETURN_TO_CONCAT, count - 1);
    count -= joined - 1;
  }
  L->top = A(L) + 1;
  gc_check(L);
  return L;
}

/* Takes the conditional jump of the instruction that has just been decoded when truth is what it jumps on. */
static State *decide(State *L, Instruction i, bool truth) {
  CallInfo *record = L->call_info;
  bool jump_if = (instruction_op(i) & 1) == 0;
  if (truth == jump_if) record->pc += (int32_t)record->pc[-1];
  return L;
}

typedef int Resolve(State *L, const Value *a, const Value *b, Value *out);

static State *compare(State *L, Instruction i, Resolve *resolve, const Value *a, const Value *b) {
  Value method;
  L->top = L->call_info->top;
  int known = resolve(L, a, b, &method);
  int32_t jump_if = (instruction_op(i) & 1) == 0;
  if (known >= 0) return decide(L, i, known != 0);
  if (known == RESOLVE_CALL_REVERSED) return call_method(L, &method, b, a, RETURN_TO_CONDITION, !jump_if);
  return call_method(L, &method, a, b, RETURN_TO_CONDITION, jump_if);
}

State *rl_slow_equal(State *L, Instruction i) {
  Opcode op = instruction_op(i);
  const Value *right = op == OP_EQK || op == OP_NEK ? constant(L, instruction_b(i)) : B(L);
  return compare(L, i, rl_equal_resolve, A(L), right);
}

State *rl_slow_less(State *L, Instruction i) {
  return compare(L, i, rl_less_resolve, A(L), B(L));
}

State *rl_slow_less_equal(State *L, Instruction i) {
  return compare(L, i, rl_less_equal_resolve, A(L), B(L));
}

State *rl_slow_order_immediate(State *L, Instruction i) {
  Value immediate;
  value_set_integer(&immediate, instruction_signed_b(i));
  switch (instruction_op(i)) {
    case OP_LTI:
    case OP_NLTI: return compare(L, i, rl_less_resolve, A(L), &immediate);
    case OP_LEI:
    case OP_NLEI: return compare(L, i, rl_less_equal_resolve, A(L), &immediate);
    case OP_GTI:
    case OP_NGTI: return compare(L, i, rl_less_resolve, &immediate, A(L));
    default: return compare(L, i, rl_less_equal_resolve, &immediate, A(L));
  }
}

/* Jumps whose target is not known yet form lists through the place where their target will stand: the X word of a
 * conditional jump, the operand of a JMP. A link is the distance to the next jump's instruction; 0 (no instruction
 * follows itself) ends the list.
 *
 * A conditional jump that tests a register may carry the register's value to its target (`x = a or b`): it is emitted
 * as TESTSET with no target register; when its list is resolved it either gets one or becomes a plain TEST. */
#include "compile/emit.h"

static bool is_plain_jump(Instruction word) {
  return instruction_op(word) == OP_JMP;
}

static void set_distance(FunctionState *function, uint32_t pc, int64_t distance) {
  Instruction *word = code_at(function, pc);
  if (!is_plain_jump(*word)) {
    word[1] = (Instruction)(int32_t)distance;
    return;
  }
  if (distance > MAX_JUMP || distance < -MAX_JUMP)
    rl_syntax_error(&function->compiler->lexer, "control structure too long");
  *word = instruction_with_jump(OP_JMP, (int32_t)distance);
}

static uint32_t next_in_list(FunctionState *function, uint32_t pc) {
  Instruction *word = code_at(function, pc);
  int32_t distance = is_plain_jump(*word) ? instruction_jump(*word) : (int32_t)word[1];
  return distance == 0 ? NOWHERE : pc + (uint32_t)distance;
}

void rl_jump_set_target(FunctionState *function, uint32_t pc, uint32_t target) {
  set_distance(function, pc, (int64_t)target - (pc + instruction_words(*code_at(function, pc))));
}

uint32_t rl_jump_emit(FunctionState *function) {
  return rl_emit(function, instruction_with_jump(OP_JMP, 0));
}

void rl_jump_back(FunctionState *function, uint32_t target) {
  uint32_t pc = rl_jump_emit(function);
  rl_jump_set_target(function, pc, target);
}

uint32_t rl_jump_here(FunctionState *function) {
  return function->last_target = function->code_count;
}

void rl_jump_join(FunctionState *function, uint32_t *more, uint32_t list) {
  if (list == NOWHERE) return;
  if (*more == NOWHERE) {
    *more = list;
    return;
  }
  uint32_t last = *more, next;
  while ((next = next_in_list(function, last)) != NOWHERE) last = next;
  set_distance(function, last, (int64_t)list - last);
}

/* ---- values carried by tests ---- */

static bool carries_value(FunctionState *function, uint32_t pc) {
  Opcode op = instruction_op(*code_at(function, pc));
  return op == OP_TESTSET || op == OP_NTESTSET;
}

/* The value goes to `reg`, or nowhere. */
static void direct_value(FunctionState *function, uint32_t pc, uint32_t reg) {
  Instruction word = *code_at(function, pc);
  uint32_t source = instruction_b(word);
  if (reg != NO_REGISTER && reg != source)
    code_set_a(function, pc, reg);
  else
    *code_at(function, pc) = instruction_abc(instruction_op(word) == OP_TESTSET ? OP_TEST : OP_NTEST, source, 0, 0);
}

void rl_jump_resolve_values(FunctionState *function, uint32_t list, uint32_t reg, uint32_t with_value,
                            uint32_t without) {
  while (list != NOWHERE) {
    uint32_t next = next_in_list(function, list);
    bool carries = carries_value(function, list);
    if (carries) direct_value(function, list, reg);
    rl_jump_set_target(function, list, carries ? with_value : without);
    list = next;
  }
}

void rl_jump_resolve(FunctionState *function, uint32_t list, uint32_t target) {
  rl_jump_resolve_values(function, list, NO_REGISTER, target, target);
}

void rl_jump_resolve_here(FunctionState *function, uint32_t list) {
  if (list != NOWHERE) rl_jump_resolve(function, list, rl_jump_here(function));
}

bool rl_jump_needs_value(FunctionState *function, uint32_t list) {
  for (; list != NOWHERE; list = next_in_list(function, list))
    if (!carries_value(function, list)) return true;
  return false;
}

void rl_jump_drop_values(FunctionState *function, uint32_t list) {
  for (; list != NOWHERE; list = next_in_list(function, list))
    if (carries_value(function, list)) direct_value(function, list, NO_REGISTER);
}

/* ---- conditions ---- */

uint32_t rl_jump_emit_conditional(FunctionState *function, Opcode op, uint32_t a, uint32_t b) {
  return rl_emit_with_extra(function, instruction_abc(op, a, b, 0), 0);
}

static bool is_pending_not(FunctionState *function, const Expression *e) {
  return e->kind == EXPR_PENDING && instruction_op(*code_at(function, e->at)) == OP_NOT;
}

/* A jump taken when the value is true (or false). A NOT is not computed but turns the test round. */
static uint32_t jump_on_value(FunctionState *function, Expression *e, bool when) {
  if (is_pending_not(function, e)) {
    uint32_t operand = instruction_b(*code_at(function, e->at));
    rl_emit_remove_last(function);
    return rl_jump_emit_conditional(function, when ? OP_NTEST : OP_TEST, operand, 0);
  }
  uint32_t reg = rl_expression_to_register_open(function, e);
  rl_expression_free(function, e);
  return rl_jump_emit_conditional(function, when ? OP_TESTSET : OP_NTESTSET, NO_REGISTER, reg);
}

static uint32_t jump_if_false(FunctionState *function, Expression *e) {
  switch (e->kind) {
    case EXPR_CONDITION: code_set_op(function, e->at, instruction_op(*code_at(function, e->at)) ^ 1); return e->at;
    case EXPR_TRUE:
    case EXPR_INTEGER:
    case EXPR_FLOAT:
    case EXPR_STRING: return NOWHERE;
    case EXPR_FALSE: return rl_jump_emit(function);
    default: return jump_on_value(function, e, false);
  }
}

static uint32_t jump_if_true(FunctionState *function, Expression *e) {
  switch (e->kind) {
    case EXPR_CONDITION: return e->at;
    case EXPR_NIL:
    case EXPR_FALSE: return NOWHERE;
    case EXPR_TRUE: return rl_jump_emit(function);
    default: return jump_on_value(function, e, true);
  }
}

void rl_jump_unless(FunctionState *function, Expression *e) {
  rl_expression_settle(function, e);
  uint32_t jump = jump_if_false(function, e);
  rl_jump_join(function, &jump, e->when_false);
  e->when_false = jump;
  rl_jump_resolve_here(function, e->when_true);
  e->when_true = NOWHERE;
}

void rl_jump_if(FunctionState *function, Expression *e) {
  rl_expression_settle(function, e);
  uint32_t jump = jump_if_true(function, e);
  rl_jump_join(function, &jump, e->when_true);
  e->when_true = jump;
  rl_jump_resolve_here(function, e->when_false);
  e->when_false = NOWHERE;
}

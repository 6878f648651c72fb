/* Operators: choosing the instruction by what is known of the operands. */
#include "compile/emit.h"

/* ---- unary ---- */

static void emit_unary(FunctionState *function, Opcode op, Expression *e, int line) {
  uint32_t operand = rl_expression_to_register(function, e);
  rl_expression_free(function, e);
  *e = expression_at(EXPR_PENDING, emit_abc(function, op, 0, operand, 0));
  rl_emit_fix_line(function, line);
}

static void negate(FunctionState *function, Expression *e) {
  switch (e->kind) {
    case EXPR_NIL:
    case EXPR_FALSE: e->kind = EXPR_TRUE; break;
    case EXPR_TRUE:
    case EXPR_INTEGER:
    case EXPR_FLOAT:
    case EXPR_STRING: e->kind = EXPR_FALSE; break;
    case EXPR_CONDITION: code_set_op(function, e->at, instruction_op(*code_at(function, e->at)) ^ 1); break;
    default: {
      uint32_t operand = rl_expression_to_register_open(function, e);
      rl_expression_free(function, e);
      e->kind = EXPR_PENDING;
      e->at = emit_abc(function, OP_NOT, 0, operand, 0);
    }
  }
  uint32_t list = e->when_true;
  e->when_true = e->when_false;
  e->when_false = list;
  rl_jump_drop_values(function, e->when_true);
  rl_jump_drop_values(function, e->when_false);
}

void rl_operator_unary(FunctionState *function, UnaryOperator op, Expression *e, int line) {
  rl_expression_settle(function, e);
  if (rl_fold_unary(op, e)) return;
  switch (op) {
    case UNARY_MINUS: emit_unary(function, OP_UNM, e, line); break;
    case UNARY_BNOT: emit_unary(function, OP_BNOT, e, line); break;
    case UNARY_LENGTH: emit_unary(function, OP_LEN, e, line); break;
    default: negate(function, e); break;
  }
}

/* ---- arithmetic ---- */

static uint32_t numeral_constant(FunctionState *function, const Expression *e) {
  return e->kind == EXPR_INTEGER ? rl_constant_integer(function, e->integer) : rl_constant_float(function, e->number);
}

static void finish_arithmetic(FunctionState *function, uint32_t op, Expression *left, const Expression *right,
                              uint32_t b, uint32_t c, int line) {
  rl_expressions_free(function, left, right);
  *left = expression_at(EXPR_PENDING, emit_abc(function, (Opcode)op, 0, b, c));
  rl_emit_fix_line(function, line);
}

/* The second and third dozen of opcodes take constants on the right and on the left. */
static void emit_arithmetic(FunctionState *function, BinaryOperator op, Expression *left, Expression *right, int line) {
  uint32_t constant;
  if (op <= BINARY_SUB && expression_is_small_integer(right)) {
    uint32_t operand = rl_expression_to_register(function, left);
    finish_arithmetic(function, op == BINARY_ADD ? OP_ADDI : OP_SUBI, left, right, operand, (uint8_t)right->integer,
                      line);
  } else if (expression_is_numeral(right) && (constant = numeral_constant(function, right)) <= MAX_OPERAND) {
    uint32_t operand = rl_expression_to_register(function, left);
    finish_arithmetic(function, OP_ADDRK + (uint32_t)op, left, right, operand, constant, line);
  } else if (expression_is_numeral(left) && (constant = numeral_constant(function, left)) <= MAX_OPERAND) {
    uint32_t operand = rl_expression_to_register(function, right);
    finish_arithmetic(function, OP_ADDKR + (uint32_t)op, left, right, constant, operand, line);
  } else {
    uint32_t second = rl_expression_to_register(function, right);
    uint32_t first = rl_expression_to_register(function, left);
    finish_arithmetic(function, OP_ADD + (uint32_t)op, left, right, first, second, line);
  }
}

/* ---- concatenation ----
 * Operands stand in consecutive registers. `a .. (b .. c)`: the inner one has just been emitted, takes one operand
 * more, and keeps its line. */

static void emit_concatenation(FunctionState *function, Expression *left, Expression *right, int line) {
  Instruction *inner = rl_emit_previous(function);
  if (inner != NULL && instruction_op(*inner) == OP_CONCAT && instruction_a(*inner) == left->at + 1) {
    *inner = instruction_abc(OP_CONCAT, left->at, instruction_b(*inner) + 1, 0);
  } else {
    emit_abc(function, OP_CONCAT, left->at, 2, 0);
    rl_emit_fix_line(function, line);
  }
  rl_expression_free(function, right);
}

/* ---- comparisons ---- */

static void swap(Expression *a, Expression *b) {
  Expression kept = *a;
  *a = *b;
  *b = kept;
}

static void become_condition(FunctionState *function, Opcode op, Expression *left, Expression *right, uint32_t a,
                             uint32_t b) {
  rl_expressions_free(function, left, right);
  *left = expression_at(EXPR_CONDITION, rl_jump_emit_conditional(function, op, a, b));
}

/* As a byte, when the number is an integer that fits. Equality does not tell 1 from 1.0. */
static bool small_number(const Expression *e, uint32_t *operand) {
  if (!expression_is_numeral(e)) return false;
  double number = e->kind == EXPR_FLOAT ? e->number : (double)e->integer;
  if (!(number >= MIN_SIGNED_OPERAND && number <= MAX_SIGNED_OPERAND) || number != (double)(int)number) return false;
  *operand = (uint8_t)(int)number;
  return true;
}

static void emit_equality(FunctionState *function, Opcode op, Expression *left, Expression *right) {
  uint32_t operand;
  if (expression_is_literal(left)) swap(left, right);
  uint32_t first = rl_expression_to_register(function, left);
  if (small_number(right, &operand))
    become_condition(function, op + (OP_EQI - OP_EQ), left, right, first, operand);
  else if (rl_expression_to_operand(function, right, &operand))
    become_condition(function, op + (OP_EQK - OP_EQ), left, right, first, operand);
  else
    become_condition(function, op, left, right, first, operand);
}

/* `op` is LT or LE; a > b is b < a. Comparisons with a small constant on the left have instructions of their own. */
static void emit_order(FunctionState *function, Opcode op, Expression *left, Expression *right) {
  if (expression_is_small_integer(right)) {
    uint32_t operand = rl_expression_to_register(function, left);
    become_condition(function, op + (OP_LTI - OP_LT), left, right, operand, (uint8_t)right->integer);
  } else if (expression_is_small_integer(left)) {
    uint32_t operand = rl_expression_to_register(function, right);
    become_condition(function, op + (OP_GTI - OP_LT), left, right, operand, (uint8_t)left->integer);
  } else {
    uint32_t first = rl_expression_to_register(function, left);
    uint32_t second = rl_expression_to_register(function, right);
    become_condition(function, op, left, right, first, second);
  }
}

/* ---- binary ---- */

void rl_operator_left(FunctionState *function, BinaryOperator op, Expression *left) {
  rl_expression_settle(function, left);
  switch (op) {
    case BINARY_AND: rl_jump_unless(function, left); break;
    case BINARY_OR: rl_jump_if(function, left); break;
    case BINARY_CONCAT: rl_expression_to_next(function, left); break;
    case BINARY_EQ:
    case BINARY_NE:
      if (!expression_is_literal(left)) rl_expression_to_register(function, left);
      break;
    case BINARY_LT:
    case BINARY_LE:
    case BINARY_GT:
    case BINARY_GE:
      if (!expression_is_small_integer(left)) rl_expression_to_register(function, left);
      break;
    default:
      if (!expression_is_numeral(left)) rl_expression_to_register(function, left);
      break;
  }
}

static void join_logical(FunctionState *function, uint32_t *list, uint32_t more, Expression *left,
                         const Expression *right) {
  rl_jump_join(function, list, more);
  *left = *right;
}

void rl_operator_binary(FunctionState *function, BinaryOperator op, Expression *left, Expression *right, int line) {
  rl_expression_settle(function, right);
  if (rl_fold_binary(op, left, right)) return;
  switch (op) {
    case BINARY_AND: join_logical(function, &right->when_false, left->when_false, left, right); break;
    case BINARY_OR: join_logical(function, &right->when_true, left->when_true, left, right); break;
    case BINARY_CONCAT:
      rl_expression_to_next(function, right);
      emit_concatenation(function, left, right, line);
      break;
    case BINARY_EQ: emit_equality(function, OP_EQ, left, right); break;
    case BINARY_NE: emit_equality(function, OP_NE, left, right); break;
    case BINARY_LT: emit_order(function, OP_LT, left, right); break;
    case BINARY_LE: emit_order(function, OP_LE, left, right); break;
    case BINARY_GT:
    case BINARY_GE:
      swap(left, right);
      emit_order(function, op == BINARY_GT ? OP_LT : OP_LE, left, right);
      break;
    default: emit_arithmetic(function, op, left, right, line); break;
  }
}

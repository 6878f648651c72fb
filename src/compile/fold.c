/* Operations on numerals, done by the compiler when the result is the one that the program would compute and when
 * nothing can go wrong: no error is raised early, and no result is 0.0, -0.0 or NaN (as a constant 0.0 and -0.0 could
 * be confused, NaN has no literal). */
#include <math.h>

#include "base/arith.h"
#include "compile/emit.h"

static double numeral_as_float(const Expression *e) {
  return e->kind == EXPR_INTEGER ? (double)e->integer : e->number;
}

static bool numeral_as_integer(const Expression *e, int64_t *integer) {
  if (e->kind == EXPR_FLOAT) return rl_float_to_integer(e->number, integer, RL_ROUND_EXACT);
  *integer = e->integer;
  return true;
}

static bool become_integer(Expression *e, int64_t integer) {
  e->kind = EXPR_INTEGER;
  e->integer = integer;
  return true;
}

static bool become_float(Expression *e, double number) {
  if (isnan(number) || number == 0) return false;
  e->kind = EXPR_FLOAT;
  e->number = number;
  return true;
}

static int64_t bitwise(BinaryOperator op, int64_t x, int64_t y) {
  switch (op) {
    case BINARY_BAND: return x & y;
    case BINARY_BOR: return x | y;
    case BINARY_BXOR: return x ^ y;
    case BINARY_SHL: return rl_shift_left(x, y);
    default: return rl_shift_right(x, y);
  }
}

/* Of two integers, the divisor not 0. */
static int64_t integer_arithmetic(BinaryOperator op, int64_t x, int64_t y) {
  switch (op) {
    case BINARY_ADD: return (int64_t)((uint64_t)x + (uint64_t)y);
    case BINARY_SUB: return (int64_t)((uint64_t)x - (uint64_t)y);
    case BINARY_MUL: return (int64_t)((uint64_t)x * (uint64_t)y);
    case BINARY_MOD: return rl_integer_modulo(x, y);
    default: return rl_integer_floor_divide(x, y);
  }
}

static double float_arithmetic(BinaryOperator op, double x, double y) {
  switch (op) {
    case BINARY_ADD: return x + y;
    case BINARY_SUB: return x - y;
    case BINARY_MUL: return x * y;
    case BINARY_MOD: return rl_float_modulo(x, y);
    case BINARY_POW: return rl_float_power(x, y);
    case BINARY_DIV: return x / y;
    default: return rl_float_floor_divide(x, y);
  }
}

static bool divides(BinaryOperator op) {
  return op == BINARY_DIV || op == BINARY_IDIV || op == BINARY_MOD;
}

bool rl_fold_binary(BinaryOperator op, Expression *left, const Expression *right) {
  if (op > BINARY_SHR || !expression_is_numeral(left) || !expression_is_numeral(right)) return false;
  if (op >= BINARY_BAND) {
    int64_t x, y;
    if (!numeral_as_integer(left, &x) || !numeral_as_integer(right, &y)) return false;
    return become_integer(left, bitwise(op, x, y));
  }
  if (divides(op) && numeral_as_float(right) == 0) return false;
  bool both_integers = left->kind == EXPR_INTEGER && right->kind == EXPR_INTEGER;
  if (both_integers && op != BINARY_DIV && op != BINARY_POW)
    return become_integer(left, integer_arithmetic(op, left->integer, right->integer));
  return become_float(left, float_arithmetic(op, numeral_as_float(left), numeral_as_float(right)));
}

bool rl_fold_unary(UnaryOperator op, Expression *e) {
  int64_t integer;
  if (!expression_is_numeral(e)) return false;
  if (op == UNARY_BNOT) return numeral_as_integer(e, &integer) && become_integer(e, ~integer);
  if (op != UNARY_MINUS) return false;
  if (e->kind == EXPR_INTEGER) return become_integer(e, (int64_t)(0 - (uint64_t)e->integer));
  return become_float(e, -e->number);
}

/* Direct entries of the mathematical library (manual 6.7). */
#include <math.h>

#include "base/arith.h"
#include "direct/direct.h"
#include "object/strings.h"

static bool argument_as_float(const Value *argument, ptrdiff_t count, double *number) {
  if (count < 1) return false;
  if (value_is_float(argument))
    *number = argument->as.number;
  else if (value_is_integer(argument))
    *number = (double)argument->as.integer;
  else
    return false;
  return true;
}

/* ---- rounding ---- */

/* Truncation and a correction: a float that has a fraction is small enough for both. */
int rl_direct_floor(State *L, Value *function, ptrdiff_t count) {
  const Value *x = function + 1;
  (void)L;
  if (count < 1) return -1;
  if (value_is_float(x)) {
    double number = x->as.number;
    if (!(number >= -0x1p63 && number < 0x1p63)) return -1;
    int64_t whole = (int64_t)number;
    value_set_integer(function, whole - ((double)whole > number));
    return 1;
  }
  if (!value_is_integer(x)) return -1;
  value_copy(function, x);
  return 1;
}

int rl_direct_ceil(State *L, Value *function, ptrdiff_t count) {
  const Value *x = function + 1;
  (void)L;
  if (count < 1) return -1;
  if (value_is_float(x)) {
    double number = x->as.number;
    if (!(number > -0x1p63 && number < 0x1p63)) return -1;
    int64_t whole = (int64_t)number;
    value_set_integer(function, whole + ((double)whole < number));
    return 1;
  }
  if (!value_is_integer(x)) return -1;
  value_copy(function, x);
  return 1;
}

int rl_direct_tointeger(State *L, Value *function, ptrdiff_t count) {
  int64_t integer;
  (void)L;
  if (count < 1) return -1;
  if (value_is_integer(function + 1))
    value_copy(function, function + 1);
  else if (value_is_float(function + 1) && rl_float_to_integer(function[1].as.number, &integer, RL_ROUND_EXACT))
    value_set_integer(function, integer);
  else
    return -1;
  return 1;
}

int rl_direct_abs(State *L, Value *function, ptrdiff_t count) {
  const Value *x = function + 1;
  (void)L;
  if (count < 1) return -1;
  if (value_is_integer(x))
    value_set_integer(function, x->as.integer < 0 ? (int64_t)(0 - (uint64_t)x->as.integer) : x->as.integer);
  else if (value_is_float(x))
    value_set_float(function, fabs(x->as.number));
  else
    return -1;
  return 1;
}

int rl_direct_math_type(State *L, Value *function, ptrdiff_t count) {
  if (count < 1 || !value_is_number(function + 1)) return -1;
  value_set_object(function, L->global->number_type_names[value_is_float(function + 1)]);
  return 1;
}

/* ---- functions of one float ---- */

#define FLOAT_FUNCTION(name, expression)                                                                               \
  int rl_direct_##name(State *L, Value *function, ptrdiff_t count) {                                                   \
    double x;                                                                                                          \
    (void)L;                                                                                                           \
    if (!argument_as_float(function + 1, count, &x)) return -1;                                                        \
    value_set_float(function, expression);                                                                             \
    return 1;                                                                                                          \
  }

FLOAT_FUNCTION(sqrt, sqrt(x))
FLOAT_FUNCTION(sin, sin(x))
FLOAT_FUNCTION(cos, cos(x))

int rl_direct_fmod(State *L, Value *function, ptrdiff_t count) {
  (void)L;
  if (count < 2 || !value_is_float(function + 1) || !value_is_float(function + 2)) return -1;
  value_set_float(function, rl_float_remainder(function[1].as.number, function[2].as.number));
  return 1;
}

/* ---- smallest and largest ---- */

/* The exact order of two numbers, of whatever kinds. */
static inline bool is_less(const Value *a, const Value *b) {
  if (value_is_integer(a))
    return value_is_integer(b) ? a->as.integer < b->as.integer : rl_integer_less_float(a->as.integer, b->as.number);
  return value_is_float(b) ? a->as.number < b->as.number : rl_float_less_integer(a->as.number, b->as.integer);
}

int rl_direct_max(State *L, Value *function, ptrdiff_t count) {
  (void)L;
  if (count < 1 || !value_is_number(function + 1)) return -1;
  const Value *best = function + 1;
  for (const Value *x = best + 1; x <= function + count; x++) {
    if (!value_is_number(x)) return -1;
    if (is_less(best, x)) best = x;
  }
  value_copy(function, best);
  return 1;
}

int rl_direct_min(State *L, Value *function, ptrdiff_t count) {
  (void)L;
  if (count < 1 || !value_is_number(function + 1)) return -1;
  const Value *best = function + 1;
  for (const Value *x = best + 1; x <= function + count; x++) {
    if (!value_is_number(x)) return -1;
    if (is_less(x, best)) best = x;
  }
  value_copy(function, best);
  return 1;
}

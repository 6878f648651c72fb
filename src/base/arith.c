#include "base/arith.h"

/* Whole numbers that fit are taken as integers: the remainder is the same, without the C library's long division. */
static bool whole_modulo(double dividend, double divisor, double *result) {
  int64_t x, y;
  if (!(fabs(dividend) < 0x1p53 && fabs(divisor) < 0x1p53)) return false;
  x = (int64_t)dividend;
  y = (int64_t)divisor;
  if ((double)x != dividend || (double)y != divisor || y == 0) return false;
  int64_t rest = rl_integer_modulo(x, y);
  *result = rest == 0 ? copysign(0, dividend) : (double)rest;
  return true;
}

double rl_float_modulo(double dividend, double divisor) {
  double whole;
  if (whole_modulo(dividend, divisor, &whole)) return whole;
  double rest = fmod(dividend, divisor);
  if ((rest > 0 && divisor < 0) || (rest < 0 && divisor > 0)) rest += divisor;
  return rest;
}

/* ---- comparisons ----
 * Integers up to 2^53 are floats exactly. Beyond, the float is rounded to an integer in the direction that keeps the
 * answer, or lies outside all integers. */

static bool is_exact(int64_t integer) {
  return (uint64_t)integer + (UINT64_C(1) << 53) <= (UINT64_C(1) << 54);
}

bool rl_integer_less_float(int64_t integer, double number) {
  int64_t rounded;
  if (is_exact(integer)) return (double)integer < number;
  if (rl_float_to_integer(number, &rounded, RL_ROUND_CEILING)) return integer < rounded;
  return number > 0;
}

bool rl_integer_less_equal_float(int64_t integer, double number) {
  int64_t rounded;
  if (is_exact(integer)) return (double)integer <= number;
  if (rl_float_to_integer(number, &rounded, RL_ROUND_FLOOR)) return integer <= rounded;
  return number > 0;
}

bool rl_float_less_integer(double number, int64_t integer) {
  int64_t rounded;
  if (is_exact(integer)) return number < (double)integer;
  if (rl_float_to_integer(number, &rounded, RL_ROUND_FLOOR)) return rounded < integer;
  return number < 0;
}

bool rl_float_less_equal_integer(double number, int64_t integer) {
  int64_t rounded;
  if (is_exact(integer)) return number <= (double)integer;
  if (rl_float_to_integer(number, &rounded, RL_ROUND_CEILING)) return rounded <= integer;
  return number < 0;
}

/* ---- loops ---- */

bool rl_for_count(int64_t initial, int64_t limit, int64_t step, uint64_t *count) {
  if (step > 0 ? initial > limit : initial < limit) return false;
  if (step > 0)
    *count = ((uint64_t)limit - (uint64_t)initial) / (uint64_t)step;
  else
    *count = ((uint64_t)initial - (uint64_t)limit) / ((uint64_t)(-(step + 1)) + 1);
  return true;
}

bool rl_for_count_float(int64_t initial, double limit, int64_t step, uint64_t *count) {
  int64_t clipped;
  if (!rl_float_to_integer(limit, &clipped, step > 0 ? RL_ROUND_FLOOR : RL_ROUND_CEILING)) {
    if ((limit > 0) != (step > 0))
      return false; /* beyond the integers, on the wrong side; NaN counts as below, as in stock */
    clipped = limit > 0 ? INT64_MAX : INT64_MIN;
  }
  return rl_for_count(initial, clipped, step, count);
}

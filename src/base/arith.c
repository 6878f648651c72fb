#include "base/arith.h"

#include <string.h>

/* ---- remainders ----
 *
 * A float is an integer of 53 bits times a power of two. So the remainder of two, which is always a float, is one of
 * integers: the dividend's is shifted up to the divisor's exponent, as many bits at once as fit into 64, and reduced
 * after each. (The C library's function goes bit by bit in older versions, and may have to be loaded first.) */

#define MANTISSA_BITS 52
#define IMPLICIT_BIT  (UINT64_C(1) << MANTISSA_BITS)

/* Its magnitude is mantissa * 2^(exponent - 1075), and the mantissa's uppermost bit is IMPLICIT_BIT. Not 0, not
 * infinite. */
typedef struct FloatParts {
  uint64_t mantissa;
  int exponent;
} FloatParts;

static uint64_t float_bits(double number) {
  uint64_t bits;
  memcpy(&bits, &number, sizeof bits);
  return bits;
}

static FloatParts take_apart(double number) {
  uint64_t bits = float_bits(number) & INT64_MAX;
  int exponent = (int)(bits >> MANTISSA_BITS);
  uint64_t mantissa = bits & (IMPLICIT_BIT - 1);
  if (exponent > 0) return (FloatParts){mantissa | IMPLICIT_BIT, exponent};
  int shift = __builtin_clzll(mantissa) - (63 - MANTISSA_BITS);
  return (FloatParts){mantissa << shift, 1 - shift};
}

/* The parts need not be normal; they are of a float. */
static double put_together(FloatParts parts, double sign) {
  if (parts.mantissa == 0) return copysign(0, sign);
  int shift = __builtin_clzll(parts.mantissa) - (63 - MANTISSA_BITS);
  uint64_t mantissa = parts.mantissa << shift, bits;
  int exponent = parts.exponent - shift;
  if (exponent > 0)
    bits = (mantissa & (IMPLICIT_BIT - 1)) | (uint64_t)exponent << MANTISSA_BITS;
  else
    bits = mantissa >> (1 - exponent);
  double number;
  memcpy(&number, &bits, sizeof number);
  return copysign(number, sign);
}

double rl_float_remainder(double dividend, double divisor) {
  double least = fabs(divisor);
  if (!(fabs(dividend) < HUGE_VAL) || !(least > 0)) return (dividend * divisor) / (dividend * divisor); /* NaN */
  if (fabs(dividend) < least) return dividend;
  FloatParts rest = take_apart(dividend), by = take_apart(divisor);
  int distance = rest.exponent - by.exponent, zeros = __builtin_ctzll(by.mantissa);
  if (zeros > distance) zeros = distance;
  by = (FloatParts){by.mantissa >> zeros, by.exponent + zeros};
  distance -= zeros;
  rest.mantissa %= by.mantissa;
  for (int most = 63 - MANTISSA_BITS + zeros; distance > 0 && rest.mantissa != 0; distance -= most) {
    int shift = distance < most ? distance : most;
    rest.mantissa = (rest.mantissa << shift) % by.mantissa;
  }
  rest.exponent = by.exponent;
  return put_together(rest, dividend);
}

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
  double rest = rl_float_remainder(dividend, divisor);
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

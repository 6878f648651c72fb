/* Lua's number semantics (manual 3.4.1 to 3.4.3) on plain C numbers. Nothing here raises errors. */
#ifndef RL_BASE_ARITH_H
#define RL_BASE_ARITH_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

/* Rounds toward minus infinity; the divisor is not 0. The smallest integer divided by -1 wraps to itself. */
static inline int64_t rl_integer_floor_divide(int64_t dividend, int64_t divisor) {
  if (__builtin_expect((uint64_t)(dividend | divisor) >> 32 == 0, 1)) return (uint32_t)dividend / (uint32_t)divisor;
  if (__builtin_expect((uint64_t)divisor + 1 <= 1, 0)) return (int64_t)(0 - (uint64_t)dividend); /* -1 (and 0) */
  int64_t quotient = dividend / divisor;
  if ((dividend ^ divisor) < 0 && quotient * divisor != dividend) quotient--;
  return quotient;
}

/* The result has the divisor's sign; the divisor is not 0. Small numbers take the processor's short division, which is
 * several times faster. */
static inline int64_t rl_integer_modulo(int64_t dividend, int64_t divisor) {
  if (__builtin_expect((uint64_t)(dividend | divisor) >> 32 == 0, 1)) return (uint32_t)dividend % (uint32_t)divisor;
  if (__builtin_expect((uint64_t)divisor + 1 <= 1, 0)) return 0;
  int64_t rest = dividend % divisor;
  if (rest != 0 && (rest ^ divisor) < 0) rest += divisor;
  return rest;
}

double rl_float_modulo(double dividend, double divisor);
/* C's fmod: the remainder has the dividend's sign, and is exact. */
double rl_float_remainder(double dividend, double divisor);
static inline double rl_float_floor_divide(double dividend, double divisor) {
  return floor(dividend / divisor);
}
static inline double rl_float_power(double base, double exponent) {
  return exponent == 2 ? base * base : pow(base, exponent);
}

/* Logical shifts; a negative count shifts the other way; 64 and more give 0. */
static inline int64_t rl_shift_left(int64_t x, int64_t count) {
  if (count <= -64 || count >= 64) return 0;
  return count >= 0 ? (int64_t)((uint64_t)x << count) : (int64_t)((uint64_t)x >> -count);
}
static inline int64_t rl_shift_right(int64_t x, int64_t count) {
  if (count <= -64 || count >= 64) return 0;
  return count >= 0 ? (int64_t)((uint64_t)x >> count) : (int64_t)((uint64_t)x << -count);
}

typedef enum RoundMode { RL_ROUND_EXACT, RL_ROUND_FLOOR, RL_ROUND_CEILING } RoundMode;

/* The integer of a float; EXACT: false unless it has an integer value. False for what does not fit, and NaN. */
static inline bool rl_float_to_integer(double number, int64_t *integer, RoundMode mode) {
  double whole = floor(number);
  if (whole != number) {
    if (mode == RL_ROUND_EXACT) return false;
    if (mode == RL_ROUND_CEILING) whole += 1;
  }
  if (!(whole >= -0x1p63 && whole < 0x1p63)) return false;
  *integer = (int64_t)whole;
  return true;
}

/* Comparisons by mathematical value; false with NaN. */
bool rl_integer_less_float(int64_t integer, double number);
bool rl_integer_less_equal_float(int64_t integer, double number);
bool rl_float_less_integer(double number, int64_t integer);
bool rl_float_less_equal_integer(double number, int64_t integer);

/* Integer loops (manual 3.3.5): whether the loop runs at all, and how often after the first time. `step` is not 0. */
bool rl_for_count(int64_t initial, int64_t limit, int64_t step, uint64_t *count);
/* The same with a float limit, which is clipped. */
bool rl_for_count_float(int64_t initial, double limit, int64_t step, uint64_t *count);

#endif

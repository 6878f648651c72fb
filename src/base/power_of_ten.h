/* Powers of ten as binary floating-point numbers of 128 bits: what the conversions between decimal and binary numbers
 * multiply by. */
#ifndef RL_BASE_POWER_OF_TEN_H
#define RL_BASE_POWER_OF_TEN_H

#include <stdbool.h>
#include <stdint.h>

#define RL_POWER_MIN       (-364)
#define RL_POWER_MAX       391
#define RL_POWER_MAX_EXACT 55 /* 10^0 to 10^55 are exact: 5^55 < 2^128 */

/* The product of a 64-bit number and a power of ten: words[0] is the most significant one. The true product is at least
 * this and, unless the power is exact, less than RL_PRODUCT_ERROR units of words[1] more; all times 2^exponent. */
typedef struct ScaledProduct {
  uint64_t words[3];
  int exponent;
} ScaledProduct;

#define RL_PRODUCT_ERROR 4

static inline bool power_of_ten_is_exact(int power) {
  return power >= 0 && power <= RL_POWER_MAX_EXACT;
}

/* mantissa * 10^power, where the mantissa's highest bit is set and RL_POWER_MIN <= power <= RL_POWER_MAX: so bit 191 or
 * bit 190 of the product is its highest. */
ScaledProduct rl_scale_by_power_of_ten(uint64_t mantissa, int power);

#endif

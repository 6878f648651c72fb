/* Bits and sizes. */
#ifndef RL_BASE_BITS_H
#define RL_BASE_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Smallest n with 2^n >= x (x >= 1). */
static inline uint32_t rl_ceil_log2(uint64_t x) {
  return x <= 1 ? 0 : 64 - (uint32_t)__builtin_clzll(x - 1);
}
static inline bool rl_is_power_of_two(uint64_t x) {
  return x != 0 && (x & (x - 1)) == 0;
}
/* False when the result does not fit. */
static inline bool rl_add_size(size_t a, size_t b, size_t *sum) {
  return !__builtin_add_overflow(a, b, sum);
}
static inline bool rl_multiply_size(size_t a, size_t b, size_t *product) {
  return !__builtin_mul_overflow(a, b, product);
}

#endif

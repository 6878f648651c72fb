/* What the tests of the allocator share: numbers, and blocks that know their content. */
#ifndef MALLOC_TESTS_UNIT_RANDOM_H
#define MALLOC_TESTS_UNIT_RANDOM_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef struct Random {
  uint64_t state;
} Random;

static inline uint64_t random_next(Random *random) {
  random->state ^= random->state << 13;
  random->state ^= random->state >> 7;
  random->state ^= random->state << 17;
  return random->state * UINT64_C(0x2545f4914f6cdd1d);
}

static inline size_t random_below(Random *random, size_t limit) {
  return (size_t)(random_next(random) >> 20) % limit;
}

/* Mostly small, sometimes large, now and then huge. */
static inline size_t random_size(Random *random) {
  size_t shape = random_below(random, 1000);
  if (shape < 700) return random_below(random, 300);
  if (shape < 900) return random_below(random, 3000);
  if (shape < 985) return random_below(random, 40000);
  if (shape < 998) return random_below(random, 400000);
  return random_below(random, 6000000);
}

static inline void block_fill(unsigned char *block, size_t size, unsigned tag) {
  size_t step = size > 5000 ? 509 : 1;
  for (size_t i = 0; i < size; i += step) block[i] = (unsigned char)(tag + i * 7);
  if (size != 0) block[size - 1] = (unsigned char)(tag + (size - 1) * 7);
}

static inline void block_check(const unsigned char *block, size_t size, unsigned tag, size_t filled) {
  size_t step = filled > 5000 ? 509 : 1;
  for (size_t i = 0; i < size; i += step)
    if (block[i] != (unsigned char)(tag + i * 7))
      fail_msg("block %p: byte %zu of %zu is wrong", (const void *)block, i, size);
}

#endif

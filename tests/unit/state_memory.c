/* The memory of states (auxlib/allocator.h): blocks in the cradle, and beyond it, keep what is in them whatever is
 * allocated, resized and freed around them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "auxlib/allocator.h"

#define MAIN_BYTES 3000
#define BLOCKS     200

typedef struct Held {
  unsigned char *bytes;
  size_t size;
  unsigned char fill;
} Held;

static uint32_t random_state;
static uint32_t next_random(void) {
  random_state = random_state * 1664525u + 1013904223u;
  return random_state >> 8;
}

static size_t random_size(uint32_t largest) {
  uint32_t kind = next_random() % 8;
  return 1 + next_random() % (kind == 0 ? largest : kind < 3 ? 700 : 100);
}

static void check(const Held *held) {
  for (size_t i = 0; i < held->size; i++) assert_int_equal(held->bytes[i], held->fill);
}

static void change(void *context, Held *held, uint32_t largest) {
  size_t size = random_size(largest);
  if (held->bytes == NULL) {
    held->bytes = rl_allocator_resize(context, NULL, 0, size);
  } else if (next_random() % 2 == 0) {
    check(held);
    size_t common = size < held->size ? size : held->size;
    held->bytes = rl_allocator_resize(context, held->bytes, held->size, size);
    for (size_t i = 0; i < common; i++) assert_int_equal(held->bytes[i], held->fill);
  } else {
    check(held);
    assert_null(rl_allocator_resize(context, held->bytes, held->size, 0));
    *held = (Held){0};
    return;
  }
  assert_non_null(held->bytes);
  assert_int_equal((uintptr_t)held->bytes % 16, 0);
  held->size = size;
  held->fill = (unsigned char)next_random();
  memset(held->bytes, held->fill, size);
}

static void live(uint32_t seed, int changes, uint32_t blocks, uint32_t largest) {
  Held held[BLOCKS] = {{0}};
  random_state = seed;
  void *context = rl_allocator_open();
  Held main_block = {rl_allocator_begin(context, NULL, 0, MAIN_BYTES), MAIN_BYTES, 0x5a};
  assert_non_null(main_block.bytes);
  memset(main_block.bytes, main_block.fill, main_block.size);
  for (int i = 0; i < changes; i++) change(context, &held[next_random() % blocks], largest);
  for (uint32_t i = 0; i < blocks; i++) {
    if (held[i].bytes == NULL) continue;
    check(&held[i]);
    rl_allocator_resize(context, held[i].bytes, held[i].size, 0);
  }
  check(&main_block);
  rl_allocator_resize(context, main_block.bytes, main_block.size, 0);
}

/* Little enough for the cradle. */
static void test_small(void **state) {
  (void)state;
  for (uint32_t seed = 1; seed <= 40; seed++) live(seed, 2000, 60, 900);
}

static void test_outgrown(void **state) {
  (void)state;
  for (uint32_t seed = 1; seed <= 40; seed++) live(seed, 3000, BLOCKS, 9000);
}

/* Larger than the cradle at once. */
static void test_large(void **state) {
  (void)state;
  for (uint32_t seed = 1; seed <= 10; seed++) live(seed, 500, 20, 300000);
}

/* What was freed is used again: endless change of a few blocks fits where they lie, near one another. */
static void test_reuse(void **state) {
  (void)state;
  void *context = rl_allocator_open();
  char *main_block = rl_allocator_begin(context, NULL, 0, MAIN_BYTES);
  char *kept = rl_allocator_resize(context, NULL, 0, 64);
  for (int i = 0; i < 10000; i++) {
    size_t small = 16 + (size_t)i % 400, large = 600 + (size_t)i % 3000;
    char *one = rl_allocator_resize(context, NULL, 0, small), *two = rl_allocator_resize(context, NULL, 0, large);
    if (context != NULL) { /* under sanitizers every block is malloc's */
      assert_true(one - kept < 64 * 1024 && kept - one < 64 * 1024);
      assert_true(two - kept < 64 * 1024 && kept - two < 64 * 1024);
    }
    rl_allocator_resize(context, one, small, 0);
    rl_allocator_resize(context, two, large, 0);
  }
  rl_allocator_resize(context, kept, 64, 0);
  rl_allocator_resize(context, main_block, MAIN_BYTES, 0);
}

/* A main block that cannot be had takes the memory with it. */
static void test_no_main_block(void **state) {
  (void)state;
  assert_null(rl_allocator_begin(rl_allocator_open(), NULL, 0, (size_t)1 << 62));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_small), cmocka_unit_test(test_outgrown),
                                     cmocka_unit_test(test_large), cmocka_unit_test(test_reuse),
                                     cmocka_unit_test(test_no_main_block)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

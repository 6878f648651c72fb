/* realloc and reallocarray. */
#include "support.h"

static void of_null_is_malloc(void **state) {
  (void)state;
  char *block = realloc(NULL, 50);
  assert_non_null(block);
  memset(block, 1, 50);
  free(block);
  block = realloc(NULL, 0); /* a block of its own */
  assert_non_null(block);
  free(block);
  block = reallocarray(NULL, 5, 10);
  assert_true(malloc_usable_size(block) >= 50);
  free(block);
}

/* glibc's choice among what the standards allow: free, and NULL. */
static void to_zero_frees(void **state) {
  (void)state;
  struct mallinfo2 before = mallinfo2();
  for (int i = 0; i < 2000; i++) {
    void *block = malloc(100000); /* would be 200 MB if it were kept */
    assert_non_null(block);
    assert_null(realloc(block, 0));
    block = malloc(20);
    assert_null(reallocarray(block, 0, 3));
    block = malloc(300);
    assert_null(reallocarray(block, 3, 0));
  }
  struct mallinfo2 after = mallinfo2();
  assert_true(after.uordblks + after.hblkhd < before.uordblks + before.hblkhd + 10000000);
}

static void failure_leaves_the_block(void **state) {
  (void)state;
  static const size_t sizes[] = {0, 1, 24, 100, 1000, 5000, 100000, 300000, 5000000};
  for (size_t i = 0; i < COUNT_OF(sizes); i++) {
    unsigned char *block = malloc(sizes[i]);
    pattern_fill(block, sizes[i], (uint32_t)i);
    errno = 0;
    assert_null(realloc(block, SIZE_MAX - 100));
    assert_int_equal(errno, ENOMEM);
    errno = 0;
    assert_null(realloc(block, (size_t)1 << 50)); /* tried, and refused by the system */
    assert_int_equal(errno, ENOMEM);
    assert_null(reallocarray(block, SIZE_MAX, 16));
    assert_true(pattern_holds(block, sizes[i], sizes[i], (uint32_t)i));
    assert_true(malloc_usable_size(block) >= sizes[i]);
    free(block);
  }
}

static const size_t steps[] = {0,      1,      15,     16,     17,     24,      25,      40,     100,
                               128,    129,    500,    512,    520,    1000,    1024,    1025,   1032,
                               1040,   2000,   4096,   8192,   16384,  32768,   32769,   65536,  100000,
                               131072, 140000, 200000, 262144, 400000, 1000000, 1048576, 3000000};

/* From every size to every other, with the content kept as far as both go. */
static void every_size_to_every_other(void **state) {
  (void)state;
  for (size_t from = 0; from < COUNT_OF(steps); from++) {
    for (size_t to = 1; to < COUNT_OF(steps); to++) {
      unsigned char *block = malloc(steps[from]);
      pattern_fill(block, steps[from], (uint32_t)from);
      void *neighbour = malloc(64);
      block = realloc(block, steps[to]);
      assert_non_null(block);
      assert_int_equal((uintptr_t)block % 16, 0);
      assert_true(malloc_usable_size(block) >= steps[to]);
      size_t common = steps[from] < steps[to] ? steps[from] : steps[to];
      if (!pattern_holds(block, steps[from], common, (uint32_t)from)) fail_msg("%zu to %zu", steps[from], steps[to]);
      memset(block, 0x77, steps[to]);
      free(neighbour);
      free(block);
    }
  }
}

/* A chain of sizes up and down, other blocks in between. */
static void chains(void **state) {
  (void)state;
  uint64_t random = 5;
  for (int chain = 0; chain < 200; chain++) {
    size_t size = random_size(&random, 12);
    unsigned char *block = malloc(size);
    uint32_t tag = (uint32_t)chain;
    pattern_fill(block, size, tag);
    void *others[30] = {0};
    for (int i = 0; i < 30; i++) {
      size_t next = 1 + random_size(&random, 19);
      others[i] = malloc(random_size(&random, 14));
      block = realloc(block, next);
      assert_non_null(block);
      assert_true(pattern_holds(block, size, size < next ? size : next, tag));
      size = next;
      pattern_fill(block, size, ++tag);
      if (i % 2 == 1) {
        free(others[i - 1]);
        others[i - 1] = NULL;
      }
    }
    free(block);
    for (int i = 0; i < 30; i++) free(others[i]);
  }
}

/* Large growth is not paid for by copying: 64 MB in steps of one page must be quick (glibc remaps). */
static void large_growth_in_small_steps(void **state) {
  (void)state;
  struct timespec start, end;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
  size_t size = (size_t)32 << 20;
  unsigned char *block = malloc(size);
  block[0] = 1;
  block[size - 1] = 2;
  for (int i = 0; i < 4000; i++) {
    size_t last = size - 1;
    size += PAGE;
    block = realloc(block, size);
    assert_non_null(block);
    assert_int_equal(block[last], 2);
    block[size - 1] = 2;
  }
  assert_int_equal(block[0], 1);
  free(block);
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
  double seconds = (double)(end.tv_sec - start.tv_sec) + 1e-9 * (double)(end.tv_nsec - start.tv_nsec);
  assert_true(seconds < 5); /* copying 4000 times 32 MB takes 30 s and more */
}

static void of_aligned_blocks(void **state) {
  (void)state;
  for (size_t alignment = 16; alignment <= 65536; alignment *= 2) {
    for (size_t i = 1; i < COUNT_OF(steps); i++) {
      unsigned char *block = memalign(alignment, 100);
      pattern_fill(block, 100, 3);
      block = realloc(block, steps[i]);
      assert_non_null(block);
      assert_true(pattern_holds(block, 100, steps[i] < 100 ? steps[i] : 100, 3));
      memset(block, 1, steps[i]);
      free(block);
    }
  }
}

/* What a shrunk block gave back serves others: a large block cut to a little must not hold its memory. */
static void shrinking_gives_back(void **state) {
  (void)state;
  long before = resident_kilobytes();
  void *blocks[100];
  for (size_t i = 0; i < COUNT_OF(blocks); i++) {
    blocks[i] = malloc(1000000);
    memset(blocks[i], 1, 1000000);
    blocks[i] = realloc(blocks[i], 1000);
    assert_non_null(blocks[i]);
  }
  assert_true(resident_kilobytes() - before < 20000); /* of 100 MB */
  for (size_t i = 0; i < COUNT_OF(blocks); i++) free(blocks[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(of_null_is_malloc),
    cmocka_unit_test(to_zero_frees),
    cmocka_unit_test(failure_leaves_the_block),
    cmocka_unit_test(every_size_to_every_other),
    cmocka_unit_test(chains),
    cmocka_unit_test(large_growth_in_small_steps),
    cmocka_unit_test(of_aligned_blocks),
    cmocka_unit_test(shrinking_gives_back),
  };
  return RUN_GROUP(tests);
}

/* Sizes: zero, every small one, those that cannot be; what a block may be used for. */
#include "support.h"

static void zero_gives_blocks_of_their_own(void **state) {
  (void)state;
  void *blocks[100];
  for (size_t i = 0; i < COUNT_OF(blocks); i++) {
    blocks[i] = i % 3 == 0 ? malloc(0) : i % 3 == 1 ? calloc(0, 8) : calloc(8, 0);
    assert_non_null(blocks[i]);
    for (size_t j = 0; j < i; j++) assert_ptr_not_equal(blocks[i], blocks[j]);
  }
  for (size_t i = 0; i < COUNT_OF(blocks); i++) free(blocks[i]);
}

static void free_of_null(void **state) {
  (void)state;
  free(NULL);
  assert_int_equal(malloc_usable_size(NULL), 0);
}

/* Two of each size live at once, so that the second shows whether the first is as large as it says. */
static void check_size(size_t size) {
  unsigned char *one = malloc(size), *other = malloc(size);
  assert_non_null(one);
  assert_non_null(other);
  assert_int_equal((uintptr_t)one % 16, 0);
  assert_int_equal((uintptr_t)other % 16, 0);
  size_t usable = malloc_usable_size(one), usable_other = malloc_usable_size(other);
  assert_true(usable >= size && usable_other >= size);
  memset(one, 0x5A, usable);
  memset(other, 0xA5, usable_other);
  for (size_t i = 0; i < usable; i++)
    if (one[i] != 0x5A) fail_msg("size %zu: byte %zu of %zu is shared", size, i, usable);
  free(one);
  for (size_t i = 0; i < usable_other; i++)
    if (other[i] != 0xA5) fail_msg("size %zu: byte %zu of %zu changed when another block was freed", size, i, usable);
  free(other);
}

static void alignment_and_room_at_every_size(void **state) {
  (void)state;
  for (size_t size = 0; size <= 4200; size++) check_size(size);
  for (size_t size = 4200; size < 140000; size += 61) check_size(size);
  for (size_t power = 4096; power <= (size_t)1 << 24; power *= 2)
    for (int more = -33; more <= 33; more += power > 1 << 20 ? 33 : more > -3 && more < 3 ? 1 : 6)
      check_size(power + (size_t)more);
}

/* All of one size alive together do not overlap. */
static void neighbours_of_one_size(void **state) {
  (void)state;
  enum { BLOCKS = 600 };
  static const size_t sizes[] = {1,   16,  17,  24,   25,   40,   64,   100,  128, 200,
                                 256, 500, 512, 1000, 1024, 1025, 2000, 4096, 9000};
  unsigned char *blocks[BLOCKS];
  for (size_t s = 0; s < COUNT_OF(sizes); s++) {
    for (size_t i = 0; i < BLOCKS; i++) {
      blocks[i] = malloc(sizes[s]);
      assert_non_null(blocks[i]);
      pattern_fill(blocks[i], malloc_usable_size(blocks[i]), (uint32_t)i);
    }
    for (size_t i = 0; i < BLOCKS; i++) {
      size_t usable = malloc_usable_size(blocks[i]);
      assert_true(pattern_holds(blocks[i], usable, usable, (uint32_t)i));
    }
    for (size_t i = 0; i < BLOCKS; i++) free(blocks[i]);
  }
}

#define EXPECT_ENOMEM(call)                                                                                            \
  do {                                                                                                                 \
    errno = 0;                                                                                                         \
    assert_null(call);                                                                                                 \
    assert_int_equal(errno, ENOMEM);                                                                                   \
  } while (0)

/* No object may be larger than PTRDIFF_MAX, whatever room there is. */
static void too_large(void **state) {
  (void)state;
  static const size_t sizes[] = {(size_t)PTRDIFF_MAX + 1,
                                 (size_t)PTRDIFF_MAX + 4096,
                                 SIZE_MAX - 8192,
                                 SIZE_MAX - 64,
                                 SIZE_MAX - 16,
                                 SIZE_MAX - 15,
                                 SIZE_MAX - 1,
                                 SIZE_MAX};
  for (size_t i = 0; i < COUNT_OF(sizes); i++) {
    size_t size = sizes[i];
    EXPECT_ENOMEM(malloc(size));
    EXPECT_ENOMEM(calloc(1, size));
    EXPECT_ENOMEM(calloc(size, 1));
    EXPECT_ENOMEM(realloc(NULL, size));
    EXPECT_ENOMEM(reallocarray(NULL, 1, size));
    EXPECT_ENOMEM(memalign(64, size));
    EXPECT_ENOMEM(memalign(16, size));
    EXPECT_ENOMEM(aligned_alloc(4096, size));
    EXPECT_ENOMEM(valloc(size));
    EXPECT_ENOMEM(pvalloc(size));
    void *untouched = &size;
    assert_int_equal(posix_memalign(&untouched, 64, size), ENOMEM);
    assert_ptr_equal(untouched, &size);
  }
}

/* Nor may it be what the address space cannot hold: 47 bits. */
static void larger_than_the_address_space(void **state) {
  (void)state;
  static const size_t sizes[] = {(size_t)PTRDIFF_MAX, (size_t)PTRDIFF_MAX - 15, (size_t)PTRDIFF_MAX - 4096,
                                 (size_t)1 << 62,     (size_t)1 << 50,          (size_t)1 << 48};
  for (size_t i = 0; i < COUNT_OF(sizes); i++) {
    EXPECT_ENOMEM(malloc(sizes[i]));
    EXPECT_ENOMEM(calloc(1, sizes[i]));
    EXPECT_ENOMEM(memalign(4096, sizes[i]));
    EXPECT_ENOMEM(valloc(sizes[i]));
    void *block = malloc(100);
    EXPECT_ENOMEM(realloc(block, sizes[i]));
    free(block);
  }
}

static void products_that_overflow(void **state) {
  (void)state;
  static const size_t factors[][2] = {{SIZE_MAX, 2},
                                      {2, SIZE_MAX},
                                      {SIZE_MAX / 2 + 1, 2},
                                      {(size_t)1 << 32, (size_t)1 << 32},
                                      {((size_t)1 << 32) + 1, (size_t)1 << 32},
                                      {SIZE_MAX / 3 + 1, 3},
                                      {SIZE_MAX, SIZE_MAX},
                                      {((size_t)1 << 63) / 7 + 1, 14}};
  void *block = malloc(40);
  memset(block, 7, 40);
  for (size_t i = 0; i < COUNT_OF(factors); i++) {
    EXPECT_ENOMEM(calloc(factors[i][0], factors[i][1]));
    EXPECT_ENOMEM(reallocarray(NULL, factors[i][0], factors[i][1]));
    EXPECT_ENOMEM(reallocarray(block, factors[i][0], factors[i][1]));
  }
  for (size_t i = 0; i < 40; i++) assert_int_equal(((char *)block)[i], 7);
  free(block);
}

static void alignment_and_size_that_overflow(void **state) {
  (void)state;
  static const size_t alignments[] = {32, 4096, (size_t)1 << 30, (size_t)1 << 46, (size_t)1 << 62, (size_t)1 << 63};
  for (size_t i = 0; i < COUNT_OF(alignments); i++) {
    static const size_t sizes[] = {(size_t)PTRDIFF_MAX, (size_t)PTRDIFF_MAX - 4096, SIZE_MAX - 4095, SIZE_MAX - 32};
    for (size_t j = 0; j < COUNT_OF(sizes); j++) {
      EXPECT_ENOMEM(memalign(alignments[i], sizes[j]));
      EXPECT_ENOMEM(aligned_alloc(alignments[i], sizes[j]));
      void *untouched = NULL;
      assert_int_equal(posix_memalign(&untouched, alignments[i], sizes[j]), ENOMEM);
      assert_null(untouched);
    }
  }
  EXPECT_ENOMEM(memalign((size_t)1 << 62, (size_t)1 << 62));
  EXPECT_ENOMEM(memalign((size_t)1 << 62, 1)); /* a gap of 2^62 is not to be had */
}

/* calloc clears what was used before, at every way a block can come back. */
static void calloc_clears(void **state) {
  (void)state;
  static const size_t sizes[] = {1, 8, 24, 25, 100, 500, 1024, 1500, 5000, 30000, 100000, 200000, 1000000, 40000000};
  for (size_t i = 0; i < COUNT_OF(sizes); i++) {
    for (int round = 0; round < 4; round++) {
      unsigned char *dirty[20];
      size_t count = sizes[i] > 1000000 ? 1 : 20;
      for (size_t j = 0; j < count; j++) memset(dirty[j] = malloc(sizes[i]), 0xEE, sizes[i]);
      for (size_t j = 0; j < count; j++) free(dirty[j]);
      for (size_t j = 0; j < count; j++) {
        dirty[j] = round % 2 == 0 ? calloc(1, sizes[i]) : calloc(sizes[i], 1);
        for (size_t at = 0; at < sizes[i]; at++)
          if (dirty[j][at] != 0) fail_msg("calloc of %zu: byte %zu is %d", sizes[i], at, dirty[j][at]);
        memset(dirty[j], 0xEE, sizes[i]);
      }
      for (size_t j = 0; j < count; j++) free(dirty[j]);
    }
  }
}

/* C23's; glibc has them from 2.43 on, so they are looked for by name. */
static void frees_with_sizes(void **state) {
  (void)state;
  void (*sized)(void *, size_t) = NULL, (*aligned_sized)(void *, size_t, size_t) = NULL;
#ifdef RLM_TESTING
  sized = rlm_free_sized;
  aligned_sized = rlm_free_aligned_sized;
#else
  void *found = dlsym(RTLD_DEFAULT, "free_sized"), *found_aligned = dlsym(RTLD_DEFAULT, "free_aligned_sized");
  memcpy(&sized, &found, sizeof sized);
  memcpy(&aligned_sized, &found_aligned, sizeof aligned_sized);
#endif
  if (is_ours()) assert_true(sized != NULL && aligned_sized != NULL);
  if (sized == NULL || aligned_sized == NULL) return;
  for (size_t size = 0; size < 3000000; size = size * 2 + 1) {
    errno = 4711;
    sized(memset(malloc(size), 1, size), size);
    sized(calloc(1, size), size);
    sized(realloc(malloc(size / 2), size + 1), size + 1);
    for (size_t alignment = 16; alignment <= 4096; alignment *= 4)
      aligned_sized(memset(aligned_alloc(alignment, size), 1, size), alignment, size);
    assert_int_equal(errno, 4711);
  }
  sized(NULL, 0);
  sized(NULL, 100);
  aligned_sized(NULL, 64, 100);
}

static void free_keeps_errno(void **state) {
  (void)state;
  for (size_t size = 1; size <= (size_t)64 << 20; size *= 4) {
    void *block = malloc(size);
    memset(block, 1, size);
    errno = 4711;
    free(block);
    assert_int_equal(errno, 4711);
  }
  void *many[3000]; /* enough for caches to overflow and the top to be trimmed */
  for (size_t i = 0; i < COUNT_OF(many); i++) many[i] = malloc(i % 7 == 0 ? 20000 : 100);
  errno = 4711;
  for (size_t i = 0; i < COUNT_OF(many); i++) free(many[i]);
  free(NULL);
  assert_int_equal(errno, 4711);
}

static void success_keeps_errno(void **state) {
  (void)state;
  void *blocks[400];
  errno = 4711;
  for (size_t i = 0; i < COUNT_OF(blocks); i++) blocks[i] = malloc(i * i);
  for (size_t i = 0; i < COUNT_OF(blocks); i++) blocks[i] = realloc(blocks[i], i * 50 + 1);
  assert_int_equal(errno, 4711);
  for (size_t i = 0; i < COUNT_OF(blocks); i++) free(blocks[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(zero_gives_blocks_of_their_own),
    cmocka_unit_test(free_of_null),
    cmocka_unit_test(alignment_and_room_at_every_size),
    cmocka_unit_test(neighbours_of_one_size),
    cmocka_unit_test(too_large),
    cmocka_unit_test(larger_than_the_address_space),
    cmocka_unit_test(products_that_overflow),
    cmocka_unit_test(alignment_and_size_that_overflow),
    cmocka_unit_test(calloc_clears),
    cmocka_unit_test(frees_with_sizes),
    cmocka_unit_test(free_keeps_errno),
    cmocka_unit_test(success_keeps_errno),
  };
  return RUN_GROUP(tests);
}

/* memalign, aligned_alloc, posix_memalign, valloc, pvalloc. */
#include "support.h"

/* Everything stays alive for a while, so that overlaps show. */
static void check_alignment(size_t alignment) {
  enum { SIZES = 14 };
  const size_t sizes[SIZES] = {0, 1, 8, 16, 24, 100, 500, 1000, 1025, 4096, 5000, 40000, alignment, alignment + 1};
  unsigned char *blocks[3 * SIZES];
  size_t usable[3 * SIZES];
  for (size_t i = 0; i < COUNT_OF(blocks); i++) {
    size_t size = sizes[i % SIZES];
    void *block = NULL;
    if (i < SIZES) {
      block = memalign(alignment, size);
    } else if (i < 2 * SIZES) {
      block = aligned_alloc(alignment, size);
    } else if (alignment >= sizeof(void *)) {
      assert_int_equal(posix_memalign(&block, alignment, size), 0);
    } else {
      block = malloc(size);
    }
    assert_non_null(block);
    assert_int_equal((uintptr_t)block % (alignment < 16 ? 16 : alignment), 0);
    blocks[i] = block;
    usable[i] = malloc_usable_size(block);
    assert_true(usable[i] >= size);
    pattern_fill(block, usable[i], (uint32_t)i);
  }
  for (size_t i = 0; i < COUNT_OF(blocks); i++)
    if (!pattern_holds(blocks[i], usable[i], usable[i], (uint32_t)i))
      fail_msg("alignment %zu, block %zu", alignment, i);
  for (size_t i = 0; i < COUNT_OF(blocks); i += 2) free(blocks[i]);
  for (size_t i = 1; i < COUNT_OF(blocks); i += 2) {
    assert_true(pattern_holds(blocks[i], usable[i], usable[i], (uint32_t)i));
    free(blocks[i]);
  }
}

static void every_power_of_two(void **state) {
  (void)state;
  for (size_t alignment = 1; alignment <= (size_t)1 << 20; alignment *= 2)
    for (int round = 0; round < 3; round++) check_alignment(alignment);
}

static void very_large_alignments(void **state) {
  (void)state;
  for (size_t alignment = (size_t)1 << 21; alignment <= (size_t)1 << 30; alignment *= 2) {
    char *block = memalign(alignment, 1000), *other = memalign(alignment, 200000);
    assert_true(block != NULL && other != NULL && block != other);
    assert_int_equal((uintptr_t)block % alignment, 0);
    assert_int_equal((uintptr_t)other % alignment, 0);
    memset(block, 1, 1000);
    memset(other, 2, 200000);
    free(block);
    free(other);
  }
}

static void posix_memalign_refuses(void **state) {
  (void)state;
  static const size_t wrong[] = {
    0, 1, 2, 4, 3, 7, 9, 12, 24, 48, 100, 4095, 4097, SIZE_MAX, (size_t)PTRDIFF_MAX, 3 * sizeof(void *)};
  for (size_t i = 0; i < COUNT_OF(wrong); i++) {
    int anything;
    void *pointer = &anything;
    assert_int_equal(posix_memalign(&pointer, wrong[i], 100), EINVAL);
    assert_ptr_equal(pointer, &anything); /* untouched */
    assert_int_equal(posix_memalign(&pointer, wrong[i], 0), EINVAL);
    assert_int_equal(posix_memalign(&pointer, wrong[i], SIZE_MAX), EINVAL);
  }
  void *block = NULL;
  assert_int_equal(posix_memalign(&block, sizeof(void *), 0), 0);
  free(block);
}

/* glibc's: another alignment than a power of two is rounded up to one, one that cannot be is EINVAL. */
static void memalign_of_odd_alignments(void **state) {
  (void)state;
  static const size_t odd[] = {0, 1, 3, 5, 17, 24, 33, 48, 100, 1000, 4097, 5000};
  for (size_t i = 0; i < COUNT_OF(odd); i++) {
    size_t power = 16;
    while (power < odd[i]) power *= 2;
    void *block = memalign(odd[i], 200);
    assert_non_null(block);
    assert_int_equal((uintptr_t)block % power, 0);
    memset(block, 1, 200);
    free(block);
  }
  errno = 0;
  assert_null(memalign(SIZE_MAX / 2 + 2, 1));
  assert_int_equal(errno, EINVAL);
}

static void pages(void **state) {
  (void)state;
  void *blocks[60];
  for (size_t i = 0; i < COUNT_OF(blocks); i++) {
    size_t size = i * 400;
    blocks[i] = i % 2 == 0 ? valloc(size) : pvalloc(size);
    assert_non_null(blocks[i]);
    assert_int_equal((uintptr_t)blocks[i] % PAGE, 0);
    size_t rounded = (size + PAGE - 1) / PAGE * PAGE;
    assert_true(malloc_usable_size(blocks[i]) >= (i % 2 == 0 ? size : rounded));
    pattern_fill(blocks[i], i % 2 == 0 ? size : rounded, (uint32_t)i);
  }
  for (size_t i = 0; i < COUNT_OF(blocks); i++) {
    size_t size = i * 400, rounded = (size + PAGE - 1) / PAGE * PAGE;
    size_t filled = i % 2 == 0 ? size : rounded;
    assert_true(pattern_holds(blocks[i], filled, filled, (uint32_t)i));
    free(blocks[i]);
  }
}

/* Aligned blocks waste no more than their alignment for long: what lies before them serves others. */
static void room_before_aligned_blocks_is_used(void **state) {
  (void)state;
  enum { BLOCKS = 2000 };
  void **blocks = malloc(BLOCKS * sizeof *blocks);
  long before = resident_kilobytes();
  for (size_t i = 0; i < BLOCKS; i++) {
    blocks[i] = memalign(4096, 2000);
    memset(blocks[i], 1, 2000);
  }
  long taken = resident_kilobytes() - before;
  assert_true(taken < 2 * BLOCKS * 4 + 2000);
  for (size_t i = 0; i < BLOCKS; i++) free(blocks[i]);
  free(blocks);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_power_of_two),
    cmocka_unit_test(very_large_alignments),
    cmocka_unit_test(posix_memalign_refuses),
    cmocka_unit_test(memalign_of_odd_alignments),
    cmocka_unit_test(pages),
    cmocka_unit_test(room_before_aligned_blocks_is_used),
  };
  return RUN_GROUP(tests);
}

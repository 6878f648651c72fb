/* Private arenas: contents, limits, statistics, walks, trimming, and refused calls to the system. */
#include "random.h"

#include "core/arena.h"
#include "core/system.h"
#include "rille_arena.h"

#define BLOCKS 3000

typedef struct Slot {
  unsigned char *block;
  size_t size;
  unsigned tag;
} Slot;

static void release(rille_arena *arena, Slot *slot) {
  block_check(slot->block, slot->size, slot->tag, slot->size);
  rille_arena_free(arena, slot->block, slot->size);
  slot->block = NULL;
}

static void take(rille_arena *arena, Slot *slot, Random *random) {
  slot->size = random_size(random);
  slot->tag = (unsigned)random_next(random);
  size_t kind = random_below(random, 10);
  if (kind == 0) {
    size_t alignment = (size_t)1 << random_below(random, 15);
    slot->block = rille_arena_allocate_aligned(arena, alignment, slot->size);
    if (slot->block != NULL) assert_int_equal((uintptr_t)slot->block % alignment, 0);
  } else if (kind == 1) {
    slot->block = rille_arena_allocate_zeroed(arena, slot->size);
    if (slot->block != NULL)
      for (size_t i = 0; i < slot->size; i++) assert_int_equal(slot->block[i], 0);
  } else {
    slot->block = rille_arena_allocate(arena, slot->size);
  }
  if (slot->block == NULL) return;
  assert_int_equal((uintptr_t)slot->block % 16, 0);
  assert_true(rille_arena_usable_size(arena, slot->block, slot->size) >= slot->size);
  block_fill(slot->block, slot->size, slot->tag);
}

static void change_size(rille_arena *arena, Slot *slot, Random *random) {
  size_t size = random_below(random, 3) == 0 ? slot->size * 2 : random_size(random);
  unsigned char *moved = rille_arena_resize(arena, slot->block, slot->size, size);
  if (moved == NULL) {
    assert_true(size > slot->size);
    return;
  }
  block_check(moved, size < slot->size ? size : slot->size, slot->tag, slot->size);
  slot->block = moved;
  slot->size = size;
  block_fill(moved, size, slot->tag);
}

static void churn(rille_arena *arena, Slot *slots, size_t count, Random *random, int steps) {
  for (int i = 0; i < steps; i++) {
    Slot *slot = &slots[random_below(random, count)];
    if (slot->block == NULL)
      take(arena, slot, random);
    else if (random_below(random, 4) == 0)
      change_size(arena, slot, random);
    else
      release(arena, slot);
    if (i % 20000 == 0) rille_arena_verify(arena);
  }
}

static int count_visit(void *data, void *block, size_t bytes) {
  size_t *sums = data;
  sums[0]++;
  sums[1] += bytes;
  memset(block, 0, 0);
  return 0;
}

static void check_figures(rille_arena *arena, const Slot *slots, size_t count) {
  rille_arena_statistics figures;
  size_t live = 0, bytes = 0, sums[2] = {0, 0};
  for (size_t i = 0; i < count; i++)
    if (slots[i].block != NULL) {
      live++;
      bytes += rille_arena_usable_size(arena, slots[i].block, slots[i].size);
    }
  rille_arena_get_statistics(arena, &figures);
  assert_int_equal(rille_arena_walk(arena, count_visit, sums), 0);
  assert_int_equal(figures.live_blocks, live);
  assert_int_equal(sums[0], live);
  assert_int_equal(figures.live, bytes);
  assert_int_equal(sums[1], bytes);
  assert_true(figures.held >= bytes && figures.held % RLM_PAGE == 0);
  assert_int_equal(figures.held, figures.live + figures.free_in_runs + figures.free_in_bins + figures.free_at_top +
                                   figures.administration);
}

static void test_contents(void **state) {
  static Slot slots[BLOCKS];
  (void)state;
  for (unsigned flags = 0; flags < 2; flags++) {
    rille_arena_options options = {0, "contents", flags};
    rille_arena *arena = rille_arena_create(&options);
    Random random = {88172645463325252u + flags};
    assert_non_null(arena);
    assert_string_equal(rille_arena_name(arena), "contents");
    churn(arena, slots, BLOCKS, &random, 80000);
    check_figures(arena, slots, BLOCKS);
    for (size_t i = 0; i < BLOCKS; i++)
      if (slots[i].block != NULL && i % 3 != 0) release(arena, &slots[i]);
    rille_arena_verify(arena);
    check_figures(arena, slots, BLOCKS);
    rille_arena_trim(arena, 0);
    rille_arena_verify(arena);
    check_figures(arena, slots, BLOCKS);
    churn(arena, slots, BLOCKS, &random, 50000);
    for (size_t i = 0; i < BLOCKS; i++)
      if (slots[i].block != NULL) release(arena, &slots[i]);
    rille_arena_verify(arena);
    rille_arena_trim(arena, 0);
    rille_arena_verify(arena);
    rille_arena_statistics figures;
    rille_arena_get_statistics(arena, &figures);
    assert_int_equal(figures.live_blocks, 0);
    assert_int_equal(figures.heaps, 1);
    assert_true(figures.held < 600 * 1024);
    rille_arena_destroy(arena);
    memset(slots, 0, sizeof slots);
  }
}

/* What is held never exceeds the limit, and comes within a page of it. */
static void test_limit(void **state) {
  (void)state;
  for (size_t limit = 20480; limit < 3000000; limit = limit * 3 / 2 / RLM_PAGE * RLM_PAGE) {
    rille_arena_options options = {limit, NULL, 0};
    rille_arena *arena = rille_arena_create(&options);
    rille_arena_statistics figures;
    assert_non_null(arena);
    char *last = NULL, *block;
    while ((block = rille_arena_allocate(arena, 1500)) != NULL) {
      *(char **)block = last;
      last = block;
    }
    rille_arena_get_statistics(arena, &figures);
    assert_true(figures.held <= limit);
    assert_true(figures.held + RLM_PAGE > limit);
    assert_true(figures.free_at_top < 1500 + 64);
    while (last != NULL) {
      block = *(char **)last;
      rille_arena_free(arena, last, 1500);
      last = block;
    }
    assert_null(rille_arena_allocate(arena, limit));
    assert_non_null(rille_arena_allocate(arena, limit - 16 * 1024 - 64));
    rille_arena_verify(arena);
    rille_arena_destroy(arena);
  }
  rille_arena_options options = {4096, NULL, 0};
  assert_null(rille_arena_create(&options));
}

static void test_churn_under_limit(void **state) {
  static Slot slots[BLOCKS];
  (void)state;
  rille_arena_options options = {3 * 1024 * 1024, NULL, 0};
  rille_arena *arena = rille_arena_create(&options);
  Random random = {4711};
  rille_arena_statistics figures;
  churn(arena, slots, BLOCKS, &random, 60000);
  check_figures(arena, slots, BLOCKS);
  rille_arena_get_statistics(arena, &figures);
  assert_true(figures.peak_held <= options.limit);
  assert_true(figures.peak_held > options.limit - 64 * 1024);
  rille_arena_destroy(arena);
  memset(slots, 0, sizeof slots);
}

/* Every call to the system is refused once, and from each one on. Nothing is lost by that. */
static void test_refusals(void **state) {
  static Slot slots[BLOCKS];
  (void)state;
  for (int later = 0; later < 2; later++) {
    unsigned long needed = 1; /* of an undisturbed run, k = 0, at first */
    for (unsigned long k = 0; k <= needed; k++) {
      Random random = {1234567};
      rlm_system_fail_at(k, later);
      rille_arena *arena = rille_arena_create(NULL);
      if (arena != NULL) {
        churn(arena, slots, 400, &random, 1500);
        unsigned long calls = rlm_system_fail_at(0, false);
        if (calls > needed) needed = calls < 60 ? calls : 60;
        rille_arena_verify(arena);
        check_figures(arena, slots, 400);
        churn(arena, slots, 400, &random, 1500);
        check_figures(arena, slots, 400);
      }
      rlm_system_fail_at(0, false);
      rille_arena_destroy(arena);
      memset(slots, 0, sizeof slots);
    }
    assert_true(needed > 10);
  }
}

static void test_lua_alloc(void **state) {
  (void)state;
  rille_arena *arena = rille_arena_create(NULL);
  assert_null(rille_arena_lua_alloc(arena, NULL, 5, 0));
  char *block = rille_arena_lua_alloc(arena, NULL, 5, 100);
  memset(block, 'x', 100);
  block = rille_arena_lua_alloc(arena, block, 100, 5000);
  assert_int_equal(block[99], 'x');
  block = rille_arena_lua_alloc(arena, block, 5000, 500000);
  assert_int_equal(block[99], 'x');
  block = rille_arena_lua_alloc(arena, block, 500000, 10);
  assert_int_equal(block[9], 'x');
  assert_null(rille_arena_lua_alloc(arena, block, 10, 0));
  rille_arena_statistics figures;
  rille_arena_get_statistics(arena, &figures);
  assert_int_equal(figures.live_blocks, 0);
  rille_arena_destroy(arena);
}

/* Many heaps: blocks of all of them are found, and empty heaps go. */
static void test_heaps(void **state) {
  (void)state;
  rille_arena *arena = rille_arena_create(NULL);
  enum { COUNT = 40 };
  const size_t size = 20 * 1024 * 1024;
  char *blocks[COUNT];
  char *small[COUNT];
  rille_arena_statistics figures;
  for (int i = 0; i < 2; i++) /* blocks of this size come from heaps once one was freed */
    rille_arena_free(arena, rille_arena_allocate(arena, size + RLM_PAGE), size + RLM_PAGE);
  for (int i = 0; i < COUNT; i++) {
    blocks[i] = rille_arena_allocate(arena, size);
    small[i] = rille_arena_allocate(arena, 3000);
    blocks[i][0] = blocks[i][size - 1] = (char)i;
  }
  rille_arena_get_statistics(arena, &figures);
  assert_true(figures.heaps >= COUNT / 3);
  for (int i = 0; i < COUNT; i++) {
    assert_int_equal(blocks[i][size - 1], i);
    rille_arena_free(arena, blocks[i], size);
    rille_arena_free(arena, small[i], 3000);
  }
  rille_arena_trim(arena, 0);
  rille_arena_get_statistics(arena, &figures);
  assert_int_equal(figures.heaps, 1);
  rille_arena_verify(arena);
  rille_arena_destroy(arena);
}

static void test_extremes(void **state) {
  (void)state;
  rille_arena *arena = rille_arena_create(NULL);
  assert_null(rille_arena_allocate(arena, SIZE_MAX));
  assert_null(rille_arena_allocate(arena, (size_t)PTRDIFF_MAX + 1));
  assert_null(rille_arena_allocate(arena, PTRDIFF_MAX));
  assert_null(rille_arena_allocate_zeroed(arena, SIZE_MAX));
  assert_null(rille_arena_allocate_aligned(arena, 24, 8));
  assert_null(rille_arena_allocate_aligned(arena, 0, 8));
  assert_null(rille_arena_allocate_aligned(arena, (size_t)1 << 62, SIZE_MAX));
  assert_null(rille_arena_allocate_aligned(arena, (size_t)1 << 62, (size_t)1 << 62));
  for (size_t alignment = 1; alignment <= (size_t)1 << 26; alignment *= 2)
    for (size_t size = 0; size < 200000; size = size * 2 + 1) {
      char *block = rille_arena_allocate_aligned(arena, alignment, size);
      assert_non_null(block);
      assert_int_equal((uintptr_t)block % alignment, 0);
      memset(block, 1, size);
      rille_arena_free(arena, block, size);
    }
  char *block = rille_arena_allocate(arena, 100);
  assert_null(rille_arena_resize(arena, block, 100, SIZE_MAX));
  assert_null(rille_arena_resize(arena, block, 100, PTRDIFF_MAX));
  rille_arena_free(arena, block, 100);
  rille_arena_free(arena, NULL, 0);
  rille_arena_verify(arena);
  rille_arena_destroy(arena);
  rille_arena_destroy(NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_contents), cmocka_unit_test(test_limit),     cmocka_unit_test(test_churn_under_limit),
    cmocka_unit_test(test_refusals), cmocka_unit_test(test_lua_alloc), cmocka_unit_test(test_heaps),
    cmocka_unit_test(test_extremes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

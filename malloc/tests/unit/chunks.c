/* Size classes, bins, chunks that are split and coalesced, tops, heaps, page runs: the rooms of malloc/src/core. */
#include "random.h"

#include "core/arena.h"
#include "core/bins.h"
#include "core/cache.h"
#include "core/chunks.h"
#include "core/heap.h"
#include "core/purge.h"
#include "core/runs.h"

static Arena *open_arena(void) {
  Arena *arena = rlm_arena_open(UINT64_C(0x123456789abcdef1), 0, "test", false);
  assert_non_null(arena);
  return arena;
}

static Chunk *take(Arena *arena, size_t size) {
  Chunk *chunk = rlm_chunk_allocate(arena, size, RLM_GRANULE, NULL);
  assert_non_null(chunk);
  assert_true(chunk_size(chunk) >= size && chunk_size(chunk) < size + RLM_CHUNK_MIN);
  return chunk;
}

static size_t count_free(const Arena *arena) {
  size_t count = 0;
  for (unsigned bin = 0; bin < RLM_BIN_COUNT; bin++)
    for (const Chunk *chunk = arena->bins[bin]; chunk != NULL; chunk = chunk->next) count++;
  return count;
}

/* ---- sizes ---- */

static void test_size_classes(void **state) {
  (void)state;
  for (size_t size = 0; size <= RLM_SMALL_MAX; size++) {
    unsigned size_class = class_of_size(size);
    assert_true(size_class < RLM_CLASS_COUNT);
    assert_true(class_bytes_of(size_class) >= size);
    assert_true(size == 0 || size_class == 1 || class_bytes_of(size_class - 1) < size);
    assert_int_equal(class_bytes_of(size_class) % RLM_GRANULE, 0);
  }
  assert_int_equal(class_of_size(RLM_SMALL_MAX), RLM_CLASS_COUNT - 1);
  for (size_t request = 0; request < 100000; request += 7) {
    size_t size = chunk_size_for(request);
    assert_true(size >= RLM_CHUNK_MIN && size % RLM_GRANULE == 0 && size - RLM_CHUNK_COST >= request);
    assert_true(size < request + RLM_CHUNK_COST + RLM_GRANULE || size == RLM_CHUNK_MIN);
  }
}

/* Bins rise with size, and a chunk of a higher bin has room for whatever a lower one is asked for. */
static void test_bins_rise(void **state) {
  (void)state;
  unsigned before = 0;
  for (size_t size = RLM_CHUNK_MIN; size <= RLM_HEAP_BYTES; size += size < 100000 ? 16 : 16 * 1021) {
    unsigned bin = bin_of_size(size);
    assert_true(bin >= before && bin < RLM_BIN_COUNT);
    if (size < 1024) assert_int_equal(bin, size / 16);
    before = bin;
  }
}

/* ---- splitting and coalescing ---- */

/* Three neighbours are freed in each order: one chunk is left, of their whole size. */
static void test_coalescing(void **state) {
  static const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
  (void)state;
  for (int i = 0; i < 6; i++) {
    Arena *arena = open_arena();
    Chunk *parts[3];
    for (int k = 0; k < 3; k++) parts[k] = take(arena, 480 + (size_t)k * 1600);
    Chunk *fence = take(arena, 64);
    for (int k = 0; k < 3; k++) {
      rlm_chunk_free(arena, parts[orders[i][k]]);
      rlm_arena_verify(arena);
    }
    assert_int_equal(count_free(arena), 1);
    assert_int_equal(chunk_size(parts[0]), 480 * 3 + 1600 * 3);
    assert_ptr_equal(take(arena, 480 * 3 + 1600 * 3), parts[0]);
    assert_int_equal(count_free(arena), 0);
    rlm_chunk_free(arena, parts[0]);
    rlm_chunk_free(arena, fence); /* everything joins the top */
    assert_int_equal(count_free(arena), 0);
    assert_ptr_equal(arena->heaps->top, arena->heaps->first);
    rlm_arena_verify(arena);
    rille_arena_destroy(arena);
  }
}

static void test_splitting(void **state) {
  (void)state;
  Arena *arena = open_arena();
  Chunk *large = take(arena, 10000 / 16 * 16), *fence = take(arena, 64);
  size_t size = chunk_size(large);
  rlm_chunk_free(arena, large);
  Chunk *first = take(arena, 4000), *second = take(arena, 3200);
  assert_ptr_equal(first, large);
  assert_ptr_equal(second, chunk_after(first));
  assert_int_equal(count_free(arena), 1);
  /* A rest that could not be a chunk stays with the block. */
  size_t rest = size - 4000 - 3200;
  Chunk *third = rlm_chunk_allocate(arena, rest - 16, RLM_GRANULE, NULL);
  assert_ptr_equal(third, chunk_after(second));
  assert_int_equal(chunk_size(third), rest);
  assert_int_equal(count_free(arena), 0);
  rlm_chunk_free(arena, second);
  assert_false(rlm_chunk_resize(arena, first, 4000 + 3200 + 16));
  assert_true(rlm_chunk_resize(arena, first, 5000 / 16 * 16));
  rlm_arena_verify(arena);
  assert_true(rlm_chunk_resize(arena, first, 4000 + 3200));
  assert_int_equal(count_free(arena), 0);
  assert_true(rlm_chunk_resize(arena, first, 64));
  assert_int_equal(count_free(arena), 1);
  assert_true(rlm_chunk_resize(arena, fence, 100000 / 16 * 16)); /* into the top */
  rlm_arena_verify(arena);
  rille_arena_destroy(arena);
}

/* The closest fit of several is taken. */
static void test_fit(void **state) {
  (void)state;
  Arena *arena = open_arena();
  static const size_t sizes[] = {2048, 2080, 2112, 2144, 2176, 2208};
  Chunk *chunks[6];
  for (int i = 0; i < 6; i++) {
    chunks[i] = take(arena, sizes[i]);
    take(arena, 64);
  }
  for (int i = 0; i < 6; i++) rlm_chunk_free(arena, chunks[i]);
  assert_int_equal(count_free(arena), 6);
  assert_ptr_equal(take(arena, 2112), chunks[2]);
  assert_ptr_equal(take(arena, 2112), chunks[3]);
  rille_arena_destroy(arena);
}

static void test_alignment(void **state) {
  (void)state;
  Arena *arena = open_arena();
  Random random = {99};
  Chunk *chunks[300];
  for (int i = 0; i < 300; i++) {
    size_t alignment = (size_t)16 << random_below(&random, 14);
    chunks[i] = rlm_chunk_allocate(arena, 32 + random_below(&random, 500) * 16, alignment, NULL);
    assert_int_equal((uintptr_t)chunk_user(chunks[i]) % alignment, 0);
    if (i % 3 == 2) rlm_chunk_free(arena, chunks[i]);
  }
  rlm_arena_verify(arena);
  for (int i = 0; i < 300; i++)
    if (i % 3 != 2) rlm_chunk_free(arena, chunks[i]);
  rlm_arena_verify(arena);
  assert_int_equal(count_free(arena), 0);
  rille_arena_destroy(arena);
}

/* What is said to be zero is. */
static void test_zero_from(void **state) {
  (void)state;
  Arena *arena = open_arena();
  Random random = {5};
  Chunk *chunks[50] = {NULL};
  for (int i = 0; i < 3000; i++) {
    int at = (int)random_below(&random, 50);
    if (chunks[at] != NULL) rlm_chunk_free(arena, chunks[at]);
    char *zero_from = NULL;
    size_t size = 2048 + random_below(&random, 2000) * 16;
    chunks[at] = rlm_chunk_allocate(arena, size, RLM_GRANULE, &zero_from);
    char *user = chunk_user(chunks[at]), *end = user + size - RLM_CHUNK_COST;
    for (char *byte = zero_from > user ? zero_from : user; byte < end; byte++) assert_int_equal(*byte, 0);
    memset(user, 0xaa, size - RLM_CHUNK_COST);
    if (i % 500 == 0) rlm_purge_all(arena, 0);
  }
  rlm_arena_verify(arena);
  rille_arena_destroy(arena);
}

/* ---- heaps ---- */

static void test_heaps_come_and_go(void **state) {
  (void)state;
  Arena *arena = open_arena();
  enum { COUNT = 12 };
  Chunk *chunks[COUNT];
  for (int i = 0; i < COUNT; i++) chunks[i] = take(arena, RLM_CHUNK_MAX / 2);
  size_t heaps = 0;
  for (MemoryHeap *heap = arena->heaps; heap != NULL; heap = heap->next) {
    assert_int_equal((uintptr_t)heap % RLM_HEAP_BYTES, 0);
    assert_ptr_equal(heap->arena, arena);
    heaps++;
  }
  assert_true(heaps >= COUNT / 4);
  for (int i = 0; i < COUNT; i++) assert_ptr_equal(heap_of(chunks[i])->arena, arena);
  for (int i = 0; i < COUNT; i++) rlm_chunk_free(arena, chunks[i]);
  rlm_arena_verify(arena);
  rlm_purge_all(arena, 0);
  assert_null(arena->heaps->next);
  assert_true(rlm_heap_is_first(arena->heaps));
  assert_true(arena->held <= 4 * RLM_PAGE);
  rlm_arena_verify(arena);
  rille_arena_destroy(arena);
}

/* Free memory goes back when there is much of it, without anybody asking, and is found again. */
static void test_purging(void **state) {
  (void)state;
  Arena *arena = open_arena();
  enum { COUNT = 4000 };
  static Chunk *chunks[COUNT];
  for (int i = 0; i < COUNT; i++) memset(chunk_user(chunks[i] = take(arena, 8192)), 1, 8192 - RLM_CHUNK_COST);
  for (int i = 0; i < COUNT; i++)
    if (i % 100 != 0) rlm_chunk_free(arena, chunks[i]);
  assert_true(arena->dirty < (size_t)COUNT * 8192 / 4);
  rlm_arena_verify(arena);
  assert_true(rlm_purge_all(arena, 0) > 0);
  assert_true(arena->dirty < (size_t)COUNT / 100 * 3 * RLM_PAGE);
  assert_int_equal(rlm_purge_all(arena, 0), 0); /* there is nothing left */
  for (int i = 0; i < COUNT; i++)
    if (i % 100 != 0) memset(chunk_user(chunks[i] = take(arena, 8192)), 1, 8192 - RLM_CHUNK_COST);
  rlm_arena_verify(arena);
  rille_arena_destroy(arena);
}

/* ---- page runs ---- */

static void test_run_of_each_class(void **state) {
  (void)state;
  Arena *arena = open_arena();
  for (unsigned size_class = 0; size_class < RLM_CLASS_COUNT; size_class++)
    for (size_t owned = 0; owned <= (size_t)1 << 21; owned = owned * 2 + 4096) {
      PageRun *run = rlm_run_open(arena, &arena->cache, size_class, owned);
      assert_non_null(run);
      assert_int_equal((uintptr_t)run->base % RLM_PAGE, 0);
      uint32_t cells = run_capacity(run);
      assert_true(cells >= 3 && cells <= RLM_RUN_CELLS_MAX);
      assert_true(run->bytes + RLM_CHUNK_COST <= run->pages * RLM_PAGE);
      assert_false(run_holds(run, run->base)); /* none is cut yet */
      while (rlm_run_extend(run, arena->secret)) {
      }
      assert_int_equal(run->extent, run->bytes);
      for (uint32_t offset = 0; offset < run->pages * RLM_PAGE; offset++) {
        assert_int_equal(run_holds(run, run->base + offset), offset < run->bytes && offset % run->cell_bytes == 0);
        assert_ptr_equal(heap_run_of(run->heap, run->base + offset), run);
      }
      for (uint32_t i = 0; i < cells; i++) {
        char *cell = run_take(run, arena->secret);
        assert_true(run_holds(run, cell));
        assert_false(cell_is_free((FreeCell *)cell, arena->secret));
        memset(cell, 0xee, run->cell_bytes);
      }
      assert_null(run->free);
      assert_int_equal(run->used, cells);
      for (uint32_t i = 0; i < cells; i++) {
        run_give(run, (FreeCell *)(run->base + (size_t)i * run->cell_bytes), arena->secret);
        assert_true(cell_is_free((FreeCell *)(run->base + (size_t)i * run->cell_bytes), arena->secret));
      }
      uint64_t is_free[RLM_RUN_CELLS_MAX / 64] = {0};
      rlm_run_mark_free(run, arena->secret, is_free);
      uint32_t marked = 0;
      for (size_t i = 0; i < RLM_RUN_CELLS_MAX / 64; i++) marked += (uint32_t)__builtin_popcountll(is_free[i]);
      assert_int_equal(marked, cells);
      MemoryHeap *heap = run->heap;
      char *base = run->base;
      rlm_run_close(arena, run);
      assert_null(heap_run_of(heap, base));
      rlm_arena_verify(arena);
    }
  rlm_purge_all(arena, 0); /* the descriptors, too */
  assert_int_equal(arena->heaps->chunks_in_use, 0);
  assert_ptr_equal(arena->heaps->top, arena->heaps->first);
  rille_arena_destroy(arena);
}

/* A class's life in a cache: chunks at first, then runs; full runs come back; empty ones become chunks. */
static void test_cache_of_one_class(void **state) {
  (void)state;
  Arena *arena = open_arena();
  RunCache *cache = &arena->cache;
  enum { COUNT = 20000 };
  static char *cells[COUNT];
  const size_t size = 96;
  Random random = {77};
  for (int i = 0; i < COUNT; i++) memset(cells[i] = cache_allocate(cache, size), i & 255, size);
  assert_null(heap_run_of(heap_of(cells[0]), cells[0]));
  assert_non_null(heap_run_of(heap_of(cells[COUNT - 1]), cells[COUNT - 1]));
  for (int round = 0; round < 200000; round++) {
    int at = (int)random_below(&random, COUNT);
    PageRun *run = heap_run_of(heap_of(cells[at]), cells[at]);
    assert_int_equal((unsigned char)cells[at][size - 1], at & 255);
    if (run != NULL)
      cache_give(cache, run, cells[at]);
    else
      rlm_cache_free_chunk(cache, heap_of(cells[at]), cells[at]);
    memset(cells[at] = cache_allocate(cache, size), at & 255, size);
  }
  rlm_cache_cool(cache);
  rlm_arena_verify(arena);
  for (int i = 0; i < COUNT; i++) rille_arena_free(arena, cells[i], size);
  rlm_cache_trim(cache);
  assert_int_equal(arena->heaps->runs_in_use, 0);
  assert_int_equal(cache->slots[class_of_size(size)].run_bytes, 0);
  rlm_arena_verify(arena);
  rille_arena_destroy(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_size_classes),
    cmocka_unit_test(test_bins_rise),
    cmocka_unit_test(test_coalescing),
    cmocka_unit_test(test_splitting),
    cmocka_unit_test(test_fit),
    cmocka_unit_test(test_alignment),
    cmocka_unit_test(test_zero_from),
    cmocka_unit_test(test_heaps_come_and_go),
    cmocka_unit_test(test_purging),
    cmocka_unit_test(test_run_of_each_class),
    cmocka_unit_test(test_cache_of_one_class),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

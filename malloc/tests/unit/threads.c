/* The process's malloc (under its other names) with several threads: contents, cells that go home, caches that are
 * orphaned and adopted. Runs under ThreadSanitizer, too. */
#include "random.h"

#include <pthread.h>
#include <sys/mman.h>

#include "process/process.h"

#define SLOTS 2000

typedef struct Shared {
  _Atomic(unsigned char *) blocks[SLOTS];
} Shared;

static Shared shared;

/* The first bytes of a block say how large it is and what is in the rest. */
static unsigned char *make(Random *random) {
  size_t size = 16 + random_size(random) % 50000;
  size_t alignment = (size_t)1 << random_below(random, 10);
  unsigned char *block = random_below(random, 8) == 0 ? rlm_memalign(alignment, size) : rlm_malloc(size);
  assert_non_null(block);
  memcpy(block, &size, sizeof size);
  block_fill(block + sizeof size, size - sizeof size, (unsigned)size);
  return block;
}

static void check(const unsigned char *block) {
  size_t size;
  memcpy(&size, block, sizeof size);
  block_check(block + sizeof size, size - sizeof size, (unsigned)size, size - sizeof size);
}

static void destroy(unsigned char *block) {
  if (block == NULL) return;
  check(block);
  rlm_free(block);
}

static void *exchange_blocks(void *data) {
  Random random = {(uint64_t)(uintptr_t)data * 7919};
  for (int i = 0; i < 15000; i++) {
    unsigned char *block = make(&random);
    if (random_below(&random, 10) == 0) {
      size_t size = 16 + random_size(&random) % 50000, old_size;
      memcpy(&old_size, block, sizeof old_size);
      block = rlm_realloc(block, size);
      block_check(block + sizeof size, (size < old_size ? size : old_size) - sizeof size, (unsigned)old_size,
                  old_size - sizeof size);
      memcpy(block, &size, sizeof size);
      block_fill(block + sizeof size, size - sizeof size, (unsigned)size);
    }
    destroy(atomic_exchange(&shared.blocks[random_below(&random, SLOTS)], block));
  }
  return NULL;
}

static void run_threads(void *(*body)(void *), unsigned count) {
  pthread_t threads[16];
  for (unsigned i = 0; i < count; i++)
    assert_int_equal(pthread_create(&threads[i], NULL, body, (void *)(uintptr_t)(i + 1)), 0);
  for (unsigned i = 0; i < count; i++) pthread_join(threads[i], NULL);
}

static void verify_all(void) {
  for (unsigned i = 0; i < rlm_process_arena_count(); i++) {
    Arena *arena = rlm_process_arena(i);
    lock_take(&arena->lock);
    rlm_arena_verify(arena);
    lock_leave(&arena->lock);
  }
}

static size_t blocks_in_use(void) {
  size_t count = 0;
  rlm_cache_trim_own();
  rlm_caches_reclaim();
  for (unsigned i = 0; i < rlm_process_arena_count(); i++) {
    rille_arena_statistics figures;
    Arena *arena = rlm_process_arena(i);
    lock_take(&arena->lock);
    rlm_arena_statistics(arena, &figures);
    lock_leave(&arena->lock);
    count += figures.live_blocks;
  }
  return count;
}

static void test_exchange(void **state) {
  (void)state;
  size_t before = blocks_in_use();
  run_threads(exchange_blocks, 6);
  verify_all();
  for (size_t i = 0; i < SLOTS; i++) destroy(atomic_exchange(&shared.blocks[i], NULL));
  verify_all();
  assert_int_equal(blocks_in_use(), before); /* whatever was on its way has arrived */
}

/* Caches are taken from threads again and again while they work: contents stay right, and nothing is lost. */
static _Atomic(bool) stops;

static void *take_caches_away(void *data) {
  (void)data;
  uint64_t now = rlm_system_milliseconds();
  while (!stops) {
    rlm_caches_reclaim();
    rlm_idle_tick(now += 1000);
  }
  return NULL;
}

static void test_taken_caches(void **state) {
  (void)state;
  size_t before = blocks_in_use();
  pthread_t thread;
  stops = false;
  assert_int_equal(pthread_create(&thread, NULL, take_caches_away, NULL), 0);
  run_threads(exchange_blocks, 4);
  stops = true;
  pthread_join(thread, NULL);
  verify_all();
  for (size_t i = 0; i < SLOTS; i++) destroy(atomic_exchange(&shared.blocks[i], NULL));
  assert_int_equal(blocks_in_use(), before);
  verify_all();
}

/* A thread that sleeps while another frees what it has made. */
static pthread_barrier_t made, freed;

static void *make_and_sleep(void *data) {
  unsigned char **blocks = data;
  for (size_t i = 0; i < SLOTS; i++) memset(blocks[i] = rlm_malloc(200), 1, 200);
  pthread_barrier_wait(&made);
  pthread_barrier_wait(&freed);
  for (size_t i = 0; i < SLOTS; i++) block_fill(blocks[i] = rlm_malloc(200), 200, (unsigned)i);
  for (size_t i = 0; i < SLOTS; i++) block_check(blocks[i], 200, (unsigned)i, 200);
  for (size_t i = 0; i < SLOTS; i++) rlm_free(blocks[i]);
  return NULL;
}

static size_t runs_in_use(void) {
  size_t count = 0;
  for (unsigned i = 0; i < rlm_process_arena_count(); i++) {
    rille_arena_statistics figures;
    Arena *arena = rlm_process_arena(i);
    lock_take(&arena->lock);
    rlm_arena_statistics(arena, &figures);
    lock_leave(&arena->lock);
    count += figures.runs;
  }
  return count;
}

static void free_behind_a_sleeper(void (*give_back)(void)) {
  static unsigned char *blocks[SLOTS];
  pthread_t thread;
  pthread_barrier_init(&made, NULL, 2);
  pthread_barrier_init(&freed, NULL, 2);
  size_t before = runs_in_use();
  assert_int_equal(pthread_create(&thread, NULL, make_and_sleep, blocks), 0);
  pthread_barrier_wait(&made);
  size_t most = runs_in_use();
  for (size_t i = 0; i < SLOTS; i++) rlm_free(blocks[i]);
  assert_true(most > before + 20);
  give_back();
  assert_true(runs_in_use() <= before + 2 + (most - before) / 20); /* the freeing thread's outbox may hold some cells */
  verify_all();
  pthread_barrier_wait(&freed);
  pthread_join(thread, NULL);
  pthread_barrier_destroy(&made);
  pthread_barrier_destroy(&freed);
}

static void tick_often(void) {
  uint64_t now = rlm_system_milliseconds();
  for (int i = 0; i < 20; i++) rlm_idle_tick(now += 200);
}

/* With nobody calling, ticks come to an end: there is nothing left to do. */
static void tick_to_the_end(void) {
  uint64_t now = rlm_system_milliseconds() + 10000;
  int ticks = 0;
  while (rlm_idle_tick(now += 200)) assert_true(ticks++ < 200);
}

static void test_sleepers(void **state) {
  (void)state;
  if (!rlm_system_barrier()) skip();
  free_behind_a_sleeper(rlm_caches_reclaim);
  free_behind_a_sleeper(tick_often);
  free_behind_a_sleeper(tick_to_the_end);
}

/* Threads that fill the slots and end: their caches are orphans when the blocks are freed. */
static void *fill_slots(void *data) {
  size_t first = ((size_t)(uintptr_t)data - 1) * (SLOTS / 8);
  Random random = {first + 1};
  for (size_t i = first; i < first + SLOTS / 8; i++) atomic_store(&shared.blocks[i], make(&random));
  return NULL;
}

static void test_orphans(void **state) {
  (void)state;
  size_t before = blocks_in_use();
  for (int round = 0; round < 5; round++) {
    run_threads(fill_slots, 8);
    for (size_t i = 0; i < SLOTS; i++) destroy(atomic_exchange(&shared.blocks[i], NULL));
  }
  assert_int_equal(blocks_in_use(), before);
  verify_all();
}

/* Caches are used again: so many threads, one after another, need few of them and few arenas. */
static void *one_block(void *data) {
  rlm_free(rlm_malloc(100 + (size_t)(uintptr_t)data));
  return NULL;
}

static void test_adoption(void **state) {
  (void)state;
  unsigned arenas = rlm_process_arena_count();
  for (int i = 0; i < 300; i++) run_threads(one_block, 1);
  assert_true(rlm_process_arena_count() <= arenas + 1);
  assert_true(rlm_process_arena_count() <= 2 * rlm_system_processors() || rlm_process_arena_count() == 1);
}

/* A destructor of thread-specific data that runs after the cache is gone still allocates and frees. */
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define LATE_ROUNDS 1 /* later that sanitizer has forgotten the thread */
#endif
#endif
#ifndef LATE_ROUNDS
#define LATE_ROUNDS 3
#endif

static pthread_key_t late_key;
static _Atomic(int) late_rounds;

static void late(void *value) {
  char *block = rlm_malloc(200);
  memset(block, 1, 200);
  rlm_free(value);
  if (late_rounds++ < LATE_ROUNDS)
    pthread_setspecific(late_key, block);
  else
    rlm_free(block);
}

static void *with_late_destructor(void *data) {
  (void)data;
  pthread_setspecific(late_key, rlm_malloc(300));
  return NULL;
}

static void test_late_destructors(void **state) {
  (void)state;
  size_t before = blocks_in_use();
  assert_int_equal(pthread_key_create(&late_key, late), 0);
  for (int i = 0; i < 20; i++) {
    late_rounds = 0;
    run_threads(with_late_destructor, 1);
  }
  pthread_key_delete(late_key);
  assert_int_equal(blocks_in_use(), before);
  verify_all();
}

/* A thread whose first call comes when nobody will tell of its end any more: its cache stays, and its stack, with its
 * thread-local variables, goes. What it has can be taken from it all the same. */
static void *last_block;

static void call_in_the_last_round(void *value) {
  if (late_rounds++ < LATE_ROUNDS)
    pthread_setspecific(late_key, value);
  else
    last_block = rlm_malloc(100);
}

static void *without_a_call(void *data) {
  pthread_setspecific(late_key, data);
  return NULL;
}

static void test_end_without_notice(void **state) {
  (void)state;
  enum { STACK = 1 << 20 };
  if (LATE_ROUNDS != 3) skip();
  size_t before = blocks_in_use();
  assert_int_equal(pthread_key_create(&late_key, call_in_the_last_round), 0);
  for (int i = 0; i < 10; i++) {
    void *stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    assert_int_equal(pthread_attr_setstack(&attributes, stack, STACK), 0);
    late_rounds = 0;
    assert_int_equal(pthread_create(&thread, &attributes, without_a_call, &late_key), 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attributes);
    munmap(stack, STACK);
    rlm_free(last_block);
    rlm_caches_reclaim();
    tick_often();
  }
  pthread_key_delete(late_key);
  assert_int_equal(blocks_in_use(), before);
  verify_all();
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_exchange),           cmocka_unit_test(test_taken_caches),
    cmocka_unit_test(test_sleepers),           cmocka_unit_test(test_orphans),
    cmocka_unit_test(test_adoption),           cmocka_unit_test(test_late_destructors),
    cmocka_unit_test(test_end_without_notice),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

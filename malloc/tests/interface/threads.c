/* Threads: random work that fills, checks and frees, blocks that change hands, threads that come and go. */
#include "support.h"

#include <stdatomic.h>

enum { THREADS = 6, SLOTS = 400, EXCHANGES = 256 };

typedef struct Block {
  unsigned char *bytes;
  size_t size;
  uint32_t tag;
} Block;

/* A place where threads swap blocks. The block's description travels in front of its bytes. */
static _Atomic(Block *) exchanges[EXCHANGES];
static _Atomic size_t failures;

typedef struct Worker {
  uint64_t random;
  size_t operations;
  unsigned highest_bit; /* of sizes */
} Worker;

static void check(const Block *block) {
  if (block->bytes != NULL && !pattern_holds(block->bytes, block->size, block->size, block->tag)) failures++;
}

static void drop(Block *block) {
  check(block);
  free(block->bytes);
  *block = (Block){0};
}

static void fill(Block *block, uint64_t *random, unsigned highest_bit) {
  size_t size = random_size(random, highest_bit);
  void *bytes = NULL;
  switch (random_below(random, 8)) {
    case 0: bytes = calloc(1, size); break;
    case 1: bytes = memalign((size_t)16 << random_below(random, 6), size); break;
    case 2:
      if (posix_memalign(&bytes, 64, size) != 0) bytes = NULL;
      break;
    default: bytes = malloc(size); break;
  }
  if (bytes == NULL) {
    failures++;
    return;
  }
  *block = (Block){bytes, size, random_next(random)};
  pattern_fill(bytes, size, block->tag);
}

static void resize(Block *block, uint64_t *random, unsigned highest_bit) {
  if (block->bytes == NULL) return;
  size_t size = random_size(random, highest_bit) + 1;
  unsigned char *bytes = realloc(block->bytes, size);
  if (bytes == NULL || !pattern_holds(bytes, block->size, size < block->size ? size : block->size, block->tag))
    failures++;
  block->bytes = bytes;
  block->size = size;
  pattern_fill(bytes, size, block->tag);
}

/* Gives the block away and takes another. */
static void exchange(Block *block, uint64_t *random) {
  Block *parcel = NULL;
  if (block->bytes != NULL) {
    parcel = malloc(sizeof *parcel);
    *parcel = *block;
  }
  parcel = atomic_exchange(&exchanges[random_below(random, EXCHANGES)], parcel);
  *block = (Block){0};
  if (parcel != NULL) {
    *block = *parcel;
    check(block);
    free(parcel);
  }
}

static void *work(void *data) {
  Worker *worker = data;
  uint64_t *random = &worker->random;
  Block blocks[SLOTS] = {0};
  for (size_t i = 0; i < worker->operations; i++) {
    Block *block = &blocks[random_below(random, SLOTS)];
    switch (random_below(random, 8)) {
      case 0: exchange(block, random); break;
      case 1: resize(block, random, worker->highest_bit); break;
      default:
        drop(block);
        fill(block, random, worker->highest_bit);
        break;
    }
  }
  for (size_t i = 0; i < SLOTS; i++) drop(&blocks[i]);
  return NULL;
}

static void drain(void) {
  for (size_t i = 0; i < EXCHANGES; i++) {
    Block *parcel = atomic_exchange(&exchanges[i], NULL);
    if (parcel == NULL) continue;
    drop(parcel);
    free(parcel);
  }
}

static void run_workers(size_t generations, size_t operations, unsigned highest_bit, uint64_t seed) {
  for (size_t generation = 0; generation < generations; generation++) {
    pthread_t threads[THREADS];
    Worker workers[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
      workers[i] = (Worker){seed + generation * THREADS + i, operations, highest_bit};
      assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
  }
  drain();
  assert_int_equal(failures, 0);
}

static void small_blocks_change_hands(void **state) {
  (void)state;
  run_workers(6, 20000, 9, 1);
}

static void blocks_of_all_sizes_change_hands(void **state) {
  (void)state;
  run_workers(4, 4000, 18, 1000);
}

/* One thread makes, another frees, always: what comes home must be used again. */
enum { ROUNDS = 300, PER_ROUND = 1000, ITEM = 200 };
static void *round_blocks[PER_ROUND];

static void *free_round(void *data) {
  for (size_t i = 0; i < PER_ROUND; i++) free(round_blocks[i]);
  return data;
}

static void one_makes_another_frees(void **state) {
  (void)state;
  long before = 0;
  for (int round = 0; round < ROUNDS; round++) {
    for (size_t i = 0; i < PER_ROUND; i++) memset(round_blocks[i] = malloc(ITEM), 1, ITEM);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, free_round, NULL), 0);
    pthread_join(thread, NULL);
    if (round == 10) before = resident_kilobytes();
  }
  assert_true(resident_kilobytes() - before < 8000); /* 60 MB went through */
}

/* Threads that come and go leave nothing behind: their caches return at their exit, their arenas serve others. */
static void *short_life(void *data) {
  void *blocks[200];
  for (size_t i = 0; i < COUNT_OF(blocks); i++) memset(blocks[i] = malloc(16 + i * 20), 1, 16 + i * 20);
  for (size_t i = 0; i < COUNT_OF(blocks); i++) free(blocks[i]);
  return data;
}

static void threads_leave_nothing(void **state) {
  (void)state;
  long before = 0;
  for (int i = 0; i < 1500; i++) {
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, short_life, NULL), 0);
    pthread_join(thread, NULL);
    if (i == 100) before = resident_kilobytes();
  }
  assert_true(resident_kilobytes() - before < 4000); /* 1400 threads at 400 kB each */
}

/* What ended threads left alive is freed by this one, and that memory serves again. */
static void *leave_blocks(void *data) {
  void **blocks = data;
  for (size_t i = 0; i < 100; i++) memset(blocks[i] = malloc(3000), 1, 3000);
  return NULL;
}

static void blocks_outlive_their_thread(void **state) {
  (void)state;
  long before = 0;
  for (int round = 0; round < 300; round++) {
    void *blocks[100];
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, leave_blocks, blocks), 0);
    pthread_join(thread, NULL);
    for (size_t i = 0; i < COUNT_OF(blocks); i++) free(blocks[i]);
    if (round == 20) before = resident_kilobytes();
  }
  assert_true(resident_kilobytes() - before < 8000); /* 84 MB went through */
}

/* Late in a thread's exit: destructors of thread-specific data run in an order nobody knows, again and again, and
 * allocate and free. */
enum { KEYS = 8 };
static pthread_key_t keys[KEYS];
static _Atomic size_t destroyed;

static void destructor(void *value) {
  size_t *block = value;
  size_t left = *block;
  free(block);
  for (size_t size = 1; size < 100000; size *= 3) free(memset(malloc(size), 1, size));
  destroyed++;
  if (left == 0) return;
  block = malloc(sizeof *block); /* comes again in the next of the rounds of destructors */
  *block = left - 1;
  pthread_setspecific(keys[left % KEYS], block);
}

static void *with_keys(void *data) {
  for (size_t i = 0; i < KEYS; i++) {
    size_t *block = malloc(sizeof *block);
    *block = 2;
    pthread_setspecific(keys[i], block);
  }
  free(malloc(100));
  return data;
}

static void destructors_free_late(void **state) {
  (void)state;
  for (size_t i = 0; i < KEYS; i++) assert_int_equal(pthread_key_create(&keys[i], destructor), 0);
  for (int i = 0; i < 50; i++) {
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, with_keys, NULL), 0);
    pthread_join(thread, NULL);
  }
  assert_true(destroyed >= 50 * KEYS);
  for (size_t i = 0; i < KEYS; i++) pthread_key_delete(keys[i]);
}

/* Only the destructors allocate: the thread's first call comes when it is nearly gone. */
static void late_first_call(void *value) {
  (void)value;
  free(memset(malloc(500), 1, 500));
  destroyed++;
}

static void *without_malloc(void *data) {
  pthread_setspecific(keys[0], data);
  return NULL;
}

static void first_call_at_the_end(void **state) {
  (void)state;
  destroyed = 0;
  assert_int_equal(pthread_key_create(&keys[0], late_first_call), 0);
  for (int i = 0; i < 200; i++) {
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, without_malloc, &destroyed), 0);
    pthread_join(thread, NULL);
  }
  assert_int_equal(destroyed, 200);
  pthread_key_delete(keys[0]);
}

/* Cancelled threads end in the middle of work; cancellation points are not inside malloc. */
static void *work_until_cancelled(void *data) {
  for (;;) {
    void *blocks[50];
    for (size_t i = 0; i < COUNT_OF(blocks); i++) blocks[i] = malloc(i * 30);
    for (size_t i = 0; i < COUNT_OF(blocks); i++) free(blocks[i]);
    pthread_testcancel();
  }
  return data;
}

static void cancelled_threads(void **state) {
  (void)state;
  for (int i = 0; i < 40; i++) {
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, work_until_cancelled, NULL), 0);
    usleep(200);
    pthread_cancel(thread);
    pthread_join(thread, NULL);
  }
  free(malloc(100));
}

/* Many threads at once, more than there are processors or arenas. */
static void *wait_and_work(void *data) {
  pthread_barrier_wait(data);
  for (int i = 0; i < 200; i++) {
    unsigned char *block = malloc((size_t)i * 17);
    pattern_fill(block, (size_t)i * 17, (uint32_t)i);
    if (!pattern_holds(block, (size_t)i * 17, (size_t)i * 17, (uint32_t)i)) failures++;
    free(block);
  }
  return NULL;
}

static void many_at_once(void **state) {
  (void)state;
  enum { MANY = 200 };
  pthread_t threads[MANY];
  pthread_barrier_t barrier;
  pthread_barrier_init(&barrier, NULL, MANY);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 65536);
  for (size_t i = 0; i < MANY; i++)
    assert_int_equal(pthread_create(&threads[i], &attributes, wait_and_work, &barrier), 0);
  for (size_t i = 0; i < MANY; i++) pthread_join(threads[i], NULL);
  pthread_attr_destroy(&attributes);
  pthread_barrier_destroy(&barrier);
  assert_int_equal(failures, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(small_blocks_change_hands),
    cmocka_unit_test(blocks_of_all_sizes_change_hands),
    cmocka_unit_test(one_makes_another_frees),
    cmocka_unit_test(threads_leave_nothing),
    cmocka_unit_test(blocks_outlive_their_thread),
    cmocka_unit_test(destructors_free_late),
    cmocka_unit_test(first_call_at_the_end),
    cmocka_unit_test(cancelled_threads),
    cmocka_unit_test(many_at_once),
  };
  return RUN_GROUP(tests);
}

/* Where memory goes and comes from: exhaustion and recovery, blocks that serve other sizes, what is given back. Each
 * case runs in a child, so that it begins with the heap of a small program. */
#include "support.h"

#include <sys/mman.h>

/* Resident kB of private memory above what was there at the start. */
static long grown(long start) {
  return resident_kilobytes() - start;
}

static void starts_small(void *data) {
  (void)data;
  long start = resident_kilobytes();
  void *blocks[40];
  for (size_t i = 0; i < COUNT_OF(blocks); i++) memset(blocks[i] = malloc(i * 16), 1, i * 16);
  CHILD_CHECK(grown(start) < 400);
}

#define ROOM ((size_t)32 << 20)

/* Under a limit of address space: NULL with ENOMEM, everything that was allocated untouched, and after frees all is
 * well again. */
static void exhaust(void *data) {
  size_t size = *(size_t *)data;
  enum { MOST = 200000 };
  size_t now = (size_t)process_kilobytes("VmSize:") * 1024;
  CHILD_CHECK(setrlimit(RLIMIT_AS, &(struct rlimit){now + ROOM, now + ROOM}) == 0);
  unsigned char **blocks = malloc(MOST * sizeof *blocks);
  CHILD_CHECK(blocks != NULL);
  size_t first_time = 0;
  for (int round = 0; round < 2; round++) {
    size_t count = 0;
    errno = 0;
    while (count < MOST && (blocks[count] = malloc(size)) != NULL) {
      pattern_fill(blocks[count], size, (uint32_t)count);
      count++;
    }
    CHILD_CHECK(count == MOST || errno == ENOMEM);
    CHILD_CHECK(count == MOST || count * size > ROOM * 2 / 5); /* a good part of it was to be had */
    if (count < MOST) {
      CHILD_CHECK(realloc(blocks[count / 2], size * 3000 + (ROOM)) == NULL);
      CHILD_CHECK(calloc(1, ROOM) == NULL);
      CHILD_CHECK(memalign(4096, ROOM) == NULL);
    }
    for (size_t i = 0; i < count; i++) CHILD_CHECK(pattern_holds(blocks[i], size, size, (uint32_t)i));
    for (size_t i = 0; i < count; i++) free(blocks[i]);
    if (round == 0) first_time = count;
    CHILD_CHECK(count >= first_time - first_time / 20); /* recovery: as much again */
  }
  void *large = malloc(ROOM / 4); /* what served small sizes serves a large one */
  CHILD_CHECK(large != NULL);
  free(large);
  free(blocks);
}

/* A thread's arena is refused memory: others have to help, then mapped chunks. */
static void *exhaust_in_thread(void *data) {
  exhaust(data);
  return NULL;
}

static void exhaust_thread(void *data) {
  pthread_t thread;
  CHILD_CHECK(pthread_create(&thread, NULL, exhaust_in_thread, data) == 0);
  pthread_join(thread, NULL);
}

/* Small blocks that were freed serve other sizes: phases of one size after another must not add up. */
static void phases(void *data) {
  (void)data;
  enum { BYTES = 24 << 20 };
  static const size_t sizes[] = {32, 48, 80, 144, 272, 528, 1040, 2064, 24, 8208, 64};
  long start = resident_kilobytes();
  void **blocks = mmap(NULL, BYTES / 24 * sizeof *blocks, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  long most = 0;
  for (size_t phase = 0; phase < COUNT_OF(sizes); phase++) {
    size_t count = BYTES / sizes[phase];
    for (size_t i = 0; i < count; i++) memset(blocks[i] = malloc(sizes[phase]), 1, sizes[phase]);
    long now = grown(start) - (long)(count * sizeof *blocks / 1024);
    if (now > most) most = now;
    for (size_t i = 0; i < count; i += 2) free(blocks[i]);
    for (size_t i = 1; i < count; i += 2) free(blocks[i]);
  }
  CHILD_CHECK(most < 2 * BYTES / 1024); /* glibc needs 48 bytes for 32; all phases together were 260 MB */
}

static void make_and_free(size_t count, size_t size, size_t keep_one_in) {
  void **blocks = mmap(NULL, count * sizeof *blocks, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  for (size_t i = 0; i < count; i++) memset(blocks[i] = malloc(size), 1, size);
  for (size_t i = 0; i < count; i++)
    if (keep_one_in == 0 || i % keep_one_in != 0) free(blocks[i]);
  munmap(blocks, count * sizeof *blocks);
}

/* malloc_trim gives back all but a little, also between blocks that live. */
static void trim(void *data) {
  (void)data;
  long start = resident_kilobytes();
  make_and_free(400000, 100, 0);
  malloc_trim(0);
  CHILD_CHECK(grown(start) < 4000);
  make_and_free(30000, 2000, 1000); /* 30 stay, spread over 60 MB */
  CHILD_CHECK(malloc_trim(0) == 1 || grown(start) < 6000);
  CHILD_CHECK(grown(start) < 6000);
}

/* 1 only when something was given back. */
static void trim_says_what_it_did(void *data) {
  (void)data;
  make_and_free(30000, 2000, 1000);
  malloc_trim(0);
  if (is_ours()) CHILD_CHECK(malloc_trim(0) == 0); /* glibc says 1 as long as there are free pages at all */
  make_and_free(10000, 2000, 1000);
  (void)malloc_trim(0);
}

/* Large blocks give their memory back when they go. */
static void large(void *data) {
  (void)data;
  long start = resident_kilobytes();
  for (int i = 0; i < 3; i++) {
    void *blocks[5];
    for (size_t j = 0; j < COUNT_OF(blocks); j++) memset(blocks[j] = malloc((size_t)40 << 20), 1, (size_t)40 << 20);
    CHILD_CHECK(grown(start) > 190000);
    for (size_t j = 0; j < COUNT_OF(blocks); j++) free(blocks[j]);
  }
  CHILD_CHECK(grown(start) < 45000);
}

/* Threads' arenas give back, too. */
static void *peak_in_thread(void *data) {
  make_and_free(200000, 100, 0);
  return data;
}

static void threads_give_back(void *data) {
  long start = resident_kilobytes();
  for (int i = 0; i < 5; i++) {
    pthread_t thread;
    CHILD_CHECK(pthread_create(&thread, NULL, peak_in_thread, data) == 0);
    pthread_join(thread, NULL);
  }
  malloc_trim(0);
  CHILD_CHECK(grown(start) < (is_ours() ? 6000 : 60000)); /* glibc keeps the tops of its further arenas */
}

/* Memory falls by itself behind a peak, while the program goes on working on little. Ours only. */
static void falls_by_itself(void *data) {
  (void)data;
  long start = resident_kilobytes();
  make_and_free(600000, 100, 3000);
  long peak = process_kilobytes("VmHWM:") - start;
  for (int i = 0; i < 100; i++) {
    for (int j = 0; j < 20000; j++) free(memset(malloc(16 + (size_t)(j % 50) * 8), 1, 16));
    usleep(20000);
  }
  CHILD_CHECK(peak > 50000);
  CHILD_CHECK(grown(start) < peak / 2);
}

#define IN_CHILD(name)                                                                                                 \
  static void name##_in_child(void **state) {                                                                          \
    (void)state;                                                                                                       \
    child_expect_success(name, NULL);                                                                                  \
  }
IN_CHILD(starts_small)
IN_CHILD(phases)
IN_CHILD(trim)
IN_CHILD(trim_says_what_it_did)
IN_CHILD(large)
IN_CHILD(threads_give_back)

static void falls_by_itself_in_child(void **state) {
  (void)state;
  if (is_ours()) child_expect_success(falls_by_itself, NULL);
}

static void exhaustion(void **state) {
  (void)state;
  static const size_t sizes[] = {600, 1500, 5000, 20000, 100000, 150000, 1000000};
  for (size_t i = 0; i < COUNT_OF(sizes); i++) {
    size_t size = sizes[i];
    child_expect_success(exhaust, &size);
    child_expect_success(exhaust_thread, &size);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(starts_small_in_child),
    cmocka_unit_test(exhaustion),
    cmocka_unit_test(phases_in_child),
    cmocka_unit_test(trim_in_child),
    cmocka_unit_test(trim_says_what_it_did_in_child),
    cmocka_unit_test(large_in_child),
    cmocka_unit_test(threads_give_back_in_child),
    cmocka_unit_test(falls_by_itself_in_child),
  };
  return RUN_GROUP(tests);
}

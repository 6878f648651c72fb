/* Where memory goes and comes from: exhaustion and recovery, blocks that serve other sizes, what is given back. Each
 * case runs in a child, so that it begins with the heap of a small program. */
#include "support.h"

#include <fcntl.h>
#include <sys/mman.h>

#include "rille_arena.h"

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

/* Also where what is free lies in many pieces of some pages. */
static void trim_of_small_gaps(void *data) {
  (void)data;
  enum { GAPS = 2000, GAP = 40000, SURVIVOR = 2000 };
  static void *gaps[GAPS], *survivors[GAPS];
  long start = resident_kilobytes();
  for (size_t i = 0; i < GAPS; i++) {
    memset(gaps[i] = malloc(GAP), 1, GAP);
    memset(survivors[i] = malloc(SURVIVOR), 1, SURVIVOR);
  }
  for (size_t i = 0; i < GAPS; i++) free(gaps[i]);
  CHILD_CHECK(grown(start) > 60000);
  CHILD_CHECK(malloc_trim(0) == 1);
  CHILD_CHECK(grown(start) < 30000); /* the survivors' own pages are 8 or 16 MB */
  for (size_t i = 0; i < GAPS; i++) CHILD_CHECK(((char *)survivors[i])[SURVIVOR - 1] == 1);
  for (size_t i = 0; i < GAPS; i++) memset(gaps[i] = malloc(GAP), 2, GAP);
  for (size_t i = 0; i < GAPS; i++) CHILD_CHECK(((char *)survivors[i])[0] == 1);
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

/* ---- memory of those who do nothing; ours only ---- */

/* What is resident, found out without malloc. */
static long resident_quietly(void) {
  char text[128];
  int file = open("/proc/self/statm", O_RDONLY);
  ssize_t length = read(file, text, sizeof text - 1);
  close(file);
  CHILD_CHECK(length > 0);
  text[length] = 0;
  return strtol(strchr(text, ' '), NULL, 10) * (long)(PAGE / 1024);
}

/* Waits until less is resident, at most for half a minute; `meanwhile` is called every 20 ms. */
static void wait_for_less(long kilobytes, void (*meanwhile)(void)) {
  for (int i = 0; i < 1500 && resident_quietly() >= kilobytes; i++) {
    if (meanwhile != NULL) meanwhile();
    usleep(20000);
  }
  CHILD_CHECK(resident_quietly() < kilobytes);
}

enum { SLEEPERS_BLOCKS = 250000, SLEEPERS_SIZE = 200 };
typedef struct Sleeper {
  pthread_t thread;
  pthread_barrier_t has_made, may_end;
  void **blocks;
} Sleeper;

static void *make_and_sleep(void *data) {
  Sleeper *sleeper = data;
  for (size_t i = 0; i < SLEEPERS_BLOCKS; i++) memset(sleeper->blocks[i] = malloc(SLEEPERS_SIZE), 1, SLEEPERS_SIZE);
  pthread_barrier_wait(&sleeper->has_made);
  pthread_barrier_wait(&sleeper->may_end);
  void *block = malloc(SLEEPERS_SIZE); /* it has its cache again */
  CHILD_CHECK(block != NULL);
  free(block);
  return NULL;
}

static void sleeper_start(Sleeper *sleeper) {
  sleeper->blocks =
    mmap(NULL, SLEEPERS_BLOCKS * sizeof *sleeper->blocks, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  pthread_barrier_init(&sleeper->has_made, NULL, 2);
  pthread_barrier_init(&sleeper->may_end, NULL, 2);
  CHILD_CHECK(pthread_create(&sleeper->thread, NULL, make_and_sleep, sleeper) == 0);
  pthread_barrier_wait(&sleeper->has_made);
}

static void sleeper_free_blocks(Sleeper *sleeper) {
  for (size_t i = 0; i < SLEEPERS_BLOCKS; i++) free(sleeper->blocks[i]);
  munmap(sleeper->blocks, SLEEPERS_BLOCKS * sizeof *sleeper->blocks);
}

static void sleeper_end(Sleeper *sleeper) {
  pthread_barrier_wait(&sleeper->may_end);
  pthread_join(sleeper->thread, NULL);
}

/* A little work, with slow paths in it. */
static void work_a_little(void) {
  for (size_t i = 0; i < 40; i++) free(memset(malloc(40000 + 100 * i), 1, 100));
}

/* What was freed into a thread that sleeps goes back while others work. */
static void falls_behind_a_sleeper(void *data) {
  (void)data;
  Sleeper sleeper;
  sleeper_start(&sleeper);
  long peak = resident_quietly();
  sleeper_free_blocks(&sleeper);
  wait_for_less(peak - 40000, work_a_little); /* of 52 MB */
  sleeper_end(&sleeper);
}

/* ... or at once at malloc_trim. */
static void trims_behind_a_sleeper(void *data) {
  (void)data;
  Sleeper sleeper;
  sleeper_start(&sleeper);
  long peak = resident_quietly();
  sleeper_free_blocks(&sleeper);
  CHILD_CHECK(malloc_trim(0) == 1);
  CHILD_CHECK(resident_quietly() < peak - 44000);
  sleeper_end(&sleeper);
}

/* ... or when memory is short: then it serves other sizes and other threads. */
static void serves_behind_a_sleeper(void *data) {
  (void)data;
  Sleeper sleeper;
  sleeper_start(&sleeper);
  size_t now = (size_t)process_kilobytes("VmSize:") * 1024;
  CHILD_CHECK(setrlimit(RLIMIT_AS, &(struct rlimit){now, now}) == 0);
  sleeper_free_blocks(&sleeper);
  /* The heap of this thread has room for four of them, that of the sleeper for three when it is empty. */
  void *blocks[6];
  for (size_t i = 0; i < COUNT_OF(blocks); i++) {
    CHILD_CHECK((blocks[i] = malloc((size_t)15 << 20)) != NULL);
    memset(blocks[i], 1, (size_t)15 << 20);
  }
  for (size_t i = 0; i < COUNT_OF(blocks); i++) free(blocks[i]);
  sleeper_end(&sleeper);
}

/* With the helper, memory falls in a program that does nothing at all, also in a child of fork. */
static void falls_while_nothing_happens(void *data) {
  (void)data;
  enum { PEAK = 40000, BLOCK = 1500 };
  CHILD_CHECK(mallopt(RILLE_M_BACKGROUND, 1) == 1);
  for (int round = 0; round < 2; round++) {
    long start = resident_quietly();
    make_and_free(PEAK, BLOCK, PEAK - 1); /* the first and the last stay: nothing is at the top */
    wait_for_less(start + 4000, NULL);
  }
  Sleeper sleeper;
  sleeper_start(&sleeper);
  long peak = resident_quietly();
  sleeper_free_blocks(&sleeper);
  wait_for_less(peak - 40000, NULL);
  sleeper_end(&sleeper);
  static void *gaps[1000], *survivors[1000]; /* many pieces of some pages */
  long start = resident_quietly();
  for (size_t i = 0; i < COUNT_OF(gaps); i++) {
    memset(gaps[i] = malloc(40000), 1, 40000);
    memset(survivors[i] = malloc(2000), 1, 2000);
  }
  for (size_t i = 0; i < COUNT_OF(gaps); i++) free(gaps[i]);
  CHILD_CHECK(resident_quietly() > start + 35000);
  wait_for_less(start + 15000, NULL);
  for (size_t i = 0; i < COUNT_OF(gaps); i++) free(survivors[i]);
  CHILD_CHECK(mallopt(RILLE_M_BACKGROUND, 0) == 1);
}

static void falls_after_a_fork(void *data) {
  CHILD_CHECK(mallopt(RILLE_M_BACKGROUND, 1) == 1);
  pid_t child = fork();
  if (child == 0) {
    falls_while_nothing_happens(data);
    _exit(0);
  }
  int status;
  CHILD_CHECK(waitpid(child, &status, 0) == child && status == 0);
}

/* By the environment; and without it there is no second thread. */
static long count_threads(void) {
  return process_kilobytes("Threads:");
}

static void environment_starts_the_helper(void *data) {
  (void)data;
  if (getenv("RILLE_MALLOC") == NULL) {
    CHILD_CHECK(count_threads() == 1);
    setenv("RILLE_MALLOC", "background", 1);
    execl("/proc/self/exe", "memory", "--count-threads", (char *)NULL);
    _exit(1);
  }
}

#define IN_CHILD(name)                                                                                                 \
  static void name##_in_child(void **state) {                                                                          \
    (void)state;                                                                                                       \
    child_expect_success(name, NULL);                                                                                  \
  }
IN_CHILD(starts_small)
IN_CHILD(phases)
IN_CHILD(trim)
IN_CHILD(trim_of_small_gaps)
IN_CHILD(trim_says_what_it_did)
IN_CHILD(large)
IN_CHILD(threads_give_back)

#define OURS_IN_CHILD(name)                                                                                            \
  static void name##_in_child(void **state) {                                                                          \
    (void)state;                                                                                                       \
    if (is_ours()) child_expect_success(name, NULL);                                                                   \
  }
OURS_IN_CHILD(falls_by_itself)
OURS_IN_CHILD(falls_behind_a_sleeper)
OURS_IN_CHILD(trims_behind_a_sleeper)
OURS_IN_CHILD(serves_behind_a_sleeper)
OURS_IN_CHILD(falls_while_nothing_happens)
OURS_IN_CHILD(falls_after_a_fork)
OURS_IN_CHILD(environment_starts_the_helper)

static void exhaustion(void **state) {
  (void)state;
  static const size_t sizes[] = {600, 1500, 5000, 20000, 100000, 150000, 1000000};
  for (size_t i = 0; i < COUNT_OF(sizes); i++) {
    size_t size = sizes[i];
    child_expect_success(exhaust, &size);
    child_expect_success(exhaust_thread, &size);
  }
}

int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "--count-threads") == 0) return count_threads() == 2 ? 0 : 1;
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(starts_small_in_child),
    cmocka_unit_test(exhaustion),
    cmocka_unit_test(phases_in_child),
    cmocka_unit_test(trim_in_child),
    cmocka_unit_test(trim_of_small_gaps_in_child),
    cmocka_unit_test(trim_says_what_it_did_in_child),
    cmocka_unit_test(large_in_child),
    cmocka_unit_test(threads_give_back_in_child),
    cmocka_unit_test(falls_by_itself_in_child),
    cmocka_unit_test(falls_behind_a_sleeper_in_child),
    cmocka_unit_test(trims_behind_a_sleeper_in_child),
    cmocka_unit_test(serves_behind_a_sleeper_in_child),
    cmocka_unit_test(falls_while_nothing_happens_in_child),
    cmocka_unit_test(falls_after_a_fork_in_child),
    cmocka_unit_test(environment_starts_the_helper_in_child),
  };
  return RUN_GROUP(tests);
}

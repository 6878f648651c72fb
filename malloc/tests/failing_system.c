/* The system refuses memory: in each run of a scenario the k-th request is refused (or it and all later ones), for all
 * k that there are. Whatever was allocated must stay as it was, NULL must come with ENOMEM, and once the system gives
 * again everything works again. Each run is a child. Uses the library as compiled for tests: malloc is called
 * rlm_malloc, and calls to the system can be refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/system.h"
#include "process/process.h"
#include "rille_arena.h"

int rlm_malloc_trim(size_t pad);

enum { SLOTS = 60, OPERATIONS = 220, MOST_REQUESTS = 2000 };

typedef struct Block {
  unsigned char *bytes;
  size_t size;
  unsigned tag;
} Block;

/* What a scenario calls: the process's malloc, or an arena. */
typedef struct Family {
  void *(*allocate)(size_t size);
  void *(*allocate_zeroed)(size_t size);
  void *(*allocate_aligned)(size_t alignment, size_t size);
  void *(*resize)(void *block, size_t old_size, size_t size);
  void (*release)(void *block, size_t size);
  void (*trim)(void);
  bool sets_errno;
} Family;

static rille_arena *arena;

#define CHECK(condition)                                                                                               \
  do {                                                                                                                 \
    if (!(condition)) {                                                                                                \
      dprintf(2, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                                       \
      _exit(1);                                                                                                        \
    }                                                                                                                  \
  } while (0)

/* ---- families ---- */

static void *process_zeroed(size_t size) {
  return rlm_calloc(1, size);
}

static void *process_resize(void *block, size_t old_size, size_t size) {
  (void)old_size;
  return rlm_realloc(block, size);
}

static void process_release(void *block, size_t size) {
  (void)size;
  rlm_free(block);
}

static void process_trim(void) {
  rlm_malloc_trim(0);
}

static const Family process_family = {rlm_malloc,      process_zeroed, rlm_memalign, process_resize,
                                      process_release, process_trim,   true};

static void *arena_allocate(size_t size) {
  return rille_arena_allocate(arena, size);
}

static void *arena_zeroed(size_t size) {
  return rille_arena_allocate_zeroed(arena, size);
}

static void *arena_aligned(size_t alignment, size_t size) {
  return rille_arena_allocate_aligned(arena, alignment, size);
}

static void *arena_resize(void *block, size_t old_size, size_t size) {
  return rille_arena_resize(arena, block, old_size, size);
}

static void arena_release(void *block, size_t size) {
  rille_arena_free(arena, block, size);
}

static void arena_trim(void) {
  rille_arena_trim(arena, 0);
}

static const Family arena_family = {arena_allocate, arena_zeroed, arena_aligned, arena_resize,
                                    arena_release,  arena_trim,   false};

/* ---- the scenario ---- */

static uint32_t next(uint64_t *state) {
  *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (uint32_t)(*state >> 33);
}

static size_t next_size(uint64_t *state) {
  static const size_t bounds[] = {64, 400, 1100, 5000, 40000, 150000, 400000};
  return next(state) % bounds[next(state) % (sizeof bounds / sizeof bounds[0])] + 1;
}

static unsigned char pattern(unsigned tag, size_t at) {
  return (unsigned char)(tag * 7 + at * 3 + (at >> 9));
}

static void fill(Block *block) {
  for (size_t i = 0; i < block->size; i += 61) block->bytes[i] = pattern(block->tag, i);
}

static void check(const Block *block, size_t size) {
  for (size_t i = 0; i < size; i += 61) CHECK(block->bytes[i] == pattern(block->tag, i));
}

/* NULL is allowed only when a request was refused, and says so. */
static bool is_refused(const Family *family, const void *bytes, bool may_fail) {
  if (bytes != NULL) return false;
  CHECK(may_fail);
  CHECK(!family->sets_errno || errno == ENOMEM);
  return true;
}

static void allocate(const Family *family, Block *block, uint64_t *random, bool may_fail) {
  size_t size = next_size(random);
  unsigned kind = next(random) % 8;
  errno = 0;
  unsigned char *bytes = kind == 0   ? family->allocate_zeroed(size)
                         : kind == 1 ? family->allocate_aligned((size_t)64 << next(random) % 8, size)
                                     : family->allocate(size);
  if (is_refused(family, bytes, may_fail)) return;
  if (kind == 0)
    for (size_t i = 0; i < size; i++) CHECK(bytes[i] == 0);
  *block = (Block){bytes, size, next(random)};
  fill(block);
}

static void resize(const Family *family, Block *block, uint64_t *random, bool may_fail) {
  size_t size = next_size(random);
  errno = 0;
  unsigned char *bytes = family->resize(block->bytes, block->size, size);
  if (is_refused(family, bytes, may_fail)) {
    check(block, block->size); /* as it was */
    return;
  }
  block->bytes = bytes;
  check(block, size < block->size ? size : block->size);
  block->size = size;
  fill(block);
}

static void work(const Family *family, Block *blocks, uint64_t seed, bool may_fail) {
  uint64_t random = seed;
  for (int i = 0; i < OPERATIONS; i++) {
    Block *block = &blocks[next(&random) % SLOTS];
    if (block->bytes == NULL) {
      allocate(family, block, &random, may_fail);
    } else if (next(&random) % 3 == 0) {
      resize(family, block, &random, may_fail);
    } else {
      check(block, block->size);
      family->release(block->bytes, block->size);
      block->bytes = NULL;
    }
    if (i % 70 == 69) family->trim();
  }
}

static void release_all(const Family *family, Block *blocks) {
  for (int i = 0; i < SLOTS; i++) {
    if (blocks[i].bytes == NULL) continue;
    check(&blocks[i], blocks[i].size);
    family->release(blocks[i].bytes, blocks[i].size);
    blocks[i].bytes = NULL;
  }
}

typedef struct Run {
  unsigned long k;
  bool and_all_later;
} Run;

static unsigned long requests; /* of the scenario, without a refusal */

/* One scenario on the process's malloc, or on an arena: exits with 0 when the k-th request was reached, with 77 when
 * there are fewer. */
static void finish(Run run, unsigned long made) {
  if (run.k == 0) requests = made;
  if (run.k != 0 && made < run.k) _exit(77);
}

static void on_process(Run run) {
  Block blocks[SLOTS] = {0};
  rlm_system_fail_at(run.k, run.and_all_later);
  work(&process_family, blocks, 11, run.k != 0);
  unsigned long made = rlm_system_fail_at(0, false);
  work(&process_family, blocks, 12, false);
  release_all(&process_family, blocks);
  finish(run, made);
}

static void on_arena(Run run) {
  Block blocks[SLOTS] = {0};
  rlm_system_fail_at(run.k, run.and_all_later);
  rille_arena_options options = {0, "failing", RILLE_ARENA_SINGLE_OWNER};
  arena = rille_arena_create(&options);
  if (arena == NULL) {
    CHECK(run.k != 0);
    rlm_system_fail_at(0, false);
    return;
  }
  work(&arena_family, blocks, 21, run.k != 0);
  unsigned long made = rlm_system_fail_at(0, false);
  rille_arena_verify(arena);
  work(&arena_family, blocks, 22, false);
  rille_arena_verify(arena);
  release_all(&arena_family, blocks);
  rille_arena_statistics now;
  rille_arena_get_statistics(arena, &now);
  CHECK(now.live_blocks == 0);
  rille_arena_destroy(arena);
  finish(run, made);
}

static void *in_thread(void *data) {
  Block *blocks = data;
  work(&process_family, blocks, 31, true);
  return NULL;
}

/* Threads whose caches and arenas cannot be made. The refused request may belong to any of them. */
static void on_threads(Run run) {
  static Block blocks[3][SLOTS];
  pthread_t threads[3];
  rlm_system_fail_at(run.k, run.and_all_later);
  for (int i = 0; i < 3; i++) CHECK(pthread_create(&threads[i], NULL, in_thread, blocks[i]) == 0);
  for (int i = 0; i < 3; i++) pthread_join(threads[i], NULL);
  unsigned long made = rlm_system_fail_at(0, false);
  for (int i = 0; i < 3; i++) release_all(&process_family, blocks[i]);
  work(&process_family, blocks[0], 33, false);
  release_all(&process_family, blocks[0]);
  finish(run, made);
}

/* Runs the body in a child; false when there were fewer than k requests. */
static bool run_in_child(void (*body)(Run), Run run) {
  fflush(NULL);
  pid_t id = fork();
  assert_true(id >= 0);
  if (id == 0) {
    alarm(120);
    body(run);
    _exit(0);
  }
  int status = 0;
  assert_true(waitpid(id, &status, 0) == id);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 77) return false;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    fail_msg("request %lu%s refused: status %x", run.k, run.and_all_later ? " and all later" : "", status);
  return true;
}

static void try_all(void (*body)(Run)) {
  assert_true(run_in_child(body, (Run){0, false}));
  for (int all = 0; all < 2; all++) {
    unsigned long k = 1;
    while (run_in_child(body, (Run){k, all == 1})) {
      k++;
      if (k > MOST_REQUESTS) fail_msg("more than %d requests", MOST_REQUESTS);
    }
    assert_true(k > 10); /* there were some */
    print_message("%lu requests\n", k - 1);
  }
}

static void malloc_of_the_process(void **state) {
  (void)state;
  try_all(on_process);
}

static void private_arena(void **state) {
  (void)state;
  try_all(on_arena);
}

static void threads_without_caches(void **state) {
  (void)state;
  try_all(on_threads);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(malloc_of_the_process),
    cmocka_unit_test(private_arena),
    cmocka_unit_test(threads_without_caches),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

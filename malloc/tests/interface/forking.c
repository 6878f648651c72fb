/* fork in a program with threads that are inside the allocator at that moment: the child must find every lock free and
 * all data whole. */
#include "support.h"

#include <stdatomic.h>

enum { THREADS = 4, FORKS = 60, KEPT = 300 };

static atomic_bool stop;
static unsigned char *kept[KEPT]; /* made by the parent, freed by each child */

static void *churn(void *data) {
  uint64_t random = (uintptr_t)data;
  void *blocks[200] = {0};
  while (!stop) {
    size_t i = random_below(&random, COUNT_OF(blocks));
    free(blocks[i]);
    blocks[i] = malloc(random_size(&random, 16));
  }
  for (size_t i = 0; i < COUNT_OF(blocks); i++) free(blocks[i]);
  return NULL;
}

static void *in_child_thread(void *data) {
  for (size_t size = 1; size < 300000; size = size * 2 + 1) {
    void *block = malloc(size);
    CHILD_CHECK(block != NULL);
    memset(block, 1, size);
    free(block);
  }
  return data;
}

static void child(void *data) {
  uint64_t random = *(uint64_t *)data;
  for (size_t i = 0; i < KEPT; i++) {
    size_t size = 10 + i * 37;
    CHILD_CHECK(pattern_holds(kept[i], size, size, (uint32_t)i));
    if (i % 2 == 0) kept[i] = realloc(kept[i], size * 2);
    CHILD_CHECK(pattern_holds(kept[i], size, size, (uint32_t)i));
    free(kept[i]);
  }
  unsigned char *blocks[300];
  for (size_t i = 0; i < COUNT_OF(blocks); i++) {
    size_t size = random_size(&random, 15);
    CHILD_CHECK((blocks[i] = malloc(size)) != NULL);
    memset(blocks[i], 1, size);
  }
  for (size_t i = 0; i < COUNT_OF(blocks); i++) free(blocks[i]);
  pthread_t threads[3];
  for (size_t i = 0; i < COUNT_OF(threads); i++)
    CHILD_CHECK(pthread_create(&threads[i], NULL, in_child_thread, NULL) == 0);
  for (size_t i = 0; i < COUNT_OF(threads); i++) pthread_join(threads[i], NULL);
  malloc_trim(0);
}

static void while_others_allocate(void **state) {
  (void)state;
  pthread_t threads[THREADS];
  stop = false;
  for (size_t i = 0; i < KEPT; i++) pattern_fill(kept[i] = malloc(10 + i * 37), 10 + i * 37, (uint32_t)i);
  for (size_t i = 0; i < THREADS; i++) assert_int_equal(pthread_create(&threads[i], NULL, churn, (void *)(i + 1)), 0);
  for (uint64_t i = 0; i < FORKS; i++) child_expect_success(child, &i);
  stop = true;
  for (size_t i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
  for (size_t i = 0; i < KEPT; i++) {
    assert_true(pattern_holds(kept[i], 10 + i * 37, 10 + i * 37, (uint32_t)i));
    free(kept[i]);
  }
}

/* Forks by several threads at once. */
static void *fork_often(void *data) {
  for (int i = 0; i < 10; i++) {
    pid_t id = fork();
    if (id == 0) {
      alarm(CHILD_SECONDS);
      in_child_thread(NULL);
      _exit(0);
    }
    int status = -1;
    if (id < 0 || waitpid(id, &status, 0) != id || status != 0) return "failed";
    free(malloc(1000));
  }
  return data;
}

static void by_several_threads(void **state) {
  (void)state;
  pthread_t threads[THREADS];
  for (size_t i = 0; i < THREADS; i++) assert_int_equal(pthread_create(&threads[i], NULL, fork_often, NULL), 0);
  for (size_t i = 0; i < THREADS; i++) {
    void *result;
    pthread_join(threads[i], &result);
    assert_null(result);
  }
}

/* A child's child's child. */
static void descend(void *data) {
  size_t depth = *(size_t *)data;
  void *block = malloc(5000);
  in_child_thread(NULL);
  if (depth > 0) {
    pid_t id = fork();
    if (id == 0) {
      depth--;
      descend(&depth);
      _exit(0);
    }
    int status = -1;
    CHILD_CHECK(waitpid(id, &status, 0) == id && status == 0);
  }
  free(block);
}

static void generations(void **state) {
  (void)state;
  size_t depth = 8;
  child_expect_success(descend, &depth);
}

/* Handlers of pthread_atfork that allocate, whether they were registered before or after the allocator's own. */
static void *held_by_handler;

static void before_fork(void) {
  held_by_handler = malloc(400);
  free(malloc(70000));
}

static void after_fork(void) {
  free(held_by_handler);
  held_by_handler = NULL;
  free(malloc(70000));
}

static void handlers_allocate(void **state) {
  (void)state;
  assert_int_equal(pthread_atfork(before_fork, after_fork, after_fork), 0);
  size_t depth = 1;
  for (int i = 0; i < 10; i++) child_expect_success(descend, &depth);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(while_others_allocate),
    cmocka_unit_test(by_several_threads),
    cmocka_unit_test(generations),
    cmocka_unit_test(handlers_allocate),
  };
  return RUN_GROUP(tests);
}

/* What the tests of malloc's interface share. Each is built once and run twice: with our library preloaded, and with
 * glibc's allocator, which has to pass too (but for what only ours promises: is_ours()). MALLOC_EXPECTED in the
 * environment says whose malloc it must be, so that no test can pass by testing the wrong one. Compiled without
 * built-in knowledge of malloc. */
#ifndef MALLOC_TESTS_SUPPORT_H
#define MALLOC_TESTS_SUPPORT_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])
#define PAGE            ((size_t)4096)

/* ---- the functions, through pointers of which the compiler knows nothing ---- */

/* Declarations promise alignment and distinct results, which would let the compiler answer a test's questions by
 * itself. */
#ifdef RLM_TESTING /* the library as compiled for tests, in builds with sanitizers: other names */
#include "process/process.h"
#define TESTED_NAME(name) rlm_##name
#else
#define TESTED_NAME(name) name
#endif
#define OPAQUE(result, name, ...)                                                                                      \
  __attribute__((unused)) static result (*volatile opaque_##name)(__VA_ARGS__) = TESTED_NAME(name)
OPAQUE(void *, malloc, size_t);
OPAQUE(void *, calloc, size_t, size_t);
OPAQUE(void *, realloc, void *, size_t);
OPAQUE(void *, reallocarray, void *, size_t, size_t);
OPAQUE(void *, memalign, size_t, size_t);
OPAQUE(void *, aligned_alloc, size_t, size_t);
OPAQUE(int, posix_memalign, void **, size_t, size_t);
OPAQUE(void *, valloc, size_t);
OPAQUE(void *, pvalloc, size_t);
OPAQUE(size_t, malloc_usable_size, void *);
OPAQUE(void, free, void *);
#define malloc(size)                        opaque_malloc(size)
#define calloc(count, size)                 opaque_calloc(count, size)
#define realloc(block, size)                opaque_realloc(block, size)
#define reallocarray(block, count, size)    opaque_reallocarray(block, count, size)
#define memalign(alignment, size)           opaque_memalign(alignment, size)
#define aligned_alloc(alignment, size)      opaque_aligned_alloc(alignment, size)
#define posix_memalign(to, alignment, size) opaque_posix_memalign(to, alignment, size)
#define valloc(size)                        opaque_valloc(size)
#define pvalloc(size)                       opaque_pvalloc(size)
#define malloc_usable_size(block)           opaque_malloc_usable_size(block)
#define free(block)                         opaque_free(block)

/* ---- whose malloc ---- */

/* True when malloc is ours. */
static inline bool is_ours(void) {
#ifdef RLM_TESTING
  return true;
#endif
  Dl_info info;
  void *definition = dlsym(RTLD_DEFAULT, "malloc");
  if (definition == NULL || dladdr(definition, &info) == 0 || info.dli_fname == NULL) return false;
  return strstr(info.dli_fname, "librille_malloc") != NULL;
}

static inline void expect_the_right_malloc(void) {
  const char *expected = getenv("MALLOC_EXPECTED");
  if (expected == NULL) return;
  if (is_ours() == (strcmp(expected, "rille") == 0)) return;
  fprintf(stderr, "malloc is not %s's\n", expected);
  exit(2);
}

#define RUN_GROUP(tests) (expect_the_right_malloc(), cmocka_run_group_tests(tests, NULL, NULL))

/* ---- random numbers ---- */

static inline uint32_t random_next(uint64_t *state) {
  *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (uint32_t)(*state >> 33);
}

static inline uint32_t random_below(uint64_t *state, uint32_t bound) {
  return (uint32_t)(((uint64_t)(random_next(state) << 1) * bound) >> 32);
}

/* Each power of two up to 2^highest_bit is as likely as another. */
static inline size_t random_size(uint64_t *state, unsigned highest_bit) {
  return random_below(state, 1u << random_below(state, highest_bit + 1));
}

/* ---- contents ---- */

/* The byte that belongs at an offset of the block with this tag. */
static inline unsigned char pattern_byte(uint32_t tag, size_t offset) {
  return (unsigned char)(tag * 151u + offset * 7u + (offset >> 8) * 13u);
}

/* Fills the whole block if it is small, its ends and one byte a page if it is large. */
static inline void pattern_fill(void *block, size_t size, uint32_t tag) {
  unsigned char *bytes = block;
  size_t step = size <= 16384 ? 1 : 509;
  for (size_t i = 0; i < size; i += step) bytes[i] = pattern_byte(tag, i);
  if (size > 0) bytes[size - 1] = pattern_byte(tag, size - 1);
}

/* False when one of the first `size` bytes of a block that was filled with `filled` bytes is wrong. */
static inline bool pattern_holds(const void *block, size_t filled, size_t size, uint32_t tag) {
  const unsigned char *bytes = block;
  size_t step = filled <= 16384 ? 1 : 509;
  for (size_t i = 0; i < size && i < filled; i += step)
    if (bytes[i] != pattern_byte(tag, i)) return false;
  return size < filled || filled == 0 || bytes[filled - 1] == pattern_byte(tag, filled - 1);
}

/* ---- children ---- */

enum { CHILD_TEXT = 4096, CHILD_SECONDS = 60 };

typedef struct Child {
  int status;            /* as waitpid gives it */
  char text[CHILD_TEXT]; /* what it wrote to standard error, cut */
} Child;

/* In a child: ends it with a line and exit code 1. */
#define CHILD_CHECK(condition)                                                                                         \
  do {                                                                                                                 \
    if (!(condition)) {                                                                                                \
      dprintf(2, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                                       \
      _exit(1);                                                                                                        \
    }                                                                                                                  \
  } while (0)

static inline void child_prepare(int descriptor) {
  static const int caught[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTERM};
  for (size_t i = 0; i < COUNT_OF(caught); i++) signal(caught[i], SIG_DFL);
  setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
  alarm(CHILD_SECONDS);
  dup2(descriptor, 2);
}

/* Runs `body` in a forked child; when it returns, the child exits with 0. */
static inline void child_run(Child *child, void (*body)(void *), void *data) {
  int ends[2];
  memset(child, 0, sizeof *child);
  assert_int_equal(pipe(ends), 0);
  fflush(NULL);
  pid_t id = fork();
  assert_true(id >= 0);
  if (id == 0) {
    close(ends[0]);
    child_prepare(ends[1]);
    body(data);
    _exit(0);
  }
  close(ends[1]);
  size_t length = 0;
  char byte;
  while (read(ends[0], &byte, 1) == 1)
    if (length < CHILD_TEXT - 1) child->text[length++] = byte;
  close(ends[0]);
  assert_true(waitpid(id, &child->status, 0) == id);
}

static inline void child_expect_success(void (*body)(void *), void *data) {
  Child child;
  child_run(&child, body, data);
  if (!WIFEXITED(child.status) || WEXITSTATUS(child.status) != 0) {
    print_error("status %x: %s\n", child.status, child.text);
    fail();
  }
}

/* ---- memory ---- */

/* The field of /proc/self/status, in kB. */
static inline long process_kilobytes(const char *field) {
  char text[8192];
  FILE *file = fopen("/proc/self/status", "r");
  size_t length = file == NULL ? 0 : fread(text, 1, sizeof text - 1, file);
  if (file != NULL) fclose(file);
  text[length] = 0;
  const char *found = strstr(text, field);
  return found == NULL ? -1 : strtol(found + strlen(field) + 1, NULL, 10);
}

static inline long resident_kilobytes(void) {
#ifdef RLM_TESTING
  return 0; /* a sanitizer's shadow would count, too */
#endif
  return process_kilobytes("VmRSS");
}

#endif

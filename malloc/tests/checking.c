/* The checking mode: RILLE_MALLOC=WORD,... in the environment (docs/allocator.md). Each case runs this very program
 * again, with the variable set and the name of what to do as its argument. Ours only: run with the library preloaded.
 */
#include "support.h"

/* ---- what the children do ---- */

static volatile unsigned char sink;

static void clean(size_t size) {
  for (size_t i = 0; i < 200; i++) {
    unsigned char *block = malloc(size);
    memset(block, 1, size);
    block = realloc(block, size * 2);
    memset(block, 1, size * 2);
    free(block);
    free(calloc(size, 2));
    free(memalign(256, size));
  }
}

static void overflow_by_one(size_t size) {
  unsigned char *block = malloc(size);
  block[size] = 0;
  free(block);
}

static void overflow_found_by_realloc(size_t size) {
  unsigned char *block = malloc(size);
  block[size] = 0;
  free(realloc(block, size * 2));
}

static void write_after_free(size_t size) {
  unsigned char *block = malloc(size);
  free(block);
  block[size / 2] = 1;
  for (size_t i = 0; i < 20000; i++) free(malloc(size)); /* until it leaves the quarantine */
}

static void read_after_free(size_t size) {
  unsigned char *block = malloc(size);
  free(block);
  sink = block[size / 2];
}

static void read_behind(size_t size) {
  unsigned char *block = malloc(size);
  size_t rounded = (size + 15) / 16 * 16;
  sink = block[rounded];
}

static void free_twice(size_t size) {
  void *block = malloc(size);
  free(block);
  free(block);
}

static void free_twice_later(size_t size) {
  void *block = malloc(size);
  free(block);
  for (size_t i = 0; i < 1000; i++) free(malloc(size));
  free(block);
}

static void free_inside(size_t size) {
  char *block = malloc(size);
  free(block + 16);
}

static void use_size_after_free(size_t size) {
  void *block = malloc(size);
  free(block);
  free(realloc(block, size * 2));
}

/* New bytes are neither zero nor what was there; calloc's are zero; freed ones change. */
static void look_at_bytes(size_t size) {
  for (int round = 0; round < 3; round++) {
    unsigned char *block = malloc(size);
    for (size_t i = 0; i < size; i++)
      if (block[i] == 0 || block[i] != block[0]) exit(7);
    memset(block, 0x11, size);
    free(block);
    block = calloc(1, size);
    for (size_t i = 0; i < size; i++)
      if (block[i] != 0) exit(8);
    free(block);
  }
}

/* The same address does not come back at once. */
static void look_at_addresses(size_t size) {
  void *block = malloc(size);
  uintptr_t address = (uintptr_t)block;
  free(block);
  for (int i = 0; i < 100; i++) {
    block = malloc(size);
    if ((uintptr_t)block == address) exit(9);
    free(block);
  }
}

/* Global, so that its name can be found. */
__attribute__((noinline)) void leak_from_here(size_t size);

void leak_from_here(size_t size) {
  static void *volatile kept;
  for (volatile int i = 0; i < 3; i++) kept = malloc(size); /* volatile: one call, not three */
  sink = kept != NULL;
}

static void leak(size_t size) {
  leak_from_here(size);
  clean(size);
}

static void *churn(void *data) {
  clean((size_t)data);
  return NULL;
}

static void threads_and_forks(size_t size) {
  pthread_t threads[4];
  for (size_t i = 0; i < COUNT_OF(threads); i++) pthread_create(&threads[i], NULL, churn, (void *)(size + i));
  for (int i = 0; i < 10; i++) {
    pid_t id = fork();
    if (id == 0) {
      clean(size);
      _exit(0);
    }
    int status = -1;
    if (waitpid(id, &status, 0) != id || status != 0) exit(6);
  }
  for (size_t i = 0; i < COUNT_OF(threads); i++) pthread_join(threads[i], NULL);
}

/* More blocks alive than there can be mappings. */
static void very_many(size_t size) {
  enum { BLOCKS = 40000 };
  unsigned char **blocks = malloc(BLOCKS * sizeof *blocks);
  for (size_t i = 0; i < BLOCKS; i++) {
    blocks[i] = malloc(size);
    if (blocks[i] == NULL) exit(5);
    pattern_fill(blocks[i], size, (uint32_t)i);
  }
  for (size_t i = 0; i < BLOCKS; i++) {
    if (!pattern_holds(blocks[i], size, size, (uint32_t)i)) exit(4);
    free(blocks[i]);
  }
  free(blocks);
}

static const struct {
  const char *name;
  void (*body)(size_t size);
} deeds[] = {
  {"clean", clean},
  {"overflow", overflow_by_one},
  {"overflow-realloc", overflow_found_by_realloc},
  {"write-after-free", write_after_free},
  {"read-after-free", read_after_free},
  {"read-behind", read_behind},
  {"double", free_twice},
  {"double-later", free_twice_later},
  {"inside", free_inside},
  {"size-after-free", use_size_after_free},
  {"bytes", look_at_bytes},
  {"addresses", look_at_addresses},
  {"leak", leak},
  {"threads", threads_and_forks},
  {"many", very_many},
};

static int do_deed(const char *name, const char *size) {
  for (size_t i = 0; i < COUNT_OF(deeds); i++) {
    if (strcmp(deeds[i].name, name) != 0) continue;
    deeds[i].body(strtoull(size, NULL, 10));
    return 0;
  }
  return 99;
}

/* ---- the driver ---- */

typedef struct Deed {
  const char *mode, *name;
  size_t size;
} Deed;

static const char *self;

static void become(void *data) {
  const Deed *deed = data;
  char size[32];
  snprintf(size, sizeof size, "%zu", deed->size);
  setenv("RILLE_MALLOC", deed->mode, 1);
  execl(self, self, deed->name, size, (char *)NULL);
}

static Child run(const char *mode, const char *name, size_t size) {
  Child child;
  Deed deed = {mode, name, size};
  child_run(&child, become, &deed);
  return child;
}

static const size_t sizes[] = {1, 10, 16, 100, 1000, 1024, 5000, 100000, 300000};

#define EACH_SIZE(i) for (size_t i = 0; i < COUNT_OF(sizes); i++)

static void expect_line(const Child *child, size_t size, const char *words) {
  if (!WIFSIGNALED(child->status) || WTERMSIG(child->status) != SIGABRT)
    fail_msg("size %zu: status %x: %s", size, child->status, child->text);
  if (strstr(child->text, words) == NULL || strstr(child->text, "0x") == NULL)
    fail_msg("%s does not say %s", child->text, words);
}

static void expect_segfault(const Child *child, size_t size) {
  if (!WIFSIGNALED(child->status) || WTERMSIG(child->status) != SIGSEGV)
    fail_msg("size %zu: status %x: %s", size, child->status, child->text);
}

static void expect_success(const Child *child, const char *mode, const char *name, size_t size) {
  if (child->status != 0) fail_msg("%s, %s, %zu: status %x: %s", mode, name, size, child->status, child->text);
}

static const char *const modes[] = {"guard", "fill", "quarantine", "guard,fill", "fill,quarantine", "check"};

static void good_programs(void **state) {
  (void)state;
  for (size_t m = 0; m < COUNT_OF(modes); m++) {
    EACH_SIZE(i) {
      Child child = run(modes[m], "clean", sizes[i]);
      expect_success(&child, modes[m], "clean", sizes[i]);
      assert_string_equal(child.text, "");
    }
    Child child = run(modes[m], "threads", 50);
    expect_success(&child, modes[m], "threads", 50);
    child = run(modes[m], "many", 40);
    expect_success(&child, modes[m], "many", 40);
  }
}

static void overflow_is_found_at_free(void **state) {
  (void)state;
  for (size_t m = 0; m < COUNT_OF(modes); m++) EACH_SIZE(i) {
      if (strstr(modes[m], "guard") != NULL && sizes[i] % 16 == 0) continue; /* that write is a fault by itself */
      if (strcmp(modes[m], "check") == 0 && sizes[i] % 16 == 0) continue;
      Child child = run(modes[m], "overflow", sizes[i]);
      expect_line(&child, sizes[i], "behind");
      child = run(modes[m], "overflow-realloc", sizes[i]);
      expect_line(&child, sizes[i], "behind");
    }
}

static void guard_pages(void **state) {
  (void)state;
  EACH_SIZE(i) {
    Child child = run("guard", "read-behind", sizes[i]);
    expect_segfault(&child, sizes[i]);
    child = run("guard,quarantine", "read-after-free", sizes[i]);
    expect_segfault(&child, sizes[i]);
    child = run("check", "write-after-free", sizes[i]);
    expect_segfault(&child, sizes[i]);
  }
}

static void quarantine_finds_writes(void **state) {
  (void)state;
  EACH_SIZE(i) {
    Child child = run("fill,quarantine", "write-after-free", sizes[i]);
    expect_line(&child, sizes[i], "after its free");
    child = run("quarantine", "addresses", sizes[i]);
    expect_success(&child, "quarantine", "addresses", sizes[i]);
  }
}

static void fills(void **state) {
  (void)state;
  EACH_SIZE(i) {
    Child child = run("fill", "bytes", sizes[i]);
    expect_success(&child, "fill", "bytes", sizes[i]);
    child = run("check", "bytes", sizes[i]);
    expect_success(&child, "check", "bytes", sizes[i]);
  }
}

static void double_frees(void **state) {
  (void)state;
  for (size_t m = 0; m < COUNT_OF(modes); m++) EACH_SIZE(i) {
      if (strstr(modes[m], "quarantine") == NULL && strcmp(modes[m], "check") != 0) continue;
      Child child = run(modes[m], "double", sizes[i]);
      expect_line(&child, sizes[i], "double free");
      child = run(modes[m], "double-later", sizes[i] > 16000 ? 16000 : sizes[i]);
      expect_line(&child, sizes[i], "double free");
      child = run(modes[m], "size-after-free", sizes[i]);
      expect_line(&child, sizes[i], "free");
    }
}

/* Whatever the words, at least what is found without them. */
static void invalid_frees(void **state) {
  (void)state;
  for (size_t m = 0; m < COUNT_OF(modes); m++) {
    Child child = run(modes[m], "inside", 1000);
    expect_line(&child, 1000, "");
    child = run(modes[m], "double", 1000);
    assert_true(WIFSIGNALED(child.status));
  }
}

static void leaks_with_their_call_sites(void **state) {
  (void)state;
  EACH_SIZE(i) {
    char expected[80];
    Child child = run("leaks", "leak", sizes[i]);
    expect_success(&child, "leaks", "leak", sizes[i]);
    snprintf(expected, sizeof expected, "3 blocks, %zu bytes from 0x", 3 * sizes[i]);
    if (strstr(child.text, expected) == NULL) fail_msg("no '%s' in\n%s", expected, child.text);
    if (strstr(child.text, "leak_from_here") == NULL) fail_msg("no name of the function in\n%s", child.text);
    assert_non_null(strstr(child.text, "still in use at exit: "));
  }
  Child child = run("leaks", "clean", 100);
  expect_success(&child, "leaks", "clean", 100);
  assert_null(strstr(child.text, "leak_from_here"));
}

static void statistics(void **state) {
  (void)state;
  Child child = run("stats", "clean", 100);
  expect_success(&child, "stats", "clean", 100);
  assert_true(strlen(child.text) > 20);
  child = run("stats", "leak", 300000);
  expect_success(&child, "stats", "leak", 300000);
}

static void unknown_words(void **state) {
  (void)state;
  Child child = run("guard,nonsense", "clean", 100);
  expect_success(&child, "nonsense", "clean", 100); /* a program does not fail for that */
  assert_non_null(strstr(child.text, "nonsense"));
  child = run("", "clean", 100);
  expect_success(&child, "", "clean", 100);
  assert_string_equal(child.text, "");
}

int main(int argc, char **argv) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(good_programs), cmocka_unit_test(overflow_is_found_at_free),
    cmocka_unit_test(guard_pages),   cmocka_unit_test(quarantine_finds_writes),
    cmocka_unit_test(fills),         cmocka_unit_test(double_frees),
    cmocka_unit_test(invalid_frees), cmocka_unit_test(leaks_with_their_call_sites),
    cmocka_unit_test(statistics),    cmocka_unit_test(unknown_words),
  };
  self = argv[0];
  if (argc == 3) return do_deed(argv[1], argv[2]);
  return RUN_GROUP(tests);
}

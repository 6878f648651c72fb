/* Misuse that is always found: double, invalid and unaligned frees, overwritten links, overflow into what lies behind.
 * Each case runs in a child, which must end by SIGABRT after one line that names the fault and the pointer. glibc's
 * allocator runs the cases that it detects, too, and has to end somehow: its lines name no pointer. */
#include "support.h"

#include <sys/mman.h>

typedef struct Case {
  size_t size;     /* of the block */
  size_t argument; /* what it means depends on the body */
} Case;

typedef struct Shared { /* with the child */
  void *pointer;        /* what the line has to name */
} Shared;

static Shared *shared;

static int make_shared(void **state) {
  (void)state;
  shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return shared == MAP_FAILED ? -1 : 0;
}

static void *named(void *pointer) {
  return shared->pointer = pointer;
}

/* The one line "rille malloc: FAULT: ADDRESS". The address lies within `distance` of the expected one. */
static void expect_line(const Child *child, const char *words, size_t distance) {
  const char *end = strchr(child->text, '\n');
  if (strncmp(child->text, "rille malloc: ", 14) != 0 || end == NULL || end[1] != 0)
    fail_msg("not one line: %s", child->text);
  const char *hexadecimal = strstr(child->text, "0x");
  if (hexadecimal == NULL) fail_msg("no address: %s", child->text);
  uintptr_t address = strtoull(hexadecimal, NULL, 16), expected = (uintptr_t)shared->pointer;
  size_t away = address > expected ? address - expected : expected - address;
  if (away > distance) fail_msg("%s is not about %p", child->text, shared->pointer);
  char copy[200];
  snprintf(copy, sizeof copy, "%s", words);
  for (char *rest = copy, *word; (word = strsep(&rest, "|")) != NULL;)
    if (strstr(child->text, word) != NULL) return;
  fail_msg("%s does not say %s", child->text, words);
}

/* `words`: one of them, separated by |, must be in the line. */
static void expect_fault(void (*body)(void *), Case one, const char *words, size_t distance) {
  Child child;
  shared->pointer = NULL;
  child_run(&child, body, &one);
  if (!WIFSIGNALED(child.status))
    fail_msg("size %zu, argument %zu: not detected (status %x) %s", one.size, one.argument, child.status, child.text);
  if (!is_ours()) return;
  if (WTERMSIG(child.status) != SIGABRT)
    fail_msg("size %zu, argument %zu: ended by signal %d %s", one.size, one.argument, WTERMSIG(child.status),
             child.text);
  expect_line(&child, words, distance);
}

static const size_t sizes[] = {1,    16,   24,    64,    100,    256,    500,     1000,   1024,
                               1500, 4000, 10000, 30000, 100000, 200000, 1000000, 5000000};

#define EACH_SIZE(i) for (size_t i = 0; i < COUNT_OF(sizes); i++)

/* ---- double frees ---- */

static void free_twice(void *data) {
  void *block = named(malloc(((Case *)data)->size));
  free(block);
  free(block);
}

static void double_free(void **state) {
  (void)state;
  EACH_SIZE(i) expect_fault(free_twice, (Case){sizes[i], 0}, "double free", 0);
}

/* So many others of the size are freed in between. */
static void free_twice_later(void *data) {
  Case *one = data;
  void *others[500];
  for (size_t i = 0; i < one->argument; i++) others[i] = malloc(one->size);
  void *block = named(malloc(one->size));
  void *keeper = malloc(one->size);
  free(block);
  for (size_t i = 0; i < one->argument; i++) free(others[i]);
  free(block);
  free(keeper);
}

static void double_free_later(void **state) {
  (void)state;
  static const size_t counts[] = {1, 3, 20, 400};
  for (size_t c = 0; c < COUNT_OF(counts); c++) {
    if (counts[c] > 3 && !is_ours()) break;
    EACH_SIZE(i) {
      if (sizes[i] * counts[c] > 100000000) continue;
      expect_fault(free_twice_later, (Case){sizes[i], counts[c]}, "double free", 0);
    }
  }
}

static void *free_it(void *block) {
  free(block);
  return NULL;
}

static void in_thread(void *(*body)(void *), void *data) {
  pthread_t thread;
  CHILD_CHECK(pthread_create(&thread, NULL, body, data) == 0);
  pthread_join(thread, NULL);
}

static pthread_barrier_t may_free;

static void *free_it_later(void *block) {
  pthread_barrier_wait(&may_free);
  free(block);
  return NULL;
}

/* The thread is there before the block is freed: what is allocated for it might take the block's place. */
static void free_before_thread(void *block) {
  pthread_t thread;
  pthread_barrier_init(&may_free, NULL, 2);
  CHILD_CHECK(pthread_create(&thread, NULL, free_it_later, block) == 0);
  free(block);
  pthread_barrier_wait(&may_free);
  pthread_join(thread, NULL);
}

/* argument 0: the other thread frees first; 1: last; 2: two others. */
static void free_in_two_threads(void *data) {
  Case *one = data;
  void *block = named(malloc(one->size));
  if (one->argument == 1) {
    free_before_thread(block);
    return;
  }
  in_thread(free_it, block);
  if (one->argument == 2) in_thread(free_it, block);
  if (one->argument == 0) free(block);
  in_thread(free_it, malloc(one->size)); /* whatever was queued for its home gets there */
  for (int i = 0; i < 2000; i++) free(malloc(one->size));
}

static void double_free_in_two_threads(void **state) {
  (void)state;
  if (!is_ours()) return; /* glibc looks into the cache of the freeing thread only */
  EACH_SIZE(i)
  for (size_t order = 0; order < 3; order++)
    expect_fault(free_in_two_threads, (Case){sizes[i], order}, "double free", 0);
}

static void free_twice_aligned(void *data) {
  Case *one = data;
  void *block = named(memalign(one->argument, one->size));
  free(block);
  free(block);
}

static void double_free_of_aligned_blocks(void **state) {
  (void)state;
  for (size_t alignment = 32; alignment <= 65536; alignment *= 8)
    EACH_SIZE(i) expect_fault(free_twice_aligned, (Case){sizes[i], alignment}, "double free|no block", 0);
}

static void resize_what_is_free(void *data) {
  Case *one = data;
  void *block = named(malloc(one->size));
  free(block);
  block = realloc(block, one->argument);
  CHILD_CHECK(block != NULL);
}

static void realloc_after_free(void **state) {
  (void)state;
  if (!is_ours()) return; /* glibc finds it for large blocks only */
  EACH_SIZE(i) {
    expect_fault(resize_what_is_free, (Case){sizes[i], sizes[i] * 3 + 100}, "double free|no block|free", 0);
    expect_fault(resize_what_is_free, (Case){sizes[i], sizes[i] / 3 + 1}, "double free|no block|free", 0);
  }
}

/* ---- frees of what is no block ---- */

static void free_inside(void *data) {
  Case *one = data;
  char *block = malloc(one->size);
  memset(block, 0, one->size);
  free(named(block + one->argument));
}

static void free_of_an_address_inside(void **state) {
  (void)state;
  static const size_t offsets[] = {16, 32, 48, 64, 512, 4096, 8192};
  EACH_SIZE(i)
  for (size_t o = 0; o < COUNT_OF(offsets); o++)
    if (offsets[o] < sizes[i] && (is_ours() || offsets[o] == 16))
      expect_fault(free_inside, (Case){sizes[i], offsets[o]}, "no block|damaged|overwritten", 0);
}

static void free_unaligned(void **state) {
  (void)state;
  static const size_t offsets[] = {1, 2, 4, 7, 8, 15};
  EACH_SIZE(i)
  for (size_t o = 0; o < COUNT_OF(offsets); o++) expect_fault(free_inside, (Case){sizes[i], offsets[o]}, "aligned", 0);
}

static char static_data[65536] __attribute__((aligned(64)));

static void free_foreign(void *data) {
  Case *one = data;
  char on_stack[4096] __attribute__((aligned(16)));
  memset(on_stack, 0, sizeof on_stack);
  free(malloc(one->size));
  switch (one->argument) {
    case 0: free(named(on_stack + 1024)); break;
    case 1: free(named(static_data + 4096)); break;
    case 2:
      free(named((char *)mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) + 16));
      break;
    case 3: free(named((void *)(uintptr_t)16)); break;
    case 4: free(named((void *)(uintptr_t)0x7ff012345670)); break;
    case 5: free(named((void *)(uintptr_t)0xdead000000000000)); break;
    case 6: free(named((void *)(uintptr_t)0xfffffffffffffff0)); break;
    case 7: free(named((char *)sbrk(0) + 4096)); break;
    case 8: /* beside blocks, where nothing was ever allocated */
      free(named((void *)(((uintptr_t)malloc(one->size) & ~(uintptr_t)0xfffff) + 0xffff0)));
      break;
    default: free(named((void *)(uintptr_t)1)); break;
  }
}

static void free_of_what_was_never_a_block(void **state) {
  (void)state;
  for (size_t kind = 0; kind < 10; kind++) {
    expect_fault(free_foreign, (Case){24, kind}, "no block|aligned|double free", 0);
    expect_fault(free_foreign, (Case){3000, kind}, "no block|aligned|double free", 0);
  }
}

/* ---- what is written after the free, and behind the end ---- */

/* Blocks are freed and then overwritten at their start; sooner or later one of them would be handed out. */
static void poison(void *data) {
  Case *one = data;
  enum { BLOCKS = 40 };
  static const uint64_t poisons[] = {UINT64_C(0x4141414141414141), 1, 0, ~UINT64_C(0), UINT64_C(0x00007fff00000008)};
  char *blocks[BLOCKS], *separators[BLOCKS];
  for (size_t i = 0; i < BLOCKS; i++) blocks[i] = malloc(one->size), separators[i] = malloc(one->size);
  for (size_t i = 0; i < BLOCKS; i++) free(blocks[i]);
  named(blocks[BLOCKS / 2]);
  for (size_t i = 0; i < BLOCKS; i++)
    for (size_t word = 0; word < 2; word++) memcpy(blocks[i] + word * 8, &poisons[one->argument], 8);
  for (size_t i = 0; i < 4 * BLOCKS; i++) {
    char *block = malloc(one->size);
    memset(block, 1, one->size);
  }
  for (size_t i = 0; i < BLOCKS; i++) free(separators[i]);
}

static void overwritten_links(void **state) {
  (void)state;
  static const size_t linked[] = {16, 24, 64, 100, 256, 500, 1000, 1500, 4000, 10000, 30000};
  for (size_t i = 0; i < COUNT_OF(linked); i++)
    for (size_t p = 0; p < (is_ours() ? 5u : 1u); p++)
      expect_fault(poison, (Case){linked[i], p}, "link|overwritten|damaged", (size_t)4 << 20);
}

/* Writes behind a block's end, as a loop that runs too far does, over the head of the next. argument: which of them is
 * freed. */
static void overflow(void *data) {
  Case *one = data;
  enum { BLOCKS = 12 };
  char *blocks[BLOCKS];
  for (size_t i = 0; i < BLOCKS; i++) blocks[i] = malloc(one->size);
  char *block = named(blocks[BLOCKS / 2]);
  memset(block + malloc_usable_size(block), 0x41, 16);
  for (size_t i = 0; i < BLOCKS; i++)
    if (one->argument == 0 || i != BLOCKS / 2) free(blocks[i]);
}

static void overflow_into_the_next_size(void **state) {
  (void)state;
  static const size_t chunks[] = {1500, 2000, 4000, 10000, 30000, 60000};
  for (size_t i = 0; i < COUNT_OF(chunks); i++)
    for (size_t which = 0; which < 2; which++)
      expect_fault(overflow, (Case){chunks[i], which}, "overwritten|no block|damaged", (size_t)4 << 20);
}

/* The last block before the top, then more is taken from the top. */
static void overflow_top(void *data) {
  Case *one = data;
  char *block = malloc(one->size);
  for (int i = 0; i < 50; i++) block = malloc(one->size); /* behind whatever was free in between */
  named(block);
  memset(block + malloc_usable_size(block), 0x41, 16);
  for (int i = 0; i < 50; i++) memset(malloc(one->size), 1, one->size);
  free(block);
}

static void overflow_into_the_top(void **state) {
  (void)state;
  static const size_t chunks[] = {1500, 4000, 10000, 30000};
  for (size_t i = 0; i < COUNT_OF(chunks); i++)
    expect_fault(overflow_top, (Case){chunks[i], 0}, "overwritten|no block|damaged", (size_t)8 << 20);
}

/* Correct programs end well: the same bodies without the fault. */
static void no_fault(void *data) {
  Case *one = data;
  char *blocks[100];
  for (size_t i = 0; i < COUNT_OF(blocks); i++) memset(blocks[i] = malloc(one->size), 0x41, one->size);
  for (size_t i = 0; i < COUNT_OF(blocks); i++) {
    memset(blocks[i], 0x41, malloc_usable_size(blocks[i]));
    if (i % 2 == 0) in_thread(free_it, blocks[i]);
  }
  for (size_t i = 1; i < COUNT_OF(blocks); i += 2) free(blocks[i]);
}

static void nothing_is_found_where_nothing_is(void **state) {
  (void)state;
  EACH_SIZE(i) child_expect_success(no_fault, &(Case){sizes[i], 0});
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(double_free),
    cmocka_unit_test(double_free_later),
    cmocka_unit_test(double_free_in_two_threads),
    cmocka_unit_test(double_free_of_aligned_blocks),
    cmocka_unit_test(realloc_after_free),
    cmocka_unit_test(free_of_an_address_inside),
    cmocka_unit_test(free_unaligned),
    cmocka_unit_test(free_of_what_was_never_a_block),
    cmocka_unit_test(overwritten_links),
    cmocka_unit_test(overflow_into_the_next_size),
    cmocka_unit_test(overflow_into_the_top),
    cmocka_unit_test(nothing_is_found_where_nothing_is),
  };
  expect_the_right_malloc();
  return cmocka_run_group_tests(tests, make_shared, NULL);
}

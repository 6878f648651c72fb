/* mallinfo, mallinfo2, malloc_info, malloc_stats, mallopt. */
#include "support.h"

static size_t in_use(void) {
  struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

static void mallinfo2_follows(void **state) {
  (void)state;
  static const size_t sizes[] = {100, 3000, 50000, 3000000};
  for (size_t s = 0; s < COUNT_OF(sizes); s++) {
    enum { BLOCKS = 200 };
    void *blocks[BLOCKS];
    size_t count = sizes[s] > 1000000 ? 5 : BLOCKS, total = count * sizes[s], before = in_use();
    for (size_t i = 0; i < count; i++) blocks[i] = malloc(sizes[s]);
    size_t between = in_use();
    assert_true(between >= before + total - total / 10);
    assert_true(between <= before + total + total / 2 + 300000); /* caches and run heads */
    for (size_t i = 0; i < count; i++) free(blocks[i]);
    assert_true(in_use() <= before + 300000);
  }
}

static void mallinfo2_is_consistent(void **state) {
  (void)state;
  void *block = malloc(5000000);
  struct mallinfo2 info = mallinfo2();
  assert_true(info.arena + info.hblkhd > 0);
  assert_true(info.uordblks > 0 || info.hblkhd > 0);
  assert_true(info.uordblks + info.fordblks <= info.arena + PAGE);
  assert_true(info.hblkhd >= 5000000 && info.hblks >= 1);
  assert_true(info.keepcost <= info.fordblks);
  free(block);
}

/* The old structure has the same figures, as int. */
static void mallinfo_is_the_same(void **state) {
  (void)state;
  struct mallinfo2 wide = mallinfo2();
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  struct mallinfo narrow = mallinfo();
#pragma GCC diagnostic pop
  assert_int_equal((unsigned)narrow.arena, (unsigned)wide.arena);
  assert_int_equal((unsigned)narrow.uordblks, (unsigned)wide.uordblks);
  assert_int_equal((unsigned)narrow.hblkhd, (unsigned)wide.hblkhd);
}

/* ---- malloc_info ---- */

static const char *skip_name(const char *at) {
  while ((*at >= 'a' && *at <= 'z') || *at == '_') at++;
  return at;
}

/* NULL, or what is wrong: a small checker of well-formedness, for elements, attributes and text. */
static const char *xml_fault(const char *text) {
  enum { DEEPEST = 20 };
  const char *open[DEEPEST];
  size_t lengths[DEEPEST], depth = 0, elements = 0;
  for (const char *at = text; *at != 0;) {
    if (*at != '<') {
      if (strchr("&>", *at) != NULL) return at;
      at++;
      continue;
    }
    bool closes = *++at == '/';
    at += closes;
    const char *name = at;
    at = skip_name(at);
    if (at == name) return name;
    size_t length = (size_t)(at - name);
    if (closes) {
      if (depth == 0 || lengths[depth - 1] != length || strncmp(open[depth - 1], name, length) != 0 || *at != '>')
        return name;
      depth--;
      at++;
      continue;
    }
    elements++;
    while (*at == ' ') {
      const char *attribute = ++at;
      if (*at == '/') break;
      at = skip_name(at);
      if (at == attribute || at[0] != '=' || at[1] != '"') return attribute;
      const char *end = strchr(at + 2, '"');
      if (end == NULL) return attribute;
      at = end + 1;
    }
    if (at[0] == '/' && at[1] == '>') {
      at += 2;
      continue;
    }
    if (*at != '>' || depth == DEEPEST) return name;
    open[depth] = name;
    lengths[depth++] = length;
    at++;
  }
  return depth != 0 ? "an element is not closed" : elements == 0 ? "no elements" : NULL;
}

static void *other_thread(void *data) {
  free(malloc(100));
  pthread_barrier_wait(data);
  pthread_barrier_wait(data);
  return NULL;
}

static void malloc_info_is_xml(void **state) {
  (void)state;
  pthread_t thread;
  pthread_barrier_t barrier;
  pthread_barrier_init(&barrier, NULL, 2);
  pthread_create(&thread, NULL, other_thread, &barrier);
  pthread_barrier_wait(&barrier);
  char *text = NULL;
  size_t length = 0;
  FILE *stream = open_memstream(&text, &length); /* allocates while it is written to */
  void *block = malloc(700);
  free(malloc(3000));
  assert_int_equal(malloc_info(0, stream), 0);
  fclose(stream);
  assert_true(length > 50);
  const char *fault = xml_fault(text);
  if (fault != NULL) fail_msg("%.60s in\n%s", fault, text);
  assert_int_equal(strncmp(text, "<malloc version=\"1\">", 20), 0);
  static const char *const parts[] = {"<heap nr=\"0\">",          "</heap>",
                                      "<total type=\"rest\"",     "<total type=\"mmap\"",
                                      "<system type=\"current\"", "<system type=\"max\"",
                                      "<aspace type=\"total\"",   "</malloc>"};
  for (size_t i = 0; i < COUNT_OF(parts); i++)
    if (strstr(text, parts[i]) == NULL) fail_msg("%s is missing in\n%s", parts[i], text);
  free(block);
  free(text);
  pthread_barrier_wait(&barrier);
  pthread_join(thread, NULL);
  pthread_barrier_destroy(&barrier);
}

static void malloc_info_refuses_options(void **state) {
  (void)state;
  assert_int_equal(malloc_info(1, stdout), EINVAL);
  assert_int_equal(malloc_info(-1, stdout), EINVAL);
}

/* A stream whose functions allocate: no lock of the allocator may be held meanwhile. */
static ssize_t write_and_allocate(void *cookie, const char *bytes, size_t size) {
  (void)bytes;
  ++*(size_t *)cookie;
  for (size_t i = 1; i < 2000000; i *= 3) free(malloc(i));
  malloc_trim(0);
  return (ssize_t)size;
}

static void report_to_a_stream_that_allocates(void *data) {
  (void)data;
  size_t writes = 0;
  FILE *stream = fopencookie(&writes, "w", (cookie_io_functions_t){.write = write_and_allocate});
  setvbuf(stream, NULL, _IONBF, 0);
  CHILD_CHECK(malloc_info(0, stream) == 0);
  fclose(stream);
  CHILD_CHECK(writes > 0);
}

static void no_lock_while_reporting(void **state) {
  (void)state;
  child_expect_success(report_to_a_stream_that_allocates, NULL);
}

/* ---- malloc_stats ---- */

static void print_statistics(void *data) {
  (void)data;
  void *block = malloc(1000000);
  malloc_stats();
  free(block);
}

static void malloc_stats_prints(void **state) {
  (void)state;
  Child child;
  child_run(&child, print_statistics, NULL);
  assert_int_equal(child.status, 0);
  assert_non_null(strstr(child.text, "Arena 0:"));
  assert_non_null(strstr(child.text, "system bytes"));
  assert_non_null(strstr(child.text, "in use bytes"));
  assert_non_null(strstr(child.text, "Total (incl. mmap):"));
}

/* ---- mallopt ---- */

static void parameters(void *data) {
  (void)data;
  static const int known[][2] = {
    {M_MXFAST, 64},    {M_TRIM_THRESHOLD, 1 << 20}, {M_TOP_PAD, 1 << 16}, {M_MMAP_THRESHOLD, 1 << 20},
    {M_MMAP_MAX, 100}, {M_CHECK_ACTION, 3},         {M_PERTURB, 0},       {M_ARENA_TEST, 2},
    {M_ARENA_MAX, 4}};
  for (size_t i = 0; i < COUNT_OF(known); i++) CHILD_CHECK(mallopt(known[i][0], known[i][1]) == 1);
  CHILD_CHECK(mallopt(M_MXFAST, 100000) == 0); /* too large */
  for (size_t size = 1; size < 3000000; size *= 2) free(memset(malloc(size), 1, size));
}

static void mallopt_knows_its_parameters(void **state) {
  (void)state;
  child_expect_success(parameters, NULL);
}

/* Above the threshold blocks have mappings of their own, below not. */
static void threshold(void *data) {
  (void)data;
  CHILD_CHECK(mallopt(M_MMAP_THRESHOLD, 400000) == 1);
  struct mallinfo2 before = mallinfo2();
  void *below = malloc(390000);
  CHILD_CHECK(mallinfo2().hblks == before.hblks);
  void *above = malloc(500000);
  CHILD_CHECK(mallinfo2().hblks == before.hblks + 1);
  free(above);
  CHILD_CHECK(mallinfo2().hblks == before.hblks);
  above = malloc(500000); /* a threshold that was set does not adapt any more */
  CHILD_CHECK(mallinfo2().hblks == before.hblks + 1);
  free(above);
  free(below);
  CHILD_CHECK(mallopt(M_MMAP_MAX, 0) == 1);
  above = malloc(3000000);
  CHILD_CHECK(above != NULL && mallinfo2().hblks == before.hblks);
  free(above);
}

static void mmap_threshold_is_obeyed(void **state) {
  (void)state;
  child_expect_success(threshold, NULL);
}

/* M_PERTURB: new blocks hold the complement of the byte, freed ones the byte; not what calloc gives. */
static void perturb(void *data) {
  (void)data;
  static const size_t sizes[] = {40, 200, 1000, 3000, 50000};
  CHILD_CHECK(mallopt(M_PERTURB, 0x5A) == 1);
  for (size_t s = 0; s < COUNT_OF(sizes); s++) {
    unsigned char *block = malloc(sizes[s]);
    for (size_t i = 0; i < sizes[s]; i++) CHILD_CHECK(block[i] == 0xA5);
    free(block);
    block = calloc(1, sizes[s]);
    for (size_t i = 0; i < sizes[s]; i++) CHILD_CHECK(block[i] == 0);
    free(block);
  }
}

static void perturb_fills(void **state) {
  (void)state;
  child_expect_success(perturb, NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(mallinfo2_follows),           cmocka_unit_test(mallinfo2_is_consistent),
    cmocka_unit_test(mallinfo_is_the_same),        cmocka_unit_test(malloc_info_is_xml),
    cmocka_unit_test(malloc_info_refuses_options), cmocka_unit_test(no_lock_while_reporting),
    cmocka_unit_test(malloc_stats_prints),         cmocka_unit_test(mallopt_knows_its_parameters),
    cmocka_unit_test(mmap_threshold_is_obeyed),    cmocka_unit_test(perturb_fills),
  };
  return RUN_GROUP(tests);
}

/* The ends and beginnings of a process: constructors, atexit, static destructors of libraries, dlopen and dlclose, exec
 * of another program with everything preloaded. With early_library.so also preloaded (malloc.early) the same under its
 * replaced functions. */
#include "support.h"

static void *made_by_constructor;
static unsigned char *made_at_exit;

__attribute__((constructor)) static void construct(void) {
  made_by_constructor = malloc(12345);
  memset(made_by_constructor, 1, 12345);
}

static void at_exit(void) {
  for (size_t i = 0; i < 300; i++) {
    made_at_exit = malloc(i * 100);
    pattern_fill(made_at_exit, i * 100, 7);
    if (!pattern_holds(made_at_exit, i * 100, i * 100, 7)) _exit(3);
    free(made_at_exit);
  }
}

__attribute__((destructor)) static void destruct(void) {
  free(malloc(100));
  free(made_by_constructor);
}

static void blocks_of_constructors(void **state) {
  (void)state;
  assert_non_null(made_by_constructor);
  made_by_constructor = realloc(made_by_constructor, 50000);
  assert_int_equal(((char *)made_by_constructor)[12344], 1);
}

/* dlopen, dlsym and dlerror allocate; errors are kept per thread and freed with it. */
static void *fail_to_open(void *data) {
  if (dlopen("/nonexistent/library.so", RTLD_NOW) != NULL || dlerror() == NULL) return "opened";
  if (dlsym(RTLD_DEFAULT, "no_such_symbol_anywhere") != NULL)
    return "found"; /* leaves an error text to the thread's end */
  return data;
}

static void the_loader_allocates(void **state) {
  (void)state;
  for (int i = 0; i < 20; i++) {
    pthread_t thread;
    void *result;
    assert_int_equal(pthread_create(&thread, NULL, fail_to_open, NULL), 0);
    pthread_join(thread, &result);
    assert_null(result);
    void *library = dlopen("libm.so.6", RTLD_NOW);
    assert_non_null(library);
    assert_non_null(dlsym(library, "cos"));
    dlclose(library);
  }
}

static void streams_allocate(void **state) {
  (void)state;
  for (int i = 0; i < 200; i++) {
    FILE *file = fopen("/proc/self/stat", "r");
    char line[100];
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    fclose(file);
  }
}

static void *exit_in_thread(void *data) {
  (void)data;
  free(malloc(1000));
  exit(0);
}

static void *churn(void *data) {
  for (;;) free(malloc((uintptr_t)data));
}

/* exit is called by a second thread, while others are still allocating. */
static void exit_while_others_allocate(void *data) {
  pthread_t thread;
  atexit(at_exit);
  for (uintptr_t i = 1; i <= 3; i++) CHILD_CHECK(pthread_create(&thread, NULL, churn, (void *)(i * 700)) == 0);
  CHILD_CHECK(pthread_create(&thread, NULL, exit_in_thread, data) == 0);
  pthread_join(thread, NULL);
}

static void exits(void **state) {
  (void)state;
  for (int i = 0; i < 20; i++) child_expect_success(exit_while_others_allocate, NULL);
}

/* The main thread ends by pthread_exit, others go on and end the process. */
static void *outlive_main(void *data) {
  pthread_join(*(pthread_t *)data, NULL);
  for (size_t i = 0; i < 100; i++) free(malloc(i * 1000));
  exit(0);
}

static void main_ends_first(void *data) {
  (void)data;
  static pthread_t self;
  self = pthread_self();
  pthread_t thread;
  void *left = malloc(300);
  memset(left, 1, 300);
  CHILD_CHECK(pthread_create(&thread, NULL, outlive_main, &self) == 0);
  pthread_exit(left);
}

static void main_thread_ends_before_others(void **state) {
  (void)state;
  for (int i = 0; i < 10; i++) child_expect_success(main_ends_first, NULL);
}

static void other_programs_start(void **state) {
  (void)state;
  for (int i = 0; i < 5; i++) assert_int_equal(system("echo started >/dev/null"), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(blocks_of_constructors),
    cmocka_unit_test(the_loader_allocates),
    cmocka_unit_test(streams_allocate),
    cmocka_unit_test(exits),
    cmocka_unit_test(main_thread_ends_before_others),
    cmocka_unit_test(other_programs_start),
  };
  atexit(at_exit);
  return RUN_GROUP(tests);
}

/* What a fresh state costs, as a ratio between two shared libraries that are both liblua5.4: the time to make one, open all
 * libraries and close it, and the bytes that it holds.
 *
 *     fresh_state [--runs N] [--states N] [--bytes-within PERCENT] stock.so other.so
 *
 * Both are loaded into this process, and runs of the two alternate; of each the fastest run counts, in processor time.
 * With --bytes-within it fails when the second holds, or says that it uses, more than so much of what the first does. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lua.h"

typedef struct Library {
  const char *path;
  lua_State *(*newstate)(lua_Alloc f, void *ud);
  lua_State *(*newstate_default)(void);
  void (*openlibs)(lua_State *L);
  void (*close)(lua_State *L);
  int (*gc)(lua_State *L, int what, ...);
  double best_default; /* microseconds for a state: with the library's own allocator, */
  double best_realloc; /* and with one that calls realloc and free */
} Library;

typedef struct Counter {
  size_t held;
  size_t peak;
  size_t requests;
} Counter;

static void *find(void *handle, const char *path, const char *name) {
  void *symbol = dlsym(handle, name);
  if (symbol != NULL) return symbol;
  fprintf(stderr, "fresh_state: %s has no %s\n", path, name);
  exit(EXIT_FAILURE);
}

static void load(Library *library, const char *path) {
  void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (handle == NULL) {
    fprintf(stderr, "fresh_state: %s\n", dlerror());
    exit(EXIT_FAILURE);
  }
  *library = (Library){.path = path, .best_default = 1e30, .best_realloc = 1e30};
  *(void **)&library->newstate = find(handle, path, "lua_newstate");
  *(void **)&library->newstate_default = find(handle, path, "luaL_newstate");
  *(void **)&library->openlibs = find(handle, path, "luaL_openlibs");
  *(void **)&library->close = find(handle, path, "lua_close");
  *(void **)&library->gc = find(handle, path, "lua_gc");
}

static void *allocate_plainly(void *data, void *block, size_t old_size, size_t new_size) {
  (void)data;
  (void)old_size;
  if (new_size != 0) return realloc(block, new_size);
  free(block);
  return NULL;
}

static void *allocate_counted(void *data, void *block, size_t old_size, size_t new_size) {
  Counter *counter = data;
  void *result = allocate_plainly(NULL, block, old_size, new_size);
  if (new_size != 0 && result == NULL) return NULL;
  counter->held += new_size - (block == NULL ? 0 : old_size);
  counter->requests += new_size != 0;
  if (counter->held > counter->peak) counter->peak = counter->held;
  return result;
}

static void require(const lua_State *L) {
  if (L != NULL) return;
  fputs("fresh_state: no memory for a state\n", stderr);
  exit(EXIT_FAILURE);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static double measure(const Library *library, int states, int uses_default) {
  double start = now();
  for (int i = 0; i < states; i++) {
    lua_State *L = uses_default ? library->newstate_default() : library->newstate(allocate_plainly, NULL);
    require(L);
    library->openlibs(L);
    library->close(L);
  }
  return (now() - start) / states;
}

static void keep_best(double *best, double time) {
  if (time < *best) *best = time;
}

static void measure_bytes(const Library *library, Counter *counter, size_t *in_use) {
  *counter = (Counter){0};
  lua_State *L = library->newstate(allocate_counted, counter);
  require(L);
  library->openlibs(L);
  *in_use = (size_t)library->gc(L, LUA_GCCOUNT) * 1024 + (size_t)library->gc(L, LUA_GCCOUNTB);
  Counter open = *counter;
  library->close(L);
  if (counter->held != 0) {
    fprintf(stderr, "fresh_state: %s left %zu bytes\n", library->path, counter->held);
    exit(EXIT_FAILURE);
  }
  *counter = open;
}

static void row(const char *name, double stock, double other) {
  printf("%-36s %10.2f %10.2f %6.2f\n", name, stock, other, other / stock);
}

/* Whether the second keeps within so many percent of the first's bytes; 0: whatever it needs. */
static int report(const Library *libraries, int percent) {
  Counter counters[2];
  size_t in_use[2];
  for (int i = 0; i < 2; i++) measure_bytes(&libraries[i], &counters[i], &in_use[i]);
  printf("%-36s %10s %10s %6s\n", "a state with all libraries", "first", "second", "ratio");
  row("time, own allocator (us)", libraries[0].best_default, libraries[1].best_default);
  row("time, realloc and free (us)", libraries[0].best_realloc, libraries[1].best_realloc);
  row("bytes held from lua_Alloc", (double)counters[0].held, (double)counters[1].held);
  row("bytes held at the most", (double)counters[0].peak, (double)counters[1].peak);
  row("bytes in use (LUA_GCCOUNT)", (double)in_use[0], (double)in_use[1]);
  row("requests to lua_Alloc", (double)counters[0].requests, (double)counters[1].requests);
  if (percent == 0) return 1;
  return counters[1].peak * 100 <= counters[0].peak * (size_t)percent && in_use[1] * 100 <= in_use[0] * (size_t)percent;
}

int main(int argc, char **argv) {
  int runs = 20, states = 500, percent = 0, argument = 1;
  for (; argument + 1 < argc && strncmp(argv[argument], "--", 2) == 0; argument += 2) {
    const char *name = argv[argument] + 2;
    int *option = strcmp(name, "runs") == 0     ? &runs
                  : strcmp(name, "states") == 0 ? &states
                  : strcmp(name, "bytes-within") == 0 ? &percent
                                                      : NULL;
    if (option == NULL) break;
    *option = atoi(argv[argument + 1]);
  }
  if (argc - argument != 2 || runs < 1 || states < 1) {
    fputs("usage: fresh_state [--runs N] [--states N] [--bytes-within PERCENT] stock.so other.so\n", stderr);
    return EXIT_FAILURE;
  }
  Library libraries[2];
  for (int i = 0; i < 2; i++) load(&libraries[i], argv[argument + i]);
  for (int run = 0; run < runs; run++) {
    for (int i = 0; i < 2; i++) keep_best(&libraries[i].best_default, measure(&libraries[i], states, 1));
    for (int i = 0; i < 2; i++) keep_best(&libraries[i].best_realloc, measure(&libraries[i], states, 0));
  }
  return report(libraries, percent) ? EXIT_SUCCESS : EXIT_FAILURE;
}

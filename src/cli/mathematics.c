/* The mathematics library, loaded when it is wanted.
 *
 * Most programs never call a function of libm, but linking it costs each process its pages and relocations: a seventh
 * of what a small program has resident, and a tenth of the time of a start. So the command is not linked with it (where
 * the system has glibc, see cmake/start_up.cmake); here stand functions of the same names that find the true ones at
 * their first call. They are hidden: libraries that are loaded later bind to the library's own. Those that the
 * interpreter needs all the time, and that have only one right answer, are computed here.
 *
 * Compiled without builtins, so that no compiler takes `floor` for a reason to call `floor`. */
#ifdef RILLE_LAZY_LIBM
#include <dlfcn.h>
#include <gnu/lib-names.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

typedef double OneArgument(double);
typedef double TwoArguments(double, double);

/* The library stays loaded. Threads may come here together: they find the same. */
static void *find(const char *name) {
  void *library = dlopen(LIBM_SO, RTLD_LAZY | RTLD_LOCAL);
  void *function = library == NULL ? NULL : dlsym(library, name);
  if (function != NULL) return function;
  fprintf(stderr, "rille: cannot load %s: %s\n", LIBM_SO, dlerror());
  abort();
}

static void *known_or_found(void **known, const char *name) {
  void *function = __atomic_load_n(known, __ATOMIC_RELAXED);
  if (__builtin_expect(function != NULL, 1)) return function;
  function = find(name);
  __atomic_store_n(known, function, __ATOMIC_RELAXED);
  return function;
}

#define FUNCTION(name)                                                                                                 \
  double name(double x) {                                                                                              \
    static void *known;                                                                                                \
    return ((OneArgument *)(uintptr_t)known_or_found(&known, #name))(x);                                               \
  }
#define FUNCTION2(name)                                                                                                \
  double name(double x, double y) {                                                                                    \
    static void *known;                                                                                                \
    return ((TwoArguments *)(uintptr_t)known_or_found(&known, #name))(x, y);                                           \
  }

FUNCTION(acos)
FUNCTION(asin)
FUNCTION(cos)
FUNCTION(cosh)
FUNCTION(exp)
FUNCTION(log)
FUNCTION(log10)
FUNCTION(log2)
FUNCTION(sin)
FUNCTION(sinh)
FUNCTION(tan)
FUNCTION(tanh)
FUNCTION2(atan2)
FUNCTION2(pow)

/* From 2^52 on there are no fractions; a zero keeps its sign. */
double floor(double x) {
  if (!(__builtin_fabs(x) < 0x1p52)) return x;
  double whole = (double)(int64_t)x;
  if (whole > x) whole -= 1;
  return __builtin_copysign(whole, x);
}

double ceil(double x) {
  if (!(__builtin_fabs(x) < 0x1p52)) return x;
  double whole = (double)(int64_t)x;
  if (whole < x) whole += 1;
  return __builtin_copysign(whole, x);
}

/* Instructions by name: what the compiler makes of __builtin_sqrt may call `sqrt` for the sake of errno. */
#if defined(__x86_64__)
double sqrt(double x) {
  double root;
  __asm__("sqrtsd %1, %0" : "=x"(root) : "x"(x));
  return root;
}
#elif defined(__aarch64__)
double sqrt(double x) {
  double root;
  __asm__("fsqrt %d0, %d1" : "=w"(root) : "w"(x));
  return root;
}
#else
FUNCTION(sqrt)
#endif
#else
typedef int rl_no_mathematics_needed;
#endif

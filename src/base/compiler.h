/* What Rille asks of a compiler beyond C11, in one place. */
#ifndef RL_BASE_COMPILER_H
#define RL_BASE_COMPILER_H

#define RL_LIKELY(condition)     __builtin_expect(!!(condition), 1)
#define RL_UNLIKELY(condition)   __builtin_expect(!!(condition), 0)
#define RL_NOINLINE              __attribute__((noinline))
#define RL_ALWAYS_INLINE         inline __attribute__((always_inline))
#define RL_NORETURN              __attribute__((noreturn))
#define RL_COLD                  __attribute__((cold))
#define RL_HIDDEN                __attribute__((visibility("hidden")))
#define RL_PRINTF(format, first) __attribute__((format(printf, format, first)))

/* Compiled for a sanitizer: gcc defines a macro, clang has a feature. */
#if defined(__has_feature)
#define RL_HAS_FEATURE(feature) __has_feature(feature)
#else
#define RL_HAS_FEATURE(feature) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || RL_HAS_FEATURE(address_sanitizer)
#define RL_ADDRESS_SANITIZER 1
#else
#define RL_ADDRESS_SANITIZER 0
#endif
#if defined(__SANITIZE_THREAD__) || RL_HAS_FEATURE(thread_sanitizer)
#define RL_THREAD_SANITIZER 1
#else
#define RL_THREAD_SANITIZER 0
#endif

/* Guaranteed tail calls with a calling convention that keeps many arguments in registers: the interpreter's handlers
 * become functions. */
#if defined(__clang__) && !defined(RL_NO_TAIL_CALLS)
/* (Clang 19 cannot compile instrumented functions with that convention, so the sanitizers test the other form.) */
#if __has_attribute(musttail) && __has_attribute(preserve_none) && !RL_ADDRESS_SANITIZER && !RL_THREAD_SANITIZER
#define RL_HAVE_TAIL_CALLS 1
#endif
#endif
#ifndef RL_HAVE_TAIL_CALLS
#define RL_HAVE_TAIL_CALLS 0
#endif

#if RL_HAVE_TAIL_CALLS
#define RL_MUSTTAIL      __attribute__((musttail))
#define RL_PRESERVE_NONE __attribute__((preserve_none))
#endif

#endif

/* C++'s operator new and delete, under the names that the Itanium C++ ABI gives them on LP64 systems. They are in C, so
 * that the library needs no C++ runtime: when memory is short the functions of the program's own runtime are looked up.
 */
#define _GNU_SOURCE 1
#include "process/process.h"

#ifndef RLM_TESTING

#include <dlfcn.h>
#include <stdlib.h>

#include "core/fault.h"

typedef void (*NewHandler)(void);

static NewHandler current_handler(void) {
  NewHandler (*get)(void) = (NewHandler(*)(void))dlsym(RTLD_DEFAULT, "_ZSt15get_new_handlerv");
  return get != NULL ? get() : NULL;
}

static _Noreturn void throw_bad_alloc(size_t size) {
  void (*raise)(void) = (void (*)(void))dlsym(RTLD_DEFAULT, "_ZSt17__throw_bad_allocv");
  if (raise != NULL) raise();
  rlm_fault("operator new has no memory and there is no C++ runtime to say so; bytes", (const void *)size);
}

/* As the standard wants it: the handler is called as long as there is one; it makes room, throws, or ends the program.
 */
static __attribute__((noinline)) void *new_slow(size_t alignment, size_t size, const void *site) {
  for (;;) {
    void *block = rlm_is_checking ? rlm_checked_allocate(alignment, size, site) : rlm_plain_allocate(alignment, size);
    if (block != NULL) return block;
    NewHandler handler = current_handler();
    if (handler == NULL) throw_bad_alloc(size);
    handler();
  }
}

static inline void *new_plain(size_t size, const void *site) {
  if (RLM_LIKELY(size <= RLM_SMALL_MAX)) {
    void *block = own_cell(size);
    if (RLM_LIKELY(block != NULL)) return block;
  }
  return new_slow(RLM_GRANULE, size, site);
}

/* A handler may throw, and C cannot catch: then the runtime's own form is asked, which calls ours and catches. */
static void *new_nothrow(size_t alignment, size_t size, const void *site, const char *name, const void *tag) {
  void *block = rlm_is_checking ? rlm_checked_allocate(alignment, size, site) : rlm_plain_allocate(alignment, size);
  if (block != NULL || current_handler() == NULL) return block;
  if (alignment <= RLM_GRANULE) {
    void *(*next)(size_t, const void *) = (void *(*)(size_t, const void *))dlsym(RTLD_NEXT, name);
    return next != NULL ? next(size, tag) : NULL;
  }
  void *(*next)(size_t, size_t, const void *) = (void *(*)(size_t, size_t, const void *))dlsym(RTLD_NEXT, name);
  return next != NULL ? next(size, alignment, tag) : NULL;
}

#define SITE __builtin_return_address(0)

/* ---- new ---- */

RLM_PUBLIC void *_Znwm(size_t size) {
  return new_plain(size, SITE);
}
RLM_PUBLIC void *_Znam(size_t size) {
  return new_plain(size, SITE);
}
RLM_PUBLIC void *_ZnwmRKSt9nothrow_t(size_t size, const void *tag) {
  return new_nothrow(RLM_GRANULE, size, SITE, "_ZnwmRKSt9nothrow_t", tag);
}
RLM_PUBLIC void *_ZnamRKSt9nothrow_t(size_t size, const void *tag) {
  return new_nothrow(RLM_GRANULE, size, SITE, "_ZnamRKSt9nothrow_t", tag);
}
RLM_PUBLIC void *_ZnwmSt11align_val_t(size_t size, size_t alignment) {
  return new_slow(alignment, size, SITE);
}
RLM_PUBLIC void *_ZnamSt11align_val_t(size_t size, size_t alignment) {
  return new_slow(alignment, size, SITE);
}
RLM_PUBLIC void *_ZnwmSt11align_val_tRKSt9nothrow_t(size_t size, size_t alignment, const void *tag) {
  return new_nothrow(alignment, size, SITE, "_ZnwmSt11align_val_tRKSt9nothrow_t", tag);
}
RLM_PUBLIC void *_ZnamSt11align_val_tRKSt9nothrow_t(size_t size, size_t alignment, const void *tag) {
  return new_nothrow(alignment, size, SITE, "_ZnamSt11align_val_tRKSt9nothrow_t", tag);
}

/* ---- delete: the size and the alignment are not needed ---- */

RLM_PUBLIC void _ZdlPv(void *block) {
  free(block);
}
RLM_PUBLIC void _ZdaPv(void *block) {
  free(block);
}
RLM_PUBLIC void _ZdlPvm(void *block, size_t size) {
  (void)size;
  free(block);
}
RLM_PUBLIC void _ZdaPvm(void *block, size_t size) {
  (void)size;
  free(block);
}
RLM_PUBLIC void _ZdlPvRKSt9nothrow_t(void *block, const void *tag) {
  (void)tag;
  free(block);
}
RLM_PUBLIC void _ZdaPvRKSt9nothrow_t(void *block, const void *tag) {
  (void)tag;
  free(block);
}
RLM_PUBLIC void _ZdlPvSt11align_val_t(void *block, size_t alignment) {
  (void)alignment;
  free(block);
}
RLM_PUBLIC void _ZdaPvSt11align_val_t(void *block, size_t alignment) {
  (void)alignment;
  free(block);
}
RLM_PUBLIC void _ZdlPvmSt11align_val_t(void *block, size_t size, size_t alignment) {
  (void)size, (void)alignment;
  free(block);
}
RLM_PUBLIC void _ZdaPvmSt11align_val_t(void *block, size_t size, size_t alignment) {
  (void)size, (void)alignment;
  free(block);
}
RLM_PUBLIC void _ZdlPvSt11align_val_tRKSt9nothrow_t(void *block, size_t alignment, const void *tag) {
  (void)alignment, (void)tag;
  free(block);
}
RLM_PUBLIC void _ZdaPvSt11align_val_tRKSt9nothrow_t(void *block, size_t alignment, const void *tag) {
  (void)alignment, (void)tag;
  free(block);
}

#endif

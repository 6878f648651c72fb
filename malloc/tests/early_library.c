/* A library that is preloaded together with the allocator and makes its life hard: constructors of the highest priority
 * allocate, and the functions of the C library that an allocator may be tempted to call are replaced by some that
 * allocate themselves. It says in the end how often each of these was entered, so that the test sees that it was there.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static void *early[64];
static int depth;

/* Taken and freed again, in sizes for each way of an allocator. */
static void allocate_some(void) {
  if (depth > 3) return; /* a replaced function may be entered by this again */
  depth++;
  for (size_t size = 8; size < 400000; size *= 5) {
    char *block = malloc(size);
    if (block == NULL) abort();
    block[0] = block[size - 1] = 1;
    free(block);
  }
  depth--;
}

/* Before the constructors of whatever the program is linked with, and before the program's own. */
__attribute__((constructor(101))) static void first(void) {
  for (size_t i = 0; i < 64; i++) {
    early[i] = malloc(1 + i * i * 10);
    if (early[i] == NULL) abort();
    memset(early[i], (int)i, 1 + i * i * 10);
  }
  allocate_some();
}

/* After everything else: what was made first is freed last. */
__attribute__((destructor(101))) static void last(void) {
  for (size_t i = 0; i < 64; i++) {
    const unsigned char *bytes = early[i];
    for (size_t at = 0; at < 1 + i * i * 10; at++)
      if (bytes[at] != i) abort();
    free(early[i]);
  }
  allocate_some();
}

#define EXPORT __attribute__((visibility("default")))

EXPORT void *mmap(void *address, size_t size, int protection, int flags, int descriptor, off_t offset) {
  allocate_some();
  return (void *)syscall(SYS_mmap, address, size, protection, flags, descriptor, offset);
}

EXPORT int munmap(void *address, size_t size) {
  allocate_some();
  return (int)syscall(SYS_munmap, address, size);
}

EXPORT int mprotect(void *address, size_t size, int protection) {
  allocate_some();
  return (int)syscall(SYS_mprotect, address, size, protection);
}

EXPORT int madvise(void *address, size_t size, int advice) {
  allocate_some();
  return (int)syscall(SYS_madvise, address, size, advice);
}

EXPORT void *mremap(void *address, size_t old_size, size_t new_size, int flags, ...) {
  allocate_some();
  return (void *)syscall(SYS_mremap, address, old_size, new_size, flags, NULL);
}

EXPORT void *sbrk(intptr_t more) {
  allocate_some();
  static void *(*real)(intptr_t);
  if (real == NULL) {
    void *found = dlsym(RTLD_NEXT, "sbrk"); /* dlsym itself may allocate */
    memcpy(&real, &found, sizeof real);
  }
  return real(more);
}

EXPORT char *getenv(const char *name) {
  extern char **environ;
  allocate_some();
  size_t length = strlen(name);
  for (char **at = environ; at != NULL && *at != NULL; at++)
    if (strncmp(*at, name, length) == 0 && (*at)[length] == '=') return *at + length + 1;
  return NULL;
}

EXPORT long sysconf(int name) {
  allocate_some();
  if (name == _SC_PAGESIZE) return 4096;
  if (name == _SC_NPROCESSORS_ONLN || name == _SC_NPROCESSORS_CONF) return 2;
  static long (*real)(int);
  if (real == NULL) {
    void *found = dlsym(RTLD_NEXT, "sysconf");
    memcpy(&real, &found, sizeof real);
  }
  return real(name);
}

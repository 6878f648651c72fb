#define _GNU_SOURCE 1
#include "core/system.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

/* What one thread did to memory before it gave it back comes before what another does that gets it from the system:
 * ThreadSanitizer cannot know, as it does not see raw system calls. */
#if defined(__has_feature)
#define HAS_FEATURE(feature) __has_feature(feature)
#else
#define HAS_FEATURE(feature) 0
#endif
#if defined(__SANITIZE_THREAD__) || HAS_FEATURE(thread_sanitizer)
void __tsan_acquire(void *address);
void __tsan_release(void *address);
static char order;
static bool is_about_memory(long number) {
  return number == SYS_mmap || number == SYS_munmap || number == SYS_mremap;
}
#define BEFORE_CALL(number) (is_about_memory(number) ? __tsan_release(&order) : (void)0)
#define AFTER_CALL(number)  (is_about_memory(number) ? __tsan_acquire(&order) : (void)0)
#else
#define BEFORE_CALL(number) (void)0
#define AFTER_CALL(number)  (void)0
#endif

/* A system call that leaves errno alone; a negative result is an error's number. */
static long call(long number, long a, long b, long c, long d, long e, long f) {
  int saved = errno;
  BEFORE_CALL(number);
  long result = syscall(number, a, b, c, d, e, f);
  AFTER_CALL(number);
  if (result == -1) result = -(long)errno;
  errno = saved;
  return result;
}

static bool is_error(long result) {
  return (unsigned long)result >= (unsigned long)-4095L;
}

#ifdef RLM_TESTING
static _Atomic(unsigned long) requests, failing_request;
static _Atomic(bool) all_later_fail;

unsigned long rlm_system_fail_at(unsigned long k, bool and_all_later) {
  unsigned long before = requests;
  requests = 0;
  all_later_fail = and_all_later;
  failing_request = k;
  return before;
}

static bool is_refused(void) {
  unsigned long number = ++requests, failing = failing_request;
  return failing != 0 && (number == failing || (number > failing && all_later_fail));
}
#else
static inline bool is_refused(void) {
  return false;
}
#endif

static void *map(void *hint, size_t size, int protection, int flags) {
  if (is_refused()) return NULL;
  long result = call(SYS_mmap, (long)hint, (long)size, protection, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
  return is_error(result) ? NULL : (void *)result;
}

void *rlm_system_reserve(void *hint, size_t size, bool exactly) {
  void *result = map(hint, size, PROT_NONE, MAP_NORESERVE | (exactly ? MAP_FIXED_NOREPLACE : 0));
  if (result == NULL || !exactly || result == hint) return result;
  rlm_system_unmap(result, size); /* a kernel that does not know MAP_FIXED_NOREPLACE took it as a hint */
  return NULL;
}

void *rlm_system_map(size_t size) {
  return map(NULL, size, PROT_READ | PROT_WRITE, 0);
}

bool rlm_system_commit(void *address, size_t size) {
  return !is_refused() && call(SYS_mprotect, (long)address, (long)size, PROT_READ | PROT_WRITE, 0, 0, 0) == 0;
}

bool rlm_system_decommit(void *address, size_t size) {
  return map(address, size, PROT_NONE, MAP_NORESERVE | MAP_FIXED) != NULL;
}

bool rlm_system_purge(void *address, size_t size) {
  return !is_refused() && call(SYS_madvise, (long)address, (long)size, MADV_DONTNEED, 0, 0, 0) == 0;
}

void rlm_system_prefer_huge(void *address, size_t size) {
  call(SYS_madvise, (long)address, (long)size, MADV_HUGEPAGE, 0, 0, 0);
}

void *rlm_system_remap(void *address, size_t old_size, size_t new_size, bool may_move) {
  if (is_refused()) return NULL;
  long flags = may_move ? MREMAP_MAYMOVE : 0;
  long result = call(SYS_mremap, (long)address, (long)old_size, (long)new_size, flags, 0, 0);
  return is_error(result) ? NULL : (void *)result;
}

bool rlm_system_guard(void *address, size_t size) {
  return !is_refused() && call(SYS_mprotect, (long)address, (long)size, PROT_NONE, 0, 0, 0) == 0;
}

void rlm_system_unmap(void *address, size_t size) {
  if (call(SYS_munmap, (long)address, (long)size, 0, 0, 0, 0) != 0)
    call(SYS_madvise, (long)address, (long)size, MADV_DONTNEED, 0, 0, 0);
}

uint64_t rlm_system_milliseconds(void) {
  struct timespec now = {0, 0};
  int saved = errno;
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  errno = saved;
  return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

uint64_t rlm_system_entropy(void) {
  uint64_t bits = 0;
  if (call(SYS_getrandom, (long)&bits, sizeof bits, 1 /* GRND_NONBLOCK */, 0, 0, 0) == (long)sizeof bits) return bits;
  struct timespec now = {0, 0};
  clock_gettime(CLOCK_MONOTONIC, &now);
  bits ^= (uint64_t)now.tv_nsec * UINT64_C(0x9e3779b97f4a7c15) ^ (uint64_t)(uintptr_t)&bits << 20;
  return bits ^ (uint64_t)call(SYS_getpid, 0, 0, 0, 0, 0, 0) << 48;
}

unsigned rlm_system_processors(void) {
  unsigned long mask[1024 / sizeof(long) / CHAR_BIT * 8];
  long bytes = call(SYS_sched_getaffinity, 0, sizeof mask, (long)mask, 0, 0, 0);
  unsigned count = 0;
  for (long i = 0; i < bytes / (long)sizeof mask[0]; i++) count += (unsigned)__builtin_popcountl(mask[i]);
  return count != 0 ? count : 1;
}

unsigned rlm_system_thread_id(void) {
  return (unsigned)call(SYS_gettid, 0, 0, 0, 0, 0, 0);
}

/* The kernel reads the mask before it looks at what is to be done with it. */
bool rlm_system_is_readable(const void *address) {
  return call(SYS_rt_sigprocmask, -1, (long)address, 0, 8, 0, 0) != -EFAULT;
}

int rlm_system_keep_descriptor(int descriptor) {
  long copy = call(SYS_fcntl, descriptor, F_DUPFD_CLOEXEC, 500, 0, 0, 0);
  return is_error(copy) ? -1 : (int)copy;
}

void rlm_system_write(int descriptor, const char *text, size_t length) {
  while (length > 0) {
    long written = call(SYS_write, descriptor, (long)text, (long)length, 0, 0, 0);
    if (written == -EINTR) continue;
    if (written <= 0) return;
    text += written;
    length -= (size_t)written;
  }
}

void rlm_system_wait(_Atomic(uint32_t) *word, uint32_t value) {
  call(SYS_futex, (long)word, FUTEX_WAIT_PRIVATE, (long)value, 0, 0, 0);
}

void rlm_system_wait_for(_Atomic(uint32_t) *word, uint32_t value, unsigned milliseconds) {
  struct timespec limit = {.tv_sec = milliseconds / 1000, .tv_nsec = (long)(milliseconds % 1000) * 1000000};
  call(SYS_futex, (long)word, FUTEX_WAIT_PRIVATE, (long)value, (long)&limit, 0, 0);
}

void rlm_system_wake_one(_Atomic(uint32_t) *word) {
  call(SYS_futex, (long)word, FUTEX_WAKE_PRIVATE, 1, 0, 0, 0);
}

void rlm_system_yield(void) {
  call(SYS_sched_yield, 0, 0, 0, 0, 0, 0);
}

void rlm_system_prepare_barrier(void) {
  call(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0, 0, 0, 0);
}

bool rlm_system_barrier(void) {
  if (is_refused()) return false;
  long result = call(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0, 0, 0, 0);
  if (result == -EPERM) { /* not prepared */
    rlm_system_prepare_barrier();
    result = call(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0, 0, 0, 0);
  }
  return result == 0;
}

void rlm_system_name_thread(const char *name) {
  call(SYS_prctl, PR_SET_NAME, (long)name, 0, 0, 0, 0);
}

#include "ext/parker.h"

#include <stddef.h>
#include <time.h>

#define NANOSECONDS INT64_C(1000000000)

int64_t rl_clock_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * NANOSECONDS + now.tv_nsec;
}

int64_t rl_clock_deadline(double seconds) {
  if (!(seconds < 1e9)) return RL_NO_DEADLINE; /* NaN too */
  if (seconds < 0) seconds = 0;
  return rl_clock_now() + (int64_t)(seconds * (double)NANOSECONDS);
}

static bool take_post(Parker *parker) {
  return __atomic_exchange_n(&parker->posted, 0, __ATOMIC_ACQUIRE) != 0;
}

void rl_parker_set(Parker *parker) {
  __atomic_store_n(&parker->posted, 1, __ATOMIC_RELEASE);
}

#ifdef __linux__

#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

bool rl_parker_sleep(Parker *parker, int64_t deadline) {
  struct timespec limit = {deadline / NANOSECONDS, deadline % NANOSECONDS};
  if (take_post(parker)) return true;
  syscall(SYS_futex, &parker->posted, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, 0,
          deadline == RL_NO_DEADLINE ? NULL : &limit, NULL, FUTEX_BITSET_MATCH_ANY);
  return take_post(parker);
}

void rl_parker_wake(const Parker *parker) {
  syscall(SYS_futex, &parker->posted, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, INT_MAX, NULL, NULL, 0);
}

#else

/* Without futexes: short naps. */
bool rl_parker_sleep(Parker *parker, int64_t deadline) {
  int64_t nap = deadline == RL_NO_DEADLINE ? NANOSECONDS / 1000 : deadline - rl_clock_now();
  if (nap > NANOSECONDS / 1000) nap = NANOSECONDS / 1000;
  struct timespec pause = {0, nap > 0 ? (long)nap : 0};
  if (take_post(parker)) return true;
  nanosleep(&pause, NULL);
  return take_post(parker);
}

void rl_parker_wake(const Parker *parker) {
  (void)parker;
}

#endif

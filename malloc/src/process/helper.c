/* The helper: a thread that ticks (process/idle.c) while nobody calls malloc. There is none unless it is asked for, by
 * RILLE_MALLOC=background or mallopt(RILLE_M_BACKGROUND, 1). It never allocates. When a tick finds nothing more to do
 * it rests until a slow path wakes it: a program that does nothing is not woken up. */
#include "process/process.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>

#define TICK        200 /* milliseconds */
#define STACK_BYTES ((size_t)64 * 1024)

_Atomic(bool) rlm_helper_rests, rlm_helper_is_missing;
static _Atomic(bool) is_wanted, is_there;
static _Atomic(uint32_t) wakes;

/* Waits for a tick's time. What was freed before anyone could see that the helper rests is found by one more tick. */
static void rest(bool more) {
  uint32_t before = atomic_load(&wakes);
  atomic_store(&rlm_helper_rests, !more);
  rlm_system_wait_for(&wakes, before, TICK);
  if (more || !atomic_load(&is_wanted)) return;
  if (!rlm_idle_tick(rlm_system_milliseconds())) rlm_system_wait(&wakes, before);
  atomic_store(&rlm_helper_rests, false);
}

static void *help(void *unused) {
  (void)unused;
  rlm_system_name_thread("rille-malloc");
  do {
    for (bool more = true; atomic_load(&is_wanted); more = rlm_idle_tick(rlm_system_milliseconds())) rest(more);
    atomic_store(&is_there, false);
  } while (atomic_load(&is_wanted) && !atomic_exchange(&is_there, true)); /* wanted again meanwhile */
  return NULL;
}

static int create(size_t stack_bytes) {
  pthread_t thread;
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return EAGAIN;
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  if (stack_bytes != 0) pthread_attr_setstacksize(&attributes, stack_bytes);
  int error = pthread_create(&thread, &attributes, help, NULL);
  pthread_attr_destroy(&attributes);
  return error;
}

void rlm_helper_start(void) {
  atomic_store(&rlm_helper_is_missing, false);
  if (!atomic_load(&is_wanted) || atomic_exchange(&is_there, true)) return;
  sigset_t all, before;
  int saved = errno;
  sigfillset(&all); /* the program's signals are not for it */
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int error = create(STACK_BYTES);
  if (error == EINVAL) error = create(0); /* thread-local variables want more */
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  errno = saved;
  if (error != 0) atomic_store(&is_there, false); /* then it is as without */
}

void rlm_helper_want(bool wanted) {
  atomic_store(&is_wanted, wanted);
  if (wanted)
    rlm_helper_start();
  else
    rlm_helper_wake();
}

void rlm_helper_wake(void) {
  if (!atomic_exchange(&rlm_helper_rests, false)) return;
  atomic_fetch_add(&wakes, 1);
  rlm_system_wake_one(&wakes);
}

void rlm_helper_after_fork_in_child(void) {
  atomic_store(&is_there, false);
  atomic_store(&rlm_helper_rests, false);
  atomic_store(&rlm_helper_is_missing, atomic_load(&is_wanted));
}

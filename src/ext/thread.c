#include "ext/thread.h"

#include <limits.h>
#include <pthread.h>
#include <signal.h>

/* Enough for 200 nested C calls with buffers of the auxiliary library; sanitizers make frames larger. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define USUAL_STACK ((size_t)8 << 20)
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define USUAL_STACK ((size_t)8 << 20)
#endif
#endif
#ifndef USUAL_STACK
#define USUAL_STACK ((size_t)1 << 20)
#endif
#define SMALLEST_STACK ((size_t)256 << 10)

bool rl_thread_start(void *(*function)(void *), void *data, size_t stack_size) {
  pthread_attr_t attributes;
  pthread_t thread;
  sigset_t all, before;
  if (stack_size == 0) stack_size = USUAL_STACK;
  if (stack_size < SMALLEST_STACK) stack_size = SMALLEST_STACK;
  if (pthread_attr_init(&attributes) != 0) return false;
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  bool is_started = pthread_attr_setstacksize(&attributes, (stack_size + 0xffff) & ~(size_t)0xffff) == 0;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  is_started = is_started && pthread_create(&thread, &attributes, function, data) == 0;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attributes);
  return is_started;
}

#include "ext/pool.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "ext/context.h"
#include "ext/thread.h"

typedef enum PoolState { POOL_READY, POOL_RUNNING, POOL_NOTIFIED, POOL_PARKED } PoolState;

struct Pool {
  uint32_t references; /* atomic: handles, isolates, workers */
  pthread_mutex_t lock;
  pthread_cond_t work;
  Isolate *first, *last; /* ready */
  Isolate **timers;      /* a heap of parked isolates with a deadline, the earliest first */
  size_t timer_count, timer_capacity;
  size_t threads;  /* that are to run isolates */
  size_t workers;  /* that exist */
  size_t idle;     /* of them, wait for work */
  size_t blocked;  /* of them, sleep with their isolate */
  size_t isolates; /* that have not ended */
  bool is_closed;
};

/* ---- life ---- */

Pool *rl_pool_new(size_t threads) {
  Pool *pool = calloc(1, sizeof *pool);
  if (pool == NULL) return NULL;
  if (threads == 0) {
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    threads = processors > 0 ? (size_t)processors : 1;
  }
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_mutex_init(&pool->lock, NULL);
  pthread_cond_init(&pool->work, &attributes);
  pthread_condattr_destroy(&attributes);
  pool->references = 1;
  pool->threads = threads;
  return pool;
}

Pool *rl_pool_retain(Pool *pool) {
  __atomic_add_fetch(&pool->references, 1, __ATOMIC_RELAXED);
  return pool;
}

void rl_pool_release(Pool *pool) {
  if (pool == NULL || __atomic_sub_fetch(&pool->references, 1, __ATOMIC_ACQ_REL) != 0) return;
  pthread_cond_destroy(&pool->work);
  pthread_mutex_destroy(&pool->lock);
  free(pool->timers);
  free(pool);
}

void rl_pool_close(Pool *pool) {
  pthread_mutex_lock(&pool->lock);
  pool->is_closed = true;
  pthread_cond_broadcast(&pool->work);
  pthread_mutex_unlock(&pool->lock);
}

size_t rl_pool_threads(const Pool *pool) {
  return pool->threads;
}

/* ---- timers, under the lock ---- */

static void place_timer(Pool *pool, size_t index, Isolate *isolate) {
  pool->timers[index] = isolate;
  isolate->timer = index + 1;
}

static void sift_up(Pool *pool, size_t index, Isolate *isolate) {
  for (; index > 0 && pool->timers[(index - 1) / 2]->deadline > isolate->deadline; index = (index - 1) / 2)
    place_timer(pool, index, pool->timers[(index - 1) / 2]);
  place_timer(pool, index, isolate);
}

static void sift_down(Pool *pool, size_t index, Isolate *isolate) {
  for (;;) {
    size_t child = 2 * index + 1;
    if (child >= pool->timer_count) break;
    if (child + 1 < pool->timer_count && pool->timers[child + 1]->deadline < pool->timers[child]->deadline) child++;
    if (pool->timers[child]->deadline >= isolate->deadline) break;
    place_timer(pool, index, pool->timers[child]);
    index = child;
  }
  place_timer(pool, index, isolate);
}

static void remove_timer(Pool *pool, Isolate *isolate) {
  if (isolate->timer == 0) return;
  size_t index = isolate->timer - 1;
  isolate->timer = 0;
  Isolate *last = pool->timers[--pool->timer_count];
  if (last == isolate) return;
  if (index > 0 && pool->timers[(index - 1) / 2]->deadline > last->deadline)
    sift_up(pool, index, last);
  else
    sift_down(pool, index, last);
}

/* Room is made when an isolate comes, one for each, so that parking cannot fail. */
static bool reserve_timer(Pool *pool) {
  if (pool->isolates < pool->timer_capacity) return true;
  size_t capacity = pool->timer_capacity == 0 ? 16 : pool->timer_capacity * 2;
  Isolate **timers = realloc(pool->timers, capacity * sizeof *timers);
  if (timers == NULL) return false;
  pool->timers = timers;
  pool->timer_capacity = capacity;
  return true;
}

/* ---- the queue, under the lock ---- */

static void *work(void *data);

/* A worker for the ready isolates, unless one waits for work or enough are running. False: there is none at all. */
static bool ensure_worker(Pool *pool) {
  if (pool->idle > 0) {
    pthread_cond_signal(&pool->work);
    return true;
  }
  if (pool->workers - pool->blocked >= pool->threads) return true;
  rl_pool_retain(pool);
  pool->workers++;
  if (rl_thread_start(work, pool, 0)) return true;
  pool->workers--;
  __atomic_sub_fetch(&pool->references, 1, __ATOMIC_RELAXED); /* not the last: the caller has one */
  return pool->workers > 0;
}

static void make_ready(Pool *pool, Isolate *isolate) {
  remove_timer(pool, isolate);
  isolate->pool_state = POOL_READY;
  isolate->ready_next = NULL;
  *(pool->last == NULL ? &pool->first : &pool->last->ready_next) = isolate;
  pool->last = isolate;
}

static Isolate *take_ready(Pool *pool) {
  Isolate *isolate = pool->first;
  if (isolate == NULL) return NULL;
  pool->first = isolate->ready_next;
  if (pool->first == NULL) pool->last = NULL;
  isolate->pool_state = POOL_RUNNING;
  return isolate;
}

bool rl_pool_add(Pool *pool, Isolate *isolate) {
  pthread_mutex_lock(&pool->lock);
  bool is_added = !pool->is_closed && reserve_timer(pool) && ensure_worker(pool);
  if (is_added) {
    pool->isolates++;
    make_ready(pool, isolate); /* the worker cannot look before the lock is released */
  }
  pthread_mutex_unlock(&pool->lock);
  return is_added;
}

void rl_pool_wake(Isolate *isolate) {
  Pool *pool = isolate->pool;
  pthread_mutex_lock(&pool->lock);
  if (isolate->pool_state == POOL_RUNNING) {
    isolate->pool_state = POOL_NOTIFIED;
  } else if (isolate->pool_state == POOL_PARKED) {
    make_ready(pool, isolate);
    ensure_worker(pool);
  }
  pthread_mutex_unlock(&pool->lock);
}

Parker *rl_pool_notify(Waiter *waiter) {
  rl_pool_wake(((Context *)waiter)->isolate);
  return NULL;
}

bool rl_pool_can_park(State *L, const Isolate *isolate) {
  return isolate->pool != NULL && isolate->coroutine == L && lua_isyieldable(L);
}

void rl_pool_block(Pool *pool, bool blocks) {
  pthread_mutex_lock(&pool->lock);
  if (blocks) {
    pool->blocked++;
    if (pool->first != NULL || pool->timer_count > 0) ensure_worker(pool);
  } else {
    pool->blocked--;
  }
  pthread_mutex_unlock(&pool->lock);
}

/* ---- workers ---- */

static void wake_due(Pool *pool) {
  if (pool->timer_count == 0) return;
  int64_t now = rl_clock_now();
  while (pool->timer_count > 0 && pool->timers[0]->deadline <= now) make_ready(pool, pool->timers[0]);
}

static void wait_for_work(Pool *pool) {
  pool->idle++;
  if (pool->timer_count > 0) {
    int64_t next = pool->timers[0]->deadline;
    struct timespec limit = {next / 1000000000, next % 1000000000};
    pthread_cond_timedwait(&pool->work, &pool->lock, &limit);
  } else {
    pthread_cond_wait(&pool->work, &pool->lock);
  }
  pool->idle--;
}

static void run(Pool *pool, Isolate *isolate) {
  bool gives_way = false;
  pthread_mutex_unlock(&pool->lock);
  bool goes_on = (isolate->coroutine != NULL || rl_isolate_open(isolate)) && rl_isolate_resume(isolate, &gives_way);
  pthread_mutex_lock(&pool->lock);
  if (!goes_on) {
    pool->isolates--;
    if (pool->isolates == 0) pthread_cond_broadcast(&pool->work);
  } else if (gives_way || isolate->pool_state == POOL_NOTIFIED) {
    make_ready(pool, isolate);
  } else {
    isolate->pool_state = POOL_PARKED;
    if (isolate->deadline != RL_NO_DEADLINE) {
      sift_up(pool, pool->timer_count++, isolate);
      if (pool->idle > 0) pthread_cond_signal(&pool->work); /* it may be asleep without a limit, or with a later one */
    }
  }
}

static void *work(void *data) {
  Pool *pool = data;
  pthread_mutex_lock(&pool->lock);
  for (;;) {
    wake_due(pool);
    if (pool->workers - pool->blocked > pool->threads) break; /* a blocked one has come back */
    Isolate *isolate = take_ready(pool);
    if (isolate != NULL) {
      if (pool->first != NULL) ensure_worker(pool);
      run(pool, isolate);
    } else if (pool->is_closed && pool->isolates == 0) {
      break;
    } else {
      wait_for_work(pool);
    }
  }
  pool->workers--;
  if (pool->idle > 0) pthread_cond_signal(&pool->work); /* somebody must look after the queue and the timers */
  pthread_mutex_unlock(&pool->lock);
  rl_pool_release(pool);
  return NULL;
}

/* Caches and the threads they belong to.
 *
 * A cache is LIVE while a thread has it, and nobody else touches its runs. What another thread frees is collected there
 * in a chain per owner (outbox) and pushed in one step on the owner's inbox; the owner takes the inbox over when it
 * looks for free cells. When a thread ends its cache becomes an ORPHAN, with its runs and whatever is still in use in
 * them, until a new thread adopts it. Who pushes on the inbox of an orphan takes it in at once: it makes the cache
 * BUSY, which at most one can, frees the cells as the owner would, and makes it an orphan again. The push and the look
 * at the state on the one side, the change of the state and the look at the inbox on the other are sequentially
 * consistent: one of the two sees the other, and no cell is forgotten.
 *
 * After a fork the child has one thread. Caches that other threads had may be in the middle of something: they are
 * DEAD, and what is freed into them is lost for good (until exec, as a rule). Orphans stay orphans.
 *
 * One cache has never a thread: the common one, an orphan which those use, one at a time, who have no cache of their
 * own.
 *
 * Another thread can take the cache of a thread that is not using it: see process/idle.c. */
#include "process/process.h"

#include <pthread.h>
#include <stdlib.h>

#include "core/fault.h"

/* Rounds of destructors of thread-specific data that run before ours, which may still use malloc. The last of the four
 * is when ThreadSanitizer takes its leave of the thread. */
#ifndef __has_feature
#define __has_feature(feature) 0
#endif
#if defined(__SANITIZE_THREAD__) || __has_feature(thread_sanitizer)
#define EXIT_ROUNDS 1
#else
#define EXIT_ROUNDS 3
#endif

#define ENTRIES_PER_LOOK 64 /* slow paths of a thread between looks at the clock */

/* They have nothing, so that all requests take the slow path. */
#define NO_RUN  {.run = (PageRun *)&rlm_no_run}
#define NO_RUN8 NO_RUN, NO_RUN, NO_RUN, NO_RUN, NO_RUN, NO_RUN, NO_RUN, NO_RUN
#define NO_RUNS {NO_RUN8, NO_RUN8, NO_RUN8, NO_RUN8, NO_RUN8, NO_RUN}
_Static_assert(RLM_CLASS_COUNT == 41, "one for each");
RunCache rlm_stand_ins[STAND_INS] = {{.slots = NO_RUNS}, {.slots = NO_RUNS}, {.slots = NO_RUNS}};

static RunCache *const cache_before = &rlm_stand_ins[STAND_IN_BEFORE];
static RunCache *const cache_after = &rlm_stand_ins[STAND_IN_AFTER];

_Thread_local RunCache *rlm_thread_cache = &rlm_stand_ins[STAND_IN_BEFORE];
static _Thread_local int exit_rounds;

static ThreadCache *caches; /* all, under the registry's lock */
static ThreadCache common_cache;
static char *spare_space, *spare_end; /* for further caches */
static pthread_key_t exit_key;
static bool has_exit_key;

static ThreadCache *thread_cache_of(RunCache *cache) {
  return (ThreadCache *)cache;
}

/* ---- inboxes ---- */

static void take_in(ThreadCache *owner, FreeCell *cell) {
  uint64_t secret = owner->cache.secret;
  while (cell != NULL) {
    if (RLM_UNLIKELY(!cell_is_free(cell, secret))) rlm_run_fault(NULL, cell);
    FreeCell *next = (FreeCell *)(cell->link ^ cell_key(cell, secret));
    cache_return(&owner->cache, heap_run_of(heap_of(cell), cell), cell);
    cell = next;
  }
}

void rlm_cache_collect(RunCache *cache) {
  ThreadCache *owner = thread_cache_of(cache);
  if (atomic_load_explicit(&owner->inbox, memory_order_relaxed) == NULL) return;
  take_in(owner, atomic_exchange_explicit(&owner->inbox, NULL, memory_order_acquire));
}

static bool change_state(ThreadCache *cache, int from, int to) {
  return atomic_compare_exchange_strong(&cache->state, &from, to);
}

/* Whoever made the cache BUSY is done with it. Cells that have come meanwhile are taken in, by us or by somebody else.
 */
static void become_orphan(ThreadCache *cache) {
  do {
    rlm_cache_collect(&cache->cache);
    atomic_store(&cache->state, CACHE_ORPHAN);
  } while (atomic_load(&cache->inbox) != NULL && change_state(cache, CACHE_ORPHAN, CACHE_BUSY));
}

static void push(ThreadCache *owner, FreeCell *first, FreeCell *last) {
  FreeCell *head = atomic_load_explicit(&owner->inbox, memory_order_relaxed);
  do cell_set_free(last, head, owner->cache.secret);
  while (!atomic_compare_exchange_weak(&owner->inbox, &head, first));
  if (atomic_load(&owner->state) == CACHE_ORPHAN && change_state(owner, CACHE_ORPHAN, CACHE_BUSY)) become_orphan(owner);
}

/* ---- outboxes ---- */

static void send(Outbox *outbox) {
  if (outbox->count == 0) return;
  push(outbox->to, outbox->first, outbox->last);
  outbox->count = 0;
}

/* True: cells have been sent. */
static bool put_in_outbox(ThreadCache *cache, ThreadCache *owner, FreeCell *cell) {
  Outbox *outbox = &cache->outboxes[(uintptr_t)owner / 64 % RLM_OUTBOXES];
  if (outbox->to != owner) {
    send(outbox);
    outbox->to = owner;
  }
  if (outbox->count == 0) outbox->last = cell;
  cell_set_free(cell, outbox->count == 0 ? NULL : outbox->first, owner->cache.secret);
  outbox->first = cell;
  if (++outbox->count < RLM_OUTBOX_FULL) return false;
  send(outbox);
  return true;
}

void rlm_cache_exchange(RunCache *cache) {
  for (int i = 0; i < RLM_OUTBOXES; i++) send(&thread_cache_of(cache)->outboxes[i]);
  rlm_cache_collect(cache);
}

/* ---- a thread's own cache ---- */

static inline bool has_memory(const RunCache *cache) {
  return (uintptr_t)cache - (uintptr_t)rlm_stand_ins >= sizeof rlm_stand_ins;
}

/* The calling thread's cache, when no other thread has it. It is not in use. */
static RunCache *wait_for_cache(void) {
  RunCache *cache = rlm_thread_cache;
  while (atomic_load(&cache->is_taken) != 0) {
    lock_take(&rlm_registry_lock); /* held by the one who has the cache, for as long as that */
    lock_leave(&rlm_registry_lock);
  }
  return cache;
}

/* ---- a thread's end ---- */

/* From now on nobody but the caller has the cache. */
static void part_from(ThreadCache *cache, RunCache *instead) {
  lock_take(&rlm_registry_lock);
  cache->has_thread = false;
  rlm_thread_cache = instead;
  lock_leave(&rlm_registry_lock);
}

static void leave_thread(void *value) {
  ThreadCache *cache = value;
  if (exit_rounds++ < EXIT_ROUNDS && !rlm_is_checking && pthread_setspecific(exit_key, cache) == 0) return;
  part_from(cache, cache_after);
  rlm_cache_exchange(&cache->cache);
  rlm_cache_trim(&cache->cache);
  lock_take(&rlm_registry_lock);
  cache->cache.arena->threads--;
  lock_leave(&rlm_registry_lock);
  become_orphan(cache);
}

void rlm_cache_disable(void) {
  RunCache *cache = wait_for_cache();
  if (!has_memory(cache)) return;
  part_from(thread_cache_of(cache), cache_before);
  if (has_exit_key) pthread_setspecific(exit_key, NULL);
  rlm_cache_exchange(cache);
  lock_take(&rlm_registry_lock);
  cache->arena->threads--;
  lock_leave(&rlm_registry_lock);
  become_orphan(thread_cache_of(cache));
}

/* ---- making and adopting; under the registry's lock ---- */

static ThreadCache *adopt(void) {
  for (ThreadCache *cache = caches; cache != NULL; cache = cache->next)
    if (atomic_load_explicit(&cache->state, memory_order_relaxed) == CACHE_ORPHAN &&
        change_state(cache, CACHE_ORPHAN, CACHE_LIVE)) {
      cache->cache.arena->threads++;
      return cache;
    }
  return NULL;
}

static ThreadCache *new_cache(void) {
  const size_t bytes = round_up(sizeof(ThreadCache), 64), space = 16 * RLM_PAGE;
  if (spare_space == NULL || (size_t)(spare_end - spare_space) < bytes) {
    char *mapped = rlm_system_map(space);
    if (mapped == NULL) return NULL;
    spare_space = mapped;
    spare_end = mapped + space;
  }
  Arena *arena = rlm_process_choose_arena();
  if (arena == NULL) return NULL;
  ThreadCache *cache = (ThreadCache *)spare_space;
  spare_space += bytes;
  rlm_cache_open(&cache->cache, arena, rlm_process_secret(), &rlm_process_hooks);
  cache->next = caches;
  caches = cache;
  return cache;
}

/* The first of all things that happen: the first arena, the common cache, and notice of threads that end. */
static bool prepare(void) {
  if (atomic_load(&common_cache.state) == CACHE_LIVE) { /* as it is in the beginning */
    Arena *arena = rlm_process_choose_arena();
    if (arena == NULL) return false;
    arena->threads = 0;
    rlm_cache_open(&common_cache.cache, arena, rlm_process_secret(), &rlm_process_hooks);
    has_exit_key = pthread_key_create(&exit_key, leave_thread) == 0;
    atomic_store(&common_cache.state, CACHE_ORPHAN);
  }
  return true;
}

static bool is_prepared(void) {
  if (RLM_LIKELY(atomic_load(&common_cache.state) != CACHE_LIVE)) return true;
  lock_take(&rlm_registry_lock);
  bool done = prepare();
  lock_leave(&rlm_registry_lock);
  return done;
}

static bool make_cache(void) {
  lock_take(&rlm_registry_lock);
  ThreadCache *cache = adopt();
  if (cache == NULL) cache = new_cache();
  if (cache != NULL) {
    cache->has_thread = true;
    rlm_thread_cache = &cache->cache;
  }
  bool wants_notice = has_exit_key;
  lock_leave(&rlm_registry_lock);
  if (cache == NULL) return false;
  exit_rounds = 0;
  if (wants_notice) pthread_setspecific(exit_key, cache); /* may allocate: from the cache */
  return true;
}

static RunCache *enter_common(void) {
  while (!change_state(&common_cache, CACHE_ORPHAN, CACHE_BUSY)) rlm_system_yield();
  return &common_cache.cache;
}

static __attribute__((noinline)) RunCache *enter_own_slowly(void) {
  for (;;) {
    RunCache *cache = wait_for_cache();
    if (cache == cache_after || (cache == cache_before && (rlm_is_checking || !is_prepared() || !make_cache())))
      return NULL;
    cache = cache_use();
    if (has_memory(cache)) return cache;
    cache_leave();
  }
}

/* The calling thread's cache, made or adopted if need be, in use; NULL: it cannot have one. */
static inline RunCache *enter_own(void) {
  RunCache *cache = cache_use();
  if (RLM_LIKELY(has_memory(cache))) return cache;
  cache_leave();
  return enter_own_slowly();
}

RunCache *rlm_cache_enter(void) {
  RunCache *cache = enter_own();
  if (RLM_LIKELY(cache != NULL)) return cache;
  return is_prepared() ? enter_common() : NULL;
}

static void leave_own(RunCache *cache) {
  ThreadCache *own = thread_cache_of(cache);
  uint32_t entries = atomic_load_explicit(&own->entries, memory_order_relaxed) + 1;
  atomic_store_explicit(&own->entries, entries, memory_order_relaxed);
  cache_leave();
  if (RLM_UNLIKELY(entries % ENTRIES_PER_LOOK == 0)) rlm_idle_look();
  if (RLM_UNLIKELY(atomic_load_explicit(&rlm_helper_rests, memory_order_relaxed))) rlm_helper_wake();
}

void rlm_cache_leave(RunCache *cache) {
  if (RLM_UNLIKELY(cache == &common_cache.cache))
    become_orphan(&common_cache);
  else
    leave_own(cache);
}

void rlm_free_cell(PageRun *run, void *block) {
  ThreadCache *owner = thread_cache_of(run->owner);
  RunCache *cache = enter_own();
  run_check(run, block, rlm_process_secret());
  if (cache == NULL) {
    push(owner, block, block);
    return;
  }
  if (cache == run->owner)
    cache_give(cache, run, block);
  else if (put_in_outbox(thread_cache_of(cache), owner, block)) {
    leave_own(cache);
    return;
  }
  cache_leave();
}

/* ---- trimming ---- */

ThreadCache *rlm_caches(void) {
  return caches;
}

void rlm_cache_trim_orphan(ThreadCache *cache) {
  if (!change_state(cache, CACHE_ORPHAN, CACHE_BUSY)) return;
  rlm_cache_collect(&cache->cache);
  rlm_cache_trim(&cache->cache);
  become_orphan(cache);
}

void rlm_cache_trim_own(void) {
  RunCache *own = rlm_cache_enter();
  if (own == NULL) return;
  if (own != &common_cache.cache) rlm_cache_exchange(own);
  rlm_cache_trim(own);
  rlm_cache_leave(own);
}

/* ---- fork: the child must find all locks free and what they protect whole ---- */

static void before_fork(void) {
  lock_take(&rlm_registry_lock);
  lock_take(rlm_checked_lock());
  for (unsigned i = 0; i < rlm_process_arena_count(); i++) lock_take(&rlm_process_arena(i)->lock);
}

static void after_fork_in_parent(void) {
  for (unsigned i = rlm_process_arena_count(); i-- > 0;) lock_leave(&rlm_process_arena(i)->lock);
  lock_leave(rlm_checked_lock());
  lock_leave(&rlm_registry_lock);
}

static void after_fork_in_child(void) {
  for (unsigned i = 0; i < rlm_process_arena_count(); i++) {
    Arena *arena = rlm_process_arena(i);
    arena->threads = 0;
    atomic_store(&arena->lock.word, 0);
  }
  for (ThreadCache *cache = caches; cache != NULL; cache = cache->next) {
    bool is_own = &cache->cache == rlm_thread_cache;
    if (is_own)
      cache->cache.arena->threads = 1;
    else if (atomic_load(&cache->state) != CACHE_ORPHAN)
      atomic_store(&cache->state, CACHE_DEAD);
    cache->has_thread = is_own;
  }
  if (atomic_load(&common_cache.state) == CACHE_BUSY) {
    /* Whatever it was in the middle of: a fresh one, in the same arena. */
    Arena *arena = common_cache.cache.arena;
    common_cache = (ThreadCache){.next = NULL};
    rlm_cache_open(&common_cache.cache, arena, rlm_process_secret(), &rlm_process_hooks);
    atomic_store(&common_cache.state, CACHE_ORPHAN);
  }
  atomic_store(&rlm_checked_lock()->word, 0);
  atomic_store(&rlm_registry_lock.word, 0);
  rlm_helper_after_fork_in_child();
}

__attribute__((constructor(101))) static void start(void) {
  pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
  rlm_system_prepare_barrier();
  rlm_checked_start();
}

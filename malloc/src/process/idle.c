/* Memory that threads have which sleep.
 *
 * A thread's cache is its own: it takes cells and frees them without a lock and without an atomic instruction. But one
 * who sleeps keeps what it has, and what others free into it stays in its inbox. So the cache can be taken from it, as
 * long as it is not in the middle of using it:
 *
 *   the thread                                    the one who wants the cache, with the registry's lock
 *     is_busy = 1                                   is_taken = 1
 *     (the compiler keeps the order)                barrier: every processor on which a thread of this process runs
 *     is_taken? then: wait                                   has put its stores and loads in order
 *     ... uses the cache                            is_busy? then: is_taken = 0, and off
 *     is_busy = 0                                   ... uses the cache; is_taken = 0
 *
 * A thread that has not seen the cache taken had said before that it is busy, and the barrier makes that visible; one
 * that says so later finds the cache taken, takes the slow path and waits for the registry's lock. The barrier is a
 * system call (membarrier); where the system has none, nothing is ever taken. Both words lie in the cache, which stays
 * mapped when its thread ends, even without notice.
 *
 * A tick, at most one in TICK milliseconds, looks at all arenas and caches: free pages decay, inboxes of caches that
 * have not taken the slow path since the last tick are emptied, and after IDLE_TICKS ticks they are trimmed. Ticks come
 * from slow paths of whatever thread, and from the helper. */
#include "core/purge.h"

#include "process/process.h"

#define TICK       200 /* milliseconds */
#define IDLE_TICKS 5

static _Atomic(uint64_t) last_tick;

static void give_back(ThreadCache *cache) {
  atomic_store_explicit(&cache->cache.is_taken, 0, memory_order_release);
}

/* Takes the cache from its thread. False: it has none, or is using it. */
static bool take_away(ThreadCache *cache) {
  RunCache *inner = &cache->cache;
  if (!cache->has_thread || atomic_load_explicit(&inner->is_busy, memory_order_relaxed) != 0) return false;
  atomic_store_explicit(&inner->is_taken, 1, memory_order_relaxed);
  if (rlm_system_barrier() && atomic_load_explicit(&inner->is_busy, memory_order_acquire) == 0) return true;
  give_back(cache);
  return false;
}

static bool empty(ThreadCache *cache, bool trims) {
  if (!take_away(cache)) return false;
  rlm_cache_exchange(&cache->cache);
  if (trims) rlm_cache_trim(&cache->cache);
  give_back(cache);
  return true;
}

void rlm_caches_reclaim(void) {
  lock_take(&rlm_registry_lock);
  for (ThreadCache *cache = rlm_caches(); cache != NULL; cache = cache->next) {
    rlm_cache_trim_orphan(cache);
    if (&cache->cache != rlm_thread_cache) empty(cache, true);
  }
  lock_leave(&rlm_registry_lock);
}

/* True: there may be something to do for a later tick. */
static bool look_at(ThreadCache *cache) {
  if (!cache->has_thread) return false;
  uint32_t entries = atomic_load_explicit(&cache->entries, memory_order_relaxed);
  if (entries != cache->seen_entries) {
    cache->seen_entries = entries;
    cache->idle_ticks = 0;
    cache->is_trimmed = false;
    return true;
  }
  if (atomic_load_explicit(&cache->inbox, memory_order_relaxed) != NULL) {
    empty(cache, false);
    cache->is_trimmed = false;
  }
  if (cache->is_trimmed) return false;
  if (++cache->idle_ticks < IDLE_TICKS) return true;
  cache->idle_ticks = IDLE_TICKS - 1; /* if it is being used it has its turn next time */
  cache->is_trimmed = empty(cache, true);
  return true; /* what it gave back decays */
}

bool rlm_idle_tick(uint64_t now) {
  bool more = false;
  for (unsigned i = 0; i < rlm_process_arena_count(); i++) {
    Arena *arena = rlm_process_arena(i);
    if (!lock_try(&arena->lock)) {
      more = true;
      continue;
    }
    more |= rlm_purge_decay(arena, now);
    lock_leave(&arena->lock);
  }
  if (!lock_try(&rlm_registry_lock)) return true;
  for (ThreadCache *cache = rlm_caches(); cache != NULL; cache = cache->next) more |= look_at(cache);
  lock_leave(&rlm_registry_lock);
  return more;
}

void rlm_idle_look(void) {
  uint64_t now = rlm_system_milliseconds(), last = atomic_load_explicit(&last_tick, memory_order_relaxed);
  if (now - last >= TICK && atomic_compare_exchange_strong(&last_tick, &last, now)) rlm_idle_tick(now);
}

/* The arenas of the process. There are never more than twice as many as processors (mallopt, M_ARENA_MAX). A thread
 * keeps to one; when that is held for longer than a short wait it moves to another one. */
#include "process/process.h"

#include "core/purge.h"

#define SPINS_BEFORE_MOVING 200

static _Atomic(Arena *) arenas[RLM_ARENAS_MAX];
static _Atomic(unsigned) arena_count;
static uint64_t secret;
static Settings current = {.map_threshold = RLM_MAP_THRESHOLD};

ArenaLock rlm_registry_lock;

uint64_t rlm_process_secret(void) {
  return secret;
}

unsigned rlm_process_arena_count(void) {
  return atomic_load_explicit(&arena_count, memory_order_acquire);
}

Arena *rlm_process_arena(unsigned index) {
  return index < rlm_process_arena_count() ? atomic_load_explicit(&arenas[index], memory_order_relaxed) : NULL;
}

static unsigned arena_limit(void) {
  unsigned limit = current.arena_limit != 0 ? current.arena_limit : 2 * rlm_system_processors();
  return limit > RLM_ARENAS_MAX ? RLM_ARENAS_MAX : limit;
}

static void apply_settings(Arena *arena) {
  RLM_SHARED_STORE(&arena->map_threshold, current.map_threshold);
  arena->threshold_is_fixed = current.threshold_is_fixed;
  arena->trim_threshold = current.trim_threshold;
  arena->top_pad = current.top_pad;
}

/* The caller holds the registry. */
static Arena *add_arena(void) {
  unsigned count = rlm_process_arena_count();
  if (count != 0 && count >= arena_limit()) return NULL;
  if (secret == 0) secret = rlm_system_entropy() | 1;
  Arena *arena = rlm_arena_open(secret, 0, "malloc", true);
  if (arena == NULL) return NULL;
  apply_settings(arena);
  atomic_store_explicit(&arenas[count], arena, memory_order_relaxed);
  atomic_store_explicit(&arena_count, count + 1, memory_order_release);
  return arena;
}

Arena *rlm_process_choose_arena(void) {
  Arena *least = NULL;
  unsigned count = rlm_process_arena_count();
  for (unsigned i = 0; i < count; i++) {
    Arena *arena = rlm_process_arena(i);
    if (least == NULL || arena->threads < least->threads) least = arena;
  }
  if (least == NULL || least->threads != 0) {
    Arena *added = add_arena();
    if (added != NULL) least = added;
  }
  if (least != NULL) least->threads++;
  return least;
}

/* ---- for caches ---- */

static void move_to(RunCache *cache, Arena *arena) {
  cache->arena->threads--;
  cache->arena = arena;
  arena->threads++;
}

/* Another arena that is free at once, a new one, or after all the cache's own. */
static __attribute__((noinline)) Arena *lock_contended(RunCache *cache) {
  Arena *own = cache->arena;
  for (int spins = 0; spins < SPINS_BEFORE_MOVING; spins++) {
    if (atomic_load_explicit(&own->lock.word, memory_order_relaxed) == 0 && lock_try(&own->lock)) return own;
    rlm_system_relax();
  }
  Arena *other = NULL;
  if (lock_try(&rlm_registry_lock)) {
    for (unsigned i = 0; i < rlm_process_arena_count() && other == NULL; i++)
      if (lock_try(&rlm_process_arena(i)->lock)) other = rlm_process_arena(i);
    if (other == NULL && (other = add_arena()) != NULL) lock_take(&other->lock);
    if (other != NULL && other != own) move_to(cache, other);
    lock_leave(&rlm_registry_lock);
  }
  if (other != NULL) return other;
  lock_take(&own->lock);
  return own;
}

static Arena *lock_arena(RunCache *cache) {
  Arena *arena = cache->arena;
  return RLM_LIKELY(lock_try(&arena->lock)) ? arena : lock_contended(cache);
}

/* After all existing ones a new one is tried, once. */
static Arena *lock_other_arena(RunCache *cache, unsigned tried) {
  unsigned count = rlm_process_arena_count();
  Arena *arena = NULL;
  if (tried < count) {
    arena = rlm_process_arena(tried);
  } else if (tried == count) {
    lock_take(&rlm_registry_lock);
    arena = add_arena();
    lock_leave(&rlm_registry_lock);
  }
  (void)cache;
  if (arena != NULL) lock_take(&arena->lock);
  return arena;
}

size_t rlm_process_trim(size_t pad) {
  size_t bytes = 0;
  for (unsigned i = 0; i < rlm_process_arena_count(); i++) {
    Arena *arena = rlm_process_arena(i);
    lock_take(&arena->lock);
    bytes += rlm_purge_all(arena, i == 0 ? pad : 0);
    lock_leave(&arena->lock);
  }
  return bytes;
}

static void relieve(RunCache *cache) {
  rlm_cache_exchange(cache);
  rlm_cache_trim(cache);
  rlm_caches_reclaim();
  rlm_process_trim(0);
}

const CacheHooks rlm_process_hooks = {lock_arena, lock_other_arena, rlm_cache_collect, relieve};

/* ---- settings ---- */

Settings rlm_process_settings(void) {
  lock_take(&rlm_registry_lock);
  Settings copy = current;
  lock_leave(&rlm_registry_lock);
  return copy;
}

void rlm_process_set(const Settings *settings) {
  lock_take(&rlm_registry_lock);
  current = *settings;
  for (unsigned i = 0; i < rlm_process_arena_count(); i++) {
    Arena *arena = rlm_process_arena(i);
    lock_take(&arena->lock);
    apply_settings(arena);
    lock_leave(&arena->lock);
  }
  lock_leave(&rlm_registry_lock);
}

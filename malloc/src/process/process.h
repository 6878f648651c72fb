/* What the process's malloc consists of: its arenas, the caches of its threads, and its settings. All of it lies in
 * this library's own data; the core has none. */
#ifndef RLM_PROCESS_H
#define RLM_PROCESS_H

#include "core/arena.h"
#include "core/cache.h"
#include "core/heap.h"

#ifdef RLM_TESTING
#define RLM_NAME(name) rlm_##name
#define RLM_PUBLIC
#else
#define RLM_NAME(name) name
#define RLM_PUBLIC     __attribute__((visibility("default")))
#endif

/* ---- threads (process/threads.c) ---- */

#define RLM_OUTBOXES    4
#define RLM_OUTBOX_FULL 32

/* Cells of one other thread that this one has freed and not yet sent. */
typedef struct Outbox {
  struct ThreadCache *to;
  FreeCell *first;
  FreeCell *last;
  unsigned count;
} Outbox;

typedef struct ThreadCache ThreadCache;
struct ThreadCache {
  RunCache cache; /* the first member: a run's owner is one of these */
  Outbox outboxes[RLM_OUTBOXES];
  ThreadCache *next;                      /* of all that there are */
  bool has_thread;                        /* under the registry's lock, like the next three */
  uint32_t seen_entries;                  /* `entries` when somebody looked last */
  uint8_t idle_ticks;                     /* how often it had not changed */
  bool is_trimmed;                        /* nothing was left to be trimmed then */
  _Atomic(uint32_t) entries;              /* how often its thread took the slow path */
  _Alignas(64) _Atomic(FreeCell *) inbox; /* what other threads have freed */
  _Atomic(int) state;                     /* CACHE_* */
};

/* Caches without memory: what a thread has before it has one of its own, and after that; and what it finds while
 * another thread has its cache. */
enum { STAND_IN_BEFORE, STAND_IN_AFTER, STAND_IN_TAKEN, STAND_INS };
extern RunCache rlm_stand_ins[STAND_INS];

extern _Thread_local RunCache *rlm_thread_cache;

/* The calling thread's cache, only to be asked for free cells: it may be one without memory. From now on no other
 * thread can take it (process/idle.c says how), until cache_leave. */
static RLM_INLINE RunCache *cache_use(void) {
  RunCache *cache = rlm_thread_cache;
  atomic_store_explicit(&cache->is_busy, 1, memory_order_relaxed);
  atomic_signal_fence(memory_order_seq_cst);
  if (RLM_UNLIKELY(atomic_load_explicit(&cache->is_taken, memory_order_acquire) != 0))
    return &rlm_stand_ins[STAND_IN_TAKEN];
  return cache;
}

static RLM_INLINE void cache_leave(void) {
  atomic_store_explicit(&rlm_thread_cache->is_busy, 0, memory_order_release);
}

/* A free cell of the thread's own at once, or NULL. `size` is at most RLM_SMALL_MAX. */
static RLM_INLINE void *own_cell(size_t size) {
  void *block = cache_take(cache_use(), size);
  cache_leave();
  return block;
}

/* The calling thread's cache, made or adopted if need be; or a common one, locked, when there is none (late in a
 * thread's exit, or no memory). NULL when the system refuses everything. Each is followed by a leave. */
RunCache *rlm_cache_enter(void);
void rlm_cache_leave(RunCache *cache);
/* Frees a cell of any thread's run. */
void rlm_free_cell(PageRun *run, void *cell);
/* Cells on their way to other threads are sent, and what has come is taken in. */
void rlm_cache_exchange(RunCache *cache);
/* Takes in what other threads have sent. */
void rlm_cache_collect(RunCache *cache);
/* Gives everything back that is free, in all arenas; keeps `pad` bytes at the first one's top. Returns the bytes. */
size_t rlm_process_trim(size_t pad);
/* From now on the calling thread and new ones use the common cache only: nothing is done behind the checking mode's
 * back. */
void rlm_cache_disable(void);
/* Does rlm_cache_trim for the calling thread's cache. The caller has not entered it. */
void rlm_cache_trim_own(void);
/* The same for a cache without a thread; nothing if it has one. */
void rlm_cache_trim_orphan(ThreadCache *cache);
/* The first of all caches. The caller holds rlm_registry_lock. */
ThreadCache *rlm_caches(void);

/* ---- what sleeping threads have (process/idle.c) ---- */

/* What other threads' caches hold free goes to the arenas, but for those that are in use at this moment. The caller
 * holds no lock; it may have entered its own cache. */
void rlm_caches_reclaim(void);
/* Called now and then on slow paths, with nothing held: does a tick if none was for a while. */
void rlm_idle_look(void);
/* Free pages of all arenas decay; caches of threads that sleep are emptied. False: a later tick would find nothing to
 * do. `now` in milliseconds. */
bool rlm_idle_tick(uint64_t now);

/* ---- the helper, a thread that ticks where nobody calls (process/helper.c) ---- */

extern _Atomic(bool) rlm_helper_rests;      /* it wants to be woken when something is freed */
extern _Atomic(bool) rlm_helper_is_missing; /* it is wanted, and not there: after a fork */
/* Starts it or lets it end. Not to be called where the C library may hold locks of its own. */
void rlm_helper_want(bool is_wanted);
void rlm_helper_start(void);
void rlm_helper_wake(void);
void rlm_helper_after_fork_in_child(void);

/* ---- arenas (process/arenas.c) ---- */

#define RLM_ARENAS_MAX 256

typedef struct Settings {
  size_t map_threshold;
  bool threshold_is_fixed;
  size_t trim_threshold; /* 0: by the arena's size */
  size_t top_pad;
  unsigned arena_limit; /* 0: by the processors */
} Settings;

extern const CacheHooks rlm_process_hooks;
extern ArenaLock rlm_registry_lock; /* the lists of arenas and caches */

/* Arena number `index`, or NULL. */
Arena *rlm_process_arena(unsigned index);
unsigned rlm_process_arena_count(void);
/* The process's secret; 0 before the first arena. */
uint64_t rlm_process_secret(void);
/* An arena for a new cache: one that nobody uses, a new one, or the least used. NULL: the system refuses even the
 * first. The caller holds rlm_registry_lock. */
Arena *rlm_process_choose_arena(void);
Settings rlm_process_settings(void);
void rlm_process_set(const Settings *settings);

/* ---- checking mode (process/checked.c) ---- */

extern _Atomic(bool) rlm_is_checking;
/* M_PERTURB: blocks are filled with the complement of the byte when they are given out, with the byte when freed. */
void rlm_checked_perturb(unsigned char byte);
/* All sizes and alignments; errno is not set. */
void *rlm_checked_allocate(size_t alignment, size_t size, const void *site);
/* False: the block is none of the checking mode's. */
bool rlm_checked_free(void *block);
/* The block's size; SIZE_MAX: none of the checking mode's. */
size_t rlm_checked_size(const void *block);
/* Reads RILLE_MALLOC. */
void rlm_checked_start(void);
ArenaLock *rlm_checked_lock(void);

/* What malloc_stats prints (process/report.c). */
void rlm_report_statistics(int descriptor);

/* ---- the family's inner functions (process/malloc.c): no errno, no checking mode ---- */

void *rlm_plain_allocate(size_t alignment, size_t size);
void rlm_plain_free(void *block);
size_t rlm_plain_usable_size(const void *block);

/* ---- the family ---- */

RLM_PUBLIC void *RLM_NAME(malloc)(size_t size);
RLM_PUBLIC void RLM_NAME(free)(void *block);
RLM_PUBLIC void *RLM_NAME(calloc)(size_t count, size_t size);
RLM_PUBLIC void *RLM_NAME(realloc)(void *block, size_t size);
RLM_PUBLIC void *RLM_NAME(reallocarray)(void *block, size_t count, size_t size);
RLM_PUBLIC void *RLM_NAME(memalign)(size_t alignment, size_t size);
RLM_PUBLIC void *RLM_NAME(aligned_alloc)(size_t alignment, size_t size);
RLM_PUBLIC int RLM_NAME(posix_memalign)(void **result, size_t alignment, size_t size);
RLM_PUBLIC void *RLM_NAME(valloc)(size_t size);
RLM_PUBLIC void *RLM_NAME(pvalloc)(size_t size);
RLM_PUBLIC size_t RLM_NAME(malloc_usable_size)(void *block);
RLM_PUBLIC void RLM_NAME(free_sized)(void *block, size_t size);
RLM_PUBLIC void RLM_NAME(free_aligned_sized)(void *block, size_t alignment, size_t size);

#endif

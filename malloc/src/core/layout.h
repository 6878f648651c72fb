/* What memory looks like: heaps, chunks, page runs, and the arena and cache that own them.
 *
 *   heap  (64 MiB of address space, aligned to that; usable up to `committed`)
 *   +--------+----------+----------------+-------+-------+--------------+-------+-----------------+- - -
 *   | Heap,  | run of   | chunk          | chunk | chunk = page run     | chunk | top             | not yet
 *   | arena  | each page|                |       | cell cell cell cell  |       |                 | usable
 *   +--------+----------+----------------+-------+-------+--------------+-------+-----------------+- - -
 *
 *   chunk  in use                                  free
 *          +-----------------------------+         +-----------------------------+
 *          | (last bytes of the one      |         | (the same)                  |
 *          |  in front, if it is in use; |         |                             |
 *          |  else its size)             |         |                             |
 *          +-----------------------------+         +-----------------------------+
 *          | size, flags, seal           |         | size, flags, seal           |
 *  user -> +-----------------------------+         +-----------------------------+
 *          | ...                         |         | next, previous of its bin   |
 *          |                             |         | dirty bytes (large ones)    |
 *          +- - - - - - - - - - - - - - -+         +- - - - - - - - - - - - - - -+
 *          | ... 8 bytes of the next     |         | its size, for the next      |
 *          +-----------------------------+         +-----------------------------+
 *
 * The top has a head, too, without size or flags, so that writing beyond the last chunk is noticed.
 *
 * The seal is a keyed sum of the chunk's address, size and flags: an address that is no chunk's start, and a head that
 * was overwritten, do not have it.
 *
 * A page run is a chunk whose user part begins at a page; it is cut into cells of one size. The heap's map says of each
 * page which run it belongs to (0: none), so that cells need no head. A free cell holds two words: the next free cell,
 * masked with the cell's address and a secret, and what is missing to a sum that the same two decide (so a cell that
 * was freed and then written to is noticed, and so is one that is freed twice). */
#ifndef RLM_LAYOUT_H
#define RLM_LAYOUT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rille_arena.h"

#include "core/system.h"

#define RLM_UNLIKELY(condition) __builtin_expect(!!(condition), 0)
#define RLM_LIKELY(condition)   __builtin_expect(!!(condition), 1)

/* For the few functions that make the short path: a call would cost more than they do. */
#define RLM_INLINE inline __attribute__((always_inline))

/* ---- sizes ---- */

#define RLM_HEAP_SHIFT   26
#define RLM_HEAP_BYTES   ((size_t)1 << RLM_HEAP_SHIFT)
#define RLM_HEAP_PAGES   (RLM_HEAP_BYTES / RLM_PAGE)
#define RLM_GRANULE      16u
#define RLM_CHUNK_HEAD   16u /* from the chunk's address to what the user gets */
#define RLM_CHUNK_COST   8u  /* of a chunk's size, what the user cannot use */
#define RLM_CHUNK_MIN    32u
#define RLM_LARGE_FREE   (64u * 1024)         /* free chunks from this size on count as dirty */
#define RLM_PAGES_FREE   (2 * RLM_PAGE)       /* those from this size on know their dirty bytes */
#define RLM_CHUNK_MAX    (RLM_HEAP_BYTES / 2) /* larger ones are mapped */
#define RLM_SMALL_MAX    1024u                /* page runs serve up to this */
#define RLM_CLASS_COUNT  41u
#define RLM_BIN_COUNT    200u
#define RLM_WINDOW_CACHE 32u
#define RLM_MEDIUM_COUNT 40u /* bins of cached chunks, from 1 KiB to 32 KiB */
#define RLM_MEDIUM_FIRST 64u /* the bin of chunks (core/bins.h) that the first of them is */

typedef struct rille_arena Arena;
typedef struct MemoryHeap MemoryHeap;
typedef struct Chunk Chunk;
typedef struct PageRun PageRun;
typedef struct FreeCell FreeCell;
typedef struct RunCache RunCache;
typedef struct MappedChunk MappedChunk;

/* ---- chunks ---- */

#define CHUNK_IN_USE          UINT64_C(1)
#define CHUNK_PREVIOUS_IN_USE UINT64_C(2)
#define CHUNK_IS_MAPPED       UINT64_C(4)
#define CHUNK_IS_RUN          UINT64_C(8) /* a page run, or descriptors of runs: not the user's */
#define CHUNK_SIZE_MASK       UINT64_C(0xfffffff0)
#define CHUNK_BITS            UINT64_C(0xffffffff) /* what the seal is made of */

struct Chunk {
  size_t previous_size; /* only when the one in front is free */
  uint64_t head;
  Chunk *next; /* from here on only in free chunks */
  Chunk *previous;
  size_t dirty; /* only in those of RLM_PAGES_FREE and more: bytes that the system has not got back */
};

/* In front of a chunk with a mapping of its own; head has CHUNK_IS_MAPPED and no size. */
struct MappedChunk {
  MappedChunk *next;
  MappedChunk *previous;
  Arena *arena;
  char *base; /* of the mapping */
  size_t bytes;
  uint64_t seal; /* over the three above */
  size_t unused;
  uint64_t head;
};

_Static_assert(sizeof(MappedChunk) == 64, "what follows is aligned like a cache line");

/* ---- page runs ---- */

struct FreeCell {
  uint64_t link;  /* the next one, xor key */
  uint64_t check; /* link + check = key; key = address xor secret, odd */
};

/* The first line changes with every allocation and belongs to the owner's processor; the second is read by all who
 * free. */
struct PageRun {
  _Alignas(64) FreeCell *free;
  uint32_t used;      /* cells that are not in `free` and not behind `extent` */
  uint32_t notice_at; /* the owner wants to hear when `used` falls to this */
  PageRun *next;      /* in its class's list of runs with free cells; free descriptors: the next one */
  PageRun *previous;

  _Alignas(64) RunCache *owner; /* NULL: a free descriptor */
  char *base;
  uint64_t divisor; /* for "is a multiple of cell_bytes", see run_holds */
  uint32_t extent;  /* bytes that have been cut into cells */
  uint32_t bytes;   /* all that can be cut */
  uint32_t cell_bytes;
  uint16_t pages;
  uint8_t size_class;
  uint8_t is_listed; /* in its class's list */
  MemoryHeap *heap;
};

_Static_assert(sizeof(PageRun) == 128, "two lines");

/* ---- what one owner keeps ---- */

enum { CACHE_LIVE, CACHE_ORPHAN, CACHE_BUSY, CACHE_DEAD };

typedef struct CacheHooks {
  /* Locks an arena for the cache to allocate from, makes it the cache's own, and returns it. */
  Arena *(*lock_arena)(RunCache *cache);
  /* The cache's own arena is exhausted: locks another, or returns NULL. `tried` counts up from 0. */
  Arena *(*lock_other_arena)(RunCache *cache, unsigned tried);
  /* Before the owner looks for a new run: what others have freed comes home. */
  void (*collect)(RunCache *cache);
  /* There is no memory: everything that can be given back is. */
  void (*relieve)(RunCache *cache);
} CacheHooks;

/* What a cache has of one size class. */
typedef struct ClassSlot {
  FreeCell
    *hot; /* cells that were freed last, to be used again while the processor still has them; in use for their runs */
  PageRun *run;       /* the current run; never NULL */
  PageRun *ring;      /* other runs with free cells, the oldest first */
  uint32_t run_bytes; /* in all its runs, but at most 4 GiB are counted */
  uint8_t hot_room;   /* how many more cells `hot` takes */
  uint8_t closed;     /* runs that became empty since `hot` was emptied */
  uint8_t cold;       /* how many requests are still served by chunks, before there is a run */
} ClassSlot;

struct RunCache {
  ClassSlot slots[RLM_CLASS_COUNT];
  uint64_t secret;
  _Atomic(uint8_t) is_busy;  /* its thread is using it; caches of the process's malloc, see process/idle.c */
  _Atomic(uint8_t) is_taken; /* another thread has it */
  Arena *arena;
  const CacheHooks *hooks;            /* NULL: the cache of a private arena */
  FreeCell *medium[RLM_MEDIUM_COUNT]; /* user parts of chunks, in use as far as chunks go */
  uint8_t medium_length[RLM_MEDIUM_COUNT];
  size_t medium_bytes;
};

_Static_assert(sizeof(ClassSlot) == 32, "found by a shift");

/* ---- heaps ---- */

struct MemoryHeap {
  Arena *arena;
  uint64_t secret;
  MemoryHeap *next; /* of the arena's heaps, the newest first */
  size_t reserved;  /* bytes of address space */
  char *committed;  /* the end of what can be used, and of the top chunk */
  char *touched;    /* from here on everything is zero, and the system has it */
  Chunk *top;
  Chunk *first;
  PageRun *free_runs;   /* descriptors */
  size_t chunks_in_use; /* but those that hold descriptors */
  size_t runs_in_use;
  size_t least_dirty; /* the least that heap_top_dirty has been since the last decay */
};

#define RLM_HEAP_MAP_OFFSET   RLM_PAGE
#define RLM_HEAP_FIRST_OFFSET (RLM_HEAP_MAP_OFFSET + RLM_HEAP_PAGES * sizeof(uint32_t))

/* ---- arenas ---- */

typedef struct ArenaLock {
  _Atomic(uint32_t) word; /* 0 free, 1 held, 2 held and waited for */
} ArenaLock;

struct rille_arena {
  uint64_t secret; /* odd */
  MemoryHeap *heaps;
  MappedChunk *mapped;
  Chunk *bins[RLM_BIN_COUNT];
  uint64_t filled[(RLM_BIN_COUNT + 63) / 64]; /* a bit for each bin that has chunks */
  size_t limit;
  size_t held;
  size_t peak_held;
  size_t mapped_bytes;
  size_t dirty;          /* in free chunks of RLM_LARGE_FREE and more; the tops are not counted here */
  size_t least_dirty;    /* the least that `dirty` has been since the last decay */
  size_t map_threshold;  /* from this size on requests are mapped */
  size_t trim_threshold; /* free bytes that are kept; 0: a share of what is held */
  size_t top_pad;        /* the least by which a heap grows; 0: a share of it */
  bool threshold_is_fixed;
  bool is_purging;          /* frees do not start another one */
  bool is_shared;           /* a private one for several threads: rille_arena_* take the lock */
  bool is_process;          /* one of malloc's: caches take the lock; its own cache is not used */
  uint32_t events;          /* frees of chunks since somebody looked at the clock */
  uint32_t operations;      /* chunks that were allocated or freed */
  uint32_t seen_operations; /* at the last decay */
  uint32_t idle_periods;    /* of decay, since the last of them */
  uint64_t last_decay;
  uint64_t last_purge;
  size_t refaulted;        /* bytes that were taken from the system since the last purge */
  size_t raised_allowance; /* dirty bytes that may stay because they were wanted again before */
  ArenaLock lock;
  Arena *next; /* of the process's arenas */
  unsigned threads;
  char name[32];
  RunCache cache;
  /* The last bytes of heaps, by their places in the address space, as last looked up; private ones. 0: none. */
  uintptr_t windows[RLM_WINDOW_CACHE];
};

_Static_assert(sizeof(MemoryHeap) + 64 + sizeof(Arena) <= RLM_PAGE, "both lie in a heap's first page");

/* ---- accessors ---- */

static inline size_t round_up(size_t value, size_t alignment) {
  return (value + alignment - 1) & ~(alignment - 1);
}

static inline MemoryHeap *heap_of(const void *address) {
  return (MemoryHeap *)((uintptr_t)address & ~(uintptr_t)(RLM_HEAP_BYTES - 1));
}

/* The last byte of the heap that the address would be in: unlike a heap's first it is not 0 for NULL. */
static inline uintptr_t heap_end_of(const void *address) {
  return (uintptr_t)address | (RLM_HEAP_BYTES - 1);
}

static inline uintptr_t *heap_window(Arena *arena, const void *address) {
  return &arena->windows[(uintptr_t)address / RLM_HEAP_BYTES % RLM_WINDOW_CACHE];
}

static inline uint32_t *heap_map(MemoryHeap *heap) {
  return (uint32_t *)((char *)heap + RLM_HEAP_MAP_OFFSET);
}

/* The run that an address in the heap belongs to, or NULL. */
static inline PageRun *heap_run_of(MemoryHeap *heap, const void *address) {
  uint32_t offset = heap_map(heap)[((uintptr_t)address >> RLM_PAGE_SHIFT) & (RLM_HEAP_PAGES - 1)];
  return offset == 0 ? NULL : (PageRun *)((char *)heap + offset);
}

static inline uint64_t chunk_seal(uint64_t secret, const void *address, uint64_t bits) {
  uint64_t sum = (((uintptr_t)address ^ secret) + (bits & CHUNK_BITS)) * UINT64_C(0x9e3779b97f4a7c15);
  return sum & ~CHUNK_BITS;
}

/* What is written under an arena's lock and read without it. */
#define RLM_SHARED_LOAD(place)         __atomic_load_n(place, __ATOMIC_RELAXED)
#define RLM_SHARED_STORE(place, value) __atomic_store_n(place, value, __ATOMIC_RELAXED)

/* Who has a block of the process's malloc reads its head without the arena's lock, while others tell it, under the
 * lock, that the chunk in front has come or gone: so a head is read and written as a whole. */
static inline uint64_t chunk_head(const Chunk *chunk) {
  return __atomic_load_n(&chunk->head, __ATOMIC_RELAXED);
}

static inline void chunk_set_head(Chunk *chunk, uint64_t secret, uint64_t bits) {
  __atomic_store_n(&chunk->head, bits | chunk_seal(secret, chunk, bits), __ATOMIC_RELAXED);
}

static inline bool head_is_sealed(const Chunk *chunk, uint64_t secret, uint64_t head) {
  return (head & ~CHUNK_BITS) == chunk_seal(secret, chunk, head);
}

static inline bool chunk_is_sealed(const Chunk *chunk, uint64_t secret) {
  return head_is_sealed(chunk, secret, chunk_head(chunk));
}

static inline size_t chunk_size(const Chunk *chunk) {
  return chunk_head(chunk) & CHUNK_SIZE_MASK;
}

static inline Chunk *chunk_at(void *address) {
  return (Chunk *)address;
}

static inline Chunk *chunk_after(Chunk *chunk) {
  return chunk_at((char *)chunk + chunk_size(chunk));
}

static inline void *chunk_user(Chunk *chunk) {
  return (char *)chunk + RLM_CHUNK_HEAD;
}

static inline Chunk *chunk_of(const void *user) {
  return chunk_at((char *)user - RLM_CHUNK_HEAD);
}

/* The size of a chunk for a request of at most PTRDIFF_MAX bytes. */
static inline size_t chunk_size_for(size_t request) {
  size_t size = round_up(request + RLM_CHUNK_COST, RLM_GRANULE);
  return size < RLM_CHUNK_MIN ? RLM_CHUNK_MIN : size;
}

static inline MappedChunk *mapped_of(const void *user) {
  return (MappedChunk *)((char *)user - sizeof(MappedChunk));
}

static inline size_t mapped_usable(MappedChunk *mapped) {
  return (size_t)(mapped->base + mapped->bytes - (char *)(mapped + 1));
}

/* ---- size classes: one for size 0, every granule up to 512 bytes, every four up to 1024 ---- */

static inline unsigned class_of_size(size_t size) {
  if (RLM_LIKELY(size <= 512)) return (unsigned)((size + 15) / 16);
  return (unsigned)(33 + (size - 513) / 64);
}

static inline uint32_t class_bytes_of(unsigned size_class) {
  if (size_class == 0) return RLM_GRANULE;
  return size_class <= 32 ? size_class * 16 : 512 + (size_class - 32) * 64;
}

/* ---- locks ---- */

/* Whether it was free. */
static inline bool lock_try(ArenaLock *lock) {
  uint32_t expected = 0;
  return atomic_compare_exchange_strong_explicit(&lock->word, &expected, 1, memory_order_acquire, memory_order_relaxed);
}

void rlm_lock_wait(ArenaLock *lock);

static inline void lock_take(ArenaLock *lock) {
  if (RLM_UNLIKELY(!lock_try(lock))) rlm_lock_wait(lock);
}

static inline void lock_leave(ArenaLock *lock) {
  if (RLM_UNLIKELY(atomic_exchange_explicit(&lock->word, 0, memory_order_release) == 2))
    rlm_system_wake_one(&lock->word);
}

/* For what is done without holding a process's arena; a private one is its caller's meanwhile. */
static inline void arena_lock(Arena *arena) {
  if (arena->is_process) lock_take(&arena->lock);
}

static inline void arena_unlock(Arena *arena) {
  if (arena->is_process) lock_leave(&arena->lock);
}

#endif

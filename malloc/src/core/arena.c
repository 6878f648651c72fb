/* Private arenas (rille_arena.h). */
#include "core/arena.h"

#include <string.h>

#include "core/cache.h"
#include "core/chunks.h"
#include "core/heap.h"
#include "core/mapped.h"
#include "core/purge.h"

/* ---- locks: only arenas that are used by several threads have any ---- */

static inline void enter(Arena *arena) {
  if (RLM_UNLIKELY(arena->is_shared)) lock_take(&arena->lock);
}
static inline void leave(Arena *arena) {
  if (RLM_UNLIKELY(arena->is_shared)) lock_leave(&arena->lock);
}

void rlm_lock_wait(ArenaLock *lock) {
  for (int spins = 0; spins < 64; spins++) {
    if (atomic_load_explicit(&lock->word, memory_order_relaxed) == 0 && lock_try(lock)) return;
    rlm_system_relax();
  }
  while (atomic_exchange_explicit(&lock->word, 2, memory_order_acquire) != 0) rlm_system_wait(&lock->word, 2);
}

/* ---- whose is an address? ---- */

static __attribute__((noinline)) MemoryHeap *look_up_heap(Arena *arena, MemoryHeap *heap) {
  for (MemoryHeap *known = arena->heaps; known != NULL; known = known->next) {
    if (known != heap) continue;
    *heap_window(arena, heap) = heap_end_of(heap);
    return heap;
  }
  return NULL;
}

/* The heap that the block lies in; NULL: a mapping of its own. (A heap may be shorter than its place in the address
 * space; a mapped block can lie behind it, where the heap's map has no runs.) */
static RLM_INLINE MemoryHeap *find_heap(Arena *arena, const void *block) {
  MemoryHeap *heap = heap_of(block);
  if (RLM_UNLIKELY(*heap_window(arena, block) != heap_end_of(block))) return look_up_heap(arena, heap);
  return heap;
}

static inline bool is_behind(const MemoryHeap *heap, const void *block) {
  return (const char *)block >= (const char *)heap + heap->reserved;
}

/* ---- making and ending ---- */

Arena *rlm_arena_open(uint64_t secret, size_t limit, const char *name, bool is_process) {
  MemoryHeap *heap = rlm_heap_open(limit);
  if (heap == NULL) return NULL;
  Arena *arena = (Arena *)((char *)heap + round_up(sizeof(MemoryHeap), 64));
  arena->secret = secret | 1;
  arena->limit = limit;
  arena->map_threshold = RLM_MAP_THRESHOLD;
  arena->is_process = is_process;
  for (size_t i = 0; i < sizeof arena->name - 1 && name[i] != '\0'; i++) arena->name[i] = name[i];
  rlm_heap_join(heap, arena);
  rlm_cache_open(&arena->cache, arena, arena->secret, NULL);
  return arena;
}

/* Guessing one arena's secret from another's memory should not be possible. */
rille_arena *rille_arena_create(const rille_arena_options *options) {
  static const rille_arena_options none;
  if (options == NULL) options = &none;
  const char *name = options->name != NULL ? options->name : "arena";
  Arena *arena = rlm_arena_open(rlm_system_entropy(), options->limit, name, false);
  if (arena != NULL) arena->is_shared = (options->flags & RILLE_ARENA_THREAD_SAFE) != 0;
  return arena;
}

void rille_arena_destroy(rille_arena *arena) {
  if (arena == NULL) return;
  rlm_mapped_free_all(arena);
  MemoryHeap *first = heap_of(arena);
  for (MemoryHeap *heap = arena->heaps, *next; heap != NULL; heap = next) {
    next = heap->next;
    if (heap != first) rlm_system_unmap(heap, heap->reserved);
  }
  rlm_system_unmap(first, first->reserved);
}

/* ---- blocks ---- */

void *rille_arena_allocate(rille_arena *arena, size_t size) {
  enter(arena);
  void *block = cache_allocate(&arena->cache, size);
  leave(arena);
  return block;
}

void *rille_arena_allocate_zeroed(rille_arena *arena, size_t size) {
  enter(arena);
  void *block = rlm_cache_allocate_zeroed(&arena->cache, size);
  leave(arena);
  return block;
}

void *rille_arena_allocate_aligned(rille_arena *arena, size_t alignment, size_t size) {
  if (alignment == 0 || (alignment & (alignment - 1)) != 0 || alignment > (size_t)PTRDIFF_MAX) return NULL;
  enter(arena);
  void *block = rlm_cache_allocate_aligned(&arena->cache, alignment, size);
  leave(arena);
  return block;
}

static void check_size(const void *block, size_t usable, size_t size) {
  if (RLM_UNLIKELY(size > usable)) rlm_size_fault(block);
}

static __attribute__((noinline)) void free_other(Arena *arena, MemoryHeap *heap, void *block, size_t size) {
  if (block == NULL) return;
  if (heap == NULL || is_behind(heap, block)) {
    MappedChunk *mapped = rlm_mapped_check(arena->secret, block);
    check_size(block, mapped_usable(mapped), size);
    rlm_mapped_free(mapped);
    return;
  }
  Chunk *chunk = rlm_chunk_check(heap, block);
  check_size(block, chunk_size(chunk) - RLM_CHUNK_COST, size);
  rlm_cache_free_chunk(&arena->cache, heap, block);
}

/* The run that the block is a cell of, without asking further than where it was found last; NULL: it must be looked
 * for. */
static RLM_INLINE PageRun *find_run(Arena *arena, const void *block) {
  uintptr_t end = heap_end_of(block);
  if (RLM_UNLIKELY(*heap_window(arena, block) != end)) return NULL;
  return heap_run_of((MemoryHeap *)(end - (RLM_HEAP_BYTES - 1)), block);
}

static __attribute__((noinline)) void free_slowly(Arena *arena, void *block, size_t size) {
  MemoryHeap *heap = find_heap(arena, block);
  PageRun *run;
  if (heap == NULL || (run = heap_run_of(heap, block)) == NULL) {
    free_other(arena, heap, block, size);
    return;
  }
  check_size(block, run->cell_bytes, size);
  cache_give(&arena->cache, run, block);
}

static RLM_INLINE void free_block(Arena *arena, void *block, size_t size) {
  PageRun *run = find_run(arena, block);
  if (RLM_UNLIKELY(run == NULL)) {
    free_slowly(arena, block, size);
    return;
  }
  check_size(block, run->cell_bytes, size);
  cache_give(&arena->cache, run, block);
}

void rille_arena_free(rille_arena *arena, void *block, size_t size) {
  enter(arena);
  free_block(arena, block, size);
  leave(arena);
}

/* The block is checked on the way. */
static inline size_t usable_size(Arena *arena, MemoryHeap *heap, PageRun *run, const void *block) {
  if (RLM_LIKELY(run != NULL)) {
    run_check(run, block, arena->secret);
    return run->cell_bytes;
  }
  if (heap != NULL) return chunk_size(rlm_chunk_check(heap, (void *)block)) - RLM_CHUNK_COST;
  return mapped_usable(rlm_mapped_check(arena->secret, (void *)block));
}

static __attribute__((noinline)) void *resize_slowly(Arena *arena, void *block, size_t old_size, size_t new_size) {
  MemoryHeap *heap = find_heap(arena, block);
  PageRun *run = heap != NULL ? heap_run_of(heap, block) : NULL;
  if (heap != NULL && is_behind(heap, block)) heap = NULL;
  check_size(block, usable_size(arena, heap, run, block), old_size);
  if (new_size > (size_t)PTRDIFF_MAX) return NULL;
  void *place = block;
  if (rlm_cache_resize_in_place(&arena->cache, heap, run, &place, new_size)) return place;
  void *moved = cache_allocate(&arena->cache, new_size);
  if (moved == NULL) return new_size <= old_size ? block : NULL;
  memcpy(moved, block, old_size < new_size ? old_size : new_size);
  free_block(arena, block, old_size);
  return moved;
}

/* A cell that becomes another cell, as small tables and stacks do all the time, is not to take the long way. Cells are
 * aligned to 16 bytes and multiples of that, so they are copied by as much. */
static __attribute__((noinline)) void *resize_block(Arena *arena, void *block, size_t old_size, size_t new_size) {
  PageRun *run = find_run(arena, block);
  if (RLM_UNLIKELY(run == NULL || new_size > RLM_SMALL_MAX || old_size > new_size))
    return resize_slowly(arena, block, old_size, new_size);
  check_size(block, run->cell_bytes, old_size);
  run_check(run, block, arena->secret);
  if (new_size <= run->cell_bytes) return block;
  void *moved = cache_take(&arena->cache, new_size);
  if (RLM_UNLIKELY(moved == NULL)) return resize_slowly(arena, block, old_size, new_size);
  for (size_t i = 0; i < old_size; i += RLM_GRANULE)
    memcpy((char *)moved + i, __builtin_assume_aligned((char *)block + i, RLM_GRANULE), RLM_GRANULE);
  cache_put(&arena->cache, run, block);
  return moved;
}

void *rille_arena_resize(rille_arena *arena, void *block, size_t old_size, size_t new_size) {
  if (block == NULL) return rille_arena_allocate(arena, new_size);
  enter(arena);
  block = resize_block(arena, block, old_size, new_size);
  leave(arena);
  return block;
}

size_t rille_arena_usable_size(rille_arena *arena, const void *block, size_t size) {
  if (block == NULL) return 0;
  enter(arena);
  MemoryHeap *heap = find_heap(arena, block);
  PageRun *run = heap != NULL ? heap_run_of(heap, block) : NULL;
  if (heap != NULL && is_behind(heap, block)) heap = NULL;
  size_t usable = usable_size(arena, heap, run, block);
  leave(arena);
  check_size(block, usable, size);
  return usable;
}

static __attribute__((noinline)) void *lua_alloc_shared(Arena *arena, void *block, size_t old_size, size_t new_size) {
  if (block == NULL) return new_size == 0 ? NULL : rille_arena_allocate(arena, new_size);
  if (new_size != 0) return rille_arena_resize(arena, block, old_size, new_size);
  rille_arena_free(arena, block, old_size);
  return NULL;
}

/* One owner's short path is here in full, without a call. */
void *rille_arena_lua_alloc(void *data, void *block, size_t old_size, size_t new_size) {
  Arena *arena = data;
  if (RLM_UNLIKELY(arena->is_shared)) return lua_alloc_shared(arena, block, old_size, new_size);
  if (block == NULL) return new_size == 0 ? NULL : cache_allocate(&arena->cache, new_size);
  if (new_size != 0) return resize_block(arena, block, old_size, new_size);
  free_block(arena, block, old_size);
  return NULL;
}

/* ---- the whole ---- */

void rille_arena_set_limit(rille_arena *arena, size_t limit) {
  enter(arena);
  arena->limit = limit;
  leave(arena);
}

const char *rille_arena_name(const rille_arena *arena) {
  return arena->name;
}

size_t rille_arena_trim(rille_arena *arena, size_t keep) {
  enter(arena);
  rlm_cache_trim(&arena->cache);
  size_t bytes = rlm_purge_all(arena, keep);
  leave(arena);
  return bytes;
}

void rille_arena_get_statistics(rille_arena *arena, rille_arena_statistics *result) {
  enter(arena);
  rlm_cache_cool(&arena->cache);
  rlm_arena_statistics(arena, result);
  leave(arena);
}

int rille_arena_walk(rille_arena *arena, int (*visit)(void *data, void *block, size_t bytes), void *data) {
  enter(arena);
  rlm_cache_cool(&arena->cache);
  int answer = rlm_arena_walk(arena, visit, data);
  leave(arena);
  return answer;
}

void rille_arena_verify(rille_arena *arena) {
  enter(arena);
  rlm_cache_cool(&arena->cache);
  rlm_arena_verify(arena);
  leave(arena);
}

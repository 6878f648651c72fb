/* A cache is what one owner (a thread, or a private arena) allocates from without a lock: for each size class a current
 * page run and a ring of other runs with free cells, and some free chunks of medium size.
 *
 * In front of the runs each class has a short list of the cells that were freed last, to be used again first: that is
 * what the processor's caches still hold. What it has no room for goes to its run at once, so that the order in which
 * addresses are used again is that of the runs.
 *
 * A run is in one of these states: current (cells are taken from it), listed (in its class's ring: some cell is free),
 * full (nowhere; its first free puts it into the ring). An empty run that is not current becomes a chunk again. */
#ifndef RLM_CACHE_H
#define RLM_CACHE_H

#include "core/runs.h"

/* Stands where a class has no current run: has no cell, never changes. */
extern const PageRun rlm_no_run;

void rlm_cache_open(RunCache *cache, Arena *arena, uint64_t secret, const CacheHooks *hooks);
/* Returns empty runs and medium chunks to their arenas. */
void rlm_cache_trim(RunCache *cache);

/* All sizes; with a power of two `alignment` above RLM_GRANULE from the chunks. `zero` asks for zeros. NULL: no memory.
 */
void *rlm_cache_allocate_slow(RunCache *cache, size_t size);
void *rlm_cache_allocate_zeroed(RunCache *cache, size_t size);
void *rlm_cache_allocate_aligned(RunCache *cache, size_t alignment, size_t size);
/* Gives the block room for new_size bytes without copying; a mapped one may move (*block changes). `heap` and `run` are
 * those of the block, or NULL; it has been checked. False: it must be copied; nothing has changed. */
bool rlm_cache_resize_in_place(RunCache *cache, MemoryHeap *heap, PageRun *run, void **block, size_t new_size);
/* Frees a chunk of a heap. */
void rlm_cache_free_chunk(RunCache *cache, MemoryHeap *heap, void *block);
/* After run_give has said that the owner should look at the run. */
void rlm_cache_notice(RunCache *cache, PageRun *run);
/* Cells on the hot lists go to their runs, chunks of medium size to their arenas: nothing free seems to be in use. */
void rlm_cache_cool(RunCache *cache);

/* Frees a cell of the cache's own run to that run. */
static RLM_INLINE void cache_return(RunCache *cache, PageRun *run, FreeCell *cell) {
  if (RLM_UNLIKELY(run_give(run, cell, cache->secret))) rlm_cache_notice(cache, run);
}

/* Frees a cell in use of the cache's own run: on the hot list, as long as there is room. */
static RLM_INLINE void cache_put(RunCache *cache, PageRun *run, FreeCell *cell) {
  ClassSlot *slot = &cache->slots[run->size_class];
  if (RLM_LIKELY(slot->hot_room != 0)) {
    slot->hot_room--;
    cell_set_free(cell, slot->hot, cache->secret);
    slot->hot = cell;
    return;
  }
  cache_return(cache, run, cell);
}

/* Frees a block that should be a cell of the cache's own run. */
static RLM_INLINE void cache_give(RunCache *cache, PageRun *run, void *block) {
  run_check(run, block, cache->secret);
  cache_put(cache, run, block);
}

/* A cell without further ado, or NULL. `size` is at most RLM_SMALL_MAX. */
static RLM_INLINE void *cache_take(RunCache *cache, size_t size) {
  ClassSlot *slot = &cache->slots[class_of_size(size)];
  if (RLM_LIKELY(slot->hot != NULL)) {
    slot->hot_room++;
    return cell_take(&slot->hot, cache->secret);
  }
  return RLM_LIKELY(slot->run->free != NULL) ? run_take(slot->run, cache->secret) : NULL;
}

static RLM_INLINE void *cache_allocate(RunCache *cache, size_t size) {
  if (RLM_LIKELY(size <= RLM_SMALL_MAX)) {
    void *block = cache_take(cache, size);
    if (RLM_LIKELY(block != NULL)) return block;
  }
  return rlm_cache_allocate_slow(cache, size);
}

#endif

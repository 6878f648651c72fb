/* A cache is what one owner (a thread, or a private arena) allocates from without a lock: for each size class a current
 * page run and a ring of other runs with free cells, and some free chunks of medium size.
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
 * those of the block, or NULL. False: it must be copied; nothing has changed. */
bool rlm_cache_resize_in_place(RunCache *cache, MemoryHeap *heap, PageRun *run, void **block, size_t new_size);
/* A new place for a block of old_size bytes that is resized and could not stay. */
void *rlm_cache_allocate_for_growth(RunCache *cache, size_t old_size, size_t new_size);
/* Frees a chunk of a heap. */
void rlm_cache_free_chunk(RunCache *cache, MemoryHeap *heap, void *block);
/* After run_give has said that the owner should look at the run. */
void rlm_cache_notice(RunCache *cache, PageRun *run);
/* Frees a cell of the cache's own run. */
static inline void cache_give(RunCache *cache, PageRun *run, void *block) {
  if (RLM_UNLIKELY(run_give(run, block, cache->secret))) rlm_cache_notice(cache, run);
}

static inline void *cache_allocate(RunCache *cache, size_t size) {
  if (RLM_LIKELY(size <= RLM_SMALL_MAX)) {
    PageRun *run = cache->direct[(size + RLM_GRANULE - 1) / RLM_GRANULE];
    if (RLM_LIKELY(run->free != NULL)) return run_take(run, cache->secret);
  }
  return rlm_cache_allocate_slow(cache, size);
}

#endif

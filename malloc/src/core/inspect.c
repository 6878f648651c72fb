/* Looking at everything: the walk over blocks in use, the statistics, and the verifier. */
#include "core/arena.h"

#include <string.h>

#include "core/bins.h"
#include "core/fault.h"
#include "core/heap.h"
#include "core/mapped.h"
#include "core/runs.h"

typedef struct Visit {
  int (*visit)(void *data, void *block, size_t bytes);
  void *data;
} Visit;

static int walk_run(const PageRun *run, uint64_t secret, const Visit *visit) {
  uint64_t is_free[RLM_RUN_CELLS_MAX / 64];
  uint32_t cells = run->extent / run->cell_bytes;
  memset(is_free, 0, sizeof is_free);
  rlm_run_mark_free(run, secret, is_free);
  for (uint32_t i = 0; i < cells; i++) {
    if ((is_free[i / 64] >> i % 64 & 1) != 0) continue;
    int answer = visit->visit(visit->data, run->base + (size_t)i * run->cell_bytes, run->cell_bytes);
    if (answer != 0) return answer;
  }
  return 0;
}

static void check_head(MemoryHeap *heap, Chunk *chunk) {
  if (!chunk_is_sealed(chunk, heap->secret)) rlm_fault("the head of a chunk was overwritten", chunk_user(chunk));
}

static int walk_chunk(MemoryHeap *heap, Chunk *chunk, const Visit *visit) {
  if ((chunk_head(chunk) & CHUNK_IN_USE) == 0) return 0;
  if ((chunk_head(chunk) & CHUNK_IS_RUN) == 0)
    return visit->visit(visit->data, chunk_user(chunk), chunk_size(chunk) - RLM_CHUNK_COST);
  PageRun *run = heap_run_of(heap, chunk_user(chunk));
  return run == NULL ? 0 : walk_run(run, heap->secret, visit); /* without a run: descriptors */
}

static int walk_heap(MemoryHeap *heap, const Visit *visit) {
  for (Chunk *chunk = heap->first; chunk < heap->top; chunk = chunk_after(chunk)) {
    check_head(heap, chunk);
    int answer = walk_chunk(heap, chunk, visit);
    if (answer != 0) return answer;
  }
  return 0;
}

int rlm_arena_walk(Arena *arena, int (*visit)(void *data, void *block, size_t bytes), void *data) {
  Visit pair = {visit, data};
  for (MemoryHeap *heap = arena->heaps; heap != NULL; heap = heap->next) {
    int answer = walk_heap(heap, &pair);
    if (answer != 0) return answer;
  }
  for (MappedChunk *mapped = arena->mapped; mapped != NULL; mapped = mapped->next) {
    int answer = visit(data, mapped + 1, mapped_usable(mapped));
    if (answer != 0) return answer;
  }
  return 0;
}

/* ---- statistics ---- */

static void count_run(const PageRun *run, rille_arena_statistics *result) {
  size_t live = (size_t)run->used * run->cell_bytes;
  result->runs++;
  result->live += live;
  result->live_blocks += run->used;
  result->free_in_runs += run->bytes - live;
}

static void count_chunk(MemoryHeap *heap, Chunk *chunk, rille_arena_statistics *result) {
  size_t size = chunk_size(chunk);
  if ((chunk_head(chunk) & CHUNK_IN_USE) == 0) {
    result->free_in_bins += size;
  } else if ((chunk_head(chunk) & CHUNK_IS_RUN) == 0) {
    result->live += size - RLM_CHUNK_COST;
    result->live_blocks++;
    result->administration += RLM_CHUNK_COST;
  } else {
    PageRun *run = heap_run_of(heap, chunk_user(chunk));
    if (run != NULL) count_run(run, result);
    result->administration += run != NULL ? size - run->bytes : size;
  }
}

static void count_heap(MemoryHeap *heap, rille_arena_statistics *result) {
  result->heaps++;
  result->free_at_top += heap_top_bytes(heap);
  result->administration += rlm_heap_held(heap) - (size_t)(heap->committed - (char *)heap->first);
  for (Chunk *chunk = heap->first; chunk < heap->top; chunk = chunk_after(chunk)) {
    check_head(heap, chunk);
    count_chunk(heap, chunk, result);
  }
}

void rlm_arena_statistics(Arena *arena, rille_arena_statistics *result) {
  memset(result, 0, sizeof *result);
  result->limit = arena->limit;
  result->held = arena->held;
  result->peak_held = arena->peak_held;
  result->mapped = arena->mapped_bytes;
  for (MemoryHeap *heap = arena->heaps; heap != NULL; heap = heap->next) count_heap(heap, result);
  for (MappedChunk *mapped = arena->mapped; mapped != NULL; mapped = mapped->next) {
    result->mapped_blocks++;
    result->live_blocks++;
    result->live += mapped_usable(mapped);
    result->administration += mapped->bytes - mapped_usable(mapped);
  }
}

/* ---- the verifier ---- */

static int ignore(void *data, void *block, size_t bytes) {
  (void)data, (void)block, (void)bytes;
  return 0;
}

static void require(bool holds, const char *what, const void *address) {
  if (!holds) rlm_fault(what, address);
}

/* Chunks tile the heap, flags agree with the neighbours, no two free ones touch. Returns the bytes of the free ones. */
static size_t verify_heap(MemoryHeap *heap) {
  size_t free_bytes = 0, in_use = 0;
  bool previous_in_use = true;
  for (Chunk *chunk = heap->first; chunk != heap->top; chunk = chunk_after(chunk)) {
    require(chunk < heap->top, "chunks overrun the top", chunk);
    check_head(heap, chunk);
    bool is_used = (chunk_head(chunk) & CHUNK_IN_USE) != 0;
    require(((chunk_head(chunk) & CHUNK_PREVIOUS_IN_USE) != 0) == previous_in_use, "a chunk misjudges its neighbour",
            chunk);
    require(is_used || previous_in_use, "two free chunks are neighbours", chunk);
    require(is_used || chunk_after(chunk)->previous_size == chunk_size(chunk), "a free chunk's end is wrong", chunk);
    if (!is_used) free_bytes += chunk_size(chunk);
    bool holds_descriptors = (chunk_head(chunk) & CHUNK_IS_RUN) != 0 && heap_run_of(heap, chunk_user(chunk)) == NULL;
    if (is_used && !holds_descriptors) in_use++;
    previous_in_use = is_used;
  }
  require(previous_in_use, "a free chunk lies before the top", heap->top);
  require(in_use == heap->chunks_in_use, "the count of chunks is wrong", heap);
  require(heap->committed <= (char *)heap + heap->reserved, "a heap is larger than its place", heap);
  return free_bytes;
}

static size_t verify_bins(Arena *arena) {
  size_t bytes = 0, dirty = 0;
  for (unsigned bin = 0; bin < RLM_BIN_COUNT; bin++) {
    bool is_filled = (arena->filled[bin / 64] >> bin % 64 & 1) != 0;
    require(is_filled == (arena->bins[bin] != NULL), "the map of bins is wrong", arena);
    for (Chunk *chunk = arena->bins[bin]; chunk != NULL; chunk = chunk->next) {
      require(bin_of_size(chunk_size(chunk)) == bin, "a chunk lies in the wrong bin", chunk);
      require((chunk_head(chunk) & CHUNK_IN_USE) == 0, "a chunk in use lies in a bin", chunk);
      require(chunk->next == NULL || chunk->next->previous == chunk, "a bin's links are damaged", chunk);
      if (chunk_size(chunk) >= RLM_LARGE_FREE) dirty += chunk->dirty;
      require(chunk_size(chunk) < RLM_PAGES_FREE || chunk->dirty <= chunk_size(chunk), "more is dirty than there is",
              chunk);
      bytes += chunk_size(chunk);
    }
  }
  require(dirty == arena->dirty, "the count of dirty bytes is wrong", arena);
  return bytes;
}

void rlm_arena_verify(Arena *arena) {
  size_t free_bytes = 0, held = 0;
  for (MemoryHeap *heap = arena->heaps; heap != NULL; heap = heap->next) {
    free_bytes += verify_heap(heap);
    held += rlm_heap_held(heap);
  }
  for (MappedChunk *mapped = arena->mapped; mapped != NULL; mapped = mapped->next) held += mapped->bytes;
  require(verify_bins(arena) == free_bytes, "the bins do not hold all free chunks", arena);
  require(held == arena->held, "the account is wrong", arena);
  rlm_arena_walk(arena, ignore, NULL);
}

/* Free pages that the system has not got back are dirty: those inside free chunks of RLM_LARGE_FREE and more, and those
 * of the tops. There may be as many as `allowance`, a share of what the arena holds. When a free makes it more, the
 * largest are given back until half is left. That alone would thrash where a program frees and wants the same memory
 * again and again: so what is wanted again within a second after it was given back raises the allowance by as much, up
 * to LARGEST_RAISED or most of what is held; it falls again with time. Independently of that pages decay: every 200 ms
 * a quarter of what was dirty all the time since the last decay goes back; and where nothing was allocated or freed for
 * a second, the pages inside smaller free chunks, too. */
#include "core/purge.h"

#include "core/bins.h"
#include "core/chunks.h"
#include "core/heap.h"
#include "core/runs.h"

#define SMALLEST_ALLOWANCE ((size_t)256 * 1024)
#define LARGEST_RAISED     ((size_t)24 * 1024 * 1024) /* or RAISED_SHARE sixteenths of what is held, if that is more */
#define RAISED_SHARE       13
#define SHARE_SHIFT        4 /* of what is held: a 16th */
#define LARGEST_THRESHOLD  ((size_t)32 * 1024 * 1024)
#define DECAY_MILLISECONDS 200
#define IDLE_PERIODS       5                   /* after which smaller pieces go back, too */
#define SMALLEST_REST      ((size_t)32 * 1024) /* dirty bytes that are not worth a further decay: all go */
#define THRASH_WINDOW      1000                /* milliseconds */
#define EVENTS_PER_LOOK    64
#define LARGE_EVENT        ((size_t)1024 * 1024) /* a free of that much is as good as EVENTS_PER_LOOK small ones */

bool rlm_heap_is_first(const MemoryHeap *heap) {
  return heap_of(heap->arena) == heap;
}

static size_t dirty_of(const Arena *arena) {
  size_t dirty = arena->dirty;
  for (const MemoryHeap *heap = arena->heaps; heap != NULL; heap = heap->next) dirty += heap_top_dirty(heap);
  return dirty;
}

static size_t lesser(size_t a, size_t b) {
  return a < b ? a : b;
}

/* What was not used since the last decay: dirty all the time, and not given back since. */
static size_t least_dirty_of(const Arena *arena) {
  size_t dirty = lesser(arena->least_dirty, arena->dirty);
  for (const MemoryHeap *heap = arena->heaps; heap != NULL; heap = heap->next)
    dirty += lesser(heap->least_dirty, heap_top_dirty(heap));
  return dirty;
}

static void begin_period(Arena *arena) {
  arena->least_dirty = arena->dirty;
  for (MemoryHeap *heap = arena->heaps; heap != NULL; heap = heap->next) heap->least_dirty = heap_top_dirty(heap);
}

static size_t allowance(const Arena *arena) {
  if (arena->trim_threshold != 0) return arena->trim_threshold;
  size_t bytes = arena->held >> SHARE_SHIFT;
  if (bytes < SMALLEST_ALLOWANCE) bytes = SMALLEST_ALLOWANCE;
  if (!arena->threshold_is_fixed && bytes < 2 * arena->map_threshold) bytes = 2 * arena->map_threshold;
  size_t most = arena->held / 16 * RAISED_SHARE;
  if (most < LARGEST_RAISED) most = LARGEST_RAISED;
  size_t raised = arena->raised_allowance < most ? arena->raised_allowance : most;
  return bytes > raised ? bytes : raised;
}

void rlm_arena_learn_threshold(Arena *arena, size_t bytes) {
  if (arena->threshold_is_fixed || bytes <= arena->map_threshold || bytes > LARGEST_THRESHOLD) return;
  RLM_SHARED_STORE(&arena->map_threshold, bytes);
}

/* ---- giving back ---- */

/* The whole pages inside a free chunk. */
static size_t purge_chunk(Arena *arena, Chunk *chunk) {
  char *first = (char *)round_up((uintptr_t)(chunk + 1), RLM_PAGE);
  char *end = (char *)((uintptr_t)chunk_after(chunk) & ~(uintptr_t)(RLM_PAGE - 1));
  size_t kept = chunk_size(chunk) - (size_t)(end - first);
  if (chunk->dirty <= kept || !rlm_system_purge(first, (size_t)(end - first))) return 0;
  size_t bytes = chunk->dirty - kept;
  if (chunk_size(chunk) >= RLM_LARGE_FREE) arena->dirty -= bytes;
  chunk->dirty = kept;
  return bytes;
}

/* Gives free chunks back, the largest first, until there are no more than `target` dirty bytes in them. */
static size_t purge_chunks(Arena *arena, size_t target) {
  size_t bytes = 0;
  for (int bin = rlm_bins_last(arena, RLM_BIN_COUNT); bin >= (int)bin_of_size(RLM_LARGE_FREE);
       bin = rlm_bins_last(arena, bin)) {
    for (Chunk *chunk = arena->bins[bin]; chunk != NULL; chunk = chunk->next) {
      if (arena->dirty <= target) return bytes;
      bytes += purge_chunk(arena, chunk);
    }
  }
  return bytes;
}

/* All of them that have whole pages. */
static size_t purge_all_chunks(Arena *arena) {
  size_t bytes = 0;
  for (int bin = rlm_bins_last(arena, RLM_BIN_COUNT); bin >= (int)bin_of_size(RLM_PAGES_FREE);
       bin = rlm_bins_last(arena, bin))
    for (Chunk *chunk = arena->bins[bin]; chunk != NULL; chunk = chunk->next)
      if (chunk_size(chunk) >= RLM_PAGES_FREE) bytes += purge_chunk(arena, chunk);
  return bytes;
}

static size_t purge_tops(Arena *arena, size_t keep) {
  size_t bytes = 0;
  for (MemoryHeap *heap = arena->heaps; heap != NULL; heap = heap->next, keep = 0) {
    bytes += rlm_heap_purge_top(heap, keep);
  }
  return bytes;
}

/* First the tops, then chunks, until no more than `target` is dirty. Returns what the system has got. */
static size_t purge_down_to(Arena *arena, size_t target) {
  size_t bytes = purge_tops(arena, target > arena->dirty ? target - arena->dirty : 0);
  size_t tops = dirty_of(arena) - arena->dirty;
  return bytes + purge_chunks(arena, target > tops ? target - tops : 0);
}

static void release_empty_heaps(Arena *arena) {
  MemoryHeap **link = &arena->heaps;
  while (*link != NULL) {
    MemoryHeap *heap = *link;
    if (heap->chunks_in_use != 0 || rlm_heap_is_first(heap)) {
      link = &heap->next;
      continue;
    }
    *link = heap->next;
    rlm_chunks_forget_heap(arena, heap);
    rlm_heap_release(heap);
  }
}

/* ---- when ---- */

/* Too much is free. It goes back, unless the last that went back was wanted again soon. */
static void purge_excess(Arena *arena, uint64_t now) {
  if (dirty_of(arena) <= allowance(arena)) return;
  if (now - arena->last_purge < THRASH_WINDOW) {
    if (arena->refaulted > arena->raised_allowance) arena->raised_allowance = arena->refaulted;
    if (dirty_of(arena) <= allowance(arena)) return;
  } else {
    arena->refaulted = 0;
  }
  size_t limit = allowance(arena);
  purge_down_to(arena, arena->raised_allowance != 0 ? limit - limit / 4 : limit / 2);
  arena->last_purge = now;
}

/* False: nothing was allocated or freed for IDLE_PERIODS. */
static bool note_idleness(Arena *arena, uint64_t periods) {
  bool is_idle = arena->operations == arena->seen_operations;
  arena->seen_operations = arena->operations;
  arena->idle_periods = is_idle ? arena->idle_periods + (uint32_t)lesser(periods, IDLE_PERIODS) : 0;
  if (arena->idle_periods < IDLE_PERIODS) return true;
  arena->idle_periods = IDLE_PERIODS;
  return false;
}

bool rlm_purge_decay(Arena *arena, uint64_t now) {
  if (arena->last_decay == 0) arena->last_decay = now;
  uint64_t periods = (now - arena->last_decay) / DECAY_MILLISECONDS;
  if (periods == 0) return true;
  arena->last_decay = now;
  size_t dirty = dirty_of(arena), unused = least_dirty_of(arena), rest = unused;
  for (unsigned i = 0; i < periods && i < 16; i++) rest -= rest / 4;
  size_t bytes = purge_down_to(arena, dirty - unused + (rest < SMALLEST_REST ? 0 : rest));
  begin_period(arena);
  bool waits = note_idleness(arena, periods);
  if (!waits) bytes += purge_all_chunks(arena);
  release_empty_heaps(arena);
  if (now - arena->last_purge > THRASH_WINDOW) arena->raised_allowance -= arena->raised_allowance / 8;
  return bytes != 0 || waits;
}

void rlm_purge_after_free(Arena *arena, MemoryHeap *heap, size_t bytes) {
  if (arena->is_purging) return;
  arena->events += bytes >= LARGE_EVENT ? EVENTS_PER_LOOK : 1;
  if (arena->events < EVENTS_PER_LOOK && arena->dirty + heap_top_dirty(heap) <= allowance(arena)) return;
  uint64_t now = rlm_system_milliseconds();
  arena->events = 0;
  purge_excess(arena, now);
  rlm_purge_decay(arena, now);
}

size_t rlm_purge_all(Arena *arena, size_t keep) {
  size_t before = arena->held;
  arena->is_purging = true;
  for (MemoryHeap *heap = arena->heaps; heap != NULL; heap = heap->next) rlm_runs_drop_descriptors(arena, heap);
  size_t bytes = purge_all_chunks(arena);
  for (MemoryHeap *heap = arena->heaps; heap != NULL; heap = heap->next, keep = 0) rlm_heap_trim_top(heap, keep);
  release_empty_heaps(arena);
  arena->is_purging = false;
  return bytes + (before - arena->held);
}

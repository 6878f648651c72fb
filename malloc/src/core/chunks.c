/* Invariants: no two neighbouring chunks are free; the one in front of the top is in use; the top has no head of its
 * own and at least RLM_CHUNK_HEAD bytes once a chunk was cut from it, for the last 8 bytes of the chunk in front; a
 * free chunk is in exactly one bin, and its size stands at its end, too. */
#include "core/chunks.h"

#include "core/bins.h"
#include "core/fault.h"
#include "core/heap.h"
#include "core/purge.h"
#include "core/runs.h"

/* ---- heads ---- */

static inline void set_head(MemoryHeap *heap, Chunk *chunk, uint64_t bits) {
  chunk_set_head(chunk, heap->secret, bits);
}

/* Says to the chunk behind whether the one in front of it is in use. */
static inline void tell_next(MemoryHeap *heap, Chunk *next, bool in_use) {
  if (next == heap->top) return;
  if (RLM_UNLIKELY(!chunk_is_sealed(next, heap->secret)))
    rlm_fault("the head behind a chunk was overwritten", chunk_user(next));
  uint64_t bits = chunk_head(next) & CHUNK_BITS;
  set_head(heap, next, in_use ? bits | CHUNK_PREVIOUS_IN_USE : bits & ~CHUNK_PREVIOUS_IN_USE);
}

void rlm_chunk_set_flags(MemoryHeap *heap, Chunk *chunk, uint64_t set, uint64_t clear) {
  set_head(heap, chunk, ((chunk_head(chunk) & CHUNK_BITS) | set) & ~clear);
}

/* A free chunk of `size` bytes: its head, and its size at its end. The one in front is in use. */
static void make_free(Arena *arena, MemoryHeap *heap, Chunk *chunk, size_t size, size_t dirty) {
  set_head(heap, chunk, size | CHUNK_PREVIOUS_IN_USE);
  chunk_at((char *)chunk + size)->previous_size = size;
  rlm_bins_insert(arena, chunk, dirty);
}

/* ---- allocating ---- */

/* Pages of a free chunk are in use again; if they had been given back the policy of giving back learns from it. */
static void note_use(Arena *arena, size_t taken, size_t total, size_t dirty) {
  if (total < RLM_LARGE_FREE) return;
  if (dirty < total) arena->refaulted += taken < total - dirty ? taken : total - dirty;
  if (arena->dirty < arena->least_dirty) arena->least_dirty = arena->dirty;
}

/* Cuts `size` bytes at `start` out of a free chunk that is in its bin. */
static Chunk *cut(Arena *arena, Chunk *free, char *start, size_t size) {
  MemoryHeap *heap = heap_of(free);
  if (RLM_UNLIKELY(!chunk_is_sealed(free, heap->secret) || (chunk_head(free) & CHUNK_IN_USE) != 0))
    rlm_fault("the head of a free chunk was overwritten", chunk_user(free));
  size_t total = chunk_size(free), front = (size_t)(start - (char *)free), rest = total - front - size;
  size_t dirty = rlm_bins_remove(arena, free);
  Chunk *next = chunk_after(free), *chunk = chunk_at(start);
  if (rest < RLM_CHUNK_MIN) {
    size += rest;
    rest = 0;
  }
  uint64_t previous = CHUNK_PREVIOUS_IN_USE;
  if (front != 0) {
    make_free(arena, heap, free, front, dirty < front ? dirty : front);
    previous = 0;
  }
  set_head(heap, chunk, size | CHUNK_IN_USE | previous);
  if (rest != 0)
    make_free(arena, heap, chunk_after(chunk), rest, dirty < rest ? dirty : rest);
  else
    tell_next(heap, next, true);
  note_use(arena, size, total, dirty);
  heap->chunks_in_use++;
  return chunk;
}

static Chunk *allocate_from_bins(Arena *arena, size_t size, size_t alignment) {
  if (alignment <= RLM_GRANULE) {
    Chunk *free = rlm_bins_find(arena, size);
    return free == NULL ? NULL : cut(arena, free, (char *)free, size);
  }
  Chunk *free = rlm_bins_find_aligned(arena, size, alignment);
  return free == NULL ? NULL : cut(arena, free, rlm_bins_aligned_start((char *)free, alignment), size);
}

static Chunk *allocate_from_top(MemoryHeap *heap, size_t size, size_t alignment, char **zero_from) {
  Arena *arena = heap->arena;
  Chunk *front = heap->top;
  rlm_heap_check_top(heap);
  char *start = alignment <= RLM_GRANULE ? (char *)front : rlm_bins_aligned_start((char *)front, alignment);
  size_t gap = (size_t)(start - (char *)front);
  if (!rlm_heap_grow(heap, gap + size)) return NULL;
  Chunk *chunk = chunk_at(start);
  *zero_from = heap->touched;
  rlm_heap_set_top(heap, chunk_at(start + size));
  set_head(heap, chunk, size | CHUNK_IN_USE | (gap == 0 ? CHUNK_PREVIOUS_IN_USE : 0));
  if (gap != 0) make_free(arena, heap, front, gap, gap);
  heap->chunks_in_use++;
  return chunk;
}

Chunk *rlm_chunk_allocate(Arena *arena, size_t size, size_t alignment, char **zero_from) {
  char *unused;
  if (zero_from == NULL) zero_from = &unused;
  *zero_from = (char *)UINTPTR_MAX;
  arena->operations++;
  if (size + alignment > RLM_CHUNK_MAX + RLM_CHUNK_MAX / 2) return NULL;
  Chunk *chunk = allocate_from_bins(arena, size, alignment);
  if (chunk != NULL) return chunk;
  for (MemoryHeap *heap = arena->heaps; heap != NULL; heap = heap->next) {
    chunk = allocate_from_top(heap, size, alignment, zero_from);
    if (chunk != NULL) return chunk;
  }
  MemoryHeap *heap = rlm_heap_add(arena, alignment <= RLM_GRANULE ? size : size + alignment);
  return heap == NULL ? NULL : allocate_from_top(heap, size, alignment, zero_from);
}

/* ---- freeing ---- */

/* Joins the chunk with a free one in front of it. Returns where it begins now. */
static Chunk *join_previous(Arena *arena, MemoryHeap *heap, Chunk *chunk, size_t *size, size_t *dirty) {
  if ((chunk_head(chunk) & CHUNK_PREVIOUS_IN_USE) != 0) return chunk;
  Chunk *previous = chunk_at((char *)chunk - chunk->previous_size);
  if (RLM_UNLIKELY(previous < heap->first || previous >= chunk || !chunk_is_sealed(previous, heap->secret) ||
                   (chunk_head(previous) & CHUNK_IN_USE) != 0 || chunk_size(previous) != chunk->previous_size))
    rlm_fault("the free chunk in front of a chunk was overwritten", chunk_user(chunk));
  *size += chunk->previous_size;
  *dirty += rlm_bins_remove(arena, previous);
  chunk->head = 0;
  return previous;
}

void rlm_chunk_free(Arena *arena, Chunk *chunk) {
  MemoryHeap *heap = heap_of(chunk);
  size_t size = chunk_size(chunk), dirty = size, freed = size;
  Chunk *next = chunk_after(chunk);
  heap->chunks_in_use--;
  arena->operations++;
  if (next != heap->top && RLM_UNLIKELY(!chunk_is_sealed(next, heap->secret)))
    rlm_fault("the head behind a chunk was overwritten", chunk_user(chunk));
  chunk = join_previous(arena, heap, chunk, &size, &dirty);
  if (next == heap->top) {
    rlm_heap_check_top(heap);
    chunk->head = 0;
    rlm_heap_set_top(heap, chunk);
  } else {
    if ((chunk_head(next) & CHUNK_IN_USE) == 0) {
      size += chunk_size(next);
      dirty += rlm_bins_remove(arena, next);
      next->head = 0;
    } else {
      tell_next(heap, next, false);
    }
    make_free(arena, heap, chunk, size, dirty);
  }
  if (freed > arena->map_threshold) rlm_arena_learn_threshold(arena, freed); /* it has grown in place */
  rlm_purge_after_free(arena, heap, freed);
}

/* ---- in place ---- */

static bool grow(Arena *arena, MemoryHeap *heap, Chunk *chunk, size_t size) {
  size_t old_size = chunk_size(chunk), total = old_size;
  Chunk *next = chunk_after(chunk);
  uint64_t flags = chunk_head(chunk) & CHUNK_BITS & ~CHUNK_SIZE_MASK;
  if (next == heap->top) {
    if (!rlm_heap_grow(heap, size - old_size)) return false;
    rlm_heap_check_top(heap);
    rlm_heap_set_top(heap, chunk_at((char *)chunk + size));
    set_head(heap, chunk, size | flags);
    return true;
  }
  if (!chunk_is_sealed(next, heap->secret)) rlm_fault("the head behind a chunk was overwritten", chunk_user(chunk));
  if ((chunk_head(next) & CHUNK_IN_USE) != 0 || old_size + chunk_size(next) < size) return false;
  total += chunk_size(next);
  Chunk *behind = chunk_after(next);
  size_t dirty = rlm_bins_remove(arena, next), rest = total - size;
  next->head = 0;
  if (rest < RLM_CHUNK_MIN) {
    set_head(heap, chunk, total | flags);
    tell_next(heap, behind, true);
    return true;
  }
  set_head(heap, chunk, size | flags);
  make_free(arena, heap, chunk_after(chunk), rest, dirty < rest ? dirty : rest);
  return true;
}

static void shrink(Arena *arena, MemoryHeap *heap, Chunk *chunk, size_t size) {
  size_t rest = chunk_size(chunk) - size;
  if (rest < RLM_CHUNK_MIN) return;
  set_head(heap, chunk, size | (chunk_head(chunk) & CHUNK_BITS & ~CHUNK_SIZE_MASK));
  Chunk *tail = chunk_after(chunk);
  set_head(heap, tail, rest | CHUNK_IN_USE | CHUNK_PREVIOUS_IN_USE);
  heap->chunks_in_use++;
  rlm_chunk_free(arena, tail);
}

bool rlm_chunk_resize(Arena *arena, Chunk *chunk, size_t size) {
  MemoryHeap *heap = heap_of(chunk);
  if (size > chunk_size(chunk)) return size <= RLM_CHUNK_MAX && grow(arena, heap, chunk, size);
  shrink(arena, heap, chunk, size);
  return true;
}

/* ---- checks ---- */

Chunk *rlm_chunk_check(MemoryHeap *heap, void *user) {
  Chunk *chunk = chunk_of(user);
  if (RLM_UNLIKELY((uintptr_t)user % RLM_GRANULE != 0)) rlm_fault("free of an address that is not aligned", user);
  if (RLM_UNLIKELY(chunk < heap->first || chunk >= RLM_SHARED_LOAD(&heap->top)))
    rlm_fault("free of an address that is no block, or double free", user);
  uint64_t head = chunk_head(chunk);
  if (RLM_UNLIKELY(!head_is_sealed(chunk, heap->secret, head)))
    rlm_fault("free of an address that is no block (or double free, or its head was overwritten)", user);
  if (RLM_UNLIKELY((head & CHUNK_IN_USE) == 0 || cell_is_free(user, heap->secret))) rlm_fault("double free", user);
  if (RLM_UNLIKELY((head & CHUNK_IS_RUN) != 0)) rlm_fault("free of an address that is no block", user);
  return chunk;
}

void rlm_chunks_forget_heap(Arena *arena, MemoryHeap *heap) {
  for (Chunk *chunk = heap->first; chunk < heap->top; chunk = chunk_after(chunk))
    if ((chunk_head(chunk) & CHUNK_IN_USE) == 0) rlm_bins_remove(arena, chunk);
}

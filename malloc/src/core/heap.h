/* Heaps: address space aligned to its maximal size, committed from below as the top chunk needs it. Callers hold the
 * arena; what is committed counts in arena->held and never exceeds arena->limit. */
#ifndef RLM_HEAP_H
#define RLM_HEAP_H

#include "core/layout.h"

/* A heap without an arena, for a new arena to be put into its first page; NULL when refused. Its head and map can be
 * used, nothing else is committed. `limit` 0: none. */
MemoryHeap *rlm_heap_open(size_t limit);
/* The account begins: the bytes that an empty heap holds. */
void rlm_heap_join(MemoryHeap *heap, Arena *arena);
/* A further heap for the arena, in which a chunk of `size` may have room; NULL when refused or over the limit. */
MemoryHeap *rlm_heap_add(Arena *arena, size_t size);
/* Makes the top at least `size` + RLM_CHUNK_HEAD bytes large. */
bool rlm_heap_grow(MemoryHeap *heap, size_t size);
/* Gives back what lies above the top, but `keep` bytes. Returns how many bytes the system has back. */
size_t rlm_heap_trim_top(MemoryHeap *heap, size_t keep);
/* The same, but the pages stay committed: the next growth needs no call. */
size_t rlm_heap_purge_top(MemoryHeap *heap, size_t keep);
/* Returns the address space. The heap is not in the arena's list any more. */
void rlm_heap_release(MemoryHeap *heap);
/* What the heap holds from the system. */
size_t rlm_heap_held(const MemoryHeap *heap);
/* Whether the arena may hold `bytes` more. */
bool rlm_arena_may_hold(const Arena *arena, size_t bytes);
void rlm_arena_hold(Arena *arena, size_t bytes);

/* Moves the top, and gives it a head if there is room for one. */
void rlm_heap_set_top(MemoryHeap *heap, Chunk *top);
/* Faults if the top's head was overwritten. */
void rlm_heap_check_top(const MemoryHeap *heap);

static inline size_t heap_top_bytes(const MemoryHeap *heap) {
  return (size_t)(heap->committed - (char *)heap->top);
}
/* Bytes at the top that were in use once and that the system has not got back. */
static inline size_t heap_top_dirty(const MemoryHeap *heap) {
  char *unused = (char *)heap->top + RLM_CHUNK_HEAD;
  return heap->touched > unused ? (size_t)(heap->touched - unused) : 0;
}

#ifdef RLM_PROCESS
/* Says of each heap's place in the address space whether there is a heap of malloc's: what `free` looks at first. Bits
 * of an address above the 47 that user space has are not looked at. */
#define RLM_WINDOW_COUNT ((size_t)1 << (47 - RLM_HEAP_SHIFT))
extern _Atomic(uint8_t) rlm_windows[RLM_WINDOW_COUNT];

static inline bool is_in_window(const void *address) {
  size_t window = (uintptr_t)address >> RLM_HEAP_SHIFT & (RLM_WINDOW_COUNT - 1);
  return atomic_load_explicit(&rlm_windows[window], memory_order_relaxed) != 0;
}
#endif

#endif

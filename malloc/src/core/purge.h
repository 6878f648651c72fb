/* When and how free memory goes back to the system. Callers hold the arena. */
#ifndef RLM_PURGE_H
#define RLM_PURGE_H

#include "core/layout.h"

/* Called after a chunk of `bytes` was freed: looks at the clock now and then, and gives back what is too much. */
void rlm_purge_after_free(Arena *arena, MemoryHeap *heap, size_t bytes);
/* Where nothing is freed, or not often: free pages decay for the time that has passed. False: there is nothing left
 * that could. */
bool rlm_purge_decay(Arena *arena, uint64_t now);
/* As ptmalloc: a large block that is freed says that blocks of its size come and go; the next ones come from heaps. */
void rlm_arena_learn_threshold(Arena *arena, size_t bytes);
/* Gives everything back that is free, but `keep` bytes at the top of the newest heap, and heaps that are empty. Returns
 * how many bytes the system has got. */
size_t rlm_purge_all(Arena *arena, size_t keep);
/* Whether the heap holds the arena itself. */
bool rlm_heap_is_first(const MemoryHeap *heap);

#endif

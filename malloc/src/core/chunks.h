/* Chunks: allocated from bins or from a top, split, coalesced, given back. Sizes are those of chunks (chunk_size_for).
 * Callers hold the arena. */
#ifndef RLM_CHUNKS_H
#define RLM_CHUNKS_H

#include "core/layout.h"

/* A chunk in use of `size` bytes or a few more, whose user address is a multiple of `alignment` (a power of two, at
 * least 16). NULL when neither bins nor heaps nor the system have room. Sets *zero_from to the address from which on
 * its content is known to be zero (NULL: `zero_from` is not asked for). */
Chunk *rlm_chunk_allocate(Arena *arena, size_t size, size_t alignment, char **zero_from);
/* Frees a chunk that rlm_chunk_check has accepted, coalescing it with its neighbours. */
void rlm_chunk_free(Arena *arena, Chunk *chunk);
/* Makes it smaller or, if what follows is free, larger, without moving it. False: nothing has changed. */
bool rlm_chunk_resize(Arena *arena, Chunk *chunk, size_t size);
/* The chunk in use with that user address in that heap, or a fault that says what is wrong with it. */
Chunk *rlm_chunk_check(MemoryHeap *heap, void *user);
/* Sets or clears flags of a chunk in use. */
void rlm_chunk_set_flags(MemoryHeap *heap, Chunk *chunk, uint64_t set, uint64_t clear);
/* Takes all free chunks of a heap out of the bins, before the heap goes. */
void rlm_chunks_forget_heap(Arena *arena, MemoryHeap *heap);

#endif

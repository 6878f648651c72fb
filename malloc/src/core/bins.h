/* Free chunks by size: exact below 1 KiB, eight bins per doubling above. A bin is a list, the newest first; a bitmap
 * says which bins have chunks. Callers hold the arena. */
#ifndef RLM_BINS_H
#define RLM_BINS_H

#include "core/layout.h"

/* The bin of chunks of that size. */
static inline unsigned bin_of_size(size_t size) {
  if (size < 1024) return (unsigned)(size / RLM_GRANULE);
  unsigned exponent = 63 - (unsigned)__builtin_clzll(size);
  return 64 + (exponent - 10) * 8 + (unsigned)(size >> (exponent - 3) & 7);
}

/* Puts a free chunk, whose head is set, into its bin. `dirty` is at most its size. */
void rlm_bins_insert(Arena *arena, Chunk *chunk, size_t dirty);
/* Takes it out. Returns its dirty bytes. Faults when its links are damaged. */
size_t rlm_bins_remove(Arena *arena, Chunk *chunk);
/* A chunk of at least `size`, still in its bin; NULL when there is none. Close to the best fit. */
Chunk *rlm_bins_find(Arena *arena, size_t size);
/* The same, such that a user address at a multiple of `alignment` with `size` fits into it (see chunk_fits_aligned). */
Chunk *rlm_bins_find_aligned(Arena *arena, size_t size, size_t alignment);
/* Where a chunk of `size` must begin inside a free one, so that its user address is aligned; the piece in front is
 * empty or large enough for a chunk. */
char *rlm_bins_aligned_start(char *free, size_t alignment);
/* The largest free chunk's bin, or -1. */
int rlm_bins_last(const Arena *arena, int below);

#endif

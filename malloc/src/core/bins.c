#include "core/bins.h"

#include "core/fault.h"

#define LOOKS 16 /* chunks of a bin that are tried for a fit */

void rlm_bins_insert(Arena *arena, Chunk *chunk, size_t dirty) {
  size_t size = chunk_size(chunk);
  unsigned bin = bin_of_size(size);
  Chunk *first = arena->bins[bin];
  chunk->previous = NULL;
  chunk->next = first;
  if (first != NULL) first->previous = chunk;
  arena->bins[bin] = chunk;
  arena->filled[bin / 64] |= UINT64_C(1) << bin % 64;
  if (size < RLM_PAGES_FREE) return;
  chunk->dirty = dirty;
  if (size >= RLM_LARGE_FREE) arena->dirty += dirty;
}

/* Whether a link can be followed: it leads to some chunk's place in a heap of the arena, or nowhere. */
static bool is_link(const Arena *arena, const Chunk *from, const Chunk *to) {
  if (to == NULL) return true;
  if ((uintptr_t)to % RLM_GRANULE != 0) return false;
  const MemoryHeap *heap = heap_of(from);
  if (RLM_UNLIKELY(heap_of(to) != heap))
    for (heap = arena->heaps; heap != NULL && heap_of(to) != heap;) heap = heap->next;
  return heap != NULL && to >= heap->first && to < heap->top;
}

size_t rlm_bins_remove(Arena *arena, Chunk *chunk) {
  size_t size = chunk_size(chunk);
  unsigned bin = bin_of_size(size);
  Chunk *next = chunk->next, *previous = chunk->previous;
  if (RLM_UNLIKELY(!is_link(arena, chunk, next) || !is_link(arena, chunk, previous)))
    rlm_fault("damaged links of a free chunk", chunk_user(chunk));
  if (RLM_UNLIKELY((previous != NULL ? previous->next : arena->bins[bin]) != chunk ||
                   (next != NULL && next->previous != chunk)))
    rlm_fault("damaged links of a free chunk", chunk_user(chunk));
  if (next != NULL) next->previous = previous;
  if (previous != NULL)
    previous->next = next;
  else if ((arena->bins[bin] = next) == NULL)
    arena->filled[bin / 64] &= ~(UINT64_C(1) << bin % 64);
  if (size < RLM_PAGES_FREE) return size;
  if (size >= RLM_LARGE_FREE) arena->dirty -= chunk->dirty;
  return chunk->dirty;
}

/* The first filled bin from `bin` on, or RLM_BIN_COUNT. */
static unsigned filled_from(const Arena *arena, unsigned bin) {
  unsigned word = bin / 64;
  if (bin >= RLM_BIN_COUNT) return RLM_BIN_COUNT;
  uint64_t bits = arena->filled[word] & ~UINT64_C(0) << bin % 64;
  while (bits == 0) {
    if (++word == sizeof arena->filled / sizeof arena->filled[0]) return RLM_BIN_COUNT;
    bits = arena->filled[word];
  }
  return word * 64 + (unsigned)__builtin_ctzll(bits);
}

int rlm_bins_last(const Arena *arena, int below) {
  for (int bin = below - 1; bin >= 0; bin--)
    if (arena->bins[bin] != NULL) return bin;
  return -1;
}

/* The best of the first chunks of a bin that have room. */
static Chunk *fitting_in_bin(Arena *arena, unsigned bin, size_t size) {
  Chunk *best = NULL;
  int looks = LOOKS;
  for (Chunk *chunk = arena->bins[bin]; chunk != NULL && looks-- > 0; chunk = chunk->next) {
    size_t room = chunk_size(chunk);
    if (RLM_UNLIKELY(!is_link(arena, chunk, chunk->next)))
      rlm_fault("damaged links of a free chunk", chunk_user(chunk));
    if (room < size || (best != NULL && room >= chunk_size(best))) continue;
    best = chunk;
    if (room == size) break;
  }
  return best;
}

Chunk *rlm_bins_find(Arena *arena, size_t size) {
  unsigned bin = bin_of_size(size);
  Chunk *chunk = fitting_in_bin(arena, bin, size);
  if (chunk != NULL) return chunk;
  bin = filled_from(arena, bin + 1);
  return bin == RLM_BIN_COUNT ? NULL : fitting_in_bin(arena, bin, size);
}

char *rlm_bins_aligned_start(char *free, size_t alignment) {
  uintptr_t user = (uintptr_t)free + RLM_CHUNK_HEAD;
  uintptr_t aligned = round_up(user, alignment);
  if (aligned != user && aligned - user < RLM_CHUNK_MIN) aligned = round_up(user + RLM_CHUNK_MIN, alignment);
  return (char *)aligned - RLM_CHUNK_HEAD;
}

static bool fits_aligned(Chunk *chunk, size_t size, size_t alignment) {
  char *start = rlm_bins_aligned_start((char *)chunk, alignment);
  return (size_t)(start - (char *)chunk) + size <= chunk_size(chunk);
}

Chunk *rlm_bins_find_aligned(Arena *arena, size_t size, size_t alignment) {
  unsigned surely = bin_of_size(size + alignment + RLM_CHUNK_MIN);
  for (unsigned bin = filled_from(arena, bin_of_size(size)); bin < RLM_BIN_COUNT; bin = filled_from(arena, bin + 1)) {
    int looks = LOOKS;
    for (Chunk *chunk = arena->bins[bin]; chunk != NULL && looks-- > 0; chunk = chunk->next) {
      if (fits_aligned(chunk, size, alignment)) return chunk;
      if (RLM_UNLIKELY(!is_link(arena, chunk, chunk->next)))
        rlm_fault("damaged links of a free chunk", chunk_user(chunk));
    }
    if (bin > surely + 1) break; /* every chunk of such a bin would have fitted */
  }
  return NULL;
}

/* Page runs: chunks cut into cells of one size. A run has one owner, a cache, who alone allocates from it and frees
 * into it; making and returning runs needs the arena, which the caller holds. */
#ifndef RLM_RUNS_H
#define RLM_RUNS_H

#include "core/layout.h"

/* A run of cells of that class, as long as `class_bytes` (what the owner has of the class already) warrants; none of
 * its cells is cut. NULL when there is no memory. */
PageRun *rlm_run_open(Arena *arena, RunCache *owner, unsigned size_class, size_t class_bytes);
/* Makes a chunk of it again and frees that. No cell is in use. */
void rlm_run_close(Arena *arena, PageRun *run);
/* Cuts some more cells. False: all have been cut. */
bool rlm_run_extend(PageRun *run, uint64_t secret);
/* A block was said to have more bytes than it has. */
_Noreturn void rlm_size_fault(const void *block);
/* Frees the chunks with the descriptors of a heap that has no run. */
void rlm_runs_drop_descriptors(Arena *arena, MemoryHeap *heap);
/* Says what is wrong with a free of `cell`, and ends. */
_Noreturn void rlm_run_fault(const PageRun *run, const void *cell);
/* Sets a bit for each cell below `extent` that is free; `bits` has room for one per cell, all clear. Faults on damage.
 */
void rlm_run_mark_free(const PageRun *run, uint64_t secret, uint64_t *bits);
/* A run's descriptors: the largest number of cells that it can have. */
#define RLM_RUN_PAGES_MAX 4u
#define RLM_RUN_CELLS_MAX (RLM_RUN_PAGES_MAX * RLM_PAGE / RLM_GRANULE)

static inline uint32_t run_capacity(const PageRun *run) {
  return run->bytes / run->cell_bytes;
}

/* Whether the address is the start of a cell that has been cut. With c = 2^64 / d rounded up, a 32-bit n is a multiple
 * of d exactly if n * c, cut to 64 bits, is less than c (Lemire, Kaser, Kurz 2019). */
static inline bool run_holds(const PageRun *run, const void *cell) {
  uint64_t offset = (uint64_t)((const char *)cell - run->base);
  return offset < RLM_SHARED_LOAD(&run->extent) && offset * run->divisor < run->divisor;
}

static inline uint64_t cell_key(const void *cell, uint64_t secret) {
  return (uintptr_t)cell ^ secret;
}

static inline bool cell_is_free(const FreeCell *cell, uint64_t secret) {
  return cell->link + cell->check == cell_key(cell, secret);
}

/* A cell in use must not look like a free one, whichever of its words the user writes to first: keys are odd and
 * secret. Nor may the user read the words, from which the secret could be guessed. */
static inline void cell_forget(FreeCell *cell) {
  cell->link = 0;
  cell->check = 0;
}

/* Takes the first cell of a list, which must be there. */
static RLM_INLINE void *cell_take(FreeCell **list, uint64_t secret) {
  FreeCell *cell = *list;
  uint64_t key = cell_key(cell, secret), link = cell->link;
  if (RLM_UNLIKELY(link + cell->check != key)) rlm_run_fault(NULL, cell);
  *list = (FreeCell *)(link ^ key);
  __builtin_prefetch(*list);
  cell_forget(cell);
  return cell;
}

static RLM_INLINE void *run_take(PageRun *run, uint64_t secret) {
  run->used++;
  return cell_take(&run->free, secret);
}

/* Marks a cell as free and puts `next` behind it. */
static inline void cell_set_free(FreeCell *cell, const FreeCell *next, uint64_t secret) {
  uint64_t key = cell_key(cell, secret);
  cell->link = (uintptr_t)next ^ key;
  cell->check = key - cell->link;
}

/* Faults if the address is no cell in use. */
static RLM_INLINE void run_check(const PageRun *run, const void *cell, uint64_t secret) {
  if (RLM_UNLIKELY(!run_holds(run, cell) || cell_is_free(cell, secret))) rlm_run_fault(run, cell);
}

/* Frees a cell of the caller's own run, which was checked. True: the owner wants to hear of it (rlm_cache_notice). */
static RLM_INLINE bool run_give(PageRun *run, FreeCell *cell, uint64_t secret) {
  cell_set_free(cell, run->free, secret);
  run->free = cell;
  return --run->used == run->notice_at;
}

#endif

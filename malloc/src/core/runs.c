#include "core/runs.h"

#include "core/chunks.h"
#include "core/fault.h"

#define EXTEND_BYTES 4096u /* cells are cut a page at a time */
#define EXTEND_CELLS 4u

/* ---- descriptors: they lie in the heap of their runs, a page of them at a time, and are used again ---- */

/* Makes descriptors of a chunk; what it has beyond a page goes back. */
static void add_descriptors(Arena *arena, MemoryHeap *heap, Chunk *chunk) {
  rlm_chunk_resize(arena, chunk, RLM_PAGE);
  heap->chunks_in_use--; /* it stays, and is no reason for the heap to stay */
  char *end = (char *)chunk_after(chunk);
  PageRun *run = (PageRun *)round_up((uintptr_t)chunk_user(chunk), _Alignof(PageRun));
  PageRun **link = &heap->free_runs;
  while (*link != NULL) link = &(*link)->next;
  for (; (char *)(run + 1) <= end; run++) {
    run->owner = NULL;
    *link = run;
    link = &run->next;
  }
  *link = NULL;
}

void rlm_runs_drop_descriptors(Arena *arena, MemoryHeap *heap) {
  if (heap->runs_in_use != 0) return;
  heap->free_runs = NULL;
  for (Chunk *chunk = heap->first, *next; chunk < heap->top; chunk = next) {
    next = chunk_after(chunk);
    if ((chunk_head(chunk) & CHUNK_IS_RUN) == 0) continue;
    if ((chunk_head(next) & CHUNK_IN_USE) == 0 && next < heap->top) next = chunk_after(next); /* it will be joined */
    rlm_chunk_set_flags(heap, chunk, 0, CHUNK_IS_RUN);
    heap->chunks_in_use++;
    rlm_chunk_free(arena, chunk);
  }
}

static PageRun *take_descriptor(MemoryHeap *heap) {
  PageRun *run = heap->free_runs;
  heap->free_runs = run->next;
  return run;
}

/* ---- how long runs are ---- */

/* As few pages as waste at most an eighth. */
static unsigned fewest_pages(uint32_t cell_bytes) {
  unsigned pages = 1;
  while (pages < RLM_RUN_PAGES_MAX) {
    uint32_t bytes = pages * RLM_PAGE - RLM_CHUNK_COST;
    if (bytes % cell_bytes <= bytes / 8) break;
    pages++;
  }
  return pages;
}

static unsigned wanted_pages(uint32_t cell_bytes, size_t class_bytes) {
  unsigned fewest = fewest_pages(cell_bytes);
  size_t pages = class_bytes / 8 / RLM_PAGE;
  if (pages > RLM_RUN_PAGES_MAX) pages = RLM_RUN_PAGES_MAX;
  return pages < fewest ? fewest : (unsigned)pages;
}

/* ---- making and returning ---- */

/* A chunk of whole pages, in a heap that has a descriptor to spare. */
static Chunk *take_pages(Arena *arena, unsigned pages) {
  for (;;) {
    Chunk *chunk = rlm_chunk_allocate(arena, pages * (size_t)RLM_PAGE, RLM_PAGE, NULL);
    if (chunk == NULL) return NULL;
    MemoryHeap *heap = heap_of(chunk);
    rlm_chunk_set_flags(heap, chunk, CHUNK_IS_RUN, 0);
    if (heap->free_runs != NULL) return chunk;
    add_descriptors(arena, heap, chunk);
  }
}

static void set_map(MemoryHeap *heap, const PageRun *run, uint32_t offset) {
  uint32_t *map = heap_map(heap) + ((size_t)(run->base - (char *)heap) >> RLM_PAGE_SHIFT);
  for (unsigned i = 0; i < run->pages; i++) map[i] = offset;
}

PageRun *rlm_run_open(Arena *arena, RunCache *owner, unsigned size_class, size_t class_bytes) {
  uint32_t cell_bytes = class_bytes_of(size_class);
  unsigned pages = wanted_pages(cell_bytes, class_bytes);
  Chunk *chunk = take_pages(arena, pages);
  if (chunk == NULL && pages > fewest_pages(cell_bytes)) {
    pages = fewest_pages(cell_bytes);
    chunk = take_pages(arena, pages);
  }
  if (chunk == NULL) return NULL;
  MemoryHeap *heap = heap_of(chunk);
  PageRun *run = take_descriptor(heap);
  heap->runs_in_use++;
  *run = (PageRun){
    .owner = owner,
    .base = chunk_user(chunk),
    .divisor = UINT64_MAX / cell_bytes + 1,
    .bytes = pages * RLM_PAGE - RLM_CHUNK_COST,
    .cell_bytes = cell_bytes,
    .pages = (uint16_t)pages,
    .size_class = (uint8_t)size_class,
    .heap = heap,
  };
  run->bytes -= run->bytes % cell_bytes;
  set_map(heap, run, (uint32_t)((char *)run - (char *)heap));
  return run;
}

void rlm_run_close(Arena *arena, PageRun *run) {
  MemoryHeap *heap = run->heap;
  Chunk *chunk = chunk_of(run->base);
  set_map(heap, run, 0);
  run->owner = NULL;
  run->next = heap->free_runs;
  heap->free_runs = run;
  heap->runs_in_use--;
  if (RLM_UNLIKELY(!chunk_is_sealed(chunk, heap->secret)))
    rlm_fault("the head of a page run was overwritten", chunk_user(chunk));
  rlm_chunk_set_flags(heap, chunk, 0, CHUNK_IS_RUN);
  rlm_chunk_free(arena, chunk);
}

bool rlm_run_extend(PageRun *run, uint64_t secret) {
  if (run->extent == run->bytes) return false;
  uint32_t size = run->cell_bytes, cells = EXTEND_BYTES / size;
  uint32_t left = (run->bytes - run->extent) / size;
  if (cells < EXTEND_CELLS) cells = EXTEND_CELLS;
  if (cells > left) cells = left;
  char *cell = run->base + run->extent;
  char *last = cell + (size_t)(cells - 1) * size;
  FreeCell *behind = run->free;
  run->free = (FreeCell *)cell;
  for (; cell != last; cell += size) cell_set_free((FreeCell *)cell, (FreeCell *)(cell + size), secret);
  cell_set_free((FreeCell *)last, behind, secret);
  RLM_SHARED_STORE(&run->extent, run->extent + cells * size);
  return true;
}

/* ---- checks ---- */

void rlm_run_fault(const PageRun *run, const void *cell) {
  if (run == NULL) rlm_fault("a free block was overwritten", cell);
  if (!run_holds(run, cell)) rlm_fault("free of an address that is no block", cell);
  rlm_fault("double free", cell);
}

void rlm_size_fault(const void *block) {
  rlm_fault("a block is smaller than its owner says", block);
}

void rlm_run_mark_free(const PageRun *run, uint64_t secret, uint64_t *bits) {
  for (const FreeCell *cell = run->free; cell != NULL;) {
    if (!run_holds(run, cell) || !cell_is_free(cell, secret)) rlm_run_fault(NULL, cell);
    size_t index = (size_t)((const char *)cell - run->base) / run->cell_bytes;
    if ((bits[index / 64] >> index % 64 & 1) != 0) rlm_fault("a list of free blocks is a ring", cell);
    bits[index / 64] |= UINT64_C(1) << index % 64;
    cell = (const FreeCell *)(cell->link ^ cell_key(cell, secret));
  }
}

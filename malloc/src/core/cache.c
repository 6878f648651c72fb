#include "core/cache.h"

#include <string.h>

#include "core/bins.h"
#include "core/chunks.h"
#include "core/mapped.h"
#include "core/purge.h"

#define COLD_BYTES        1024u /* of a class, that are served by chunks before it gets a run */
#define HOT_BYTES         8192u /* on the hot list of a class */
#define HOT_CELLS_MAX     32u
#define COOL_AFTER        16u /* runs of a class that have become empty: its hot cells may keep others from that */
#define SLACK             8   /* an eighth of a block's size: for one that grows in place, if there is room */
#define SLACK_UP_TO       (64u * 1024)
#define MEDIUM_LENGTH_MAX 8
#define MEDIUM_BYTES_MIN  ((size_t)64 * 1024)
#define MEDIUM_BYTES_MAX  ((size_t)1024 * 1024)

const PageRun rlm_no_run;

/* ---- the arena of a cache; a private one is in its caller's hands already ---- */

static Arena *begin(RunCache *cache) {
  return cache->hooks == NULL ? cache->arena : cache->hooks->lock_arena(cache);
}

static void end(RunCache *cache, Arena *arena) {
  if (cache->hooks != NULL) lock_leave(&arena->lock);
}

static Arena *begin_with(RunCache *cache, Arena *arena) {
  if (cache->hooks != NULL) lock_take(&arena->lock);
  return arena;
}

/* Another arena to try when `cache`'s own has no memory. */
static Arena *begin_other(RunCache *cache, unsigned tried) {
  return cache->hooks == NULL ? NULL : cache->hooks->lock_other_arena(cache, tried);
}

/* ---- current runs ---- */

/* How many cells of a full run must be free before it is used again: a run with one free cell is not worth the way. */
static uint32_t notice_after(const PageRun *run) {
  uint32_t cells = run_capacity(run) / 16;
  return cells == 0 ? 1 : cells > 16 ? 16 : cells;
}

static void make_current(ClassSlot *slot, PageRun *run) {
  PageRun *before = slot->run;
  if (before != &rlm_no_run) before->notice_at = before->used - notice_after(before); /* it is full */
  run->notice_at = UINT32_MAX;
  slot->run = run;
}

/* ---- rings of listed runs: the head is the oldest, its `previous` the newest ---- */

static void list_run(RunCache *cache, PageRun *run) {
  PageRun **head = &cache->slots[run->size_class].ring;
  run->is_listed = 1;
  run->notice_at = 0;
  if (*head == NULL) {
    *head = run->next = run->previous = run;
    return;
  }
  run->next = *head;
  run->previous = (*head)->previous;
  run->previous->next = run;
  run->next->previous = run;
}

static void unlist_run(RunCache *cache, PageRun *run) {
  PageRun **head = &cache->slots[run->size_class].ring;
  run->is_listed = 0;
  if (run->next == run) {
    *head = NULL;
    return;
  }
  run->next->previous = run->previous;
  run->previous->next = run->next;
  if (*head == run) *head = run->next;
}

static void close_run(RunCache *cache, PageRun *run) {
  Arena *arena = begin_with(cache, run->heap->arena);
  cache->slots[run->size_class].run_bytes -= run->bytes;
  rlm_run_close(arena, run);
  end(cache, arena);
}

static void cool_class(RunCache *cache, ClassSlot *slot) {
  while (slot->hot != NULL) {
    PageRun *run = heap_run_of(heap_of(slot->hot), slot->hot);
    slot->hot_room++;
    cache_return(cache, run, cell_take(&slot->hot, cache->secret));
  }
}

void rlm_cache_notice(RunCache *cache, PageRun *run) {
  unsigned size_class = run->size_class;
  if (run->used != 0 && !run->is_listed) {
    list_run(cache, run);
    return;
  }
  if (run->is_listed) unlist_run(cache, run);
  close_run(cache, run);
  ClassSlot *slot = &cache->slots[size_class];
  if (++slot->closed < COOL_AFTER) return;
  slot->closed = 0;
  cool_class(cache, slot);
}

/* ---- small sizes ---- */

static PageRun *open_run(RunCache *cache, unsigned size_class) {
  size_t class_bytes = cache->slots[size_class].run_bytes;
  Arena *arena = begin(cache);
  PageRun *run = rlm_run_open(arena, cache, size_class, class_bytes);
  end(cache, arena);
  for (unsigned tried = 0; run == NULL && (arena = begin_other(cache, tried)) != NULL; tried++) {
    run = rlm_run_open(arena, cache, size_class, class_bytes);
    end(cache, arena);
  }
  if (run == NULL) return NULL;
  cache->slots[size_class].run_bytes += run->bytes;
  rlm_run_extend(run, cache->secret);
  return run;
}

/* A run with a free cell, made current; NULL: none can be had. */
static PageRun *refill(RunCache *cache, unsigned size_class) {
  ClassSlot *slot = &cache->slots[size_class];
  PageRun *run = slot->run;
  if (run->free != NULL) return run;
  if (run != &rlm_no_run && rlm_run_extend(run, cache->secret)) return run;
  run = slot->ring;
  if (run != NULL)
    unlist_run(cache, run);
  else
    run = open_run(cache, size_class);
  if (run != NULL) make_current(slot, run);
  return run;
}

/* ---- medium sizes: freed chunks that have not been coalesced ---- */

static unsigned medium_bin(size_t chunk_bytes) {
  return bin_of_size(chunk_bytes) - RLM_MEDIUM_FIRST;
}

static bool is_medium(size_t chunk_bytes) {
  return chunk_bytes >= 1024 && medium_bin(chunk_bytes) < RLM_MEDIUM_COUNT;
}

static size_t medium_allowance(const RunCache *cache) {
  size_t bytes = RLM_SHARED_LOAD(&cache->arena->held) / 32;
  if (bytes < MEDIUM_BYTES_MIN) return MEDIUM_BYTES_MIN;
  return bytes > MEDIUM_BYTES_MAX ? MEDIUM_BYTES_MAX : bytes;
}

/* The next one; faults if the block was written to. */
static FreeCell *medium_after(const RunCache *cache, const FreeCell *cell) {
  if (RLM_UNLIKELY(!cell_is_free(cell, cache->secret))) rlm_run_fault(NULL, cell);
  return (FreeCell *)(cell->link ^ cell_key(cell, cache->secret));
}

static void leave_medium(RunCache *cache, FreeCell *cell) {
  Chunk *chunk = chunk_of(cell);
  if (RLM_UNLIKELY(!chunk_is_sealed(chunk, cache->secret))) rlm_run_fault(NULL, cell);
  cache->medium_bytes -= chunk_size(chunk);
  cell_forget(cell);
}

static void *take_medium(RunCache *cache, size_t chunk_bytes) {
  unsigned bin = medium_bin(chunk_bytes);
  for (FreeCell *before = NULL, *cell = cache->medium[bin], *next; cell != NULL; before = cell, cell = next) {
    next = medium_after(cache, cell);
    if (chunk_size(chunk_of(cell)) < chunk_bytes) continue;
    if (before == NULL)
      cache->medium[bin] = next;
    else
      cell_set_free(before, next, cache->secret);
    cache->medium_length[bin]--;
    leave_medium(cache, cell);
    return cell;
  }
  return NULL;
}

static void free_chunk(RunCache *cache, MemoryHeap *heap, Chunk *chunk) {
  Arena *arena = begin_with(cache, heap->arena);
  rlm_chunk_free(arena, chunk);
  end(cache, arena);
}

static void flush_medium_bin(RunCache *cache, unsigned bin) {
  FreeCell *cell = cache->medium[bin], *next;
  cache->medium[bin] = NULL;
  cache->medium_length[bin] = 0;
  for (; cell != NULL; cell = next) {
    next = medium_after(cache, cell);
    leave_medium(cache, cell);
    free_chunk(cache, heap_of(cell), chunk_of(cell));
  }
}

static void flush_medium(RunCache *cache) {
  for (unsigned bin = 0; bin < RLM_MEDIUM_COUNT; bin++)
    if (cache->medium[bin] != NULL) flush_medium_bin(cache, bin);
}

static void give_medium(RunCache *cache, Chunk *chunk) {
  size_t bytes = chunk_size(chunk);
  unsigned bin = medium_bin(bytes);
  if (cache->medium_length[bin] == MEDIUM_LENGTH_MAX) flush_medium_bin(cache, bin);
  cell_set_free(chunk_user(chunk), cache->medium[bin], cache->secret);
  cache->medium[bin] = chunk_user(chunk);
  cache->medium_length[bin]++;
  cache->medium_bytes += bytes;
  if (cache->medium_bytes > medium_allowance(cache)) flush_medium(cache);
}

/* ---- chunks ---- */

static void *allocate_chunk_in(RunCache *cache, Arena *arena, size_t size, size_t alignment, char **zero_from) {
  Chunk *chunk = rlm_chunk_allocate(arena, chunk_size_for(size), alignment, zero_from);
  end(cache, arena);
  if (chunk == NULL) return NULL;
  cell_forget(chunk_user(chunk)); /* what was a free cell here must not make it look free */
  return chunk_user(chunk);
}

/* Makes room when nothing else helps. */
static void relieve(RunCache *cache) {
  if (cache->hooks != NULL) {
    cache->hooks->relieve(cache);
    return;
  }
  rlm_cache_trim(cache);
  rlm_purge_all(cache->arena, 0);
}

/* Own arena, other arenas, a mapping. */
static void *try_chunk(RunCache *cache, size_t size, size_t alignment, char **zero_from) {
  if (size < RLM_CHUNK_MAX - RLM_PAGE && alignment < RLM_CHUNK_MAX) {
    void *block = allocate_chunk_in(cache, begin(cache), size, alignment, zero_from);
    if (block != NULL) return block;
    Arena *other;
    for (unsigned tried = 0; (other = begin_other(cache, tried)) != NULL; tried++)
      if ((block = allocate_chunk_in(cache, other, size, alignment, zero_from)) != NULL) return block;
  }
  if (zero_from != NULL) *zero_from = NULL;
  return rlm_mapped_allocate(cache->arena, size, alignment);
}

/* `size` is at most PTRDIFF_MAX. */
static void *allocate_chunk(RunCache *cache, size_t size, size_t alignment, char **zero_from) {
  void *block = try_chunk(cache, size, alignment, zero_from);
  if (block != NULL) return block;
  relieve(cache);
  return try_chunk(cache, size, alignment, zero_from);
}

static void *allocate_large(RunCache *cache, size_t size, size_t alignment, char **zero_from) {
  if (size > (size_t)PTRDIFF_MAX) return NULL;
  if (size >= RLM_SHARED_LOAD(&cache->arena->map_threshold)) {
    if (zero_from != NULL) *zero_from = NULL;
    void *block = rlm_mapped_allocate(cache->arena, size, alignment);
    if (block != NULL) return block;
  }
  return allocate_chunk(cache, size, alignment, zero_from);
}

static void *allocate_small(RunCache *cache, size_t size) {
  unsigned size_class = class_of_size(size);
  if (cache->hooks != NULL) cache->hooks->collect(cache);
  ClassSlot *slot = &cache->slots[size_class];
  if (slot->run == &rlm_no_run && slot->cold != 0) {
    slot->cold--;
    return allocate_chunk(cache, size, RLM_GRANULE, NULL);
  }
  PageRun *run = refill(cache, size_class);
  return run != NULL ? run_take(run, cache->secret) : allocate_chunk(cache, size, RLM_GRANULE, NULL);
}

void *rlm_cache_allocate_slow(RunCache *cache, size_t size) {
  if (size <= RLM_SMALL_MAX) return allocate_small(cache, size);
  if (size < (size_t)PTRDIFF_MAX && is_medium(chunk_size_for(size))) {
    void *block = take_medium(cache, chunk_size_for(size));
    if (block != NULL) return block;
  }
  return allocate_large(cache, size, RLM_GRANULE, NULL);
}

/* What lies behind `zero_from` is zero already: memory that was never used. */
static void fill_zero(char *block, size_t size, const char *zero_from) {
  size_t dirty = (uintptr_t)zero_from <= (uintptr_t)block ? 0 : (size_t)((uintptr_t)zero_from - (uintptr_t)block);
  memset(block, 0, dirty < size ? dirty : size);
}

void *rlm_cache_allocate_zeroed(RunCache *cache, size_t size) {
  char *zero_from = (char *)UINTPTR_MAX;
  bool is_large = size > RLM_SMALL_MAX && (size > (size_t)PTRDIFF_MAX || !is_medium(chunk_size_for(size)));
  void *block = is_large ? allocate_large(cache, size, RLM_GRANULE, &zero_from) : cache_allocate(cache, size);
  if (block != NULL) fill_zero(block, size, zero_from);
  return block;
}

void *rlm_cache_allocate_aligned(RunCache *cache, size_t alignment, size_t size) {
  if (alignment <= RLM_GRANULE) return cache_allocate(cache, size);
  size_t rounded = size == 0 ? alignment : round_up(size, alignment);
  /* Cells lie at multiples of their size from the beginning of a page. */
  if (rounded >= size && rounded <= RLM_SMALL_MAX && class_bytes_of(class_of_size(rounded)) % alignment == 0) {
    unsigned size_class = class_of_size(rounded);
    PageRun *run = refill(cache, size_class);
    if (run != NULL) return run_take(run, cache->secret);
  }
  return allocate_large(cache, size, alignment, NULL);
}

/* ---- freeing ---- */

void rlm_cache_free_chunk(RunCache *cache, MemoryHeap *heap, void *block) {
  Chunk *chunk = rlm_chunk_check(heap, block);
  if (heap->arena == cache->arena && is_medium(chunk_size(chunk)))
    give_medium(cache, chunk);
  else
    free_chunk(cache, heap, chunk);
}

/* ---- resizing ---- */

static bool resize_chunk(RunCache *cache, MemoryHeap *heap, void *block, size_t new_size) {
  Chunk *chunk = chunk_of(block);
  size_t size = chunk_size(chunk), wanted = chunk_size_for(new_size);
  if (wanted <= size && size - wanted < RLM_CHUNK_MIN + size / SLACK) return true;
  Arena *arena = begin_with(cache, heap->arena);
  /* What grows by little grows again. */
  bool done = wanted > size && wanted < SLACK_UP_TO &&
              rlm_chunk_resize(arena, chunk, round_up(wanted + wanted / SLACK, RLM_GRANULE));
  if (!done) done = rlm_chunk_resize(arena, chunk, wanted);
  end(cache, arena);
  return done;
}

bool rlm_cache_resize_in_place(RunCache *cache, MemoryHeap *heap, PageRun *run, void **block, size_t new_size) {
  if (run != NULL)
    return new_size <= run->cell_bytes && (new_size > run->cell_bytes / 2 || run->cell_bytes == RLM_GRANULE);
  if (heap != NULL) return new_size < RLM_CHUNK_MAX && resize_chunk(cache, heap, *block, new_size);
  MappedChunk *mapped = mapped_of(*block);
  if (new_size < RLM_SHARED_LOAD(&cache->arena->map_threshold) / 2) return false;
  void *moved = rlm_mapped_resize(mapped, new_size);
  if (moved != NULL) *block = moved;
  return moved != NULL;
}

/* ---- opening, trimming ---- */

void rlm_cache_open(RunCache *cache, Arena *arena, uint64_t secret, const CacheHooks *hooks) {
  cache->secret = secret;
  cache->arena = arena;
  cache->hooks = hooks;
  for (unsigned i = 0; i < RLM_CLASS_COUNT; i++) {
    uint32_t cold = COLD_BYTES / class_bytes_of(i), hot = HOT_BYTES / class_bytes_of(i);
    ClassSlot *slot = &cache->slots[i];
    slot->run = (PageRun *)&rlm_no_run;
    slot->cold = (uint8_t)(cold > UINT8_MAX ? UINT8_MAX : cold);
    slot->hot_room = (uint8_t)(hot > HOT_CELLS_MAX ? HOT_CELLS_MAX : hot);
  }
}

void rlm_cache_cool(RunCache *cache) {
  flush_medium(cache);
  for (unsigned i = 0; i < RLM_CLASS_COUNT; i++) cool_class(cache, &cache->slots[i]);
}

void rlm_cache_trim(RunCache *cache) {
  rlm_cache_cool(cache);
  for (unsigned size_class = 0; size_class < RLM_CLASS_COUNT; size_class++) {
    ClassSlot *slot = &cache->slots[size_class];
    PageRun *run = slot->run;
    if (run == &rlm_no_run || run->used != 0) continue;
    slot->run = (PageRun *)&rlm_no_run;
    close_run(cache, run);
  }
}

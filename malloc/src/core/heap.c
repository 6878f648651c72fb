#include "core/heap.h"

#include "core/fault.h"

#define MAP_PAGE_COVERS                                                                                                \
  (RLM_PAGE / sizeof(uint32_t) * RLM_PAGE) /* bytes of a heap that one page of its map describes */
#define FIRST_STEP    ((size_t)64 * 1024)
#define LAST_STEP     ((size_t)4 * 1024 * 1024)
#define SMALLEST_HEAP ((size_t)1024 * 1024)

#ifdef RLM_PROCESS
_Atomic(uint8_t) rlm_windows[RLM_WINDOW_COUNT];

static void announce(MemoryHeap *heap, uint8_t is_there) {
  if (!heap->arena->is_process) return;
  atomic_store_explicit(&rlm_windows[(uintptr_t)heap >> RLM_HEAP_SHIFT], is_there, memory_order_relaxed);
}
#else
static void announce(MemoryHeap *heap, uint8_t is_there) {
  (void)heap, (void)is_there;
}
#endif

/* ---- address space ---- */

/* Cuts an aligned heap out of twice as much. */
static void *reserve_and_cut(void) {
  char *wide = rlm_system_reserve(NULL, 2 * RLM_HEAP_BYTES, false);
  if (wide == NULL) return NULL;
  char *heap = (char *)round_up((uintptr_t)wide, RLM_HEAP_BYTES);
  if (heap != wide) rlm_system_unmap(wide, (size_t)(heap - wide));
  if (heap != wide + RLM_HEAP_BYTES) rlm_system_unmap(heap + RLM_HEAP_BYTES, (size_t)(wide + RLM_HEAP_BYTES - heap));
  return heap;
}

/* A shorter heap at an aligned address near `somewhere`, for processes whose address space is limited. */
static void *reserve_short(size_t bytes) {
  char *somewhere = rlm_system_reserve(NULL, bytes, false);
  if (somewhere == NULL) return NULL;
  rlm_system_unmap(somewhere, bytes);
  char *place = (char *)((uintptr_t)somewhere & ~(uintptr_t)(RLM_HEAP_BYTES - 1));
  for (int tries = 0; tries < 64 && place != NULL; tries++, place -= RLM_HEAP_BYTES) {
    void *heap = rlm_system_reserve(place, bytes, true);
    if (heap != NULL) return heap;
  }
  return NULL;
}

static MemoryHeap *reserve(size_t *bytes) {
  *bytes = RLM_HEAP_BYTES;
  char *heap = rlm_system_reserve(NULL, RLM_HEAP_BYTES, false);
  if (heap != NULL) {
    if ((uintptr_t)heap % RLM_HEAP_BYTES == 0) return (MemoryHeap *)heap;
    rlm_system_unmap(heap, RLM_HEAP_BYTES);
    heap = reserve_and_cut();
  }
  for (*bytes = heap != NULL ? RLM_HEAP_BYTES : RLM_HEAP_BYTES / 4; heap == NULL && *bytes >= SMALLEST_HEAP;
       *bytes /= 4)
    if ((heap = reserve_short(*bytes)) != NULL) break;
  return (MemoryHeap *)heap;
}

/* ---- the account ---- */

static size_t map_bytes(size_t committed) {
  return (committed + MAP_PAGE_COVERS - 1) / MAP_PAGE_COVERS * RLM_PAGE;
}

/* What a heap holds whose chunks end `committed` bytes from its beginning: its first page, the touched part of the map,
 * and the chunks. */
static size_t held_by(size_t committed) {
  return RLM_PAGE + map_bytes(committed) + (committed - RLM_HEAP_FIRST_OFFSET);
}

size_t rlm_heap_held(const MemoryHeap *heap) {
  return held_by((size_t)(heap->committed - (const char *)heap));
}

bool rlm_arena_may_hold(const Arena *arena, size_t bytes) {
  return arena->limit == 0 || (bytes <= arena->limit && arena->held <= arena->limit - bytes);
}

void rlm_arena_hold(Arena *arena, size_t bytes) {
  RLM_SHARED_STORE(&arena->held, arena->held + bytes);
  if (arena->held > arena->peak_held) arena->peak_held = arena->held;
}

/* ---- heaps ---- */

/* The head and the map are usable from the beginning; the pages of the map cost nothing until they are touched. */
MemoryHeap *rlm_heap_open(size_t limit) {
  size_t bytes, first = FIRST_STEP;
  if (limit != 0 && limit < held_by(RLM_HEAP_FIRST_OFFSET)) return NULL;
  if (limit != 0 && limit < held_by(RLM_HEAP_FIRST_OFFSET + first)) first = 0;
  MemoryHeap *heap = reserve(&bytes);
  if (heap == NULL) return NULL;
  if (!rlm_system_commit(heap, RLM_HEAP_FIRST_OFFSET + first)) {
    rlm_system_unmap(heap, bytes);
    return NULL;
  }
  heap->reserved = bytes;
  heap->first = heap->top = chunk_at((char *)heap + RLM_HEAP_FIRST_OFFSET);
  heap->committed = (char *)heap->first + first;
  heap->touched = (char *)heap->first;
  return heap;
}

void rlm_heap_set_top(MemoryHeap *heap, Chunk *top) {
  RLM_SHARED_STORE(&heap->top, top);
  if (heap_top_bytes(heap) < RLM_CHUNK_HEAD) return;
  chunk_set_head(top, heap->secret, 0);
  char *end = (char *)top + RLM_CHUNK_HEAD;
  if (heap->touched < end) {
    heap->arena->refaulted += (size_t)(end - heap->touched);
    heap->touched = end;
  }
  size_t dirty = heap_top_dirty(heap);
  if (dirty < heap->least_dirty) heap->least_dirty = dirty;
}

void rlm_heap_check_top(const MemoryHeap *heap) {
  if (heap_top_bytes(heap) < RLM_CHUNK_HEAD) return;
  if (RLM_UNLIKELY(heap->top->head != chunk_seal(heap->secret, heap->top, 0)))
    rlm_fault("the head behind a chunk was overwritten", chunk_user(heap->top));
}

void rlm_heap_join(MemoryHeap *heap, Arena *arena) {
  heap->arena = arena;
  heap->secret = arena->secret;
  heap->next = arena->heaps;
  arena->heaps = heap;
  rlm_arena_hold(arena, rlm_heap_held(heap));
  rlm_heap_set_top(heap, heap->top);
  announce(heap, 1);
}

MemoryHeap *rlm_heap_add(Arena *arena, size_t size) {
  if (!rlm_arena_may_hold(arena, held_by(round_up(RLM_HEAP_FIRST_OFFSET + size + RLM_CHUNK_HEAD, RLM_PAGE))))
    return NULL;
  size_t left = arena->limit == 0 ? 0 : arena->limit - arena->held;
  MemoryHeap *heap = rlm_heap_open(left);
  if (heap != NULL) rlm_heap_join(heap, arena);
  return heap;
}

/* More than is needed, so that the system is not asked too often, but within the limit and the heap. */
static size_t growth(const MemoryHeap *heap, size_t missing) {
  size_t committed = (size_t)(heap->committed - (const char *)heap);
  size_t step = committed / 4;
  if (step < FIRST_STEP) step = FIRST_STEP;
  if (step > LAST_STEP) step = LAST_STEP;
  if (step < heap->arena->top_pad) step = heap->arena->top_pad;
  if (step < missing) step = missing;
  step = round_up(step, RLM_PAGE);
  missing = round_up(missing, RLM_PAGE);
  if (committed + step > heap->reserved) step = heap->reserved - committed;
  const Arena *arena = heap->arena;
  while (step > missing && !rlm_arena_may_hold(arena, held_by(committed + step) - held_by(committed))) {
    size_t excess = arena->held + (held_by(committed + step) - held_by(committed)) - arena->limit;
    excess = round_up(excess, RLM_PAGE);
    step = excess < step - missing ? step - excess : missing;
  }
  return step;
}

bool rlm_heap_grow(MemoryHeap *heap, size_t size) {
  size_t wanted = size + RLM_CHUNK_HEAD, there = heap_top_bytes(heap);
  if (there >= wanted) return true;
  size_t committed = (size_t)(heap->committed - (char *)heap);
  if (wanted - there > heap->reserved - committed) return false;
  size_t step = growth(heap, wanted - there);
  size_t cost = held_by(committed + step) - held_by(committed);
  if (!rlm_arena_may_hold(heap->arena, cost) || !rlm_system_commit(heap->committed, step)) return false;
  heap->committed += step;
  rlm_arena_hold(heap->arena, cost);
  if (there < RLM_CHUNK_HEAD) rlm_heap_set_top(heap, heap->top);
  return true;
}

size_t rlm_heap_trim_top(MemoryHeap *heap, size_t keep) {
  size_t top = heap_top_bytes(heap);
  if (keep > top || top - keep < RLM_CHUNK_HEAD) return 0;
  char *end = (char *)round_up((uintptr_t)heap->top + RLM_CHUNK_HEAD + keep, RLM_PAGE);
  if (end >= heap->committed) return 0;
  size_t before = rlm_heap_held(heap);
  if (!rlm_system_decommit(end, (size_t)(heap->committed - end))) return 0;
  heap->committed = end;
  if (heap->touched > end) heap->touched = end;
  size_t given_back = before - rlm_heap_held(heap);
  RLM_SHARED_STORE(&heap->arena->held, heap->arena->held - given_back);
  return given_back;
}

size_t rlm_heap_purge_top(MemoryHeap *heap, size_t keep) {
  char *first = (char *)round_up((uintptr_t)heap->top + RLM_CHUNK_HEAD + keep, RLM_PAGE);
  char *end = (char *)round_up((uintptr_t)heap->touched, RLM_PAGE);
  if (first >= end || !rlm_system_purge(first, (size_t)(end - first))) return 0;
  heap->touched = first;
  return (size_t)(end - first);
}

void rlm_heap_release(MemoryHeap *heap) {
  announce(heap, 0);
  *heap_window(heap->arena, heap) = 0;
  RLM_SHARED_STORE(&heap->arena->held, heap->arena->held - rlm_heap_held(heap));
  rlm_system_unmap(heap, heap->reserved);
}

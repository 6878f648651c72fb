/* malloc and its family. */
#include "process/process.h"

#include <errno.h>
#include <string.h>

#include "core/chunks.h"
#include "core/fault.h"
#include "core/mapped.h"

/* ---- where a block is ---- */

typedef struct Place {
  MemoryHeap *heap; /* NULL: a mapping of its own */
  PageRun *run;     /* NULL: a chunk */
} Place;

static inline Place place_of(const void *block) {
  Place place = {NULL, NULL};
  if (!is_in_window(block)) return place;
  MemoryHeap *heap = heap_of(block);
  place.run = heap_run_of(heap, block);
  /* A heap may be shorter than its window; behind it mapped blocks can lie. */
  if (place.run != NULL || (const char *)block < (const char *)heap + heap->reserved) place.heap = heap;
  return place;
}

static size_t usable_at(Place place, const void *block) {
  if (place.run != NULL) {
    run_check(place.run, block, rlm_process_secret());
    return place.run->cell_bytes;
  }
  if (place.heap != NULL) return chunk_size(rlm_chunk_check(place.heap, (void *)block)) - RLM_CHUNK_COST;
  return mapped_usable(rlm_mapped_check(rlm_process_secret(), (void *)block));
}

size_t rlm_plain_usable_size(const void *block) {
  return usable_at(place_of(block), block);
}

/* ---- allocating and freeing without errno and checking mode ---- */

static __attribute__((noinline)) void *allocate_slow(size_t size) {
  RunCache *cache = rlm_cache_enter();
  if (cache == NULL) return NULL;
  void *block = rlm_cache_allocate_slow(cache, size);
  rlm_cache_leave(cache);
  return block;
}

static inline void *allocate(size_t size) {
  if (RLM_LIKELY(size <= RLM_SMALL_MAX)) {
    void *block = own_cell(size);
    if (RLM_LIKELY(block != NULL)) return block;
  }
  return allocate_slow(size);
}

void *rlm_plain_allocate(size_t alignment, size_t size) {
  if (alignment <= RLM_GRANULE) return allocate(size);
  RunCache *cache = rlm_cache_enter();
  if (cache == NULL) return NULL;
  void *block = rlm_cache_allocate_aligned(cache, alignment, size);
  rlm_cache_leave(cache);
  return block;
}

static __attribute__((noinline)) void free_large(void *block) {
  Place place = place_of(block);
  if (place.heap == NULL) {
    rlm_mapped_free(rlm_mapped_check(rlm_process_secret(), block));
    return;
  }
  RunCache *cache = rlm_cache_enter();
  if (cache == NULL) return; /* there is no heap without an arena, so there is the common cache */
  rlm_cache_free_chunk(cache, place.heap, block);
  rlm_cache_leave(cache);
}

void rlm_plain_free(void *block) {
  PageRun *run = is_in_window(block) ? heap_run_of(heap_of(block), block) : NULL;
  if (run == NULL)
    free_large(block);
  else
    rlm_free_cell(run, block);
}

static __attribute__((noinline)) void free_slow(void *block) {
  if (block == NULL) return;
  if (RLM_UNLIKELY(rlm_is_checking) && rlm_checked_free(block)) return;
  rlm_plain_free(block);
}

static void *no_memory(void) {
  errno = ENOMEM;
  return NULL;
}

/* ---- checking mode: what has no free cell at hand comes here ---- */

static __attribute__((noinline)) void *malloc_slow(size_t size, const void *site) {
  if (RLM_UNLIKELY(atomic_load_explicit(&rlm_helper_is_missing, memory_order_relaxed))) rlm_helper_start();
  void *block = RLM_UNLIKELY(rlm_is_checking) ? rlm_checked_allocate(RLM_GRANULE, size, site) : allocate_slow(size);
  return block != NULL ? block : no_memory();
}

static __attribute__((noinline)) void *aligned(size_t alignment, size_t size, const void *site) {
  return RLM_UNLIKELY(rlm_is_checking) ? rlm_checked_allocate(alignment, size, site)
                                       : rlm_plain_allocate(alignment, size);
}

/* ---- the family ---- */

void *RLM_NAME(malloc)(size_t size) {
  if (RLM_LIKELY(size <= RLM_SMALL_MAX)) {
    void *block = own_cell(size);
    if (RLM_LIKELY(block != NULL)) return block;
  }
  return malloc_slow(size, __builtin_return_address(0));
}

void RLM_NAME(free)(void *block) {
  if (RLM_LIKELY(is_in_window(block))) {
    PageRun *run = heap_run_of(heap_of(block), block);
    if (RLM_LIKELY(run != NULL)) {
      RunCache *cache = cache_use();
      bool is_own = run->owner == cache;
      if (RLM_LIKELY(is_own)) cache_give(cache, run, block);
      cache_leave();
      if (RLM_LIKELY(is_own)) return;
    }
  }
  free_slow(block);
}

static __attribute__((noinline)) void *calloc_slow(size_t bytes, const void *site) {
  void *block;
  if (RLM_UNLIKELY(rlm_is_checking)) {
    block = rlm_checked_allocate(RLM_GRANULE, bytes, site);
    if (block != NULL) memset(block, 0, bytes);
  } else {
    RunCache *cache = rlm_cache_enter();
    if (cache == NULL) return no_memory();
    block = rlm_cache_allocate_zeroed(cache, bytes);
    rlm_cache_leave(cache);
  }
  return block != NULL ? block : no_memory();
}

void *RLM_NAME(calloc)(size_t count, size_t size) {
  size_t bytes;
  if (RLM_UNLIKELY(__builtin_mul_overflow(count, size, &bytes))) return no_memory();
  if (RLM_LIKELY(bytes <= RLM_SMALL_MAX)) {
    void *block = own_cell(bytes);
    if (RLM_LIKELY(block != NULL)) return memset(block, 0, bytes);
  }
  return calloc_slow(bytes, __builtin_return_address(0));
}

/* Allocates anew, copies, frees; for the checking mode, where every block has its own end. */
static void *realloc_by_copy(void *block, size_t old_size, size_t size, const void *site) {
  void *moved = rlm_checked_allocate(RLM_GRANULE, size, site);
  if (moved == NULL) return no_memory();
  memcpy(moved, block, old_size < size ? old_size : size);
  RLM_NAME(free)(block);
  return moved;
}

static void *resize(void *block, size_t size) {
  Place place = place_of(block);
  size_t old_size = usable_at(place, block);
  if (size > (size_t)PTRDIFF_MAX) return no_memory();
  RunCache *cache = rlm_cache_enter();
  if (cache == NULL) return no_memory();
  void *moved = block;
  bool in_place = rlm_cache_resize_in_place(cache, place.heap, place.run, &moved, size);
  if (!in_place) moved = cache_allocate(cache, size);
  rlm_cache_leave(cache);
  if (in_place) return moved;
  if (moved == NULL) return size <= old_size ? block : no_memory();
  memcpy(moved, block, old_size < size ? old_size : size);
  rlm_plain_free(block);
  return moved;
}

static void *realloc_from(void *block, size_t size, const void *site) {
  if (block == NULL) {
    block = aligned(RLM_GRANULE, size, site);
    return block != NULL ? block : no_memory();
  }
  if (size == 0) {
    RLM_NAME(free)(block);
    return NULL;
  }
  if (RLM_UNLIKELY(rlm_is_checking)) {
    size_t old_size = rlm_checked_size(block);
    if (old_size == SIZE_MAX) old_size = rlm_plain_usable_size(block);
    return realloc_by_copy(block, old_size, size, site);
  }
  return resize(block, size);
}

void *RLM_NAME(realloc)(void *block, size_t size) {
  return realloc_from(block, size, __builtin_return_address(0));
}

void *RLM_NAME(reallocarray)(void *block, size_t count, size_t size) {
  size_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes)) return no_memory();
  return realloc_from(block, bytes, __builtin_return_address(0));
}

static void *aligned_or_no_memory(size_t alignment, size_t size, const void *site) {
  void *block = size <= (size_t)PTRDIFF_MAX ? aligned(alignment, size, site) : NULL;
  return block != NULL ? block : no_memory();
}

static bool is_power_of_two(size_t number) {
  return number != 0 && (number & (number - 1)) == 0;
}

/* As glibc: an alignment that is no power of two is rounded up to one. */
void *RLM_NAME(memalign)(size_t alignment, size_t size) {
  if (alignment > SIZE_MAX / 2 + 1) {
    errno = EINVAL;
    return NULL;
  }
  size_t rounded = RLM_GRANULE;
  while (rounded < alignment) rounded *= 2;
  return aligned_or_no_memory(rounded, size, __builtin_return_address(0));
}

void *RLM_NAME(aligned_alloc)(size_t alignment, size_t size) {
  if (!is_power_of_two(alignment)) {
    errno = EINVAL;
    return NULL;
  }
  return aligned_or_no_memory(alignment, size, __builtin_return_address(0));
}

int RLM_NAME(posix_memalign)(void **result, size_t alignment, size_t size) {
  if (!is_power_of_two(alignment) || alignment % sizeof(void *) != 0) return EINVAL;
  void *block = size <= (size_t)PTRDIFF_MAX ? aligned(alignment, size, __builtin_return_address(0)) : NULL;
  if (block == NULL) return ENOMEM;
  *result = block;
  return 0;
}

void *RLM_NAME(valloc)(size_t size) {
  return aligned_or_no_memory(RLM_PAGE, size, __builtin_return_address(0));
}

void *RLM_NAME(pvalloc)(size_t size) {
  if (size > (size_t)PTRDIFF_MAX) return no_memory();
  return aligned_or_no_memory(RLM_PAGE, round_up(size, RLM_PAGE), __builtin_return_address(0));
}

size_t RLM_NAME(malloc_usable_size)(void *block) {
  if (block == NULL) return 0;
  if (RLM_UNLIKELY(rlm_is_checking)) {
    size_t size = rlm_checked_size(block);
    if (size != SIZE_MAX) return size;
  }
  return rlm_plain_usable_size(block);
}

void RLM_NAME(free_sized)(void *block, size_t size) {
  if (block != NULL && RLM_NAME(malloc_usable_size)(block) < size) rlm_size_fault(block);
  RLM_NAME(free)(block);
}

void RLM_NAME(free_aligned_sized)(void *block, size_t alignment, size_t size) {
  if (!is_power_of_two(alignment) || (uintptr_t)block % alignment != 0)
    rlm_fault("free with an alignment that the block has not", block);
  RLM_NAME(free_sized)(block, size);
}

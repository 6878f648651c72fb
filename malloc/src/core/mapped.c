#include "core/mapped.h"

#include "core/fault.h"
#include "core/heap.h"
#include "core/purge.h"

static uint64_t seal_of(uint64_t secret, const MappedChunk *mapped) {
  uint64_t sum = (uint64_t)(uintptr_t)mapped->base * UINT64_C(0x9e3779b97f4a7c15);
  sum = (sum ^ mapped->bytes ^ (uint64_t)(uintptr_t)mapped->arena << 8) * UINT64_C(0xd6e8feb86659fd93);
  return sum ^ secret ^ sum >> 32;
}

static void link_mapped(Arena *arena, MappedChunk *mapped) {
  mapped->previous = NULL;
  mapped->next = arena->mapped;
  if (mapped->next != NULL) mapped->next->previous = mapped;
  arena->mapped = mapped;
}

static void unlink_mapped(Arena *arena, MappedChunk *mapped) {
  if (mapped->next != NULL) mapped->next->previous = mapped->previous;
  if (mapped->previous != NULL)
    mapped->previous->next = mapped->next;
  else
    arena->mapped = mapped->next;
}

static void seal(MappedChunk *mapped) {
  uint64_t secret = mapped->arena->secret;
  mapped->seal = seal_of(secret, mapped);
  chunk_set_head(chunk_of(mapped + 1), secret, CHUNK_IS_MAPPED | CHUNK_IN_USE);
}

/* Takes `bytes` out of the arena's limit. */
static bool hold(Arena *arena, size_t bytes) {
  arena_lock(arena);
  bool may = rlm_arena_may_hold(arena, bytes);
  if (may) {
    rlm_arena_hold(arena, bytes);
    arena->mapped_bytes += bytes;
  }
  arena_unlock(arena);
  return may;
}

static void let_go(Arena *arena, size_t bytes) {
  arena_lock(arena);
  RLM_SHARED_STORE(&arena->held, arena->held - bytes);
  arena->mapped_bytes -= bytes;
  arena_unlock(arena);
}

void *rlm_mapped_allocate(Arena *arena, size_t size, size_t alignment) {
  size_t lead = sizeof(MappedChunk);
  if (alignment > lead) lead = alignment;
  /* A mapping begins at a page: what is aligned more strictly needs room to move up. */
  size_t slack = alignment > RLM_PAGE ? alignment : 0;
  if (size > (size_t)PTRDIFF_MAX - lead - slack - RLM_PAGE) return NULL;
  size_t bytes = round_up(lead + size + slack, RLM_PAGE);
  if (!hold(arena, bytes)) return NULL;
  char *base = rlm_system_map(bytes);
  if (base == NULL) {
    let_go(arena, bytes);
    return NULL;
  }
  MappedChunk *mapped = mapped_of((char *)round_up((uintptr_t)base + sizeof(MappedChunk), alignment));
  mapped->arena = arena;
  mapped->base = base;
  mapped->bytes = bytes;
  seal(mapped);
  arena_lock(arena);
  link_mapped(arena, mapped);
  arena_unlock(arena);
  return mapped + 1;
}

MappedChunk *rlm_mapped_check(uint64_t secret, void *user) {
  MappedChunk *mapped = mapped_of(user);
  if (RLM_UNLIKELY((uintptr_t)user % RLM_GRANULE != 0)) rlm_fault("free of an address that is not aligned", user);
  bool is_in_one_page = (uintptr_t)user % sizeof(MappedChunk) == 0; /* as it is for all that are ours */
  if (RLM_UNLIKELY(!rlm_system_is_readable(&mapped->head) || (!is_in_one_page && !rlm_system_is_readable(mapped))))
    rlm_fault("free of an address that is no block, or double free", user);
  Chunk *chunk = chunk_of(user);
  if (RLM_UNLIKELY(!chunk_is_sealed(chunk, secret) || (chunk->head & CHUNK_IS_MAPPED) == 0 ||
                   mapped->seal != seal_of(secret, mapped)))
    rlm_fault("free of an address that is no block (or its head was overwritten)", user);
  return mapped;
}

void rlm_mapped_free(MappedChunk *mapped) {
  Arena *arena = mapped->arena;
  char *base = mapped->base;
  size_t bytes = mapped->bytes;
  arena_lock(arena);
  unlink_mapped(arena, mapped);
  rlm_arena_learn_threshold(arena, bytes);
  arena_unlock(arena);
  mapped->head = 0;
  rlm_system_unmap(base, bytes);
  let_go(arena, bytes);
}

void *rlm_mapped_resize(MappedChunk *mapped, size_t size) {
  Arena *arena = mapped->arena;
  size_t lead = (size_t)((char *)(mapped + 1) - mapped->base), old_bytes = mapped->bytes;
  if (size > (size_t)PTRDIFF_MAX - lead - RLM_PAGE) return NULL;
  size_t bytes = round_up(lead + size, RLM_PAGE);
  if (bytes == old_bytes) return mapped + 1;
  if (bytes > old_bytes && !hold(arena, bytes - old_bytes)) return NULL;
  arena_lock(arena);
  unlink_mapped(arena, mapped);
  arena_unlock(arena);
  char *base = rlm_system_remap(mapped->base, old_bytes, bytes, true);
  MappedChunk *result = base == NULL ? mapped : (MappedChunk *)(base + lead) - 1;
  if (base != NULL) {
    result->base = base;
    result->bytes = bytes;
    seal(result);
  }
  arena_lock(arena);
  link_mapped(arena, result);
  arena_unlock(arena);
  if (base != NULL && bytes < old_bytes) let_go(arena, old_bytes - bytes);
  if (base == NULL && bytes > old_bytes) let_go(arena, bytes - old_bytes);
  return base == NULL ? NULL : result + 1;
}

void rlm_mapped_free_all(Arena *arena) {
  for (MappedChunk *mapped = arena->mapped, *next; mapped != NULL; mapped = next) {
    next = mapped->next;
    rlm_system_unmap(mapped->base, mapped->bytes);
  }
}

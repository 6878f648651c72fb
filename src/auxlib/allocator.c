/* The default allocator of states. A state owns an arena: no lock is taken, blocks need not say how large they are, and
 * closing the state returns everything at once. */
#include "auxlib/allocator.h"

#include <stdlib.h>

#include "rille_arena.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define RL_PLAIN_MALLOC 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define RL_PLAIN_MALLOC 1
#endif
#endif
#ifndef RL_PLAIN_MALLOC
#define RL_PLAIN_MALLOC 0
#endif

/* Lies in the arena itself. */
typedef struct StateMemory {
  rille_arena *arena;
  void *main_block; /* the state's own: the last one to be freed */
} StateMemory;

void *rl_allocator_open(void) {
  static const rille_arena_options options = {0, "lua state", RILLE_ARENA_SINGLE_OWNER};
  rille_arena *arena = RL_PLAIN_MALLOC ? NULL : rille_arena_create(&options);
  if (arena == NULL) return NULL;
  StateMemory *memory = rille_arena_allocate(arena, sizeof(StateMemory));
  if (memory == NULL) {
    rille_arena_destroy(arena);
    return NULL;
  }
  memory->arena = arena;
  memory->main_block = NULL;
  return memory;
}

static void *resize_by_malloc(void *block, size_t new_size) {
  if (new_size != 0) return realloc(block, new_size);
  free(block);
  return NULL;
}

void *rl_allocator_begin(void *context, void *block, size_t old_size, size_t new_size) {
  StateMemory *memory = context;
  if (memory == NULL || memory->main_block != NULL) return rl_allocator_resize(context, block, old_size, new_size);
  void *main_block = rille_arena_allocate(memory->arena, new_size);
  if (main_block != NULL)
    memory->main_block = main_block;
  else
    rille_arena_destroy(memory->arena);
  return main_block;
}

void *rl_allocator_resize(void *context, void *block, size_t old_size, size_t new_size) {
  StateMemory *memory = context;
  if (__builtin_expect(memory == NULL, 0)) return resize_by_malloc(block, new_size);
  if (block == NULL) return new_size == 0 ? NULL : rille_arena_allocate(memory->arena, new_size);
  if (new_size != 0) return rille_arena_resize(memory->arena, block, old_size, new_size);
  if (__builtin_expect(block == memory->main_block, 0))
    rille_arena_destroy(memory->arena);
  else
    rille_arena_free(memory->arena, block, old_size);
  return NULL;
}

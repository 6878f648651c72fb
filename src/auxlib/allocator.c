/* The default allocator of states.
 *
 * A state begins in a cradle: one block of the process's malloc, in which its own blocks are cut one behind another.
 * Most states never need more, and cost neither system calls nor pages that are touched for the first time. When the
 * cradle is full the state gets an arena: no lock is taken, and closing the state returns everything at once. What
 * lies in the cradle stays there.
 *
 * Sizes are known, so blocks of the cradle have no headers. Freed ones are kept by size, larger ones in one list; the
 * last one goes back to the part that has never been used. Once there is an arena the cradle serves nobody any more. */
#include "auxlib/allocator.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

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

#define CRADLE_BYTES ((size_t)64 * 1024 - 64)
#define UNIT         16u
#define SIZES        32u /* free blocks of up to so many units have lists by size */

typedef struct FreeBlock {
  struct FreeBlock *next;
  size_t units;
} FreeBlock;

/* Lies at the cradle's beginning. */
typedef struct StateMemory {
  rille_arena *arena;     /* NULL: everything is in the cradle, or */
  int uses_malloc;        /* there could be no arena */
  void *main_block;       /* the state's own: the last one to be freed */
  char *unused;           /* from here to the cradle's end nothing has been given out */
  FreeBlock *free[SIZES]; /* of i + 1 units */
  FreeBlock *free_large;  /* of more */
} StateMemory;

_Static_assert(sizeof(FreeBlock) <= UNIT, "every block can be put into a list");

/* ---- the cradle ---- */

static inline bool is_in_cradle(const StateMemory *memory, const void *block) {
  return (uintptr_t)block - (uintptr_t)memory < CRADLE_BYTES;
}

static size_t units_of(size_t size) {
  return size == 0 ? 1 : (size + UNIT - 1) / UNIT;
}

static size_t unused_units(const StateMemory *memory) {
  return (size_t)((const char *)memory + CRADLE_BYTES - memory->unused) / UNIT;
}

static void give_back(StateMemory *memory, void *block, size_t units) {
  if ((char *)block + units * UNIT == memory->unused) {
    memory->unused = block;
    return;
  }
  FreeBlock *freed = block, **list = units <= SIZES ? &memory->free[units - 1] : &memory->free_large;
  *freed = (FreeBlock){*list, units};
  *list = freed;
}

/* The first of the larger blocks that is large enough; what is too much of it goes back. */
static void *cut_large(StateMemory *memory, size_t units) {
  for (FreeBlock **place = &memory->free_large; *place != NULL; place = &(*place)->next) {
    FreeBlock *found = *place;
    if (found->units < units) continue;
    *place = found->next;
    if (found->units > units) give_back(memory, (char *)found + units * UNIT, found->units - units);
    return found;
  }
  return NULL;
}

/* NULL when the cradle is full. */
static void *cradle_allocate(StateMemory *memory, size_t units) {
  if (units <= SIZES && memory->free[units - 1] != NULL) {
    FreeBlock *found = memory->free[units - 1];
    memory->free[units - 1] = found->next;
    return found;
  }
  void *block = cut_large(memory, units);
  if (block != NULL || units > unused_units(memory)) return block;
  block = memory->unused;
  memory->unused += units * UNIT;
  return block;
}

/* In place; false: it has to move. Never false for what gets smaller. */
static bool cradle_resize(StateMemory *memory, char *block, size_t units, size_t wanted) {
  if (wanted <= units) {
    if (wanted < units) give_back(memory, block + wanted * UNIT, units - wanted);
    return true;
  }
  if (block + units * UNIT != memory->unused || wanted - units > unused_units(memory)) return false;
  memory->unused = block + wanted * UNIT;
  return true;
}

/* ---- without an arena ---- */

static void open_arena(StateMemory *memory) {
  static const rille_arena_options options = {0, "lua state", RILLE_ARENA_SINGLE_OWNER};
  memory->arena = rille_arena_create(&options);
  memory->uses_malloc = memory->arena == NULL;
}

static __attribute__((noinline)) void *allocate_first(StateMemory *memory, size_t size) {
  if (!memory->uses_malloc) {
    void *block = size > CRADLE_BYTES ? NULL : cradle_allocate(memory, units_of(size));
    if (block != NULL) return block;
    open_arena(memory);
  }
  return memory->arena != NULL ? rille_arena_allocate(memory->arena, size) : malloc(size);
}

static inline void *allocate(StateMemory *memory, size_t size) {
  if (__builtin_expect(memory->arena != NULL, 1)) return rille_arena_allocate(memory->arena, size);
  return allocate_first(memory, size);
}

static __attribute__((noinline)) void *resize_in_cradle(StateMemory *memory, void *block, size_t old_size,
                                                        size_t new_size) {
  size_t units = units_of(old_size);
  if (new_size <= CRADLE_BYTES && cradle_resize(memory, block, units, units_of(new_size))) return block;
  void *moved = allocate(memory, new_size);
  if (moved == NULL) return NULL;
  memcpy(moved, block, old_size < new_size ? old_size : new_size);
  give_back(memory, block, units);
  return moved;
}

static __attribute__((noinline)) void free_first(StateMemory *memory, void *block, size_t size) {
  if (block == memory->main_block) {
    rille_arena_destroy(memory->arena);
    free(memory);
  } else if (is_in_cradle(memory, block)) {
    give_back(memory, block, units_of(size));
  } else {
    free(block);
  }
}

/* ---- for states ---- */

void *rl_allocator_open(void) {
  StateMemory *memory = RL_PLAIN_MALLOC ? NULL : malloc(CRADLE_BYTES);
  if (memory == NULL) return NULL;
  *memory = (StateMemory){.unused = (char *)memory + units_of(sizeof(StateMemory)) * UNIT};
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
  memory->main_block = allocate(memory, new_size);
  if (memory->main_block != NULL) return memory->main_block;
  rille_arena_destroy(memory->arena);
  free(memory);
  return NULL;
}

void *rl_allocator_resize(void *context, void *block, size_t old_size, size_t new_size) {
  StateMemory *memory = context;
  if (__builtin_expect(memory == NULL, 0)) return resize_by_malloc(block, new_size);
  if (block == NULL) return new_size == 0 ? NULL : allocate(memory, new_size);
  bool is_inside = is_in_cradle(memory, block);
  if (new_size != 0) {
    if (__builtin_expect(is_inside, 0)) return resize_in_cradle(memory, block, old_size, new_size);
    if (__builtin_expect(memory->arena == NULL, 0)) return realloc(block, new_size);
    return rille_arena_resize(memory->arena, block, old_size, new_size);
  }
  if (__builtin_expect(is_inside || memory->arena == NULL, 0))
    free_first(memory, block, old_size);
  else
    rille_arena_free(memory->arena, block, old_size);
  return NULL;
}

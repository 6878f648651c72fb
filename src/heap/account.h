/* Memory from the state's lua_Alloc, counted. Buffers (stacks, array and hash parts, code) come from here directly,
 * objects through heap/block.h.
 *
 * Every function that allocates may run an emergency collection when the allocator answers NULL: that calls no Lua code
 * and moves no stack, but frees whatever is not reachable. So everything that the caller still needs must be anchored.
 * After the collection the request is tried once more. */
#ifndef RL_HEAP_ACCOUNT_H
#define RL_HEAP_ACCOUNT_H

#include "value/global.h"

/* `size` bytes, or a memory error. `size` 0 gives NULL. */
void *rl_memory_allocate(State *L, size_t size);
/* Resizes a buffer, keeping its contents; old_size is its exact size. On a memory error the buffer is untouched.
 * new_size 0 frees. */
void *rl_memory_resize(State *L, void *buffer, size_t old_size, size_t new_size);
/* The same, NULL instead of an error (new_size > 0): the old buffer then stays as it was, with its old size. */
void *rl_memory_try_resize(State *L, void *buffer, size_t old_size, size_t new_size);
/* As rl_memory_try_resize, but without the emergency collection: for the collector's own lists. */
void *rl_memory_try_resize_quietly(Global *global, void *buffer, size_t old_size, size_t new_size);
/* NULL (with size 0) is allowed. Never fails. */
void rl_memory_free(Global *global, void *buffer, size_t size);

/* Resizes an array of `*capacity` elements so that it has room for at least `needed`: doubles, up to `limit` elements.
 * Raises ERROR_TOO_MANY ("too many <what> (limit is <limit>)") when needed > limit. Updates *capacity. */
void *rl_memory_grow_array(State *L, void *array, uint32_t *capacity, uint32_t needed, size_t element_size,
                           uint32_t limit, const char *what);

/* count * size; raises ERROR_BLOCK_TOO_BIG when that is more than an object can have. */
size_t rl_memory_array_bytes(State *L, size_t count, size_t size);

/* For heap/block.c: a block of cells. Its bytes are idle (no debt) until a cursor takes its cells. Never collects. */
void *rl_memory_take_block(Global *global, size_t size);
void rl_memory_return_block(Global *global, void *block, size_t size);
/* For heap/block.c: an object with an allocation of its own; `type` is what lua_Alloc is told (LUA_T*). Never collects.
 */
void *rl_memory_take_object(Global *global, int type, size_t size);
/* Runs the emergency collection for a request that failed; false when there can be none (the state is not complete, or
 * the collector itself has asked). */
bool rl_memory_collect(State *L);

/* Bytes of cells that the cursors own and have not handed out: counted as used, but empty. */
static inline size_t memory_in_cursors(const Global *global) {
  size_t bytes = 0;
  for (unsigned size_class = 0; size_class < RL_SIZE_CLASSES; size_class++)
    bytes += (size_t)__builtin_popcountll(global->heap.cursors[size_class].free) * (size_class + 1) * RL_GRANULE;
  return bytes;
}

/* What collectgarbage("count") answers: bytes of live buffers and objects; room kept in blocks does not count. */
static inline size_t memory_in_use(const Global *global) {
  return global->account.total_bytes - global->account.idle_bytes - memory_in_cursors(global);
}

#endif

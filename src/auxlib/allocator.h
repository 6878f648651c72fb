/* The memory that a state made by luaL_newstate lives in: a block of the process's malloc as long as that is enough,
 * then a private arena (malloc/include/rille_arena.h), or malloc again when there can be none. Under sanitizers, which
 * would not see the ends of blocks, malloc alone. */
#ifndef RL_AUXLIB_ALLOCATOR_H
#define RL_AUXLIB_ALLOCATOR_H

#include <stddef.h>

/* Memory for one new state: the context of the functions below. */
void *rl_allocator_open(void);

/* The lua_Alloc for lua_newstate. The first block that it gives out is the state's own: when the state frees that, or
 * when it cannot be had, all the memory goes back to the system, and the context with it. */
void *rl_allocator_begin(void *context, void *block, size_t old_size, size_t new_size);

/* The lua_Alloc from then on: the same without looking for the first block's failure.
 * `new_size` 0 frees `block` and returns NULL; otherwise returns a block of `new_size` bytes with the old content, or
 * NULL when there is no memory (the old block then stays valid); never fails to shrink. Manual: lua_Alloc. */
void *rl_allocator_resize(void *context, void *block, size_t old_size, size_t new_size);

/* As luaL_newstate, in the memory that rl_allocator_open has given, or, with NULL, in the process's malloc alone: an
 * arena holds some 40 KB more than a small state needs, and many states can share one malloc. */
struct lua_State *rl_state_new_in(void *memory);

#endif

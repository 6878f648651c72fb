/* The memory that a state made by luaL_newstate lives in. */
#ifndef RL_AUXLIB_ALLOCATOR_H
#define RL_AUXLIB_ALLOCATOR_H

#include <stddef.h>

/* The default lua_Alloc: the process's own malloc.
 * `context` is not used. `new_size` 0 frees `block` and returns NULL; otherwise returns a block of `new_size` bytes
 * with the old content, or NULL when there is no memory (the old block then stays valid). Manual: lua_Alloc. */
void *rl_allocator_resize(void *context, void *block, size_t old_size, size_t new_size);

#endif

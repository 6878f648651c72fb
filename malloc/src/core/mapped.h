/* Large blocks with a mapping of their own. These lock the arena only for its account and its list; callers do not hold
 * it. */
#ifndef RLM_MAPPED_H
#define RLM_MAPPED_H

#include "core/layout.h"

/* A block of `size` bytes at a multiple of `alignment`; zeroed. NULL when refused or over the limit. */
void *rlm_mapped_allocate(Arena *arena, size_t size, size_t alignment);
/* The block's head, or a fault. `arena` NULL: of any arena that has the secret. */
MappedChunk *rlm_mapped_check(uint64_t secret, void *user);
void rlm_mapped_free(MappedChunk *mapped);
/* Changes the size, moving pages if need be. NULL: as it was. */
void *rlm_mapped_resize(MappedChunk *mapped, size_t size);
/* Unmaps all blocks of an arena that goes. */
void rlm_mapped_free_all(Arena *arena);

#endif

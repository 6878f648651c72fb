/* Making arenas: the part that private ones and malloc's own share. */
#ifndef RLM_ARENA_H
#define RLM_ARENA_H

#include "core/layout.h"

#define RLM_MAP_THRESHOLD ((size_t)128 * 1024)

/* An empty arena in the first page of its first heap; NULL when refused. Its cache is open. */
Arena *rlm_arena_open(uint64_t secret, size_t limit, const char *name, bool is_process);

/* Calls visit(data, block, bytes) for each block in use, as rille_arena_walk; checks everything that it meets. Cells
 * that are on their way home from other threads count as in use. The caller holds the arena. */
int rlm_arena_walk(Arena *arena, int (*visit)(void *data, void *block, size_t bytes), void *data);
void rlm_arena_statistics(Arena *arena, rille_arena_statistics *result);
/* Ends the program if bins, chunks, runs or the account are damaged. */
void rlm_arena_verify(Arena *arena);

#endif

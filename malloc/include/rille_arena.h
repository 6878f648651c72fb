/* rille_arena.h - private arenas: memory with an owner, a limit and an end.
 * Part of Rille. SPDX-License-Identifier: MIT (see LICENSE).
 *
 * An arena takes address space from the system in heaps, serves blocks from them, and gives everything back when it is
 * destroyed. It shares nothing with malloc or with any other arena.
 *
 * Sizes are known: whoever frees or resizes a block says the size that was last asked for. Blocks are aligned to 16
 * bytes. No function changes errno, raises a signal or calls malloc. Misuse that is found (a block freed twice, an
 * address that is no block, damaged administrative data, a size larger than the block) ends the program by abort()
 * after one line on standard error that names the address and the fault. */

#ifndef rille_arena_h
#define rille_arena_h

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef RILLE_ARENA_API
#define RILLE_ARENA_API extern
#endif

typedef struct rille_arena rille_arena;

/* How an arena is used. */
#define RILLE_ARENA_SINGLE_OWNER 0u /* one thread at a time; no lock, no atomic instruction */
#define RILLE_ARENA_THREAD_SAFE  1u /* any number of threads; each call takes the arena's lock */

typedef struct rille_arena_options {
  size_t limit;     /* bytes that the arena may hold from the system, its own data included; 0: no limit */
  const char *name; /* for reports; up to 31 bytes are copied; NULL: "arena" */
  unsigned flags;   /* RILLE_ARENA_* */
} rille_arena_options;

/* Everything in bytes, except where the name says otherwise. */
typedef struct rille_arena_statistics {
  size_t limit;          /* 0: none */
  size_t held;           /* taken from the system: what the limit is about; a multiple of the page */
  size_t peak_held;      /* the largest value that `held` has had */
  size_t live;           /* in blocks that are in use, rounded up to what each really occupies */
  size_t free_in_runs;   /* free cells of page runs, for blocks of their size */
  size_t free_in_bins;   /* free chunks, for any size */
  size_t free_at_top;    /* never split memory at the end of the heaps */
  size_t mapped;         /* in blocks with a mapping of their own; part of `held` and of `live` */
  size_t administration; /* headers and maps */
  size_t live_blocks;    /* a count */
  size_t heaps;          /* a count */
  size_t runs;           /* a count */
  size_t mapped_blocks;  /* a count */
} rille_arena_statistics;

/* Makes an arena; NULL options mean no limit, no name, one owner. Returns NULL when the system refuses memory or the
 * limit is smaller than what an empty arena needs (some 20 KB). */
RILLE_ARENA_API rille_arena *rille_arena_create(const rille_arena_options *options);

/* Returns everything to the system, in time proportional to the number of heaps and mapped blocks. All blocks become
 * invalid. NULL is allowed. */
RILLE_ARENA_API void rille_arena_destroy(rille_arena *arena);

/* A block of at least `size` bytes with undefined content, or NULL (limit reached, the system refuses, or size above
 * PTRDIFF_MAX). Size 0 gives a block of its own, too. */
RILLE_ARENA_API void *rille_arena_allocate(rille_arena *arena, size_t size);

/* The same, filled with zeros. */
RILLE_ARENA_API void *rille_arena_allocate_zeroed(rille_arena *arena, size_t size);

/* The same, at a multiple of `alignment`, which must be a power of two (NULL otherwise). Freed like any other. */
RILLE_ARENA_API void *rille_arena_allocate_aligned(rille_arena *arena, size_t alignment, size_t size);

/* A block of new_size bytes with the content of `block` (up to the smaller size); `block` is invalid afterwards. NULL
 * when there is no memory: `block` is then as it was. Never fails when new_size <= old_size. NULL for `block` allocates
 * (old_size is not looked at). new_size 0 makes a block of size 0: it does not free. The alignment asked from
 * rille_arena_allocate_aligned is kept only while the block stays where it is. */
RILLE_ARENA_API void *rille_arena_resize(rille_arena *arena, void *block, size_t old_size, size_t new_size);

/* Frees a block of that size. NULL is allowed. */
RILLE_ARENA_API void rille_arena_free(rille_arena *arena, void *block, size_t size);

/* The bytes that the block really has, at least `size`; all may be used. */
RILLE_ARENA_API size_t rille_arena_usable_size(rille_arena *arena, const void *block, size_t size);

/* Changes the limit (0: none). A limit below what is held is allowed: the arena then cannot grow. */
RILLE_ARENA_API void rille_arena_set_limit(rille_arena *arena, size_t limit);

/* Fills in `result`; walks over heaps and runs, not over blocks in runs. */
RILLE_ARENA_API void rille_arena_get_statistics(rille_arena *arena, rille_arena_statistics *result);

RILLE_ARENA_API const char *rille_arena_name(const rille_arena *arena);

/* Calls visit(data, block, usable bytes) for each block in use, heap by heap, in rising addresses within a heap, mapped
 * blocks last. `visit` must not use the arena (a thread-safe one is locked meanwhile). It stops when `visit` returns
 * something else than 0, and returns that; otherwise 0. */
RILLE_ARENA_API int rille_arena_walk(rille_arena *arena, int (*visit)(void *data, void *block, size_t bytes),
                                     void *data);

/* Gives back to the system what is free, keeping `keep` bytes at the top of the current heap. Returns the bytes that
 * were given back. */
RILLE_ARENA_API size_t rille_arena_trim(rille_arena *arena, size_t keep);

/* Checks all administrative data and ends the program if any is damaged; proportional to the number of blocks. */
RILLE_ARENA_API void rille_arena_verify(rille_arena *arena);

/* A lua_Alloc: `arena` is the user data to be passed with it. Frees when new_size is 0; for a NULL block old_size is
 * Lua's type tag and not looked at. */
RILLE_ARENA_API void *rille_arena_lua_alloc(void *arena, void *block, size_t old_size, size_t new_size);

/* For mallopt of librille_malloc.so, beside glibc's numbers: with a value other than 0 a thread of its own gives free
 * pages back while the program does nothing (as RILLE_MALLOC=background in the environment does); with 0 it ends. */
#define RILLE_M_BACKGROUND (-1004)

#ifdef __cplusplus
}
#endif

#endif

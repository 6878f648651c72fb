/* The heap of collectable objects.
 *
 * Small objects live in blocks of one size class (multiples of 16 bytes); a block is one allocation from the state's
 * lua_Alloc, has a bitmap of its cells in use, and is linked to the other blocks, so that the sweeper finds every
 * object without a link in the object. An object knows its distance to the start of the block (Object.cell). Larger
 * objects are allocations of their own in a doubly linked list (cell == 0). Blocks are small at first and grow with the
 * heap, so that a fresh state stays small. An all-zero Heap is an empty one. */
#ifndef RL_HEAP_BLOCK_H
#define RL_HEAP_BLOCK_H

#include "value/global.h"

/* A new object of `size` bytes (header included), white, header filled in (own = 0), the rest NOT initialised: the
 * caller initialises every field that the collector reads before its next allocation. Allocates: may raise a memory
 * error (nothing is half made then), may run an emergency collection before the object exists. Adds the size to the
 * debt. */
void *rl_heap_new(State *L, ValueTag type, size_t size);

/* Gives back one object of that size (failed constructions). Does not touch what the object owns. */
void rl_heap_free(Global *global, Object *object, size_t size);

/* Bytes that an object takes: its cell, or its allocation. */
size_t rl_heap_object_bytes(const Object *object);

/* Walks all objects. With `sweeps` the visitor may return false for an object whose buffers it has released: it is
 * freed. Without, every visit must return true. The visitor may free buffers, but must neither make nor free objects.
 */
typedef bool HeapVisit(Global *global, Object *object, void *data);
void rl_heap_walk_begin(Global *global, HeapWalk *walk, bool sweeps);
/* Visits about `limit` objects (a word of 64 cells is finished). False when the walk is complete. Between two calls
 * objects may be made; at most one sweeping walk may be under way. */
bool rl_heap_walk(Global *global, HeapWalk *walk, size_t limit, HeapVisit *visit, void *data);
/* The whole walk at once. */
void rl_heap_walk_all(Global *global, bool sweeps, HeapVisit *visit, void *data);

/* Empty blocks go back to the allocator, except `keep` bytes of them. */
void rl_heap_trim(Global *global, size_t keep);
/* Frees all blocks (closing a state; every object has been released). */
void rl_heap_close(Global *global);
/* Bitmaps, lists and the account's idle bytes agree. */
bool rl_heap_is_valid(const Global *global);

#endif

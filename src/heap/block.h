/* The heap of collectable objects.
 *
 * Small objects live in blocks of one size class (multiples of 16 bytes); a block is one allocation from the state's
 * lua_Alloc and has bitmaps of its cells in use and of those that are marked, so that the sweeper finds every object
 * without a link in the object, and frees the dead without touching the living. An object knows its distance to the
 * start of the block (Object.cell). Larger objects are allocations of their own in a doubly linked list (cell == 0).
 * Blocks are small at first and grow with the heap, so that a fresh state stays small. An all-zero Heap is an empty
 * one. */
#ifndef RL_HEAP_BLOCK_H
#define RL_HEAP_BLOCK_H

#include "heap/poison.h"
#include "value/global.h"

#define RL_LARGEST_CELL (RL_SIZE_CLASSES * RL_GRANULE)

/* A new object of `size` bytes (header included), white, header filled in (own = 0), the rest NOT initialised: the
 * caller initialises every field that the collector reads before its next allocation. Allocates: may raise a memory
 * error (nothing is half made then), may run an emergency collection before the object exists. Adds the size to the
 * debt. */
static inline void *rl_heap_new(State *L, ValueTag type, size_t size);

/* Bytes that an object takes: its cell, or its allocation. */
size_t rl_heap_object_bytes(const Object *object);
/* The same; from now on the object may use all of them. */
size_t rl_heap_use_whole(Object *object);

/* The object now owns memory that is to be released when it dies. (Tables with parts of their own, external strings;
 * short strings, threads, prototypes and upvalues always count as owners.) */
void rl_heap_note_owner(const Object *object);
/* The object is never freed. False when there is no memory to remember that. May collect (emergency). */
bool rl_heap_fix(State *L, Object *object);

/* ---- walking ---- */

/* Visits all objects, those included that a sweep under way has not freed yet. The visitor may free buffers, but must
 * neither make nor free objects. */
typedef void HeapVisit(Global *global, Object *object, void *data);
void rl_heap_walk_begin(Global *global, HeapWalk *walk);
/* Visits about `limit` objects (a word of cells is finished). False when the walk is complete. Between two calls
 * objects may be made, but nothing may be swept. */
bool rl_heap_walk(Global *global, HeapWalk *walk, size_t limit, HeapVisit *visit, void *data);
/* The whole walk at once. */
void rl_heap_walk_all(Global *global, HeapVisit *visit, void *data);

/* ---- sweeping (heap/block_sweep.c) ---- */

/* Every object without a mark is dead from now on. What is made from now on survives. With `keeps_marks` the others
 * keep their marks and become old; otherwise they lose them. */
void rl_heap_sweep_begin(Global *global, bool keeps_marks);
/* Frees dead objects: about `limit` units of work. A class that needs cells is swept ahead of this. False when all is
 * swept. */
bool rl_heap_sweep(Global *global, size_t limit);
/* Sweeps a block of the class, when there is one left; false when there is none. */
bool rl_heap_sweep_class(Global *global, unsigned size_class);
/* An object that is dead but not freed yet comes to life again. */
void rl_heap_revive(Global *global, Object *object);
/* Takes all marks away; the visitor makes the objects white. For a cycle that is abandoned. */
void rl_heap_unmark(Global *global, HeapVisit *visit);

/* The sweep of a minor collection: frees young objects without a mark. The visitor is called for each one that has a
 * mark, and tells whether it is old now; the others lose the mark. */
typedef bool HeapSurvivor(Global *global, Object *object);
void rl_heap_sweep_young(Global *global, HeapSurvivor *survivor);
/* From now on young objects are known by their blocks; everything that exists is old. The sweep with `keeps_marks` is
 * complete. */
void rl_heap_track_young(Global *global);
/* No longer: all marks vanish; the visitor is called for each object that is not old. */
void rl_heap_forget_young(Global *global, HeapVisit *visit);
bool rl_heap_is_old(const Object *object);

/* ---- giving back ---- */

/* Empty blocks go back to the allocator, except `keep` bytes of them. */
void rl_heap_trim(Global *global, size_t keep);
/* Releases all objects; they must not be reached any more. */
void rl_heap_release_all(Global *global);
/* Frees all blocks (closing a state; every object has been released). */
void rl_heap_close(Global *global);

/* ---- looking ---- */

/* NULL when bitmaps, lists, colours and the account's idle bytes agree; otherwise what is wrong. */
const char *rl_heap_fault(const Global *global);

/* What the blocks of a size class are used for. */
typedef struct HeapClassUse {
  size_t cell_bytes;
  size_t blocks;
  size_t block_bytes;
  size_t cells; /* that all blocks have */
  size_t used;  /* of them; includes what is dead and not swept */
} HeapClassUse;
void rl_heap_class_use(Global *global, unsigned size_class, HeapClassUse *use);

/* ---- inline ---- */

void *rl_heap_new_large(State *L, ValueTag type, size_t size);
/* Gives the cursor of an exhausted class cells; raises a memory error. */
void rl_heap_refill(State *L, unsigned size_class);

static inline void *rl_heap_new(State *L, ValueTag type, size_t size) {
  if (__builtin_expect(size > RL_LARGEST_CELL, 0)) return rl_heap_new_large(L, type, size);
  unsigned size_class = (unsigned)((size - 1) / RL_GRANULE);
  Global *global = L->global;
  HeapCursor *cursor = &global->heap.cursors[size_class];
  if (__builtin_expect(cursor->free == 0, 0)) rl_heap_refill(L, size_class);
  uint32_t granule = (uint32_t)__builtin_ctzll(cursor->free);
  cursor->free &= cursor->free - 1;
  cursor->types |= UINT32_C(1) << type;
  uint32_t cell = cursor->first + granule;
  Object *object = (Object *)((char *)cursor->block + cell * (size_t)RL_GRANULE);
  unpoison(object, size);
  *object = (Object){.type = (uint8_t)type, .mark = global->collector.current_white, .cell = (uint16_t)cell};
  return object;
}

#endif

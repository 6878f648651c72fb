/* The layout of blocks, for the files of heap/ and for the marker's mark bit; for nobody else.
 *
 *     block  +--------+----------------------------+------+------+------+--   --+------+
 *            | links, | used, marks, old: a bit    | cell | cell | cell |  ...  | cell |   cell: class + 1 granules
 *            | sizes  | for each granule           |      |      |      |       |      |
 *            +--------+----------------------------+------+------+------+--   --+------+
 *            ^ Object.cell counts granules (16 bytes) from here; never 0, because the header is in front
 *
 * Bits count from the start of the block, so that an object's bit is its `cell`; only bits of granules at which a cell
 * begins are ever set. The three bitmaps are interleaved by words, because the sweep needs all three of a word.
 *
 *     used    the cell holds an object, or belongs to the cursor
 *     marks   the object is not white
 *     old     generational mode: the object is old; so it is marked, too
 */
#ifndef RL_HEAP_BLOCK_PARTS_H
#define RL_HEAP_BLOCK_PARTS_H

#include "heap/colour.h"
#include "heap/poison.h"
#include "value/global.h"

typedef struct HeapBlock Block;
typedef struct BlockWord {
  uint64_t used;
  uint64_t marks;
  uint64_t old;
} BlockWord;

struct HeapBlock {
  Block *next; /* of the class, or of the spare ones */
  Block *previous;
  Block *next_available;
  Block *previous_available;
  Block *next_young;
  uint32_t bytes; /* of the allocation */
  uint32_t types; /* bit t: an object with tag t may be inside; TYPES_OWNER */
  uint16_t first; /* granule of the first cell, */
  uint16_t end;   /* and behind the last one */
  uint16_t word_count;
  uint8_t size_class;
  uint8_t is_available : 1; /* it is in the list of its class */
  uint8_t is_young : 1;     /* it is in the list of young blocks */
  BlockWord words[];
};

/* Some other object inside owns memory. */
#define TYPES_OWNER (UINT32_C(1) << 31)

typedef struct LargeObject LargeObject;
struct LargeObject {
  LargeObject *next;
  LargeObject *previous;
  size_t bytes; /* of the allocation */
  uint32_t is_marked;
  uint32_t is_old;
};

_Static_assert(sizeof(LargeObject) % RL_GRANULE == 0, "what follows is aligned like the allocation");

static inline size_t cell_bytes(unsigned size_class) {
  return ((size_t)size_class + 1) * RL_GRANULE;
}
static inline Object *object_at(Block *block, uint32_t granule) {
  return (Object *)((char *)block + granule * (size_t)RL_GRANULE);
}
static inline Block *block_of(const Object *object) {
  return (Block *)((char *)(uintptr_t)object - object->cell * (size_t)RL_GRANULE);
}
static inline LargeObject *large_of(const Object *object) {
  return (LargeObject *)(uintptr_t)object - 1;
}
static inline BlockWord *word_of(const Object *object) {
  return &block_of(object)->words[object->cell / 64];
}
static inline uint64_t bit_of(const Object *object) {
  return UINT64_C(1) << (object->cell % 64);
}

/* Called for every object that ceases to be white. */
static inline void heap_mark(Object *object) {
  if (object->cell != 0)
    word_of(object)->marks |= bit_of(object);
  else
    large_of(object)->is_marked = 1;
}

/* Bits of the cells that begin in a word. */
uint64_t rl_block_cells(const Block *block, uint32_t word);

/* ---- lists of blocks ---- */

void rl_block_make_available(Heap *heap, Block *block);
/* An empty block leaves its class. */
void rl_block_retire(Heap *heap, Block *block);
/* The cursors give back what they have not used; `leaves`: and have no block afterwards. */
void rl_heap_flush(Global *global, bool leaves);
/* Counts cells as free. */
void rl_heap_count_freed(Global *global, unsigned size_class, uint64_t cells);
/* Takes the object out of the list and frees it. */
void rl_large_free(Global *global, LargeObject *large);

#endif

/* Blocks of equal cells, and objects with an allocation of their own.
 *
 *     block  +--------+-------------------+------+------+------+--   --+------+
 *            | links, | bitmap: cell used | cell | cell | cell |  ...  | cell |     cell = (class + 1) * 16 bytes
 *            | sizes  | 64 cells a word   |      |      |      |       |      |
 *            +--------+-------------------+------+------+------+--   --+------+
 *            ^ Object.cell counts 16-byte granules from here; never 0, because the header is in front
 *
 * Making an object: each class has a cursor, which owns the free cells of one bitmap word. They are marked as used in
 * the bitmap when the cursor takes the word, so that an object costs one count-trailing-zeros and no memory besides the
 * cursor's; when the word is exhausted the next one with a free cell is looked for in the block, then in the class's
 * available blocks, then a new block is made. Before anybody walks the heap the cursors give back what they have not
 * used (`flush`), so that a set bit means an object.
 *
 * A block is in exactly one of these states: owned by its class's cursor; available (in the class's list, some cell is
 * free); full (only in the list of all blocks); spare (empty, in no class, and fit to become a block of any class). The
 * sweep moves a block to the right list when it has seen its last cell. A block that is made while a sweep is under way
 * is put in front of the list, where the sweep does not come any more: all in it is new and survives.
 *
 * Sizes: a new block has half the bytes that the class has already, between FIRST_BLOCK and LAST_BLOCK, so at most a
 * third of a growing class is empty, and a fresh state pays for what it uses. */
#include "heap/block.h"

#include "heap/account.h"
#include "heap/colour.h"
#include "raise/raise.h"

#if defined(__SANITIZE_ADDRESS__)
#define RL_CELL_POISON 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define RL_CELL_POISON 1
#endif
#endif

/* Free cells are out of bounds for AddressSanitizer: use after free is found though the block is alive. */
#ifdef RL_CELL_POISON
#include <sanitizer/asan_interface.h>
static inline void poison(const void *bytes, size_t size) {
  __asan_poison_memory_region(bytes, size);
}
static inline void unpoison(const void *bytes, size_t size) {
  __asan_unpoison_memory_region(bytes, size);
}
#else
static inline void poison(const void *bytes, size_t size) {
  (void)bytes, (void)size;
}
static inline void unpoison(const void *bytes, size_t size) {
  (void)bytes, (void)size;
}
#endif

#define GRANULE      16u
#define LARGEST_CELL (RL_SIZE_CLASSES * GRANULE)
#define FIRST_BLOCK  512u
#define LAST_BLOCK   (32u * 1024 - 16) /* with malloc's own header it fills pages */
#define SPARE_LOOKS  8                 /* spare blocks that are tried for a class */

typedef struct HeapBlock Block;
struct HeapBlock {
  Block *next; /* all blocks, or all spare ones */
  Block *previous;
  Block *next_available;
  Block *previous_available;
  size_t bytes; /* of the allocation */
  uint32_t cell_count;
  uint16_t first_cell; /* granules in front of the first cell */
  uint8_t size_class;
  uint8_t is_available; /* it is in the list of its class */
  uint64_t used[];
};

typedef struct LargeObject LargeObject;
struct LargeObject {
  LargeObject *next;
  LargeObject *previous;
  size_t bytes; /* of the allocation */
  size_t padding;
};

_Static_assert(sizeof(LargeObject) % GRANULE == 0, "what follows is aligned like the allocation");
_Static_assert(LAST_BLOCK / GRANULE <= UINT16_MAX, "Object.cell reaches the end of a block");

/* ---- geometry ---- */

static inline size_t cell_bytes(unsigned size_class) {
  return ((size_t)size_class + 1) * GRANULE;
}
static inline uint32_t word_count(const Block *block) {
  return (block->cell_count + 63) / 64;
}
static inline Object *cell_at(const Block *block, uint32_t index) {
  return (Object *)((char *)block + block->first_cell * (size_t)GRANULE + index * cell_bytes(block->size_class));
}

/* The bits of a word that stand for cells. */
static inline uint64_t valid_bits(const Block *block, uint32_t word) {
  uint32_t left = block->cell_count - word * 64;
  return left >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << left) - 1;
}

static inline Block *block_of(const Object *object) {
  return (Block *)((char *)object - object->cell * (size_t)GRANULE);
}
static inline LargeObject *large_of(const Object *object) {
  return (LargeObject *)object - 1;
}

static size_t header_bytes(uint32_t cell_count) {
  size_t bytes = sizeof(Block) + (cell_count + 63) / 64 * sizeof(uint64_t);
  return (bytes + GRANULE - 1) / GRANULE * GRANULE;
}

/* How many cells of a class fit into a block, with their bitmap. */
static uint32_t fitting_cells(size_t bytes, unsigned size_class) {
  uint32_t cells = (uint32_t)((bytes - sizeof(Block)) / cell_bytes(size_class));
  while (cells > 0 && header_bytes(cells) + cells * cell_bytes(size_class) > bytes) cells--;
  return cells;
}

/* ---- lists ---- */

static void link_block(Block **list, Block *block) {
  block->previous = NULL;
  block->next = *list;
  if (*list != NULL) (*list)->previous = block;
  *list = block;
}

static void unlink_block(Block **list, Block *block) {
  if (block->previous != NULL)
    block->previous->next = block->next;
  else
    *list = block->next;
  if (block->next != NULL) block->next->previous = block->previous;
}

static void make_available(Heap *heap, Block *block) {
  Block **list = &heap->available[block->size_class];
  if (block->is_available || heap->cursors[block->size_class].block == block) return;
  block->is_available = 1;
  block->previous_available = NULL;
  block->next_available = *list;
  if (*list != NULL) (*list)->previous_available = block;
  *list = block;
}

static void make_unavailable(Heap *heap, Block *block) {
  if (!block->is_available) return;
  block->is_available = 0;
  if (block->previous_available != NULL)
    block->previous_available->next_available = block->next_available;
  else
    heap->available[block->size_class] = block->next_available;
  if (block->next_available != NULL) block->next_available->previous_available = block->previous_available;
}

/* ---- blocks come and go ---- */

static void format_block(Heap *heap, Block *block, unsigned size_class) {
  block->size_class = (uint8_t)size_class;
  block->cell_count = fitting_cells(block->bytes, size_class);
  unpoison(block, header_bytes(block->cell_count));
  block->first_cell = (uint16_t)(header_bytes(block->cell_count) / GRANULE);
  block->is_available = 0;
  for (uint32_t word = 0; word < word_count(block); word++) block->used[word] = 0;
  poison(cell_at(block, 0), block->bytes - header_bytes(block->cell_count));
  heap->class_bytes[size_class] += block->bytes;
  link_block(&heap->blocks, block);
  make_available(heap, block);
}

static size_t smallest_block(unsigned size_class) {
  size_t bytes = header_bytes(64) + 4 * cell_bytes(size_class);
  return bytes < FIRST_BLOCK ? FIRST_BLOCK : bytes;
}

static size_t wanted_block(const Heap *heap, unsigned size_class) {
  size_t bytes = heap->class_bytes[size_class] / 2 / GRANULE * GRANULE;
  if (bytes > LAST_BLOCK) return LAST_BLOCK;
  size_t smallest = smallest_block(size_class);
  return bytes < smallest ? smallest : bytes;
}

static bool reuse_spare(Heap *heap, unsigned size_class) {
  Block *block = heap->spare;
  for (int looks = 0; block != NULL && looks < SPARE_LOOKS; looks++, block = block->next) {
    if (block->bytes < smallest_block(size_class)) continue;
    unlink_block(&heap->spare, block);
    format_block(heap, block, size_class);
    return true;
  }
  return false;
}

static bool add_block(Global *global, unsigned size_class, size_t bytes) {
  if (reuse_spare(&global->heap, size_class)) return true;
  Block *block = rl_memory_take_block(global, bytes);
  if (block == NULL) return false;
  block->bytes = bytes;
  format_block(&global->heap, block, size_class);
  return true;
}

static void return_block(Global *global, Block *block) {
  size_t bytes = block->bytes;
  unpoison(block, bytes);
  rl_memory_return_block(global, block, bytes);
}

/* An empty block becomes spare. */
static void retire_block(Heap *heap, Block *block) {
  make_unavailable(heap, block);
  unlink_block(&heap->blocks, block);
  heap->class_bytes[block->size_class] -= block->bytes;
  link_block(&heap->spare, block);
}

/* ---- the cursors ---- */

/* The next word of the cursor's block with a free cell. */
static bool take_word(HeapCursor *cursor) {
  Block *block = cursor->block;
  if (block == NULL) return false;
  while (cursor->next_word < word_count(block)) {
    uint32_t word = cursor->next_word++;
    uint64_t free = ~block->used[word] & valid_bits(block, word);
    if (free == 0) continue;
    block->used[word] |= free;
    cursor->free = free;
    cursor->first_cell = block->first_cell + word * 64 * (block->size_class + 1u);
    cursor->cells = (char *)cell_at(block, word * 64);
    return true;
  }
  return false;
}

static bool find_cells(Heap *heap, unsigned size_class) {
  HeapCursor *cursor = &heap->cursors[size_class];
  while (!take_word(cursor)) {
    Block *block = heap->available[size_class];
    if (block == NULL) return false;
    make_unavailable(heap, block);
    cursor->block = block;
    cursor->next_word = 0;
  }
  return true;
}

/* Gives the unused cells back; the cursor goes on with the same word, or with the block's first when `from_start`. */
static void flush(Heap *heap, bool from_start) {
  for (unsigned size_class = 0; size_class < RL_SIZE_CLASSES; size_class++) {
    HeapCursor *cursor = &heap->cursors[size_class];
    if (cursor->free != 0) cursor->block->used[--cursor->next_word] &= ~cursor->free;
    cursor->free = 0;
    if (from_start) cursor->next_word = 0;
  }
}

/* Cells for a class whose cursor is exhausted. After an emergency collection there may be free cells, or memory for the
 * smallest block. */
static __attribute__((noinline, cold)) void refill(State *L, unsigned size_class) {
  Global *global = L->global;
  Heap *heap = &global->heap;
  if (find_cells(heap, size_class)) return;
  if (!add_block(global, size_class, wanted_block(heap, size_class))) {
    if (rl_memory_collect(L) && find_cells(heap, size_class)) return;
    if (!add_block(global, size_class, smallest_block(size_class))) rl_raise_memory(L);
  }
  find_cells(heap, size_class);
}

/* ---- objects ---- */

static void init_header(Global *global, Object *object, ValueTag type, uint32_t cell) {
  *object = (Object){.type = (uint8_t)type, .mark = global->collector.current_white, .cell = (uint16_t)cell, .own = 0};
}

static __attribute__((noinline)) void *new_large(State *L, ValueTag type, size_t size) {
  Global *global = L->global;
  if (size > (size_t)PTRDIFF_MAX - sizeof(LargeObject)) rl_raise(L, ERROR_BLOCK_TOO_BIG);
  size_t bytes = sizeof(LargeObject) + size;
  LargeObject *large = rl_memory_take_object(global, rl_value_types[type], bytes);
  if (large == NULL && rl_memory_collect(L)) large = rl_memory_take_object(global, rl_value_types[type], bytes);
  if (large == NULL) rl_raise_memory(L);
  large->bytes = bytes;
  large->previous = NULL;
  large->next = global->heap.large;
  if (large->next != NULL) large->next->previous = large;
  global->heap.large = large;
  init_header(global, (Object *)(large + 1), type, 0);
  return large + 1;
}

void *rl_heap_new(State *L, ValueTag type, size_t size) {
  if (__builtin_expect(size > LARGEST_CELL, 0)) return new_large(L, type, size);
  Global *global = L->global;
  unsigned size_class = (unsigned)((size - 1) / GRANULE);
  HeapCursor *cursor = &global->heap.cursors[size_class];
  if (__builtin_expect(cursor->free == 0, 0)) refill(L, size_class);
  uint32_t granules = (uint32_t)__builtin_ctzll(cursor->free) * (size_class + 1);
  cursor->free &= cursor->free - 1;
  Object *object = (Object *)(cursor->cells + granules * (size_t)GRANULE);
  unpoison(object, size);
  init_header(global, object, type, cursor->first_cell + granules);
  global->account.idle_bytes -= cell_bytes(size_class);
  global->account.debt += (ptrdiff_t)cell_bytes(size_class);
  return object;
}

static void count_freed_cells(Global *global, const Block *block, size_t cells) {
  size_t bytes = cells * cell_bytes(block->size_class);
  global->account.idle_bytes += bytes;
  global->account.debt -= (ptrdiff_t)bytes;
}

static void free_large(Global *global, LargeObject *large) {
  if (large->previous != NULL)
    large->previous->next = large->next;
  else
    global->heap.large = large->next;
  if (large->next != NULL) large->next->previous = large->previous;
  rl_memory_free(global, large, large->bytes);
}

void rl_heap_free(Global *global, Object *object, size_t size) {
  (void)size;
  if (object->cell == 0) {
    free_large(global, large_of(object));
    return;
  }
  Block *block = block_of(object);
  uint32_t index = (uint32_t)(object->cell - block->first_cell) / (block->size_class + 1u);
  if (global->heap.cursors[block->size_class].block == block) flush(&global->heap, true);
  block->used[index / 64] &= ~(UINT64_C(1) << (index % 64));
  poison(object, cell_bytes(block->size_class));
  count_freed_cells(global, block, 1);
  make_available(&global->heap, block);
}

size_t rl_heap_object_bytes(const Object *object) {
  return object->cell == 0 ? large_of(object)->bytes : cell_bytes(block_of(object)->size_class);
}

/* ---- walking ---- */

void rl_heap_walk_begin(Global *global, HeapWalk *walk, bool sweeps) {
  *walk = (HeapWalk){.block = global->heap.blocks, .large = global->heap.large, .sweeps = sweeps};
}

/* Returns the number of objects met. */
static size_t walk_word(Global *global, Block *block, uint32_t word, HeapVisit *visit, void *data) {
  uint64_t used = block->used[word], dead = 0;
  for (uint64_t left = used; left != 0; left &= left - 1) {
    uint32_t bit = (uint32_t)__builtin_ctzll(left);
    Object *object = cell_at(block, word * 64 + bit);
    if (visit(global, object, data)) continue;
    dead |= UINT64_C(1) << bit;
    poison(object, cell_bytes(block->size_class));
  }
  if (dead != 0) {
    block->used[word] &= ~dead;
    count_freed_cells(global, block, (size_t)__builtin_popcountll(dead));
  }
  return (size_t)__builtin_popcountll(used);
}

/* Puts a block that has been swept into the right list. (The cursors own no cells now: the walk has flushed them.) */
static void settle_block(Heap *heap, Block *block) {
  bool is_empty = true, is_full = true;
  HeapCursor *cursor = &heap->cursors[block->size_class];
  for (uint32_t word = 0; word < word_count(block); word++) {
    if (block->used[word] != 0) is_empty = false;
    if (block->used[word] != valid_bits(block, word)) is_full = false;
  }
  if (is_empty) {
    if (cursor->block == block) cursor->block = NULL;
    retire_block(heap, block);
  } else if (!is_full) {
    make_available(heap, block);
  }
}

static size_t walk_block(Global *global, HeapWalk *walk, size_t limit, HeapVisit *visit, void *data) {
  Block *block = walk->block;
  size_t met = 1;
  while (walk->word < word_count(block) && met < limit) met += walk_word(global, block, walk->word++, visit, data);
  if (walk->word == word_count(block)) {
    walk->block = block->next;
    walk->word = 0;
    if (walk->sweeps) settle_block(&global->heap, block);
  }
  return met;
}

bool rl_heap_walk(Global *global, HeapWalk *walk, size_t limit, HeapVisit *visit, void *data) {
  flush(&global->heap, walk->sweeps != 0);
  size_t met = 0;
  while (walk->block != NULL && met < limit) met += walk_block(global, walk, limit - met, visit, data);
  while (walk->block == NULL && walk->large != NULL && met < limit) {
    LargeObject *large = walk->large;
    walk->large = large->next;
    if (!visit(global, (Object *)(large + 1), data)) free_large(global, large);
    met++;
  }
  return walk->block != NULL || walk->large != NULL;
}

void rl_heap_walk_all(Global *global, bool sweeps, HeapVisit *visit, void *data) {
  HeapWalk walk;
  rl_heap_walk_begin(global, &walk, sweeps);
  rl_heap_walk(global, &walk, SIZE_MAX, visit, data);
}

/* ---- giving back ---- */

void rl_heap_trim(Global *global, size_t keep) {
  Heap *heap = &global->heap;
  for (Block *block = heap->spare, *next; block != NULL; block = next) {
    next = block->next;
    if (block->bytes <= keep) {
      keep -= block->bytes;
      continue;
    }
    keep = 0;
    unlink_block(&heap->spare, block);
    return_block(global, block);
  }
}

static void return_all(Global *global, Block *block) {
  for (Block *next; block != NULL; block = next) {
    next = block->next;
    return_block(global, block);
  }
}

void rl_heap_close(Global *global) {
  while (global->heap.large != NULL) free_large(global, global->heap.large);
  return_all(global, global->heap.blocks);
  return_all(global, global->heap.spare);
  global->heap = (Heap){0};
}

/* ---- checking ---- */

/* Cells of a word that hold objects: used, and not merely owned by the cursor. */
static uint64_t object_bits(const Heap *heap, const Block *block, uint32_t word) {
  const HeapCursor *cursor = &heap->cursors[block->size_class];
  if (cursor->free == 0 || cursor->block != block || cursor->next_word != word + 1) return block->used[word];
  return block->used[word] & ~cursor->free;
}

static bool word_is_valid(const Global *global, const Block *block, uint32_t word, size_t *idle) {
  uint64_t objects = object_bits(&global->heap, block, word);
  if ((block->used[word] & ~valid_bits(block, word)) != 0) return false;
  for (uint64_t left = objects; left != 0; left &= left - 1) {
    const Object *object = cell_at(block, word * 64 + (uint32_t)__builtin_ctzll(left));
    if (object->cell == 0 || block_of(object) != block) return false;
    if (object->type < TAG_FIRST_COLLECTABLE || object->type > TAG_UPVALUE) return false;
  }
  *idle -= (size_t)__builtin_popcountll(objects) * cell_bytes(block->size_class);
  return true;
}

static bool block_is_valid(const Global *global, const Block *block, size_t *idle) {
  bool has_free = false;
  *idle += block->bytes;
  if (block->first_cell * (size_t)GRANULE + block->cell_count * cell_bytes(block->size_class) > block->bytes)
    return false;
  for (uint32_t word = 0; word < word_count(block); word++) {
    if (!word_is_valid(global, block, word, idle)) return false;
    if (block->used[word] != valid_bits(block, word)) has_free = true;
  }
  if (global->heap.cursors[block->size_class].block == block) return !block->is_available;
  return block->is_available || !has_free || global->collector.phase == PHASE_SWEEP;
}

static bool lists_are_valid(const Heap *heap) {
  for (unsigned size_class = 0; size_class < RL_SIZE_CLASSES; size_class++) {
    const Block *previous = NULL;
    for (const Block *block = heap->available[size_class]; block != NULL; block = block->next_available) {
      if (block->size_class != size_class || !block->is_available || block->previous_available != previous)
        return false;
      previous = block;
    }
  }
  const LargeObject *previous = NULL;
  for (const LargeObject *large = heap->large; large != NULL; large = large->next) {
    const Object *object = (const Object *)(large + 1);
    if (large->previous != previous || object->cell != 0) return false;
    if (object->type < TAG_FIRST_COLLECTABLE || object->type > TAG_UPVALUE) return false;
    previous = large;
  }
  return true;
}

bool rl_heap_is_valid(const Global *global) {
  size_t idle = 0;
  for (const Block *block = global->heap.blocks; block != NULL; block = block->next)
    if (!block_is_valid(global, block, &idle)) return false;
  for (const Block *block = global->heap.spare; block != NULL; block = block->next) idle += block->bytes;
  return idle == global->account.idle_bytes && lists_are_valid(&global->heap);
}

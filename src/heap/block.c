/* Blocks come and go, cursors hand out their cells; objects with an allocation of their own. block_parts.h draws a
 * block.
 *
 * Making an object: each class has a cursor, which owns the free cells that begin in one bitmap word. They are marked
 * as used in the bitmap, and counted as used, when the cursor takes the word: so an object costs one
 * count-trailing-zeros and no memory besides the cursor's. When the word is exhausted the next one with a free cell is
 * looked for: in the block, in the class's available blocks, in those that the sweep has not reached (which are swept
 * for it), and at last a new block is made. Before anybody walks the heap the cursors give back what they have not used
 * (`rl_heap_flush`), so that a set bit means an object.
 *
 * A block is in one of these states: owned by its class's cursor; available (in the class's list, some cell is free);
 * full; not swept yet; spare (empty, in no class, and fit to become a block of any class). A block that is made while a
 * sweep is under way is put in front of its list, where the sweep does not come any more.
 *
 * Sizes: a new block has half the bytes that the class has already (a quarter in a small class), between FIRST_BLOCK
 * and LAST_BLOCK, so at most a third of a growing class is empty. Of most sizes a small program has an object or two,
 * if any: there the first block has room for no more, so that a fresh state pays for what it uses. */
#include "heap/block.h"

#include "heap/account.h"
#include "heap/block_parts.h"
#include "heap/colour.h"
#include "raise/raise.h"

#define FIRST_BLOCK 512u
#define LAST_BLOCK  (32u * 1024 - 16) /* with malloc's own header it fills pages */
#define SMALL_CLASS 8192u             /* bytes of all blocks of a class that grows in smaller steps */
#define SPARE_LOOKS 8                 /* spare blocks that are tried for a class */
#define FIRST_FIXED 64
#define SWEEP_LOOKS 4 /* blocks that are swept for one refill */

_Static_assert(LAST_BLOCK / RL_GRANULE <= UINT16_MAX, "Object.cell reaches the end of a block");

/* ---- geometry ---- */

static size_t header_bytes(size_t block_bytes) {
  size_t words = (block_bytes / RL_GRANULE + 63) / 64;
  size_t bytes = sizeof(Block) + words * sizeof(BlockWord);
  return (bytes + RL_GRANULE - 1) / RL_GRANULE * RL_GRANULE;
}

/* Bits of all granules that are multiples of `step`. */
static uint64_t every(unsigned step) {
  uint64_t bits = 1;
  for (unsigned reach = step; reach < 64; reach *= 2) bits |= bits << reach;
  return bits;
}

uint64_t rl_block_cells(const Block *block, uint32_t word) {
  uint32_t start = word * 64, step = block->size_class + 1u;
  uint32_t skip;
  if (start <= block->first) {
    skip = block->first - start;
    if (skip >= 64) return 0;
  } else {
    skip = (start - block->first) % step;
    if (skip != 0) skip = step - skip;
  }
  if (start >= block->end) return 0;
  uint64_t bits = every(step) << skip;
  uint32_t left = block->end - start;
  return left < 64 ? bits & ((UINT64_C(1) << left) - 1) : bits;
}

/* Short names, upvalues, closures, empty tables. */
static bool is_common(unsigned size_class) {
  return size_class == 1 || size_class == 2;
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

void rl_block_make_available(Heap *heap, Block *block) {
  Block **list = &heap->available[block->size_class];
  if (block->is_available) return;
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

void rl_block_retire(Heap *heap, Block *block) {
  make_unavailable(heap, block);
  unlink_block(&heap->blocks[block->size_class], block);
  heap->class_granules[block->size_class] -= block->bytes / RL_GRANULE;
  link_block(&heap->spare, block);
}

/* ---- blocks come and go ---- */

static void format_block(Heap *heap, Block *block, size_t bytes, unsigned size_class) {
  size_t header = header_bytes(bytes);
  uint32_t cells = (uint32_t)((bytes - header) / cell_bytes(size_class));
  unpoison(block, header);
  *block = (Block){.bytes = (uint32_t)bytes, .size_class = (uint8_t)size_class};
  block->first = (uint16_t)(header / RL_GRANULE);
  block->end = (uint16_t)(block->first + cells * (size_class + 1));
  block->word_count = (uint16_t)((block->end + 63u) / 64);
  for (uint32_t word = 0; word < block->word_count; word++) block->words[word] = (BlockWord){0};
  poison((char *)block + header, bytes - header);
  heap->class_granules[size_class] += (uint32_t)(bytes / RL_GRANULE);
  link_block(&heap->blocks[size_class], block);
  rl_block_make_available(heap, block);
}

static size_t block_of_cells(unsigned size_class, uint32_t cells) {
  return header_bytes(cells * RL_LARGEST_CELL) + cells * cell_bytes(size_class);
}

static size_t smallest_block(unsigned size_class) {
  size_t bytes = block_of_cells(size_class, 4);
  return bytes < FIRST_BLOCK ? FIRST_BLOCK : bytes;
}

static size_t wanted_block(const Heap *heap, unsigned size_class) {
  size_t there = (size_t)heap->class_granules[size_class] * RL_GRANULE;
  if (there == 0 && !is_common(size_class)) return block_of_cells(size_class, cell_bytes(size_class) > 96 ? 1 : 2);
  size_t bytes = there / (there < SMALL_CLASS ? 4 : 2) / RL_GRANULE * RL_GRANULE;
  if (bytes > LAST_BLOCK) return LAST_BLOCK;
  size_t smallest = smallest_block(size_class);
  return bytes < smallest ? smallest : bytes;
}

static bool reuse_spare(Heap *heap, unsigned size_class) {
  Block *block = heap->spare;
  for (int looks = 0; block != NULL && looks < SPARE_LOOKS; looks++, block = block->next) {
    if (block->bytes < smallest_block(size_class)) continue;
    unlink_block(&heap->spare, block);
    format_block(heap, block, block->bytes, size_class);
    return true;
  }
  return false;
}

static bool add_block(Global *global, unsigned size_class, size_t bytes) {
  if (reuse_spare(&global->heap, size_class)) return true;
  Block *block = rl_memory_take_block(global, bytes);
  if (block == NULL) return false;
  format_block(&global->heap, block, bytes, size_class);
  return true;
}

static void return_block(Global *global, Block *block) {
  size_t bytes = block->bytes;
  unpoison(block, bytes);
  rl_memory_return_block(global, block, bytes);
}

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
  Heap *heap = &global->heap;
  while (heap->large != NULL) rl_large_free(global, heap->large);
  for (unsigned size_class = 0; size_class < RL_SIZE_CLASSES; size_class++)
    return_all(global, heap->blocks[size_class]);
  return_all(global, heap->spare);
  *heap = (Heap){0};
}

/* ---- the cursors ---- */

/* The next word of the cursor's block with a free cell. */
static bool take_word(Global *global, HeapCursor *cursor, unsigned size_class) {
  Block *block = cursor->block;
  if (block == NULL) return false;
  while (cursor->next_word < block->word_count) {
    uint32_t word = cursor->next_word++;
    uint64_t free = ~block->words[word].used & rl_block_cells(block, word);
    if (free == 0) continue;
    block->words[word].used |= free;
    cursor->free = free;
    cursor->first = (uint16_t)(word * 64);
    size_t bytes = (size_t)__builtin_popcountll(free) * cell_bytes(size_class);
    global->account.idle_bytes -= bytes;
    global->account.debt += (ptrdiff_t)bytes;
    return true;
  }
  block->types |= cursor->types;
  cursor->types = 0;
  return false;
}

static void own_block(Heap *heap, HeapCursor *cursor, Block *block) {
  make_unavailable(heap, block);
  cursor->block = block;
  cursor->next_word = 0;
  if (!heap->tracks_young || block->is_young) return;
  block->is_young = 1;
  block->next_young = heap->young;
  heap->young = block;
}

static bool find_cells(Global *global, unsigned size_class) {
  Heap *heap = &global->heap;
  HeapCursor *cursor = &heap->cursors[size_class];
  int looks = 0;
  while (!take_word(global, cursor, size_class)) {
    cursor->block = NULL;
    if (heap->available[size_class] != NULL)
      own_block(heap, cursor, heap->available[size_class]);
    else if (looks++ >= SWEEP_LOOKS || !rl_heap_sweep_class(global, size_class))
      return false;
  }
  return true;
}

void rl_heap_count_freed(Global *global, unsigned size_class, uint64_t cells) {
  size_t bytes = (size_t)__builtin_popcountll(cells) * cell_bytes(size_class);
  global->account.idle_bytes += bytes;
  global->account.debt -= (ptrdiff_t)bytes;
}

/* The cursor goes on with the same word. */
static void flush_cursor(Global *global, HeapCursor *cursor, unsigned size_class) {
  Block *block = cursor->block;
  if (block == NULL) return;
  block->types |= cursor->types;
  cursor->types = 0;
  if (cursor->free == 0) return;
  block->words[--cursor->next_word].used &= ~cursor->free;
  rl_heap_count_freed(global, size_class, cursor->free);
  cursor->free = 0;
}

void rl_heap_flush(Global *global, bool leaves) {
  Heap *heap = &global->heap;
  for (unsigned size_class = 0; size_class < RL_SIZE_CLASSES; size_class++) {
    HeapCursor *cursor = &heap->cursors[size_class];
    flush_cursor(global, cursor, size_class);
    if (leaves) cursor->block = NULL;
  }
}

/* After an emergency collection there may be free cells, or memory for the smallest block. */
__attribute__((noinline, cold)) static void refill_from_new_block(State *L, unsigned size_class) {
  Global *global = L->global;
  if (!add_block(global, size_class, wanted_block(&global->heap, size_class))) {
    if (rl_memory_collect(L) && find_cells(global, size_class)) return;
    if (!add_block(global, size_class, smallest_block(size_class))) rl_raise_memory(L);
  }
  find_cells(global, size_class);
}

__attribute__((noinline)) void rl_heap_refill(State *L, unsigned size_class) {
  if (!find_cells(L->global, size_class)) refill_from_new_block(L, size_class);
}

/* ---- objects with an allocation of their own ---- */

__attribute__((noinline)) void *rl_heap_new_large(State *L, ValueTag type, size_t size) {
  Global *global = L->global;
  if (size > (size_t)PTRDIFF_MAX - sizeof(LargeObject)) rl_raise(L, ERROR_BLOCK_TOO_BIG);
  size_t bytes = sizeof(LargeObject) + size;
  LargeObject *large = rl_memory_take_object(global, rl_value_types[type], bytes);
  if (large == NULL && rl_memory_collect(L)) large = rl_memory_take_object(global, rl_value_types[type], bytes);
  if (large == NULL) rl_raise_memory(L);
  *large = (LargeObject){.bytes = bytes, .next = global->heap.large};
  if (large->next != NULL) large->next->previous = large;
  global->heap.large = large;
  Object *object = (Object *)(large + 1);
  *object = (Object){.type = (uint8_t)type, .mark = global->collector.current_white};
  return object;
}

void rl_large_free(Global *global, LargeObject *large) {
  if (large->previous != NULL)
    large->previous->next = large->next;
  else
    global->heap.large = large->next;
  if (large->next != NULL) large->next->previous = large->previous;
  rl_memory_free(global, large, large->bytes);
}

size_t rl_heap_use_whole(Object *object) {
  size_t bytes = rl_heap_object_bytes(object);
  unpoison(object, bytes);
  return bytes;
}

size_t rl_heap_object_bytes(const Object *object) {
  return object->cell == 0 ? large_of(object)->bytes : cell_bytes(block_of(object)->size_class);
}

bool rl_heap_is_old(const Object *object) {
  return object->cell == 0 ? large_of(object)->is_old != 0 : (word_of(object)->old & bit_of(object)) != 0;
}

void rl_heap_note_owner(const Object *object) {
  if (object->cell != 0) block_of(object)->types |= TYPES_OWNER;
}

/* The list is marked at the begin of each cycle; what is fixed later must be marked now. */
bool rl_heap_fix(State *L, Object *object) {
  Global *global = L->global;
  Collector *collector = &global->collector;
  ObjectList *fixed = &collector->fixed;
  if ((object->mark & MARK_FIXED) != 0) return true;
  if (fixed->count == fixed->capacity) {
    size_t capacity = fixed->capacity == 0 ? FIRST_FIXED : fixed->capacity * 2;
    void *items =
      rl_memory_try_resize(L, fixed->items, fixed->capacity * sizeof(Object *), capacity * sizeof(Object *));
    if (items == NULL) return false;
    fixed->items = items;
    fixed->capacity = capacity;
  }
  fixed->items[fixed->count++] = object;
  object->mark |= MARK_FIXED;
  bool is_late = collector->phase == PHASE_PROPAGATE || collector->generational;
  if (is_late && object_is_white(global, object)) global->hooks->mark_forward(L, object, object);
  return true;
}

/* Walking over all objects, measuring and checking the blocks. */
#include "heap/account.h"
#include "heap/block.h"
#include "heap/block_parts.h"
#include "heap/colour.h"

/* ---- walking ---- */

static bool walks_large(const HeapWalk *walk) {
  return walk->next_class > RL_SIZE_CLASSES;
}

/* Goes to the next block, or to the large objects. */
static void next_block(const Heap *heap, HeapWalk *walk) {
  walk->word = 0;
  if (walk->block != NULL) walk->block = walk->block->next;
  while (walk->block == NULL && walk->next_class < RL_SIZE_CLASSES) walk->block = heap->blocks[walk->next_class++];
  if (walk->block == NULL) walk->next_class = RL_SIZE_CLASSES + 1;
}

void rl_heap_walk_begin(Global *global, HeapWalk *walk) {
  *walk = (HeapWalk){.large = global->heap.large};
  next_block(&global->heap, walk);
}

static size_t walk_word(Global *global, Block *block, uint32_t word, HeapVisit *visit, void *data) {
  uint64_t used = block->words[word].used;
  for (uint64_t left = used; left != 0; left &= left - 1)
    visit(global, object_at(block, word * 64 + (uint32_t)__builtin_ctzll(left)), data);
  return (size_t)__builtin_popcountll(used);
}

bool rl_heap_walk(Global *global, HeapWalk *walk, size_t limit, HeapVisit *visit, void *data) {
  size_t met = 0;
  rl_heap_flush(global, false);
  while (!walks_large(walk)) {
    if (met >= limit) return true;
    if (walk->word == walk->block->word_count) {
      next_block(&global->heap, walk);
      met++;
    } else {
      met += walk_word(global, walk->block, walk->word++, visit, data);
    }
  }
  while (walk->large != NULL) {
    if (met++ >= limit) return true;
    LargeObject *large = walk->large;
    walk->large = large->next;
    visit(global, (Object *)(large + 1), data);
  }
  return false;
}

void rl_heap_walk_all(Global *global, HeapVisit *visit, void *data) {
  HeapWalk walk;
  rl_heap_walk_begin(global, &walk);
  rl_heap_walk(global, &walk, SIZE_MAX, visit, data);
}

/* ---- measuring ---- */

void rl_heap_class_use(Global *global, unsigned size_class, HeapClassUse *use) {
  rl_heap_flush(global, false);
  *use = (HeapClassUse){.cell_bytes = cell_bytes(size_class)};
  for (const Block *block = global->heap.blocks[size_class]; block != NULL; block = block->next) {
    use->blocks++;
    use->block_bytes += block->bytes;
    use->cells += (block->end - block->first) / (size_class + 1u);
    for (uint32_t word = 0; word < block->word_count; word++)
      use->used += (size_t)__builtin_popcountll(block->words[word].used);
  }
}

/* ---- checking ---- */

/* Cells of a word that hold objects: used, and not merely owned by the cursor. */
static uint64_t object_bits(const Heap *heap, const Block *block, uint32_t word) {
  const HeapCursor *cursor = &heap->cursors[block->size_class];
  if (cursor->free == 0 || cursor->block != block || cursor->next_word != word + 1) return block->words[word].used;
  return block->words[word].used & ~cursor->free;
}

static bool type_is_known(const Object *object) {
  return object->type >= TAG_FIRST_COLLECTABLE && object->type <= TAG_UPVALUE;
}

static bool is_unswept(const Heap *heap, const Block *block) {
  for (const Block *unswept = heap->unswept[block->size_class]; unswept != NULL; unswept = unswept->next)
    if (unswept == block) return true;
  return false;
}

/* A mark says that the object is not white; after the sweep of a whole cycle there are none. */
static const char *object_fault(const Global *global, const Object *object, bool is_marked, bool is_old) {
  if (!type_is_known(object)) return "a cell in use holds no object";
  if (is_old && !is_marked) return "an old object has no mark";
  if (global->collector.dead != 0) return NULL;
  if (is_marked == object_is_white(global, object)) return "an object's colour and its mark differ";
  if (is_old && !global->heap.tracks_young) return "an object is old outside of the generational mode";
  return NULL;
}

static const char *word_fault(const Global *global, Block *block, uint32_t index) {
  const BlockWord *word = &block->words[index];
  uint64_t objects = object_bits(&global->heap, block, index);
  if ((word->used & ~rl_block_cells(block, index)) != 0) return "a bitmap has bits between cells";
  if ((word->marks & ~objects) != 0 || (word->old & ~objects) != 0) return "a cell without object is marked";
  for (uint64_t left = objects; left != 0; left &= left - 1) {
    uint64_t bit = left & -left;
    uint32_t granule = index * 64 + (uint32_t)__builtin_ctzll(left);
    const Object *object = object_at(block, granule);
    if (object->cell != granule) return "an object does not know its cell";
    uint32_t types = block->types | global->heap.cursors[block->size_class].types;
    if (type_is_known(object) && (types >> object->type & 1) == 0) return "a block does not know a type inside";
    const char *fault = object_fault(global, object, (word->marks & bit) != 0, (word->old & bit) != 0);
    if (fault != NULL) return fault;
    if ((word->old & bit) == 0 && global->heap.tracks_young && !block->is_young)
      return "a young object in an old block";
  }
  return NULL;
}

static const char *block_fault(const Global *global, Block *block, size_t *idle) {
  const Heap *heap = &global->heap;
  bool has_free = false;
  *idle += block->bytes;
  if (block->end * (size_t)RL_GRANULE > block->bytes) return "a block's cells lie outside of it";
  for (uint32_t word = 0; word < block->word_count; word++) {
    const char *fault = word_fault(global, block, word);
    if (fault != NULL) return fault;
    if (block->words[word].used != rl_block_cells(block, word)) has_free = true;
    *idle -= (size_t)__builtin_popcountll(block->words[word].used) * cell_bytes(block->size_class);
  }
  if (heap->cursors[block->size_class].block == block)
    return block->is_available ? "a block belongs to a cursor and is available" : NULL;
  if (is_unswept(heap, block)) return NULL;
  return has_free && !block->is_available ? "a block with free cells is not available" : NULL;
}

static const char *list_fault(const Heap *heap, unsigned size_class) {
  const Block *previous = NULL;
  for (const Block *block = heap->available[size_class]; block != NULL; block = block->next_available) {
    if (block->size_class != size_class || !block->is_available || block->previous_available != previous)
      return "a list of available blocks is damaged";
    previous = block;
  }
  return NULL;
}

static const char *large_fault(const Global *global) {
  const LargeObject *previous = NULL;
  bool is_behind = false;
  for (const LargeObject *large = global->heap.large; large != NULL; large = large->next) {
    const Object *object = (const Object *)(large + 1);
    if (large->previous != previous || object->cell != 0) return "the list of large objects is damaged";
    if (large == global->heap.large_old) is_behind = true;
    if (is_behind && !large->is_old) return "a young large object behind the old ones";
    const char *fault = object_fault(global, object, large->is_marked != 0, large->is_old != 0);
    if (fault != NULL) return fault;
    previous = large;
  }
  return NULL;
}

const char *rl_heap_fault(const Global *global) {
  const Heap *heap = &global->heap;
  size_t idle = 0;
  const char *fault = large_fault(global);
  for (unsigned size_class = 0; size_class < RL_SIZE_CLASSES && fault == NULL; size_class++) {
    for (Block *block = heap->blocks[size_class]; block != NULL && fault == NULL; block = block->next)
      fault = block_fault(global, block, &idle);
    if (fault == NULL) fault = list_fault(heap, size_class);
  }
  for (const Block *block = heap->spare; block != NULL; block = block->next) idle += block->bytes;
  if (fault == NULL && idle != global->account.idle_bytes) fault = "the account of idle bytes is wrong";
  return fault;
}

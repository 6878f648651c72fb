/* Sweeping: bitmaps decide. A cell that is used and not marked is dead; the living are not looked at.
 *
 * The sweep after a whole cycle goes on in three ways at once: in steps, class by class; ahead of them when a class
 * needs cells; and wholly when somebody cannot wait. What is left to do is one block pointer a class, so they share it.
 *
 * The sweep of a minor collection is done at once, and only for the blocks that were allocated from lately. */
#include "heap/block.h"
#include "heap/block_parts.h"
#include "heap/colour.h"

/* Objects of these types own memory, or are known to somebody who does not keep them alive. Blocks without any of them
 * are swept by operations on bitmaps alone. */
#define OWNING_TYPES (TYPES_OWNER | 1u << TAG_SHORT_STRING | 1u << TAG_THREAD | 1u << TAG_PROTOTYPE | 1u << TAG_UPVALUE)

/* ---- freeing ---- */

static void free_cells(Global *global, Block *block, uint32_t word, uint64_t dead) {
  Object *objects[64];
  uint32_t count = 0;
  for (uint64_t left = dead; left != 0; left &= left - 1)
    objects[count++] = object_at(block, word * 64 + (uint32_t)__builtin_ctzll(left));
  if ((block->types & OWNING_TYPES) != 0) global->hooks->release_objects(global, objects, count);
#ifdef RL_CELL_POISON
  for (uint32_t i = 0; i < count; i++) poison(objects[i], cell_bytes(block->size_class));
#endif
  block->words[word].used &= ~dead;
  rl_heap_count_freed(global, block->size_class, dead);
}

static void free_large(Global *global, LargeObject *large) {
  Object *object = (Object *)(large + 1);
  global->hooks->release_objects(global, &object, 1);
  rl_large_free(global, large);
}

/* Puts a swept block into the right list. */
static void settle(Heap *heap, Block *block) {
  bool is_empty = true, is_full = true;
  for (uint32_t word = 0; word < block->word_count; word++) {
    uint64_t used = block->words[word].used;
    if (used != 0) is_empty = false;
    if (used != rl_block_cells(block, word)) is_full = false;
  }
  if (is_empty)
    rl_block_retire(heap, block);
  else if (!is_full)
    rl_block_make_available(heap, block);
}

static size_t bytes_in_use(const Global *global) {
  return global->account.total_bytes - global->account.idle_bytes;
}

/* ---- after a whole cycle ---- */

void rl_heap_sweep_begin(Global *global, bool keeps_marks) {
  Heap *heap = &global->heap;
  rl_heap_flush(global, true);
  for (unsigned size_class = 0; size_class < RL_SIZE_CLASSES; size_class++) {
    heap->unswept[size_class] = heap->blocks[size_class];
    heap->available[size_class] = NULL;
  }
  heap->large_unswept = heap->large;
  heap->sweep_class = 0;
  heap->swept_bytes = 0;
  heap->keeps_marks = keeps_marks;
}

/* Returns the work done. */
static size_t sweep_block(Global *global, Block *block) {
  bool keeps_marks = global->heap.keeps_marks != 0;
  size_t dead_count = 0;
  block->is_available = 0;
  for (uint32_t i = 0; i < block->word_count; i++) {
    BlockWord *word = &block->words[i];
    uint64_t dead = word->used & ~word->marks;
    word->old = keeps_marks ? word->marks : 0;
    if (!keeps_marks) word->marks = 0;
    if (dead == 0) continue;
    free_cells(global, block, i, dead);
    dead_count += (size_t)__builtin_popcountll(dead);
  }
  size_t work = block->word_count + dead_count;
  settle(&global->heap, block);
  return work;
}

static size_t sweep_next(Global *global, unsigned size_class) {
  Heap *heap = &global->heap;
  Block *block = heap->unswept[size_class];
  size_t before = bytes_in_use(global);
  heap->unswept[size_class] = block->next;
  if (block->next != NULL) __builtin_prefetch(block->next);
  size_t work = sweep_block(global, block);
  heap->swept_bytes += before - bytes_in_use(global);
  return work;
}

bool rl_heap_sweep_class(Global *global, unsigned size_class) {
  if (global->heap.unswept[size_class] == NULL || global->heap.sweep_waits) return false;
  sweep_next(global, size_class);
  return true;
}

static void sweep_large(Global *global) {
  Heap *heap = &global->heap;
  LargeObject *large = heap->large_unswept;
  size_t before = bytes_in_use(global);
  heap->large_unswept = large->next;
  large->is_old = heap->keeps_marks;
  if (large->is_marked)
    large->is_marked = heap->keeps_marks;
  else
    free_large(global, large);
  heap->swept_bytes += before - bytes_in_use(global);
}

bool rl_heap_sweep(Global *global, size_t limit) {
  Heap *heap = &global->heap;
  size_t work = 0;
  for (; heap->sweep_class < RL_SIZE_CLASSES; heap->sweep_class++) {
    while (heap->unswept[heap->sweep_class] != NULL) {
      if (work >= limit) return true;
      work += sweep_next(global, heap->sweep_class);
    }
  }
  for (; heap->large_unswept != NULL; work++) {
    if (work >= limit) return true;
    sweep_large(global);
  }
  return false;
}

/* Its block has not been swept: otherwise it would be gone. */
void rl_heap_revive(Global *global, Object *object) {
  object->mark = (uint8_t)((object->mark & ~MARK_COLOURS) | collector_white(global));
  heap_mark(object);
}

/* ---- without a sweep ---- */

static void visit_cells(Global *global, Block *block, uint32_t word, uint64_t cells, HeapVisit *visit) {
  for (; cells != 0; cells &= cells - 1)
    visit(global, object_at(block, word * 64 + (uint32_t)__builtin_ctzll(cells)), NULL);
}

void rl_heap_unmark(Global *global, HeapVisit *visit) {
  Heap *heap = &global->heap;
  for (unsigned size_class = 0; size_class < RL_SIZE_CLASSES; size_class++) {
    for (Block *block = heap->blocks[size_class]; block != NULL; block = block->next) {
      for (uint32_t word = 0; word < block->word_count; word++) {
        visit_cells(global, block, word, block->words[word].marks, visit);
        block->words[word].marks = 0;
      }
    }
  }
  for (LargeObject *large = heap->large; large != NULL; large = large->next) {
    if (large->is_marked) visit(global, (Object *)(large + 1), NULL);
    large->is_marked = 0;
  }
}

static void forget_marks(Global *global, Object *object, void *data) {
  (void)global, (void)object, (void)data;
}

void rl_heap_release_all(Global *global) {
  global->heap.tracks_young = 0;
  rl_heap_unmark(global, forget_marks);
  rl_heap_sweep_begin(global, false);
  rl_heap_sweep(global, SIZE_MAX);
}

/* ---- young objects ---- */

/* True when some object of the block is young still. */
static bool sweep_young_block(Global *global, Block *block, HeapSurvivor *survivor) {
  bool has_young = false;
  for (uint32_t i = 0; i < block->word_count; i++) {
    BlockWord *word = &block->words[i];
    uint64_t dead = word->used & ~word->marks;
    for (uint64_t left = word->marks & ~word->old; left != 0; left &= left - 1) {
      uint64_t bit = left & -left;
      if (survivor(global, object_at(block, i * 64 + (uint32_t)__builtin_ctzll(left)))) {
        word->old |= bit;
      } else {
        word->marks &= ~bit;
        has_young = true;
      }
    }
    if (dead != 0) free_cells(global, block, i, dead);
  }
  return has_young;
}

static void sweep_young_large(Global *global, HeapSurvivor *survivor) {
  Heap *heap = &global->heap;
  for (LargeObject *large = heap->large, *next; large != heap->large_old; large = next) {
    next = large->next;
    if (large->is_old) continue;
    if (large->is_marked)
      large->is_old = large->is_marked = survivor(global, (Object *)(large + 1));
    else
      free_large(global, large);
  }
  LargeObject *behind_last_young = heap->large;
  for (LargeObject *large = heap->large; large != heap->large_old; large = large->next)
    if (!large->is_old) behind_last_young = large->next;
  heap->large_old = behind_last_young;
}

void rl_heap_sweep_young(Global *global, HeapSurvivor *survivor) {
  Heap *heap = &global->heap;
  rl_heap_flush(global, true);
  Block *block = heap->young;
  heap->young = NULL;
  for (Block *next; block != NULL; block = next) {
    next = block->next_young;
    if (next != NULL) __builtin_prefetch(next);
    block->is_young = sweep_young_block(global, block, survivor);
    if (block->is_young) {
      block->next_young = heap->young;
      heap->young = block;
    }
    settle(heap, block);
  }
  sweep_young_large(global, survivor);
}

void rl_heap_track_young(Global *global) {
  Heap *heap = &global->heap;
  heap->tracks_young = 1;
  heap->young = NULL;
  heap->large_old = heap->large;
}

void rl_heap_forget_young(Global *global, HeapVisit *visit) {
  Heap *heap = &global->heap;
  rl_heap_flush(global, false);
  for (unsigned size_class = 0; size_class < RL_SIZE_CLASSES; size_class++) {
    for (Block *block = heap->blocks[size_class]; block != NULL; block = block->next) {
      block->is_young = 0;
      for (uint32_t i = 0; i < block->word_count; i++) {
        BlockWord *word = &block->words[i];
        visit_cells(global, block, i, word->used & ~word->old, visit);
        word->marks = word->old = 0;
      }
    }
  }
  for (LargeObject *large = heap->large; large != NULL; large = large->next) {
    if (!large->is_old) visit(global, (Object *)(large + 1), NULL);
    large->is_marked = large->is_old = 0;
  }
  heap->tracks_young = 0;
  heap->young = NULL;
  heap->large_old = NULL;
}

/* Marking the entries of tables without weak references: all that the marker knows of their layout.
 *
 * A small table is marked whole. A large one is marked in slices, between which the program runs. It is black from the
 * beginning, and a store into it marks what is stored (rl_gc_mark_back), so that it does not matter whether the slot
 * has been looked at already. What remains are entries that move from where a slice is still to come to where one has
 * been:
 *
 *   - the parts are made anew: the table's room says so (barrier_moved), and the slices begin again;
 *   - a node moves to a free place because another one claims its own: free places are taken from `free_node` downward,
 *     so the places that have been taken since the last slice are looked at before the next one.
 */
#include "gc/phases.h"
#include "object/table_parts.h"

#define SLICE             1024u       /* slots a portion of work looks at */
#define LARGE             (4 * SLICE) /* tables with more slots are marked in slices */
#define PREFETCH_DISTANCE 8

static size_t entry_count(const Table *table) {
  return (size_t)table->array_capacity + table_node_count(table);
}

static uint32_t free_node(const Table *table) {
  return table_node_header(table)->free;
}

bool rl_mark_is_sliced(const Table *table) {
  return entry_count(table) > LARGE;
}

static void mark_array(Global *global, const Table *table, size_t first, size_t end) {
  for (size_t i = first; i < end; i++) {
    if (i + PREFETCH_DISTANCE < end) __builtin_prefetch(table->array[i + PREFETCH_DISTANCE].pointer);
    mark_payload(global, table->array[i], *table_array_tag(table, i));
  }
}

static void mark_nodes(Global *global, Table *table, size_t first, size_t end) {
  for (size_t i = first; i < end; i++) {
    TableNode *node = &table->nodes[i];
    if (node->value_tag == TAG_NIL) {
      node_bury_key(global, node);
    } else {
      mark_payload(global, node->key, node->key_tag);
      mark_payload(global, node->value, node->value_tag);
    }
  }
}

static void mark_fields(Global *global, const Table *table) {
  for (uint32_t i = 0; i < table_slot_count(table); i++) mark_payload(global, table->slots[i], table->slot_tags[i]);
}

/* Entries: first those of the array part, then the nodes. */
static void mark_entries(Global *global, Table *table, unsigned mode, size_t first, size_t end) {
  size_t in_array = table->array_capacity;
  if (first < in_array && (mode & WEAK_VALUES) == 0) mark_array(global, table, first, end < in_array ? end : in_array);
  if (end <= in_array) return;
  first = first > in_array ? first - in_array : 0;
  end -= in_array;
  if (mode == 0)
    mark_nodes(global, table, first, end);
  else
    rl_weak_mark_nodes(global, table, mode, first, end);
}

bool rl_mark_begin_slices(Global *global, Table *table, unsigned mode) {
  Collector *collector = &global->collector;
  if (collector->sliced != NULL) return false;
  object_set_black(global, &table->header);
  collector->sliced = table;
  collector->sliced_mode = (uint8_t)mode;
  collector->slice_position = 0;
  collector->slice_free_node = free_node(table);
  if ((mode & WEAK_VALUES) == 0) mark_fields(global, table);
  return true;
}

/* One at a time: another one waits, and stays grey. */
size_t rl_mark_strong_table(Global *global, Table *table) {
  Collector *collector = &global->collector;
  size_t count = entry_count(table);
  if (count > LARGE && collector->phase != PHASE_ATOMIC) {
    if (rl_mark_begin_slices(global, table, 0)) return 1;
    if (rl_list_push(global, &collector->large, &table->header)) return 1;
  }
  object_set_black(global, &table->header);
  mark_fields(global, table);
  mark_entries(global, table, 0, 0, count);
  return count + table_slot_count(table);
}

size_t rl_mark_slice(Global *global) {
  Collector *collector = &global->collector;
  Table *table = collector->sliced;
  unsigned mode = collector->sliced_mode;
  size_t count = entry_count(table), first = collector->slice_position;
  size_t end = first + SLICE < count ? first + SLICE : count, moved = 0, in_array = table->array_capacity;
  if (free_node(table) < collector->slice_free_node && table_has_nodes(table)) {
    moved = collector->slice_free_node - free_node(table);
    mark_entries(global, table, mode, in_array + free_node(table), in_array + collector->slice_free_node);
  }
  mark_entries(global, table, mode, first, end);
  collector->slice_position = end;
  collector->slice_free_node = free_node(table);
  if (end == count) collector->sliced = NULL;
  return 1 + end - first + moved;
}

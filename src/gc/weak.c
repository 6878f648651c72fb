/* Weak tables (manual 2.5.4; ephemerons: Hayes 1997).
 *
 * While the program runs, a weak table is traversed only for what it surely holds (keys of a table with weak values,
 * values whose key is marked of one with weak keys) and stays grey. The atomic phase traverses it again, when all
 * strong references have been followed, and puts it on the list of its kind.
 *
 * Then: ephemerons converge (an entry's value is marked when its key is); entries with dead values go; unreachable
 * objects with finalizers are marked, and everything they refer to; ephemerons converge again; entries with dead keys
 * go, and entries with dead values from the tables that the finalizable objects brought in. So a resurrected object has
 * left all weak values before its finalizer runs, but still serves as a key while it does.
 *
 * Strings count as values, not objects: nothing is removed because of a string, it is marked instead.
 *
 * When a list cannot grow, the tables are found by walking the heap: clearing twice does no harm. */
#include <string.h>

#include "gc/phases.h"
#include "heap/block.h"
#include "object/metatable.h"

#define PREFETCH_DISTANCE 8
#define PORTION           1024u /* entries */

static unsigned mode_of(Global *global, const Table *metatable) {
  Value mode;
  if (metatable_lacks(metatable, EVENT_MODE)) return 0;
  rl_metatable_event(global->main_state, (Table *)(uintptr_t)metatable, EVENT_MODE, &mode);
  if (!value_is_string(&mode)) return 0;
  const char *text = string_bytes(value_string(&mode));
  return (strchr(text, 'k') != NULL ? WEAK_KEYS : 0) | (strchr(text, 'v') != NULL ? WEAK_VALUES : 0);
}

unsigned rl_weak_mode(Global *global, const Table *table) {
  return mode_of(global, table->metatable);
}

/* Whoever looks at entries reads the objects' headers: they are fetched ahead. */
static inline void prefetch_node(const TableNode *node) {
  if (tag_is_collectable(node->key_tag)) __builtin_prefetch(node->key.object);
  if (tag_is_collectable(node->value_tag)) __builtin_prefetch(node->value.object);
}

/* True for a reference to an object that nobody has marked. */
static inline bool is_dead(Global *global, Payload payload, uint32_t tag) {
  if (!tag_is_collectable(tag) || !object_is_unreached(global, payload.object)) return false;
  if (tag > TAG_LONG_STRING) return true;
  rl_mark_reach(global, payload.object);
  return false;
}

/* ---- modes ---- */

/* The mode belongs to the metatable, which may change after a table of its was looked at. */
static void note_mode(Collector *collector, const Table *table, unsigned mode) {
  uint8_t count = collector->weak_mode_count;
  for (uint8_t i = 0; i < count && i < RL_WEAK_MODES; i++)
    if (collector->weak_modes[i].metatable == table->metatable) return;
  if (count < RL_WEAK_MODES) collector->weak_modes[count] = (WeakMode){table->metatable, mode};
  if (count <= RL_WEAK_MODES) collector->weak_mode_count++;
}

static bool modes_have_changed(Global *global) {
  Collector *collector = &global->collector;
  if (collector->weak_mode_count > RL_WEAK_MODES) return true;
  for (uint8_t i = 0; i < collector->weak_mode_count; i++)
    if (mode_of(global, collector->weak_modes[i].metatable) != collector->weak_modes[i].mode) return true;
  return false;
}

static void look_again(Global *global, ObjectList *list) {
  for (size_t i = 0; i < list->count; i++) {
    object_set_grey(list->items[i]);
    rl_mark_last(global, list->items[i]);
  }
  list->count = 0;
}

static void make_grey(Global *global, Object *object, void *data) {
  (void)data;
  if (object->type != TAG_TABLE || object_is_unreached(global, object)) return;
  if (((Table *)object)->metatable != NULL) object_set_grey(object);
}

size_t rl_weak_check_modes(Global *global) {
  Collector *collector = &global->collector;
  ObjectList *const lists[] = {&collector->weak_values, &collector->ephemerons, &collector->all_weak};
  size_t work = 0;
  if (!modes_have_changed(global)) return 1;
  for (size_t i = 0; i < sizeof lists / sizeof lists[0]; work += lists[i]->count, i++) look_again(global, lists[i]);
  if (collector->overflow & OVERFLOW_WEAK) {
    rl_heap_walk_all(global, make_grey, NULL);
    collector->overflow |= OVERFLOW_AGAIN;
  }
  return work;
}

/* ---- traversing ---- */

#define LARGE 4096u /* tables with more entries are looked at in slices */

static void put_on_list(Global *global, Table *table, ObjectList *list) {
  object_set_black(global, &table->header);
  if (!rl_list_push(global, list, &table->header)) global->collector.overflow |= OVERFLOW_WEAK;
}

static void mark_keys(Global *global, Table *table, size_t first, size_t end) {
  for (size_t i = first; i < end; i++) {
    TableNode *node = &table->nodes[i];
    if (node->value_tag == TAG_NIL)
      node_bury_key(global, node);
    else
      mark_payload(global, node->key, node->key_tag);
  }
}

/* What became of the entries of an ephemeron table. */
typedef struct EphemeronResult {
  bool has_marked;    /* a value was marked */
  bool has_dead_keys; /* a key is not marked */
} EphemeronResult;

static void follow_node(Global *global, TableNode *node, EphemeronResult *result) {
  if (node->value_tag == TAG_NIL) {
    node_bury_key(global, node);
  } else if (is_dead(global, node->key, node->key_tag)) {
    result->has_dead_keys = true;
    if (global->collector.settles) rl_ephemeron_add_node(global, node);
  } else if (tag_is_collectable(node->value_tag) && object_is_unreached(global, node->value.object)) {
    rl_mark_reach(global, node->value.object);
    result->has_marked = true;
  }
}

/* `downward`: from the last node to the first. Chains of ephemerons inside one table are often in order of insertion or
 * against it, so passes go in alternating directions. */
static EphemeronResult follow_ephemeron(Global *global, Table *table, bool downward) {
  EphemeronResult result = {false, false};
  uint32_t count = table_node_count(table);
  for (uint32_t i = 0; i < count; i++) {
    if (i + PREFETCH_DISTANCE < count)
      prefetch_node(&table->nodes[downward ? count - 1 - i - PREFETCH_DISTANCE : i + PREFETCH_DISTANCE]);
    follow_node(global, &table->nodes[downward ? count - 1 - i : i], &result);
  }
  return result;
}

static void mark_array_and_fields(Global *global, const Table *table) {
  for (uint32_t i = 0; i < table->array_capacity; i++)
    mark_payload(global, table->array[i], *table_array_tag(table, i));
  for (uint32_t i = 0; i < table_slot_count(table); i++) mark_payload(global, table->slots[i], table->slot_tags[i]);
}

static void traverse_whole(Global *global, Table *table, unsigned mode) {
  Collector *collector = &global->collector;
  EphemeronResult result;
  switch (mode) {
    case WEAK_VALUES:
      mark_keys(global, table, 0, table_node_count(table));
      put_on_list(global, table, &collector->weak_values);
      break;
    case WEAK_KEYS:
      mark_array_and_fields(global, table);
      result = follow_ephemeron(global, table, false);
      object_set_black(global, &table->header);
      if (!result.has_dead_keys) break;
      put_on_list(global, table, &collector->ephemerons);
      if (!collector->settles && collector->ephemeron_map.is_used) rl_ephemeron_add(global, table);
      break;
    default: put_on_list(global, table, &collector->all_weak); break;
  }
}

void rl_weak_mark_nodes(Global *global, Table *table, unsigned mode, size_t first, size_t end) {
  EphemeronResult result;
  if (mode == WEAK_VALUES) mark_keys(global, table, first, end);
  if (mode != WEAK_KEYS) return;
  for (size_t i = first; i < end; i++) {
    if (i + PREFETCH_DISTANCE < end) prefetch_node(&table->nodes[i + PREFETCH_DISTANCE]);
    follow_node(global, &table->nodes[i], &result);
  }
}

static ObjectList *list_for(Collector *collector, unsigned mode) {
  if (mode == WEAK_VALUES) return &collector->weak_values;
  return mode == WEAK_KEYS ? &collector->ephemerons : &collector->all_weak;
}

/* Met for the first time it only stays grey: later less is undecided. From then on the program's stores into it keep
 * what they store. */
size_t rl_weak_traverse(Global *global, Table *table, unsigned mode) {
  Collector *collector = &global->collector;
  size_t count = (size_t)table->array_capacity + table_node_count(table);
  if (collector->phase == PHASE_PROPAGATE && !collector->settles) {
    object_set_grey(&table->header);
    rl_mark_again(global, &table->header);
    return 1;
  }
  note_mode(collector, table, mode);
  if (count > LARGE && collector->phase != PHASE_ATOMIC) {
    if (rl_mark_begin_slices(global, table, mode)) {
      put_on_list(global, table, list_for(collector, mode));
      return 1;
    }
    if (rl_list_push(global, &collector->large, &table->header)) return 1;
  }
  traverse_whole(global, table, mode);
  return count;
}

/* ---- doing something with all tables of a kind ---- */

typedef size_t TableAction(Global *global, Table *table, void *data);

typedef struct TableSearch {
  unsigned mode; /* tables that have these bits */
  unsigned lacks;
  TableAction *action;
  void *data;
  size_t work;
} TableSearch;

static void act_on_weak_table(Global *global, Object *object, void *data) {
  TableSearch *search = data;
  search->work++;
  if (object->type != TAG_TABLE || object_is_unreached(global, object)) return;
  unsigned mode = rl_weak_mode(global, (Table *)object);
  if ((mode & search->mode) == search->mode && (mode & search->lacks) == 0)
    search->work += search->action(global, (Table *)object, search->data);
}

static size_t act_on_all(Global *global, unsigned mode, unsigned lacks, TableAction *action, void *data) {
  TableSearch search = {mode, lacks, action, data, 0};
  rl_heap_walk_all(global, act_on_weak_table, &search);
  return search.work;
}

/* The list may grow while its tables are worked on; the new ones are included. */
static size_t act_on_list(Global *global, const ObjectList *list, size_t first, TableAction *action, void *data) {
  size_t work = 0;
  for (size_t i = first; i < list->count; i++) work += action(global, (Table *)list->items[i], data);
  return work;
}

static bool is_incomplete(const Global *global) {
  return (global->collector.overflow & OVERFLOW_WEAK) != 0;
}

/* ---- ephemerons ---- */

#define FEW_ROUNDS 2

typedef struct Convergence {
  bool downward;
  bool has_marked;
} Convergence;

static size_t converge_table(Global *global, Table *table, void *data) {
  Convergence *convergence = data;
  if (!follow_ephemeron(global, table, convergence->downward).has_marked) return 1 + table_node_count(table);
  convergence->has_marked = true;
  return 1 + table_node_count(table) + rl_mark_drain_overflow(global);
}

/* Every round but the last marks an object, so it ends. Mostly two are enough; when not, each entry waits for its key.
 * What has been looked at while everything settled waits already. */
size_t rl_weak_converge(Global *global) {
  const Collector *collector = &global->collector;
  Convergence convergence = {false, true};
  size_t work = rl_mark_drain_overflow(global);
  if (collector->settles && !collector->ephemeron_map.is_incomplete && !is_incomplete(global)) return work;
  for (int round = 0; convergence.has_marked; round++) {
    bool may_wait = !is_incomplete(global) && !collector->settles;
    if (round == FEW_ROUNDS && may_wait && rl_ephemeron_converge(global, &work)) return work;
    convergence.has_marked = false;
    convergence.downward = !convergence.downward;
    if (is_incomplete(global))
      work += act_on_all(global, WEAK_KEYS, WEAK_VALUES, converge_table, &convergence);
    else
      work += act_on_list(global, &global->collector.ephemerons, 0, converge_table, &convergence);
  }
  return work;
}

/* ---- clearing ---- */

static void clear_array_and_fields(Global *global, Table *table) {
  uint32_t capacity = table->array_capacity;
  for (uint32_t i = 0; i < capacity; i++) {
    uint8_t *tag = table_array_tag(table, i);
    if (i + PREFETCH_DISTANCE < capacity && tag_is_collectable(*table_array_tag(table, i + PREFETCH_DISTANCE)))
      __builtin_prefetch(table->array[i + PREFETCH_DISTANCE].object);
    if (is_dead(global, table->array[i], *tag)) *tag = TAG_NIL;
  }
  for (uint32_t i = 0; i < table_slot_count(table); i++)
    if (is_dead(global, table->slots[i], table->slot_tags[i])) table->slot_tags[i] = TAG_NIL;
}

/* `which`: WEAK_KEYS, WEAK_VALUES: what of an entry has to be alive. */
static size_t clear_nodes(Global *global, Table *table, unsigned which, size_t first, size_t end) {
  for (size_t i = first; i < end; i++) {
    TableNode *node = &table->nodes[i];
    if (i + PREFETCH_DISTANCE < end) prefetch_node(&table->nodes[i + PREFETCH_DISTANCE]);
    if (node->value_tag != TAG_NIL && (((which & WEAK_VALUES) && is_dead(global, node->value, node->value_tag)) ||
                                       ((which & WEAK_KEYS) && is_dead(global, node->key, node->key_tag))))
      node->value_tag = TAG_NIL;
    if (node->value_tag == TAG_NIL) node_bury_key(global, node);
  }
  return end - first;
}

static size_t clear_values(Global *global, Table *table, void *data) {
  (void)data;
  clear_array_and_fields(global, table);
  return 1 + table->array_capacity + clear_nodes(global, table, WEAK_VALUES, 0, table_node_count(table));
}

static size_t clear_keys(Global *global, Table *table, void *data) {
  (void)data;
  return 1 + clear_nodes(global, table, WEAK_KEYS, 0, table_node_count(table));
}

size_t rl_weak_clear_values(Global *global) {
  Collector *collector = &global->collector;
  if (is_incomplete(global)) return act_on_all(global, WEAK_VALUES, 0, clear_values, NULL);
  size_t work = act_on_list(global, &collector->weak_values, collector->cleared_values[0], clear_values, NULL) +
                act_on_list(global, &collector->all_weak, collector->cleared_values[1], clear_values, NULL);
  collector->cleared_values[0] = collector->weak_values.count;
  collector->cleared_values[1] = collector->all_weak.count;
  return work;
}

size_t rl_weak_clear_keys(Global *global) {
  if (is_incomplete(global)) return act_on_all(global, WEAK_KEYS, 0, clear_keys, NULL);
  return act_on_list(global, &global->collector.ephemerons, 0, clear_keys, NULL) +
         act_on_list(global, &global->collector.all_weak, 0, clear_keys, NULL);
}

/* ---- clearing in portions ---- */

/* The table that is number `clear_table` of all that are to be cleared, and of what. */
static Table *table_to_clear(const Collector *collector, unsigned *which) {
  size_t index = collector->clear_table;
  *which = WEAK_KEYS;
  if (index < collector->ephemerons.count) return (Table *)collector->ephemerons.items[index];
  index -= collector->ephemerons.count;
  if (index < collector->all_weak.count) {
    if (index >= collector->cleared_values[1]) *which = WEAK_KEYS | WEAK_VALUES;
    return (Table *)collector->all_weak.items[index];
  }
  index += collector->cleared_values[0] - collector->all_weak.count;
  *which = WEAK_VALUES;
  return index < collector->weak_values.count ? (Table *)collector->weak_values.items[index] : NULL;
}

static uint32_t free_node(const Table *table) {
  return table_has_nodes(table) ? table_node_header(table)->free : 0;
}

/* Entries of a table that the program changes meanwhile move as they do while it is marked (mark_table.c). */
size_t rl_weak_clear_some(Global *global) {
  Collector *collector = &global->collector;
  unsigned which;
  Table *table = table_to_clear(collector, &which);
  if (table == NULL) return 0;
  size_t work = 1;
  if (collector->cleared != table) {
    collector->cleared = table;
    collector->clear_position = 0;
    collector->clear_free_node = free_node(table);
    if (which & WEAK_VALUES) clear_array_and_fields(global, table);
  }
  if (free_node(table) < collector->clear_free_node)
    work += clear_nodes(global, table, which, free_node(table), collector->clear_free_node);
  collector->clear_free_node = free_node(table);
  size_t count = table_node_count(table), first = collector->clear_position;
  size_t end = first + PORTION < count ? first + PORTION : count;
  if (first < end) work += clear_nodes(global, table, which, first, end);
  collector->clear_position = end;
  if (end < count) return work;
  collector->cleared = NULL;
  collector->clear_table++;
  return work;
}

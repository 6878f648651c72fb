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

unsigned rl_weak_mode(Global *global, const Table *table) {
  Value mode;
  if (metatable_lacks(table->metatable, EVENT_MODE)) return 0;
  rl_metatable_event(global->main_state, table->metatable, EVENT_MODE, &mode);
  if (!value_is_string(&mode)) return 0;
  const char *text = string_bytes(value_string(&mode));
  return (strchr(text, 'k') != NULL ? WEAK_KEYS : 0) | (strchr(text, 'v') != NULL ? WEAK_VALUES : 0);
}

/* True for a reference to an object that nobody has marked. */
static inline bool is_dead(Global *global, Payload payload, uint32_t tag) {
  if (!tag_is_collectable(tag) || !object_is_white(global, payload.object)) return false;
  if (tag > TAG_LONG_STRING) return true;
  rl_mark_reach(global, payload.object);
  return false;
}

/* ---- traversing ---- */

/* Puts a weak table where it is looked at next: `list`, NULL when there is nothing to clear. */
static void enlist(Global *global, Table *table, ObjectList *list) {
  if (global->collector.phase != PHASE_ATOMIC) {
    object_set_grey(&table->header);
    if (global->collector.settles)
      rl_mark_last(global, &table->header);
    else
      rl_mark_again(global, &table->header);
    return;
  }
  object_set_black(global, &table->header);
  if (list != NULL && !rl_list_push(global, list, &table->header)) global->collector.overflow |= OVERFLOW_WEAK;
}

static size_t traverse_weak_values(Global *global, Table *table) {
  uint32_t count = table_node_count(table);
  for (uint32_t i = 0; i < count; i++) {
    TableNode *node = &table->nodes[i];
    if (node->value_tag == TAG_NIL)
      node_bury_key(global, node);
    else
      mark_payload(global, node->key, node->key_tag);
  }
  enlist(global, table, &global->collector.weak_values);
  return count;
}

/* What became of the entries of an ephemeron table. */
typedef struct EphemeronResult {
  bool has_marked;    /* a value was marked */
  bool has_dead_keys; /* a key is not marked */
} EphemeronResult;

/* `downward`: from the last node to the first. Chains of ephemerons inside one table are often in order of insertion or
 * against it, so passes go in alternating directions. */
static EphemeronResult follow_ephemeron(Global *global, Table *table, bool downward) {
  EphemeronResult result = {false, false};
  uint32_t count = table_node_count(table);
  for (uint32_t i = 0; i < count; i++) {
    TableNode *node = &table->nodes[downward ? count - 1 - i : i];
    if (node->value_tag == TAG_NIL) {
      node_bury_key(global, node);
    } else if (is_dead(global, node->key, node->key_tag)) {
      result.has_dead_keys = true;
    } else if (tag_is_collectable(node->value_tag) && object_is_white(global, node->value.object)) {
      rl_mark_reach(global, node->value.object);
      result.has_marked = true;
    }
  }
  return result;
}

static size_t traverse_ephemeron(Global *global, Table *table) {
  for (uint32_t i = 0; i < table->array_capacity; i++)
    mark_payload(global, table->array[i], *table_array_tag(table, i));
  for (uint32_t i = 0; i < table_slot_count(table); i++) mark_payload(global, table->slots[i], table->slot_tags[i]);
  EphemeronResult result = follow_ephemeron(global, table, false);
  enlist(global, table, result.has_dead_keys ? &global->collector.ephemerons : NULL);
  if (result.has_dead_keys && global->collector.ephemeron_map != NULL) rl_ephemeron_add(global, table);
  return (size_t)table->array_capacity + table_node_count(table);
}

size_t rl_weak_traverse(Global *global, Table *table, unsigned mode) {
  if (mode == WEAK_VALUES) return traverse_weak_values(global, table);
  if (mode == WEAK_KEYS) return traverse_ephemeron(global, table);
  enlist(global, table, &global->collector.all_weak);
  return 0;
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
  if (object->type != TAG_TABLE || object_is_white(global, object)) return;
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
 */
size_t rl_weak_converge(Global *global) {
  Convergence convergence = {false, true};
  size_t work = rl_mark_drain_overflow(global);
  for (int round = 0; convergence.has_marked; round++) {
    if (round == FEW_ROUNDS && !is_incomplete(global) && rl_ephemeron_converge(global, &work)) return work;
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

static size_t clear_values(Global *global, Table *table, void *data) {
  (void)data;
  uint32_t count = table_node_count(table);
  for (uint32_t i = 0; i < table->array_capacity; i++) {
    uint8_t *tag = table_array_tag(table, i);
    if (is_dead(global, table->array[i], *tag)) *tag = TAG_NIL;
  }
  for (uint32_t i = 0; i < table_slot_count(table); i++)
    if (is_dead(global, table->slots[i], table->slot_tags[i])) table->slot_tags[i] = TAG_NIL;
  for (uint32_t i = 0; i < count; i++) {
    TableNode *node = &table->nodes[i];
    if (is_dead(global, node->value, node->value_tag)) node->value_tag = TAG_NIL;
    if (node->value_tag == TAG_NIL) node_bury_key(global, node);
  }
  return 1 + (size_t)table->array_capacity + count;
}

static size_t clear_keys(Global *global, Table *table, void *data) {
  (void)data;
  uint32_t count = table_node_count(table);
  for (uint32_t i = 0; i < count; i++) {
    TableNode *node = &table->nodes[i];
    if (node->value_tag != TAG_NIL && is_dead(global, node->key, node->key_tag)) node->value_tag = TAG_NIL;
    if (node->value_tag == TAG_NIL) node_bury_key(global, node);
  }
  return 1 + count;
}

WeakMark rl_weak_position(const Global *global) {
  return (WeakMark){global->collector.weak_values.count, global->collector.all_weak.count};
}

size_t rl_weak_clear_values(Global *global, WeakMark since) {
  if (is_incomplete(global)) return act_on_all(global, WEAK_VALUES, 0, clear_values, NULL);
  return act_on_list(global, &global->collector.weak_values, since.weak_values, clear_values, NULL) +
         act_on_list(global, &global->collector.all_weak, since.all_weak, clear_values, NULL);
}

size_t rl_weak_clear_keys(Global *global) {
  if (is_incomplete(global)) return act_on_all(global, WEAK_KEYS, 0, clear_keys, NULL);
  return act_on_list(global, &global->collector.ephemerons, 0, clear_keys, NULL) +
         act_on_list(global, &global->collector.all_weak, 0, clear_keys, NULL);
}

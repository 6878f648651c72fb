/* Going through a table, and finding its border. */
#include "object/table_parts.h"
#include "raise/raise.h"

/* ---- next ---- */

/* Positions: 0 to array_capacity - 1 are elements of the array, then come the slots, then the nodes. */
static inline uint64_t first_node_position(const Table *table) {
  return (uint64_t)table->array_capacity + table_slot_count(table);
}

/* The collector has found the key dead, and has not come to the entry yet: for the program it is gone. */
static inline bool key_is_dead(const State *L, const TableNode *node) {
  return node->key_tag > TAG_LONG_STRING && node->key_tag <= TAG_THREAD &&
         (node->key.object->mark & L->global->collector.dead) != 0;
}

static bool next_in_nodes(const State *L, const Table *table, uint64_t *position, Value entry[2]) {
  uint64_t first = first_node_position(table), end = first + table_node_count(table);
  for (uint64_t at = *position; at < end; at++) {
    const TableNode *node = &table->nodes[at - first];
    if (!node_is_present(node) || key_is_dead(L, node)) continue;
    entry[0] = node_key(node);
    node_value(node, &entry[1]);
    *position = at + 1;
    return true;
  }
  *position = end;
  return false;
}

static bool next_in_slots(const State *L, const Table *table, uint64_t *position, Value entry[2]) {
  uint64_t first = table->array_capacity;
  for (uint64_t at = *position; at < first + table_slot_count(table); at++) {
    uint32_t slot = (uint32_t)(at - first);
    if (slot_value(table, slot, &entry[1]) == TAG_NIL) continue;
    value_set_object(&entry[0], table->shape->keys[slot]);
    *position = at + 1;
    return true;
  }
  if (*position < first_node_position(table)) *position = first_node_position(table);
  return next_in_nodes(L, table, position, entry);
}

bool rl_table_next_at(const State *L, const Table *table, uint64_t *position, Value entry[2]) {
  uint64_t slots = table->array_capacity;
  for (uint64_t at = *position; at < slots; at++) {
    uint8_t tag = *table_array_tag(table, at);
    if (tag == TAG_NIL) continue;
    value_set_integer(&entry[0], (int64_t)at + 1);
    entry[1].as = table->array[at];
    entry[1].tag = tag;
    *position = at + 1;
    return true;
  }
  if (*position < slots) *position = slots;
  return next_in_slots(L, table, position, entry);
}

/* A name that has a slot: its position. */
static bool slot_position(const Table *table, const Value *key, uint64_t *position) {
  if (key->tag != TAG_SHORT_STRING) return false;
  int slot = shape_find(table->shape, value_string(key));
  if (slot < 0) return false;
  *position = (uint64_t)table->array_capacity + (uint64_t)slot + 1;
  return true;
}

/* The position behind the one of `key`. As in stock, a float is not taken for the integer key that it equals. */
static uint64_t position_after(State *L, const Table *table, const Value *key) {
  if (value_is_nil(key)) return 0;
  if (key->tag == TAG_INTEGER && (uint64_t)key->as.integer - 1 < table->array_capacity)
    return (uint64_t)key->as.integer;
  uint64_t position;
  if (slot_position(table, key, &position)) return position;
  const TableNode *node = rl_table_find_entry(table, key);
  if (node == NULL) rl_raise(L, ERROR_NEXT_KEY);
  return first_node_position(table) + (uint64_t)(node - table->nodes) + 1;
}

/* Where the search for the entry behind `key` begins; false when the key is not there. `note`: index of its node. */
static bool step_position(const Table *table, const Value *key, uint32_t note, uint64_t *position) {
  uint64_t slots = table->array_capacity;
  *position = 0;
  if (value_is_nil(key)) return !table_is_deferred(table);
  if (key->tag == TAG_INTEGER && (uint64_t)key->as.integer - 1 < slots) {
    *position = (uint64_t)key->as.integer;
    return true;
  }
  const TableNode *node = table->nodes + note;
  bool fits = note <= table_node_mask(table) && key->tag == node->key_tag && key->as.bits == node->key.bits &&
              key->tag > TAG_TRUE;
  if (!fits) {
    if (slot_position(table, key, position)) return !table_is_deferred(table);
    node = rl_table_find_entry(table, key);
    if (node == NULL) return false;
  }
  *position = first_node_position(table) + (uint64_t)(node - table->nodes) + 1;
  return true;
}

int rl_table_step(const State *L, const Table *table, const Value *key, uint32_t *note, Value entry[2]) {
  uint64_t position;
  if (!step_position(table, key, *note, &position)) return -1;
  if (!rl_table_next_at(L, table, &position, entry)) {
    value_set_nil(&entry[0]);
    return 0;
  }
  if (position > first_node_position(table)) *note = (uint32_t)(position - 1 - first_node_position(table));
  return 1;
}

bool rl_table_next(State *L, const Table *table, Value entry[2]) {
  table_complete(L, table);
  uint64_t position = position_after(L, table, &entry[0]);
  return rl_table_next_at(L, table, &position, entry);
}

/* ---- length ---- */

static bool slot_is_present(const Table *table, uint64_t key) {
  return *table_array_tag(table, key - 1) != TAG_NIL;
}

/* A border between `present` (0, or a key that is there) and `absent`. */
static uint32_t border_in_array(const Table *table, uint32_t present, uint32_t absent) {
  while (absent - present > 1) {
    uint32_t middle = present + (absent - present) / 2;
    if (slot_is_present(table, middle))
      present = middle;
    else
      absent = middle;
  }
  return present;
}

static bool integer_is_present(const Table *table, uint64_t key) {
  const TableNode *node = rl_table_find_integer_node(table, (int64_t)key);
  return node != NULL && node_is_present(node);
}

/* A border at or above `present`, all of whose successors are in the hash part: steps that double, then bisection
 * (unbound search: J. L. Bentley, A. C. Yao, 1976). The largest integer has no successor, so it is a border when it is
 * there. */
static uint64_t border_in_nodes(const Table *table, uint64_t present) {
  const uint64_t largest = INT64_MAX;
  uint64_t absent = present + 1;
  while (integer_is_present(table, absent)) {
    if (absent == largest) return largest;
    present = absent;
    absent = absent > largest / 2 ? largest : absent * 2;
  }
  while (absent - present > 1) {
    uint64_t middle = present + (absent - present) / 2;
    if (integer_is_present(table, middle))
      present = middle;
    else
      absent = middle;
  }
  return present;
}

/* A border of the array part, or its capacity when its last slot is present (or it has none). */
static uint32_t array_border(const Table *table) {
  uint32_t hint = table->length_hint, capacity = table->array_capacity;
  if (hint > 0 && !slot_is_present(table, hint)) {
    if (hint == 1 || slot_is_present(table, hint - 1)) return hint - 1;
    return border_in_array(table, 0, hint - 1);
  }
  if (hint == capacity || !slot_is_present(table, hint + 1)) return hint;
  if (slot_is_present(table, capacity)) return capacity;
  return border_in_array(table, hint + 1, capacity);
}

uint64_t rl_table_length(Table *table) {
  uint32_t border = array_border(table);
  table->length_hint = border;
  if (border < table->array_capacity || !table_has_nodes(table)) return border;
  return border_in_nodes(table, border);
}

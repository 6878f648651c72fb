/* Going through a table, and finding its border. */
#include "object/table_parts.h"
#include "raise/raise.h"

/* ---- next ---- */

/* Positions: 0 to array_capacity - 1 are slots of the array, then come the nodes. */
bool rl_table_next_at(const Table *table, uint64_t *position, Value entry[2]) {
  uint64_t at = *position, slots = table->array_capacity, end = slots + table_node_count(table);
  for (; at < slots; at++) {
    uint8_t tag = *table_array_tag(table, at);
    if (tag == TAG_NIL) continue;
    value_set_integer(&entry[0], (int64_t)at + 1);
    entry[1].as = table->array[at];
    entry[1].tag = tag;
    *position = at + 1;
    return true;
  }
  for (; at < end; at++) {
    const TableNode *node = &table->nodes[at - slots];
    if (!node_is_present(node)) continue;
    entry[0] = node_key(node);
    node_value(node, &entry[1]);
    *position = at + 1;
    return true;
  }
  *position = at;
  return false;
}

/* The position behind the one of `key`. As in stock, a float is not taken for the integer key that it equals. */
static uint64_t position_after(State *L, const Table *table, const Value *key) {
  if (value_is_nil(key)) return 0;
  if (key->tag == TAG_INTEGER && (uint64_t)key->as.integer - 1 < table->array_capacity)
    return (uint64_t)key->as.integer;
  const TableNode *node = rl_table_find_entry(table, key);
  if (node == NULL) rl_raise(L, ERROR_NEXT_KEY);
  return (uint64_t)table->array_capacity + (uint64_t)(node - table->nodes) + 1;
}

/* Where the search for the entry behind `key` begins; false when the key is not there. `note`: index of its node. */
static bool step_position(const Table *table, const Value *key, uint32_t note, uint64_t *position) {
  uint64_t slots = table->array_capacity;
  *position = 0;
  if (value_is_nil(key)) return true;
  if (key->tag == TAG_INTEGER && (uint64_t)key->as.integer - 1 < slots) {
    *position = (uint64_t)key->as.integer;
    return true;
  }
  const TableNode *node = table->nodes + note;
  bool fits =
    note <= table->node_mask && key->tag == node->key_tag && key->as.bits == node->key.bits && key->tag > TAG_TRUE;
  if (!fits && (node = rl_table_find_entry(table, key)) == NULL) return false;
  *position = slots + (uint64_t)(node - table->nodes) + 1;
  return true;
}

int rl_table_step(const Table *table, const Value *key, uint32_t *note, Value entry[2]) {
  uint64_t position;
  if (!step_position(table, key, *note, &position)) return -1;
  if (!rl_table_next_at(table, &position, entry)) {
    value_set_nil(&entry[0]);
    return 0;
  }
  if (position > table->array_capacity) *note = (uint32_t)(position - 1 - table->array_capacity);
  return 1;
}

bool rl_table_next(State *L, const Table *table, Value entry[2]) {
  uint64_t position = position_after(L, table, &entry[0]);
  return rl_table_next_at(table, &position, entry);
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

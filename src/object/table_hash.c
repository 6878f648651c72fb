/* The hash part: chained scatter table with Brent's variation (R. P. Brent, "Reducing the retrieval time of scatter
 * storage techniques", CACM 16(2), 1973).
 *
 * Each key has a main node, given by its hash. Invariant: every present entry is reached from the main node of its key
 * by following `next`. A new key whose main node is taken by an entry that is itself away from home drives that entry
 * to a free node; an entry that is at home stays, and the new one goes to a free node behind it. So a search is only as
 * long as the number of keys that truly share a main node (and of those whose chain leads through it), up to a full
 * table.
 *
 * A removed entry stays in its chain; its node is used again only by a key that has it as main node (the chain runs on
 * through it), or after a rehash. Free nodes are looked for downward from `free_node`; when none is left, the table is
 * rehashed (table_resize.c). */
#include "object/table_parts.h"

#define INTEGER_SPREAD UINT64_C(0x9e3779b97f4a7c15) /* 2^64 / golden ratio: consecutive keys land far apart */

const NoNodes rl_table_no_nodes = {.header = {0, 0}, .node = {.value_tag = TAG_NIL, .key_tag = TAG_NIL, .next = 0}};

/* Folding before the multiplication lets the upper bits count, taking the upper half of the product lets all bits
 * count: neither consecutive integers nor multiples of large powers of two nor floats nor addresses pile up. */
static uint32_t mix_bits(uint64_t bits) {
  return (uint32_t)(((bits ^ bits >> 32) * INTEGER_SPREAD) >> 32);
}

static uint32_t hash_key(const Value *key) {
  switch (key->tag) {
    case TAG_SHORT_STRING:
    case TAG_LONG_STRING: return rl_string_hash(value_string(key));
    case TAG_FALSE:
    case TAG_TRUE: return mix_bits(key->tag);
    case TAG_INTEGER:
    case TAG_FLOAT: return mix_bits(key->as.bits);
    case TAG_LIGHT_FUNCTION: return mix_bits(key->as.bits);
    default: return mix_bits((uintptr_t)key->as.pointer);
  }
}

TableNode *rl_table_main_node(const Table *table, const Value *key) {
  return table->nodes + (hash_key(key) & table_node_mask(table));
}

bool rl_table_key_equal(const Value *key, const TableNode *node) {
  if (key->tag != node->key_tag) return false;
  switch (key->tag) {
    case TAG_NIL:
    case TAG_FALSE:
    case TAG_TRUE: return true;
    case TAG_INTEGER: return key->as.integer == node->key.integer;
    case TAG_FLOAT: return key->as.number == node->key.number;
    case TAG_LIGHT_FUNCTION: return key->as.bits == node->key.bits;
    case TAG_LONG_STRING: return rl_string_equal_long(value_string(key), (const String *)node->key.object);
    default: return key->as.pointer == node->key.pointer;
  }
}

TableNode *rl_table_find_integer_node(const Table *table, int64_t key) {
  TableNode *node = table->nodes + (mix_bits((uint64_t)key) & table_node_mask(table));
  for (;; node += node->next) {
    if (node->key_tag == TAG_INTEGER && node->key.integer == key) return node;
    if (node->next == 0) return NULL;
  }
}

TableNode *rl_table_find_node(const Table *table, const Value *key) {
  if (key->tag == TAG_SHORT_STRING) return table_find_short_string(table, value_string(key));
  if (key->tag == TAG_INTEGER) return rl_table_find_integer_node(table, key->as.integer);
  for (TableNode *node = rl_table_main_node(table, key);; node += node->next) {
    if (rl_table_key_equal(key, node)) return node;
    if (node->next == 0) return NULL;
  }
}

/* A dead key is only ever compared by address: its object may be gone, but then nobody can ask for it. */
TableNode *rl_table_find_entry(const Table *table, const Value *key) {
  for (TableNode *node = rl_table_main_node(table, key);; node += node->next) {
    if (rl_table_key_equal(key, node)) return node;
    if (node->key_tag == TAG_DEAD_KEY && value_is_collectable(key) && node->key.object == key->as.object) return node;
    if (node->next == 0) return NULL;
  }
}

static TableNode *take_free_node(Table *table) {
  NodeHeader *header = table_node_header(table);
  while (header->free > 0)
    if (node_is_free(&table->nodes[--header->free])) return &table->nodes[header->free];
  return NULL;
}

static void link_behind(TableNode *node, TableNode *added) {
  added->next = node->next == 0 ? 0 : (int32_t)(node + node->next - added);
  node->next = (int32_t)(added - node);
}

/* Moves an entry that is away from home to `target`: its predecessor, found from its main node, leads there now. */
static void drive_away(TableNode *home, TableNode *entry, TableNode *target) {
  TableNode *before = home;
  while (before + before->next != entry) before += before->next;
  TableNode *after = entry->next == 0 ? NULL : entry + entry->next;
  *target = *entry;
  target->next = after == NULL ? 0 : (int32_t)(after - target);
  before->next = (int32_t)(target - before);
  entry->next = 0;
  entry->value_tag = TAG_NIL;
}

/* A main node without a present entry is taken as it is, whatever chain leads through it. */
TableNode *rl_table_claim_node(Table *table, const Value *key) {
  if (!table_has_nodes(table)) return NULL;
  TableNode *node = rl_table_main_node(table, key);
  if (node_is_present(node)) {
    TableNode *spare = take_free_node(table);
    if (spare == NULL) return NULL;
    Value occupant = node_key(node);
    TableNode *home = rl_table_main_node(table, &occupant);
    if (home != node) {
      drive_away(home, node, spare);
    } else {
      link_behind(node, spare);
      node = spare;
    }
  }
  node->key = key->as;
  node->key_tag = (uint8_t)key->tag;
  node->value_tag = TAG_NIL;
  return node;
}

static bool slot_is_valid(const Table *table, uint64_t index) {
  uint8_t tag = *table_array_tag(table, index);
  return tag <= TAG_THREAD;
}

/* Every present entry is found from its main node (which also says that its key is there only once), within as many
 * steps as there are nodes; links stay inside; what lies above `free_node` is not free. */
static bool node_is_valid(const Table *table, uint32_t index) {
  const TableNode *entry = &table->nodes[index];
  int64_t target = (int64_t)index + entry->next;
  if (target < 0 || target > table_node_mask(table) || entry->value_tag > TAG_THREAD) return false;
  if (index >= table_node_header(table)->free && node_is_free(entry)) return false;
  if (node_is_free(entry) && (node_is_present(entry) || entry->next != 0)) return false;
  if (!node_is_present(entry)) return true;
  if (entry->key_tag > TAG_THREAD) return false;
  if (entry->key_tag == TAG_INTEGER && (uint64_t)entry->key.integer - 1 < table->array_capacity) return false;
  Value key = node_key(entry);
  const TableNode *node = rl_table_main_node(table, &key);
  for (uint32_t steps = 0; steps <= table_node_mask(table); steps++, node += node->next) {
    if (rl_table_key_equal(&key, node)) return node == entry;
    if (node->next == 0) return false;
  }
  return false;
}

/* No name of the shape is in the hash part as well. */
static bool slots_are_valid(const Table *table) {
  uint32_t count = table_slot_count(table), capacity = table_slot_capacity(table);
  if (count > capacity || capacity > SHAPE_MAX_KEYS) return false;
  for (uint32_t i = 0; i < count; i++) {
    const TableNode *node = table_find_short_string(table, table->shape->keys[i]);
    if (table->slot_tags[i] > TAG_THREAD || (node != NULL && node_is_present(node))) return false;
  }
  return true;
}

bool rl_table_is_valid(const Table *table) {
  if (!slots_are_valid(table)) return false;
  if ((table->array_capacity == 0) != (table->array == NULL)) return false;
  if (table->array_capacity > TABLE_MAX_ARRAY || table->length_hint > table->array_capacity) return false;
  for (uint32_t i = 0; i < table->array_capacity; i++)
    if (!slot_is_valid(table, i)) return false;
  if (!table_has_nodes(table)) return table_node_mask(table) == 0 && table_node_header(table)->free == 0;
  uint32_t count = table_node_mask(table) + 1;
  if ((count & table_node_mask(table)) != 0 || count > TABLE_MAX_NODES || table_node_header(table)->free > count)
    return false;
  for (uint32_t i = 0; i < count; i++)
    if (!node_is_valid(table, i)) return false;
  return true;
}

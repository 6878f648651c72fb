/* What the table_*.c files share; for nobody else. */
#ifndef RL_OBJECT_TABLE_PARTS_H
#define RL_OBJECT_TABLE_PARTS_H

#include <string.h>

#include "object/strings.h"
#include "object/table.h"
#include "value/global.h"

#define TABLE_MAX_NODES (UINT32_C(1) << 30)
#define TABLE_LARGEST   512u /* bytes of an object with slots and array inside */

/* ---- array part ---- */

/* Tags of a capacity are padded, so that payloads stay aligned to 8. */
static inline size_t table_tag_bytes(uint32_t capacity) {
  return ((size_t)capacity + 7) & ~(size_t)7;
}
static inline size_t table_array_bytes(uint32_t capacity) {
  return capacity * sizeof(Payload) + table_tag_bytes(capacity);
}
/* The array part is still the one inside the object. */
static inline bool table_array_is_inside(const Table *table) {
  return (uintptr_t)table->array - (uintptr_t)table < table_object_size(table);
}
/* Start of the allocation that holds an array part of its own. */
static inline void *table_array_block(Payload *array, uint32_t capacity) {
  return (char *)array - table_tag_bytes(capacity);
}
static inline void table_store_slot(Table *table, uint64_t index, Payload payload, uint8_t tag) {
  table->array[index] = payload;
  *table_array_tag(table, index) = tag;
}
/* Present elements among the slots with indices first <= index < end. */
uint32_t rl_table_count_slots(const Table *table, uint32_t first, uint32_t end);

/* ---- hash part ---- */

static inline bool node_is_present(const TableNode *node) {
  return node->value_tag != TAG_NIL;
}
static inline bool node_is_free(const TableNode *node) {
  return node->key_tag == TAG_NIL;
}
static inline Value node_key(const TableNode *node) {
  return (Value){.as = node->key, .tag = node->key_tag};
}
static inline uint32_t slot_value(const Table *table, uint32_t slot, Value *result) {
  result->as = table->slots[slot];
  return result->tag = table->slot_tags[slot];
}
static inline uint32_t node_value(const TableNode *node, Value *result) {
  if (node == NULL) return result->tag = TAG_NIL;
  result->as = node->value;
  return result->tag = node->value_tag;
}

/* The node at which a search for the key begins. Keys are normalised here: no float with an integer value, no nil, no
 * NaN. */
TableNode *rl_table_main_node(const Table *table, const Value *key);
/* The node of a key, present or removed; NULL when there is none. */
TableNode *rl_table_find_node(const Table *table, const Value *key);
TableNode *rl_table_find_integer_node(const Table *table, int64_t key);
/* The same, but dead keys count too: for `next`. */
TableNode *rl_table_find_entry(const Table *table, const Value *key);
/* A node for a key that has none: chained in, key set, value nil. NULL when no node is free. Never allocates. */
TableNode *rl_table_claim_node(Table *table, const Value *key);

/* The integer that a float key stands for. */
static inline bool float_to_integer_key(double number, int64_t *integer) {
  if (!(number >= -0x1p63 && number < 0x1p63)) return false;
  *integer = (int64_t)number;
  return (double)*integer == number;
}

/* ---- sizes: may raise "table overflow" and memory errors, may collect (emergency); on an error nothing has changed
 * ---- */

/* New sizes for the entries that are present and the absent key `key`: afterwards it belongs to the array or finds a
 * free node. */
void rl_table_rehash(State *L, Table *table, const Value *key);
/* For the absent key array_capacity + 1: grows the array when that keeps more than half of it in use, and moves integer
 * keys of the hash part that now belong to it. False: the key is one for the hash part. */
bool rl_table_extend_array(State *L, Table *table);

#endif

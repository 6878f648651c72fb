/* Tables: making, raw reading, raw writing. The hash part is table_hash.c, sizes are table_resize.c, `next` and the
 * length are table_walk.c. */
#include "object/table.h"

#include "heap/barrier.h"
#include "heap/block.h"
#include "object/table_parts.h"
#include "raise/raise.h"

Table *rl_table_new(State *L) {
  Table *table = rl_heap_new(L, TAG_TABLE, sizeof(Table));
  Object header = table->header;
  *table = (Table){.header = header, .nodes = (TableNode *)(uintptr_t)&rl_table_no_nodes};
  return table;
}

/* ---- reading ---- */

uint32_t rl_table_get_integer(const Table *table, int64_t key, Value *result) {
  uint64_t index = (uint64_t)key - 1;
  if (index >= table->array_capacity) return node_value(rl_table_find_integer_node(table, key), result);
  result->as = table->array[index];
  return result->tag = *table_array_tag(table, index);
}

uint32_t rl_table_get_short_string(const Table *table, const String *key, Value *result) {
  return node_value(table_find_short_string(table, key), result);
}

uint32_t rl_table_get_string(const Table *table, const String *key, Value *result) {
  if (string_is_short(key)) return rl_table_get_short_string(table, key, result);
  Value long_key = {.as.object = (Object *)(uintptr_t)key, .tag = TAG_LONG_STRING};
  return node_value(rl_table_find_node(table, &long_key), result);
}

uint32_t rl_table_get(const Table *table, const Value *key, Value *result) {
  int64_t integer;
  switch (key->tag) {
    case TAG_SHORT_STRING: return rl_table_get_short_string(table, value_string(key), result);
    case TAG_INTEGER: return rl_table_get_integer(table, key->as.integer, result);
    case TAG_NIL: return result->tag = TAG_NIL;
    case TAG_FLOAT:
      if (float_to_integer_key(key->as.number, &integer)) return rl_table_get_integer(table, integer, result);
      break;
    default: break;
  }
  return node_value(rl_table_find_node(table, key), result);
}

/* ---- writing ---- */

/* An entry that comes to life again needs the barrier for its key too. */
static void store_in_node(State *L, Table *table, TableNode *node, const Value *value) {
  if (!node_is_present(node)) {
    Value key = node_key(node);
    barrier_back(L, table, &key);
  }
  node->value = value->as;
  node->value_tag = (uint8_t)value->tag;
  barrier_back(L, table, value);
}

static bool store_in_array(State *L, Table *table, int64_t key, const Value *value) {
  uint64_t index = (uint64_t)key - 1;
  if (index >= table->array_capacity) return false;
  table_store_slot(table, index, value->as, (uint8_t)value->tag);
  if (index == table->length_hint && !value_is_nil(value)) table->length_hint = (uint32_t)index + 1;
  barrier_back(L, table, value);
  return true;
}

/* For a key without a node. After a rehash an integer may belong to the array. */
static void add_entry(State *L, Table *table, const Value *key, const Value *value) {
  TableNode *node = rl_table_claim_node(table, key);
  if (node == NULL) {
    rl_table_rehash(L, table, key);
    if (key->tag == TAG_INTEGER && store_in_array(L, table, key->as.integer, value)) return;
    node = rl_table_claim_node(table, key);
  }
  store_in_node(L, table, node, value);
}

static void set_in_nodes(State *L, Table *table, const Value *key, const Value *value) {
  TableNode *node = rl_table_find_node(table, key);
  if (node != NULL) {
    if (node_is_present(node) || !value_is_nil(value)) store_in_node(L, table, node, value);
  } else if (!value_is_nil(value)) {
    add_entry(L, table, key, value);
  }
}

void rl_table_set_integer(State *L, Table *table, int64_t key, const Value *value) {
  if (store_in_array(L, table, key, value)) return;
  Value normal;
  value_set_integer(&normal, key);
  if ((uint64_t)key - 1 == table->array_capacity && !value_is_nil(value)) {
    TableNode *node = rl_table_find_integer_node(table, key);
    if ((node == NULL || !node_is_present(node)) && rl_table_extend_array(L, table)) {
      store_in_array(L, table, key, value);
      return;
    }
  }
  set_in_nodes(L, table, &normal, value);
}

void rl_table_set_string(State *L, Table *table, String *key, const Value *value) {
  Value normal;
  value_set_object(&normal, key);
  table->header.own &= ~TABLE_ABSENT_EVENTS;
  set_in_nodes(L, table, &normal, value);
}

/* ---- lists ---- */

/* Moves the elements first..last of the array part by one place, upward or downward; the tags run the other way. */
static void shift_up(Table *list, int64_t first, int64_t last) {
  size_t count = (size_t)(last - first + 1);
  memmove(list->array + first, list->array + first - 1, count * sizeof(Payload));
  memmove((uint8_t *)list->array - last - 1, (uint8_t *)list->array - last, count);
}
static void shift_down(Table *list, int64_t first, int64_t last) {
  size_t count = (size_t)(last - first + 1);
  memmove(list->array + first - 2, list->array + first - 1, count * sizeof(Payload));
  memmove((uint8_t *)list->array - last + 1, (uint8_t *)list->array - last, count);
}

/* The element that moves to the end goes through the ordinary store, which may have to make room. */
bool rl_table_insert(State *L, Table *list, int64_t length, int64_t position, const Value *value) {
  if (length > list->array_capacity) return false;
  if (position > length) {
    rl_table_set_integer(L, list, position, value);
    return true;
  }
  Value last;
  rl_table_get_integer(list, length, &last);
  rl_table_set_integer(L, list, length + 1, &last);
  if (length > list->array_capacity) return false; /* (cannot be: lists of that length stay in the array) */
  if (position < length) shift_up(list, position, length - 1);
  table_store_slot(list, (uint64_t)position - 1, value->as, (uint8_t)value->tag);
  barrier_back_moved(L, list);
  return true;
}

bool rl_table_remove(State *L, Table *list, int64_t length, int64_t position, Value *removed) {
  if (length > list->array_capacity) return false;
  rl_table_get_integer(list, position, removed);
  if (position < length) shift_down(list, position + 1, length);
  *table_array_tag(list, (uint64_t)length - 1) = TAG_NIL;
  barrier_back_moved(L, list);
  return true;
}

void rl_table_set(State *L, Table *table, const Value *key, const Value *value) {
  int64_t integer;
  switch (key->tag) {
    case TAG_NIL: rl_raise(L, ERROR_TABLE_INDEX_NIL);
    case TAG_INTEGER: rl_table_set_integer(L, table, key->as.integer, value); return;
    case TAG_SHORT_STRING:
    case TAG_LONG_STRING: rl_table_set_string(L, table, value_string(key), value); return;
    case TAG_FLOAT:
      if (float_to_integer_key(key->as.number, &integer)) {
        rl_table_set_integer(L, table, integer, value);
        return;
      }
      if (key->as.number != key->as.number) rl_raise(L, ERROR_TABLE_INDEX_NAN);
      break;
    default: break;
  }
  set_in_nodes(L, table, key, value);
}

/* Tables: making, raw reading, raw writing. The hash part is table_hash.c, sizes are table_resize.c, `next` and the
 * length are table_walk.c. */
#include "object/table.h"

#include "heap/barrier.h"
#include "heap/block.h"
#include "object/table_parts.h"
#include "raise/raise.h"

static Table *new_table(State *L, size_t size, uint32_t slots, uint32_t site) {
  Table *table = rl_heap_new(L, TAG_TABLE, size);
  table->header.own =
    (uint32_t)((size + 15) / 16) << TABLE_GRANULES_SHIFT | slots << TABLE_SLOTS_SHIFT | site << TABLE_SITE_SHIFT;
  table->array = NULL;
  table->nodes = (TableNode *)(uintptr_t)&rl_table_no_nodes.node;
  table->metatable = NULL;
  table->array_capacity = 0;
  table->length_hint = 0;
  table->shape = &rl_shape_empty;
  return table;
}

Table *rl_table_new(State *L) {
  return new_table(L, TABLE_SIZE, 0, 0);
}

/* Objects come in granules of 16 bytes: what remains of the last one is a slot, too. */
static uint32_t rounded_slots(uint32_t slots) {
  if (slots == 0 || slots > SHAPE_MAX_KEYS) return 0;
  return slots == SHAPE_MAX_KEYS ? slots : slots | 1;
}

/* A first array inside the object: tags and payloads as in one of its own. */
static void place_array(Table *table, size_t offset, uint32_t elements) {
  table->array = (Payload *)(void *)((char *)table + offset + table_tag_bytes(elements));
  table->array_capacity = elements;
  table->length_hint = elements; /* it is going to be filled: its end is the best guess at the border */
  memset((uint8_t *)table->array - elements, TAG_NIL, elements);
}

Table *rl_table_new_sized(State *L, uint32_t slots, uint32_t elements, uint32_t site) {
  slots = rounded_slots(slots);
  size_t offset = slots == 0 ? TABLE_SIZE : offsetof(Table, slots) + slots * sizeof(Payload);
  bool fits =
    elements > 0 && elements < TABLE_LARGEST / sizeof(Payload) && offset + table_array_bytes(elements) <= TABLE_LARGEST;
  Table *table = new_table(L, offset + (fits ? table_array_bytes(elements) : 0), slots, site);
  if (fits) {
    place_array(table, offset, elements);
  } else if (elements > 0) {
    value_set_object(L->top++, table);
    rl_table_reserve(L, table, elements, 0);
    L->top--;
  }
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
  int slot = shape_find(table->shape, key);
  if (slot >= 0) return slot_value(table, (uint32_t)slot, result);
  return node_value(table_find_short_string(table, key), result);
}

/* What is known about slots is worth more: tables of other shapes are asked by slot, those without slots are searched
 * anyway (vm/interp.c). */
static void remember_nodes(FieldCache *cache, const Table *table) {
  if (cache->shape == NULL || cache->slot >= FIELD_IN_NODES)
    *cache = (FieldCache){table->shape, NULL, FIELD_IN_NODES, 0};
}

uint32_t rl_table_get_field(const Table *table, const String *key, Value *result, FieldCache *cache) {
  int slot = shape_find(table->shape, key);
  if (slot < 0)
    remember_nodes(cache, table);
  else
    *cache = (FieldCache){table->shape, NULL, (uint32_t)slot, 0};
  if (slot < 0) return table_fast_get_node(table, key, result) ? result->tag : (uint32_t)TAG_NIL;
  if (table->slot_tags[slot] == TAG_NIL) return TAG_NIL;
  return slot_value(table, (uint32_t)slot, result);
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
  table_complete(L, table);
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

static void store_in_slot(State *L, Table *table, uint32_t slot, const Value *value) {
  table->slots[slot] = value->as;
  table->slot_tags[slot] = (uint8_t)value->tag;
  barrier_back(L, table, value);
}

static bool is_plain_data(uint32_t tag) {
  return tag != TAG_NIL && tag != TAG_LUA_CLOSURE && tag != TAG_C_CLOSURE && tag != TAG_LIGHT_FUNCTION &&
         tag != TAG_TABLE;
}

void rl_table_note_change(State *L, const Table *table, const String *key, uint32_t tag) {
  Value old;
  if (!is_plain_data(tag) || !is_plain_data(rl_table_get_string(table, key, &old))) L->global->method_epoch++;
}

void rl_table_set_string(State *L, Table *table, String *key, const Value *value) {
  Value normal;
  table_complete(L, table);
  if (table_is_searched(table)) rl_table_note_change(L, table, key, value->tag);
  table->header.own &= ~TABLE_ABSENT_EVENTS;
  int slot = string_is_short(key) ? shape_find(table->shape, key) : -1;
  if (slot >= 0) {
    store_in_slot(L, table, (uint32_t)slot, value);
    return;
  }
  value_set_object(&normal, key);
  set_in_nodes(L, table, &normal, value);
}

/* A new field: in the next slot, as long as there is one and no hash part has been begun. */
static bool add_in_slot(State *L, Table *table, String *key, const Value *value, FieldCache *cache) {
  uint32_t slot = table_slot_count(table);
  if (table_has_nodes(table) || slot >= table_slot_capacity(table)) return false;
  const Shape *shape = rl_shape_extend(L, table->shape, key);
  if (shape == NULL) return false;
  *cache = (FieldCache){table->shape, shape, slot, 0};
  table->slot_tags[slot] = TAG_NIL;
  table->shape = shape;
  store_in_slot(L, table, slot, value);
  return true;
}

void rl_table_set_field(State *L, Table *table, String *key, const Value *value, FieldCache *cache) {
  table_complete(L, table);
  if (table_is_searched(table)) rl_table_note_change(L, table, key, value->tag);
  table->header.own &= ~TABLE_ABSENT_EVENTS;
  int slot = shape_find(table->shape, key);
  if (slot >= 0) {
    *cache = (FieldCache){table->shape, NULL, (uint32_t)slot, 0};
    store_in_slot(L, table, (uint32_t)slot, value);
    return;
  }
  const TableNode *node = table_find_short_string(table, key);
  if (node == NULL || !node_is_present(node)) {
    if (value_is_nil(value)) return;
    if (add_in_slot(L, table, key, value, cache)) return;
    site_learn(L->global, table->header.own >> TABLE_SITE_SHIFT, table_slot_count(table) + table_node_count(table) + 1);
  }
  Value normal;
  remember_nodes(cache, table);
  value_set_object(&normal, key);
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
  barrier_back(L, list, value);
  return true;
}

bool rl_table_remove(State *L, Table *list, int64_t length, int64_t position, Value *removed) {
  if (length > list->array_capacity) return false;
  rl_table_get_integer(list, position, removed);
  if (position < length) shift_down(list, position + 1, length);
  *table_array_tag(list, (uint64_t)length - 1) = TAG_NIL;
  barrier_moved_down(L, list);
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

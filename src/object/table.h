/* Tables: an array part for the keys 1..n and a hash part for everything else.
 *
 * Nothing outside object/ and gc/ may depend on the layout: read, write, walk and measure through these functions. The
 * inline ones are the interpreter's fast paths.
 *
 * Array part: `array` points at the payload of key 1; payloads go upward from there, one tag byte for each goes
 * downward (the tag of key k is at array - k, seen as bytes): 9 bytes a slot. An absent element has TAG_NIL.
 * `length_hint` is where the border was last; `#t` looks there first, so that pushing and popping at the end costs
 * O(1).
 *
 * Hash part: 2^n nodes, chained scatter with relative links (Brent's variation: a colliding node that is not in its
 * main position moves away). A removed entry keeps its key (so that `next` goes on) and has value tag TAG_NIL; the
 * collector turns the key of such an entry into TAG_DEAD_KEY when the key object dies. Keys that are floats with an
 * integer value are stored as integers. A table without hash part points to one shared read-only node.
 *
 * Sizes: a rehash chooses the largest n such that more than half of the slots 1..n of the array would be in use;
 * storing right behind a full array doubles it without a rehash. */
#ifndef RL_OBJECT_TABLE_H
#define RL_OBJECT_TABLE_H

#include "value/string.h"
#include "value/value.h"

typedef struct TableNode {
  Payload value;
  Payload key;
  uint8_t value_tag;
  uint8_t key_tag; /* TAG_NIL: free */
  int32_t next;    /* distance in nodes to the next of the chain; 0: last */
} TableNode;

_Static_assert(sizeof(TableNode) == 24, "a node is 24 bytes");

struct Table {
  Object header; /* own: low byte: metamethods known to be absent (object/metatable.h); the other bits: gc/ */
  Payload *array;
  TableNode *nodes;
  Table *metatable;
  uint32_t array_capacity;
  uint32_t length_hint;
  uint32_t node_mask; /* number of nodes - 1 */
  uint32_t free_node; /* nodes at and above this index are not free */
};

_Static_assert(sizeof(Table) == 48, "an empty table is 48 bytes");

#define TABLE_ABSENT_EVENTS 0xffu
#define TABLE_MAX_ARRAY     (UINT32_C(1) << 30)

/* ---- life ---- */

/* A new empty table, white. Allocates: may raise a memory error; may run an emergency collection. The caller anchors
 * it. */
Table *rl_table_new(State *L);
/* Makes room for that many elements/fields in advance. Raises "table overflow" or a memory error. */
void rl_table_reserve(State *L, Table *table, size_t array_size, size_t hash_size);
/* Frees the buffers (not the object). */
void rl_table_release(State *L, Table *table);
/* Bytes of the buffers of the table. */
size_t rl_table_buffer_bytes(const Table *table);

/* ---- raw reading: no metamethods, never raises. The result is nil when absent; returns its tag. ---- */

uint32_t rl_table_get(const Table *table, const Value *key, Value *result);
uint32_t rl_table_get_integer(const Table *table, int64_t key, Value *result);
uint32_t rl_table_get_short_string(const Table *table, const String *key, Value *result);
uint32_t rl_table_get_string(const Table *table, const String *key, Value *result); /* short or long */

/* ---- raw writing: with the collector's barrier; forgets absent events of the table. ----
 * `key` and `value` must be anchored by the caller (a stack slot, say). May allocate, may collect (emergency), never
 * calls Lua. rl_table_set raises "table index is nil", "table index is NaN"; all may raise "table overflow" and memory
 * errors; on an error the table is as it was. */

void rl_table_set(State *L, Table *table, const Value *key, const Value *value);
void rl_table_set_integer(State *L, Table *table, int64_t key, const Value *value);
void rl_table_set_string(State *L, Table *table, String *key, const Value *value);

/* ---- lists: the elements 1..length, of which the caller knows that they are a border ---- */

/* Inserts before `position` (1..length + 1), or takes out `position` (1..length) into `removed`; the elements behind it
 * move by one. False, and nothing done, unless all of them lie in the array part. As rl_table_set_integer. */
bool rl_table_insert(State *L, Table *list, int64_t length, int64_t position, const Value *value);
bool rl_table_remove(State *L, Table *list, int64_t length, int64_t position, Value *removed);

/* ---- walking ---- */

/* `entry[0]` is a key (nil: begin) and becomes the next key, `entry[1]` its value. False at the end. Raises "invalid
 * key to 'next'". Does not allocate. */
bool rl_table_next(State *L, const Table *table, Value entry[2]);
/* The same by position: `*position` starts at 0; no key lookup. A change of sizes in between is noticed by nobody. */
bool rl_table_next_at(const Table *table, uint64_t *position, Value entry[2]);

/* The same for the generic `for`: from `key` to the next entry in entry[0], entry[1] (entry[0] is nil at the end;
 * returns 1, or 0 then). *note is a guess at the position, kept by the caller beside the key and believed only if it
 * fits; it may be anything. Returns -1 when the key is not in the table: the caller raises. entry[1] is written even
 * where the caller wants one value only. */
int rl_table_step(const Table *table, const Value *key, uint32_t *note, Value entry[2]);

/* A border (manual 3.4.7). */
uint64_t rl_table_length(Table *table);

/* Raw equality of two keys as the hash part sees it; used by the constant table of the compiler too. */
bool rl_table_key_equal(const Value *key, const TableNode *node);

/* Checks the structure (chains, main positions, hint): for the tests' and stress builds' assertions. */
bool rl_table_is_valid(const Table *table);

/* ---- fast paths ---- */

static inline uint8_t *table_array_tag(const Table *table, uint64_t index) {
  return (uint8_t *)table->array - 1 - index;
}
static inline bool table_has_nodes(const Table *table);
extern const TableNode rl_table_no_nodes;
static inline bool table_has_nodes(const Table *table) {
  return table->nodes != &rl_table_no_nodes;
}

/* True and the value when `key` lies in the array part and is present. */
static inline bool table_fast_get_integer(const Table *table, int64_t key, Value *result) {
  uint64_t index = (uint64_t)key - 1;
  if (index < table->array_capacity) {
    uint8_t tag = *table_array_tag(table, index);
    if (tag == TAG_NIL) return false; /* `result` may be the register that holds the table: the slow path needs it */
    result->as = table->array[index];
    result->tag = tag;
    return true;
  }
  return false;
}

/* The border where it was last, or one behind; false: look for it. */
static inline bool table_fast_length(const Table *table, uint64_t *length) {
  uint32_t hint = table->length_hint;
  if (hint > 0 && *table_array_tag(table, hint - 1) == TAG_NIL) return false;
  if (hint < table->array_capacity ? *table_array_tag(table, hint) != TAG_NIL : table_has_nodes(table)) return false;
  *length = hint;
  return true;
}

/* The node of a short-string key, or NULL. */
static inline TableNode *table_find_short_string(const Table *table, const String *key) {
  TableNode *node = table->nodes + (key->header.own & table->node_mask);
  for (;;) {
    if (node->key.object == (const Object *)key && node->key_tag == TAG_SHORT_STRING) return node;
    if (node->next == 0) return NULL;
    node += node->next;
  }
}

/* True and the value when the field is present. */
static inline bool table_fast_get_short_string(const Table *table, const String *key, Value *result) {
  const TableNode *node = table_find_short_string(table, key);
  if (node == NULL || node->value_tag == TAG_NIL) return false;
  result->as = node->value;
  result->tag = node->value_tag;
  return true;
}

/* Stores where no metamethod can be concerned and nothing has to be allocated: a slot of the array part that is
 * present, or absent in a table without metatable. False: take the slow path. The caller does the barrier
 * (heap/barrier.h). */
static inline bool table_fast_set_integer(Table *table, int64_t key, const Value *value) {
  uint64_t index = (uint64_t)key - 1;
  if (index >= table->array_capacity) return false;
  uint8_t *tag = table_array_tag(table, index);
  if (*tag == TAG_NIL && table->metatable != NULL) return false;
  table->array[index] = value->as;
  *tag = (uint8_t)value->tag;
  if (index == table->length_hint) table->length_hint = (uint32_t)index + 1;
  return true;
}

/* Likewise for a field that is present. */
static inline bool table_fast_set_short_string(Table *table, const String *key, const Value *value) {
  TableNode *node = table_find_short_string(table, key);
  if (node == NULL || node->value_tag == TAG_NIL) return false;
  node->value = value->as;
  node->value_tag = (uint8_t)value->tag;
  return true;
}

#endif

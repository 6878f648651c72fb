/* Tables: an array part for the keys 1..n, slots for the fields of records, and a hash part for everything else.
 *
 * Nothing outside object/ and gc/ may depend on the layout: read, write, walk and measure through these functions. The
 * inline ones are the interpreter's fast paths.
 *
 *   +--------+-------+-------+-----------+----------+-------+-----------+-----------+---------------------------+
 *   | header | array | nodes | metatable | cap, len | shape | slot tags | slots ... | first array: tags, values |
 *   +--------+-------+-------+-----------+----------+-------+-----------+-----------+---------------------------+
 *    8        8       8       8           4 + 4      8       8, if there are slots   if the constructor knew its size
 *
 * Array part: `array` points at the payload of key 1; payloads go upward from there, one tag byte for each goes
 * downward (the tag of key k is at array - k, seen as bytes): 9 bytes a slot. An absent element has TAG_NIL. A
 * constructor with a few elements puts its array into the object itself; when it grows, it moves out.
 * `length_hint` is where the border was last; `#t` looks there first, so that pushing and popping at the end costs
 * O(1).
 *
 * Slots: up to eight fields with constant names; `shape` (object/shape.h) tells which name is where. How many slots
 * there are is decided when the table is made.
 *
 * Hash part: 2^n nodes, chained scatter with relative links (Brent's variation: a colliding node that is not in its
 * main position moves away), behind a small header. A removed entry keeps its key (so that `next` goes on) and has
 * value tag TAG_NIL; the collector turns the key of such an entry into TAG_DEAD_KEY when the key object dies. Keys that
 * are floats with an integer value are stored as integers. A table without hash part points to one shared read-only
 * node.
 *
 * Sizes: a rehash chooses the largest n such that more than half of the slots 1..n of the array would be in use;
 * storing right behind a full array doubles it without a rehash. */
#ifndef RL_OBJECT_TABLE_H
#define RL_OBJECT_TABLE_H

#include "object/shape.h"
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

/* In front of the first node. */
typedef struct NodeHeader {
  uint32_t mask; /* number of nodes - 1 */
  uint32_t free; /* nodes at and above this index are not free */
} NodeHeader;

/* What stands in for the hash part of a table without one. */
typedef struct NoNodes {
  NodeHeader header;
  TableNode node;
} NoNodes;

struct Table {
  Object header; /* own: see TABLE_* */
  Payload *array;
  TableNode *nodes;
  Table *metatable;
  uint32_t array_capacity;
  uint32_t length_hint;
  const Shape *shape;
  /* from here on only if there are slots */
  uint8_t slot_tags[SHAPE_MAX_KEYS];
  Payload slots[];
};

/* Of an empty table. */
#define TABLE_SIZE offsetof(Table, slot_tags)
_Static_assert(TABLE_SIZE == 48, "an empty table is 48 bytes");

/* Fields of header.own: metamethods known to be absent (object/metatable.h); 16-byte granules that the object takes;
 * whether method caches rely on it; whether it is complete; slots that it has; its construction site. */
#define TABLE_GRANULES_SHIFT 8
#define TABLE_GRANULES_MASK  0x3fu
#define TABLE_IS_SEARCHED    0x4000u /* methods found in the table, or through it, are remembered */
#define TABLE_IS_DEFERRED    0x8000u /* a library's table whose entries are still to come; it has no metatable */
#define TABLE_SLOTS_SHIFT    16
#define TABLE_SITE_SHIFT     20

#define TABLE_ABSENT_EVENTS 0xffu
#define TABLE_MAX_ARRAY     (UINT32_C(1) << 30)

/* ---- life ---- */

/* A new empty table, white. Allocates: may raise a memory error; may run an emergency collection. The caller anchors
 * it. */
Table *rl_table_new(State *L);
/* The same with room for `slots` fields with constant names (more than SHAPE_MAX_KEYS: none) and `elements` of the
 * array, from construction site `site` (0: none). */
Table *rl_table_new_sized(State *L, uint32_t slots, uint32_t elements, uint32_t site);
/* Makes room for that many elements/fields in advance. Raises "table overflow" or a memory error. */
void rl_table_reserve(State *L, Table *table, size_t array_size, size_t hash_size);
/* Frees the buffers (not the object). */
void rl_table_release(State *L, Table *table);
/* Bytes of the buffers of the table. */
size_t rl_table_buffer_bytes(const Table *table);

/* Frees the hash part with all that is in it. */
void rl_table_drop_nodes(State *L, Table *table);

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

/* A library's table (direct/library_table.h) may be incomplete. Writing and walking complete it here; who reads one,
 * and finds nothing, has to. May raise a memory error, may collect (emergency). */
static inline bool table_is_deferred(const Table *table) {
  return (table->header.own & TABLE_IS_DEFERRED) != 0;
}
static inline void table_complete(State *L, const Table *table) {
  if (__builtin_expect(table_is_deferred(table), 0)) L->global->hooks->complete_table(L, (Table *)(uintptr_t)table);
}

/* What an instruction remembers about the field that it reads or writes. */
typedef struct FieldCache {
  const Shape *shape; /* tables of this shape ... */
  const Shape *next;  /* (stores) have not the field yet and get this shape with it; NULL: have it */
  uint32_t slot;      /* ... in this slot; FIELD_IN_NODES: in the hash part, or nowhere */
  uint32_t spare;
} FieldCache;
#define FIELD_IN_NODES SHAPE_MAX_KEYS

/* What a method call remembers: tables of this shape (strings: of none) with this metatable and no hash part find that
 * function through __index. Valid while Global.method_epoch is the same: a store that could change what is found moves
 * the epoch (rl_table_note_change), and so does every collection, since the cache keeps nothing alive. */
typedef struct MethodCache {
  const Shape *shape;
  uint32_t slot; /* as FieldCache: the object's own field, or FIELD_IN_NODES */
  uint32_t tag;  /* of the method */
  const Table *metatable;
  Payload method;
  uint64_t epoch;
} MethodCache;

/* The cache behind those of all instructions (vm/metamethod.c). */
#define METHOD_ENTRIES 128u
struct MethodEntry {
  const String *key;
  MethodCache found;
};

/* What a constructor remembers: the number of its site, 0: none yet. */
typedef struct SiteCache {
  uint64_t site;
} SiteCache;

/* To be called before a field with a string key gets a value with `tag` when the table is one that is searched. Moves
 * the epoch unless plain data takes the place of plain data. */
void rl_table_note_change(State *L, const Table *table, const String *key, uint32_t tag);
static inline bool table_is_searched(const Table *table) {
  return (table->header.own & TABLE_IS_SEARCHED) != 0;
}
/* The same for its metatable. */
static inline void table_note_metatable(State *L, const Table *table) {
  if (table_is_searched(table)) L->global->method_epoch++;
}

/* Stores a field whose (short) name is a constant of the program: a new one goes to a slot when there is one. Fills in
 * the cache. As rl_table_set. */
void rl_table_set_field(State *L, Table *table, String *key, const Value *value, FieldCache *cache);
/* Reads one, and fills in the cache. Returns the tag; `result` is only written when the field is present. */
uint32_t rl_table_get_field(const Table *table, const String *key, Value *result, FieldCache *cache);

/* ---- lists: the elements 1..length, of which the caller knows that they are a border ---- */

/* Inserts before `position` (1..length + 1), or takes out `position` (1..length) into `removed`; the elements behind it
 * move by one. False, and nothing done, unless all of them lie in the array part. As rl_table_set_integer. */
bool rl_table_insert(State *L, Table *list, int64_t length, int64_t position, const Value *value);
bool rl_table_remove(State *L, Table *list, int64_t length, int64_t position, Value *removed);

/* ---- walking ---- */

/* `entry[0]` is a key (nil: begin) and becomes the next key, `entry[1]` its value. False at the end. Raises "invalid
 * key to 'next'". Completes the table, does not allocate otherwise. */
bool rl_table_next(State *L, const Table *table, Value entry[2]);
/* The same by position: `*position` starts at 0; no key lookup. A change of sizes in between is noticed by nobody. The
 * table is complete. */
bool rl_table_next_at(const State *L, const Table *table, uint64_t *position, Value entry[2]);

/* The same for the generic `for`: from `key` to the next entry in entry[0], entry[1] (entry[0] is nil at the end;
 * returns 1, or 0 then). *note is a guess at the position, kept by the caller beside the key and believed only if it
 * fits; it may be anything. Returns -1 when the key is not in the table, or the table not complete: the caller asks
 * `next` itself, which completes or raises. entry[1] is written even where the caller wants one value only. */
int rl_table_step(const State *L, const Table *table, const Value *key, uint32_t *note, Value entry[2]);

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
extern const NoNodes rl_table_no_nodes;
static inline bool table_has_nodes(const Table *table) {
  return table->nodes != &rl_table_no_nodes.node;
}
static inline NodeHeader *table_node_header(const Table *table) {
  return (NodeHeader *)(void *)table->nodes - 1;
}
static inline uint32_t table_node_mask(const Table *table) {
  return table_node_header(table)->mask;
}
static inline uint32_t table_node_count(const Table *table) {
  return table_has_nodes(table) ? table_node_mask(table) + 1 : 0;
}
/* Slots that the table has, and those of them that its shape names. */
static inline uint32_t table_slot_capacity(const Table *table) {
  return table->header.own >> TABLE_SLOTS_SHIFT & 0xf;
}
static inline uint32_t table_slot_count(const Table *table) {
  return table->shape->count;
}
/* Bytes of the object itself. */
static inline size_t table_object_size(const Table *table) {
  return (size_t)(table->header.own >> TABLE_GRANULES_SHIFT & TABLE_GRANULES_MASK) * 16;
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

/* The node of a short-string key, or NULL (it may have a slot). */
static inline TableNode *table_find_short_string(const Table *table, const String *key) {
  TableNode *node = table->nodes + (key->header.own & table_node_mask(table));
  for (;;) {
    if (node->key.object == (const Object *)key && node->key_tag == TAG_SHORT_STRING) return node;
    if (node->next == 0) return NULL;
    node += node->next;
  }
}

/* True and the value when the hash part has the field. */
static inline bool table_fast_get_node(const Table *table, const String *key, Value *result) {
  const TableNode *node = table_find_short_string(table, key);
  if (node == NULL || node->value_tag == TAG_NIL) return false;
  result->as = node->value;
  result->tag = node->value_tag;
  return true;
}

/* True and the value when the field is present. */
static inline bool table_fast_get_short_string(const Table *table, const String *key, Value *result) {
  int slot = shape_find(table->shape, key);
  if (slot >= 0) {
    if (table->slot_tags[slot] == TAG_NIL) return false;
    result->as = table->slots[slot];
    result->tag = table->slot_tags[slot];
    return true;
  }
  return table_fast_get_node(table, key, result);
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

/* Likewise for a field that is present in the hash part. */
static inline bool table_fast_set_node(Table *table, const String *key, const Value *value) {
  TableNode *node = table_find_short_string(table, key);
  if (node == NULL || node->value_tag == TAG_NIL) return false;
  node->value = value->as;
  node->value_tag = (uint8_t)value->tag;
  return true;
}

/* Likewise for a field that is present. */
static inline bool table_fast_set_short_string(Table *table, const String *key, const Value *value) {
  int slot = shape_find(table->shape, key);
  if (slot < 0) return table_fast_set_node(table, key, value);
  if (table->slot_tags[slot] == TAG_NIL) return false;
  table->slots[slot] = value->as;
  table->slot_tags[slot] = (uint8_t)value->tag;
  return true;
}

#endif

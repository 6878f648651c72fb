/* Sizes of tables.
 *
 * Two things make a table grow. Storing at array_capacity + 1 while the array is full doubles the array at once:
 * appending never goes through the hash part. Everything else happens when the hash part has no free node: all keys are
 * counted and both parts get new sizes. The array gets the largest 2^p slots of which more than half would be in use;
 * the rest goes to the hash part. When removed entries are found among the nodes the table is not just growing but
 * being turned over (a queue, a cache), and the new size leaves a quarter of the entries as slack: otherwise a queue
 * whose length lies just below a power of two would rehash every few operations.
 *
 * All memory is asked for before anything is moved, and moving cannot fail: an error leaves the table as it was. An
 * emergency collection in between may clear entries of a weak table; then the sizes are merely more than enough. */
#include "heap/account.h"
#include "heap/barrier.h"
#include "heap/block.h"
#include "object/table_parts.h"
#include "raise/raise.h"

#define FIRST_ARRAY_GROWTH 4u /* slots that the first append makes */
#define FIRST_NODE_GROWTH  2u
#define POWERS             32

/* How many keys there are; by_power[p] counts integer keys in (2^(p-1), 2^p]. */
typedef struct KeyCount {
  uint32_t by_power[POWERS];
  uint64_t total;
  uint64_t removed; /* nodes whose entry has been removed */
  uint32_t in_array;
} KeyCount;

static uint32_t ceiling_log2(uint64_t number) {
  return number <= 1 ? 0 : 64 - (uint32_t)__builtin_clzll(number - 1);
}

uint32_t rl_table_count_slots(const Table *table, uint32_t first, uint32_t end) {
  uint32_t count = 0;
  if (first == end) return 0;
  const uint8_t *tags = (const uint8_t *)table->array - end;
  for (uint32_t i = 0; i < end - first; i++) count += tags[i] != TAG_NIL;
  return count;
}

static void count_key(KeyCount *count, const Value *key) {
  count->total++;
  if (key->tag != TAG_INTEGER || (uint64_t)key->as.integer - 1 >= TABLE_MAX_ARRAY) return;
  count->by_power[ceiling_log2((uint64_t)key->as.integer)]++;
}

static void count_array(KeyCount *count, const Table *table) {
  uint32_t first = 0;
  for (uint32_t power = 0; first < table->array_capacity; power++) {
    uint32_t end = UINT32_C(1) << power;
    if (end > table->array_capacity) end = table->array_capacity;
    uint32_t present = rl_table_count_slots(table, first, end);
    count->by_power[power] += present;
    count->in_array += present;
    first = end;
  }
  count->total += count->in_array;
}

static void count_nodes(KeyCount *count, const Table *table) {
  uint32_t nodes = table_node_count(table);
  for (uint32_t i = 0; i < nodes; i++) {
    const TableNode *node = &table->nodes[i];
    if (node_is_present(node)) {
      Value key = node_key(node);
      count_key(count, &key);
    } else if (!node_is_free(node)) {
      count->removed++;
    }
  }
}

/* The capacity by the more-than-half rule; *kept is the number of keys that it covers. An array that is well used and
 * would gain no key keeps the size that its constructor chose. */
static uint32_t choose_array_capacity(const KeyCount *count, const Table *table, uint32_t *kept) {
  uint32_t best = 0, covered = 0;
  *kept = 0;
  for (uint32_t power = 0; power < POWERS - 1; power++) {
    covered += count->by_power[power];
    if (covered > (UINT32_C(1) << power) / 2) {
      best = UINT32_C(1) << power;
      *kept = covered;
    }
  }
  if (*kept > count->in_array || count->in_array <= table->array_capacity / 2) return best;
  *kept = count->in_array;
  return table->array_capacity;
}

/* ---- buffers ---- */

static Payload *try_new_array(State *L, uint32_t capacity) {
  char *block = rl_memory_try_resize(L, NULL, 0, table_array_bytes(capacity));
  return block == NULL ? NULL : (Payload *)(block + table_tag_bytes(capacity));
}

static void free_array(Global *global, Payload *array, uint32_t capacity) {
  if (capacity > 0) rl_memory_free(global, table_array_block(array, capacity), table_array_bytes(capacity));
}

static size_t node_bytes(uint32_t count) {
  return sizeof(NodeHeader) + count * sizeof(TableNode);
}

static void free_nodes(Global *global, TableNode *nodes, uint32_t count) {
  if (count > 0) rl_memory_free(global, (NodeHeader *)(void *)nodes - 1, node_bytes(count));
}

static uint32_t nodes_for(State *L, uint64_t entries) {
  if (entries > TABLE_MAX_NODES) rl_raise(L, ERROR_TABLE_OVERFLOW);
  return entries == 0 ? 0 : UINT32_C(1) << ceiling_log2(entries);
}

/* `header` begins a fresh hash part of count nodes; NULL: none. */
static void install_nodes(Table *table, NodeHeader *header, uint32_t count) {
  if (header == NULL) {
    table->nodes = (TableNode *)(uintptr_t)&rl_table_no_nodes.node;
    return;
  }
  *header = (NodeHeader){count - 1, count};
  table->nodes = (TableNode *)(void *)(header + 1);
  memset(table->nodes, 0, count * sizeof(TableNode));
}

/* Slots that both arrays have are copied, further ones are nil. */
static void install_array(Table *table, Payload *array, uint32_t capacity) {
  uint32_t common = capacity < table->array_capacity ? capacity : table->array_capacity;
  if (capacity > 0) {
    if (common > 0) {
      memcpy(array, table->array, common * sizeof(Payload));
      memcpy((uint8_t *)array - common, (uint8_t *)table->array - common, common);
    }
    memset((uint8_t *)array - capacity, TAG_NIL, capacity - common);
  }
  table->array = array;
  table->array_capacity = capacity;
  if (table->length_hint > capacity) table->length_hint = capacity;
}

/* ---- moving entries ---- */

/* There is room for every entry by construction. */
static void move_entry(Table *table, const Value *key, Payload payload, uint8_t tag) {
  if (key->tag == TAG_INTEGER && (uint64_t)key->as.integer - 1 < table->array_capacity) {
    table_store_slot(table, (uint64_t)key->as.integer - 1, payload, tag);
    return;
  }
  TableNode *node = rl_table_claim_node(table, key);
  node->value = payload;
  node->value_tag = tag;
}

/* The parts that a table had before it got new ones. */
typedef struct OldParts {
  Payload *array;
  TableNode *nodes;
  uint32_t array_capacity;
  uint32_t node_count;
} OldParts;

static void move_elements(Table *table, const Payload *array, uint32_t first, uint32_t end) {
  for (uint32_t i = first; i < end; i++) {
    uint8_t tag = *((const uint8_t *)array - 1 - i);
    Value key;
    value_set_integer(&key, (int64_t)i + 1);
    if (tag != TAG_NIL) move_entry(table, &key, array[i], tag);
  }
}

static void move_nodes(Table *table, const OldParts *from) {
  for (uint32_t i = from->node_count; i-- > 0;) {
    const TableNode *node = &from->nodes[i];
    Value key = node_key(node);
    if (node_is_present(node)) move_entry(table, &key, node->value, node->value_tag);
  }
}

/* Gives the table exactly these sizes; they must have room for all its entries. */
static void resize(State *L, Table *table, uint32_t capacity, uint32_t node_count) {
  bool new_array = capacity != table->array_capacity;
  Payload *array = NULL;
  NodeHeader *nodes = NULL;
  bool was_inside = table_array_is_inside(table);
  if (new_array && capacity > 0 && (array = try_new_array(L, capacity)) == NULL) rl_raise_memory(L);
  if (node_count > 0 && (nodes = rl_memory_try_resize(L, NULL, 0, node_bytes(node_count))) == NULL) {
    if (new_array) free_array(L->global, array, capacity);
    rl_raise_memory(L);
  }
  OldParts old = {table->array, table->nodes, table->array_capacity, table_node_count(table)};
  if (new_array) install_array(table, array, capacity);
  install_nodes(table, nodes, node_count);
  if (capacity < old.array_capacity) move_elements(table, old.array, capacity, old.array_capacity);
  move_nodes(table, &old);
  if (new_array && !was_inside) free_array(L->global, old.array, old.array_capacity);
  free_nodes(L->global, old.nodes, old.node_count);
  rl_heap_note_owner(&table->header);
  barrier_moved(L, table);
}

void rl_table_rehash(State *L, Table *table, const Value *key) {
  KeyCount count = {0};
  uint32_t kept;
  count_array(&count, table);
  count_nodes(&count, table);
  count_key(&count, key);
  uint32_t capacity = choose_array_capacity(&count, table, &kept);
  uint64_t entries = count.total - kept;
  if (count.removed > 0) entries += entries / 4 + 1;
  if (entries == 1) entries = FIRST_NODE_GROWTH;
  resize(L, table, capacity, nodes_for(L, entries));
}

/* ---- appending ---- */

static bool integer_is_in_nodes(const Table *table, uint64_t key) {
  const TableNode *node = rl_table_find_integer_node(table, (int64_t)key);
  return node != NULL && node_is_present(node);
}

static void pull_node(Table *table, TableNode *node) {
  table_store_slot(table, (uint64_t)node->key.integer - 1, node->value, node->value_tag);
  node->value_tag = TAG_NIL;
}

/* Takes the integer keys that belong to the array's slots from `first` on out of the hash part; by searching each, or
 * by looking at all nodes, whichever is less. */
static void pull_integers(Table *table, uint32_t first) {
  uint32_t nodes = table_node_count(table), slots = table->array_capacity - first;
  if (nodes <= slots) {
    for (TableNode *node = table->nodes; node < table->nodes + nodes; node++)
      if (node_is_present(node) && node->key_tag == TAG_INTEGER &&
          (uint64_t)node->key.integer - 1 < table->array_capacity)
        pull_node(table, node);
    return;
  }
  for (uint64_t key = (uint64_t)first + 1; key <= table->array_capacity; key++) {
    TableNode *node = rl_table_find_integer_node(table, (int64_t)key);
    if (node != NULL && node_is_present(node)) pull_node(table, node);
  }
}

/* Grows only the array; entries of the hash part that belong to it move. */
static void enlarge_array(State *L, Table *table, uint32_t capacity) {
  Payload *array = try_new_array(L, capacity);
  if (array == NULL) rl_raise_memory(L);
  Payload *old_array = table->array;
  uint32_t old_capacity = table->array_capacity;
  bool was_inside = table_array_is_inside(table);
  install_array(table, array, capacity);
  if (!was_inside) free_array(L->global, old_array, old_capacity);
  pull_integers(table, old_capacity);
  rl_heap_note_owner(&table->header);
  barrier_moved(L, table);
}

bool rl_table_extend_array(State *L, Table *table) {
  table_complete(L, table);
  uint32_t capacity = table->array_capacity;
  if (capacity >= TABLE_MAX_ARRAY || rl_table_count_slots(table, 0, capacity) < capacity) return false;
  uint64_t end = (uint64_t)capacity + 1;
  while (end < TABLE_MAX_ARRAY && integer_is_in_nodes(table, end + 1)) end++;
  uint32_t grown = UINT32_C(1) << ceiling_log2(end);
  enlarge_array(L, table, grown > FIRST_ARRAY_GROWTH ? grown : FIRST_ARRAY_GROWTH);
  return true;
}

/* ---- life ---- */

/* A reserved array is going to be filled from the start: its end is the best guess at the border. */
void rl_table_reserve(State *L, Table *table, size_t array_size, size_t hash_size) {
  if (array_size > TABLE_MAX_ARRAY || hash_size > TABLE_MAX_NODES) rl_raise(L, ERROR_TABLE_OVERFLOW);
  table_complete(L, table);
  uint32_t nodes = nodes_for(L, hash_size);
  bool more_slots = array_size > table->array_capacity;
  if (nodes > table_node_count(table))
    resize(L, table, more_slots ? (uint32_t)array_size : table->array_capacity, nodes);
  else if (more_slots)
    enlarge_array(L, table, (uint32_t)array_size);
  if (more_slots) table->length_hint = table->array_capacity;
}

void rl_table_drop_nodes(State *L, Table *table) {
  TableNode *nodes = table->nodes;
  uint32_t count = table_node_count(table);
  install_nodes(table, NULL, 0);
  free_nodes(L->global, nodes, count);
}

void rl_table_release(State *L, Table *table) {
  if (!table_array_is_inside(table)) free_array(L->global, table->array, table->array_capacity);
  if (!table_is_deferred(table)) free_nodes(L->global, table->nodes, table_node_count(table));
}

size_t rl_table_buffer_bytes(const Table *table) {
  return (table_array_is_inside(table) ? 0 : table_array_bytes(table->array_capacity)) +
         (table_has_nodes(table) && !table_is_deferred(table) ? node_bytes(table_node_count(table)) : 0);
}

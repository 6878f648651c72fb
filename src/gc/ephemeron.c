/* Convergence of ephemerons in linear time.
 *
 * Going over all ephemeron tables until a round marks nothing is quadratic when each round finds the next link of a
 * chain only. So after a few rounds the entries whose value is still white are put into a hash table by key. From then
 * on, whenever an object is reached, the entries that wait for it become ready, and the value of each ready entry is
 * marked: every entry is looked at once.
 *
 *     entries   [ key value next | key value next | ... ]      taken in order, never moved
 *     buckets   heads of lists of entries by the hash of the key
 *     ready     list of entries whose key has been reached
 *
 * Without memory for this the rounds go on. */
#include "gc/phases.h"
#include "heap/account.h"
#include "object/table_parts.h"

#define NONE           UINT32_MAX
#define FIRST_CAPACITY 64u

typedef struct Waiting {
  Object *key;
  Object *value;
  uint32_t next;
} Waiting;

struct EphemeronMap {
  Waiting *entries;
  uint32_t *buckets;
  uint32_t count;
  uint32_t capacity; /* of entries; there are as many buckets: a power of two, or none */
  uint32_t ready;
  bool is_incomplete; /* there was no memory for an entry */
};
typedef struct EphemeronMap Map;

static uint32_t bucket_of(const Map *map, const Object *key) {
  return (uint32_t)(((uintptr_t)key >> 3) * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (map->capacity - 1);
}

static bool is_white(const Global *global, Payload payload, uint32_t tag) {
  return tag_is_collectable(tag) && object_is_white(global, payload.object);
}

static size_t map_bytes(uint32_t capacity) {
  return capacity * (sizeof(Waiting) + sizeof(uint32_t));
}

static void put_into_bucket(Map *map, uint32_t index) {
  uint32_t *bucket = &map->buckets[bucket_of(map, map->entries[index].key)];
  map->entries[index].next = *bucket;
  *bucket = index;
}

/* Buckets lie behind the entries. The list of ready ones stays. */
static bool grow(Global *global, Map *map) {
  uint32_t capacity = map->capacity == 0 ? FIRST_CAPACITY : map->capacity * 2;
  if (capacity > NONE / 2) return false;
  Waiting *entries = rl_memory_try_resize_quietly(global, map->entries, map_bytes(map->capacity), map_bytes(capacity));
  if (entries == NULL) return false;
  map->entries = entries;
  map->buckets = (uint32_t *)(entries + capacity);
  map->capacity = capacity;
  for (uint32_t i = 0; i < capacity; i++) map->buckets[i] = NONE;
  for (uint32_t i = 0; i < map->count; i++)
    if (entries[i].key != NULL) put_into_bucket(map, i);
  return true;
}

static void make_ready(Map *map, uint32_t index) {
  map->entries[index].key = NULL;
  map->entries[index].next = map->ready;
  map->ready = index;
}

/* An entry whose key has been reached after its table was looked at is ready at once. (Strings as keys are always
 * reached.) */
static void add_entry(const Global *global, Map *map, const TableNode *node) {
  uint32_t index = map->count++;
  map->entries[index] = (Waiting){node->key.object, node->value.object, NONE};
  if (is_white(global, node->key, node->key_tag))
    put_into_bucket(map, index);
  else
    make_ready(map, index);
}

size_t rl_ephemeron_add(Global *global, const Table *table) {
  Map *map = global->collector.ephemeron_map;
  uint32_t count = table_node_count(table);
  for (uint32_t i = 0; i < count && !map->is_incomplete; i++) {
    const TableNode *node = &table->nodes[i];
    if (!is_white(global, node->value, node->value_tag)) continue;
    if (map->count == map->capacity && !grow(global, map))
      map->is_incomplete = true;
    else
      add_entry(global, map, node);
  }
  return count;
}

/* Neither marks nor recurs: chains of ephemerons are as long as you like. */
void rl_ephemeron_reached(Global *global, const Object *key) {
  Map *map = global->collector.ephemeron_map;
  if (map->capacity == 0) return;
  uint32_t *link = &map->buckets[bucket_of(map, key)];
  while (*link != NONE) {
    uint32_t index = *link;
    Waiting *entry = &map->entries[index];
    if (entry->key != key) {
      link = &entry->next;
    } else {
      *link = entry->next;
      make_ready(map, index);
    }
  }
}

static size_t mark_ready(Global *global, Map *map) {
  size_t work = 0;
  while (map->ready != NONE) {
    const Waiting *entry = &map->entries[map->ready];
    Object *value = entry->value;
    map->ready = entry->next;
    mark_object(global, value);
    work += 1 + rl_mark_drain_overflow(global);
  }
  return work;
}

/* Tables that are reached meanwhile are added when they are put on the list (weak.c). */
bool rl_ephemeron_converge(Global *global, size_t *work) {
  const ObjectList *list = &global->collector.ephemerons;
  Map map = {.ready = NONE};
  global->collector.ephemeron_map = &map;
  for (size_t i = 0, end = list->count; i < end; i++) *work += rl_ephemeron_add(global, (const Table *)list->items[i]);
  *work += mark_ready(global, &map);
  global->collector.ephemeron_map = NULL;
  rl_memory_free(global, map.entries, map_bytes(map.capacity));
  return !map.is_incomplete;
}

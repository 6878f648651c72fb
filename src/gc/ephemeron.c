/* Convergence of ephemerons in linear time, and in portions.
 *
 * Going over all ephemeron tables until a round marks nothing is quadratic when each round finds the next link of a
 * chain only. So entries whose key and value are white are put into a hash table by key. From then on, whenever an
 * object is reached, the entries that wait for it become ready, and the value of each ready entry is marked: every
 * entry is looked at once. While the program runs, a store into a table that has been looked at marks key and value, so
 * the hash table need not know of it.
 *
 *     segments  [ keys, values, nexts, buckets: 128 of each ] [ keys, ... ] ...
 *     entry i   key, value, next of its bucket (or of the ready ones); taken in order, never moved
 *     bucket i  head of a list of entries
 *
 * There are as many buckets as entries: with each entry comes a bucket, to which another bucket gives half of its
 * entries (linear hashing: W. Litwin 1980). So nothing is ever rehashed at once, and a portion stays a portion.
 *
 * Without memory for this the atomic phase goes over the tables in rounds. */
#include "gc/phases.h"
#include "heap/account.h"
#include "object/table_parts.h"

#define NONE           UINT32_MAX
#define SEGMENT        128u
#define FIRST_POINTERS 8u

struct EphemeronSegment {
  Object *keys[SEGMENT];
  Object *values[SEGMENT];
  uint32_t nexts[SEGMENT];
  uint32_t buckets[SEGMENT];
};
typedef struct EphemeronSegment Segment;

static Object **key_at(const EphemeronMap *map, uint32_t index) {
  return &map->segments[index / SEGMENT]->keys[index % SEGMENT];
}
static Object **value_at(const EphemeronMap *map, uint32_t index) {
  return &map->segments[index / SEGMENT]->values[index % SEGMENT];
}
static uint32_t *next_at(const EphemeronMap *map, uint32_t index) {
  return &map->segments[index / SEGMENT]->nexts[index % SEGMENT];
}
static uint32_t *bucket_at(const EphemeronMap *map, uint32_t index) {
  return &map->segments[index / SEGMENT]->buckets[index % SEGMENT];
}

static uint32_t hash(const Object *key) {
  return (uint32_t)(((uintptr_t)key >> 3) * UINT64_C(0x9e3779b97f4a7c15) >> 32);
}

/* The largest power of two that is not greater. */
static uint32_t floor_power(uint32_t count) {
  return UINT32_C(1) << (31 - (uint32_t)__builtin_clz(count));
}

/* Of `count` > 0 buckets. */
static uint32_t *bucket_of(const EphemeronMap *map, const Object *key) {
  uint32_t power = floor_power(map->count), index = hash(key) & (power * 2 - 1);
  return bucket_at(map, index < map->count ? index : index - power);
}

static void put_into_bucket(const EphemeronMap *map, uint32_t *bucket, uint32_t index) {
  *next_at(map, index) = *bucket;
  *bucket = index;
}

/* ---- growing ---- */

static bool add_segment(Global *global, EphemeronMap *map) {
  if (map->segment_count == map->segment_capacity) {
    uint32_t capacity = map->segment_capacity == 0 ? FIRST_POINTERS : map->segment_capacity * 2;
    Segment **segments = rl_memory_try_resize_quietly(global, map->segments, map->segment_capacity * sizeof(Segment *),
                                                      capacity * sizeof(Segment *));
    if (segments == NULL) return false;
    map->segments = segments;
    map->segment_capacity = capacity;
  }
  Segment *segment = rl_memory_try_resize_quietly(global, NULL, 0, sizeof(Segment));
  if (segment == NULL) return false;
  map->segments[map->segment_count++] = segment;
  return true;
}

/* The new bucket takes its entries out of the one that had them. */
static void split_bucket(const EphemeronMap *map, uint32_t added) {
  *bucket_at(map, added) = NONE;
  if (added == 0) return;
  uint32_t power = floor_power(added);
  uint32_t *link = bucket_at(map, added - power);
  while (*link != NONE) {
    uint32_t index = *link;
    if ((hash(*key_at(map, index)) & (power * 2 - 1)) == added) {
      *link = *next_at(map, index);
      put_into_bucket(map, bucket_at(map, added), index);
    } else {
      link = next_at(map, index);
    }
  }
}

static void make_ready(EphemeronMap *map, uint32_t index) {
  *next_at(map, index) = map->ready;
  map->ready = index;
}

/* An entry whose key has been reached after its table was looked at is ready at once. (Strings as keys are always
 * reached.) */
static bool add_entry(Global *global, EphemeronMap *map, Object *key, Object *value) {
  if (map->count == NONE / 2) return false;
  if (map->count == map->segment_count * SEGMENT && !add_segment(global, map)) return false;
  uint32_t index = map->count;
  *key_at(map, index) = key;
  *value_at(map, index) = value;
  split_bucket(map, index);
  map->count++;
  if (object_is_unreached(global, key))
    put_into_bucket(map, bucket_of(map, key), index);
  else
    make_ready(map, index);
  return true;
}

/* ---- using ---- */

static void begin(EphemeronMap *map) {
  if (!map->is_used) map->ready = NONE;
  map->is_used = 1;
}

void rl_ephemeron_add_node(Global *global, const TableNode *node) {
  EphemeronMap *map = &global->collector.ephemeron_map;
  if (!tag_is_collectable(node->value_tag) || !object_is_unreached(global, node->value.object)) return;
  begin(map);
  if (!map->is_incomplete && !add_entry(global, map, node->key.object, node->value.object)) map->is_incomplete = 1;
}

size_t rl_ephemeron_add(Global *global, const Table *table) {
  uint32_t count = table_node_count(table);
  for (uint32_t i = 0; i < count; i++) {
    const TableNode *node = &table->nodes[i];
    if (tag_is_collectable(node->key_tag)) rl_ephemeron_add_node(global, node);
  }
  return count;
}

/* Neither marks nor recurs: chains of ephemerons are as long as you like. */
void rl_ephemeron_reached(Global *global, const Object *key) {
  EphemeronMap *map = &global->collector.ephemeron_map;
  if (map->count == 0) return;
  uint32_t *link = bucket_of(map, key);
  while (*link != NONE) {
    uint32_t index = *link;
    if (*key_at(map, index) != key) {
      link = next_at(map, index);
    } else {
      *link = *next_at(map, index);
      make_ready(map, index);
    }
  }
}

size_t rl_ephemeron_mark_ready(Global *global) {
  EphemeronMap *map = &global->collector.ephemeron_map;
  if (!map->is_used || map->ready == NONE) return 0;
  Object *value = *value_at(map, map->ready);
  map->ready = *next_at(map, map->ready);
  mark_object(global, value);
  return 1;
}

void rl_ephemeron_end(Global *global) {
  EphemeronMap *map = &global->collector.ephemeron_map;
  for (uint32_t i = 0; i < map->segment_count; i++) rl_memory_free(global, map->segments[i], sizeof(Segment));
  if (map->segments != NULL) rl_memory_free(global, map->segments, map->segment_capacity * sizeof(Segment *));
  *map = (EphemeronMap){0};
}

size_t rl_ephemeron_bytes(const Global *global) {
  const EphemeronMap *map = &global->collector.ephemeron_map;
  return map->segment_count * sizeof(Segment) + map->segment_capacity * sizeof(Segment *);
}

/* Tables that are reached meanwhile are added when they are traversed (weak.c). */
bool rl_ephemeron_converge(Global *global, size_t *work) {
  EphemeronMap *map = &global->collector.ephemeron_map;
  const ObjectList *list = &global->collector.ephemerons;
  begin(map);
  for (size_t i = 0, end = list->count; i < end; i++) *work += rl_ephemeron_add(global, (const Table *)list->items[i]);
  *work += rl_mark_drain_overflow(global);
  return !map->is_incomplete;
}

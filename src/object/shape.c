/* The tree of shapes: a hash table from (shape, name) to the shape that has the name too. Open addressing, at most
 * three quarters full; nothing is ever taken out. */
#include "object/shape.h"

#include <string.h>

#include "heap/account.h"
#include "heap/block.h"

#define FIRST_SHAPES 8u
#define FIRST_SITES  64u

const Shape rl_shape_empty = {.parent = NULL, .count = 0, .hash = 0};

static size_t shape_bytes(uint32_t count) {
  return sizeof(Shape) + count * sizeof(String *);
}

static uint32_t hash_step(const Shape *shape, const String *key) {
  return (shape->hash * 31 + shape->count + 1) * UINT32_C(0x9e3779b1) ^ key->header.own;
}

static const Shape **find_slot(const Shape **slots, uint32_t capacity, const Shape *parent, const String *key,
                               uint32_t hash) {
  for (uint32_t i = hash & (capacity - 1);; i = (i + 1) & (capacity - 1)) {
    const Shape *shape = slots[i];
    if (shape == NULL || (shape->parent == parent && shape->keys[shape->count - 1] == key)) return &slots[i];
  }
}

/* Room for one more. False without memory, or at the limit. */
static bool make_room(State *L, ShapeTable *table) {
  if (table->count >= SHAPE_LIMIT) return false;
  if (table->count < table->capacity / 4 * 3) return true;
  uint32_t capacity = table->capacity == 0 ? FIRST_SHAPES : table->capacity * 2;
  const Shape **slots = rl_memory_try_resize(L, NULL, 0, capacity * sizeof *slots);
  if (slots == NULL) return false;
  memset(slots, 0, capacity * sizeof *slots);
  for (uint32_t i = 0; i < table->capacity; i++) {
    const Shape *shape = table->slots[i];
    if (shape != NULL) *find_slot(slots, capacity, shape->parent, shape->keys[shape->count - 1], shape->hash) = shape;
  }
  rl_memory_free(L->global, table->slots, table->capacity * sizeof *slots);
  table->slots = slots;
  table->capacity = capacity;
  return true;
}

const Shape *rl_shape_extend(State *L, const Shape *shape, String *key) {
  ShapeTable *table = &L->global->shapes;
  uint32_t hash = hash_step(shape, key);
  if (shape->count >= SHAPE_MAX_KEYS) return NULL;
  if (table->capacity > 0) {
    const Shape *known = *find_slot(table->slots, table->capacity, shape, key, hash);
    if (known != NULL) return known;
  }
  if (!make_room(L, table) || !rl_heap_fix(L, &key->header)) return NULL;
  Shape *fresh = rl_memory_try_resize(L, NULL, 0, shape_bytes(shape->count + 1));
  if (fresh == NULL) return NULL;
  *fresh = (Shape){.parent = shape, .count = shape->count + 1, .hash = hash};
  memcpy(fresh->keys, shape->keys, shape->count * sizeof(String *));
  fresh->keys[shape->count] = key;
  *find_slot(table->slots, table->capacity, shape, key, hash) = fresh;
  table->count++;
  return fresh;
}

void rl_shape_close(Global *global) {
  ShapeTable *table = &global->shapes;
  for (uint32_t i = 0; i < table->capacity; i++)
    if (table->slots[i] != NULL)
      rl_memory_free(global, (void *)(uintptr_t)table->slots[i], shape_bytes(table->slots[i]->count));
  rl_memory_free(global, table->slots, table->capacity * sizeof *table->slots);
  rl_memory_free(global, table->demands, table->site_capacity);
  *table = (ShapeTable){.slots = NULL};
}

/* ---- construction sites ---- */

uint32_t rl_site_new(State *L) {
  ShapeTable *table = &L->global->shapes;
  if (table->site_count >= SITE_LIMIT) return 0;
  if (table->site_count + 1 >= table->site_capacity) {
    uint32_t capacity = table->site_capacity == 0 ? FIRST_SITES : table->site_capacity * 2;
    uint8_t *demands = rl_memory_try_resize(L, table->demands, table->site_capacity, capacity);
    if (demands == NULL) return 0;
    memset(demands + table->site_capacity, 0, capacity - table->site_capacity);
    table->demands = demands;
    table->site_capacity = capacity;
  }
  return ++table->site_count;
}

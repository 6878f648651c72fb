/* The bodies of the instructions that read and write fields and elements, as templates: interp.c says where table and
 * value come from. They use its names (A, L, pc, constants, NEXT, STEP, SLOW, CONTINUE_IN).
 *
 * A field instruction asks its cache first. Its table may have the remembered shape: then the slot is known, or that
 * the shape has no such name. Tables of another shape (..._OTHER) are asked whether the same slot has the same name
 * there, which is so for all that began with the same names. What remains is searched for (..._MISS, or the slow path),
 * and remembered. */
#ifndef RL_VM_FIELD_ACCESS_H
#define RL_VM_FIELD_ACCESS_H

#include "heap/barrier.h"
#include "object/metatable.h"
#include "object/table.h"

/* A new field may go to slot `slot` of the table: it has that slot, no hash part and no __newindex. */
static inline bool table_can_add(const Table *table, uint32_t slot) {
  return slot < table_slot_capacity(table) && !table_has_nodes(table) &&
         metatable_lacks(table->metatable, EVENT_NEWINDEX);
}

#define FIELD_KEY(extra) value_string(constants + field_constant(extra))

/* A slot of the table into A; one that is nil may have a value elsewhere. */
#define GET_SLOT(table, slot, miss)                                                                                    \
  do {                                                                                                                 \
    uint32_t tag = (table)->slot_tags[slot];                                                                           \
    if (RL_UNLIKELY(tag == TAG_NIL)) CONTINUE_IN(miss);                                                                \
    Value *result = A;                                                                                                 \
    result->as = (table)->slots[slot];                                                                                 \
    result->tag = tag;                                                                                                 \
    STEP(2);                                                                                                           \
  } while (0)

/* The field of `table_value` that the extra word names into A. What the cache does not answer, `miss` does. */
#define GET_FIELD(table_value, miss)                                                                                   \
  do {                                                                                                                 \
    const Value *object = (table_value);                                                                               \
    if (RL_UNLIKELY(!value_is_table(object))) CONTINUE_IN(miss);                                                       \
    const Table *table = value_table(object);                                                                          \
    const FieldCache *cache = CACHE;                                                                                   \
    if (RL_UNLIKELY(table->shape != cache->shape)) CONTINUE_IN(miss);                                                  \
    uint32_t slot = cache->slot;                                                                                       \
    if (slot < SHAPE_MAX_KEYS) {                                                                                       \
      GET_SLOT(table, slot, miss);                                                                                     \
    }                                                                                                                  \
    if (RL_UNLIKELY(!table_fast_get_node(table, FIELD_KEY(EXTRA), A))) CONTINUE_IN(miss);                              \
    STEP(2);                                                                                                           \
  } while (0)

/* Tables of several shapes come along: names that came in the same order have the same slot in all of them. The cache
 * stays as it is. */
#define GET_FIELD_OTHER(table_value, miss)                                                                             \
  do {                                                                                                                 \
    const Value *object = (table_value);                                                                               \
    if (RL_UNLIKELY(!value_is_table(object))) CONTINUE_IN(miss);                                                       \
    const Table *table = value_table(object);                                                                          \
    const String *key = FIELD_KEY(EXTRA);                                                                              \
    uint32_t slot = ((const FieldCache *)CACHE)->slot;                                                                 \
    if (slot < table_slot_count(table) && table->shape->keys[slot] == key) {                                           \
      GET_SLOT(table, slot, miss);                                                                                     \
    }                                                                                                                  \
    if (table_slot_count(table) > 0 || !table_fast_get_node(table, key, A)) CONTINUE_IN(miss);                         \
    STEP(2);                                                                                                           \
  } while (0)

/* The same by a search, which fills in the cache and follows __index through tables. */
#define GET_FIELD_MISS(table_value, slow)                                                                              \
  do {                                                                                                                 \
    const Value *object = (table_value);                                                                               \
    if (RL_UNLIKELY(!value_is_table(object))) SLOW(slow);                                                              \
    const Table *table = value_table(object);                                                                          \
    if (RL_UNLIKELY(table_is_deferred(table))) SLOW(slow);                                                             \
    if (rl_table_get_field(table, FIELD_KEY(EXTRA), A, CACHE) == TAG_NIL &&                                            \
        !rl_index_through_tables(L, table->metatable, FIELD_KEY(EXTRA), A))                                            \
      SLOW(slow);                                                                                                      \
    STEP(2);                                                                                                           \
  } while (0)

#define SET_FIELD(table_value, stored, slow)                                                                           \
  do {                                                                                                                 \
    const Value *object = (table_value);                                                                               \
    const Value *value = (stored);                                                                                     \
    if (RL_UNLIKELY(!value_is_table(object))) SLOW(slow);                                                              \
    Table *table = value_table(object);                                                                                \
    const FieldCache *cache = CACHE;                                                                                   \
    if (RL_UNLIKELY(NEEDS_BARRIER(table, value) || table_is_searched(table))) SLOW(slow);                              \
    if (RL_UNLIKELY(table->shape != cache->shape)) CONTINUE_IN(slow##_other);                                          \
    uint32_t slot = cache->slot;                                                                                       \
    if (slot < SHAPE_MAX_KEYS) {                                                                                       \
      if (cache->next == NULL) {                                                                                       \
        if (RL_UNLIKELY(table->slot_tags[slot] == TAG_NIL)) SLOW(slow);                                                \
      } else {                                                                                                         \
        if (RL_UNLIKELY(!table_can_add(table, slot) || value_is_nil(value))) SLOW(slow);                               \
        table->shape = cache->next;                                                                                    \
        table->header.own &= ~TABLE_ABSENT_EVENTS;                                                                     \
      }                                                                                                                \
      table->slots[slot] = value->as;                                                                                  \
      table->slot_tags[slot] = (uint8_t)value->tag;                                                                    \
      STEP(2);                                                                                                         \
    }                                                                                                                  \
    if (!table_fast_set_node(table, FIELD_KEY(EXTRA), value)) SLOW(slow);                                              \
    STEP(2);                                                                                                           \
  } while (0)

#define SET_FIELD_OTHER(table_value, stored, slow)                                                                     \
  do {                                                                                                                 \
    Table *table = value_table(table_value);                                                                           \
    const Value *value = (stored);                                                                                     \
    const String *key = FIELD_KEY(EXTRA);                                                                              \
    uint32_t slot = ((const FieldCache *)CACHE)->slot;                                                                 \
    if (slot < table_slot_count(table) && table->shape->keys[slot] == key) {                                           \
      if (RL_UNLIKELY(table->slot_tags[slot] == TAG_NIL)) SLOW(slow);                                                  \
      table->slots[slot] = value->as;                                                                                  \
      table->slot_tags[slot] = (uint8_t)value->tag;                                                                    \
      STEP(2);                                                                                                         \
    }                                                                                                                  \
    if (table_slot_count(table) > 0 || !table_fast_set_node(table, key, value)) SLOW(slow);                            \
    STEP(2);                                                                                                           \
  } while (0)

#define GET_INTEGER(table_value, index, slow)                                                                          \
  do {                                                                                                                 \
    const Value *object = (table_value);                                                                               \
    if (RL_UNLIKELY(!value_is_table(object))) SLOW(slow);                                                              \
    if (!table_fast_get_integer(value_table(object), index, A)) SLOW(slow);                                            \
    NEXT();                                                                                                            \
  } while (0)

#define SET_INTEGER(table_value, index, stored, slow)                                                                  \
  do {                                                                                                                 \
    const Value *object = (table_value);                                                                               \
    const Value *value = (stored);                                                                                     \
    if (RL_UNLIKELY(!value_is_table(object))) SLOW(slow);                                                              \
    Table *table = value_table(object);                                                                                \
    if (RL_UNLIKELY(NEEDS_BARRIER(table, value))) SLOW(slow);                                                          \
    if (!table_fast_set_integer(table, index, value)) SLOW(slow);                                                      \
    NEXT();                                                                                                            \
  } while (0)

#endif

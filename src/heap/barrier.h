/* Write barriers: after storing a reference into an object, tell the collector.
 *
 * forward: marks the value that was stored (objects that are written rarely: closures, upvalues, metatables, user
 * values). back: makes the holder grey again (objects written often: tables). The stack of a thread needs none: threads
 * are looked at again in the atomic phase. Neither allocates nor raises: when a list cannot grow, the collector falls
 * back to walking the heap.
 *
 * The common case, holder and object of one colour, is decided by their mark bytes alone. */
#ifndef RL_HEAP_BARRIER_H
#define RL_HEAP_BARRIER_H

#include "heap/colour.h"
#include "value/function.h"

static inline bool barrier_is_due(const State *L, const void *holder, const void *object) {
  unsigned mark = ((const Object *)object)->mark;
  if (__builtin_expect(((mark ^ ((const Object *)holder)->mark) & MARK_COLOURS) != MARK_COLOURS, 1)) return false;
  return (mark & collector_white(L->global)) != 0;
}

static inline void barrier_forward_object(State *L, void *holder, void *object) {
  if (barrier_is_due(L, holder, object)) L->global->hooks->mark_forward(L, (Object *)holder, (Object *)object);
}

static inline void barrier_forward(State *L, void *holder, const Value *value) {
  if (value_is_collectable(value)) barrier_forward_object(L, holder, value->as.object);
}

static inline void barrier_back_object(State *L, void *holder, void *object) {
  if (barrier_is_due(L, holder, object)) L->global->hooks->mark_back(L, (Object *)holder, (Object *)object);
}

static inline void barrier_back(State *L, void *holder, const Value *value) {
  if (value_is_collectable(value)) barrier_back_object(L, holder, value->as.object);
}

/* Entries of a table move without being stored anew: that matters only while it is being marked in slices, where one
 * could get from what a slice is still to come to into what has been looked at. All have moved to new places: the
 * slices begin again. */
static inline void barrier_moved(State *L, const Table *table) {
  Collector *collector = &L->global->collector;
  if (__builtin_expect(collector->sliced == table, 0)) collector->slice_position = 0;
  if (__builtin_expect(collector->cleared == table, 0)) collector->clear_position = collector->clear_free_node = 0;
}

/* Elements of the array part have moved down by one. */
static inline void barrier_moved_down(State *L, const Table *list) {
  Collector *collector = &L->global->collector;
  if (__builtin_expect(collector->sliced == list, 0) && collector->slice_position > 0) collector->slice_position--;
}

/* An open upvalue leaves its thread's list, of which the marker may have got as far as this one. */
static inline void barrier_upvalue_closes(State *L, const UpValue *upvalue) {
  Collector *collector = &L->global->collector;
  if (__builtin_expect(collector->slice_upvalue == upvalue, 0)) collector->slice_upvalue = upvalue->open.next;
}

#endif

/* Write barriers: after storing a reference into an object, tell the collector.
 *
 * forward: marks the value that was stored (objects that are written rarely: closures, upvalues, metatables, user
 * values). back: makes the holder grey again (objects written often: tables, threads). The stack of a thread needs
 * none: threads are looked at again in the atomic phase. Neither allocates nor raises: when a list cannot grow, the
 * collector falls back to walking the heap. */
#ifndef RL_HEAP_BARRIER_H
#define RL_HEAP_BARRIER_H

#include "heap/colour.h"

static inline void barrier_forward_object(State *L, void *holder, void *object) {
  if (object_is_black((Object *)holder) && object_is_white((Object *)object))
    L->global->hooks->mark_forward(L, (Object *)holder, (Object *)object);
}

static inline void barrier_forward(State *L, void *holder, const Value *value) {
  if (value_is_collectable(value)) barrier_forward_object(L, holder, value->as.object);
}

static inline void barrier_back_object(State *L, void *holder, void *object) {
  if (object_is_black((Object *)holder) && object_is_white((Object *)object))
    L->global->hooks->mark_back(L, (Object *)holder);
}

static inline void barrier_back(State *L, void *holder, const Value *value) {
  if (value_is_collectable(value) && object_is_black((Object *)holder) && object_is_white(value->as.object))
    L->global->hooks->mark_back(L, (Object *)holder);
}

/* Elements of the holder have changed places: what was looked at may now hide what was not. */
static inline void barrier_back_moved(State *L, void *holder) {
  if (object_is_black((Object *)holder)) L->global->hooks->mark_back(L, (Object *)holder);
}

#endif

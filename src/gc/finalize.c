/* Finalizers (manual 2.5.3).
 *
 * An object whose metatable has a __gc when it is set is put on the list of finalizable objects. The atomic phase takes
 * those that were not reached, the last registered first, to the end of the pending list and marks them: they live
 * until their finalizer has run, and die in the next cycle unless it has made them reachable or registered them anew.
 * The collector calls finalizers only in its last phase and only at safe points, a few each time; an emergency
 * collection leaves them pending.
 *
 * The pending list never grows in the atomic phase: registering an object makes room in both lists. */
#include <string.h>

#include "gc/collect.h"
#include "gc/phases.h"
#include "gc/trace.h"
#include "object/metatable.h"
#include "raise/raise.h"

#define PORTION 1024u

static size_t pending_count(const Collector *collector) {
  return collector->pending.count - collector->pending_first;
}

bool rl_finalize_has_pending(const Global *global) {
  return pending_count(&global->collector) > 0;
}

static bool has_finalizer(State *L, Table *metatable) {
  Value finalizer;
  return !metatable_lacks(metatable, EVENT_GC) && rl_metatable_event(L, metatable, EVENT_GC, &finalizer) != TAG_NIL;
}

/* Each reservation may collect, and finalizable objects become pending by that; their sum stays the same. */
void rl_gc_register_finalizer(State *L, Object *object, Table *metatable) {
  Collector *collector = &L->global->collector;
  if ((object->mark & MARK_FINALIZABLE) != 0 || (collector->stopped & GC_STOPPED_CLOSING) != 0) return;
  if (!has_finalizer(L, metatable)) return;
  size_t total = collector->finalizable.count + pending_count(collector) + 1;
  rl_list_reserve(L, &collector->finalizable, total);
  rl_list_reserve(L, &collector->pending, total);
  object->mark |= MARK_FINALIZABLE;
  rl_list_push(L->global, &collector->finalizable, object);
}

/* Moves what is still pending to the start of its buffer. */
static void compact_pending(Collector *collector) {
  size_t count = pending_count(collector);
  if (collector->pending_first == 0) return;
  memmove(collector->pending.items, collector->pending.items + collector->pending_first, count * sizeof(Object *));
  collector->pending.count = count;
  collector->pending_first = 0;
}

/* In a minor collection what is old does not die, and most of the list is. */
void rl_finalize_separate(Global *global, bool all) {
  Collector *collector = &global->collector;
  ObjectList *finalizable = &collector->finalizable;
  size_t first = all ? 0 : collector->finalizable_old, kept = first;
  compact_pending(collector);
  for (size_t i = finalizable->count; i-- > first;)
    if (all || object_is_unreached(global, finalizable->items[i]))
      rl_list_push(global, &collector->pending, finalizable->items[i]);
  for (size_t i = first; i < finalizable->count && !all; i++)
    if (!object_is_unreached(global, finalizable->items[i])) finalizable->items[kept++] = finalizable->items[i];
  finalizable->count = kept;
}

size_t rl_finalize_mark_pending(Global *global) {
  Collector *collector = &global->collector;
  for (size_t i = collector->pending_first; i < collector->pending.count; i++)
    mark_object(global, collector->pending.items[i]);
  return pending_count(collector);
}

/* ---- in portions ---- */

/* From the last one to the first, leaving gaps; then the gaps are closed. What is registered meanwhile is behind both.
 */
void rl_finalize_separate_begin(Global *global) {
  Collector *collector = &global->collector;
  compact_pending(collector);
  collector->clear_position = collector->finalizable.count;
  collector->clear_table = 0; /* the entry to look at when closing gaps, */
  collector->clear_kept = 0;  /* and where it goes */
}

size_t rl_finalize_separate_some(Global *global) {
  Collector *collector = &global->collector;
  ObjectList *list = &collector->finalizable;
  size_t work = 0;
  for (; collector->clear_position > 0 && work < PORTION; work++) {
    Object **item = &list->items[--collector->clear_position];
    if (!object_is_unreached(global, *item)) continue;
    rl_list_push(global, &collector->pending, *item);
    *item = NULL;
  }
  if (work > 0) return work;
  for (; collector->clear_table < list->count && work < PORTION; work++, collector->clear_table++) {
    Object *object = list->items[collector->clear_table];
    if (object != NULL) list->items[collector->clear_kept++] = object;
  }
  if (work == 0) list->count = collector->clear_kept;
  return work;
}

size_t rl_finalize_mark_some(Global *global) {
  Collector *collector = &global->collector;
  size_t work = 0;
  for (; collector->clear_position < collector->pending.count && work < PORTION; work++)
    mark_object(global, collector->pending.items[collector->clear_position++]);
  return work;
}

static Object *take_pending(Collector *collector) {
  Object *object = collector->pending.items[collector->pending_first++];
  if (collector->pending_first == collector->pending.count) collector->pending_first = collector->pending.count = 0;
  object->mark &= (uint8_t)~MARK_FINALIZABLE;
  return object;
}

/* The two slots lie in the stack's reserve, if need be. */
static void call_next(State *L) {
  Collector *collector = &L->global->collector;
  Value object, finalizer;
  value_set_object(&object, take_pending(collector));
  if (rl_metamethod_of(L, &object, EVENT_GC, &finalizer) == TAG_NIL) return;
  uint8_t stopped = collector->stopped, collecting = collector->collecting;
  collector->stopped |= GC_STOPPED_INTERNAL;
  collector->collecting = 0;
  value_copy(L->top, &finalizer);
  value_copy(L->top + 1, &object);
  L->top += 2;
  int activity = trace_activity(L->global, RILLE_GC_FINALIZE);
  int status = L->global->hooks->call_finalizer(L);
  trace_activity(L->global, activity);
  if (status == RL_STATUS_LIMIT)
    L->top--;
  else if (status != LUA_OK)
    L->global->hooks->warn_error(L, "__gc");
  collector->collecting = collecting;
  collector->stopped = stopped;
}

size_t rl_finalize_call(State *L, size_t limit) {
  size_t called = 0;
  const Global *global = L->global;
  bool is_closing = (global->collector.stopped & GC_STOPPED_CLOSING) != 0;
  while (called < limit && rl_finalize_has_pending(global) && (is_closing || !global->budget.is_spent)) {
    call_next(L);
    called++;
  }
  return called;
}

void rl_gc_call_all_finalizers(State *L) {
  while (L->global->collector.phase == PHASE_CLEAR) rl_collect_advance(L);
  L->global->collector.stopped |= GC_STOPPED_CLOSING;
  rl_finalize_separate(L->global, true);
  rl_finalize_call(L, SIZE_MAX);
}

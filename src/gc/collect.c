/* The cycle: pause, propagate, atomic, sweep, finalize, and full collections made of it. docs/collector.md tells the
 * whole story. */
#include "gc/collect.h"

#include "base/invariant.h"
#include "gc/phases.h"
#include "gc/trace.h"
#include "heap/account.h"
#include "heap/block.h"
#include "object/strings.h"

#define SWEEP_PORTION    256 /* work of a call of advance: dead objects, words of bitmaps */
#define SEARCH_PORTION   256
#define FINALIZE_PORTION 10 /* finalizers a call of advance runs, */
#define FINALIZER_COST   50 /* and what each counts as */

/* ---- the phases ---- */

/* Fixed objects are marked here only; what is fixed later is marked then. */
static size_t begin_cycle(State *L) {
  Global *global = L->global;
  const ObjectList *fixed = &global->collector.fixed;
  rl_lists_reset(global, false);
  global->collector.phase = PHASE_PROPAGATE;
  for (size_t i = 0; i < fixed->count; i++) mark_object(global, fixed->items[i]);
  return 1 + fixed->count + rl_mark_roots(global, L);
}

/* What was to be looked at again: skips what has been traversed since. */
static size_t mark_list_again(Global *global, ObjectList *again) {
  size_t work = 0;
  for (size_t i = 0; i < again->count; i++) {
    if (!object_is_grey(again->items[i])) continue;
    work += rl_mark_traverse(global, again->items[i]) + rl_mark_drain(global);
  }
  again->count = 0;
  return work;
}

static size_t mark_grey_again(Global *global) {
  size_t work = mark_list_again(global, &global->collector.grey_again);
  work += mark_list_again(global, &global->collector.grey_last);
  return work + rl_mark_drain_overflow(global);
}

/* ---- the end of marking ---- */

/* What cannot be done while the program runs. Afterwards the program can reach what is marked, and nothing else: not
 * even through weak tables, whose entries with dead values are gone, and of whose entries with dead keys nobody has the
 * key. */
static size_t mark_last(State *L) {
  Global *global = L->global;
  Collector *collector = &global->collector;
  collector->phase = PHASE_ATOMIC;
  global->method_epoch++; /* caches keep nothing alive */
  collector->walks_for_grey = 0;
  size_t work = rl_mark_roots(global, L) + rl_mark_drain(global);
  work += rl_weak_check_modes(global);
  work += mark_grey_again(global);
  work += rl_weak_converge(global);
  return work + rl_weak_clear_values(global);
}

/* The whole at once. The order is that of the manual's 2.5.4, see weak.c. Afterwards white means dead. The work for
 * objects that only wait for their finalizer is not counted: they are not what the program is building
 * (generational.c).
 */
size_t rl_collect_finish_marking(State *L) {
  Global *global = L->global;
  int activity =
    trace_activity(global, global->collector.figures.activity == RILLE_GC_MINOR ? RILLE_GC_MINOR : RILLE_GC_ATOMIC);
  size_t work = mark_last(L);
  rl_finalize_separate(global, false);
  rl_finalize_mark_pending(global);
  rl_weak_converge(global);
  rl_weak_clear_keys(global);
  rl_weak_clear_values(global);
  trace_activity(global, activity);
  return work;
}

/* The same in portions: what follows mark_last is done while the program runs. What is white then is out of its reach
 * and does not change, so it can be marked without barriers. Objects born meanwhile have the new white, and lie in
 * blocks that the sweep does not come to. */
enum { CLEAR_SEPARATE, CLEAR_MARK_PENDING, CLEAR_FOLLOW, CLEAR_TABLES };

static void begin_clear(Global *global) {
  Collector *collector = &global->collector;
  collector->phase = PHASE_CLEAR;
  collector->estimate = memory_in_use(global) - rl_ephemeron_bytes(global);
  collector->dead = collector->unreached = collector_white(global);
  collector->current_white = collector_black(global);
  rl_heap_sweep_begin(global, false);
  global->heap.sweep_waits = 1;
  collector->clear_stage = CLEAR_SEPARATE;
  rl_finalize_separate_begin(global);
}

static void end_clear(Global *global) {
  Collector *collector = &global->collector;
  rl_lists_reset(global, collector->emergency != 0);
  collector->unreached = collector->current_white;
  collector->phase = PHASE_SWEEP;
  global->heap.sweep_waits = 0;
}

/* Objects that are resurrected, and what they refer to. */
static size_t follow_pending(Global *global) {
  size_t work = rl_mark_some(global);
  if (work > 0) return work;
  if (global->collector.overflow != 0 || global->collector.ephemeron_map.is_incomplete) rl_weak_converge(global);
  return 0;
}

static size_t clear_tables(Global *global) {
  if ((global->collector.overflow & OVERFLOW_WEAK) == 0) return rl_weak_clear_some(global);
  rl_weak_clear_keys(global);
  rl_weak_clear_values(global);
  return 0;
}

static size_t clear(State *L) {
  Global *global = L->global;
  Collector *collector = &global->collector;
  size_t work = 0;
  switch (collector->clear_stage) {
    case CLEAR_SEPARATE:
      work = rl_finalize_separate_some(global);
      if (work == 0) collector->clear_position = collector->pending_first;
      break;
    case CLEAR_MARK_PENDING: work = rl_finalize_mark_some(global); break;
    case CLEAR_FOLLOW:
      work = follow_pending(global);
      if (work == 0) collector->clear_table = 0;
      break;
    default:
      work = clear_tables(global);
      if (work == 0) end_clear(global);
      break;
  }
  if (work == 0) collector->clear_stage++;
  return work + 1;
}

size_t rl_collect_mark_all(State *L) {
  size_t work = begin_cycle(L);
  work += rl_mark_drain(L->global);
  return work + rl_collect_finish_marking(L);
}

/* Survivors become old: they stay black. */
void rl_collect_begin_sweep(Global *global) {
  Collector *collector = &global->collector;
  rl_lists_reset(global, collector->emergency != 0);
  collector->phase = PHASE_SWEEP;
  collector->estimate = memory_in_use(global);
  collector->dead = collector_white(global);
  rl_heap_sweep_begin(global, true);
}

void rl_collect_finish_sweep(State *L) {
  Global *global = L->global;
  Collector *collector = &global->collector;
  size_t freed = global->heap.swept_bytes;
  collector->dead = 0;
  collector->estimate -= freed < collector->estimate ? freed : collector->estimate;
  if (collector->emergency) {
    rl_heap_trim(global, 0);
  } else {
    rl_heap_trim(global, rl_pacing_headroom(global));
    rl_string_table_shrink(L);
  }
  collector->phase = PHASE_FINALIZE;
}

static size_t sweep(State *L, size_t limit) {
  if (!rl_heap_sweep(L->global, limit)) rl_collect_finish_sweep(L);
  return limit;
}

static size_t propagate(State *L) {
  Global *global = L->global;
  Collector *collector = &global->collector;
  size_t work = rl_mark_some(global);
  if (work > 0) return work;
  if (collector->walks_for_grey || (collector->overflow & OVERFLOW_GREY)) {
    rl_mark_search(global, SEARCH_PORTION);
    return SEARCH_PORTION;
  }
  work = rl_mark_settle(global);
  if (work > 0) return work;
  int activity = trace_activity(global, RILLE_GC_ATOMIC);
  work = 1 + mark_last(L);
  begin_clear(global);
  trace_activity(global, activity);
  return work;
}

static size_t finalize(State *L) {
  Collector *collector = &L->global->collector;
  size_t called = collector->emergency ? 0 : rl_finalize_call(L, FINALIZE_PORTION);
  if (called == 0) {
    collector->phase = PHASE_PAUSE;
    collector->figures.cycles++;
  }
  return 1 + called * FINALIZER_COST;
}

/* Its stack may have been written without telling the collector, up to this safe point and from now on. */
void rl_collect_note_runner(State *L) {
  L->global->collector.runner = L;
  stack_changes(L);
}

/* A finalizer may cause an emergency collection, so that the phase is another one afterwards: nobody keeps it. */
size_t rl_collect_advance(State *L) {
  static const uint8_t activities[] = {RILLE_GC_MARK, RILLE_GC_MARK,  RILLE_GC_MARK,
                                       RILLE_GC_MARK, RILLE_GC_SWEEP, RILLE_GC_SWEEP};
  Collector *collector = &L->global->collector;
  size_t work = 1;
  rl_collect_note_runner(L);
  trace_activity(L->global, activities[collector->phase]);
  collector->collecting = 1;
  switch ((CollectorPhase)collector->phase) {
    case PHASE_PAUSE: work = begin_cycle(L); break;
    case PHASE_PROPAGATE:
    case PHASE_ATOMIC: work = propagate(L); break;
    case PHASE_CLEAR: work = clear(L); break;
    case PHASE_SWEEP: work = sweep(L, SWEEP_PORTION); break;
    case PHASE_FINALIZE: work = finalize(L); break;
  }
  collector->collecting = 0;
  return work;
}

/* ---- full collections ---- */

void rl_collect_finish_cycle(State *L) {
  Collector *collector = &L->global->collector;
  while (collector->phase != PHASE_PAUSE) rl_collect_advance(L);
}

static void make_white(Global *global, Object *object, void *data) {
  (void)data;
  object_set_white(global, object);
}

/* A cycle that has not got beyond marking knows nothing yet: everything becomes white again. Others are finished. */
static void abandon_cycle(State *L) {
  Global *global = L->global;
  if (global->collector.phase == PHASE_PROPAGATE) {
    rl_lists_reset(global, global->collector.emergency != 0);
    rl_heap_unmark(global, make_white);
    global->collector.phase = PHASE_PAUSE;
  }
  rl_collect_finish_cycle(L);
}

static void run_cycle(State *L) {
  Collector *collector = &L->global->collector;
  do {
    rl_collect_advance(L);
  } while (collector->phase != PHASE_PAUSE);
}

static void collect_incrementally(State *L, bool emergency) {
  abandon_cycle(L);
  run_cycle(L);
  if (!emergency) rl_heap_trim(L->global, 0);
  rl_pacing_set_pause(L->global);
}

static void collect_generationally(State *L, bool emergency) {
  rl_generational_full(L);
  if (emergency) return;
  rl_heap_trim(L->global, 0);
  rl_finalize_call(L, SIZE_MAX);
}

/* Finalizers of the full collection run inside it, so the check sees the heap when they are done. */
void rl_gc_full(State *L, bool emergency) {
  Global *global = L->global;
  Collector *collector = &global->collector;
  if (collector->collecting || !global->is_complete) return;
  if (!emergency && (collector->stopped & (GC_STOPPED_INTERNAL | GC_STOPPED_CLOSING))) return;
  collector->emergency = emergency;
  collector->figures.emergencies += emergency;
  trace_begin(global, RILLE_GC_MAJOR);
  if (collector->mode == LUA_GCGEN)
    collect_generationally(L, emergency);
  else
    collect_incrementally(L, emergency);
  collector->emergency = 0;
  trace_end(global);
  RL_CHECK_EXPENSIVE(rl_gc_is_valid(L), rl_gc_fault(L));
}

void rl_gc_collect_emergency(State *L) {
  rl_gc_full(L, true);
}

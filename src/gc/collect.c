/* The cycle: pause, propagate, atomic, sweep, finalize, and full collections made of it. docs/collector.md tells the
 * whole story. */
#include "gc/collect.h"

#include "base/invariant.h"
#include "gc/phases.h"
#include "heap/account.h"
#include "heap/block.h"
#include "object/strings.h"

#define SWEEP_PORTION    128 /* objects a call of advance looks at */
#define SEARCH_PORTION   256
#define FINALIZE_PORTION 10 /* finalizers a call of advance runs, */
#define FINALIZER_COST   50 /* and what each counts as */

/* ---- the phases ---- */

static size_t begin_cycle(State *L) {
  Global *global = L->global;
  rl_lists_reset(global, false);
  global->collector.phase = PHASE_PROPAGATE;
  return 1 + rl_mark_roots(global, L);
}

/* What was to be looked at again: skips what has been traversed since. */
static size_t mark_grey_again(Global *global) {
  ObjectList *again = &global->collector.grey_again;
  size_t work = 0;
  for (size_t i = 0; i < again->count; i++) {
    if (!object_is_grey(again->items[i])) continue;
    work += rl_mark_traverse(global, again->items[i]) + rl_mark_drain(global);
  }
  again->count = 0;
  return work + rl_mark_drain_overflow(global);
}

/* Everything that cannot be done while the program runs. The order is that of the manual's 2.5.4, see weak.c.
 * Afterwards white means dead, and the other white is the current one. */
static size_t finish_marking(State *L) {
  Global *global = L->global;
  Collector *collector = &global->collector;
  collector->phase = PHASE_ATOMIC;
  collector->walks_for_grey = 0;
  size_t work = rl_mark_roots(global, L) + rl_mark_drain(global);
  work += mark_grey_again(global);
  work += rl_weak_converge(global);
  work += rl_weak_clear_values(global, (WeakMark){0, 0});
  WeakMark before = rl_weak_position(global);
  rl_finalize_separate(global, false);
  work += rl_finalize_mark_pending(global);
  work += rl_weak_converge(global);
  work += rl_weak_clear_keys(global);
  work += rl_weak_clear_values(global, before);
  collector->current_white = collector_other_white(global);
  return work;
}

static void begin_sweep(Global *global) {
  rl_lists_reset(global, global->collector.emergency != 0);
  global->collector.phase = PHASE_SWEEP;
  global->collector.estimate = memory_in_use(global);
  rl_sweep_begin(global);
}

static void finish_sweep(State *L) {
  Global *global = L->global;
  if (global->collector.emergency) {
    rl_heap_trim(global, 0);
  } else {
    rl_heap_trim(global, rl_pacing_headroom(global));
    rl_string_table_shrink(L);
  }
  global->collector.phase = PHASE_FINALIZE;
}

/* The estimate follows what the sweep frees, not what the program allocates meanwhile. */
static size_t sweep(State *L, size_t limit) {
  Global *global = L->global;
  size_t before = memory_in_use(global);
  bool goes_on = rl_sweep_some(global, limit);
  size_t freed = before - memory_in_use(global);
  global->collector.estimate -= freed < global->collector.estimate ? freed : global->collector.estimate;
  if (!goes_on) finish_sweep(L);
  return limit;
}

static size_t propagate(State *L) {
  Global *global = L->global;
  Collector *collector = &global->collector;
  ObjectList *grey = &collector->grey;
  if (grey->count > 0) return rl_mark_traverse(global, grey->items[--grey->count]);
  if (collector->walks_for_grey || (collector->overflow & OVERFLOW_GREY)) {
    rl_mark_search(global, SEARCH_PORTION);
    return SEARCH_PORTION;
  }
  size_t work = 1 + finish_marking(L);
  begin_sweep(global);
  return work;
}

static size_t finalize(State *L) {
  Collector *collector = &L->global->collector;
  size_t called = collector->emergency ? 0 : rl_finalize_call(L, FINALIZE_PORTION);
  if (called == 0) collector->phase = PHASE_PAUSE;
  return 1 + called * FINALIZER_COST;
}

/* A finalizer may cause an emergency collection, so that the phase is another one afterwards: nobody keeps it. */
size_t rl_collect_advance(State *L) {
  Collector *collector = &L->global->collector;
  size_t work = 1;
  collector->collecting = 1;
  switch ((CollectorPhase)collector->phase) {
    case PHASE_PAUSE: work = begin_cycle(L); break;
    case PHASE_PROPAGATE:
    case PHASE_ATOMIC: work = propagate(L); break;
    case PHASE_SWEEP: work = sweep(L, SWEEP_PORTION); break;
    case PHASE_FINALIZE: work = finalize(L); break;
  }
  collector->collecting = 0;
  return work;
}

/* ---- full collections ---- */

/* Ends the cycle that is under way. When it has not got beyond marking, the colours are of no use: a sweep without dead
 * objects makes everything white again. */
static void abandon_cycle(State *L) {
  Collector *collector = &L->global->collector;
  if (collector->phase == PHASE_PROPAGATE) begin_sweep(L->global);
  while (collector->phase != PHASE_PAUSE) rl_collect_advance(L);
}

static void run_cycle(State *L) {
  Collector *collector = &L->global->collector;
  do {
    rl_collect_advance(L);
  } while (collector->phase != PHASE_PAUSE);
}

/* Finalizers of the full collection run inside it, so the check sees the heap when they are done. */
void rl_gc_full(State *L, bool emergency) {
  Global *global = L->global;
  Collector *collector = &global->collector;
  if (collector->collecting || !global->is_complete) return;
  if (!emergency && (collector->stopped & (GC_STOPPED_INTERNAL | GC_STOPPED_CLOSING))) return;
  collector->emergency = emergency;
  abandon_cycle(L);
  run_cycle(L);
  collector->emergency = 0;
  if (!emergency) rl_heap_trim(global, 0);
  rl_pacing_set_pause(global);
  RL_CHECK_EXPENSIVE(rl_gc_is_valid(L), rl_gc_fault(L));
}

void rl_gc_collect_emergency(State *L) {
  rl_gc_full(L, true);
}

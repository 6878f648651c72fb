/* How much the collector works, and when.
 *
 * The account's debt is the clock. It is negative by the bytes that may still be allocated before anything is due. When
 * it is positive at a safe point a step is made: it works until it has earned the debt and one step size ahead, where a
 * byte costs step_multiplier/16 units of work (a unit: a slot or object looked at). After a cycle the debt is set so
 * that the next begins when the heap has grown to `pause` percent of what was alive.
 *
 * The units and defaults are those of stock Lua, as the manual (2.5.1) describes their effect. */
#include "gc/collect.h"

#include "base/invariant.h"
#include "gc/phases.h"
#include "gc/trace.h"
#include "heap/account.h"

#define BYTES_PER_UNIT    16
#define STEP_UNITS        4096  /* units of work in a step of the default size; */
#define STEP_LIMIT        16384 /* a step for a large debt does not do more: another follows at the next safe point */
#define DEFAULT_STEP_LOG2 13
#define CLOCK_UNITS       512      /* units of work between two looks at the clock */
#define PARKED_DEBT       (-20000) /* while stopped: look again after that many bytes */

void rl_gc_set_debt(Global *global, ptrdiff_t debt) {
  global->account.debt = debt;
}

size_t rl_pacing_scaled(size_t bytes, int percent) {
  if (percent < 0) percent = 0;
  size_t hundredth = bytes / 100, result;
  return __builtin_mul_overflow(hundredth, (size_t)percent, &result) ? (size_t)PTRDIFF_MAX : result;
}

void rl_pacing_set_pause(Global *global) {
  size_t threshold = rl_pacing_scaled(global->collector.estimate, global->collector.pause),
         in_use = memory_in_use(global);
  if (threshold > (size_t)PTRDIFF_MAX) threshold = (size_t)PTRDIFF_MAX;
  rl_gc_set_debt(global, threshold > in_use ? -(ptrdiff_t)(threshold - in_use) : 0);
}

void rl_pacing_set_minor(Global *global) {
  size_t growth = rl_pacing_scaled(memory_in_use(global), global->collector.minor_multiplier);
  rl_gc_set_debt(global, -(ptrdiff_t)(growth > (size_t)PTRDIFF_MAX ? (size_t)PTRDIFF_MAX : growth));
}

size_t rl_pacing_headroom(const Global *global) {
  size_t threshold = rl_pacing_scaled(global->collector.estimate, global->collector.pause),
         in_use = memory_in_use(global);
  return threshold > in_use ? threshold - in_use : 0;
}

static ptrdiff_t multiplier(const Collector *collector) {
  return collector->step_multiplier < 1 ? 1 : collector->step_multiplier | 1;
}

/* Bytes between two steps. With the default size or a smaller one they are so few that a step is short: the same work
 * in smaller pieces. Who sets a larger one wants longer steps. */
static ptrdiff_t step_bytes(const Collector *collector) {
  int log2 = collector->step_size_log2;
  if (log2 < 0) return 1;
  ptrdiff_t bytes = log2 < 62 ? (ptrdiff_t)1 << log2 : PTRDIFF_MAX;
  ptrdiff_t few = STEP_UNITS * BYTES_PER_UNIT / multiplier(collector);
  return log2 > DEFAULT_STEP_LOG2 || bytes < few ? bytes : few > 0 ? few : 1;
}

/* Units that a number of bytes costs. */
static ptrdiff_t work_for(ptrdiff_t bytes, ptrdiff_t factor) {
  ptrdiff_t work;
  return __builtin_mul_overflow(bytes / BYTES_PER_UNIT, factor, &work) ? PTRDIFF_MAX : work;
}

static ptrdiff_t sum(ptrdiff_t a, ptrdiff_t b) {
  ptrdiff_t result;
  return __builtin_add_overflow(a, b, &result) ? PTRDIFF_MAX : result;
}

/* Whether a step that may last until `deadline` (0: as long as it takes) has to end. The clock is read now and then. */
static bool is_late(uint64_t deadline, ptrdiff_t left, ptrdiff_t *next_look) {
  if (deadline == 0 || left > *next_look) return false;
  *next_look = left - CLOCK_UNITS;
  return rl_trace_clock() >= deadline;
}

/* Until the budget is used up, the time is over, or the cycle is complete. Finalizers may allocate and free meanwhile:
 * that counts again from the next step on. */
static void make_step(State *L, bool is_bounded) {
  Global *global = L->global;
  Collector *collector = &global->collector;
  ptrdiff_t factor = multiplier(collector), ahead = step_bytes(collector);
  ptrdiff_t owed = sum(work_for(global->account.debt, factor), work_for(ahead, factor));
  ptrdiff_t budget =
    is_bounded && owed > STEP_LIMIT && collector->step_size_log2 <= DEFAULT_STEP_LOG2 ? STEP_LIMIT : owed;
  bool is_timed = is_bounded && collector->step_limit != 0;
  uint64_t deadline = is_timed ? rl_trace_clock() + collector->step_limit * UINT64_C(1000) : 0;
  ptrdiff_t left = budget, next_look = budget - CLOCK_UNITS;
  do {
    left -= (ptrdiff_t)rl_collect_advance(L);
  } while (left > 0 && collector->phase != PHASE_PAUSE && !is_late(deadline, left, &next_look));
  if (collector->phase == PHASE_PAUSE)
    rl_pacing_set_pause(global);
  else
    rl_gc_set_debt(global, sum(-ahead, (owed - budget + left) / factor * BYTES_PER_UNIT));
}

static void step_incrementally(State *L, bool is_bounded) {
  L->global->collector.figures.steps++;
  trace_begin(L->global, RILLE_GC_MARK);
  make_step(L, is_bounded);
  trace_end(L->global);
}

static void step(State *L, bool is_bounded) {
  Global *global = L->global;
  if (global->collector.stopped != 0 || global->collector.collecting || !global->is_complete)
    rl_gc_set_debt(global, PARKED_DEBT);
  else if (global->collector.mode == LUA_GCGEN)
    rl_generational_step(L);
  else
    step_incrementally(L, is_bounded);
}

void rl_gc_step(State *L) {
  step(L, true);
}

#ifdef RL_STRESS_GC
#define STRESS_SMALL_HEAP ((size_t)256 << 10)
#define STRESS_MINORS     5  /* every so many collections of the generational mode is a major one */
#define STRESS_RUN        32 /* so many full collections, then as many steps of a cycle */
#define STRESS_PORTIONS   7  /* of work in a step, at most */

/* A larger heap is collected ever more rarely. */
static bool stress_is_due(Global *global) {
  size_t growth = memory_in_use(global) / STRESS_SMALL_HEAP;
  if (global->collector.stress_clock++ < growth * growth * 4) return false;
  global->collector.stress_clock = 0;
  return true;
}

static void stress_generations(State *L) {
  Collector *collector = &L->global->collector;
  if (!stress_is_due(L->global)) return;
  if (++collector->stress_count % STRESS_MINORS == 0)
    rl_gc_full(L, false);
  else
    rl_generational_step(L);
}

static void stress_increments(State *L) {
  Collector *collector = &L->global->collector;
  if (!stress_is_due(L->global)) return;
  size_t count = collector->stress_count++;
  if (count / STRESS_RUN % 2 == 0) {
    rl_gc_full(L, false);
    return;
  }
  for (size_t portions = count % STRESS_PORTIONS + 1; portions > 0; portions--) rl_collect_advance(L);
  RL_CHECK_EXPENSIVE(rl_gc_is_valid(L), rl_gc_fault(L));
}

void rl_gc_stress(State *L) {
  const Collector *collector = &L->global->collector;
  if (collector->stopped != 0 || collector->collecting || !L->global->is_complete) return;
  if (collector->mode == LUA_GCGEN)
    stress_generations(L);
  else
    stress_increments(L);
}
#endif

bool rl_gc_step_timed(State *L, uint64_t nanoseconds) {
  Global *global = L->global;
  Collector *collector = &global->collector;
  if (collector->collecting || (collector->stopped & ~GC_STOPPED_USER) != 0 || !global->is_complete) return false;
  if (collector->mode == LUA_GCGEN) {
    rl_generational_step(L);
    return false;
  }
  uint64_t deadline = rl_trace_clock() + nanoseconds;
  ptrdiff_t done = 0, next_look = -CLOCK_UNITS;
  trace_begin(global, RILLE_GC_MARK);
  do {
    done -= (ptrdiff_t)rl_collect_advance(L);
  } while (collector->phase != PHASE_PAUSE && !is_late(deadline, done, &next_look));
  trace_end(global);
  collector->figures.steps++;
  bool is_complete = collector->phase == PHASE_PAUSE;
  if (is_complete)
    rl_pacing_set_pause(global);
  else
    rl_gc_set_debt(global, sum(global->account.debt, done / multiplier(collector) * BYTES_PER_UNIT));
  return is_complete;
}

/* In generational mode stock Lua never reports the end of a cycle; neither do we. */
bool rl_gc_step_explicit(State *L, int kilobytes) {
  Global *global = L->global;
  Collector *collector = &global->collector;
  uint8_t stopped = collector->stopped;
  ptrdiff_t debt = kilobytes == 0 ? 0 : sum((ptrdiff_t)kilobytes * 1024, global->account.debt);
  bool is_due = kilobytes == 0 || debt > 0;
  collector->stopped = 0;
  rl_gc_set_debt(global, debt);
  if (is_due) step(L, false);
  collector->stopped = stopped;
  return is_due && collector->phase == PHASE_PAUSE && collector->mode == LUA_GCINC;
}

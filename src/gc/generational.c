/* The generational mode (manual 2.5.2): most objects die young, so most collections look at the young only.
 *
 * Between two collections the young are white and the old black. An object becomes old when it has survived two minor
 * collections; old ones are neither traversed nor swept by a minor collection. So an old object that refers to a young
 * one must be known: it is *remembered*. The list holds
 *
 *     TOUCHED1   written since the last collection, by a back barrier: grey
 *     TOUCHED2   written before it: what was stored has survived once only, and becomes old in the next collection
 *     OLD1       has become old in the last collection: may refer to objects that are a collection younger
 *     threads that are old and run, and open upvalues: they are written without barriers and stay TOUCHED1
 *
 * A forward barrier marks the stored object instead of remembering the holder: it is OLD0, and becomes old with the
 * next collection whatever its age.
 *
 *              forward barrier                  collection               collection
 *     young ------------------> OLD0 ---------------------> OLD1 --------------------> OLD
 *       |  collection                                         ^                         | back barrier
 *       +-----------> SURVIVAL ------ collection -------------+                         v
 *                                                             OLD <-- TOUCHED2 <-- TOUCHED1      (a collection each)
 *
 * Invariant between collections: a black object that is not remembered refers to no white one.
 *
 * A major collection leaves the mode and enters it again: everything is white, is marked as in an incremental cycle
 * made at once, and the survivors are old. When the list of remembered objects could not grow, the next one is major.
 */
#include "base/invariant.h"
#include "gc/collect.h"
#include "gc/phases.h"
#include "gc/trace.h"
#include "heap/account.h"
#include "heap/block.h"
#include "object/strings.h"

/* ---- entering and leaving ---- */

/* An open upvalue is written without a barrier, and so is the stack of a thread that runs: as if they were touched all
 * the time. */
static bool is_written_freely(const Object *object) {
  if (object->type == TAG_UPVALUE) return upvalue_is_open((const UpValue *)object);
  if (object->type != TAG_THREAD) return false;
  const State *L = ((const Thread *)object)->state;
  return L == NULL || !L->is_scanned;
}

static bool keep_if_written_freely(Object *object) {
  if (!is_written_freely(object)) return false;
  object_set_age(object, AGE_TOUCHED1);
  object_set_grey(object);
  return true;
}

size_t rl_generational_enter(State *L) {
  Global *global = L->global;
  Collector *collector = &global->collector;
  collector->collecting = 1;
  collector->promotes = 1;
  rl_collect_note_runner(L);
  size_t work = rl_collect_mark_all(L);
  for (size_t i = 0; i < collector->remembered.count; i++) keep_if_written_freely(collector->remembered.items[i]);
  rl_collect_begin_sweep(global);
  rl_heap_sweep(global, SIZE_MAX);
  rl_collect_finish_sweep(L);
  rl_heap_track_young(global);
  collector->finalizable_old = collector->finalizable.count;
  collector->generational = 1;
  collector->promotes = 0;
  collector->phase = PHASE_PAUSE;
  collector->collecting = 0;
  return work;
}

static void make_new(Global *global, Object *object, void *data) {
  (void)data;
  object_set_age(object, AGE_NEW);
  object_set_white(global, object);
}

/* What is black becomes white by exchanging the colours; the others are young or remembered. */
void rl_generational_leave(Global *global) {
  Collector *collector = &global->collector;
  ObjectList *remembered = &collector->remembered;
  collector->current_white = collector->unreached = collector_black(global);
  for (size_t i = 0; i < remembered->count; i++) make_new(global, remembered->items[i], NULL);
  rl_heap_forget_young(global, make_new);
  if (collector->overflow & OVERFLOW_REMEMBERED) rl_heap_walk_all(global, make_new, NULL);
  rl_lists_reset(global, collector->emergency != 0);
  collector->overflow = 0;
  if (collector->emergency) rl_list_release(global, remembered);
  remembered->count = 0;
  collector->finalizable_old = 0;
  collector->generational = 0;
}

size_t rl_generational_full(State *L) {
  Global *global = L->global;
  if (global->collector.generational)
    rl_generational_leave(global);
  else
    rl_collect_finish_cycle(L);
  size_t work = rl_generational_enter(L);
  global->collector.figures.majors++;
  global->collector.bad_major_work = 0;
  rl_pacing_set_minor(global);
  return work;
}

/* ---- a minor collection ---- */

static size_t mark_remembered(Global *global) {
  const ObjectList *remembered = &global->collector.remembered;
  size_t work = 0;
  for (size_t i = 0; i < remembered->count; i++) {
    work += rl_mark_traverse(global, remembered->items[i]);
    work += rl_mark_drain(global);
  }
  return work;
}

/* Old objects get a collection older. True for one that stays remembered. */
static bool grow_older(const Global *global, Object *object) {
  unsigned age = object_age(object);
  if (keep_if_written_freely(object)) return true;
  object_set_black(global, object);
  object_set_age(object, age == AGE_TOUCHED1 ? AGE_TOUCHED2 : AGE_OLD);
  return age == AGE_TOUCHED1;
}

static void age_remembered(Global *global) {
  ObjectList *remembered = &global->collector.remembered;
  size_t kept = 0;
  for (size_t i = 0; i < remembered->count; i++)
    if (grow_older(global, remembered->items[i])) remembered->items[kept++] = remembered->items[i];
  remembered->count = kept;
}

/* A young object that was reached; true when it is old now. */
static bool survive(Global *global, Object *object) {
  if (object_age(object) == AGE_NEW) {
    object_set_age(object, AGE_SURVIVAL);
    object_set_white(global, object);
    return false;
  }
  if (object->type <= TAG_LONG_STRING) {
    object_set_age(object, AGE_OLD);
    return true;
  }
  object_set_age(object, AGE_OLD1);
  keep_if_written_freely(object);
  rl_mark_remember(global, object);
  return true;
}

static void advance_finalizable(Collector *collector) {
  const ObjectList *list = &collector->finalizable;
  while (collector->finalizable_old < list->count && rl_heap_is_old(list->items[collector->finalizable_old]))
    collector->finalizable_old++;
}

static void collect_young(State *L) {
  Global *global = L->global;
  Collector *collector = &global->collector;
  collector->collecting = 1;
  collector->figures.minors++;
  rl_collect_note_runner(L);
  trace_activity(global, RILLE_GC_MINOR);
  collector->phase = PHASE_ATOMIC;
  mark_remembered(global);
  rl_collect_finish_marking(L);
  age_remembered(global);
  collector->phase = PHASE_SWEEP;
  rl_heap_sweep_young(global, survive);
  advance_finalizable(collector);
  rl_lists_reset(global, false);
  rl_heap_trim(global, rl_pacing_scaled(memory_in_use(global), collector->minor_multiplier));
  rl_string_table_shrink(L);
  collector->phase = PHASE_PAUSE;
  collector->collecting = 0;
}

/* ---- what is due ---- */

/* A major collection that frees less than half of what was allocated since the last one is a bad one: the program is
 * building something, and minor collections of it are wasted. Until the heap stops growing there are only major
 * collections, spaced by the pause. */
static void collect_major(State *L) {
  Global *global = L->global;
  Collector *collector = &global->collector;
  size_t base = collector->estimate, growth = rl_pacing_scaled(base, collector->major_multiplier);
  size_t work = rl_generational_full(L);
  if (memory_in_use(global) < base + growth / 2) return;
  collector->bad_major_work = work;
  rl_pacing_set_pause(global);
}

static void collect_after_bad_major(State *L) {
  Global *global = L->global;
  Collector *collector = &global->collector;
  size_t before = collector->bad_major_work;
  size_t work = rl_generational_full(L);
  if (work < before + before / 8) return;
  collector->bad_major_work = work;
  rl_pacing_set_pause(global);
}

static bool major_is_due(const Global *global) {
  const Collector *collector = &global->collector;
  size_t limit = collector->estimate + rl_pacing_scaled(collector->estimate, collector->major_multiplier);
  return global->account.debt > 0 && memory_in_use(global) > limit;
}

void rl_generational_step(State *L) {
  Global *global = L->global;
  Collector *collector = &global->collector;
  trace_begin(global, RILLE_GC_MAJOR);
  if (collector->bad_major_work != 0) {
    collect_after_bad_major(L);
  } else if (!collector->generational || (collector->overflow & OVERFLOW_REMEMBERED)) {
    rl_generational_full(L);
  } else if (major_is_due(global)) {
    collect_major(L);
  } else {
    collect_young(L);
    rl_pacing_set_minor(global);
  }
  RL_CHECK_EXPENSIVE(rl_gc_is_valid(L), rl_gc_fault(L));
  rl_finalize_call(L, SIZE_MAX);
  trace_end(global);
}

void rl_gc_change_mode(State *L, int mode) {
  Global *global = L->global;
  Collector *collector = &global->collector;
  if (collector->mode == mode) return;
  trace_begin(global, RILLE_GC_MAJOR);
  rl_collect_finish_cycle(L);
  collector->mode = (uint8_t)mode;
  collector->bad_major_work = 0;
  if (mode == LUA_GCGEN) {
    rl_generational_full(L);
    rl_finalize_call(L, SIZE_MAX);
  } else if (collector->generational) {
    rl_generational_leave(global);
    rl_pacing_set_pause(global);
  }
  trace_end(global);
}

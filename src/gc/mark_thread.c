/* Marking stacks.
 *
 * A stack is written without barriers while its thread runs, so a thread that is running, or that waits inside a call,
 * is looked at once more in the atomic phase. All others are *dormant*: new, suspended or finished. Nobody writes into
 * a dormant thread's stack but who resumes it and a host that uses the C API on it. Both ask State.is_scanned first,
 * and tell the collector (rl_gc_stack_changes). So a dormant thread becomes black like any other object, and a thread
 * that is told of is grey again.
 *
 * Open upvalues of a thread that is reached live as long as it does, and become black with it. A store through one has
 * the barrier of every upvalue; a store by the function that owns the variable makes the thread one that has run.
 *
 * A large stack is marked in slices, from the bottom. Between two slices the thread may run, but what lies below the
 * frame of a function that waits cannot change until that function goes on. Each call record that a slice has passed
 * has the flag CALL_SCANNED; a new record in its place has not. Flags are set from the bottom upward, so those that are
 * left are a prefix:
 *
 *     records   | flag | flag | flag | flag | new | new | current |
 *     slots     [ marked, cannot have changed ^ to be marked ...................... top )
 *                                             the last flagged record's function
 *
 * So only what is above that is looked at in the atomic phase. Who writes into a frame that waits (debug.setlocal)
 * calls rl_gc_stack_stored. When the slots are through, the open upvalues are made black, in slices too: one whose slot
 * lies in a part that is not looked at again must be, so that a store through it is seen. */
#include "gc/collect.h"
#include "gc/phases.h"
#include "heap/block.h"
#include "object/functions.h"
#include "object/stack.h"

#define SLICE 1024u        /* slots, records or upvalues a portion of work looks at */
#define LARGE (4u * SLICE) /* stacks with more slots in use are marked in slices */

static bool is_dormant(const Global *global, const State *L) {
  if (L == global->collector.runner || L == global->current || L->is_running) return false;
  if (L->status > LUA_YIELD) return true;
  if (L->non_yieldable != (L == global->main_state)) return false;
  return L->status == LUA_YIELD || L->call_info == L->call_base;
}

/* ---- open upvalues ---- */

static void settle_upvalue(Global *global, UpValue *upvalue) {
  Object *object = &upvalue->header;
  if ((object->mark & (global->collector.unreached ^ MARK_COLOURS)) != 0) return;
  if (object_is_unreached(global, object)) heap_mark(object);
  object_set_black(global, object);
  if (global->collector.promotes) rl_mark_remember(global, object);
  mark_value(global, upvalue->value);
}

static size_t settle_upvalues(Global *global, const State *L) {
  size_t work = 0;
  for (UpValue *upvalue = L->open_upvalues; upvalue != NULL; upvalue = upvalue->open.next, work++)
    settle_upvalue(global, upvalue);
  return work;
}

/* ---- slots ---- */

static size_t mark_slots(Global *global, const State *L, size_t first, size_t end) {
  for (size_t i = first; i < end; i++) mark_value(global, &L->stack[i]);
  return end - first;
}

/* What lies above `top` may refer to objects that this cycle frees. */
static void clear_dead_slots(State *L) {
  Value *end = L->stack_limit + RL_EXTRA_STACK;
  for (Value *slot = L->top; slot < end; slot++) value_set_nil(slot);
}

static size_t slots_in_use(const State *L) {
  return (size_t)(L->top - L->stack);
}

/* ---- what slices have passed ---- */

/* How many records from the bottom still have their flag. */
static uint32_t flagged_records(const State *L) {
  uint32_t active = (uint32_t)(L->call_info - L->call_base) + 1;
  uint32_t end = L->scanned_records < active ? L->scanned_records : active, first = 0;
  if (end == 0 || L->call_base[end - 1].flags & CALL_SCANNED) return end;
  while (first < end) {
    uint32_t middle = first + (end - first) / 2;
    if (L->call_base[middle].flags & CALL_SCANNED)
      first = middle + 1;
    else
      end = middle;
  }
  return first;
}

/* Slots from the bottom that cannot have changed since records were flagged. */
static size_t settled_slots(const State *L) {
  uint32_t records = flagged_records(L);
  return records == 0 ? 0 : (size_t)(L->call_base[records - 1].function - L->stack);
}

size_t rl_mark_stack_rest(const Global *global, const Thread *thread) {
  const State *L = thread->state;
  if (L == NULL || L->stack == NULL || thread == global->collector.sliced_thread) return 0;
  return slots_in_use(L) - settled_slots(L);
}

/* Flags records until their slots reach to `end`; returns the slots below the last one. */
static size_t flag_records(State *L, size_t end) {
  uint32_t records = flagged_records(L), active = (uint32_t)(L->call_info - L->call_base) + 1;
  size_t slots = records == 0 ? 0 : (size_t)(L->call_base[records - 1].function - L->stack);
  while (slots < end && records < active) {
    CallInfo *record = &L->call_base[records++];
    record->flags |= CALL_SCANNED;
    slots = (size_t)(record->function - L->stack);
  }
  L->scanned_records = records;
  return slots;
}

/* ---- slices ---- */

static size_t begin_slices(Global *global, Thread *thread) {
  Collector *collector = &global->collector;
  collector->sliced_thread = thread;
  collector->stack_position = settled_slots(thread->state);
  collector->slices_upvalues = 0;
  return 1;
}

static size_t slice_upvalues(Global *global) {
  Collector *collector = &global->collector;
  size_t work = 0;
  for (; collector->slice_upvalue != NULL && work < SLICE; work++) {
    UpValue *upvalue = collector->slice_upvalue;
    collector->slice_upvalue = upvalue->open.next;
    settle_upvalue(global, upvalue);
  }
  return 1 + work;
}

/* The frame that is current is marked at the end when the thread is dormant, and otherwise in the atomic phase. */
static size_t end_slices(Global *global) {
  Collector *collector = &global->collector;
  Thread *thread = collector->sliced_thread;
  State *L = thread->state;
  size_t work = 1;
  collector->sliced_thread = NULL;
  if (!is_dormant(global, L)) {
    rl_mark_last(global, &thread->header);
    return work;
  }
  work += mark_slots(global, L, settled_slots(L), slots_in_use(L));
  clear_dead_slots(L);
  L->is_scanned = 1;
  object_set_black(global, &thread->header);
  return work;
}

size_t rl_mark_stack_slice(Global *global) {
  Collector *collector = &global->collector;
  State *L = collector->sliced_thread->state;
  if (collector->slices_upvalues) {
    if (collector->slice_upvalue == NULL) return end_slices(global);
    return slice_upvalues(global);
  }
  size_t settled = settled_slots(L);
  if (collector->stack_position > settled) collector->stack_position = settled;
  size_t first = collector->stack_position, end = first + SLICE;
  settled = flag_records(L, end);
  if (end > settled) end = settled;
  if (first == end) {
    collector->slices_upvalues = 1;
    collector->slice_upvalue = L->open_upvalues;
    return 1;
  }
  collector->stack_position = end;
  return 1 + mark_slots(global, L, first, end);
}

/* ---- traversing ---- */

/* Everything in use, or what is left of it. */
static size_t mark_rest(Global *global, const Thread *thread) {
  const Collector *collector = &global->collector;
  const State *L = thread->state;
  size_t settled = collector->generational || collector->promotes ? 0 : settled_slots(L);
  if (thread == collector->sliced_thread && collector->stack_position < settled) settled = collector->stack_position;
  return mark_slots(global, L, settled, slots_in_use(L));
}

/* A stack that is mostly unused shrinks when the program runs between the portions of work: then this is a safe point.
 */
size_t rl_mark_thread(Global *global, Thread *thread) {
  State *L = thread->state;
  Collector *collector = &global->collector;
  bool is_last = collector->phase != PHASE_PROPAGATE;
  bool has_stack = L != NULL && L->stack != NULL;
  bool dormant = has_stack && is_dormant(global, L);
  if (thread == collector->sliced_thread && !is_last) return 1;
  if (is_last || dormant)
    object_set_black(global, &thread->header);
  else
    rl_mark_last(global, &thread->header);
  if (collector->promotes && is_last && !dormant) rl_mark_remember(global, &thread->header);
  if (!has_stack) return 1;
  if (!is_last && !collector->emergency) rl_stack_shrink(L);
  bool is_large = slots_in_use(L) > LARGE && !is_last && !collector->promotes;
  if (is_large && (collector->sliced_thread == NULL || rl_list_push(global, &collector->large, &thread->header))) {
    object_set_grey(&thread->header);
    return collector->sliced_thread == NULL ? begin_slices(global, thread) : 1;
  }
  size_t work = mark_rest(global, thread) + settle_upvalues(global, L);
  L->is_scanned = dormant;
  if (dormant || is_last) clear_dead_slots(L);
  return work;
}

size_t rl_mark_settle_stacks(Global *global) {
  Collector *collector = &global->collector;
  const ObjectList *last = &collector->grey_last;
  if (collector->sliced_thread != NULL) return 0;
  for (size_t i = 0; i < last->count; i++) {
    Object *object = last->items[i];
    if (object->type == TAG_THREAD && rl_mark_stack_rest(global, (Thread *)object) > LARGE)
      return begin_slices(global, (Thread *)object);
  }
  return 0;
}

/* ---- what the program tells ---- */

void rl_gc_stack_changes(State *L) {
  Global *global = L->global;
  Object *thread = &L->thread->header;
  L->is_scanned = 0;
  if (!object_is_black(global, thread)) return;
  if (rl_mark_is_marking(global)) {
    object_set_grey(thread);
    rl_mark_again(global, thread);
  } else if (global->collector.generational) {
    rl_mark_touch(global, thread);
  }
}

void rl_gc_stack_stored(State *L, const Value *value) {
  if (L->is_scanned) rl_gc_stack_changes(L);
  if (rl_mark_is_marking(L->global)) mark_value(L->global, value);
}

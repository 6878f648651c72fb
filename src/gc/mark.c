/* Marking: from the roots along every reference.
 *
 * An object is reached once: white becomes grey and goes on the grey list, which is worked off as a stack. Strings, and
 * userdata without user values, are black at once. Three kinds change without a barrier, or hold references that do not
 * count yet, and stay grey until the atomic phase looks at them again: threads that run, open upvalues of threads that
 * were not reached (their value lies on a stack) and weak tables. In the atomic phase everything that is traversed
 * becomes black.
 *
 * An open upvalue that is reached keeps its value alive by itself, without help of its thread: the thread may be
 * unreachable. The other way round a thread that is reached keeps its open upvalues (mark_thread.c).
 */
#include "gc/collect.h"
#include "gc/phases.h"
#include "heap/account.h"
#include "heap/block.h"
#include "object/functions.h"
#include "value/userdata.h"

#define SETTLE_MINIMUM ((size_t)1 << 20)
#define SETTLE_SHARE   4 /* units of work for so many bytes of the heap */

/* ---- reaching ---- */

void rl_mark_again(Global *global, Object *object) {
  if (!rl_list_push(global, &global->collector.grey_again, object)) global->collector.overflow |= OVERFLOW_AGAIN;
}

void rl_mark_last(Global *global, Object *object) {
  if (!rl_list_push(global, &global->collector.grey_last, object)) global->collector.overflow |= OVERFLOW_AGAIN;
}

void rl_mark_remember(Global *global, Object *object) {
  if (!rl_list_push(global, &global->collector.remembered, object)) global->collector.overflow |= OVERFLOW_REMEMBERED;
}

/* An open one becomes black with its thread, which may be known already or never. */
static void look_at_upvalue(Global *global, UpValue *upvalue) {
  Collector *collector = &global->collector;
  if (collector->phase != PHASE_PROPAGATE) {
    object_set_black(global, &upvalue->header);
    if (collector->promotes && upvalue_is_open(upvalue)) rl_mark_remember(global, &upvalue->header);
  } else if (upvalue_is_open(upvalue)) {
    object_set_grey(&upvalue->header);
    if (collector->settles)
      rl_mark_last(global, &upvalue->header);
    else
      rl_mark_again(global, &upvalue->header);
  } else {
    object_set_black(global, &upvalue->header);
  }
  mark_value(global, upvalue->value);
}

void rl_mark_reach(Global *global, Object *object) {
  heap_mark(object);
  if (__builtin_expect(global->collector.ephemeron_map.count != 0, 0)) rl_ephemeron_reached(global, object);
  switch (object->type) {
    case TAG_SHORT_STRING:
    case TAG_LONG_STRING: object_set_black(global, object); return;
    case TAG_UPVALUE: look_at_upvalue(global, (UpValue *)object); return;
    case TAG_USERDATA:
      if (object->own == 0) {
        object_set_black(global, object);
        mark_optional(global, ((Userdata *)object)->metatable);
        return;
      }
      break;
    case TAG_THREAD:
      if (((Thread *)object)->state != NULL) ((Thread *)object)->state->scanned_records = 0;
      break;
    default: break;
  }
  object_set_grey(object);
  if (!rl_list_push_grey(global, object)) global->collector.overflow |= OVERFLOW_GREY;
}

/* ---- traversing ---- */

static size_t traverse_table(Global *global, Table *table) {
  mark_optional(global, table->metatable);
  unsigned mode = rl_weak_mode(global, table);
  if (mode != 0) return rl_weak_traverse(global, table, mode);
  return rl_mark_strong_table(global, table);
}

static size_t traverse_prototype(Global *global, Prototype *prototype) {
  mark_optional(global, prototype->source);
  for (uint32_t i = 0; i < prototype->constant_count; i++) mark_value(global, &prototype->constants[i]);
  for (uint32_t i = 0; i < prototype->nested_count; i++) mark_optional(global, prototype->nested[i]);
  for (uint32_t i = 0; i < prototype->upvalue_count; i++) mark_optional(global, prototype->upvalues[i].name);
  for (uint32_t i = 0; i < prototype->local_count; i++) mark_optional(global, prototype->locals[i].name);
  return (size_t)prototype->constant_count + prototype->nested_count + prototype->upvalue_count +
         prototype->local_count;
}

static size_t traverse_lua_closure(Global *global, LuaClosure *closure) {
  uint32_t count = closure_upvalue_count(closure);
  mark_optional(global, closure->prototype);
  for (uint32_t i = 0; i < count; i++) mark_optional(global, closure->upvalues[i]);
  return count;
}

static size_t mark_values(Global *global, const Value *values, size_t count) {
  for (size_t i = 0; i < count; i++) mark_value(global, &values[i]);
  return count;
}

static size_t look_at_again(Global *global, UpValue *upvalue) {
  look_at_upvalue(global, upvalue);
  return 1;
}

static size_t traverse_userdata(Global *global, Userdata *userdata) {
  mark_optional(global, userdata->metatable);
  return mark_values(global, userdata->user_values, userdata_user_value_count(userdata));
}

size_t rl_mark_traverse(Global *global, Object *object) {
  switch (object->type) {
    case TAG_TABLE: return 1 + traverse_table(global, (Table *)object);
    case TAG_THREAD: return 1 + rl_mark_thread(global, (Thread *)object);
    case TAG_UPVALUE: return look_at_again(global, (UpValue *)object);
    default: break;
  }
  object_set_black(global, object);
  switch (object->type) {
    case TAG_LUA_CLOSURE: return 1 + traverse_lua_closure(global, (LuaClosure *)object);
    case TAG_C_CLOSURE: return 1 + mark_values(global, ((CClosure *)object)->upvalues, closure_upvalue_count(object));
    case TAG_USERDATA: return 1 + traverse_userdata(global, (Userdata *)object);
    case TAG_PROTOTYPE: return 1 + traverse_prototype(global, (Prototype *)object);
    default: return 1;
  }
}

/* What a slice has reached is followed before the next one, so that the grey list stays short. */
size_t rl_mark_some(Global *global) {
  Collector *collector = &global->collector;
  ObjectList *large = &collector->large;
  if (collector->grey.count > 0) return rl_mark_traverse(global, collector->grey.items[--collector->grey.count]);
  if (collector->sliced != NULL) return rl_mark_slice(global);
  if (collector->sliced_thread != NULL) return rl_mark_stack_slice(global);
  if (large->count > 0) return rl_mark_traverse(global, large->items[--large->count]);
  return rl_ephemeron_mark_ready(global);
}

size_t rl_mark_drain(Global *global) {
  size_t work = 0;
  for (size_t more; (more = rl_mark_some(global)) != 0;) work += more;
  return work;
}

/* What has changed since it was marked is marked again while the program runs, so that little is left for the atomic
 * phase. Meanwhile barriers keep tables black; only threads can become grey again, and a program that switches threads
 * faster than they are marked is stopped by the atomic phase after all, when the work exceeds a share of the heap. */
size_t rl_mark_settle(Global *global) {
  Collector *collector = &global->collector;
  ObjectList *again = &collector->grey_again;
  collector->settles = 1;
  if (collector->settle_work > SETTLE_MINIMUM + memory_in_use(global) / SETTLE_SHARE) return 0;
  size_t work = 0;
  while (again->count > 0 && work == 0) {
    Object *object = again->items[--again->count];
    if (object_is_grey(object)) work = rl_mark_traverse(global, object);
  }
  if (work == 0) work = rl_mark_settle_stacks(global);
  collector->settle_work += work;
  return work;
}

/* ---- without lists ---- */

static void traverse_if_grey(Global *global, Object *object, void *data) {
  size_t *work = data;
  *work += 1;
  if (!object_is_grey(object)) return;
  *work += rl_mark_traverse(global, object);
  *work += rl_mark_drain(global);
}

/* Each pass ends with every object that was grey at its begin traversed; only white objects that become grey make
 * another one necessary, and their number is finite. */
size_t rl_mark_drain_overflow(Global *global) {
  size_t work = rl_mark_drain(global);
  while (global->collector.overflow & (OVERFLOW_GREY | OVERFLOW_AGAIN)) {
    global->collector.overflow &= (uint8_t)~(OVERFLOW_GREY | OVERFLOW_AGAIN);
    rl_heap_walk_all(global, traverse_if_grey, &work);
  }
  return work;
}

/* What is reached goes on the list while there is room: the next portion of work takes it from there. Grey objects are
 * traversed, not put on the list: those that stay grey would fill it again and again. */
static void traverse_if_grey_slowly(Global *global, Object *object, void *data) {
  const ObjectList *grey = &global->collector.grey;
  (void)data;
  if (!object_is_grey(object)) return;
  rl_mark_traverse(global, object);
  if (grey->count > grey->capacity / 2) rl_mark_drain(global);
}

bool rl_mark_search(Global *global, size_t limit) {
  Collector *collector = &global->collector;
  if (!collector->walks_for_grey) {
    collector->walks_for_grey = 1;
    collector->overflow &= (uint8_t)~OVERFLOW_GREY;
    rl_heap_walk_begin(global, &collector->walk);
  }
  if (rl_heap_walk(global, &collector->walk, limit, traverse_if_grey_slowly, NULL)) return true;
  collector->walks_for_grey = 0;
  return false;
}

/* ---- roots ---- */

/* A thread that runs, and those that wait for it. */
static size_t mark_running(Global *global, State *L) {
  size_t work = 0;
  for (; L != NULL; L = L->resumer, work++) mark_optional(global, L->thread);
  return work;
}

size_t rl_mark_roots(Global *global, State *L) {
  mark_value(global, &global->registry);
  mark_value(global, &global->main_thread);
  for (int type = 0; type < LUA_NUMTYPES; type++) mark_optional(global, global->type_metatables[type]);
  size_t work = mark_running(global, L) + mark_running(global, global->current);
  return LUA_NUMTYPES + 2 + work + rl_finalize_mark_pending(global);
}

/* ---- barriers ---- */

bool rl_mark_is_marking(const Global *global) {
  return global->collector.phase == PHASE_PROPAGATE || global->collector.phase == PHASE_ATOMIC;
}

/* Between the collections of the generational mode the holder is old, and what it refers to must become so, too. */
void rl_gc_mark_forward(State *L, Object *holder, Object *object) {
  Global *global = L->global;
  (void)holder;
  rl_mark_reach(global, object);
  if (!rl_mark_is_marking(global)) object_set_age(object, AGE_OLD0);
}

void rl_mark_touch(Global *global, Object *holder) {
  unsigned age = object_age(holder);
  object_set_grey(holder);
  if (age == AGE_OLD) rl_mark_remember(global, holder);
  object_set_age(holder, AGE_TOUCHED1);
}

/* A large table would have to be marked wholly in the atomic phase; and when everything settles, nothing becomes grey
 * again that can be kept black. */
void rl_gc_mark_back(State *L, Object *holder, Object *object) {
  Global *global = L->global;
  if (!rl_mark_is_marking(global)) {
    rl_mark_touch(global, holder);
  } else if (global->collector.settles || (holder->type == TAG_TABLE && rl_mark_is_sliced((Table *)holder))) {
    rl_mark_reach(global, object);
  } else {
    object_set_grey(holder);
    rl_mark_again(global, holder);
  }
}

/* How a table is weak may change with its metatable. The atomic phase looks at it again. */
void rl_gc_metatable_changes(State *L, Table *table) {
  Global *global = L->global;
  if (!global->collector.settles || !object_is_black(global, &table->header) || table->metatable == NULL) return;
  object_set_grey(&table->header);
  rl_mark_last(global, &table->header);
}

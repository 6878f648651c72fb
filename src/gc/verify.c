/* The collector's verifier: walks the whole heap and compares what it finds with what must hold.
 *
 *   always            block bitmaps, lists and the account agree; every object has at most one colour, a known type and
 *                     a cell of its size; a live object refers to no dead one
 *   while marking     no black object refers to a white one
 *   between cycles    everything is white; in the generational mode no black object that is not remembered refers to a
 *                     white one, and ages, bitmaps and the list of remembered objects agree
 *
 * References are found by code of its own, not by the marker's: a reference that the marker forgets is found here. */
#include "gc/collect.h"
#include "gc/phases.h"
#include "heap/account.h"
#include "heap/block.h"
#include "object/functions.h"
#include "object/metatable.h"
#include "object/stack.h"
#include "value/userdata.h"

typedef struct Check Check;
struct Check {
  Global *global;
  const Object *holder;
  const char *fault; /* the first one found */
  size_t bytes;      /* of all objects and their buffers */
  size_t remembered; /* objects that should be remembered, less those that are */
};

static void fail(Check *check, const char *fault) {
  if (check->fault == NULL) check->fault = fault;
}

/* ---- references ---- */

static bool is_written_freely(const Object *object) {
  if (object->type == TAG_UPVALUE) return upvalue_is_open((const UpValue *)object);
  const State *L = object->type == TAG_THREAD ? ((const Thread *)object)->state : NULL;
  return L != NULL && !L->is_scanned;
}

/* A table that was weak when it was marked. */
static bool is_to_be_cleared(const Collector *collector, const Object *table) {
  const ObjectList *const lists[] = {&collector->ephemerons, &collector->all_weak, &collector->weak_values};
  for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
    for (size_t n = 0; n < lists[i]->count; n++)
      if (lists[i]->items[n] == table) return true;
  return (collector->overflow & OVERFLOW_WEAK) != 0;
}

/* The holder is black for the marker, or old and not remembered. What a large table still has before it, when it is
 * being marked in slices, nobody has looked at. */
static bool must_not_refer(const Check *check) {
  const Collector *collector = &check->global->collector;
  const Object *holder = check->holder;
  if (!object_is_black(check->global, holder) || holder == (const Object *)collector->sliced) return false;
  if (holder->type == TAG_UPVALUE && upvalue_is_open((const UpValue *)holder)) return false; /* its thread answers */
  if (collector->phase == PHASE_PROPAGATE) return holder->type != TAG_TABLE || !is_to_be_cleared(collector, holder);
  if (collector->phase != PHASE_PAUSE || !collector->generational) return false;
  if (is_written_freely(holder)) return false; /* remembered, or the next collection is a major one: see check_age */
  return object_age(holder) == AGE_OLD || object_age(holder) == AGE_OLD0;
}

/* Entries of weak tables that are still to be removed; what is being resurrected, and not traversed yet. */
static bool may_refer_to_dead(const Check *check) {
  Global *global = check->global;
  const Object *holder = check->holder;
  if (object_is_dead(global, holder)) return true;
  if (global->collector.phase != PHASE_CLEAR) return false;
  if (object_is_grey(holder) || holder == (const Object *)global->collector.sliced) return true;
  return holder->type == TAG_TABLE && is_to_be_cleared(&global->collector, holder);
}

static void check_object(Check *check, const Object *object) {
  const Global *global = check->global;
  if (object == NULL) return;
  if (object->type < TAG_FIRST_COLLECTABLE || object->type > TAG_UPVALUE)
    fail(check, "a reference to something that is no object");
  else if (object_is_dead(global, object) && !may_refer_to_dead(check))
    fail(check, "a live object refers to a dead one");
  else if (object_is_white(global, object) && must_not_refer(check))
    fail(check, "a black object refers to a white one");
}

static void check_payload(Check *check, Payload payload, uint32_t tag) {
  if (!tag_is_collectable(tag)) return;
  check_object(check, payload.object);
  if (payload.object->type != tag) fail(check, "a value's tag is not its object's type");
}

static void check_values(Check *check, const Value *values, size_t count) {
  for (size_t i = 0; i < count; i++) check_payload(check, values[i].as, values[i].tag);
}

static void check_table(Check *check, const Table *table) {
  if (!rl_table_is_valid(table)) fail(check, "a table's structure is damaged");
  check_object(check, (const Object *)table->metatable);
  for (uint32_t i = 0; i < table->array_capacity; i++)
    check_payload(check, table->array[i], *table_array_tag(table, i));
  for (uint32_t i = 0; i < table_slot_count(table); i++) check_payload(check, table->slots[i], table->slot_tags[i]);
  for (uint32_t i = 0; i <= table_node_mask(table); i++) {
    const TableNode *node = &table->nodes[i];
    if (node->value_tag == TAG_NIL) continue;
    check_payload(check, node->key, node->key_tag);
    check_payload(check, node->value, node->value_tag);
  }
}

static void check_prototype(Check *check, const Prototype *prototype) {
  check_object(check, (const Object *)prototype->source);
  check_values(check, prototype->constants, prototype->constant_count);
  for (uint32_t i = 0; i < prototype->nested_count; i++) check_object(check, (const Object *)prototype->nested[i]);
  for (uint32_t i = 0; i < prototype->upvalue_count; i++)
    check_object(check, (const Object *)prototype->upvalues[i].name);
  for (uint32_t i = 0; i < prototype->local_count; i++) check_object(check, (const Object *)prototype->locals[i].name);
}

/* The list from the highest slot to the lowest, each link right. */
static void check_open_upvalues(Check *check, const State *L) {
  UpValue *const *link = &L->open_upvalues;
  const Value *above = L->stack_limit + RL_EXTRA_STACK;
  for (const UpValue *upvalue = *link; upvalue != NULL; upvalue = *link) {
    if (upvalue->header.type != TAG_UPVALUE || !upvalue_is_open(upvalue) || upvalue->open.previous != link ||
        upvalue->value >= above || upvalue->value < L->stack) {
      fail(check, "a thread's list of open upvalues is damaged");
      return;
    }
    above = upvalue->value;
    link = &upvalue->open.next;
  }
}

static void check_thread(Check *check, const Thread *thread) {
  const State *L = thread->state;
  bool all_remembered = (check->global->collector.overflow & OVERFLOW_REMEMBERED) == 0;
  if (all_remembered && must_not_refer(check) && L != NULL && !L->is_scanned)
    fail(check, "a thread is black, and its stack can change");
  if (L == NULL || L->stack == NULL) return;
  if (L->top < L->stack || L->top > L->stack_limit + RL_EXTRA_STACK) {
    fail(check, "a thread's top lies outside of its stack");
    return;
  }
  check_values(check, L->stack, (size_t)(L->top - L->stack));
  check_open_upvalues(check, L);
}

static void check_references(Check *check, const Object *object) {
  switch (object->type) {
    case TAG_TABLE: check_table(check, (const Table *)object); break;
    case TAG_PROTOTYPE: check_prototype(check, (const Prototype *)object); break;
    case TAG_THREAD: check_thread(check, (const Thread *)object); break;
    case TAG_UPVALUE: check_values(check, ((const UpValue *)object)->value, 1); break;
    case TAG_C_CLOSURE: check_values(check, ((const CClosure *)object)->upvalues, closure_upvalue_count(object)); break;
    case TAG_LUA_CLOSURE: {
      const LuaClosure *closure = (const LuaClosure *)object;
      check_object(check, (const Object *)closure->prototype);
      for (uint32_t i = 0; i < closure_upvalue_count(object); i++)
        check_object(check, (const Object *)closure->upvalues[i]);
      break;
    }
    case TAG_USERDATA: {
      const Userdata *userdata = (const Userdata *)object;
      check_object(check, (const Object *)userdata->metatable);
      check_values(check, userdata->user_values, userdata_user_value_count(userdata));
      break;
    }
    default: break;
  }
}

/* ---- objects ---- */

/* Old objects that a minor collection cannot do without. */
static bool is_remembered(const Object *object) {
  unsigned age = object_age(object);
  return age == AGE_OLD1 || age == AGE_TOUCHED1 || age == AGE_TOUCHED2;
}

static void check_age(Check *check, const Object *object) {
  unsigned age = object_age(object);
  bool is_young = age == AGE_NEW || age == AGE_SURVIVAL || age == AGE_OLD0;
  bool is_old = age == AGE_OLD || age == AGE_OLD1 || age == AGE_TOUCHED1 || age == AGE_TOUCHED2;
  if (!(rl_heap_is_old(object) ? is_old : is_young)) fail(check, "an object's age and its block's bitmap differ");
  if (age == AGE_TOUCHED1 && object->type != TAG_UPVALUE && !object_is_grey(object))
    fail(check, "a touched object is not grey");
  bool all_remembered = (check->global->collector.overflow & OVERFLOW_REMEMBERED) == 0;
  if (all_remembered && rl_heap_is_old(object) && is_written_freely(object) && age != AGE_TOUCHED1)
    fail(check, "an old object that is written without a barrier is not touched");
  if (rl_heap_is_old(object) && object_is_white(check->global, object)) fail(check, "an old object is white");
  if (rl_heap_is_old(object) && is_remembered(object)) check->remembered++;
}

static void check_colour(Check *check, const Object *object) {
  const Collector *collector = &check->global->collector;
  unsigned colour = object->mark & MARK_COLOURS;
  if ((colour & (colour - 1)) != 0) fail(check, "an object has two colours");
  if (collector->generational) {
    if (collector->phase == PHASE_PAUSE) check_age(check, object);
    return;
  }
  if (object_age(object) != AGE_NEW) fail(check, "an object has an age outside of the generational mode");
  bool between_cycles = collector->phase == PHASE_PAUSE || collector->phase == PHASE_FINALIZE;
  if (between_cycles && colour != collector->current_white) fail(check, "an object is not white between two cycles");
}

static void check_remembered(Check *check) {
  const Collector *collector = &check->global->collector;
  const ObjectList *list = &collector->remembered;
  if (!collector->generational || collector->phase != PHASE_PAUSE || (collector->overflow & OVERFLOW_REMEMBERED))
    return;
  for (size_t i = 0; i < list->count; i++) {
    if (!rl_heap_is_old(list->items[i])) fail(check, "a remembered object is not old");
    if (!is_remembered(list->items[i])) fail(check, "an object is remembered without reason");
    check->remembered--;
  }
  if (check->remembered != 0) fail(check, "an old object that may refer to young ones is not remembered");
}

/* An object that is going to be freed may refer to others that have been freed already. */
static void visit(Global *global, Object *object, void *data) {
  Check *check = data;
  if (check->fault != NULL) return;
  check->holder = object;
  check->bytes += rl_heap_object_bytes(object) + rl_gc_buffer_bytes(global, object);
  if (rl_gc_object_size(object) > rl_heap_object_bytes(object)) fail(check, "an object is larger than its cell");
  check_colour(check, object);
  if (!object_is_dead(global, object)) check_references(check, object);
}

static void check_list(Check *check, const ObjectList *list, size_t first) {
  bool is_separated = check->global->collector.phase != PHASE_CLEAR;
  for (size_t i = first; i < list->count; i++) {
    if (list->items[i] == NULL) {
      if (is_separated) fail(check, "a list of objects to be finalized has gaps");
      continue;
    }
    if ((list->items[i]->mark & MARK_FINALIZABLE) == 0) fail(check, "an object to be finalized is not marked as such");
    if (is_separated && object_is_dead(check->global, list->items[i])) fail(check, "an object to be finalized is dead");
  }
}

static void check_roots(Check *check) {
  Global *global = check->global;
  Object *main_thread = global->main_thread.as.object;
  check->holder = main_thread;
  if (object_is_dead(global, main_thread)) fail(check, "the main thread is dead");
  check_values(check, &global->registry, 1);
  for (int type = 0; type < LUA_NUMTYPES; type++) check_object(check, (const Object *)global->type_metatables[type]);
  check_list(check, &global->collector.finalizable, 0);
  check_list(check, &global->collector.pending, global->collector.pending_first);
}

const char *rl_gc_fault(State *L) {
  Global *global = L->global;
  Check check = {.global = global};
  if (!global->is_complete) return NULL;
  check.fault = rl_heap_fault(global);
  if (check.fault == NULL) rl_heap_walk_all(global, visit, &check);
  if (check.fault == NULL) check_roots(&check);
  if (check.fault == NULL) check_remembered(&check);
  check.bytes += rl_lists_bytes(global);
  if (check.fault == NULL && check.bytes > memory_in_use(global)) return "more bytes are in objects than were counted";
  return check.fault;
}

bool rl_gc_is_valid(State *L) {
  return rl_gc_fault(L) == NULL;
}

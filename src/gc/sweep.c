/* Sweeping: every object that still has the white of before the atomic phase is freed; the others get the new white and
 * are ready for the next cycle. What is born meanwhile has the new white already. */
#include "gc/collect.h"
#include "gc/phases.h"
#include "heap/block.h"
#include "object/functions.h"
#include "object/stack.h"
#include "object/strings.h"
#include "object/userdata.h"

static void release_owner(const String *string) {
  const StringOwner *owner = string_owner(string);
  owner->release(owner->owner);
}

/* Frees what a dying object owns besides its own bytes, and takes it out of the structures that know it without keeping
 * it alive. */
static void release(Global *global, Object *object) {
  switch (object->type) {
    case TAG_SHORT_STRING: rl_string_table_remove(global, (String *)object); break;
    case TAG_LONG_STRING:
      if (string_is_external((String *)object)) release_owner((String *)object);
      break;
    case TAG_TABLE: rl_table_release(global->main_state, (Table *)object); break;
    case TAG_PROTOTYPE: rl_prototype_release(global, (Prototype *)object); break;
    case TAG_THREAD: rl_thread_release(global, (Thread *)object); break;
    case TAG_UPVALUE:
      if (upvalue_is_open((UpValue *)object)) rl_upvalue_unlink((UpValue *)object);
      break;
    default: break;
  }
}

static void shrink_thread(const Global *global, const Thread *thread) {
  if (!global->collector.emergency && thread->state != NULL && thread->state->stack != NULL)
    rl_stack_shrink(thread->state);
}

static bool sweep_object(Global *global, Object *object, void *data) {
  (void)data;
  if (object_is_dead(global, object)) {
    release(global, object);
    return false;
  }
  object_set_white(global, object);
  if (object->type == TAG_THREAD) shrink_thread(global, (Thread *)object);
  return true;
}

void rl_sweep_begin(Global *global) {
  rl_heap_walk_begin(global, &global->collector.walk, true);
}

bool rl_sweep_some(Global *global, size_t limit) {
  return rl_heap_walk(global, &global->collector.walk, limit, sweep_object, NULL);
}

size_t rl_gc_object_size(const Object *object) {
  switch (object->type) {
    case TAG_SHORT_STRING:
    case TAG_LONG_STRING: return string_object_size((const String *)object);
    case TAG_TABLE: return table_object_size((const Table *)object);
    case TAG_LUA_CLOSURE: return lua_closure_size(closure_upvalue_count(object));
    case TAG_C_CLOSURE: return c_closure_size(closure_upvalue_count(object));
    case TAG_USERDATA: {
      const Userdata *userdata = (const Userdata *)object;
      return userdata_size(userdata->size, userdata_user_value_count(userdata));
    }
    case TAG_THREAD: return sizeof(Thread);
    case TAG_PROTOTYPE: return sizeof(Prototype);
    case TAG_UPVALUE: return sizeof(UpValue);
    default: return 0;
  }
}

/* ---- closing a state ---- */

static bool release_object(Global *global, Object *object, void *data) {
  (void)data;
  release(global, object);
  return false;
}

/* First all objects become white, so that nothing that is released runs into a barrier. The main thread's state is not
 * the heap's to free: its Thread is cut off from it. */
void rl_gc_free_all(State *L) {
  Global *global = L->global;
  Collector *collector = &global->collector;
  collector->collecting = 1;
  collector->emergency = 1;
  collector->stopped |= GC_STOPPED_CLOSING;
  if (collector->phase == PHASE_PROPAGATE) rl_sweep_begin(global);
  if (collector->phase == PHASE_PROPAGATE || collector->phase == PHASE_SWEEP) rl_sweep_some(global, SIZE_MAX);
  collector->phase = PHASE_PAUSE;
  if (global->main_state->thread != NULL) global->main_state->thread->state = NULL;
  rl_heap_walk_all(global, true, release_object, NULL);
  rl_lists_reset(global, true);
  rl_list_release(global, &collector->finalizable);
  rl_list_release(global, &collector->pending);
  collector->pending_first = 0;
}

/* What a dying object owns. The sweep itself is heap/block_sweep.c: bitmaps decide who dies. */
#include "gc/collect.h"
#include "gc/phases.h"
#include "heap/block.h"
#include "object/functions.h"
#include "object/stack.h"
#include "object/strings.h"
#include "object/userdata.h"

#define PREFETCH_DISTANCE 4

static void release_owner(String *string) {
  const StringTwin *twin = string_twin(string);
  if (string_is_external(string))
    string_owner(string)->release(string_owner(string)->owner);
  else if (twin != NULL && twin->owner != NULL)
    twin->release(twin->owner);
}

/* Frees what a dying object owns besides its own bytes, and takes it out of the structures that know it without keeping
 * it alive. */
static void release(Global *global, Object *object) {
  switch (object->type) {
    case TAG_SHORT_STRING: rl_string_table_remove(global, (String *)object); break;
    case TAG_LONG_STRING: release_owner((String *)object); break;
    case TAG_TABLE: rl_table_release(global->main_state, (Table *)object); break;
    case TAG_PROTOTYPE: rl_prototype_release(global, (Prototype *)object); break;
    case TAG_THREAD: rl_thread_release(global, (Thread *)object); break;
    case TAG_UPVALUE:
      if (upvalue_is_open((UpValue *)object)) rl_upvalue_unlink((UpValue *)object);
      break;
    default: break;
  }
}

void rl_gc_release_objects(Global *global, Object *const *objects, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    if (i + PREFETCH_DISTANCE < count) __builtin_prefetch(objects[i + PREFETCH_DISTANCE]);
    release(global, objects[i]);
  }
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

size_t rl_gc_buffer_bytes(const Global *global, const Object *object) {
  switch (object->type) {
    case TAG_TABLE: return rl_table_buffer_bytes((const Table *)object);
    case TAG_PROTOTYPE: return rl_prototype_buffer_bytes((const Prototype *)object);
    case TAG_THREAD:
      return ((const Thread *)object)->state == global->main_state ? 0 : rl_thread_buffer_bytes((const Thread *)object);
    default: return 0;
  }
}

/* The main thread's state is not the heap's to free: its Thread is cut off from it. */
void rl_gc_free_all(State *L) {
  Global *global = L->global;
  Collector *collector = &global->collector;
  collector->collecting = 1;
  collector->emergency = 1;
  collector->stopped |= GC_STOPPED_CLOSING;
  collector->phase = PHASE_PAUSE;
  if (global->main_state->thread != NULL) global->main_state->thread->state = NULL;
  rl_string_table_close(global); /* so that no string has to be taken out */
  rl_heap_release_all(global);
  rl_lists_reset(global, true);
  rl_list_release(global, &collector->finalizable);
  rl_list_release(global, &collector->pending);
  rl_list_release(global, &collector->remembered);
  rl_list_release(global, &collector->fixed);
  collector->pending_first = 0;
}

/* The collector's lists of objects.
 *
 * They grow only quietly: the collector must work when there is no memory, so a list that cannot grow says so and the
 * objects are found by walking the heap instead. The grey list has a small reserve inside the Collector, because a
 * search without any list would have to walk the heap once per level of the object graph. */
#include <string.h>

#include "gc/phases.h"
#include "heap/account.h"

#define FIRST_CAPACITY 64u
#define KEPT_CAPACITY  1024u
#define GREY_SHARE     16u /* the grey list may take this part of the heap */
#define GREY_MINIMUM   8192u

static bool is_reserve(const Global *global, const ObjectList *list) {
  return list->items == global->collector.grey_reserve;
}

static bool grow(Global *global, ObjectList *list) {
  size_t capacity = list->capacity < FIRST_CAPACITY ? FIRST_CAPACITY : list->capacity * 2;
  bool reserve = is_reserve(global, list);
  size_t old_bytes = reserve ? 0 : list->capacity * sizeof(Object *);
  Object **items =
    rl_memory_try_resize_quietly(global, reserve ? NULL : list->items, old_bytes, capacity * sizeof(Object *));
  if (items == NULL) return false;
  if (reserve) memcpy(items, list->items, list->count * sizeof(Object *));
  list->items = items;
  list->capacity = capacity;
  return true;
}

bool rl_list_push(Global *global, ObjectList *list, Object *object) {
  if (list->count == list->capacity && !grow(global, list)) return false;
  list->items[list->count++] = object;
  return true;
}

static bool grey_may_grow(const Global *global) {
  size_t limit = memory_in_use(global) / GREY_SHARE / sizeof(Object *);
  return global->collector.grey.capacity < (limit < GREY_MINIMUM ? GREY_MINIMUM : limit);
}

bool rl_list_push_grey(Global *global, Object *object) {
  ObjectList *grey = &global->collector.grey;
  if (grey->count == grey->capacity) {
    if (grey->items == NULL) {
      grey->items = global->collector.grey_reserve;
      grey->capacity = RL_GREY_RESERVE;
    } else if (!grey_may_grow(global) || !grow(global, grey)) {
      return false;
    }
  }
  grey->items[grey->count++] = object;
  return true;
}

/* The request may collect, which changes the list (not its buffer): the buffer is read again by each try. */
void rl_list_reserve(State *L, ObjectList *list, size_t capacity) {
  if (capacity <= list->capacity) return;
  size_t wanted = list->capacity * 2 > capacity ? list->capacity * 2 : capacity;
  if (wanted < FIRST_CAPACITY / 8) wanted = FIRST_CAPACITY / 8;
  size_t bytes = rl_memory_array_bytes(L, wanted, sizeof(Object *));
  list->items = rl_memory_resize(L, list->items, list->capacity * sizeof(Object *), bytes);
  list->capacity = wanted;
}

void rl_list_release(Global *global, ObjectList *list) {
  if (!is_reserve(global, list)) rl_memory_free(global, list->items, list->capacity * sizeof(Object *));
  *list = (ObjectList){0};
}

void rl_lists_reset(Global *global, bool all) {
  Collector *collector = &global->collector;
  ObjectList *const lists[] = {&collector->grey,    &collector->grey_again,  &collector->grey_last,
                               &collector->large,   &collector->weak_values, &collector->ephemerons,
                               &collector->all_weak};
  for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
    lists[i]->count = 0;
    if (all || lists[i]->capacity > KEPT_CAPACITY) rl_list_release(global, lists[i]);
  }
  collector->overflow &= OVERFLOW_REMEMBERED;
  collector->walks_for_grey = 0;
  rl_ephemeron_end(global);
  collector->sliced = NULL;
  collector->sliced_thread = NULL;
  collector->slice_upvalue = NULL;
  collector->cleared = NULL;
  collector->weak_mode_count = 0;
  collector->cleared_values[0] = collector->cleared_values[1] = 0;
  collector->settles = 0;
  collector->settle_work = 0;
}

static size_t list_bytes(const Global *global, const ObjectList *list) {
  return is_reserve(global, list) ? 0 : list->capacity * sizeof(Object *);
}

size_t rl_lists_bytes(const Global *global) {
  const Collector *collector = &global->collector;
  return list_bytes(global, &collector->grey) + list_bytes(global, &collector->grey_again) +
         list_bytes(global, &collector->grey_last) + list_bytes(global, &collector->weak_values) +
         list_bytes(global, &collector->ephemerons) + list_bytes(global, &collector->all_weak) +
         list_bytes(global, &collector->finalizable) + list_bytes(global, &collector->remembered) +
         list_bytes(global, &collector->pending) + list_bytes(global, &collector->fixed) + rl_ephemeron_bytes(global) +
         list_bytes(global, &collector->large);
}

/* The account: the one place that calls lua_Alloc (but for the first and last block of a state).
 *
 * Three figures are kept. `total_bytes` is what we hold; `idle_bytes` the part of it that lies in the heap's blocks and
 * holds no object; `debt` the collector's clock. A buffer counts in total and debt. A block counts in total and idle;
 * when a cursor takes cells of it (a word of the bitmap, so at most 1 KiB) their bytes move from idle to debt
 * (heap/block.c). */
#include "heap/account.h"

#include "raise/raise.h"

static void *ask(Global *global, void *buffer, size_t old_size, size_t new_size) {
  return global->account.allocate(global->account.allocate_data, buffer, old_size, new_size);
}

static void tally(Global *global, size_t old_size, size_t new_size) {
  global->account.total_bytes += new_size - old_size;
  global->account.debt += (ptrdiff_t)(new_size - old_size);
}

void *rl_memory_try_resize_quietly(Global *global, void *buffer, size_t old_size, size_t new_size) {
  void *result = ask(global, buffer, old_size, new_size);
  if (result != NULL) tally(global, old_size, new_size);
  return result;
}

bool rl_memory_collect(State *L) {
  Global *global = L->global;
  if (!global->is_complete || global->collector.collecting) return false;
  global->hooks->collect_emergency(L);
  return true;
}

void *rl_memory_try_resize(State *L, void *buffer, size_t old_size, size_t new_size) {
  void *result = rl_memory_try_resize_quietly(L->global, buffer, old_size, new_size);
  if (__builtin_expect(result == NULL, 0) && rl_memory_collect(L))
    result = rl_memory_try_resize_quietly(L->global, buffer, old_size, new_size);
  return result;
}

void *rl_memory_resize(State *L, void *buffer, size_t old_size, size_t new_size) {
  if (new_size == 0) {
    rl_memory_free(L->global, buffer, old_size);
    return NULL;
  }
  void *result = rl_memory_try_resize(L, buffer, old_size, new_size);
  if (__builtin_expect(result == NULL, 0)) rl_raise_memory(L);
  return result;
}

void *rl_memory_allocate(State *L, size_t size) {
  return rl_memory_resize(L, NULL, 0, size);
}

void rl_memory_free(Global *global, void *buffer, size_t size) {
  if (buffer == NULL) return;
  ask(global, buffer, size, 0);
  tally(global, size, 0);
}

void *rl_memory_grow_array(State *L, void *array, uint32_t *capacity, uint32_t needed, size_t element_size,
                           uint32_t limit, const char *what) {
  if (needed <= *capacity) return array;
  if (needed > limit) rl_raise(L, ERROR_TOO_MANY, what, (int)limit);
  uint64_t wanted = (uint64_t)*capacity * 2;
  if (wanted < 4) wanted = 4;
  if (wanted < needed) wanted = needed;
  if (wanted > limit) wanted = limit;
  size_t bytes = rl_memory_array_bytes(L, (size_t)wanted, element_size);
  array = rl_memory_resize(L, array, *capacity * element_size, bytes);
  *capacity = (uint32_t)wanted;
  return array;
}

size_t rl_memory_array_bytes(State *L, size_t count, size_t size) {
  size_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes) || bytes > (size_t)PTRDIFF_MAX) rl_raise(L, ERROR_BLOCK_TOO_BIG);
  return bytes;
}

void *rl_memory_take_block(Global *global, size_t size) {
  void *block = ask(global, NULL, 0, size);
  if (block == NULL) return NULL;
  global->account.total_bytes += size;
  global->account.idle_bytes += size;
  return block;
}

void rl_memory_return_block(Global *global, void *block, size_t size) {
  ask(global, block, size, 0);
  global->account.total_bytes -= size;
  global->account.idle_bytes -= size;
}

void *rl_memory_take_object(Global *global, int type, size_t size) {
  void *object = ask(global, NULL, (size_t)type, size);
  if (object != NULL) tally(global, 0, size);
  return object;
}

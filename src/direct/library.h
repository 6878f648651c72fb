/* What functions of the libraries may ask beyond the public API, where that saves them most of their time. `argument`
 * is the number of an argument of the running C function, from 1 on. */
#ifndef RL_DIRECT_LIBRARY_H
#define RL_DIRECT_LIBRARY_H

#include "base/config.h"
#include "heap/barrier.h"
#include "object/table.h"

/* Is it a string or number, and does no `__tostring` of its type say how to write it? No effects. */
bool rl_direct_is_plain_text(State *L, int argument);

/* Pushes a new string of `length` (> RL_MAX_SHORT_STRING) bytes, which the caller writes to the room returned, all of
 * them, before it does anything else. Raises when out of memory or beyond what a string can have; no safe point. */
char *rl_direct_push_room(State *L, size_t length);

/* Pushes element `index` of a table argument when it is there, in the array part. False: nothing was done. No effects.
 */
static inline bool rl_direct_push_element(State *L, int argument, lua_Integer index) {
  const Value *list = L->call_info->base + argument - 1;
  if (!value_is_table(list) || !table_fast_get_integer(value_table(list), index, L->top)) return false;
  L->top++;
  return true;
}

/* Pops the value on top into element `index` of a table argument where no metamethod is concerned and nothing has to be
 * allocated. False: nothing was done. No effects. */
static inline bool rl_direct_pop_element(State *L, int argument, lua_Integer index) {
  const Value *list = L->call_info->base + argument - 1, *value = L->top - 1;
  if (!value_is_table(list) || !table_fast_set_integer(value_table(list), index, value)) return false;
  barrier_back(L, list->as.object, value);
  L->top--;
  return true;
}

/* Pushes the elements `first` to `last` of a table argument, joined, as table.concat does. False: nothing was done,
 * because some are not strings or integers in the array part. Raises when out of memory; a safe point. The separator
 * must be anchored. */
bool rl_direct_push_joined(State *L, int argument, int64_t first, int64_t last, const char *separator,
                           size_t separator_length);

/* Copies the elements first..first + count - 1 of a table argument to `to` and up in another (or the same), upwards or
 * (`backwards`) downwards, as long as the elements are in the array part and no metamethod is concerned; returns how
 * many. Allocates; raises when out of memory, before which some may have been copied. */
lua_Integer rl_direct_copy_elements(State *L, int source, lua_Integer first, int target, lua_Integer to,
                                    lua_Integer count, bool backwards);

/* A safe point, which belongs behind whatever makes an object: may call finalizers and move the stack. */
void rl_direct_safe_point(State *L);

#endif

/* What functions of the libraries may ask beyond the public API, where that saves them most of their time. `argument`
 * is the number of an argument of the running C function, from 1 on. */
#ifndef RL_DIRECT_LIBRARY_H
#define RL_DIRECT_LIBRARY_H

#include "base/config.h"
#include "value/global.h"

/* Is it a string or number, and does no `__tostring` of its type say how to write it? No effects. */
bool rl_direct_is_plain_text(State *L, int argument);

/* Pushes a new string of `length` (> RL_MAX_SHORT_STRING) bytes, which the caller writes to the room returned, all of
 * them, before it does anything else. Raises when out of memory or beyond what a string can have; no safe point. */
char *rl_direct_push_room(State *L, size_t length);

/* A safe point, which belongs behind whatever makes an object: may call finalizers and move the stack. */
void rl_direct_safe_point(State *L);

#endif

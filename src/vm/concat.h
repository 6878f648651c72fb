/* Concatenation (manual 3.4.6) of values that lie next to each other on the stack. */
#ifndef RL_VM_CONCAT_H
#define RL_VM_CONCAT_H

#include "value/global.h"

/* Joins as many of the `count` (>= 2) values that end at `last` as are strings and numbers, from the right, into one
 * string that is stored in the leftmost of them; returns how many. Returns 0 when the last two are not: `method` is
 * then their __concat. Raises "attempt to concatenate", "string length overflow". May allocate, collect (emergency):
 * L->top must cover the values. */
int rl_concat_some(State *L, Value *last, int count, Value *method);

#endif

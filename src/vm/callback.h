/* The narrow door for a library function that calls a function of the program again and again (table.sort). */
#ifndef RL_VM_CALLBACK_H
#define RL_VM_CALLBACK_H

#include "value/global.h"

/* Calls `function` with two values, both wherever they are on the stack; returns whether its first result is true.
 * Needs three free slots. Raises, may move the stack; a yield is refused. L->top is as before. */
bool rl_callback_of_two(State *L, const Value *function, const Value *a, const Value *b);

#endif

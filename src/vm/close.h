/* To-be-closed variables (manual 3.3.8). */
#ifndef RL_VM_CLOSE_H
#define RL_VM_CLOSE_H

#include "value/global.h"

/* Marks the stack slot; false and nil are ignored; raises "variable 'x' got a non-closable value". */
void rl_close_mark(State *L, Value *slot);
/* Closes variables and upvalues at `level` and above, newest first, calling __close by recursion (no yields). status
 * LUA_OK: a normal exit; an error status: the error value is at level + ... given as `error` (a stack offset; 0: none)
 * and passed on. May raise, move the stack. */
void rl_close_all(State *L, ptrdiff_t level);
/* The same after an error; errors of __close methods replace the one before. Returns the final status; the error value
 * ends at `level`. */
int rl_close_after_error(State *L, ptrdiff_t level, int status);

#endif

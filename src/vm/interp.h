/* The interpreter. */
#ifndef RL_VM_INTERP_H
#define RL_VM_INTERP_H

#include "value/global.h"

/* Runs L's current Lua record and everything that it calls, until the engine (vm/call.h) says that this entry is done.
 * Errors leave by a throw. */
void rl_interpret(State *L);

/* What L->dispatch is set to: hooks on or off. */
const void *rl_interpret_dispatch(bool with_hooks);

#endif

/* The interpreter. */
#ifndef RL_VM_INTERP_H
#define RL_VM_INTERP_H

#include "value/global.h"

/* Runs L's current Lua record and everything that it calls, until the engine (vm/call.h) says that this entry is done.
 * Errors leave by a throw. */
void rl_interpret(State *L);

/* What L->dispatch is set to for a hook_mask: plain, counted (HOOK_BUDGET alone), or traced (any hook of the user's).
 */
const void *rl_interpret_dispatch(int hook_mask);

#endif

/* Code of functions that all states share: instructions and line tables exist once; what must belong to a state
 * (constants and names, because short strings are its own, and the inline caches) is made for each that uses the
 * function. */
#ifndef RL_EXT_FROZEN_CODE_H
#define RL_EXT_FROZEN_CODE_H

#include "ext/frozen.h"

/* The code of a verified prototype. NULL without memory. */
const FrozenCode *rl_frozen_code(Frozen *frozen, const Prototype *prototype);
/* Pushes a new function of it; its environment, if it wants one, is the state's globals. May raise. */
void rl_frozen_push_function(State *L, Frozen *frozen, const FrozenCode *code);

#endif

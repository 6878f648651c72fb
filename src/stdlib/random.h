/* `math.random` and `math.randomseed`. */
#ifndef RL_STDLIB_RANDOM_H
#define RL_STDLIB_RANDOM_H

#include "lua.h"

/* Puts both functions, which share a new, randomly seeded generator, into the table on top of the stack. May raise. */
void rl_random_open(lua_State *L);

#endif

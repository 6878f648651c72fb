/* `math.random` and `math.randomseed`. */
#ifndef RL_STDLIB_RANDOM_H
#define RL_STDLIB_RANDOM_H

#include "lua.h"

/* Pushes both functions, which share a new, randomly seeded generator. May raise. */
void rl_random_push(lua_State *L);

#endif

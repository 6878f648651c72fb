/* The public name of a function, for error texts and tracebacks. */
#ifndef RL_AUXLIB_FUNCTION_NAME_H
#define RL_AUXLIB_FUNCTION_NAME_H

#include "lua.h"

/* Looks for the function of activation `ar` among the loaded modules and their fields.
 * Found: pushes its name on `L` ("print", "string.rep") and returns 1. Otherwise pushes nothing and returns 0.
 * `ar` must be an activation of `L`. May raise (stack overflow, memory); calls no Lua code. */
int rl_function_push_global_name(lua_State *L, lua_Debug *ar);

#endif

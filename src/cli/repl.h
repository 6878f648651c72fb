/* The prompt: read, execute, print, again. */
#ifndef RL_CLI_REPL_H
#define RL_CLI_REPL_H

#include "lua.h"

/* Runs the prompt until the end of input. Errors in what the user types are reported and do not end it; raises only
 * for want of memory, and what `__tostring` of a prompt value raises. Calls Lua code. */
void rl_repl_run(lua_State *L);

#endif

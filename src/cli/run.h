/* One run of the command: options, scripts, standard input, the prompt. */
#ifndef RL_CLI_RUN_H
#define RL_CLI_RUN_H

#include "lua.h"

/* Does what the command line in `argc`, `argv` asks for; `program` is the name for messages. Returns 1 if the process
 * is to report success; otherwise the user has been told why. Calls Lua code; may raise. */
int rl_run_command(lua_State *L, const char *program, int argc, char **argv);

#endif

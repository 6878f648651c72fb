/* --gc-trace=FILE and --gc-stats. */
#ifndef RL_CLI_COLLECTOR_VIEW_H
#define RL_CLI_COLLECTOR_VIEW_H

#include "cli/options.h"
#include "lua.h"

/* Starts what the options ask for. Returns 0 when the trace file cannot be written; the user has been told. */
int rl_view_start(lua_State *L, const char *program, const Options *options);

/* Writes the figures to stderr and ends the trace. The state must still be there. */
void rl_view_finish(void);

#endif

/* What `rille` does besides running programs: --list, --compile, --version, --help. */
#ifndef RL_CLI_TOOLS_H
#define RL_CLI_TOOLS_H

#include "lua.h"

/* True if the command line asks for one of the tools. No effects. */
int rl_tools_wanted(int argc, char **argv);

/* Carries out the tool that the command line names. Returns 1 on success; otherwise the user has been told. Raises only
 * for want of memory. */
int rl_tools_run(lua_State *L, const char *program, int argc, char **argv);

/* Writes the version line to stdout. */
void rl_tools_print_version(void);

#endif

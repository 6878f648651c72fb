/* The option --watch: what changes in the files of a script and its modules is taken over while it runs. */
#ifndef RL_CLI_WATCH_H
#define RL_CLI_WATCH_H

#include "lua.h"

/* From now on the functions of the script on top, loaded from the file `name`, and of all modules are reloaded when
 * their files change; each time a line on stderr says so. May raise. The stack stays. */
void rl_watch_script(lua_State *L, const char *name);

#endif

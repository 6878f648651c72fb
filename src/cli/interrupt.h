/* Ctrl-C while Lua code runs. */
#ifndef RL_CLI_INTERRUPT_H
#define RL_CLI_INTERRUPT_H

#include "lua.h"

/* From now on Ctrl-C raises the error "interrupted!" in `L`; a second one, before that has happened, ends the process.
 */
void rl_interrupt_watch(lua_State *L);

/* Ctrl-C does again what it does to any process. */
void rl_interrupt_unwatch(void);

#endif

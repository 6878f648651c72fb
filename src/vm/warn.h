/* Warnings (manual 2.3, lua_setwarnf). */
#ifndef RL_VM_WARN_H
#define RL_VM_WARN_H

#include "value/global.h"

void rl_warn(State *L, const char *message, int to_continue);
/* For Global.hooks->warn_error: "error in <where> (<message>)"; pops the error value. */
void rl_warn_error(State *L, const char *where);

#endif

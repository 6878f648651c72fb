/* Coroutines (manual 2.6): resume and yield, from C and inside the interpreter. */
#ifndef RL_VM_COROUTINE_H
#define RL_VM_COROUTINE_H

#include "value/global.h"

/* lua_resume. */
int rl_coroutine_resume(State *L, State *from, int argument_count, int *result_count);
/* lua_yieldk. */
int rl_coroutine_yield(State *L, int count, lua_KContext context, lua_KFunction continuation);
/* lua_closethread: closes pending variables, leaves the thread as new (error value on its stack, if any). Returns the
 * status. */
int rl_coroutine_close(State *L, State *from);
bool rl_coroutine_is_yieldable(const State *L);

#endif

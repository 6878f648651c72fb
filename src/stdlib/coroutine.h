/* The transfers of control between coroutines, apart from the rest of the coroutine library so that the interpreter can
 * offer a shorter way. All are C functions with the contract of their manual entry (section 6.2). */
#ifndef RL_STDLIB_COROUTINE_H
#define RL_STDLIB_COROUTINE_H

#include "lua.h"

int rl_library_resume(lua_State *L);
int rl_library_wrap(lua_State *L);
int rl_library_yield(lua_State *L);

/* coroutine.c: pushes a new thread that will run the function in argument 1; returns 1. */
int rl_library_create(lua_State *L);

#endif

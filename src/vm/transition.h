/* The narrow door through which a few functions of the standard library (pcall, xpcall, coroutine.resume, wrap, yield)
 * hand their work to the engine instead of calling back: `return rl_transition_pcall(L);` ends the C function, its call
 * record waits for the callee, and no C stack is used while the callee runs. Each may only be the operand of the C
 * function's return. The C function's arguments are its whole stack. */
#ifndef RL_VM_TRANSITION_H
#define RL_VM_TRANSITION_H

#include "lua.h"

/* Stack: function, arguments... Results: true and its results, or false and the error. */
int rl_transition_pcall(lua_State *L);
/* Stack: handler, function, arguments... */
int rl_transition_xpcall(lua_State *L);
/* Stack: coroutine, arguments... Results: true and what it yielded or returned, or false and the error. */
int rl_transition_resume(lua_State *L, lua_State *coroutine);
/* Stack: arguments... Results without the boolean; an error is raised again, with the position in front when it is a
 * string, after the coroutine's pending variables have been closed. */
int rl_transition_wrap(lua_State *L, lua_State *coroutine);
/* Stack: the values to yield. Results: the arguments of the next resume. */
int rl_transition_yield(lua_State *L);

#endif

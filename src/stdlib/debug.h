/* The parts of the debug library that have files of their own. The C functions have the contract of their manual entry
 * (section 6.10). */
#ifndef RL_STDLIB_DEBUG_H
#define RL_STDLIB_DEBUG_H

#include "lua.h"

/* Many functions take a thread as an optional first argument. */
typedef struct DebugTarget {
  lua_State *thread; /* what is inspected: the argument, or the caller's own thread */
  int shift;         /* how many arguments the thread took: 0 or 1 */
} DebugTarget;

/* Reads the optional thread argument of the running C function. No effects. */
DebugTarget rl_debug_target(lua_State *L);

/* Raises unless `slots` values can be pushed on the inspected thread (which, unlike the running one, promises none). */
void rl_debug_reserve(lua_State *L, DebugTarget target, int slots);

/* debug_info.c */
int rl_debug_getinfo(lua_State *L);

/* debug_hook.c */
int rl_debug_sethook(lua_State *L);
int rl_debug_gethook(lua_State *L);

#endif

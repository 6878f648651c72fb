/* The parts of the basic library that have files of their own. All are C functions with the contract of their manual
 * entry (section 6.1). */
#ifndef RL_STDLIB_BASE_H
#define RL_STDLIB_BASE_H

#include "lua.h"

/* base_protected.c */
int rl_base_pcall(lua_State *L);
int rl_base_xpcall(lua_State *L);

/* base_load.c */
int rl_base_load(lua_State *L);
int rl_base_loadfile(lua_State *L);
int rl_base_dofile(lua_State *L);

/* base_collect.c */
int rl_base_collectgarbage(lua_State *L);

#endif

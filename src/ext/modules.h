/* The openers of the modules that Rille adds: C functions as `require` calls them. */
#ifndef RL_EXT_MODULES_H
#define RL_EXT_MODULES_H

#include "lua.h"

int rl_open_buffer(lua_State *L);
int rl_open_channel(lua_State *L);
int rl_open_gc(lua_State *L);
int rl_open_hotreload(lua_State *L);
int rl_open_isolate(lua_State *L);
int rl_open_limits(lua_State *L);
int rl_open_lproc(lua_State *L);
int rl_open_sandbox(lua_State *L);

#endif

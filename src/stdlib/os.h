/* What the files of the os library share. */
#ifndef RL_STDLIB_OS_H
#define RL_STDLIB_OS_H

#include <time.h>

#include "lua.h"

/* `os.date` and `os.time` as Lua functions. */
int rl_os_date(lua_State *L);
int rl_os_time(lua_State *L);

/* The argument as a time of the system; raises if it is no integer or does not fit. */
time_t rl_os_check_time(lua_State *L, int argument);

#endif

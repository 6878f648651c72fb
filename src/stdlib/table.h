/* What the files of the table library share. */
#ifndef RL_STDLIB_TABLE_H
#define RL_STDLIB_TABLE_H

#include "lua.h"

/* What a function does with its table; something else than a table must have the metamethods for all of it. */
enum { RL_NEEDS_READ = 1, RL_NEEDS_WRITE = 2, RL_NEEDS_LENGTH = 4 };

/* Raises the standard type error unless the argument can be used as a table for `wanted` (a sum of the above). Calls no
 * Lua code. */
void rl_list_check(lua_State *L, int argument, int wanted);

/* Checks argument 1 for `wanted` and length; returns its length. May raise and call Lua code (`__len`). */
lua_Integer rl_list_length(lua_State *L, int wanted);

/* `table.sort` as a Lua function. */
int rl_list_sort(lua_State *L);

#endif

/* rille.h - what Rille offers beyond the interface of Lua 5.4.
 * Part of Rille. SPDX-License-Identifier: MIT (see LICENSE). */

#ifndef rille_h
#define rille_h

#include <stdio.h>

#include "lua.h"

#define RILLE_VERSION "0.1.0"

/* Writes a readable listing of the Lua function on top of the stack to `out`: its instructions with their lines, its
   constants, locals and upvalues, then the same for the functions inside it. The stack stays as it is. Returns LUA_OK.
 */
LUA_API int rille_list(lua_State *L, FILE *out);

/* Switches the checks of API use of the whole state on (1) or off (0); returns what they were. While on, a misuse (an
   index that names no value, too few values, no room on the stack, a value of a wrong type) ends the program with a
   line on stderr that names the function, the argument and what was expected. RILLE_CHECK_API=1 in the environment
   switches them on for every new state. */
LUA_API int rille_checkapi(lua_State *L, int on);

#endif

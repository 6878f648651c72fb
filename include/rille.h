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

/* ---- modules ---- */

/* The opener of one of Rille's own modules ("rille.isolate", "rille.channel", ...), NULL for any other name. `require`
 * finds them by itself; a host without the package library can use luaL_requiref. */
LUA_API lua_CFunction rille_findmodule(const char *name);

/* ---- userdata that can be sent to other states ---- */

/* How userdata of one kind travels in messages. The copy lies outside of every state; it is made once, may be read
 * several times, and is dropped by whichever thread lets the message go. */
typedef struct rille_CopyHandler {
  const char *name; /* for messages: "a <name> cannot be sent ..." */
  /* A copy of the userdata at the index. May raise: that is the reason why this one cannot be sent. */
  void *(*copy_out)(lua_State *L, int index);
  /* Pushes a userdata made of the copy, in another state. May raise. The copy still belongs to the message. */
  void (*copy_in)(lua_State *L, void *copy);
  void (*drop)(void *copy);
  /* NULL, or called in the sender's thread when the message could not be delivered (before `drop`): a copy_out that
     took something out of the userdata puts it back. The userdata still exists. */
  void (*give_back)(void *copy);
} rille_CopyHandler;

/* Userdata with the metatable at the index can be sent from now on. The handler must outlive all states and messages.
 */
LUA_API void rille_setcopyhandler(lua_State *L, int index, const rille_CopyHandler *handler);

/* ---- channels ---- */

/* A channel of the domain that a state belongs to: states that were spawned, directly or not, by one another. Usable
 * from every thread. References are counted; each must be given back. */
typedef struct rille_Channel rille_Channel;

/* A reference to the channel whose handle is at the index, or NULL when the value is none. */
LUA_API rille_Channel *rille_tochannel(lua_State *L, int index);
LUA_API void rille_releasechannel(rille_Channel *channel);

#endif

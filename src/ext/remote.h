/* Channels that lead to other processes, over NNG (libnng, loaded when the first one is made; RILLE_HAVE_NNG says that
 * the library was built with its headers).
 *
 * Such a channel is two: messages that are sent wait in `out`, what has arrived waits in `in`. Two threads carry them
 * to and from the socket: NNG connects, connects again, and holds back a sender whose receivers cannot keep up; a full
 * `in` holds back NNG. So everything that channels can do (select, timeouts, cancelling, closing) is done by channels.
 *
 * The threads have no references: who drops the last one of either channel stops them first. */
#ifndef RL_EXT_REMOTE_H
#define RL_EXT_REMOTE_H

#include "rille.h"

typedef struct Remote Remote;

/* No more sending; what waits in `out` still has RL_REMOTE_LINGER seconds to leave. Then the socket is closed and the
 * threads end. May be called again, by several threads. */
#define RL_REMOTE_LINGER 2.0
void rl_remote_stop(Remote *remote);
void rl_remote_release(Remote *remote); /* NULL is allowed */

/* listen(address [, options]), dial(address [, options]). For "rille.channel". */
int rl_remote_listen(lua_State *L);
int rl_remote_dial(lua_State *L);

#endif

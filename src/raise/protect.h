/* Protected entries: the C frames that a throw lands in. They form one chain per Lua state, whichever of its threads
 * run; the innermost is Global.entry. The only setjmp of the runtime is in protect.c (or the try of its C++ build). */
#ifndef RL_RAISE_PROTECT_H
#define RL_RAISE_PROTECT_H

#include "value/global.h"

typedef struct Entry Entry;
struct Entry {
  Entry *previous;
  void *jump;       /* the jump buffer, in protect.c's own form */
  State *thrower;   /* the thread that raised: its top - 1 is the error value */
  int status;       /* LUA_OK while nothing was thrown */
  uint32_t c_depth; /* Global.c_depth to return to */
  uint32_t run_depth;
};

typedef void ProtectedBody(State *L, void *data);

/* Calls body(L, data); returns LUA_OK, or the status of what was thrown, with entry->thrower set. Restores
 * Global.entry, c_depth and run_depth. Does not touch call records, stacks or upvalues: that is the caller's to do.
 * `entry` lives in the caller's frame. */
int rl_protect(State *L, Entry *entry, ProtectedBody *body, void *data);

/* Lands in `entry`, which may lie below others (a yield that leaves C frames behind). */
void rl_throw_to(State *L, Entry *entry, int status) __attribute__((noreturn));

#endif

/* What a Lua state has of its own in a domain: its place to sleep, the scratch memory for making messages, the wait
 * that it is in. Made when the first of our modules is opened; lies in the registry as a userdata. */
#ifndef RL_EXT_CONTEXT_H
#define RL_EXT_CONTEXT_H

#include "ext/channel.h"
#include "ext/domain.h"
#include "ext/isolate.h"
#include "lauxlib.h"

typedef struct Context {
  Waiter waiter;    /* first: the channels' functions get a pointer to it */
  Domain *domain;   /* NULL when the state is closing */
  Isolate *isolate; /* NULL: a state that was not spawned */
  Encoder *encoder;
  Parker parker;
  WaitNode *nodes; /* of the running operation */
  size_t node_count, node_capacity;
  size_t turn; /* selects begin to look at a different channel each time */
  int64_t deadline;
  uint8_t operation; /* kind of the running one: ext/operation.h */
  uint8_t result;    /* ChannelResult, and of which node */
  size_t index;
  Isolate *joined;    /* of OPERATION_JOIN; kept alive by who waits */
  uint8_t is_parked;  /* the coroutine has yielded to its pool because it waits */
  uint8_t is_bounded; /* the deadline is that of a limit */
  uint8_t is_guest;   /* of a sandbox: ends nothing when it is closed, and may not wait */
} Context;

/* The state's context, made (with a domain of its own) when there is none. May raise. */
Context *rl_context_of(State *L);
/* The same for a state that was spawned: enters the isolate's domain. */
Context *rl_context_create(State *L, Domain *domain, Isolate *isolate);
/* The same for the state of a sandbox, which is a guest of its host's domain. */
void rl_context_create_guest(State *L, Domain *domain);
/* Pushes a library table of functions. (None has upvalues: there are many isolates, and closures cost each of them.) */
void rl_context_new_library(State *L, const luaL_Reg *functions);
/* Creates a metatable with those methods (__index is itself, or stays what `functions` say) and a copy handler when not
 * NULL; once for each state. Pushes nothing. */
void rl_context_new_class(State *L, const char *name, const luaL_Reg *functions, const rille_CopyHandler *handler);

#endif

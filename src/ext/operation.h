/* Operations that may wait: what the functions of our modules do when they send, receive, select, join and sleep.
 *
 * The caller fills in context->nodes (rl_operation_begin gives room) and hands over. If nothing can be done at once and
 * there is time to wait, the thread sleeps; but an isolate of a pool whose main function waits gives its thread back:
 * it yields to the pool, and goes on here when somebody has claimed its wait. So everything that the end of the
 * operation needs stands in the context, and what it must keep alive on the Lua stack. */
#ifndef RL_EXT_OPERATION_H
#define RL_EXT_OPERATION_H

#include "ext/context.h"

typedef enum OperationKind {
  OPERATION_SEND,
  OPERATION_RECEIVE,
  OPERATION_SELECT,
  OPERATION_JOIN,
  OPERATION_SLEEP
} OperationKind;

/* Room for that many nodes, cleared. May raise a memory error. Raises when the isolate has been cancelled. */
WaitNode *rl_operation_begin(State *L, Context *context, size_t count);
/* A node's message is made of the `count` values from stack index `first` on. */
void rl_operation_message(State *L, Context *context, WaitNode *node, int first, int count);
/* Ends the C function: `return rl_operation_run(...)`. The deadline is RL_NO_DEADLINE, or 0: does not wait. */
int rl_operation_run(State *L, Context *context, OperationKind kind, int64_t deadline);
/* The same for C code that is not called as a C function: never yields; pushes results and returns how many. */
int rl_operation_run_blocking(State *L, Context *context, OperationKind kind, int64_t deadline);
/* A timeout argument: seconds; nil or none: for ever. */
int64_t rl_operation_deadline(State *L, int index);

#endif

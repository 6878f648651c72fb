/* Pools: many isolates on as many threads as there are processors.
 *
 * An isolate of a pool is ready (in the queue), running (a worker has it) or parked (it waits for a message or a
 * moment). Its program runs as a coroutine; when its main function waits, it yields, and the worker takes the next one
 * from the queue. Where it cannot yield (inside a coroutine of its own, a metamethod, a C function) the worker itself
 * sleeps, and the pool counts it as blocked and lets another worker take its place.
 *
 * A wake-up may come while the isolate is still on its way into the parked state: it is noted (NOTIFIED), and the
 * isolate becomes ready again as soon as it has yielded. The pool's lock is taken inside a channel's lock, never the
 * other way round. */
#ifndef RL_EXT_POOL_H
#define RL_EXT_POOL_H

#include "ext/isolate.h"

Pool *rl_pool_new(size_t threads); /* 0: as many as processors; NULL without memory */
Pool *rl_pool_retain(Pool *pool);
void rl_pool_release(Pool *pool);
/* No more isolates come; workers go when there is nothing left. */
void rl_pool_close(Pool *pool);
size_t rl_pool_threads(const Pool *pool);

/* Takes over the isolate's running reference. False: no worker could be started. */
bool rl_pool_add(Pool *pool, Isolate *isolate);

bool rl_pool_can_park(State *L, const Isolate *isolate);
/* Waiter.notify of a parked isolate's context. */
Parker *rl_pool_notify(Waiter *waiter);
void rl_pool_wake(Isolate *isolate);
/* The calling worker begins or ends to sleep with its isolate. */
void rl_pool_block(Pool *pool, bool blocks);

#endif

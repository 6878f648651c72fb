/* Isolates: Lua states that run a function on a thread of their own, or on the threads of a pool.
 *
 * An isolate begins with a message (function and arguments) and ends with one (results, or error and traceback). Its
 * Lua state is made, used and closed by the threads that run it; the others know only this record, which is counted:
 * references are held by handles and by the running isolate itself. `done` is a channel that nobody sends to: it is
 * closed at the end, so that waiting for an isolate is a wait like any other.
 *
 * Cancelling sets `cancel`, interrupts the running program (vm/interrupt.h) and wakes a waiting one. The error that is
 * raised then can be caught, so that a program may clean up; but it is raised again and again, after ever fewer
 * instructions, down to every single one, so that no loop of protected calls outlives it. */
#ifndef RL_EXT_ISOLATE_H
#define RL_EXT_ISOLATE_H

#include <pthread.h>

#include "base/compiler.h"
#include "ext/channel.h"
#include "ext/domain.h"

typedef struct Pool Pool;
typedef struct Context Context;

typedef enum IsolateStatus {
  ISOLATE_STARTING,
  ISOLATE_RUNNING,
  ISOLATE_WAITING,
  ISOLATE_DONE,
  ISOLATE_FAILED,
  ISOLATE_CANCELLED
} IsolateStatus;

struct Isolate {
  uint32_t references;   /* atomic */
  uint32_t cancel;       /* atomic: has been cancelled */
  uint32_t status;       /* atomic: IsolateStatus */
  uint32_t wants_memory; /* atomic: the running program is asked to fill in `memory` */
  size_t memory;         /* atomic: bytes held by the state, when last looked at */
  Domain *domain;
  char *name;
  Channel *done;
  Message *start;   /* until it has been read */
  Message *results; /* after the end: results, or error and traceback; NULL: no memory for it */
  Channel **closes; /* closed at the end */
  size_t close_count;
  struct Isolate *next, **link; /* the domain's list */

  pthread_mutex_t lock; /* of what follows */
  lua_State *L;         /* the main thread of the state while it exists and may be interrupted; else NULL */
  Context *context;     /* likewise */
  pthread_t thread;     /* that runs it now, when has_thread */
  int has_thread;
  int64_t slice_start; /* the thread's processor time when it took the isolate up */
  int64_t time_used;   /* nanoseconds of processor time in slices that are over */

  /* only for the thread that runs it */
  uint32_t patience; /* instructions between two errors of a cancelled program */
  uint32_t quiet;    /* instructions left until the next one */
  uint8_t exits;     /* the isolate ends itself: lproc.exit */
  uint8_t reports;   /* an error goes to stderr: nobody joins it */
  lua_State *coroutine;
  int argument_count;

  /* for the pool, under its lock */
  Pool *pool; /* NULL: has a thread of its own */
  uint32_t pool_state;
  Isolate *ready_next;
  int64_t deadline;
  size_t timer; /* index in the heap of timers + 1; 0: none */
};

typedef struct IsolateOptions {
  const char *name; /* NULL: made from a number */
  Pool *pool;
  size_t stack_size; /* of the thread; 0: the usual one */
  int closes;        /* stack index of a list of channels, or 0 */
  bool reports;
} IsolateOptions;

/* Starts an isolate that calls the value at stack index `first` (a function, or a string: source text, or a
 * rille "module" text made by ext/isolate_module.c) with the `count - 1` values above it. One reference. May raise:
 * what cannot be sent, no memory, no thread. */
Isolate *rl_isolate_spawn(State *L, Context *context, const IsolateOptions *options, int first, int count);
Isolate *rl_isolate_retain(Isolate *isolate);
void rl_isolate_release(Isolate *isolate);

/* By any thread. */
void rl_isolate_cancel(Isolate *isolate);
static inline bool rl_isolate_is_cancelled(const Isolate *isolate) {
  return __atomic_load_n(&isolate->cancel, __ATOMIC_ACQUIRE) != 0;
}
size_t rl_isolate_memory(Isolate *isolate);
double rl_isolate_time(Isolate *isolate);

/* By the thread that runs it: raises the error when it has been cancelled; says whether it sleeps; ends it. */
void rl_isolate_check_cancelled(State *L, Isolate *isolate);
void rl_isolate_set_waiting(Isolate *isolate, bool waits);
RL_NORETURN void rl_isolate_exit(State *L, Isolate *isolate);

/* Pushes what an isolate that has ended gave, and returns how many: true and the results, or false, the error and a
 * traceback. May raise. */
int rl_isolate_push_results(State *L, const Isolate *isolate);

/* For ext/pool.c. Makes the state and its coroutine with the start message on it; false: it could not, the isolate has
 * ended. */
bool rl_isolate_open(Isolate *isolate);
/* Runs until the program ends or waits; true: it waits (parked) or gives way (`*gives_way`), false: the isolate has
 * ended, and the reference of the running is gone. */
bool rl_isolate_resume(Isolate *isolate, bool *gives_way);

/* Metatable of handles: userdata that hold an Isolate pointer. */
#define RL_ISOLATE_CLASS "rille.isolate"
void rl_isolate_push_handle(State *L, Isolate *isolate); /* with a reference of its own */
Isolate *rl_isolate_test(State *L, int index);           /* NULL when the value is no handle */

#endif

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

/* A channel of the domain that a state belongs to: the states that were spawned, directly or not, by one another.
 * Handles are counted: each that a function returns must be released. They may be used by every thread, with a state of
 * its own. */
typedef struct rille_Channel rille_Channel;

/* The channel of that name, made when there is none; NULL: a new one without a name. May raise (memory). */
LUA_API rille_Channel *rille_openchannel(lua_State *L, const char *name, size_t capacity);
/* The channel whose handle is at the index, or NULL when the value is none. May raise (memory). */
LUA_API rille_Channel *rille_tochannel(lua_State *L, int index);
/* Pushes the state's handle of the channel. May raise (memory). */
LUA_API void rille_pushchannel(lua_State *L, const rille_Channel *channel);
LUA_API void rille_releasechannel(rille_Channel *channel);
/* Sends fail from now on; what has been sent can still be received; who waits is told. */
LUA_API void rille_closechannel(rille_Channel *channel);

#define RILLE_DONE    0
#define RILLE_CLOSED  1
#define RILLE_TIMEOUT 2
#define RILLE_FOREVER (1.0 / 0.0)

/* Sends the `count` values on top as one message, waiting up to so many seconds, and pops them in every case. Raises
 * when one cannot be sent. */
LUA_API int rille_send(lua_State *L, rille_Channel *channel, int count, double seconds);
/* Waits for a message and pushes its values, `*count` of them. Raises when it cannot be read. */
LUA_API int rille_receive(lua_State *L, rille_Channel *channel, int *count, double seconds);

/* ---- isolates ---- */

/* A Lua state that runs a function on a thread of its own. Handles are counted like those of channels. */
typedef struct rille_Isolate rille_Isolate;

/* Spawns an isolate that calls the function below the `nargs` values on top (or runs the source text there); pops all
 * of them. `name` may be NULL. Raises when they cannot be sent, or no thread can be had. */
LUA_API rille_Isolate *rille_spawn(lua_State *L, const char *name, int nargs);
/* Waits up to so many seconds for its end and pushes true and the results, or false, the error and a traceback. Returns
 * how many values that are; 0: it goes on. */
LUA_API int rille_join(lua_State *L, rille_Isolate *isolate, double seconds);
/* Ends it soon: raises errors in it until it has ended. */
LUA_API void rille_cancel(rille_Isolate *isolate);
LUA_API void rille_pushisolate(lua_State *L, rille_Isolate *isolate);
LUA_API void rille_releaseisolate(rille_Isolate *isolate);

/* ---- hot reload: docs/hotreload.md ---- */

/* Reloads a module that was loaded after "rille.hotreload" (or whose file has not changed since that was). Pushes the
 * report and returns LUA_OK, or pushes a message and returns LUA_ERRRUN: then nothing has changed. */
LUA_API int rille_reload(lua_State *L, const char *name);

/* ---- limits: docs/limits.md ---- */

/* What a call, or a state, may use; 0: as much as it likes. */
typedef struct rille_Limits {
  lua_Integer instructions; /* of the virtual machine, with what library functions do counted in */
  double wall;              /* seconds on the clock */
  double cpu;               /* seconds of the processor, for the calling thread */
  size_t memory;            /* bytes held beyond what is held at the call; for a state: bytes */
  size_t output;            /* bytes written by print and io */
  int depth;                /* nested C calls beyond those at the call */
  int catchable;            /* 0: a limit that is reached ends the call, no pcall in it notices. 1: it is an error like
                               others first, and ends the call when a tenth more has been used up */
} rille_Limits;

#define RILLE_LIMIT_NONE         0
#define RILLE_LIMIT_INSTRUCTIONS 1
#define RILLE_LIMIT_WALL         2
#define RILLE_LIMIT_CPU          3
#define RILLE_LIMIT_MEMORY       4
#define RILLE_LIMIT_OUTPUT       5
#define RILLE_LIMIT_DEPTH        6
#define RILLE_LIMIT_INTERRUPT    7 /* none of them: somebody wanted the program to end that waits for a sandbox */

/* lua_pcall under limits, which nest. `reached`, if not NULL, is set to the limit that the call has reached; when it
 * may not go on for it the result is LUA_ERRRUN with a message like "script:3: instruction limit reached". The called
 * function cannot yield across this call. Raises when a limit further out has been reached. */
LUA_API int rille_limitcall(lua_State *L, int nargs, int nresults, int msgh, const rille_Limits *limits, int *reached);

/* Limits the whole state from now on, in place of what was set before; NULL: no limits. Errors of a limit that is not
 * catchable end every protected call of Lua; each further call fails as well until new limits are set. May raise a
 * memory error. */
LUA_API void rille_limitstate(lua_State *L, const rille_Limits *limits);
/* The limit of the state that has been reached: RILLE_LIMIT_*. */
LUA_API int rille_limitreached(lua_State *L);

/* For C functions that run for long: accounts for work that is worth `units` instructions. May raise a limit's error,
 * or that of an isolate that has been cancelled. */
LUA_API void rille_limitwork(lua_State *L, size_t units);

/* ---- sandboxes: docs/limits.md ---- */

typedef struct rille_SandboxOptions {
  const char *const *allow; /* names like "string", "os.time", "print", then NULL; NULL: the usual ones */
  const char *root;         /* the directory under which io.open finds files; NULL: no files */
  int write;                /* 1: they may be written, too */
  rille_Limits limits;      /* of each rille_sandboxcall; memory: of the state as a whole */
} rille_SandboxOptions;

/* Makes a state that holds what is allowed and nothing else, as its globals, with library tables that cannot be
 * changed. LUA_OK; or LUA_ERRRUN, the message being in the state, which is to be closed; or LUA_ERRMEM, and maybe no
 * state (NULL). What the host sets as further globals, the program reaches. Load programs with the mode "t". */
LUA_API int rille_newsandbox(const rille_SandboxOptions *options, lua_State **L);
/* rille_limitcall with the limits that the sandbox was made with. */
LUA_API int rille_sandboxcall(lua_State *L, int nargs, int nresults, int msgh, int *reached);

/* ---- the collector ----
 *
 * None of these functions raises unless that is said; those that may collect can call finalizers. */

/* What the collector is at (rille_gc_Stats.phase), and what its time is spent on. */
#define RILLE_GC_PAUSE      0 /* between two cycles */
#define RILLE_GC_MARK       1
#define RILLE_GC_ATOMIC     2
#define RILLE_GC_SWEEP      3
#define RILLE_GC_FINALIZE   4 /* finalizers: the program's own time */
#define RILLE_GC_MINOR      5 /* a minor collection of the generational mode */
#define RILLE_GC_MAJOR      6 /* a collection made at once: major, explicit, emergency */
#define RILLE_GC_ACTIVITIES 7

#define RILLE_GC_BUCKETS 48 /* of the histogram of pauses */

typedef struct rille_gc_Stats {
  int phase;                 /* RILLE_GC_* */
  int mode;                  /* LUA_GCINC or LUA_GCGEN */
  size_t bytes;              /* live objects and buffers, and what is dead and not freed yet: collectgarbage("count") */
  size_t held;               /* bytes from the allocator: `bytes` and room in blocks */
  size_t estimate;           /* bytes that were alive after the last cycle or major collection */
  size_t threshold;          /* when `bytes` is more than this, the next step is due */
  long long debt;            /* bytes by which it is overdue; negative: not yet */
  unsigned long long cycles; /* incremental cycles, explicit ones included */
  unsigned long long minors;
  unsigned long long majors;
  unsigned long long emergencies;
  unsigned long long steps;                     /* of the incremental mode */
  int measures;                                 /* the rest is being measured (rille_gc_measure) */
  unsigned long long time[RILLE_GC_ACTIVITIES]; /* nanoseconds of processor time */
  unsigned long long pauses[RILLE_GC_BUCKETS];  /* how often the collector has worked for less than rille_gc_bound(i)
                                                   at a time, and not less than rille_gc_bound(i - 1) */
  unsigned long long longest;                   /* nanoseconds; finalizers do not count */
} rille_gc_Stats;

/* Fills in `stats`. */
LUA_API void rille_gc_stats(lua_State *L, rille_gc_Stats *stats);
/* The bound of a bucket in nanoseconds: 1, 1.5, 2, 3, 4, 6, ... microseconds. */
LUA_API unsigned long long rille_gc_bound(int bucket);
/* Measures times from now on (1) or no longer (0): two readings of the clock for each step. Returns what it was. */
LUA_API int rille_gc_measure(lua_State *L, int on);

/* Objects of one type, with the buffers they own. */
typedef struct rille_gc_TypeUse {
  const char *name;
  size_t count;
  size_t bytes;
} rille_gc_TypeUse;
#define RILLE_GC_TYPES 9
/* Counts all objects, by walking over them: as long as a sweep takes. Dead ones that are not freed yet count. */
LUA_API void rille_gc_types(lua_State *L, rille_gc_TypeUse types[RILLE_GC_TYPES]);

/* The blocks of one size class. */
typedef struct rille_gc_ClassUse {
  size_t cell;   /* bytes of an object */
  size_t blocks; /* blocks, */
  size_t bytes;  /* and their size together */
  size_t cells;  /* objects that fit into them, */
  size_t used;   /* and that are in them */
} rille_gc_ClassUse;
#define RILLE_GC_CLASSES 32
LUA_API void rille_gc_classes(lua_State *L, rille_gc_ClassUse classes[RILLE_GC_CLASSES]);

/* Collects for about so many microseconds, or until a cycle is complete: then the result is 1. In the generational mode
 * one collection is made, however long it takes, and the result is 0. Does nothing inside a finalizer. */
LUA_API int rille_gc_step(lua_State *L, int microseconds);
/* Automatic steps of the incremental mode end after so many microseconds; 0: no such bound. Returns what it was. What
 * is left to do is done in later steps, so a bound that is too small lets the heap grow. */
LUA_API int rille_gc_limit(lua_State *L, int microseconds);
/* 1: collectgarbage("collect") and lua_gc(L, LUA_GCCOLLECT) make one step, and automatic steps do the rest, while the
 * mode is incremental. 0: a full collection, as the manual says. Returns what it was. */
LUA_API int rille_gc_collect_in_steps(lua_State *L, int on);

/* A piece of work that has ended. */
typedef struct rille_gc_Event {
  int activity;             /* RILLE_GC_*, never RILLE_GC_PAUSE */
  const char *name;         /* "mark", ... */
  unsigned long long start; /* nanoseconds of the monotonic clock; begins that no tracer was there for: 0 */
  unsigned long long duration;
  size_t bytes; /* in use at its end */
} rille_gc_Event;
/* Called in the middle of a collection: must not use the state. NULL ends it. Switches measuring on. */
typedef void (*rille_gc_Tracer)(void *data, const rille_gc_Event *event);
LUA_API void rille_gc_trace(lua_State *L, rille_gc_Tracer tracer, void *data);
/* Writes the events to a file in Chrome's trace-event format (it opens in Perfetto and chrome://tracing), until the
 * state is closed or the function is called again; NULL ends it. Returns 0, or the error number of the system. May
 * raise a memory error. */
LUA_API int rille_gc_tracefile(lua_State *L, const char *path);
/* Writes a readable table of all these figures. */
LUA_API void rille_gc_report(lua_State *L, FILE *out);

#endif

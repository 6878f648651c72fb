/* A sandbox that is a Lua state of its own, driven from a state of its host's, in whose thread it runs.
 *
 * Everything that it does is a job: the host hands in a text, a name or a message of arguments, and gets a message
 * back. The job runs as one call under a budget: the sandbox's limits, and what the limits around the host's own call
 * have left. Its memory comes through the host's account, so that limits there count it, exactly; but its collector is
 * its own. */
#ifndef RL_EXT_SANDBOX_STATE_H
#define RL_EXT_SANDBOX_STATE_H

#include "ext/message.h"
#include "ext/sandbox.h"
#include "vm/budget.h"

typedef struct SandboxState {
  State *L; /* NULL: not open */
  Global *host;
  Encoder *encoder; /* of messages that come out */
  Budget limits;    /* a pattern: never entered itself */
  bool is_running;
} SandboxState;

typedef enum SandboxJobKind {
  JOB_RUN,  /* `text`: source; gives its results */
  JOB_LOAD, /* `text`: source; gives the number of the program that it makes */
  JOB_CALL, /* program `number`; or else the global `text`; or else the first argument */
  JOB_GET,  /* the global `text` */
  JOB_SET,  /* the global `text`; or, without, all fields of the argument */
} SandboxJobKind;

typedef struct SandboxJob {
  SandboxJobKind kind;
  const char *text;
  size_t size;
  const char *name; /* of a source */
  lua_Integer number;
  SandboxState *state;
  Message *arguments; /* the job's own; NULL: none */
  Message *results;   /* likewise; or the error in one value; NULL: no memory for either */
  LimitKind reached;
} SandboxJob;

/* Fills in a record of zeros (but for `limits`) that lies in a userdata of the host's; what has been opened is closed
 * by rl_sandbox_state_close, also after an error. Raises when something in the plan cannot be. */
void rl_sandbox_state_open(State *L, SandboxState *state, const SandboxPlan *plan);
void rl_sandbox_state_close(SandboxState *state);
/* Pushes a new job, a userdata that frees its messages. */
SandboxJob *rl_sandbox_push_job(State *L, SandboxState *state, SandboxJobKind kind);
/* Makes the job's arguments: the values from stack index `first` on. Raises when one cannot be sent. */
void rl_sandbox_take_arguments(State *L, SandboxJob *job, int first, int count, const char *what);
/* Does it; true when it has succeeded. Raises when limits of the host have been reached by it. */
bool rl_sandbox_do_job(State *L, SandboxJob *job);
/* Pushes the results (or the error) and returns how many. May raise (memory). */
int rl_sandbox_push_results(State *L, SandboxJob *job);
/* Forgets a program. Raises nothing. */
void rl_sandbox_forget(SandboxState *state, lua_Integer number);

#endif

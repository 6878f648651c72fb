/* What the files of rille.sandbox share. */
#ifndef RL_EXT_SANDBOX_H
#define RL_EXT_SANDBOX_H

#include "lua.h"

/* What a sandbox is made of. */
typedef struct SandboxPlan {
  const char *const *allow; /* names of libraries and functions, then NULL; NULL: the usual ones */
  const char *root;         /* the directory of its files; NULL: none */
  int writes;
} SandboxPlan;

/* ext/sandbox_environment.c: pushes a new table with the globals of a sandbox. The libraries must be loaded. Raises
 * when the plan names what cannot be allowed. */
void rl_sandbox_push_environment(lua_State *L, const SandboxPlan *plan);
/* Pushes the metatable that strings have in the sandbox with that environment (absolute index). */
void rl_sandbox_push_strings(lua_State *L, int environment);

/* Pushes a table that reads like the one on top, which it pops, and cannot be changed: not by assignment, not by
 * rl_sandbox_rawset, not through its metatable. May raise (memory). */
void rl_sandbox_freeze(lua_State *L);

/* Adds the functions of the basic library whose plain forms lead out of a sandbox (load, setmetatable, ...) to the
 * table on top, the environment. May raise (memory). */
void rl_sandbox_add_base(lua_State *L);

/* Pushes a function like io.open for files under the directory `root`, which reads, and writes if `writes`. Raises when
 * there is no such directory. */
void rl_sandbox_push_open(lua_State *L, const char *root, int writes);

#endif

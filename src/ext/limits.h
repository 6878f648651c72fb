/* What limits.c and its neighbours share: the budget of a table of options. */
#ifndef RL_EXT_LIMITS_H
#define RL_EXT_LIMITS_H

#include "rille.h"
#include "vm/budget.h"

/* Pushes a new budget, a userdata, with the limits of the table at `options` (absolute index). Raises errors that name
 * the field; may allocate. */
Budget *rl_limits_push_budget(lua_State *L, int options);
/* Stack: budget at `place`, function and arguments above. Calls the function under it; returns the number of results on
 * the stack: true and the function's, or false, the error, and the name of the limit if one was reached. */
int rl_limits_call(lua_State *L, Budget *budget, int place);
/* The limit's name among the options: "instructions", ... */
const char *rl_limits_name(LimitKind kind);
/* A new budget with a host's limits. */
void rl_limits_fill(Budget *budget, const rille_Limits *limits);
/* What rille_limitcall does, under that budget. */
int rl_limits_call_budget(State *L, int nargs, int nresults, int msgh, Budget *budget, int *reached);
/* Makes the type of budgets, unless there is one. */
void rl_limits_open_type(lua_State *L);

#endif

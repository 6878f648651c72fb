/* What limits.c and its neighbours share: the budget of a table of options. */
#ifndef RL_EXT_LIMITS_H
#define RL_EXT_LIMITS_H

#include "vm/budget.h"

/* Pushes a new budget, a userdata, with the limits of the table at `options` (absolute index). Raises errors that name
 * the field; may allocate. */
Budget *rl_limits_push_budget(lua_State *L, int options);
/* Stack: budget at `place`, function and arguments above. Calls the function under it; returns the number of results on
 * the stack: true and the function's, or false, the error, and the name of the limit if one was reached. */
int rl_limits_call(lua_State *L, Budget *budget, int place);
/* Makes the type of budgets, unless there is one. */
void rl_limits_open_type(lua_State *L);

#endif

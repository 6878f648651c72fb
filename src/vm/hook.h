/* Debug hooks (manual 4.7). Setting one swaps the table of handlers that the interpreter dispatches through, so that no
 * hook costs nothing. */
#ifndef RL_VM_HOOK_H
#define RL_VM_HOOK_H

#include "value/global.h"

/* lua_sethook: may be called from a signal handler. */
void rl_hook_set(State *L, lua_Hook hook, int mask, int count);
/* Sets L->dispatch after a change of hook_mask or a request. */
void rl_hook_choose_dispatch(State *L);
/* Calls the hook for `event` with everything alive below L->top kept; may move the stack, raise. */
void rl_hook_call(State *L, int event, int line, int transfer_first, int transfer_count);
/* Before the instruction at call_info->pc - 1 (line and count events). Returns false when the hook yielded: the thread
 * has to be switched. */
bool rl_hook_trace(State *L);
/* Call event of the record just pushed, while hooks are set; return event of the running one (`count` results at
 * `first`; returns the slot, which may have moved). */
void rl_hook_on_call(State *L);
Value *rl_hook_on_return(State *L, Value *first, ptrdiff_t count);

#endif

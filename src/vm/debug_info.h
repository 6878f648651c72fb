/* What the debug interface knows about functions and calls (lua_getinfo, lua_getlocal). */
#ifndef RL_VM_DEBUG_INFO_H
#define RL_VM_DEBUG_INFO_H

#include "value/global.h"

/* lua_Debug.i_ci holds the record's index, as the array of records may move. */
static inline void rl_debug_bind(const State *L, lua_Debug *info, const CallInfo *call_info) {
  info->i_ci = (struct CallInfo *)(uintptr_t)(call_info - L->call_base);
}
static inline CallInfo *rl_debug_bound(const State *L, const lua_Debug *info) {
  return L->call_base + (uintptr_t)info->i_ci;
}

/* The record at that level (0: running function); NULL when there is none. */
CallInfo *rl_debug_level(State *L, int level);
/* Current line of a Lua record; -1 when unknown or C. */
int rl_debug_current_line(const CallInfo *call_info);
/* Index of the current instruction's first word. */
uint32_t rl_debug_current_pc(const CallInfo *call_info);
/* lua_getinfo on a record (may be NULL) or a function value; fields by `what` ('>' and stack effects are the caller's).
 * Returns 1, or 0 for an unknown option. 'f' and 'L' results are pushed on L's stack by the caller through the two
 * functions below. Does not raise except for memory ('L'). */
int rl_debug_info(State *L, const char *what, lua_Debug *info, const Value *function, CallInfo *call_info);
void rl_debug_push_active_lines(State *L, const Value *function);
/* Name and stack slot of local variable `number` of the record (negative: varargs); NULL when there is none.
 * "(temporary)", "(C temporary)",
 * "(vararg)" included. */
const char *rl_debug_local(State *L, CallInfo *call_info, int number, Value **slot);
/* Pushes "chunk:line: " of the function at `level` (luaL_where's text), or "". Of a stripped function "?:-1: " with
 * `stripped_too`, else "". */
void rl_debug_push_where(State *L, int level, bool stripped_too);

#endif

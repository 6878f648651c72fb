/* Calling values. One engine serves every way in: the interpreter's CALL, lua_call, resumed coroutines.
 *
 * The engine takes steps (start a call, finish a record, unwind) until either a Lua function is to go on, in the thread
 * it returns, or the record that began the running interpreter entry is done (NULL). Nothing in it recurses on the C
 * stack except calls of C functions. */
#ifndef RL_VM_CALL_H
#define RL_VM_CALL_H

#include "raise/protect.h"
#include "value/global.h"

/* Calls the value at `function` with the arguments up to L->top; `wanted` results (or all: LUA_MULTRET) replace
 * function and arguments, L->top is behind them. From C: counts as one C call ("C stack overflow"). May raise, yield
 * (then it does not return), move the stack. */
void rl_call(State *L, Value *function, int wanted);
/* The same where a yield must be refused. */
void rl_call_no_yield(State *L, Value *function, int wanted);

/* Runs body(L, data) protected with `handler` (stack offset of a message handler, 0: none). On an error: call records
 * are unwound, variables to be closed at or above `old_top` (an offset from stack_save) are closed, the error value is
 * at old_top, L->top one above. Returns the status. */
int rl_call_protected(State *L, ProtectedBody *body, void *data, ptrdiff_t old_top, ptrdiff_t handler);

/* ---- for the interpreter's slow paths and other files of vm/ ---- */

/* Starts a call of the value at `function` on behalf of the running Lua function: `action` says what becomes of the
 * results, `target` is the register (RETURN_TO_REGISTER), the sense of the jump (RETURN_TO_CONDITION), the count left
 * (RETURN_TO_CONCAT). Returns who goes on. */
State *rl_call_begin(State *L, Value *function, int wanted, uint8_t action, int32_t target);
/* The running record returns `count` values at `first`. Returns who goes on. */
State *rl_call_finish(State *L, Value *first, ptrdiff_t count);
/* A C function has returned with L->request filled in: does what it asks for. Returns who goes on. */
State *rl_call_request(State *L);
/* Pushes the record of a Lua function whose arguments end at L->top; fills in missing parameters, lays out varargs. */
void rl_call_push_lua(State *L, Value *function, int wanted, uint8_t action, int32_t target, uint16_t flags);
/* Puts `count` results at `first` where the caller wants `wanted` of them; L->top is behind. */
static inline void rl_call_move_results(State *L, Value *to, const Value *first, ptrdiff_t count, int wanted) {
  ptrdiff_t moved = wanted == LUA_MULTRET || count < wanted ? count : wanted;
  for (ptrdiff_t i = 0; i < moved; i++) value_copy(to + i, first + i);
  for (; moved < wanted; moved++) value_set_nil(to + moved);
  L->top = to + moved;
}
/* Makes a callable out of the value at `function` by inserting its __call in front. Raises "attempt to call a ...
 * value". May move the stack; returns the (new) slot. */
Value *rl_call_insert_method(State *L, Value *function);
/* The message handler of the running protected call, applied to the error value on top; called by whoever raises. May
 * raise LUA_ERRERR. */
void rl_call_handler(State *L);

#endif

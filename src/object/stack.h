/* The value stack, call records and to-be-closed list of a thread: making, growing, moving. */
#ifndef RL_OBJECT_STACK_H
#define RL_OBJECT_STACK_H

#include "base/config.h"
#include "value/global.h"

/* A new thread object with its state (stack of RL_BASIC_STACK slots, one CALL_BASE record, LUA_EXTRASPACE bytes in
 * front of the State copied from the main thread's). May raise a memory error. The caller anchors the Thread. Hooks are
 * inherited from L. */
Thread *rl_thread_new(State *L);
/* The parts of a state that are not its stack, and its extra space. The main thread's State is known as
 * global->main_state (or that is still NULL): its extra space is zero and it cannot yield. */
void rl_state_init(State *L, Global *global, Thread *thread);
/* Allocates stack and call records; false without memory (nothing is left over). */
bool rl_stack_init(State *L);
/* The same for the state of another thread, with memory asked for through L (whose stack a collection may look at). */
bool rl_stack_init_through(State *L, State *fresh);
/* Bytes of stack, records and close list. */
size_t rl_stack_bytes(const State *L);
/* Frees stack, records, close list. */
void rl_stack_release(State *L);
/* Frees a thread's state with everything (the sweeper): closes its open upvalues first. */
void rl_thread_release(Global *global, Thread *thread);
size_t rl_thread_buffer_bytes(const Thread *thread);
/* Bytes of the allocation that holds a State and its extra space. */
#define STATE_PREFIX ((size_t)LUA_EXTRASPACE < 16 ? (size_t)16 : (size_t)LUA_EXTRASPACE)
#define STATE_BYTES  (STATE_PREFIX + sizeof(State))

/* Makes room for `count` more slots above L->top; moves the stack. Raises "stack overflow" (RL_MAX_STACK) or a memory
 * error. Beyond the limit there is a reserve for error handling, as in stock Lua (a further overflow inside it is
 * LUA_ERRERR). */
void rl_stack_grow(State *L, size_t count);
/* The same, false instead of an error. */
bool rl_stack_try_grow(State *L, size_t count);
/* Gives memory back when little is in use (the collector, not in an emergency); moves the stack. */
void rl_stack_shrink(State *L);
/* After an overflow has been caught: gives the reserve back, so that the next overflow finds it. Moves the stack. */
void rl_stack_leave_error_zone(State *L);
/* The record after the current one (grows the array and moves it; raises a memory error). Not initialised, not current.
 */
CallInfo *rl_call_push_slow(State *L);
/* The pointers into the stack and the records are where they must be: for the tests' assertions. */
bool rl_stack_is_valid(const State *L);
/* Puts the slot on the to-be-closed list. May raise a memory error. */
void rl_close_list_add(State *L, Value *slot);

static inline void stack_ensure(State *L, size_t count) {
  if (__builtin_expect(L->stack_limit - L->top < (ptrdiff_t)count, 0)) rl_stack_grow(L, count);
}

/* The next record, not yet current (set L->call_info). */
static inline CallInfo *call_next(State *L) {
  CallInfo *next = L->call_info + 1;
  return __builtin_expect(next != L->call_end, 1) ? next : rl_call_push_slow(L);
}

#endif

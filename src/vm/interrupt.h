/* Interrupts: another thread of the process makes the program that a state runs call a function soon.
 *
 * The requester sets `requested` and gives the Lua thread that runs the dispatch table of the hooks; the interpreter,
 * which reads the table again at calls, returns and jumps, then asks vm/hook.c before every instruction. Which Lua
 * thread runs changes without a lock: the owner stores `current` and then reads `requested`, the requester stores
 * `requested` and then reads `current`. One of the two sees the other, provided that the owner's load cannot overtake
 * its store; the requester pays for that (a barrier in all threads of the process), the owner, who switches coroutines
 * a million times a second, does not. The lock keeps a thread that has just been switched away from from being freed
 * while the requester writes into it.
 *
 * A C function that runs for long is not between instructions. Who wants the program to end says so
 * (INTERRUPT_ENDS); then those that report their work (vm/work.h) get to `on_work`, too. */
#ifndef RL_VM_INTERRUPT_H
#define RL_VM_INTERRUPT_H

#include "base/compiler.h"
#include "gc/collect.h"
#include "value/global.h"

/* By the owner, before anybody may request: `handler` will be called as a hook, also inside hooks and finalizers;
 * `on_work` inside library functions, for which it must neither call Lua nor move the stack, but may raise. */
void rl_interrupt_prepare(State *L, lua_Hook handler, void (*on_work)(State *L, size_t units), void *data);
/* By any thread, while the caller sees to it that the state is not closed. From now on the handler is called before
 * every instruction (a state without one ignores it). Neither allocates nor blocks for long. */
void rl_interrupt_request(State *L, uint32_t reason);
/* By the owner: no more calls. */
void rl_interrupt_withdraw(State *L);

static inline bool interrupt_is_requested(const Global *global) {
  return __atomic_load_n(&global->interrupt.requested, __ATOMIC_RELAXED) != 0;
}

void rl_interrupt_notice(State *L);

/* `L` is the thread that runs from now on. */
static inline void state_switch(Global *global, State *L) {
  __atomic_store_n(&global->current, L, __ATOMIC_RELEASE);
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  if (L == NULL) return;
  stack_changes(L);
  if (RL_UNLIKELY(interrupt_is_requested(global))) rl_interrupt_notice(L);
}

#endif

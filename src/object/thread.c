/* Threads: the collectable object and the state behind it. */
#include <string.h>

#include "heap/account.h"
#include "heap/block.h"
#include "object/stack.h"
#include "raise/raise.h"

static void *state_block(State *L) {
  return (char *)L - STATE_PREFIX;
}

/* The user's bytes in front of a state: those of the main thread for every other, zero for the main thread itself. */
static void init_extra_space(State *L) {
  char *space = (char *)L - LUA_EXTRASPACE;
  const State *main_state = L->global->main_state;
  if (main_state != NULL && main_state != L)
    memcpy(space, (const char *)main_state - LUA_EXTRASPACE, LUA_EXTRASPACE);
  else
    memset(space, 0, LUA_EXTRASPACE);
}

void rl_state_init(State *L, Global *global, Thread *thread) {
  memset(L, 0, sizeof *L);
  L->global = global;
  L->thread = thread;
  L->status = LUA_OK;
  L->allow_hook = 1;
  L->non_yieldable = global->main_state == NULL || global->main_state == L;
  init_extra_space(L);
}

static void inherit_hooks(State *to, const State *from) {
  state_set_dispatch(to, state_dispatch(from));
  to->hook = from->hook;
  to->hook_mask = from->hook_mask;
  to->base_hook_count = from->base_hook_count;
  to->hook_count = from->base_hook_count;
}

/* While the state is being made, the thread lies on L's stack (in its reserve, if need be), without a state. */
Thread *rl_thread_new(State *L) {
  Thread *thread = rl_heap_new(L, TAG_THREAD, sizeof(Thread));
  thread->state = NULL;
  value_set_object(L->top, thread);
  L->top++;
  State *fresh = (State *)((char *)rl_memory_allocate(L, STATE_BYTES) + STATE_PREFIX);
  rl_state_init(fresh, L->global, thread);
  if (!rl_stack_init_through(L, fresh)) {
    rl_memory_free(L->global, state_block(fresh), STATE_BYTES);
    rl_raise_memory(L);
  }
  inherit_hooks(fresh, L);
  thread->state = fresh;
  L->top--;
  return thread;
}

/* No barrier: the sweeper has decided about both the upvalues and their values already, and some of either may be gone.
 */
static void close_upvalues(State *L) {
  for (UpValue *upvalue = L->open_upvalues, *next; upvalue != NULL; upvalue = next) {
    next = upvalue->open.next;
    value_copy(&upvalue->closed, upvalue->value);
    upvalue->value = &upvalue->closed;
  }
  L->open_upvalues = NULL;
}

/* Another thread of the process may be looking at what it takes for the running Lua thread (vm/interrupt.c). */
static void free_state(Global *global, State *L) {
  Interrupt *interrupt = &global->interrupt;
  bool guarded = interrupt->handler != NULL;
  while (guarded && __atomic_exchange_n(&interrupt->lock, 1, __ATOMIC_ACQUIRE) != 0) continue;
  rl_memory_free(global, state_block(L), STATE_BYTES);
  if (guarded) __atomic_store_n(&interrupt->lock, 0, __ATOMIC_RELEASE);
}

void rl_thread_release(Global *global, Thread *thread) {
  State *L = thread->state;
  if (L == NULL) return;
  close_upvalues(L);
  rl_stack_release(L);
  thread->state = NULL;
  free_state(global, L);
}

size_t rl_thread_buffer_bytes(const Thread *thread) {
  return thread->state == NULL ? 0 : STATE_BYTES + rl_stack_bytes(thread->state);
}

/* The collector's interface: when it runs, how it is steered. Tri-colour, incremental or generational; see
 * docs/collector.md. */
#ifndef RL_GC_COLLECT_H
#define RL_GC_COLLECT_H

#include "value/global.h"

/* One step, when the debt is positive and the collector not stopped (call through gc_check). May call finalizers, that
 * is Lua code, and through them move the stack and raise nothing (errors in finalizers become warnings). L->top must
 * cover everything alive. */
void rl_gc_step(State *L);
/* A full cycle. Unless `emergency` it calls all finalizers that are due, and may move the stack. Does nothing inside
 * the collector, while a state is being made, and (unless `emergency`) inside a finalizer or while the state closes. */
void rl_gc_full(State *L, bool emergency);
/* For Global.hooks. */
void rl_gc_collect_emergency(State *L);
void rl_gc_mark_forward(State *L, Object *holder, Object *object);
void rl_gc_mark_back(State *L, Object *holder, Object *object);
/* A thread with is_scanned is resumed, or its stack is written by somebody else: call this first (stack_changes). */
void rl_gc_stack_changes(State *L);
/* A slot of a function that waits has been written. */
void rl_gc_stack_stored(State *L, const Value *value);
void rl_gc_release_objects(Global *global, Object *const *objects, uint32_t count);

/* A basic step for lua_gc(LUA_GCSTEP, kbytes): true when it finished a cycle. */
bool rl_gc_step_explicit(State *L, int kilobytes);
/* Work for about that time, or until a cycle is complete: true. In the generational mode one collection; false. */
bool rl_gc_step_timed(State *L, uint64_t nanoseconds);
/* LUA_GCINC or LUA_GCGEN from now on. Changing it finishes the cycle under way, and to generational makes a full
 * collection; so it may call finalizers and move the stack. */
void rl_gc_change_mode(State *L, int mode);
/* Sets the debt so that the next step is due after the pause. */
void rl_gc_set_debt(Global *global, ptrdiff_t debt);
/* Remembers `object` for finalization when its metatable has a __gc (called by setmetatable). May allocate, raise. */
void rl_gc_register_finalizer(State *L, Object *object, Table *metatable);
/* Calls all finalizers, in order; for lua_close. */
void rl_gc_call_all_finalizers(State *L);
/* Frees every object, for lua_close (finalizers have run) or a state whose making failed. The main thread's State is
 * left alone. Follow with rl_string_table_close and rl_heap_close. */
void rl_gc_free_all(State *L);
/* Exact bytes of an object without its buffers. */
size_t rl_gc_object_size(const Object *object);
/* Bytes of its buffers. */
size_t rl_gc_buffer_bytes(const Global *global, const Object *object);
/* Walks the heap and checks the invariants; for stress builds. Allocates nothing, changes nothing that can be seen. */
bool rl_gc_is_valid(State *L);
/* What is wrong with the heap, for a message; NULL: nothing. */
const char *rl_gc_fault(State *L);

#ifdef RL_STRESS_GC
/* The torture preset's safe point. While the heap is small each one is used; a larger heap would take hours, so there
 * most are let pass. Incremental mode: a run of full collections, then as many small steps of cycles, and so on;
 * generational mode: a collection. The verifier follows each. Same effects as rl_gc_step. */
void rl_gc_stress(State *L);
#endif

/* Before a table gets another metatable. */
void rl_gc_metatable_changes(State *L, Table *table);

static inline void stack_changes(State *L) {
  if (__builtin_expect(L->is_scanned, 0)) rl_gc_stack_changes(L);
}

/* A safe point: everything alive is on the stack or anchored. May call Lua (finalizers), may move the stack. */
static inline void gc_check(State *L) {
#ifdef RL_STRESS_GC
  rl_gc_stress(L);
#else
  if (__builtin_expect(L->global->account.debt > 0, 0)) rl_gc_step(L);
#endif
}

#endif

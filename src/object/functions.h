/* Making closures and prototypes; the open upvalues of a thread. All of it may allocate, collect (emergency) and raise
 * a memory error; the caller anchors the result. */
#ifndef RL_OBJECT_FUNCTIONS_H
#define RL_OBJECT_FUNCTIONS_H

#include "value/function.h"
#include "value/global.h"

/* An empty prototype: all counts 0, all arrays NULL. */
Prototype *rl_prototype_new(State *L);
/* Puts that many 8-byte words of empty inline caches in front of the constants, whose number is final. May raise,
 * collect. */
void rl_prototype_add_caches(State *L, Prototype *prototype, uint32_t words);
void rl_prototype_release(Global *global, Prototype *prototype); /* frees its arrays */
size_t rl_prototype_buffer_bytes(const Prototype *prototype);
/* The line of the word at pc; -1 when stripped. */
int rl_prototype_line(const Prototype *prototype, uint32_t pc);
/* The name of the n-th (from 1) local variable active at pc, or NULL. */
const char *rl_prototype_local_name(const Prototype *prototype, int number, uint32_t pc);

/* A Lua closure with all upvalues NULL. */
LuaClosure *rl_lua_closure_new(State *L, Prototype *prototype, uint32_t upvalue_count);
/* A C closure whose upvalues the caller fills in at once (they are nil). */
CClosure *rl_c_closure_new(State *L, lua_CFunction function, uint32_t upvalue_count);
/* Gives a closure that is anchored new closed upvalues, nil, for all its slots (main chunks). */
void rl_lua_closure_fill_upvalues(State *L, LuaClosure *closure);

/* The closure that does the work: after a reload (ext/hotreload_plan.c) a closure may do nothing but call another one,
 * which is the only constant of its function. */
static inline const LuaClosure *closure_behind(const LuaClosure *closure) {
  const Prototype *prototype = closure->prototype;
  while (prototype->constant_count == 1 && prototype->constants[0].tag == TAG_LUA_CLOSURE) {
    closure = value_lua_closure(&prototype->constants[0]);
    prototype = closure->prototype;
  }
  return closure;
}

/* The open upvalue of the stack slot, made when there is none. */
UpValue *rl_upvalue_find(State *L, Value *slot);
/* Closes all open upvalues at `level` and above: never allocates. Does not call __close (vm/close.h). */
void rl_upvalue_close(State *L, Value *level);
/* Takes an open upvalue out of its list (the sweeper). */
void rl_upvalue_unlink(UpValue *upvalue);

#endif

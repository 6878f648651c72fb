/* Closures: a prototype or a C function together with its upvalues. */
#include "heap/barrier.h"
#include "heap/block.h"
#include "object/functions.h"

LuaClosure *rl_lua_closure_new(State *L, Prototype *prototype, uint32_t upvalue_count) {
  LuaClosure *closure = rl_heap_new(L, TAG_LUA_CLOSURE, lua_closure_size(upvalue_count));
  closure->header.own = upvalue_count;
  closure->prototype = prototype;
  for (uint32_t i = 0; i < upvalue_count; i++) closure->upvalues[i] = NULL;
  return closure;
}

CClosure *rl_c_closure_new(State *L, lua_CFunction function, uint32_t upvalue_count) {
  CClosure *closure = rl_heap_new(L, TAG_C_CLOSURE, c_closure_size(upvalue_count));
  closure->header.own = upvalue_count;
  closure->function = function;
  for (uint32_t i = 0; i < upvalue_count; i++) value_set_nil(&closure->upvalues[i]);
  return closure;
}

void rl_lua_closure_fill_upvalues(State *L, LuaClosure *closure) {
  for (uint32_t i = 0; i < closure_upvalue_count(closure); i++) {
    UpValue *upvalue = rl_heap_new(L, TAG_UPVALUE, sizeof(UpValue));
    upvalue->value = &upvalue->closed;
    value_set_nil(&upvalue->closed);
    closure->upvalues[i] = upvalue;
    barrier_forward_object(L, closure, upvalue);
  }
}

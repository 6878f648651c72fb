#include "api/slot.h"

#include <stdio.h>
#include <stdlib.h>

static Value *nothing(State *L) {
  return &L->global->none_value;
}

bool rl_api_is_upvalue_index(int index) {
  return index < LUA_REGISTRYINDEX;
}

static Value *upvalue_slot(State *L, int index) {
  const Value *function = L->call_info->function;
  uint32_t number = (uint32_t)(LUA_REGISTRYINDEX - index);
  API_CHECK(L, number <= 256, "idx", index, "an upvalue index up to 256");
  if (!value_is_c_closure(function)) return nothing(L);
  CClosure *closure = value_c_closure(function);
  return number <= closure_upvalue_count(closure) ? &closure->upvalues[number - 1] : nothing(L);
}

Value *rl_api_slot(State *L, int index) {
  const CallInfo *record = L->call_info;
  if (index > 0) {
    Value *slot = record->base + (index - 1);
    API_CHECK(L, index <= record->top - record->base || slot < L->top, "idx", index, "an acceptable index");
    return slot < L->top ? slot : nothing(L);
  }
  if (index > LUA_REGISTRYINDEX) {
    API_CHECK(L, index != 0 && -index <= L->top - record->base, "idx", index, "an index of a value on the stack");
    return L->top + index;
  }
  if (index == LUA_REGISTRYINDEX) return &L->global->registry;
  return upvalue_slot(L, index);
}

bool rl_api_is_stack_index(State *L, int index) {
  ptrdiff_t count = L->top - L->call_info->base;
  return (index > 0 && index <= count) || (index < 0 && index > LUA_REGISTRYINDEX && -index <= count);
}

void rl_api_misuse(State *L, const char *function, const char *argument, long long given, const char *expected) {
  const CallInfo *record = L->call_info;
  fprintf(stderr,
          "rille: misuse of the C API: %s: %s is %lld, expected %s (%lld values on the stack of this function)\n",
          function, argument, given, expected, (long long)(L->top - record->base));
  fflush(stderr);
  abort();
}

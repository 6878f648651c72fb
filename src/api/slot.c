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
  if (!value_is_c_closure(function)) return nothing(L);
  CClosure *closure = value_c_closure(function);
  return number <= closure_upvalue_count(closure) ? &closure->upvalues[number - 1] : nothing(L);
}

Value *rl_api_pseudo_slot(State *L, int index) {
  return index == LUA_REGISTRYINDEX ? &L->global->registry : upvalue_slot(L, index);
}

void rl_api_check_index(State *L, int index, const char *function) {
  const CallInfo *record = L->call_info;
  ptrdiff_t count = L->top - record->base;
  if (index > 0) {
    if (index > count && index > record->top - record->base)
      rl_api_misuse(L, function, "idx", index, "an acceptable index, within the space asked for");
  } else if (index > LUA_REGISTRYINDEX) {
    if (index == 0 || -index > count) rl_api_misuse(L, function, "idx", index, "the index of a value on the stack");
  } else if (index < LUA_REGISTRYINDEX - 256) {
    rl_api_misuse(L, function, "idx", index, "an upvalue index up to 256");
  }
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

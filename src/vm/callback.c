#include "vm/callback.h"

#include "vm/call.h"

bool rl_callback_of_two(State *L, const Value *function, const Value *a, const Value *b) {
  Value *top = L->top;
  value_copy(top, function);
  value_copy(top + 1, a);
  value_copy(top + 2, b);
  L->top = top + 3;
  rl_call_no_yield(L, top, 1);
  L->top--;
  return !value_is_falsy(L->top);
}

/* To-be-closed variables. Their stack slots stand on the thread's close list, oldest first; leaving a scope takes them
 * off the list from the end, each before its __close method is called, so that whatever happens in the method, none is
 * closed twice. */
#include "vm/close.h"

#include "object/functions.h"
#include "object/metatable.h"
#include "object/stack.h"
#include "raise/protect.h"
#include "raise/raise.h"
#include "vm/call.h"
#include "vm/engine.h"
#include "vm/error_text.h"

void rl_close_mark(State *L, Value *slot) {
  Value method;
  if (value_is_falsy(slot)) return;
  if (rl_metamethod_of(L, slot, EVENT_CLOSE, &method) == TAG_NIL)
    rl_raise(L, ERROR_CLOSE_VALUE, rl_error_local_name(L, slot));
  if (close_is_pending(L, slot)) rl_raise(L, ERROR_CLOSE_ORDER, rl_error_local_name(L, slot)); /* hand-made code only */
  rl_close_list_add(L, slot);
}

Value *rl_close_prepare(State *L, Value *level, const Value *error) {
  if (!close_is_pending(L, level)) return NULL;
  Value *slot = L->stack + L->close_slots[--L->close_count];
  Value *function = L->top;
  rl_metamethod_of(L, slot, EVENT_CLOSE, function);
  value_copy(function + 1, slot);
  if (error != NULL)
    value_copy(function + 2, error);
  else
    value_set_nil(function + 2);
  L->top = function + 3;
  return function;
}

void rl_close_all(State *L, ptrdiff_t level) {
  rl_upvalue_close(L, stack_restore(L, level));
  for (;;) {
    stack_ensure(L, 3);
    Value *function = rl_close_prepare(L, stack_restore(L, level), NULL);
    if (function == NULL) return;
    rl_call_no_yield(L, function, 0);
  }
}

/* The error value travels down the stack: it always lies right above the newest slot that is still pending. */
typedef struct ErrorClose {
  ptrdiff_t level;
  ptrdiff_t error;
} ErrorClose;

static void close_with_error(State *L, void *data) {
  ErrorClose *close = data;
  while (close_is_pending(L, stack_restore(L, close->level))) {
    Value *error = L->stack + L->close_slots[L->close_count - 1] + 1;
    value_copy(error, stack_restore(L, close->error));
    close->error = stack_save(L, error);
    L->top = error + 1;
    stack_ensure(L, 3);
    error = stack_restore(L, close->error);
    Value *function = rl_close_prepare(L, stack_restore(L, close->level), error);
    rl_call_no_yield(L, function, 0);
  }
}

int rl_close_after_error(State *L, ptrdiff_t level, int status) {
  ErrorClose close = {.level = level, .error = stack_save(L, L->top - 1)};
  ptrdiff_t record = L->call_info - L->call_base;
  uint32_t non_yieldable = L->non_yieldable;
  uint8_t allow_hook = L->allow_hook;
  rl_upvalue_close(L, stack_restore(L, level));
  while (close_is_pending(L, stack_restore(L, level))) {
    Entry entry;
    int closing = rl_protect(L, &entry, close_with_error, &close);
    if (closing == LUA_OK) break;
    if (status != RL_STATUS_LIMIT) status = closing; /* which nobody in between may take for another error */
    value_copy(stack_restore(L, close.error), entry.thrower->top - 1);
    L->call_info = L->call_base + record;
    L->non_yieldable = non_yieldable;
    L->allow_hook = allow_hook;
    rl_upvalue_close(L, stack_restore(L, level));
  }
  Value *slot = stack_restore(L, level);
  value_copy(slot, stack_restore(L, close.error));
  L->top = slot + 1;
  return status;
}

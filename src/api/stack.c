/* Stack manipulation (manual 4.1 and 4.6). */
#include "object/stack.h"

#include "api/slot.h"
#include "heap/barrier.h"
#include "raise/raise.h"
#include "vm/close.h"
#include "vm/engine.h"

LUA_API int lua_absindex(lua_State *L, int idx) {
  return idx > 0 || idx <= LUA_REGISTRYINDEX ? idx : (int)(L->top - L->call_info->base) + 1 + idx;
}

LUA_API int lua_gettop(lua_State *L) {
  return (int)(L->top - L->call_info->base);
}

/* May call __close, so it may raise and move the stack. */
LUA_API void lua_settop(lua_State *L, int idx) {
  CallInfo *record = L->call_info;
  Value *top;
  if (idx >= 0) {
    API_CHECK(L, idx <= record->top - record->base, "idx", idx, "a stack size within the space asked for");
    top = record->base + idx;
    while (L->top < top) value_set_nil(L->top++);
  } else {
    API_CHECK(L, -(idx + 1) <= L->top - record->base, "idx", idx, "no more values than the stack holds");
    top = L->top + (idx + 1);
  }
  if (RL_UNLIKELY(close_is_pending(L, top))) {
    ptrdiff_t offset = stack_save(L, top);
    rl_close_all(L, offset);
    top = stack_restore(L, offset);
  }
  L->top = top;
}

LUA_API void lua_closeslot(lua_State *L, int idx) {
  API_CHECK_STACK_INDEX(L, idx);
  Value *slot = API_SLOT(L, idx);
  API_CHECK(L, L->call_info->flags & CALL_HAS_CLOSE && close_is_pending(L, slot), "idx", idx,
            "a slot marked to be closed");
  ptrdiff_t offset = stack_save(L, slot);
  rl_close_all(L, offset);
  value_set_nil(stack_restore(L, offset));
}

LUA_API void lua_toclose(lua_State *L, int idx) {
  API_CHECK_STACK_INDEX(L, idx);
  Value *slot = API_SLOT(L, idx);
  API_CHECK(L, !close_is_pending(L, slot), "idx", idx, "a slot above all slots marked to be closed");
  rl_close_mark(L, slot);
  L->call_info->flags |= CALL_HAS_CLOSE;
}

LUA_API void lua_pushvalue(lua_State *L, int idx) {
  const Value *value = API_SLOT(L, idx);
  if (value->tag == TAG_NONE)
    value_set_nil(L->top);
  else
    value_copy(L->top, value);
  API_PUSH(L);
}

static void reverse(Value *from, Value *to) {
  for (; from < to; from++, to--) {
    Value held;
    value_copy(&held, from);
    value_copy(from, to);
    value_copy(to, &held);
  }
}

LUA_API void lua_rotate(lua_State *L, int idx, int n) {
  stack_changes(L);
  API_CHECK_STACK_INDEX(L, idx);
  Value *last = L->top - 1;
  Value *first = API_SLOT(L, idx);
  ptrdiff_t count = last - first + 1;
  API_CHECK(L, (n >= 0 ? n : -n) <= count, "n", n, "no more than the values from idx to the top");
  Value *middle = n >= 0 ? last - n : first - n - 1;
  reverse(first, middle);
  reverse(middle + 1, last);
  reverse(first, last);
}

LUA_API void lua_copy(lua_State *L, int fromidx, int toidx) {
  stack_changes(L);
  const Value *from = API_SLOT(L, fromidx);
  Value *to = API_SLOT(L, toidx);
  API_CHECK_VALID(L, to, toidx);
  if (from->tag == TAG_NONE)
    value_set_nil(to);
  else
    value_copy(to, from);
  if (rl_api_is_upvalue_index(toidx)) barrier_forward(L, L->call_info->function->as.object, to);
}

LUA_API int lua_checkstack(lua_State *L, int n) {
  API_CHECK(L, n >= 0, "n", n, "a number of slots, 0 or more");
  if (L->stack_limit - L->top < n && !rl_stack_try_grow(L, (size_t)n)) return 0;
  CallInfo *record = L->call_info;
  if (record->top < L->top + n) record->top = L->top + n;
  return 1;
}

LUA_API void lua_xmove(lua_State *from, lua_State *to, int n) {
  if (from == to) return;
  API_CHECK(from, n >= 0, "n", n, "a number of values, 0 or more");
  API_CHECK_VALUES(from, n);
  API_CHECK(from, from->global == to->global, "to", 0, "a thread of the same Lua state");
  API_CHECK(to, to->call_info->top - to->top >= n, "n", n, "no more values than the other stack has room for");
  stack_changes(to);
  from->top -= n;
  for (int i = 0; i < n; i++) value_copy(to->top++, from->top + i);
}

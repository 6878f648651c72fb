/* The debug interface (manual 4.7). */
#include <string.h>

#include "api/slot.h"
#include "gc/collect.h"
#include "heap/barrier.h"
#include "object/functions.h"
#include "object/strings.h"
#include "vm/debug_info.h"
#include "vm/hook.h"

LUA_API int lua_getstack(lua_State *L, int level, lua_Debug *ar) {
  if (level < 0) return 0;
  const CallInfo *record = rl_debug_level(L, level);
  if (record == NULL) return 0;
  rl_debug_bind(L, ar, record);
  return 1;
}

/* 'f' and 'L' push after all fields are filled in, in this order. */
LUA_API int lua_getinfo(lua_State *L, const char *what, lua_Debug *ar) {
  Value function;
  CallInfo *record = NULL;
  if (*what == '>') {
    API_CHECK_VALUES(L, 1);
    value_copy(&function, --L->top);
    API_CHECK(L, value_is_function(&function), "top", value_type(&function), "a function on top of the stack");
    what++;
  } else {
    record = rl_debug_bound(L, ar);
    value_copy(&function, record->function);
  }
  int known = rl_debug_info(L, what, ar, &function, record);
  if (strchr(what, 'f') != NULL) {
    value_copy(L->top, &function);
    API_PUSH(L);
  }
  if (strchr(what, 'L') != NULL) {
    rl_debug_push_active_lines(L, &function);
    API_CHECK(L, L->top <= L->call_info->top, "stack", 0, "a free slot for the active lines");
  }
  return known;
}

/* The name of a parameter of the Lua function on top, which stays there. */
static const char *parameter_name(State *L, int n) {
  const Value *function = L->top - 1;
  return value_is_lua_closure(function) ? rl_prototype_local_name(value_lua_closure(function)->prototype, n, 0) : NULL;
}

LUA_API const char *lua_getlocal(lua_State *L, const lua_Debug *ar, int n) {
  Value *slot;
  if (ar == NULL) {
    API_CHECK_VALUES(L, 1);
    return parameter_name(L, n);
  }
  const char *name = rl_debug_local(L, rl_debug_bound(L, ar), n, &slot);
  if (name == NULL) return NULL;
  value_copy(L->top, slot);
  API_PUSH(L);
  return name;
}

LUA_API const char *lua_setlocal(lua_State *L, const lua_Debug *ar, int n) {
  Value *slot;
  API_CHECK_VALUES(L, 1);
  const char *name = rl_debug_local(L, rl_debug_bound(L, ar), n, &slot);
  if (name == NULL) return NULL; /* then nothing is popped */
  L->top--;
  value_copy(slot, L->top);
  rl_gc_stack_stored(L, slot);
  return name;
}

/* ---- upvalues ---- */

typedef struct UpvalueAccess {
  const char *name;
  Value *value;
  void *owner; /* for the barrier */
} UpvalueAccess;

static bool find_upvalue(const Value *function, int n, UpvalueAccess *access) {
  if (n < 1) return false;
  if (value_is_c_closure(function)) {
    CClosure *closure = value_c_closure(function);
    if ((uint32_t)n > closure_upvalue_count(closure)) return false;
    *access = (UpvalueAccess){"", &closure->upvalues[n - 1], closure};
    return true;
  }
  if (!value_is_lua_closure(function)) return false;
  LuaClosure *closure = value_lua_closure(function);
  if (n > closure->prototype->upvalue_count) return false;
  const String *name = closure->prototype->upvalues[n - 1].name;
  UpValue *upvalue = closure->upvalues[n - 1];
  *access = (UpvalueAccess){name == NULL ? "(no name)" : string_bytes(name), upvalue->value, upvalue};
  return true;
}

LUA_API const char *lua_getupvalue(lua_State *L, int funcindex, int n) {
  UpvalueAccess access;
  if (!find_upvalue(API_SLOT(L, funcindex), n, &access)) return NULL;
  value_copy(L->top, access.value);
  API_PUSH(L);
  return access.name;
}

LUA_API const char *lua_setupvalue(lua_State *L, int funcindex, int n) {
  UpvalueAccess access;
  API_CHECK_VALUES(L, 1);
  if (!find_upvalue(API_SLOT(L, funcindex), n, &access)) return NULL;
  L->top--;
  value_copy(access.value, L->top);
  barrier_forward(L, access.owner, L->top);
  return access.name;
}

static UpValue **lua_upvalue(const Value *function, int n) {
  if (!value_is_lua_closure(function)) return NULL;
  LuaClosure *closure = value_lua_closure(function);
  return n >= 1 && n <= closure->prototype->upvalue_count ? &closure->upvalues[n - 1] : NULL;
}

LUA_API void *lua_upvalueid(lua_State *L, int fidx, int n) {
  const Value *function = API_SLOT(L, fidx);
  UpValue **upvalue = lua_upvalue(function, n);
  UpvalueAccess access;
  if (upvalue != NULL) return *upvalue;
  return value_is_c_closure(function) && find_upvalue(function, n, &access) ? access.value : NULL;
}

LUA_API void lua_upvaluejoin(lua_State *L, int fidx1, int n1, int fidx2, int n2) {
  UpValue **to = lua_upvalue(API_SLOT(L, fidx1), n1);
  UpValue **from = lua_upvalue(API_SLOT(L, fidx2), n2);
  API_CHECK(L, to != NULL, "n1", n1, "an upvalue of a Lua function");
  API_CHECK(L, from != NULL, "n2", n2, "an upvalue of a Lua function");
  *to = *from;
  barrier_forward_object(L, value_lua_closure(API_SLOT(L, fidx1)), *to);
}

/* ---- hooks ---- */

LUA_API void lua_sethook(lua_State *L, lua_Hook func, int mask, int count) {
  rl_hook_set(L, func, mask, count);
}

LUA_API lua_Hook lua_gethook(lua_State *L) {
  return L->hook;
}

LUA_API int lua_gethookmask(lua_State *L) {
  return L->hook_mask & ~HOOK_BUDGET;
}

LUA_API int lua_gethookcount(lua_State *L) {
  return L->base_hook_count;
}

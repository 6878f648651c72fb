/* Looking at values (manual 4.6: lua_is*, lua_to*, lua_type, comparison). */
#include "api/slot.h"
#include "gc/collect.h"
#include "object/equality.h"
#include "object/metatable.h"
#include "object/strings.h"
#include "object/table.h"
#include "value/userdata.h"
#include "vm/arithmetic.h"
#include "vm/metamethod.h"

LUA_API int lua_type(lua_State *L, int idx) {
  return value_type(API_SLOT(L, idx));
}

LUA_API const char *lua_typename(lua_State *L, int tp) {
  API_CHECK(L, tp >= LUA_TNONE && tp < LUA_NUMTYPES, "tp", tp, "a type code");
  (void)L;
  return rl_type_names[tp + 1];
}

LUA_API int lua_iscfunction(lua_State *L, int idx) {
  const Value *value = API_SLOT(L, idx);
  return value_is_light_function(value) || value_is_c_closure(value);
}

LUA_API int lua_isinteger(lua_State *L, int idx) {
  return value_is_integer(API_SLOT(L, idx));
}

LUA_API int lua_isnumber(lua_State *L, int idx) {
  double number;
  const Value *value = API_SLOT(L, idx);
  return value_is_number(value) || rl_value_to_float(value, &number);
}

LUA_API int lua_isstring(lua_State *L, int idx) {
  const Value *value = API_SLOT(L, idx);
  return value_is_string(value) || value_is_number(value);
}

LUA_API int lua_isuserdata(lua_State *L, int idx) {
  const Value *value = API_SLOT(L, idx);
  return value_is_userdata(value) || value->tag == TAG_LIGHT_USERDATA;
}

LUA_API int lua_rawequal(lua_State *L, int idx1, int idx2) {
  const Value *a = API_SLOT(L, idx1);
  const Value *b = API_SLOT(L, idx2);
  return a->tag != TAG_NONE && b->tag != TAG_NONE && rl_values_equal_raw(a, b);
}

LUA_API int lua_compare(lua_State *L, int idx1, int idx2, int op) {
  const Value *a = API_SLOT(L, idx1);
  const Value *b = API_SLOT(L, idx2);
  if (a->tag == TAG_NONE || b->tag == TAG_NONE) return 0;
  switch (op) {
    case LUA_OPEQ: return rl_vm_equal(L, a, b);
    case LUA_OPLT: return rl_vm_less(L, a, b);
    case LUA_OPLE: return rl_vm_less_equal(L, a, b);
    default: API_CHECK(L, 0, "op", op, "LUA_OPEQ, LUA_OPLT or LUA_OPLE"); return 0;
  }
}

LUA_API void lua_arith(lua_State *L, int op) {
  stack_changes(L);
  API_CHECK(L, op >= LUA_OPADD && op <= LUA_OPBNOT, "op", op, "an arithmetic operator code");
  if (op == LUA_OPUNM || op == LUA_OPBNOT) {
    API_CHECK_VALUES(L, 1);
    value_copy(L->top, L->top - 1);
    L->top++;
  }
  API_CHECK_VALUES(L, 2);
  rl_vm_arith(L, op, L->top - 2, L->top - 1, L->top - 2);
  L->top--;
}

LUA_API size_t lua_stringtonumber(lua_State *L, const char *s) {
  size_t length = strlen(s);
  if (!rl_text_to_number(s, length, L->top)) return 0;
  API_PUSH(L);
  return length + 1;
}

LUA_API lua_Number lua_tonumberx(lua_State *L, int idx, int *isnum) {
  double number = 0;
  const Value *value = API_SLOT(L, idx);
  bool is_number = rl_number_as_float(value, &number) || (value_is_string(value) && rl_value_to_float(value, &number));
  if (isnum != NULL) *isnum = is_number;
  return is_number ? number : 0;
}

LUA_API lua_Integer lua_tointegerx(lua_State *L, int idx, int *isnum) {
  const Value *value = API_SLOT(L, idx);
  if (RL_LIKELY(value_is_integer(value))) {
    if (isnum != NULL) *isnum = 1;
    return value->as.integer;
  }
  int64_t integer = 0;
  bool is_integer = rl_value_to_integer(value, &integer);
  if (isnum != NULL) *isnum = is_integer;
  return is_integer ? integer : 0;
}

LUA_API int lua_toboolean(lua_State *L, int idx) {
  const Value *value = API_SLOT(L, idx);
  return value->tag != TAG_NONE && !value_is_falsy(value);
}

/* What is no string: a number is converted in place. May allocate and collect. */
static RL_NOINLINE const char *convert_to_text(State *L, int idx, size_t *len) {
  Value *value = rl_api_slot(L, idx);
  if (!value_is_number(value)) {
    if (len != NULL) *len = 0;
    return NULL;
  }
  rl_number_to_string(L, value);
  gc_check(L);
  value = rl_api_slot(L, idx);
  if (len != NULL) *len = string_length(value_string(value));
  return string_bytes(value_string(value));
}

LUA_API const char *lua_tolstring(lua_State *L, int idx, size_t *len) {
  const Value *value = API_SLOT(L, idx);
  if (RL_UNLIKELY(!value_is_string(value))) return convert_to_text(L, idx, len);
  if (len != NULL) *len = string_length(value_string(value));
  return string_bytes(value_string(value));
}

LUA_API lua_Unsigned lua_rawlen(lua_State *L, int idx) {
  const Value *value = API_SLOT(L, idx);
  switch (value->tag) {
    case TAG_SHORT_STRING:
    case TAG_LONG_STRING: return string_length(value_string(value));
    case TAG_USERDATA: return value_userdata(value)->size;
    case TAG_TABLE: return rl_table_length(value_table(value));
    default: return 0;
  }
}

LUA_API lua_CFunction lua_tocfunction(lua_State *L, int idx) {
  const Value *value = API_SLOT(L, idx);
  if (value_is_light_function(value)) return value_light_function(value);
  return value_is_c_closure(value) ? value_c_closure(value)->function : NULL;
}

static void *userdata_pointer(const Value *value) {
  if (value_is_userdata(value)) return userdata_block(value_userdata(value));
  return value->tag == TAG_LIGHT_USERDATA ? value->as.pointer : NULL;
}

LUA_API void *lua_touserdata(lua_State *L, int idx) {
  return userdata_pointer(API_SLOT(L, idx));
}

LUA_API lua_State *lua_tothread(lua_State *L, int idx) {
  const Value *value = API_SLOT(L, idx);
  return value_is_thread(value) ? value_thread(value)->state : NULL;
}

LUA_API const void *lua_topointer(lua_State *L, int idx) {
  const Value *value = API_SLOT(L, idx);
  switch (value->tag) {
    case TAG_LIGHT_FUNCTION: return (const void *)(uintptr_t)value_light_function(value);
    case TAG_USERDATA:
    case TAG_LIGHT_USERDATA: return userdata_pointer(value);
    case TAG_THREAD: return value_thread(value)->state;
    default: return value_is_collectable(value) ? (const void *)value->as.object : NULL;
  }
}

/* Reading and writing tables, metatables and user values (manual 4.6: lua_get*, lua_set*, lua_raw*, lua_next, lua_len,
 * lua_concat). */
#include "api/slot.h"
#include "gc/collect.h"
#include "heap/barrier.h"
#include "object/metatable.h"
#include "object/strings.h"
#include "object/table.h"
#include "value/userdata.h"
#include "vm/metamethod.h"

static Table *table_at(State *L, int idx, const char *function) {
  const Value *value = api_slot_checked(L, idx, function);
  if (RL_UNLIKELY(L->global->api_checks) && !value_is_table(value))
    rl_api_misuse(L, function, "idx", idx, "the index of a table");
  return value_table(value);
}

#define TABLE_AT(idx) table_at(L, idx, __func__)

static const Value *globals(State *L) {
  static const int64_t place = LUA_RIDX_GLOBALS;
  rl_table_get_integer(value_table(&L->global->registry), place, L->top);
  return L->top;
}

/* ---- reading, with metamethods ---- */

/* object[field] on the top. The object may be in the slot that the key is put into (globals). */
static int get_field(State *L, const Value *object, const char *field) {
  stack_changes(L);
  Value holder;
  value_copy(&holder, object);
  value_copy(L->top, &holder);
  L->top++; /* anchored while the key is made */
  value_set_object(L->top, rl_string_from_c(L, field));
  L->top++;
  uint32_t tag = rl_vm_get(L, L->top - 2, L->top - 1, L->top - 2);
  L->top--;
  return rl_value_types[tag];
}

LUA_API int lua_getglobal(lua_State *L, const char *name) {
  API_CHECK_ROOM(L);
  return get_field(L, globals(L), name);
}

LUA_API int lua_gettable(lua_State *L, int idx) {
  stack_changes(L);
  API_CHECK_VALUES(L, 1);
  const Value *object = API_SLOT(L, idx);
  API_CHECK_VALID(L, object, idx);
  return rl_value_types[rl_vm_get(L, object, L->top - 1, L->top - 1)];
}

LUA_API int lua_getfield(lua_State *L, int idx, const char *k) {
  API_CHECK_ROOM(L);
  const Value *object = API_SLOT(L, idx);
  API_CHECK_VALID(L, object, idx);
  return get_field(L, object, k);
}

LUA_API int lua_geti(lua_State *L, int idx, lua_Integer n) {
  const Value *object = API_SLOT(L, idx);
  API_CHECK_VALID(L, object, idx);
  if (value_is_table(object) && table_fast_get_integer(value_table(object), n, L->top)) {
    API_PUSH(L);
    return value_type(L->top - 1);
  }
  value_set_integer(L->top, n);
  API_PUSH(L);
  return rl_value_types[rl_vm_get(L, object, L->top - 1, L->top - 1)];
}

/* ---- reading, raw ---- */

LUA_API int lua_rawget(lua_State *L, int idx) {
  stack_changes(L);
  API_CHECK_VALUES(L, 1);
  const Table *table = TABLE_AT(idx);
  table_complete(L, table);
  return rl_value_types[rl_table_get(table, L->top - 1, L->top - 1)];
}

LUA_API int lua_rawgeti(lua_State *L, int idx, lua_Integer n) {
  uint32_t tag = rl_table_get_integer(TABLE_AT(idx), n, L->top);
  API_PUSH(L);
  return rl_value_types[tag];
}

LUA_API int lua_rawgetp(lua_State *L, int idx, const void *p) {
  Value key;
  value_set_light_userdata(&key, (void *)p);
  uint32_t tag = rl_table_get(TABLE_AT(idx), &key, L->top);
  API_PUSH(L);
  return rl_value_types[tag];
}

LUA_API int lua_getmetatable(lua_State *L, int objindex) {
  Table *metatable = rl_metatable_of(L, API_SLOT(L, objindex));
  if (metatable == NULL) return 0;
  value_set_object(L->top, metatable);
  API_PUSH(L);
  return 1;
}

LUA_API int lua_getiuservalue(lua_State *L, int idx, int n) {
  const Value *value = API_SLOT(L, idx);
  API_CHECK(L, value_is_userdata(value), "idx", idx, "the index of a full userdata");
  Userdata *userdata = value_userdata(value);
  bool exists = n > 0 && (uint32_t)n <= userdata_user_value_count(userdata);
  if (exists)
    value_copy(L->top, &userdata->user_values[n - 1]);
  else
    value_set_nil(L->top);
  API_PUSH(L);
  return exists ? value_type(L->top - 1) : LUA_TNONE;
}

/* ---- writing, with metamethods ---- */

/* object[field] = top value, which is popped. */
static void set_field(State *L, const Value *object, const char *field) {
  Value holder;
  value_copy(&holder, object);
  value_copy(L->top, &holder);
  L->top++;
  value_set_object(L->top, rl_string_from_c(L, field));
  L->top++;
  rl_vm_set(L, L->top - 2, L->top - 1, L->top - 3);
  L->top -= 3;
}

LUA_API void lua_setglobal(lua_State *L, const char *name) {
  API_CHECK_VALUES(L, 1);
  set_field(L, globals(L), name);
}

LUA_API void lua_settable(lua_State *L, int idx) {
  API_CHECK_VALUES(L, 2);
  const Value *object = API_SLOT(L, idx);
  API_CHECK_VALID(L, object, idx);
  rl_vm_set(L, object, L->top - 2, L->top - 1);
  L->top -= 2;
}

LUA_API void lua_setfield(lua_State *L, int idx, const char *k) {
  API_CHECK_VALUES(L, 1);
  const Value *object = API_SLOT(L, idx);
  API_CHECK_VALID(L, object, idx);
  set_field(L, object, k);
}

LUA_API void lua_seti(lua_State *L, int idx, lua_Integer n) {
  API_CHECK_VALUES(L, 1);
  const Value *object = API_SLOT(L, idx);
  API_CHECK_VALID(L, object, idx);
  value_set_integer(L->top, n);
  L->top++;
  rl_vm_set(L, object, L->top - 1, L->top - 2);
  L->top -= 2;
}

/* ---- writing, raw ---- */

LUA_API void lua_rawset(lua_State *L, int idx) {
  API_CHECK_VALUES(L, 2);
  rl_table_set(L, TABLE_AT(idx), L->top - 2, L->top - 1);
  L->top -= 2;
}

LUA_API void lua_rawseti(lua_State *L, int idx, lua_Integer n) {
  API_CHECK_VALUES(L, 1);
  rl_table_set_integer(L, TABLE_AT(idx), n, L->top - 1);
  L->top--;
}

LUA_API void lua_rawsetp(lua_State *L, int idx, const void *p) {
  Value key;
  API_CHECK_VALUES(L, 1);
  value_set_light_userdata(&key, (void *)p);
  rl_table_set(L, TABLE_AT(idx), &key, L->top - 1);
  L->top--;
}

static void set_metatable_of_object(State *L, Object *object, Table **place, Table *metatable) {
  *place = metatable;
  if (metatable == NULL) return;
  barrier_forward_object(L, object, metatable);
  rl_gc_register_finalizer(L, object, metatable);
}

LUA_API int lua_setmetatable(lua_State *L, int objindex) {
  API_CHECK_VALUES(L, 1);
  const Value *value = API_SLOT(L, objindex);
  API_CHECK(L, value->tag != TAG_NONE, "objindex", objindex, "a valid index");
  const Value *top = L->top - 1;
  API_CHECK(L, value_is_nil(top) || value_is_table(top), "top", value_type(top), "a table or nil as metatable");
  Table *metatable = value_is_nil(top) ? NULL : value_table(top);
  if (value_is_table(value)) {
    table_complete(L, value_table(value));
    table_note_metatable(L, value_table(value));
    rl_gc_metatable_changes(L, value_table(value));
    set_metatable_of_object(L, value->as.object, &value_table(value)->metatable, metatable);
  } else if (value_is_userdata(value))
    set_metatable_of_object(L, value->as.object, &value_userdata(value)->metatable, metatable);
  else
    L->global->type_metatables[value_type(value)] = metatable;
  L->top--;
  return 1;
}

LUA_API int lua_setiuservalue(lua_State *L, int idx, int n) {
  API_CHECK_VALUES(L, 1);
  const Value *value = API_SLOT(L, idx);
  API_CHECK(L, value_is_userdata(value), "idx", idx, "the index of a full userdata");
  Userdata *userdata = value_userdata(value);
  bool exists = n > 0 && (uint32_t)n <= userdata_user_value_count(userdata);
  if (exists) {
    value_copy(&userdata->user_values[n - 1], L->top - 1);
    barrier_back(L, userdata, L->top - 1);
  }
  L->top--;
  return exists;
}

/* ---- the rest ---- */

LUA_API int lua_next(lua_State *L, int idx) {
  stack_changes(L);
  API_CHECK_VALUES(L, 1);
  if (!rl_table_next(L, TABLE_AT(idx), L->top - 1)) {
    L->top--;
    return 0;
  }
  API_PUSH(L);
  return 1;
}

LUA_API void lua_concat(lua_State *L, int n) {
  stack_changes(L);
  API_CHECK(L, n >= 0, "n", n, "a number of values, 0 or more");
  API_CHECK_VALUES(L, n);
  if (n == 0) API_CHECK_ROOM(L);
  rl_vm_concat(L, n);
}

LUA_API void lua_len(lua_State *L, int idx) {
  const Value *value = API_SLOT(L, idx); /* (none is nil: the error names it so, and libraries rely on that) */
  value_set_nil(L->top);
  API_PUSH(L);
  rl_vm_length(L, value, L->top - 1);
}

/* Pushing values (manual 4.6: lua_push*, lua_newuserdatauv, lua_createtable, lua_newthread). What allocates may
 * collect, so it may call finalizers. */
#include "api/slot.h"
#include "direct/direct.h"
#include "gc/collect.h"
#include "heap/barrier.h"
#include "object/functions.h"
#include "object/stack.h"
#include "object/strings.h"
#include "object/table.h"
#include "object/userdata.h"

LUA_API void lua_pushnil(lua_State *L) {
  value_set_nil(L->top);
  API_PUSH(L);
}

LUA_API void lua_pushboolean(lua_State *L, int b) {
  value_set_boolean(L->top, b != 0);
  API_PUSH(L);
}

LUA_API void lua_pushinteger(lua_State *L, lua_Integer n) {
  value_set_integer(L->top, n);
  API_PUSH(L);
}

LUA_API void lua_pushnumber(lua_State *L, lua_Number n) {
  value_set_float(L->top, n);
  API_PUSH(L);
}

LUA_API void lua_pushlightuserdata(lua_State *L, void *p) {
  value_set_light_userdata(L->top, p);
  API_PUSH(L);
}

LUA_API int lua_pushthread(lua_State *L) {
  value_set_object(L->top, L->thread);
  API_PUSH(L);
  return L == L->global->main_state;
}

LUA_API const char *lua_pushlstring(lua_State *L, const char *s, size_t len) {
  API_CHECK(L, s != NULL || len == 0, "s", 0, "bytes, as len is not 0");
  String *string = rl_string_new(L, len == 0 ? "" : s, len);
  value_set_object(L->top, string);
  API_PUSH(L);
  gc_check(L);
  return string_bytes(string);
}

LUA_API const char *lua_pushstring(lua_State *L, const char *s) {
  if (s != NULL) return lua_pushlstring(L, s, strlen(s));
  lua_pushnil(L);
  return NULL;
}

LUA_API const char *lua_pushvfstring(lua_State *L, const char *fmt, va_list argp) {
  API_CHECK_ROOM(L);
  const char *text = rl_push_formatted_va(L, fmt, argp);
  gc_check(L);
  return text;
}

LUA_API const char *lua_pushfstring(lua_State *L, const char *fmt, ...) {
  API_CHECK_ROOM(L);
  va_list arguments;
  va_start(arguments, fmt);
  const char *text = rl_push_formatted_va(L, fmt, arguments);
  va_end(arguments);
  gc_check(L);
  return text;
}

LUA_API void lua_pushcclosure(lua_State *L, lua_CFunction fn, int n) {
  API_CHECK(L, fn != NULL, "fn", 0, "a function");
  API_CHECK(L, n >= 0 && n <= 255, "n", n, "0 to 255 upvalues");
  API_CHECK_VALUES(L, n);
  if (n == 0) {
    rl_direct_set_function(L, L->top, fn);
    API_PUSH(L);
    return;
  }
  CClosure *closure = rl_c_closure_new(L, fn, (uint32_t)n);
  L->top -= n;
  for (int i = 0; i < n; i++) value_copy(&closure->upvalues[i], L->top + i);
  value_set_object(L->top, closure);
  API_PUSH(L);
  gc_check(L);
}

LUA_API void lua_createtable(lua_State *L, int narr, int nrec) {
  Table *table = rl_table_new(L);
  value_set_object(L->top, table);
  API_PUSH(L);
  if (narr > 0 || nrec > 0) rl_table_reserve(L, table, narr > 0 ? (size_t)narr : 0, nrec > 0 ? (size_t)nrec : 0);
  gc_check(L);
}

LUA_API void *lua_newuserdatauv(lua_State *L, size_t sz, int nuvalue) {
  API_CHECK(L, nuvalue >= 0 && nuvalue < 65536, "nuvalue", nuvalue, "0 to 65535 user values");
  Userdata *userdata = rl_userdata_new(L, sz, (uint32_t)nuvalue);
  value_set_object(L->top, userdata);
  API_PUSH(L);
  gc_check(L);
  return userdata_block(userdata);
}

LUA_API lua_State *lua_newthread(lua_State *L) {
  gc_check(L);
  Thread *thread = rl_thread_new(L);
  value_set_object(L->top, thread);
  API_PUSH(L);
  return thread->state;
}

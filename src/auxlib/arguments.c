/* Checks of a C function's arguments. Those that fail raise with the words "bad argument #n to 'function' (...)". */
#include "auxlib/function_name.h"

#include "lauxlib.h"

#include <string.h>

/* Raises the complaint `complaint` about argument `arg` of the running C function. In a method call the hidden argument
 * is not counted. Never returns. Manual 5.1. */
LUALIB_API int luaL_argerror(lua_State *L, int arg, const char *complaint) {
  lua_Debug activation;
  if (!lua_getstack(L, 0, &activation)) return luaL_error(L, "bad argument #%d (%s)", arg, complaint);
  lua_getinfo(L, "n", &activation);
  if (strcmp(activation.namewhat, "method") == 0 && --arg == 0)
    return luaL_error(L, "calling '%s' on bad self (%s)", activation.name, complaint);
  const char *name = activation.name;
  if (name == NULL) name = rl_function_push_global_name(L, &activation) ? lua_tostring(L, -1) : "?";
  return luaL_error(L, "bad argument #%d to '%s' (%s)", arg, name, complaint);
}

/* Raises "EXPECTED expected, got ACTUAL". A metatable may name its objects (`__name`). Never returns. Manual 5.1. */
LUALIB_API int luaL_typeerror(lua_State *L, int arg, const char *expected) {
  const char *actual;
  if (luaL_getmetafield(L, arg, "__name") == LUA_TSTRING)
    actual = lua_tostring(L, -1);
  else if (lua_type(L, arg) == LUA_TLIGHTUSERDATA)
    actual = "light userdata";
  else
    actual = luaL_typename(L, arg);
  return luaL_argerror(L, arg, lua_pushfstring(L, "%s expected, got %s", expected, actual));
}

static void raise_wrong_type(lua_State *L, int arg, int expected) {
  luaL_typeerror(L, arg, lua_typename(L, expected));
}

/* Raises unless argument `arg` has type `type`. Manual 5.1. */
LUALIB_API void luaL_checktype(lua_State *L, int arg, int type) {
  if (luai_unlikely(lua_type(L, arg) != type)) raise_wrong_type(L, arg, type);
}

/* Raises unless there is an argument `arg` (nil is one). Manual 5.1. */
LUALIB_API void luaL_checkany(lua_State *L, int arg) {
  if (luai_unlikely(lua_isnone(L, arg))) luaL_argerror(L, arg, "value expected");
}

/* Returns argument `arg` as a string (numbers are converted in place: allocates) and its length in `*length` unless
 * that is NULL. The string is the stack's. Manual 5.1. */
LUALIB_API const char *luaL_checklstring(lua_State *L, int arg, size_t *length) {
  const char *string = lua_tolstring(L, arg, length);
  if (luai_unlikely(string == NULL)) raise_wrong_type(L, arg, LUA_TSTRING);
  return string;
}

/* The same, with `fallback` (may be NULL) for an argument that is absent or nil. Manual 5.1. */
LUALIB_API const char *luaL_optlstring(lua_State *L, int arg, const char *fallback, size_t *length) {
  if (!lua_isnoneornil(L, arg)) return luaL_checklstring(L, arg, length);
  if (length != NULL) *length = fallback != NULL ? strlen(fallback) : 0;
  return fallback;
}

/* Returns argument `arg` as a float; raises if it is no number and no string that denotes one. Manual 5.1. */
LUALIB_API lua_Number luaL_checknumber(lua_State *L, int arg) {
  int converted;
  lua_Number number = lua_tonumberx(L, arg, &converted);
  if (luai_unlikely(!converted)) raise_wrong_type(L, arg, LUA_TNUMBER);
  return number;
}

/* The same, with `fallback` for an argument that is absent or nil. Manual 5.1. */
LUALIB_API lua_Number luaL_optnumber(lua_State *L, int arg, lua_Number fallback) {
  return lua_isnoneornil(L, arg) ? fallback : luaL_checknumber(L, arg);
}

/* Returns argument `arg` as an integer; raises if it denotes no number, or one with a fraction or out of range.
 * Manual 5.1. */
LUALIB_API lua_Integer luaL_checkinteger(lua_State *L, int arg) {
  int converted;
  lua_Integer integer = lua_tointegerx(L, arg, &converted);
  if (luai_unlikely(!converted)) {
    if (lua_isnumber(L, arg)) luaL_argerror(L, arg, "number has no integer representation");
    raise_wrong_type(L, arg, LUA_TNUMBER);
  }
  return integer;
}

/* The same, with `fallback` for an argument that is absent or nil. Manual 5.1. */
LUALIB_API lua_Integer luaL_optinteger(lua_State *L, int arg, lua_Integer fallback) {
  return lua_isnoneornil(L, arg) ? fallback : luaL_checkinteger(L, arg);
}

/* Returns the position of string argument `arg` in `names`, which ends with NULL. `fallback`, unless NULL, stands for
 * an argument that is absent or nil. Raises if the name is not in the list. Manual 5.1. */
LUALIB_API int luaL_checkoption(lua_State *L, int arg, const char *fallback, const char *const names[]) {
  const char *wanted = fallback != NULL ? luaL_optstring(L, arg, fallback) : luaL_checkstring(L, arg);
  for (int position = 0; names[position] != NULL; position++)
    if (strcmp(names[position], wanted) == 0) return position;
  return luaL_argerror(L, arg, lua_pushfstring(L, "invalid option '%s'", wanted));
}

/* Makes room for `slots` more values; raises if the stack cannot grow so far (`message`, unless NULL, says what for).
 * Allocates. Manual 5.1. */
LUALIB_API void luaL_checkstack(lua_State *L, int slots, const char *message) {
  if (luai_likely(lua_checkstack(L, slots))) return;
  if (message != NULL)
    luaL_error(L, "stack overflow (%s)", message);
  else
    luaL_error(L, "stack overflow");
}

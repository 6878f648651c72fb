/* Values as text, and lengths. */
#include "lua.h"

#include "lauxlib.h"

/* Pushes the text of a value without `__tostring`: strings as they are, others as `print` shows them. */
static void push_plain_text(lua_State *L, int index) {
  switch (lua_type(L, index)) {
    case LUA_TSTRING: lua_pushvalue(L, index); break;
    case LUA_TNUMBER:
      lua_pushvalue(L, index);
      lua_tolstring(L, -1, NULL); /* converts the copy */
      break;
    case LUA_TBOOLEAN: lua_pushstring(L, lua_toboolean(L, index) ? "true" : "false"); break;
    case LUA_TNIL: lua_pushliteral(L, "nil"); break;
    default: {
      int name_type = luaL_getmetafield(L, index, "__name");
      const char *kind = name_type == LUA_TSTRING ? lua_tostring(L, -1) : luaL_typename(L, index);
      lua_pushfstring(L, "%s: %p", kind, lua_topointer(L, index));
      if (name_type != LUA_TNIL) lua_remove(L, -2);
    }
  }
}

/* Pushes the text of the value at `index`, which `__tostring` may decide, and returns it (length in `*length` unless
 * that is NULL). Calls Lua code, allocates, raises if `__tostring` gives no string. Manual 5.1. */
LUALIB_API const char *luaL_tolstring(lua_State *L, int index, size_t *length) {
  index = lua_absindex(L, index);
  if (!luaL_callmeta(L, index, "__tostring"))
    push_plain_text(L, index);
  else if (!lua_isstring(L, -1))
    luaL_error(L, "'__tostring' must return a string");
  return lua_tolstring(L, -1, length);
}

/* Returns the length of the value at `index` as `#` gives it; raises if that is no integer. Calls Lua code.
 * Manual 5.1. */
LUALIB_API lua_Integer luaL_len(lua_State *L, int index) {
  int is_integer;
  lua_len(L, index);
  lua_Integer length = lua_tointegerx(L, -1, &is_integer);
  if (luai_unlikely(!is_integer)) luaL_error(L, "object length is not an integer");
  lua_pop(L, 1);
  return length;
}

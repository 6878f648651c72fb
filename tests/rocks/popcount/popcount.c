/* Counts bits: a rock with a C module. */
#include "lauxlib.h"
#include "lua.h"

static int count(lua_State *L) {
  lua_pushinteger(L, __builtin_popcountll((unsigned long long)luaL_checkinteger(L, 1)));
  return 1;
}

int luaopen_popcount_core(lua_State *L) {
  static const luaL_Reg functions[] = {{"count", count}, {NULL, NULL}};
  luaL_newlib(L, functions);
  return 1;
}

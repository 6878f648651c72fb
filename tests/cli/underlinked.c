/* A module that calls a function of libm and is not linked with it: returns a function that gives acos(cos(x)) / x. */
#include <math.h>

#include "lauxlib.h"

static int there_and_back(lua_State *L) {
  lua_Number x = luaL_checknumber(L, 1);
  lua_pushnumber(L, acos(cos(x)) / x);
  return 1;
}

__attribute__((visibility("default"))) int luaopen_underlinked(lua_State *L) {
  lua_pushcfunction(L, there_and_back);
  return 1;
}

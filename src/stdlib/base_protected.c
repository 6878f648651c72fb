/* `pcall` and `xpcall`: the engine calls the function, the library function's call record waits for it. */
#include "lauxlib.h"
#include "stdlib/base.h"
#include "vm/transition.h"

int rl_base_pcall(lua_State *L) {
  luaL_checkany(L, 1);
  return rl_transition_pcall(L);
}

/* The stack becomes: handler, function, arguments. */
int rl_base_xpcall(lua_State *L) {
  luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_pushvalue(L, 1);
  lua_copy(L, 2, 1);
  lua_replace(L, 2);
  return rl_transition_xpcall(L);
}

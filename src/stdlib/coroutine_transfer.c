/* `coroutine.resume`, `wrap` and `yield`: control and values go over through the engine's door, without C stack. */
#include "lauxlib.h"
#include "stdlib/coroutine.h"
#include "vm/transition.h"

int rl_library_resume(lua_State *L) {
  lua_State *coroutine = lua_tothread(L, 1);
  luaL_argexpected(L, coroutine != NULL, 1, "thread");
  return rl_transition_resume(L, coroutine);
}

/* The function that `coroutine.wrap` makes. */
static int call_wrapped(lua_State *L) {
  return rl_transition_wrap(L, lua_tothread(L, lua_upvalueindex(1)));
}

int rl_library_wrap(lua_State *L) {
  rl_library_create(L);
  lua_pushcclosure(L, call_wrapped, 1);
  return 1;
}

int rl_library_yield(lua_State *L) {
  return rl_transition_yield(L);
}

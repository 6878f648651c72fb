/* `collectgarbage`. While a finalizer runs, lua_gc answers -1 to everything: the call is refused with a fail. */
#include "stdlib/base.h"

#include "lauxlib.h"
#include "vm/work.h"

static int push_refusal(lua_State *L) {
  luaL_pushfail(L);
  return 1;
}

static int push_integer_answer(lua_State *L, int answer) {
  if (answer == -1) return push_refusal(L);
  lua_pushinteger(L, answer);
  return 1;
}

static int push_boolean_answer(lua_State *L, int answer) {
  if (answer == -1) return push_refusal(L);
  lua_pushboolean(L, answer);
  return 1;
}

/* The mode that was in force before. */
static int push_mode_answer(lua_State *L, int answer) {
  if (answer == -1) return push_refusal(L);
  lua_pushstring(L, answer == LUA_GCINC ? "incremental" : "generational");
  return 1;
}

/* Memory in use in Kbytes, with the odd bytes as a fraction. */
static int count_memory(lua_State *L) {
  int kilobytes = lua_gc(L, LUA_GCCOUNT);
  int bytes = lua_gc(L, LUA_GCCOUNTB);
  if (kilobytes == -1) return push_refusal(L);
  lua_pushnumber(L, (lua_Number)kilobytes + (lua_Number)bytes / 1024);
  return 1;
}

/* A numeric parameter of the option; absent ones are 0, "as it was". */
static int parameter(lua_State *L, int arg) {
  return (int)luaL_optinteger(L, arg, 0);
}

int rl_base_collectgarbage(lua_State *L) {
  static const char *const names[] = {"stop",       "restart",   "collect",      "count",       "step", "setpause",
                                      "setstepmul", "isrunning", "generational", "incremental", NULL};
  static const int requests[] = {LUA_GCSTOP,     LUA_GCRESTART,    LUA_GCCOLLECT,   LUA_GCCOUNT, LUA_GCSTEP,
                                 LUA_GCSETPAUSE, LUA_GCSETSTEPMUL, LUA_GCISRUNNING, LUA_GCGEN,   LUA_GCINC};
  int request = requests[luaL_checkoption(L, 1, "collect", names)];
  switch (request) {
    case LUA_GCCOUNT: return count_memory(L);
    case LUA_GCSTEP:
      rl_work(L, (size_t)lua_gc(L, LUA_GCCOUNT) * 16);
      return push_boolean_answer(L, lua_gc(L, LUA_GCSTEP, parameter(L, 2)));
    case LUA_GCSETPAUSE:
    case LUA_GCSETSTEPMUL: return push_integer_answer(L, lua_gc(L, request, parameter(L, 2)));
    case LUA_GCISRUNNING: return push_boolean_answer(L, lua_gc(L, LUA_GCISRUNNING));
    case LUA_GCGEN: {
      int minor = parameter(L, 2);
      int major = parameter(L, 3);
      return push_mode_answer(L, lua_gc(L, LUA_GCGEN, minor, major));
    }
    case LUA_GCINC: {
      int pause = parameter(L, 2);
      int step_multiplier = parameter(L, 3);
      int step_size = parameter(L, 4);
      return push_mode_answer(L, lua_gc(L, LUA_GCINC, pause, step_multiplier, step_size));
    }
    default:
      if (request == LUA_GCCOLLECT) rl_work(L, (size_t)lua_gc(L, LUA_GCCOUNT) * 16);
      return push_integer_answer(L, lua_gc(L, request));
  }
}

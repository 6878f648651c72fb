/* `debug.sethook` and `gethook`. C knows one hook function per thread; the Lua functions behind it are kept in a table
 * of the registry, by thread, with weak keys, so that a hook does not keep its thread alive. */
#include "stdlib/debug.h"

#include "lauxlib.h"

#include <string.h>

#define HOOK_TABLE "_HOOKKEY"

/* The lua_Hook of every thread that has a Lua hook: calls it with the name of the event and the line. */
static void call_lua_hook(lua_State *L, lua_Debug *activation) {
  static const char *const events[] = {[LUA_HOOKCALL] = "call",
                                       [LUA_HOOKRET] = "return",
                                       [LUA_HOOKLINE] = "line",
                                       [LUA_HOOKCOUNT] = "count",
                                       [LUA_HOOKTAILCALL] = "tail call"};
  lua_getfield(L, LUA_REGISTRYINDEX, HOOK_TABLE);
  lua_pushthread(L);
  if (lua_rawget(L, -2) != LUA_TFUNCTION) return;
  lua_pushstring(L, events[activation->event]);
  if (activation->currentline >= 0)
    lua_pushinteger(L, activation->currentline);
  else
    lua_pushnil(L);
  lua_call(L, 2, 0);
}

static int parse_mask(const char *letters, int count) {
  int mask = count > 0 ? LUA_MASKCOUNT : 0;
  if (strchr(letters, 'c') != NULL) mask |= LUA_MASKCALL;
  if (strchr(letters, 'r') != NULL) mask |= LUA_MASKRET;
  if (strchr(letters, 'l') != NULL) mask |= LUA_MASKLINE;
  return mask;
}

static void push_mask(lua_State *L, int mask) {
  char letters[3];
  size_t length = 0;
  if (mask & LUA_MASKCALL) letters[length++] = 'c';
  if (mask & LUA_MASKRET) letters[length++] = 'r';
  if (mask & LUA_MASKLINE) letters[length++] = 'l';
  lua_pushlstring(L, letters, length);
}

/* Pushes the table of hooks; a new one becomes its own metatable, for the weak keys. */
static void push_hook_table(lua_State *L) {
  if (luaL_getsubtable(L, LUA_REGISTRYINDEX, HOOK_TABLE)) return;
  lua_pushliteral(L, "k");
  lua_setfield(L, -2, "__mode");
  lua_pushvalue(L, -1);
  lua_setmetatable(L, -2);
}

/* Pushes the inspected thread as a value. */
static void push_thread(lua_State *L, DebugTarget target) {
  rl_debug_reserve(L, target, 1);
  lua_pushthread(target.thread);
  lua_xmove(target.thread, L, 1);
}

int rl_debug_sethook(lua_State *L) {
  DebugTarget target = rl_debug_target(L);
  int hook = target.shift + 1;
  lua_Hook function = NULL;
  int mask = 0;
  int count = 0;
  if (lua_isnoneornil(L, hook)) {
    lua_settop(L, hook); /* the hook becomes nil */
  } else {
    const char *letters = luaL_checkstring(L, hook + 1);
    luaL_checktype(L, hook, LUA_TFUNCTION);
    count = (int)luaL_optinteger(L, hook + 2, 0);
    mask = parse_mask(letters, count);
    function = call_lua_hook;
  }
  push_hook_table(L);
  push_thread(L, target);
  lua_pushvalue(L, hook);
  lua_rawset(L, -3);
  lua_sethook(target.thread, function, mask, count);
  return 0;
}

int rl_debug_gethook(lua_State *L) {
  DebugTarget target = rl_debug_target(L);
  lua_Hook function = lua_gethook(target.thread);
  if (function == NULL) {
    luaL_pushfail(L);
    return 1;
  }
  if (function != call_lua_hook) {
    lua_pushliteral(L, "external hook");
  } else {
    push_hook_table(L);
    push_thread(L, target);
    lua_rawget(L, -2);
    lua_remove(L, -2);
  }
  push_mask(L, lua_gethookmask(target.thread));
  lua_pushinteger(L, lua_gethookcount(target.thread));
  return 3;
}

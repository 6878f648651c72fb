#include "cli/report.h"

#include "lauxlib.h"

#include "cli/interrupt.h"

#include <stdio.h>

void rl_report_message(const char *program, const char *message) {
  if (program != NULL) lua_writestringerror("%s: ", program);
  lua_writestringerror("%s\n", message);
}

int rl_report_status(lua_State *L, int status, const char *program) {
  if (status != LUA_OK) {
    const char *message = lua_tostring(L, -1);
    rl_report_message(program, message != NULL ? message : "(error message not a string)");
    lua_pop(L, 1);
  }
  return status;
}

/* The message handler: an object that can describe itself does so; anything else gets a traceback. */
static int describe_error(lua_State *L) {
  const char *message = lua_tostring(L, 1);
  if (message == NULL) {
    if (luaL_callmeta(L, 1, "__tostring") && lua_type(L, -1) == LUA_TSTRING) return 1;
    message = lua_pushfstring(L, "(error object is a %s value)", luaL_typename(L, 1));
  }
  luaL_traceback(L, L, message, 1);
  return 1;
}

int rl_report_call(lua_State *L, int arguments, int results) {
  int handler = lua_gettop(L) - arguments;
  lua_pushcfunction(L, describe_error);
  lua_insert(L, handler);
  rl_interrupt_watch(L);
  int status = lua_pcall(L, arguments, results, handler);
  rl_interrupt_unwatch();
  lua_remove(L, handler);
  return status;
}

/* `debug.getinfo`: what lua_getinfo tells, as a table. */
#include "stdlib/debug.h"

#include "lauxlib.h"

#include <string.h>

static void set_string(lua_State *L, const char *field, const char *value) {
  lua_pushstring(L, value);
  lua_setfield(L, -2, field);
}

static void set_integer(lua_State *L, const char *field, int value) {
  lua_pushinteger(L, value);
  lua_setfield(L, -2, field);
}

static void set_boolean(lua_State *L, const char *field, int value) {
  lua_pushboolean(L, value);
  lua_setfield(L, -2, field);
}

/* Options 'f' and 'L' make lua_getinfo push a value on the inspected thread: there it lies below the table when that is
 * the running thread, on top of another stack otherwise. */
static void set_pushed_value(lua_State *L, DebugTarget target, const char *field) {
  if (target.thread == L)
    lua_rotate(L, -2, 1);
  else
    lua_xmove(target.thread, L, 1);
  lua_setfield(L, -2, field);
}

static void set_source(lua_State *L, const lua_Debug *activation) {
  lua_pushlstring(L, activation->source, activation->srclen);
  lua_setfield(L, -2, "source");
  set_string(L, "short_src", activation->short_src);
  set_integer(L, "linedefined", activation->linedefined);
  set_integer(L, "lastlinedefined", activation->lastlinedefined);
  set_string(L, "what", activation->what);
}

/* Fills the table on top with the fields that belong to one option letter. */
static void set_fields_of_option(lua_State *L, char option, const lua_Debug *activation) {
  switch (option) {
    case 'S': set_source(L, activation); break;
    case 'l': set_integer(L, "currentline", activation->currentline); break;
    case 'u':
      set_integer(L, "nups", activation->nups);
      set_integer(L, "nparams", activation->nparams);
      set_boolean(L, "isvararg", activation->isvararg);
      break;
    case 'n':
      set_string(L, "name", activation->name);
      set_string(L, "namewhat", activation->namewhat);
      break;
    case 'r':
      set_integer(L, "ftransfer", activation->ftransfer);
      set_integer(L, "ntransfer", activation->ntransfer);
      break;
    case 't': set_boolean(L, "istailcall", activation->istailcall); break;
  }
}

/* Reads the subject, a function or a level, and asks for its information. Returns 0 if there is no such level. */
static int inspect_subject(lua_State *L, DebugTarget target, const char *options, lua_Debug *activation) {
  int subject = target.shift + 1;
  if (lua_isfunction(L, subject)) {
    options = lua_pushfstring(L, ">%s", options);
    lua_pushvalue(L, subject);
    lua_xmove(L, target.thread, 1);
  } else if (!lua_getstack(target.thread, (int)luaL_checkinteger(L, subject), activation)) {
    return 0;
  }
  if (!lua_getinfo(target.thread, options, activation)) luaL_argerror(L, target.shift + 2, "invalid option");
  return 1;
}

int rl_debug_getinfo(lua_State *L) {
  DebugTarget target = rl_debug_target(L);
  const char *options = luaL_optstring(L, target.shift + 2, "flnSrtu");
  rl_debug_reserve(L, target, 3);
  luaL_argcheck(L, options[0] != '>', target.shift + 2, "invalid option '>'");
  lua_Debug activation;
  if (!inspect_subject(L, target, options, &activation)) {
    luaL_pushfail(L);
    return 1;
  }
  lua_newtable(L);
  for (const char *option = "Slunrt"; *option != '\0'; option++)
    if (strchr(options, *option) != NULL) set_fields_of_option(L, *option, &activation);
  if (strchr(options, 'L') != NULL) set_pushed_value(L, target, "activelines");
  if (strchr(options, 'f') != NULL) set_pushed_value(L, target, "func");
  return 1;
}

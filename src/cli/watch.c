#include "cli/watch.h"

#include "lauxlib.h"
#include "rille.h"

#include <stdio.h>

#define MODULE "rille.hotreload"

/* Writes " word: name name" for a list in the report, if there is anything in it. */
static void write_list(lua_State *L, const char *field, const char *word) {
  lua_getfield(L, 1, field);
  lua_Integer count = luaL_len(L, -1);
  for (lua_Integer i = 1; i <= count; i++) {
    lua_geti(L, -1, i);
    fprintf(stderr, "%s%s %s", i == 1 ? "; " : "", i == 1 ? word : ",", luaL_tolstring(L, -1, NULL));
    lua_pop(L, 2);
  }
  lua_pop(L, 1);
}

/* Writes the line about a report of hotreload.reload, the argument. */
static int report(lua_State *L) {
  lua_settop(L, 1);
  lua_getfield(L, 1, "name");
  const char *name = luaL_tolstring(L, -1, NULL);
  if (lua_getfield(L, 1, "error") != LUA_TNIL) {
    fprintf(stderr, "rille: not reloaded %s: %s\n", name, luaL_tolstring(L, -1, NULL));
    return 0;
  }
  fprintf(stderr, "rille: reloaded %s", name);
  write_list(L, "changed", "changed");
  write_list(L, "added", "added");
  write_list(L, "removed", "removed");
  fputc('\n', stderr);
  return 0;
}

void rl_watch_script(lua_State *L, const char *name) {
  int script = lua_gettop(L);
  luaL_requiref(L, MODULE, rille_findmodule(MODULE), 0);
  lua_getfield(L, -1, "script");
  lua_pushvalue(L, script);
  lua_pushstring(L, name);
  lua_call(L, 2, 0);
  lua_getfield(L, -1, "auto");
  lua_pushcfunction(L, report);
  lua_call(L, 1, 0);
  lua_settop(L, script);
}

/* Probes of the C API: small functions whose results, errors and statuses are printed, to be compared between two
 * libraries. */
#ifndef PROBE_H
#define PROBE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lauxlib.h"
#include "lua.h"
#include "lualib.h"

static inline void show_value(lua_State *L, int i) {
  switch (lua_type(L, i)) {
    case LUA_TNONE: printf(" none"); break;
    case LUA_TNIL: printf(" nil"); break;
    case LUA_TBOOLEAN: printf(" %s", lua_toboolean(L, i) ? "true" : "false"); break;
    case LUA_TNUMBER:
      if (lua_isinteger(L, i))
        printf(" %lld", lua_tointeger(L, i));
      else
        printf(" %.14gf", lua_tonumber(L, i));
      break;
    case LUA_TSTRING: {
      size_t n;
      const char *s = lua_tolstring(L, i, &n);
      printf(" \"%.*s\"", (int)(n > 300 ? 300 : n), s);
      if (strlen(s) != n) printf("(%zu)", n);
      break;
    }
    default: printf(" %s", lua_typename(L, lua_type(L, i)));
  }
}

/* The whole stack on a line; empties it. */
static inline void show(lua_State *L, const char *label) {
  printf("%s:", label);
  for (int i = 1; i <= lua_gettop(L); i++) show_value(L, i);
  printf("\n");
  lua_settop(L, 0);
}

static inline void probe(lua_State *L, const char *label, lua_CFunction f) {
  lua_settop(L, 0);
  lua_pushcfunction(L, f);
  int s = lua_pcall(L, 0, LUA_MULTRET, 0);
  printf("[%d] ", s);
  show(L, label);
}

/* A table whose metatable has `f` for that event. */
static inline void push_with_metamethod(lua_State *L, const char *e, lua_CFunction f) {
  lua_newtable(L);
  lua_newtable(L);
  lua_pushcfunction(L, f);
  lua_setfield(L, -2, e);
  lua_setmetatable(L, -2);
}

static inline int run_probes(const luaL_Reg *probes) {
  setvbuf(stdout, NULL, _IONBF, 0);
  lua_State *L = luaL_newstate();
  luaL_openlibs(L);
  for (; probes->name; probes++) probe(L, probes->name, probes->func);
  lua_close(L);
  printf("end\n");
  return 0;
}

#endif

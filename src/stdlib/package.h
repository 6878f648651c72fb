/* What the files of the package library share. */
#ifndef RL_STDLIB_PACKAGE_H
#define RL_STDLIB_PACKAGE_H

#include "lua.h"

/* ---- dynamic_library.c ---- */

typedef enum LinkResult { RL_LINK_GOOD, RL_LINK_NO_LIBRARY, RL_LINK_NO_FUNCTION } LinkResult;

/* Loads the C library at `path` unless it is loaded already, and finds function `symbol` in it; "*" only loads it, with
 * its symbols global. Pushes the function (true for "*") or an error message. May raise (memory). */
LinkResult rl_library_link(lua_State *L, const char *path, const char *symbol);

/* Makes the list of loaded libraries, which are unloaded when the state closes. */
void rl_library_open_list(lua_State *L);

/* `package.loadlib` as a Lua function. */
int rl_library_loadlib(lua_State *L);

/* ---- searchers.c ---- */

/* `package.searchpath` as a Lua function. */
int rl_searchers_searchpath(lua_State *L);

/* Sets field `searchers` of the package table, which is on top. */
void rl_searchers_open(lua_State *L);

#endif

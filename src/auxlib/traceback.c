/* Pictures of a call stack. */
#include "auxlib/function_name.h"

#include "lauxlib.h"

/* A deep stack shows its first levels and its last ones; what lies between is only counted. */
enum { FIRST_LEVELS = 10, LAST_LEVELS = 11 };

/* Returns the deepest level of `thread`, or -1 if nothing is active. Levels can only be probed, hence the doubling and
 * the bisection. No effects. */
static int find_last_level(lua_State *thread) {
  lua_Debug activation;
  int below = 1, beyond = 1;
  while (lua_getstack(thread, beyond, &activation)) {
    below = beyond;
    beyond *= 2;
  }
  while (below < beyond) {
    int middle = below + (beyond - below) / 2;
    if (lua_getstack(thread, middle, &activation))
      below = middle + 1;
    else
      beyond = middle;
  }
  return beyond - 1;
}

/* Adds the words that describe which function an activation of `thread` runs. */
static void add_function(luaL_Buffer *text, lua_State *thread, lua_Debug *activation) {
  lua_State *L = text->L;
  if (rl_function_push_global_name(thread, activation)) {
    lua_xmove(thread, L, 1); /* does nothing if they are one */
    lua_pushfstring(L, "function '%s'", lua_tostring(L, -1));
    lua_remove(L, -2);
  } else if (activation->namewhat[0] != '\0') {
    lua_pushfstring(L, "%s '%s'", activation->namewhat, activation->name);
  } else if (activation->what[0] == 'm') {
    lua_pushliteral(L, "main chunk");
  } else if (activation->what[0] == 'C') {
    lua_pushliteral(L, "?");
  } else {
    lua_pushfstring(L, "function <%s:%d>", activation->short_src, activation->linedefined);
  }
  luaL_addvalue(text);
}

static void add_level(luaL_Buffer *text, lua_State *thread, lua_Debug *activation) {
  lua_getinfo(thread, "Slnt", activation);
  if (activation->currentline > 0)
    lua_pushfstring(text->L, "\n\t%s:%d: in ", activation->short_src, activation->currentline);
  else
    lua_pushfstring(text->L, "\n\t%s: in ", activation->short_src);
  luaL_addvalue(text);
  add_function(text, thread, activation);
  if (activation->istailcall) luaL_addstring(text, "\n\t(...tail calls...)");
}

/* Pushes on `L` a traceback of `thread` that begins at `level`, after the line `message` unless that is NULL.
 * Allocates, may raise for want of stack; calls no Lua code. Manual 5.1. */
LUALIB_API void luaL_traceback(lua_State *L, lua_State *thread, const char *message, int level) {
  int last = find_last_level(thread);
  int skip_from = last - level > FIRST_LEVELS + LAST_LEVELS ? level + FIRST_LEVELS : last + 1;
  int skip_to = last - LAST_LEVELS + 1;
  luaL_Buffer text;
  luaL_buffinit(L, &text);
  if (message != NULL) {
    luaL_addstring(&text, message);
    luaL_addchar(&text, '\n');
  }
  luaL_addstring(&text, "stack traceback:");
  lua_Debug activation;
  while (lua_getstack(thread, level, &activation)) {
    if (level == skip_from) {
      /* one less than are left out: the text of stock Lua, which does not count the level it stopped at */
      lua_pushfstring(L, "\n\t...\t(skipping %d levels)", skip_to - skip_from - 1);
      luaL_addvalue(&text);
      level = skip_to;
    } else {
      add_level(&text, thread, &activation);
      level++;
    }
  }
  luaL_pushresult(&text);
}

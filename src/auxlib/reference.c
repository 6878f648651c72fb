/* References: integer keys under which C code keeps values in a table, usually the registry.
 *
 * Released keys form a chain inside the table: t[FREE_CHAIN] holds the first of them (0: none), and t[key] the next.
 * FREE_CHAIN is the first integer key that the registry does not need itself. The chain's place is public in so far as
 * modules built against stock Lua 5.4.3 and later may share a table with us. */
#include "lua.h"

#include "lauxlib.h"

enum { FREE_CHAIN = LUA_RIDX_LAST + 1 };

/* Returns t[key] as an integer, 0 for anything else. No effects. */
static int read_link(lua_State *L, int table, int key) {
  lua_rawgeti(L, table, key);
  int link = (int)lua_tointeger(L, -1);
  lua_pop(L, 1);
  return link;
}

static void write_link(lua_State *L, int table, int key, int link) {
  lua_pushinteger(L, link);
  lua_rawseti(L, table, key);
}

/* Takes a released key out of the chain, or returns 0. Starts the chain of a table that has none yet: its slot must be
 * taken before the table's length is asked for new keys. */
static int take_released(lua_State *L, int table) {
  int unused = lua_rawgeti(L, table, FREE_CHAIN) == LUA_TNIL;
  lua_pop(L, 1);
  if (unused) {
    write_link(L, table, FREE_CHAIN, 0);
    return 0;
  }
  int reference = read_link(L, table, FREE_CHAIN);
  if (reference != 0) write_link(L, table, FREE_CHAIN, read_link(L, table, reference));
  return reference;
}

/* Pops a value, keeps it in the table at `table` and returns its key; LUA_REFNIL for nil, which is not kept.
 * Allocates. Manual 5.1. */
LUALIB_API int luaL_ref(lua_State *L, int table) {
  if (lua_isnil(L, -1)) {
    lua_pop(L, 1);
    return LUA_REFNIL;
  }
  table = lua_absindex(L, table);
  int reference = take_released(L, table);
  if (reference == 0) reference = (int)lua_rawlen(L, table) + 1;
  lua_rawseti(L, table, reference);
  return reference;
}

/* Releases a key that luaL_ref gave for this table; LUA_NOREF and LUA_REFNIL are ignored. Manual 5.1. */
LUALIB_API void luaL_unref(lua_State *L, int table, int reference) {
  if (reference < 0) return;
  table = lua_absindex(L, table);
  write_link(L, table, reference, read_link(L, table, FREE_CHAIN));
  write_link(L, table, FREE_CHAIN, reference);
}

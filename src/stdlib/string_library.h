/* What the files of the string library share. The functions `rl_string_*` that take only a lua_State are C functions of
 * Lua with the contract of their manual entry (section 6.4). Public headers only. */
#ifndef RL_STDLIB_STRING_LIBRARY_H
#define RL_STDLIB_STRING_LIBRARY_H

#include "lua.h"

#include "lauxlib.h"

#include <limits.h>

/* Sizes of results are limited to this, as in stock Lua; it is also the bound of numbers in formats of `pack`. */
#define RL_STRING_SIZE_LIMIT ((size_t)INT_MAX)

/* Turns the position `position` of a string of `length` bytes, where negative ones count from the end, into a first
 * position: at least 1, maybe beyond the end. No effects. */
static inline size_t rl_string_first(lua_Integer position, size_t length) {
  if (position > 0) return (size_t)position;
  if (position == 0 || position < -(lua_Integer)length) return 1;
  return length + (size_t)position + 1;
}

/* The same for a last position: at most `length`, and 0 for what lies before the string. No effects. */
static inline size_t rl_string_last(lua_Integer position, size_t length) {
  if (position > (lua_Integer)length) return length;
  if (position >= 0) return (size_t)position;
  if (position < -(lua_Integer)length) return 0;
  return length + (size_t)position + 1;
}

/* string_arithmetic.c: pushes the table of arithmetic metamethods of strings, without `__index`. May raise (memory). */
void rl_string_push_arithmetic(lua_State *L);

/* pattern_functions.c */
int rl_string_find(lua_State *L);
int rl_string_match(lua_State *L);
int rl_string_gmatch(lua_State *L);

/* pattern_replace.c */
int rl_string_gsub(lua_State *L);

/* format.c */
int rl_string_format(lua_State *L);

/* format_literal.c: adds argument `argument` to `buffer` as the conversion `%q` writes it: a literal that Lua reads
 * back as the same value. The buffer's slot must be on top. Raises for values that have no such literal; allocates. */
void rl_format_add_literal(lua_State *L, luaL_Buffer *buffer, int argument);

/* pack.c */
int rl_string_pack(lua_State *L);
int rl_string_packsize(lua_State *L);
int rl_string_unpack(lua_State *L);

#endif

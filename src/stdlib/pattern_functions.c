/* `string.find`, `match` and `gmatch`. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1 /* memmem */
#endif
#include "stdlib/string_library.h"

#include "stdlib/pattern.h"
#include "vm/work.h"

#include <stdbool.h>
#include <string.h>

/* Does the pattern have no byte with a meaning of its own, so that it can be searched for as it is? */
static bool is_plain(const char *pattern, size_t length) {
  for (size_t i = 0; i < length; i++) {
    switch (pattern[i]) {
      case '^':
      case '$':
      case '*':
      case '+':
      case '?':
      case '.':
      case '(':
      case '[':
      case '%':
      case '-': return false;
      default: break;
    }
  }
  return true;
}

static const char *find_plain(const char *text, size_t length, const char *wanted, size_t wanted_length) {
  if (wanted_length == 1) return memchr(text, *wanted, length);
  return memmem(text, length, wanted, wanted_length);
}

/* Pushes first and last position of the match and returns 2. */
static int push_range(lua_State *L, const char *text, const char *start, const char *end) {
  lua_pushinteger(L, start - text + 1);
  lua_pushinteger(L, end - text);
  return 2;
}

static int push_fail(lua_State *L) {
  luaL_pushfail(L);
  return 1;
}

/* Searches from `*at` on, with an anchor only there. Returns the end of the match and sets `*at`, or returns NULL. */
static const char *search(Matcher *matcher, bool anchored, const char **at) {
  return anchored ? rl_matcher_match(matcher, *at) : rl_matcher_search(matcher, at, NULL);
}

/* `find` and `match`: `find` also gives the positions, and searches plain texts directly. */
static int find_or_match(lua_State *L, bool find) {
  size_t length, pattern_length;
  const char *text = luaL_checklstring(L, 1, &length);
  const char *pattern = luaL_checklstring(L, 2, &pattern_length);
  size_t start = rl_string_first(luaL_optinteger(L, 3, 1), length) - 1;
  if (start > length) return push_fail(L);
  const char *at = text + start;
  if (find && (lua_toboolean(L, 4) || is_plain(pattern, pattern_length))) {
    rl_work_copied(L, length - start);
    at = find_plain(at, length - start, pattern, pattern_length);
    return at == NULL ? push_fail(L) : push_range(L, text, at, at + pattern_length);
  }
  Matcher matcher;
  bool anchored = pattern_length > 0 && *pattern == '^';
  rl_matcher_init(&matcher, L, text, length, pattern + anchored, pattern_length - anchored);
  const char *end = search(&matcher, anchored, &at);
  if (end == NULL) return push_fail(L);
  if (!find) return rl_matcher_push_captures(&matcher, at, end);
  push_range(L, text, at, end);
  return 2 + (matcher.capture_count == 0 ? 0 : rl_matcher_push_captures(&matcher, at, end));
}

int rl_string_find(lua_State *L) {
  return find_or_match(L, true);
}

int rl_string_match(lua_State *L) {
  return find_or_match(L, false);
}

/* What an iterator of `gmatch` keeps: in a userdata, its third upvalue; the first two keep the strings alive. */
typedef struct MatchIterator {
  const char *at;       /* where to search on; beyond the end when there is nothing to search */
  const char *last_end; /* the end of the last match: an empty one there would be found again and again */
  Matcher matcher;
} MatchIterator;

static int next_match(lua_State *L) {
  MatchIterator *iterator = lua_touserdata(L, lua_upvalueindex(3));
  iterator->matcher.L = L; /* each call may come from another coroutine */
  const char *start = iterator->at;
  const char *end = rl_matcher_search(&iterator->matcher, &start, iterator->last_end);
  if (end == NULL) return 0;
  iterator->at = iterator->last_end = end;
  return rl_matcher_push_captures(&iterator->matcher, start, end);
}

/* A `^` is no anchor here but a byte like others: anchored, only the first match could ever be found. */
int rl_string_gmatch(lua_State *L) {
  size_t length, pattern_length;
  const char *text = luaL_checklstring(L, 1, &length);
  const char *pattern = luaL_checklstring(L, 2, &pattern_length);
  size_t start = rl_string_first(luaL_optinteger(L, 3, 1), length) - 1;
  lua_settop(L, 2);
  MatchIterator *iterator = lua_newuserdatauv(L, sizeof(MatchIterator), 0);
  rl_matcher_init(&iterator->matcher, L, text, length, pattern, pattern_length);
  iterator->at = text + (start > length ? length + 1 : start); /* the terminating zero makes this address valid */
  iterator->last_end = NULL;
  lua_pushcclosure(L, next_match, 3);
  return 1;
}

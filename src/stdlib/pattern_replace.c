/* `string.gsub`. The result is written lazily: a match that keeps its text, and all text between matches, is copied
 * only when a replacement behind it is written; without any replacement the subject itself is the result. */
#include "stdlib/string_library.h"

#include "stdlib/pattern.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/number_format.h"
#include "vm/work.h"

/* Where a replacement stays alive while the buffer, whose slot must be on top and must not move, grows for it. */
enum { VALUE_SLOT = 4 };

typedef struct Substitution {
  Matcher matcher;
  luaL_Buffer result;
  const char *copied; /* the subject up to here is in the result */
  bool changed;
  int replacement_type;
} Substitution;

/* Copies the subject up to `end`, where a replacement begins. */
static void copy_until(Substitution *work, const char *end) {
  luaL_addlstring(&work->result, work->copied, (size_t)(end - work->copied));
}

/* Adds what the escape `%` and `letter` in a replacement string stands for. */
static void add_escape(Substitution *work, int letter, const char *start, const char *end) {
  const char *text;
  if (letter == '%') {
    luaL_addchar(&work->result, '%');
  } else if (letter == '0') {
    luaL_addlstring(&work->result, start, (size_t)(end - start));
  } else if (isdigit(letter)) {
    ptrdiff_t length = rl_matcher_capture(&work->matcher, letter - '1', start, end, &text);
    if (length == RL_CAPTURE_POSITION) {
      char digits[RL_INTEGER_SIZE];
      luaL_addlstring(&work->result, digits, rl_integer_format(digits, text - work->matcher.subject + 1));
    } else {
      luaL_addlstring(&work->result, text, (size_t)length);
    }
  } else {
    luaL_error(work->matcher.L, "invalid use of '%%' in replacement string");
  }
}

/* Replaces the match by the string, or number, in argument 3. */
static void replace_by_string(Substitution *work, const char *start, const char *end) {
  size_t length;
  const char *piece = lua_tolstring(work->matcher.L, 3, &length);
  const char *stop = piece + length;
  copy_until(work, start);
  for (const char *escape; (escape = memchr(piece, '%', (size_t)(stop - piece))) != NULL; piece = escape + 2) {
    luaL_addlstring(&work->result, piece, (size_t)(escape - piece));
    /* Behind the last byte stands a zero, which is no valid escape. */
    add_escape(work, (unsigned char)escape[1], start, end);
  }
  luaL_addlstring(&work->result, piece, (size_t)(stop - piece));
  work->copied = end;
  work->changed = true;
}

/* Replaces the match by the value on top, which it pops; nil and false keep the text. */
static void replace_by_value(Substitution *work, const char *start, const char *end) {
  lua_State *L = work->matcher.L;
  if (!lua_toboolean(L, -1)) {
    lua_pop(L, 1);
    return;
  }
  if (luai_unlikely(!lua_isstring(L, -1))) luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
  lua_replace(L, VALUE_SLOT);
  copy_until(work, start);
  size_t length;
  const char *text = lua_tolstring(L, VALUE_SLOT, &length);
  luaL_addlstring(&work->result, text, length);
  work->copied = end;
  work->changed = true;
}

static void replace_match(Substitution *work, const char *start, const char *end) {
  lua_State *L = work->matcher.L;
  switch (work->replacement_type) {
    case LUA_TFUNCTION: {
      lua_pushvalue(L, 3);
      int count = rl_matcher_push_captures(&work->matcher, start, end);
      lua_call(L, count, 1);
      replace_by_value(work, start, end);
      break;
    }
    case LUA_TTABLE:
      rl_matcher_push_capture(&work->matcher, 0, start, end);
      lua_gettable(L, 3);
      replace_by_value(work, start, end);
      break;
    default: replace_by_string(work, start, end); break;
  }
}

#define REPLACED_AT_ONCE 256 /* matches between two looks at limits and interrupts; a power of two */

/* Replaces up to `limit` matches and returns how many there were. */
static lua_Integer replace_all(Substitution *work, bool anchored, lua_Integer limit) {
  const char *at = work->matcher.subject;
  const char *last_end = NULL;
  lua_Integer count = 0;
  while (count < limit) {
    const char *end =
      anchored ? rl_matcher_match(&work->matcher, at) : rl_matcher_search(&work->matcher, &at, last_end);
    if (end == NULL) break;
    count++;
    rl_work_pass(work->matcher.L, (size_t)count, REPLACED_AT_ONCE);
    replace_match(work, at, end);
    if (anchored) break;
    at = last_end = end;
  }
  return count;
}

int rl_string_gsub(lua_State *L) {
  Substitution work;
  size_t length, pattern_length;
  const char *text = luaL_checklstring(L, 1, &length);
  const char *pattern = luaL_checklstring(L, 2, &pattern_length);
  int type = lua_type(L, 3);
  lua_Integer limit = luaL_optinteger(L, 4, (lua_Integer)length + 1);
  bool anchored = pattern_length > 0 && *pattern == '^';
  luaL_argexpected(L, type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TFUNCTION || type == LUA_TTABLE, 3,
                   "string/function/table");
  rl_matcher_init(&work.matcher, L, text, length, pattern + anchored, pattern_length - anchored);
  work.copied = text;
  work.changed = false;
  work.replacement_type = type;
  lua_settop(L, VALUE_SLOT);
  luaL_buffinit(L, &work.result);
  lua_Integer count = replace_all(&work, anchored, limit);
  if (work.changed) {
    copy_until(&work, text + length);
    luaL_pushresult(&work.result);
  } else {
    lua_pushvalue(L, 1);
  }
  lua_pushinteger(L, count);
  return 2;
}

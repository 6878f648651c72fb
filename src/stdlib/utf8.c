/* The utf8 library (manual 6.5). Positions are bytes; the encoding is the original one of up to six bytes, for values
 * below 2^31; unless `lax` is asked for, only Unicode's scalar values are accepted. */
#include "lua.h"

#include "direct/library_table.h"
#include "lauxlib.h"
#include "lualib.h"
#include "vm/work.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

#define INVALID_CODE    "invalid UTF-8 code"
#define LARGEST_CODE    0x7FFFFFFFu
#define LARGEST_UNICODE 0x10FFFFu

/* Any byte sequence that is one encoded character, as a pattern; the zero byte makes its length explicit. */
#define CHARACTER_PATTERN "[\0-\x7F\xC2-\xFD][\x80-\xBF]*"

static int is_continuation(char byte) {
  return ((unsigned char)byte & 0xC0) == 0x80;
}

/* Reads the `count` continuation bytes after a leading byte whose payload is `code`. The zero behind every Lua string
 * ends an incomplete sequence. Returns the code, or UINT32_MAX if the sequence is broken or longer than it need be. */
static uint32_t read_sequence(const char *text, uint32_t code, int count) {
  static const uint32_t smallest[] = {0, 0x80, 0x800, 0x10000, 0x200000, 0x4000000};
  for (int i = 1; i <= count; i++) {
    if (!is_continuation(text[i])) return UINT32_MAX;
    code = code << 6 | ((unsigned char)text[i] & 0x3F);
  }
  return code < smallest[count] ? UINT32_MAX : code;
}

static int is_unicode(uint32_t code) {
  return code <= LARGEST_UNICODE && (code < 0xD800 || code > 0xDFFF);
}

/* Decodes the character at `text` into `*code`. Returns where the next one begins, or NULL if it is invalid. */
static const char *decode(const char *text, uint32_t *code, int strict) {
  unsigned lead = (unsigned char)*text;
  if (lead < 0x80) {
    *code = lead;
    return text + 1;
  }
  if (lead < 0xC0 || lead >= 0xFE) return NULL;
  int count = 1;
  while (lead & (0x40u >> count)) count++;
  *code = read_sequence(text, lead & (0x3Fu >> count), count);
  if (*code == UINT32_MAX || (strict && !is_unicode(*code))) return NULL;
  return text + count + 1;
}

/* Negative positions count from the end; those before the beginning become 0. */
static lua_Integer absolute_position(lua_Integer position, size_t length) {
  if (position >= 0) return position;
  if ((size_t)0 - (size_t)position > length) return 0;
  return (lua_Integer)length + position + 1;
}

static int length_of(lua_State *L) {
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length);
  lua_Integer first = absolute_position(luaL_optinteger(L, 2, 1), length);
  lua_Integer last = absolute_position(luaL_optinteger(L, 3, -1), length);
  int strict = !lua_toboolean(L, 4);
  luaL_argcheck(L, 1 <= first && first - 1 <= (lua_Integer)length, 2, "initial position out of bounds");
  luaL_argcheck(L, last <= (lua_Integer)length, 3, "final position out of bounds");
  lua_Integer count = 0;
  if (first <= last) rl_work_on_bytes(L, (size_t)(last - first));
  for (const char *at = text + first - 1; at < text + last; count++) {
    uint32_t code;
    if ((unsigned char)*at < 0x80) {
      at++;
      continue;
    }
    const char *next = decode(at, &code, strict);
    if (next == NULL) {
      luaL_pushfail(L);
      lua_pushinteger(L, at - text + 1);
      return 2;
    }
    at = next;
  }
  lua_pushinteger(L, count);
  return 1;
}

static int codepoint(lua_State *L) {
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length);
  lua_Integer first = absolute_position(luaL_optinteger(L, 2, 1), length);
  lua_Integer last = absolute_position(luaL_optinteger(L, 3, first), length);
  int strict = !lua_toboolean(L, 4);
  luaL_argcheck(L, first >= 1, 2, "out of bounds");
  luaL_argcheck(L, last <= (lua_Integer)length, 3, "out of bounds");
  if (first > last) return 0;
  if (last - first >= INT_MAX) return luaL_error(L, "string slice too long");
  luaL_checkstack(L, (int)(last - first) + 1, "string slice too long");
  rl_work_on_bytes(L, (size_t)(last - first));
  int count = 0;
  for (const char *at = text + first - 1; at < text + last; count++) {
    uint32_t code;
    at = decode(at, &code, strict);
    if (at == NULL) return luaL_error(L, INVALID_CODE);
    lua_pushinteger(L, code);
  }
  return count;
}

/* Writes the character whose code is an argument; returns its bytes. */
static size_t write_character(lua_State *L, char *room, int argument) {
  lua_Unsigned code = (lua_Unsigned)luaL_checkinteger(L, argument);
  luaL_argcheck(L, code <= LARGEST_CODE, argument, "value out of range");
  return rl_utf8_encode(room, (uint32_t)code);
}

static int from_codes(lua_State *L) {
  int count = lua_gettop(L);
  luaL_Buffer buffer;
  if (count == 1) { /* most calls: no buffer */
    char room[RL_UTF8_MAX_BYTES];
    lua_pushlstring(L, room, write_character(L, room, 1));
    return 1;
  }
  luaL_buffinit(L, &buffer);
  for (int i = 1; i <= count; i++) {
    char *room = luaL_prepbuffsize(&buffer, RL_UTF8_MAX_BYTES);
    luaL_addsize(&buffer, write_character(L, room, i));
  }
  luaL_pushresult(&buffer);
  return 1;
}

/* The two walks of `offset`: from the character at `at` (a byte index), `count` characters on. The zero behind the
 * string is no continuation byte. Both return the index, or -1 if the string ends before. */
static lua_Integer walk_forward(const char *text, lua_Integer length, lua_Integer at, lua_Integer count) {
  for (; count > 0 && at < length; count--) {
    do at++;
    while (is_continuation(text[at]));
  }
  return count == 0 ? at : -1;
}

static lua_Integer walk_back(const char *text, lua_Integer at, lua_Integer count) {
  for (; count < 0 && at > 0; count++) {
    do at--;
    while (at > 0 && is_continuation(text[at]));
  }
  return count == 0 ? at : -1;
}

static int offset(lua_State *L) {
  size_t size;
  const char *text = luaL_checklstring(L, 1, &size);
  lua_Integer length = (lua_Integer)size;
  lua_Integer count = luaL_checkinteger(L, 2);
  lua_Integer at = absolute_position(luaL_optinteger(L, 3, count >= 0 ? 1 : length + 1), size) - 1;
  luaL_argcheck(L, 0 <= at && at <= length, 3, "position out of bounds");
  if (count == 0) {
    while (at > 0 && is_continuation(text[at])) at--;
  } else {
    if (is_continuation(text[at])) return luaL_error(L, "initial position is a continuation byte");
    rl_work_on_bytes(L, count > 0 ? size - (size_t)at : (size_t)at);
    at = count > 0 ? walk_forward(text, length, at, count - 1) : walk_back(text, at, count);
  }
  if (at >= 0) {
    lua_pushinteger(L, at + 1);
  } else {
    luaL_pushfail(L);
  }
  return 1;
}

/* One step of `codes`: the control variable is the position of the last character, 0 at first; as an index it points at
 * the byte behind that character's first. */
static int next_code(lua_State *L, int strict) {
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length);
  lua_Unsigned at = (lua_Unsigned)lua_tointeger(L, 2);
  if (at >= length) return 0;
  lua_Unsigned begin = at;
  while (is_continuation(text[at])) at++;
  rl_work_on_bytes(L, at - begin);
  if (at >= length) return 0;
  uint32_t code;
  const char *next = decode(text + at, &code, strict);
  if (next == NULL || is_continuation(*next)) return luaL_error(L, INVALID_CODE);
  lua_pushinteger(L, (lua_Integer)at + 1);
  lua_pushinteger(L, code);
  return 2;
}

static int next_code_strict(lua_State *L) {
  return next_code(L, 1);
}

static int next_code_lax(lua_State *L) {
  return next_code(L, 0);
}

static int codes(lua_State *L) {
  int lax = lua_toboolean(L, 2);
  const char *text = luaL_checkstring(L, 1);
  luaL_argcheck(L, !is_continuation(*text), 1, INVALID_CODE);
  lua_pushcfunction(L, lax ? next_code_lax : next_code_strict);
  lua_pushvalue(L, 1);
  lua_pushinteger(L, 0);
  return 3;
}

/* Pushes the utf8 library. May raise (memory). Manual 6.5. */
LUAMOD_API int luaopen_utf8(lua_State *L) {
  static const luaL_Reg functions[] = {{"char", from_codes}, {"codepoint", codepoint}, {"codes", codes},
                                       {"len", length_of},   {"offset", offset},       {NULL, NULL}};
  static const Library library = LIBRARY_OF(functions, NULL, 0);
  static const char *const names[] = {"charpattern"};
  lua_pushlstring(L, CHARACTER_PATTERN, sizeof(CHARACTER_PATTERN) - 1);
  rl_library_push(L, &library, names, 1);
  return 1;
}

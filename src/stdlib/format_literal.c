/* The conversion `%q`: values as literals that the compiler reads back to the same value. */
#include "stdlib/string_library.h"

#include <ctype.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number_format.h"

/* Writes the escape for `byte` to `room` and returns its length. A following digit would be read as part of a short
 * decimal escape. */
static size_t write_escape(char *room, int byte, int next) {
  if (byte == '"' || byte == '\\' || byte == '\n') {
    room[0] = '\\';
    room[1] = (char)byte;
    return 2;
  }
  return (size_t)snprintf(room, 5, isdigit(next) ? "\\%03d" : "\\%d", byte);
}

static void add_string(luaL_Buffer *buffer, const char *text, size_t length) {
  const char *end = text + length;
  luaL_addchar(buffer, '"');
  const char *copied = text;
  for (; text < end; text++) {
    int byte = (unsigned char)*text;
    if (byte != '"' && byte != '\\' && !iscntrl(byte)) continue;
    char escape[5];
    luaL_addlstring(buffer, copied, (size_t)(text - copied));
    /* The zero behind the string is no digit. */
    size_t escape_length = write_escape(escape, byte, (unsigned char)text[1]);
    for (size_t i = 0; i < escape_length; i++) luaL_addchar(buffer, escape[i]);
    copied = text + 1;
  }
  luaL_addlstring(buffer, copied, (size_t)(end - copied));
  luaL_addchar(buffer, '"');
}

/* The smallest integer has no decimal literal: its digits alone would be a float. */
static void add_integer(luaL_Buffer *buffer, lua_Integer value) {
  char room[RL_INTEGER_SIZE];
  if (value == LUA_MININTEGER) {
    luaL_addstring(buffer, "0x8000000000000000");
  } else {
    luaL_addlstring(buffer, room, rl_integer_format(room, value));
  }
}

/* Floats are exact in hexadecimal; the locale's decimal point is not Lua's. */
static void add_float(luaL_Buffer *buffer, lua_Number value) {
  char room[64];
  if (isinf(value)) {
    luaL_addstring(buffer, value > 0 ? "1e9999" : "-1e9999");
  } else if (isnan(value)) {
    luaL_addstring(buffer, "(0/0)");
  } else {
    int length = snprintf(room, sizeof(room), "%a", value);
    char *point = memchr(room, localeconv()->decimal_point[0], (size_t)length);
    if (point != NULL) *point = '.';
    luaL_addlstring(buffer, room, (size_t)length);
  }
}

void rl_format_add_literal(lua_State *L, luaL_Buffer *buffer, int argument) {
  size_t length;
  switch (lua_type(L, argument)) {
    case LUA_TSTRING: {
      const char *text = lua_tolstring(L, argument, &length);
      add_string(buffer, text, length);
      break;
    }
    case LUA_TNUMBER:
      if (lua_isinteger(L, argument)) {
        add_integer(buffer, lua_tointeger(L, argument));
      } else {
        add_float(buffer, lua_tonumber(L, argument));
      }
      break;
    case LUA_TNIL: luaL_addstring(buffer, "nil"); break;
    case LUA_TBOOLEAN: luaL_addstring(buffer, lua_toboolean(L, argument) ? "true" : "false"); break;
    default: luaL_argerror(L, argument, "value has no literal form");
  }
}

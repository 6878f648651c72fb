/* `string.format` (manual 6.4).
 *
 * A specification is cut out by the bytes it may consist of, then checked against what its conversion allows: a set of
 * flags, at most two digits of width and, for some, of precision. That bounds every result but that of `%s` without
 * modifiers, so everything else is put together in fixed room. Integers, characters and strings are formatted here,
 * floats by base/number_format.h; only hexadecimal floats, pointers, and what that leaves go to the C library, with the
 * specification as it stands. */
#include "stdlib/string_library.h"
#include "vm/work.h"

#include <ctype.h>
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/number_format.h"
#include "direct/library.h"

/* Every specification with valid modifiers is shorter: five flags, two digits, a point, two digits, a letter. */
enum { SPECIFICATION_SIZE = 22 };

/* Room for one result other than that of `%s` without modifiers: the longest is a largest float with 99 decimals. */
enum { ITEM_SIZE = DBL_MAX_10_EXP + 120 };

typedef struct Specification {
  const char *start; /* the percent sign */
  size_t length;     /* up to the letter, which is not counted */
  char letter;
  bool modified; /* there is something between percent sign and letter */
  bool left, plus, space, alternative, zero;
  int width;
  int precision; /* -1: none */
} Specification;

/* A specification as a C string, for printf and messages. */
typedef struct SpecificationText {
  char text[SPECIFICATION_SIZE + 2];
} SpecificationText;

static const char *write_specification(const Specification *specification, SpecificationText *room) {
  memcpy(room->text, specification->start, specification->length + 1);
  room->text[specification->length + 1] = '\0';
  return room->text;
}

/* ---- reading specifications ---- */

/* Can the byte stand between the percent sign and the letter? */
static bool is_modifier(char byte) {
  switch (byte) {
    case '-':
    case '+':
    case ' ':
    case '#':
    case '.': return true;
    default: return byte >= '0' && byte <= '9';
  }
}

/* Cuts out the specification behind the percent sign at `at`; the zero behind the format ends an incomplete one.
 * Returns the position of its letter. */
static const char *cut_specification(lua_State *L, const char *at, Specification *specification) {
  size_t length = 1;
  while (is_modifier(at[length])) length++;
  if (luai_unlikely(length >= SPECIFICATION_SIZE)) luaL_error(L, "invalid format (too long)");
  specification->start = at;
  specification->length = length;
  specification->letter = at[length];
  specification->modified = length > 1;
  return at + length;
}

/* Reads up to two digits. */
static const char *read_size(const char *p, int *size) {
  *size = 0;
  for (int i = 0; i < 2 && isdigit((unsigned char)*p); i++) *size = *size * 10 + (*p++ - '0');
  return p;
}

/* Reads a flag, if it is one of `flags`. */
static bool read_flag(Specification *specification, char byte, const char *flags) {
  bool *flag;
  switch (byte) {
    case '-': flag = &specification->left; break;
    case '+': flag = &specification->plus; break;
    case ' ': flag = &specification->space; break;
    case '#': flag = &specification->alternative; break;
    case '0': flag = &specification->zero; break;
    default: return false;
  }
  if (strchr(flags, byte) == NULL) return false;
  *flag = true;
  return true;
}

static void refuse_specification(lua_State *L, const Specification *specification, const char *format) {
  SpecificationText room;
  luaL_error(L, format, write_specification(specification, &room));
}

/* Reads flags, width and precision. Raises unless they are of those that the conversion has. */
static void read_modifiers(lua_State *L, Specification *specification, const char *flags, bool precision) {
  const char *p = specification->start + 1;
  specification->left = specification->plus = specification->space = false;
  specification->alternative = specification->zero = false;
  specification->width = 0;
  specification->precision = -1;
  while (read_flag(specification, *p, flags)) p++;
  if (*p != '0') { /* a zero that is no flag cannot begin a width */
    p = read_size(p, &specification->width);
    if (*p == '.' && precision) p = read_size(p + 1, &specification->precision);
  }
  if (luai_unlikely(!isalpha((unsigned char)*p)))
    refuse_specification(L, specification, "invalid conversion specification: '%s'");
}

/* ---- writing results ---- */

static char *write_copies(char *at, char byte, size_t count) {
  memset(at, byte, count);
  return at + count;
}

/* Adds `text`, of fewer than ITEM_SIZE bytes, in a field of the specified width. */
static void add_field(luaL_Buffer *buffer, const Specification *specification, const char *text, size_t length) {
  size_t width = (size_t)specification->width;
  size_t padding = width > length ? width - length : 0;
  char *start = luaL_prepbuffsize(buffer, length + padding);
  char *at = specification->left ? start : write_copies(start, ' ', padding);
  memcpy(at, text, length);
  if (specification->left) write_copies(at + length, ' ', padding);
  luaL_addsize(buffer, length + padding);
}

/* Writes the digits of `value` so that they end before `end`, and returns where they begin. Zero has none. */
static char *write_digits(char *end, lua_Unsigned value, unsigned base, bool upper) {
  const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
  for (; value != 0; value /= base) *--end = digits[value % base];
  return end;
}

/* Adds an integer's digits behind `prefix` (sign or base), filled with zeros to the precision or, if asked, the width.
 */
static void add_digits(luaL_Buffer *buffer, const Specification *specification, const char *prefix, const char *digits,
                       size_t count) {
  char room[2 + 100 + 24];
  size_t prefix_length = strlen(prefix);
  size_t wanted = specification->precision < 0 ? 1 : (size_t)specification->precision;
  if (specification->zero && !specification->left && specification->precision < 0 &&
      (size_t)specification->width > prefix_length + wanted)
    wanted = (size_t)specification->width - prefix_length;
  if (specification->alternative && specification->letter == 'o' && wanted <= count) wanted = count + 1;
  memcpy(room, prefix, prefix_length);
  char *at = write_copies(room + prefix_length, '0', wanted > count ? wanted - count : 0);
  memcpy(at, digits, count);
  add_field(buffer, specification, room, (size_t)(at - room) + count);
}

static void add_signed(lua_State *L, luaL_Buffer *buffer, Specification *specification, int argument) {
  char room[24];
  lua_Integer value = luaL_checkinteger(L, argument);
  if (!specification->modified) {
    luaL_addlstring(buffer, room, rl_integer_format(room, value));
    return;
  }
  read_modifiers(L, specification, "-+0 ", true);
  lua_Unsigned magnitude = value < 0 ? 0 - (lua_Unsigned)value : (lua_Unsigned)value;
  char *first = write_digits(room + sizeof(room), magnitude, 10, false);
  const char *sign = value < 0 ? "-" : specification->plus ? "+" : specification->space ? " " : "";
  add_digits(buffer, specification, sign, first, (size_t)(room + sizeof(room) - first));
}

static void add_unsigned(lua_State *L, luaL_Buffer *buffer, Specification *specification, int argument) {
  char room[24];
  lua_Unsigned value = (lua_Unsigned)luaL_checkinteger(L, argument);
  char letter = specification->letter;
  unsigned base = letter == 'u' ? 10 : letter == 'o' ? 8 : 16;
  read_modifiers(L, specification, letter == 'u' ? "-0" : "-#0", true);
  char *first = write_digits(room + sizeof(room), value, base, letter == 'X');
  const char *prefix = base != 16 || value == 0 || !specification->alternative ? "" : letter == 'X' ? "0X" : "0x";
  add_digits(buffer, specification, prefix, first, (size_t)(room + sizeof(room) - first));
}

static void add_character(lua_State *L, luaL_Buffer *buffer, Specification *specification, int argument) {
  read_modifiers(L, specification, "-", false);
  char byte = (char)luaL_checkinteger(L, argument);
  add_field(buffer, specification, &byte, 1);
}

static void add_float_by_printf(luaL_Buffer *buffer, const Specification *specification, lua_Number value) {
  SpecificationText text;
  char *room = luaL_prepbuffsize(buffer, ITEM_SIZE);
  write_specification(specification, &text);
  luaL_addsize(buffer, (size_t)snprintf(room, ITEM_SIZE, text.text, value));
}

/* Adds a float's digits behind its sign, padded to the width. */
static void add_signed_digits(luaL_Buffer *buffer, const Specification *specification, bool negative,
                              const char *digits, size_t count) {
  char sign = negative ? '-' : specification->plus ? '+' : specification->space ? ' ' : '\0';
  size_t length = count + (sign != '\0'), width = (size_t)specification->width;
  size_t padding = width > length ? width - length : 0;
  char *at = luaL_prepbuffsize(buffer, length + padding);
  if (padding > 0 && !specification->left && !specification->zero) at = write_copies(at, ' ', padding);
  if (sign != '\0') *at++ = sign;
  if (padding > 0 && !specification->left && specification->zero) at = write_copies(at, '0', padding);
  memcpy(at, digits, count);
  if (specification->left) write_copies(at + count, ' ', padding);
  luaL_addsize(buffer, length + padding);
}

/* Stock Lua checks the specification of `%a` before the argument, that of the others behind it; so do we. */
static void add_float(lua_State *L, luaL_Buffer *buffer, Specification *specification, int argument) {
  char digits[RL_NUMBER_BUFFER], letter = specification->letter;
  if (letter != 'a' && letter != 'A') luaL_checknumber(L, argument);
  read_modifiers(L, specification, "-+ #0", true);
  lua_Number value = luaL_checknumber(L, argument);
  size_t count = 0;
  if ((letter == 'f' || letter == 'g' || letter == 'e') && !specification->alternative)
    count = rl_float_format_as(digits, value, letter, specification->precision < 0 ? 6 : specification->precision);
  if (count > 0)
    add_signed_digits(buffer, specification, signbit(value) != 0, digits, count);
  else
    add_float_by_printf(buffer, specification, value);
}

static void add_pointer(lua_State *L, luaL_Buffer *buffer, Specification *specification, int argument) {
  char room[32];
  const void *pointer = lua_topointer(L, argument);
  read_modifiers(L, specification, "-", false);
  int length = snprintf(room, sizeof(room), pointer == NULL ? "(null)" : "%p", pointer);
  add_field(buffer, specification, room, (size_t)length);
}

/* Adds strings and numbers directly. Returns false for other values, and for types with a `__tostring`. */
static bool add_simple(lua_State *L, luaL_Buffer *buffer, int argument) {
  char room[RL_NUMBER_BUFFER];
  size_t length;
  const char *text = room;
  if (!rl_direct_is_plain_text(L, argument)) return false;
  if (lua_type(L, argument) == LUA_TSTRING)
    text = lua_tolstring(L, argument, &length);
  else if (lua_isinteger(L, argument))
    length = rl_integer_format(room, lua_tointeger(L, argument));
  else
    length = rl_float_format(room, lua_tonumber(L, argument));
  luaL_addlstring(buffer, text, length);
  return true;
}

/* Adds a string. With modifiers it may not contain zeros; then at most 99 bytes are wanted, or the string is longer
 * than any width and goes as it is. A short piece leaves the stack before the buffer, whose slot must be on top, is
 * used. */
static void add_string(lua_State *L, luaL_Buffer *buffer, Specification *specification, int argument) {
  char piece[100];
  size_t length;
  if (!specification->modified) {
    if (add_simple(L, buffer, argument)) return;
    luaL_tolstring(L, argument, NULL);
    luaL_addvalue(buffer);
    return;
  }
  const char *text = luaL_tolstring(L, argument, &length);
  luaL_argcheck(L, memchr(text, '\0', length) == NULL, argument, "string contains zeros");
  read_modifiers(L, specification, "-", true);
  if (specification->precision < 0 && length >= sizeof(piece)) {
    luaL_addvalue(buffer);
    return;
  }
  if (specification->precision >= 0 && length > (size_t)specification->precision)
    length = (size_t)specification->precision;
  memcpy(piece, text, length);
  lua_pop(L, 1);
  add_field(buffer, specification, piece, length);
}

static void add_conversion(lua_State *L, luaL_Buffer *buffer, Specification *specification, int argument) {
  switch (specification->letter) {
    case 'd':
    case 'i': add_signed(L, buffer, specification, argument); break;
    case 'u':
    case 'o':
    case 'x':
    case 'X': add_unsigned(L, buffer, specification, argument); break;
    case 'a':
    case 'A':
    case 'e':
    case 'E':
    case 'f':
    case 'g':
    case 'G': add_float(L, buffer, specification, argument); break;
    case 'c': add_character(L, buffer, specification, argument); break;
    case 'p': add_pointer(L, buffer, specification, argument); break;
    case 's': add_string(L, buffer, specification, argument); break;
    case 'q':
      if (luai_unlikely(specification->modified)) luaL_error(L, "specifier '%%q' cannot have modifiers");
      rl_format_add_literal(L, buffer, argument);
      break;
    default: refuse_specification(L, specification, "invalid conversion '%s' to 'format'");
  }
}

int rl_string_format(lua_State *L) {
  size_t length;
  luaL_Buffer buffer;
  int count = lua_gettop(L);
  int argument = 1;
  const char *format = luaL_checklstring(L, 1, &length);
  const char *end = format + length;
  luaL_buffinit(L, &buffer);
  for (const char *percent; (percent = memchr(format, '%', (size_t)(end - format))) != NULL;) {
    luaL_addlstring(&buffer, format, (size_t)(percent - format));
    if (percent[1] == '%') {
      luaL_addchar(&buffer, '%');
      format = percent + 2;
      continue;
    }
    Specification specification;
    if (luai_unlikely(++argument > count)) return luaL_argerror(L, argument, "no value");
    format = cut_specification(L, percent, &specification) + 1;
    rl_work(L, 16);
    add_conversion(L, &buffer, &specification, argument);
  }
  luaL_addlstring(&buffer, format, (size_t)(end - format));
  rl_work_copied(L, luaL_bufflen(&buffer));
  luaL_pushresult(&buffer);
  return 1;
}

/* Numerals. The room base/number_parse.c, lua_stringtonumber and tonumber must agree with a second reading of the text:
 * integers by hand, floats by strtod. A number written with 17 digits, or as a hexadecimal float, reads back the same.
 */
#include <math.h>

#include "base/number_parse.h"
#include "sandbox.h"

typedef struct Expected {
  bool is_number, is_integer;
  uint64_t integer;
  double number;
} Expected;

static bool is_space(char byte) {
  return byte != 0 && strchr(" \f\n\r\t\v", byte) != NULL;
}

static int digit_value(char byte) {
  if (byte >= '0' && byte <= '9') return byte - '0';
  byte |= 0x20;
  return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : 99;
}

/* Digits of `base` alone: modulo 2^64 for hexadecimal ones; decimal ones must fit. */
static bool read_integer(const char *text, const char *end, bool negative, int base, uint64_t *integer) {
  unsigned __int128 value = 0;
  if (text == end) return false;
  for (; text < end; text++) {
    int digit = digit_value(*text);
    if (digit >= base) return false;
    value = value * (unsigned)base + (unsigned)digit;
    if (base == 16)
      value &= UINT64_MAX;
    else if (value > (uint64_t)INT64_MAX + negative)
      return false;
  }
  *integer = negative ? 0 - (uint64_t)value : (uint64_t)value;
  return true;
}

/* `text` ends with a zero at `end` and has no other. */
static Expected read_text(const char *text, const char *end) {
  Expected expected = {0};
  while (is_space(*text)) text++;
  while (end > text && is_space(end[-1])) end--;
  const char *digits = text + (*text == '-' || *text == '+');
  bool is_hexadecimal = digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X');
  if (is_hexadecimal)
    expected.is_integer = read_integer(digits + 2, end, *text == '-', 16, &expected.integer);
  else
    expected.is_integer = read_integer(digits, end, *text == '-', 10, &expected.integer);
  expected.is_number = expected.is_integer;
  if (expected.is_integer || digits == end || strpbrk(digits, "nN") != NULL || is_space(*digits)) return expected;
  char *stop;
  expected.number = strtod(text, &stop);
  expected.is_number = stop == end;
  return expected;
}

static bool same_float(double x, double y) {
  return memcmp(&x, &y, sizeof x) == 0 || (isnan(x) && isnan(y));
}

static void compare_room(const char *text, size_t length, const Expected *expected) {
  NumberParse parse;
  size_t used = rl_number_parse(text, length, &parse);
  if ((used != 0) != expected->is_number) sandbox_blame("room: is it a number?", text);
  if (used == 0) return;
  if (used != length) sandbox_blame("room: length", text);
  if (parse.is_integer != expected->is_integer) sandbox_blame("room: integer or float?", text);
  bool same =
    parse.is_integer ? (uint64_t)parse.integer == expected->integer : same_float(parse.number, expected->number);
  if (!same) sandbox_blame("room: value", text);
}

/* The number on top of the stack must be the one that `text` means. */
static void expect_same(lua_State *L, const char *text, const char *who) {
  if (lua_stringtonumber(L, text) != strlen(text) + 1) sandbox_blame(who, text);
  bool same = lua_isinteger(L, -1) == lua_isinteger(L, -2) &&
              (lua_isinteger(L, -1) ? lua_tointeger(L, -1) == lua_tointeger(L, -2)
                                    : same_float(lua_tonumber(L, -1), lua_tonumber(L, -2)));
  if (!same) sandbox_blame(who, text);
  lua_pop(L, 1);
}

/* Texts of the number on top of the stack that must read back as the same number. */
static void write_and_read(lua_State *L) {
  char text[100];
  if (lua_isinteger(L, -1)) {
    lua_pushvalue(L, -1);
    snprintf(text, sizeof text, "%s", lua_tostring(L, -1));
    lua_pop(L, 1);
    expect_same(L, text, "tostring");
    return;
  }
  if (isinf(lua_tonumber(L, -1))) return; /* "inf" is no numeral */
  snprintf(text, sizeof text, "%.17g", lua_tonumber(L, -1));
  if (strpbrk(text, ".e") == NULL) strcat(text, ".0");
  expect_same(L, text, "17 digits");
  snprintf(text, sizeof text, "%a", lua_tonumber(L, -1));
  if (strpbrk(text, ".p") != NULL) expect_same(L, text, "hexadecimal");
}

static void compare_api(lua_State *L, const char *text, size_t length, const Expected *expected) {
  lua_getglobal(L, "tonumber");
  lua_pushlstring(L, text, length);
  lua_call(L, 1, 1);
  size_t used = lua_stringtonumber(L, text);
  if ((used != 0) != expected->is_number || lua_isnil(L, 1) != (used == 0)) sandbox_blame("a number?", text);
  if (used != 0) {
    if (used != length + 1) sandbox_blame("lua_stringtonumber's size", text);
    if (!lua_rawequal(L, 1, 2) && !isnan(lua_tonumber(L, 1))) sandbox_blame("tonumber", text);
    write_and_read(L);
  }
  lua_settop(L, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static Sandbox sandbox;
  static int unused;
  static long inputs;
  sandbox_renew(&sandbox, "return function() end", &unused, &inputs);
  sandbox_refill(&sandbox);
  char *text = malloc(size + 1);
  if (size > 0) memcpy(text, data, size);
  text[size] = 0;
  if (memchr(text, 0, size) != NULL) {
    NumberParse parse;
    if (rl_number_parse(text, size, &parse) != 0) sandbox_blame("zero bytes inside", text);
  } else {
    Expected expected = read_text(text, text + size);
    compare_room(text, size, &expected);
    compare_api(sandbox.L, text, size, &expected);
  }
  free(text);
  return 0;
}

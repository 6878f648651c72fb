/* Decimal digits without the C library: two at a time, from the end. */
#include "stdlib/string_library.h"

#include <string.h>

static const char digit_pairs[] = "00010203040506070809101112131415161718192021222324"
                                  "25262728293031323334353637383940414243444546474849"
                                  "50515253545556575859606162636465666768697071727374"
                                  "75767778798081828384858687888990919293949596979899";

size_t rl_format_write_decimal(char *room, lua_Integer value) {
  char digits[RL_FORMAT_DECIMAL_SIZE];
  char *first = digits + sizeof(digits);
  lua_Unsigned rest = value < 0 ? 0 - (lua_Unsigned)value : (lua_Unsigned)value;
  for (; rest >= 100; rest /= 100) memcpy(first -= 2, digit_pairs + rest % 100 * 2, 2);
  if (rest >= 10) {
    memcpy(first -= 2, digit_pairs + rest * 2, 2);
  } else {
    *--first = (char)('0' + rest);
  }
  if (value < 0) *--first = '-';
  size_t length = (size_t)(digits + sizeof(digits) - first);
  memcpy(room, first, length);
  return length;
}

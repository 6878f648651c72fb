#include "base/number_format.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

size_t rl_integer_format(char buffer[RL_NUMBER_BUFFER], int64_t integer) {
  char digits[20];
  size_t at = sizeof digits;
  uint64_t rest = integer < 0 ? 0 - (uint64_t)integer : (uint64_t)integer;
  do {
    digits[--at] = (char)('0' + rest % 10);
    rest /= 10;
  } while (rest != 0);
  size_t length = 0;
  if (integer < 0) buffer[length++] = '-';
  memcpy(buffer + length, digits + at, sizeof digits - at);
  return length + sizeof digits - at;
}

size_t rl_float_format(char buffer[RL_NUMBER_BUFFER], double number) {
  if (number == floor(number) && fabs(number) < 1e14 && !(number == 0 && signbit(number))) {
    size_t length = rl_integer_format(buffer, (int64_t)number);
    buffer[length++] = localeconv()->decimal_point[0];
    buffer[length++] = '0';
    return length;
  }
  size_t length = (size_t)snprintf(buffer, RL_NUMBER_BUFFER, "%.14g", number);
  if (strspn(buffer, "-0123456789") == length) {
    buffer[length++] = localeconv()->decimal_point[0];
    buffer[length++] = '0';
  }
  return length;
}

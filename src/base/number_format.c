/* A float x = m * 2^e is multiplied by the power of ten that brings the digits wanted in front of the point; what
 * stands behind decides the rounding. Powers of ten are known to 128 bits (base/power_of_ten.h), so the product is
 * known up to an error far below the distance of most numbers to the middle between two decimals; where it is not, the
 * caller is told. Ties of numbers whose power is exact (few decimals, the frequent case) are decided here, to even. */
#include "base/number_format.h"

#include <langinfo.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/power_of_ten.h"

typedef unsigned __int128 Wide;

#define MAX_DIGITS 17

static const uint64_t powers_of_ten[] = {UINT64_C(1),
                                         UINT64_C(10),
                                         UINT64_C(100),
                                         UINT64_C(1000),
                                         UINT64_C(10000),
                                         UINT64_C(100000),
                                         UINT64_C(1000000),
                                         UINT64_C(10000000),
                                         UINT64_C(100000000),
                                         UINT64_C(1000000000),
                                         UINT64_C(10000000000),
                                         UINT64_C(100000000000),
                                         UINT64_C(1000000000000),
                                         UINT64_C(10000000000000),
                                         UINT64_C(100000000000000),
                                         UINT64_C(1000000000000000),
                                         UINT64_C(10000000000000000),
                                         UINT64_C(100000000000000000),
                                         UINT64_C(1000000000000000000),
                                         UINT64_C(10000000000000000000)};

static const char digit_pairs[] = "00010203040506070809101112131415161718192021222324"
                                  "25262728293031323334353637383940414243444546474849"
                                  "50515253545556575859606162636465666768697071727374"
                                  "75767778798081828384858687888990919293949596979899";

/* ---- integers ---- */

static unsigned count_digits(uint64_t number) {
  unsigned bits = 64 - (unsigned)__builtin_clzll(number | 1);
  unsigned digits = bits * 1233 >> 12; /* 1233 / 4096 is a little above the logarithm of two */
  return digits + (digits == 0 || number >= powers_of_ten[digits]);
}

/* Exactly `count` digits, with leading zeros if need be. */
static void write_digits(char *to, uint64_t number, unsigned count) {
  for (; count >= 2; number /= 100) memcpy(to + (count -= 2), digit_pairs + number % 100 * 2, 2);
  if (count == 1) *to = (char)('0' + number);
}

size_t rl_integer_format(char *buffer, int64_t integer) {
  uint64_t magnitude = (uint64_t)integer;
  char *to = buffer;
  if (integer < 0) {
    *to++ = '-';
    magnitude = 0 - magnitude;
  }
  unsigned count = count_digits(magnitude);
  write_digits(to, magnitude, count);
  return (size_t)(to - buffer) + count;
}

size_t rl_integer_length(int64_t integer) {
  return count_digits(integer < 0 ? 0 - (uint64_t)integer : (uint64_t)integer) + (integer < 0);
}

/* ---- the digits of floats ---- */

/* The absolute value of a finite number but zero as mantissa (highest bit set) times 2^exponent. */
static uint64_t take_apart(double number, int *exponent) {
  uint64_t bits;
  memcpy(&bits, &number, sizeof bits);
  uint64_t mantissa = bits & ((UINT64_C(1) << 52) - 1);
  int biased = (int)(bits >> 52 & 0x7ff);
  if (biased != 0)
    mantissa |= UINT64_C(1) << 52;
  else
    biased = 1;
  int shift = __builtin_clzll(mantissa);
  *exponent = biased - 1075 - shift;
  return mantissa << shift;
}

/* A product split at the point: value = integer + fraction / 2^bits, and a bit more when `more` or not exact. */
typedef struct Split {
  uint64_t integer;
  Wide fraction;
  unsigned bits;
  bool more;
  bool exact;
} Split;

/* 0 < value < 2^64 / 10, or one below one half, of which nothing is left. */
static Split split_product(const ScaledProduct *product, int exponent, bool exact) {
  unsigned shift = (unsigned)-(product->exponent + exponent) - 128; /* bits of words[0] behind the point */
  Wide upper = (Wide)product->words[0] << 64 | product->words[1];
  if (shift > 64) return (Split){.bits = 128, .exact = true};
  Split split = {.bits = shift + 64, .more = product->words[2] != 0, .exact = exact};
  split.integer = shift == 64 ? 0 : product->words[0] >> shift;
  split.fraction = shift == 64 ? upper : upper & (((Wide)1 << split.bits) - 1);
  return split;
}

/* Rounds to the integer; false when it is not sure where to. */
static bool round_split(Split *split, Wide half) {
  bool up = split->fraction > half;
  if (split->exact) {
    up |= split->fraction == half && (split->more || (split->integer & 1));
  } else if (!up && split->fraction + RL_PRODUCT_ERROR >= half) {
    return false;
  }
  split->integer += up;
  return true;
}

/* The first `count` decimal digits of a finite number but zero, rounded; the first stands for 10^exponent. */
static bool first_digits(double number, int count, uint64_t *digits, int *exponent) {
  int binary;
  uint64_t mantissa = take_apart(number, &binary);
  int decimal = ((binary + 63) * 78913) >> 18; /* floor(log10(2^n)), or one less than that of the number */
  int power = count - 1 - decimal;
  ScaledProduct product = rl_scale_by_power_of_ten(mantissa, power);
  Split split = split_product(&product, binary, power_of_ten_is_exact(power));
  Wide half = (Wide)1 << (split.bits - 1);
  if (split.integer >= powers_of_ten[count]) { /* one digit more than wanted */
    decimal++;
    split.fraction += (Wide)(split.integer % 10) << split.bits;
    split.integer /= 10;
    half *= 10;
  }
  if (!round_split(&split, half)) return false;
  if (split.integer == powers_of_ten[count]) {
    split.integer /= 10;
    decimal++;
  }
  *digits = split.integer;
  *exponent = decimal;
  return true;
}

/* number * 10^places, rounded to an integer. False when it is too large. */
static bool fixed_digits(double number, int places, uint64_t *digits) {
  if (number == 0) {
    *digits = 0;
    return true;
  }
  int exponent;
  uint64_t mantissa = take_apart(number, &exponent);
  ScaledProduct product = rl_scale_by_power_of_ten(mantissa, places);
  if (product.exponent + exponent > -128 - 8) return false; /* 2^56 or more */
  Split split = split_product(&product, exponent, true);
  if (!round_split(&split, (Wide)1 << (split.bits - 1))) return false;
  *digits = split.integer;
  return true;
}

/* ---- floats ---- */

char rl_decimal_point(void) {
  const char *point = nl_langinfo(RADIXCHAR);
  return point[0] != '\0' && point[1] == '\0' ? point[0] : '\0';
}

/* Digits, of which the last `places` stand behind the point. */
static size_t write_fixed(char *buffer, uint64_t digits, int places, char point) {
  unsigned count = count_digits(digits);
  if (count <= (unsigned)places) count = (unsigned)places + 1;
  write_digits(buffer, digits, count);
  if (places == 0) return count;
  char *at = buffer + count - places;
  memmove(at + 1, at, (size_t)places);
  *at = point;
  return count + 1;
}

/* `count` digits with a point behind the first, and an exponent of at least two digits. */
static size_t write_scientific(char *buffer, uint64_t digits, int count, int exponent, char point) {
  write_digits(buffer + 1, digits, (unsigned)count);
  buffer[0] = buffer[1];
  buffer[1] = point;
  char *at = buffer + (count == 1 ? 1 : count + 1);
  *at++ = 'e';
  *at++ = exponent < 0 ? '-' : '+';
  unsigned magnitude = (unsigned)(exponent < 0 ? -exponent : exponent);
  unsigned width = magnitude >= 100 ? 3 : 2;
  write_digits(at, magnitude, width);
  return (size_t)(at - buffer) + width;
}

/* Takes the zeros off the end of a number of up to 17 digits, not 0; returns how many there were. */
static int take_off_zeros(uint64_t *digits) {
  int zeros = 0;
  for (int step = 16; step >= 1; step /= 2) {
    uint64_t power = powers_of_ten[step];
    if (*digits % power != 0) continue;
    *digits /= power;
    zeros += step;
  }
  return zeros;
}

/* %g: no zeros at the end of the fraction, the exponent decides between the two forms. */
static size_t write_general(char *buffer, uint64_t digits, int count, int exponent, char point) {
  int precision = count;
  count = digits == 0 ? 1 : count - take_off_zeros(&digits);
  if (exponent < -4 || exponent >= precision) return write_scientific(buffer, digits, count, exponent, point);
  if (count > exponent) return write_fixed(buffer, digits, count - 1 - exponent, point);
  return write_fixed(buffer, digits * powers_of_ten[exponent + 1 - count], 0, point);
}

size_t rl_float_format_as(char buffer[RL_NUMBER_BUFFER], double number, char conversion, int precision) {
  uint64_t digits = 0;
  int exponent = 0;
  char point = rl_decimal_point();
  if (point == '\0' || precision > MAX_DIGITS || !isfinite(number)) return 0;
  if (conversion == 'f')
    return fixed_digits(number, precision, &digits) ? write_fixed(buffer, digits, precision, point) : 0;
  int count = conversion == 'e' ? precision + 1 : precision == 0 ? 1 : precision;
  if (count > MAX_DIGITS) return 0;
  if (number != 0 && !first_digits(number, count, &digits, &exponent)) return 0;
  if (conversion == 'e') return write_scientific(buffer, digits, count, exponent, point);
  return write_general(buffer, digits, count, exponent, point);
}

static size_t format_slowly(char *buffer, double number) {
  size_t length = (size_t)snprintf(buffer, RL_NUMBER_BUFFER, "%.14g", number);
  if (strspn(buffer, "-0123456789") == length) {
    buffer[length++] = *nl_langinfo(RADIXCHAR);
    buffer[length++] = '0';
  }
  return length;
}

#define TOSTRING_DIGITS 14

/* The absolute value of a finite number. Returns 0 when the digits are not sure. */
static size_t write_magnitude(char *to, double magnitude, char point) {
  uint64_t digits;
  int exponent;
  size_t length;
  if (magnitude < 1e14 && magnitude == (double)(int64_t)magnitude) {
    length = rl_integer_format(to, (int64_t)magnitude);
  } else {
    if (!first_digits(magnitude, TOSTRING_DIGITS, &digits, &exponent)) return 0;
    length = write_general(to, digits, TOSTRING_DIGITS, exponent, point);
    if (exponent < 0 || exponent >= TOSTRING_DIGITS || length != (size_t)exponent + 1) return length;
  }
  to[length] = point;
  to[length + 1] = '0';
  return length + 2;
}

size_t rl_float_format(char buffer[RL_NUMBER_BUFFER], double number) {
  char point = rl_decimal_point();
  if (point == '\0' || !isfinite(number)) return format_slowly(buffer, number);
  bool negative = signbit(number) != 0;
  buffer[0] = '-';
  size_t length = write_magnitude(buffer + negative, fabs(number), point);
  return length == 0 ? format_slowly(buffer, number) : length + negative;
}

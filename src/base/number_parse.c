/* Decimal numerals to floats, from the cheap to the costly: a mantissa and a power of ten that are both exact doubles
 * need one operation, which rounds once (W. D. Clinger, "How to read floating point numbers accurately", 1990). Other
 * mantissas of up to 19 digits are multiplied by the power of ten to 128 bits (base/power_of_ten.h); when the product
 * is not too near to the middle between two doubles its upper bits, rounded, are the result (the idea of D. Lemire,
 * "Number parsing at a gigabyte per second", 2021). Of more digits the first 19 give a lower and an upper bound;
 * usually both round to the same double. What is left is the C library's. */
#include "base/number_parse.h"

#include <langinfo.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/power_of_ten.h"

typedef struct Scan {
  const char *at;
  const char *end;
} Scan;

static bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}
static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

static int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  char lower = (char)(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

static char peek(const Scan *scan) {
  return scan->at < scan->end ? *scan->at : '\0';
}

static bool take(Scan *scan, char c) {
  if (scan->at >= scan->end || *scan->at != c) return false;
  scan->at++;
  return true;
}

static bool take_point(Scan *scan) {
  if (scan->at == scan->end || is_digit(*scan->at)) return false;
  if (take(scan, '.')) return true;
  char point = *nl_langinfo(RADIXCHAR);
  return point != '.' && take(scan, point);
}

/* A run of digits with an optional exponent sign and value; saturates. False when there is no digit. */
static bool take_exponent(Scan *scan, int *exponent) {
  bool negative = take(scan, '-');
  if (!negative) take(scan, '+');
  if (!is_digit(peek(scan))) return false;
  int value = 0;
  for (; is_digit(peek(scan)); scan->at++)
    if (value < 100000) value = value * 10 + (*scan->at - '0');
  *exponent = negative ? -value : value;
  return true;
}

/* ---- hexadecimal ---- */

/* Digits and point up to the exponent; the first 16 significant digits count, later ones move the exponent (and, when
 * not zero, set the last bit, so that rounding is right). */
static bool parse_hexadecimal(Scan *scan, NumberParse *result) {
  uint64_t integer = 0, mantissa = 0;
  int exponent = 0, digits = 0, significant = 0;
  bool is_float = false;
  for (;; scan->at++) {
    if (!is_float && take_point(scan)) {
      is_float = true;
    }
    int digit = scan->at < scan->end ? hex_value(*scan->at) : -1;
    if (digit < 0) break;
    digits++;
    integer = integer << 4 | (uint64_t)digit;
    if (significant == 0 && digit == 0) {
      if (is_float) exponent -= 4;
    } else if (significant < 15) {
      significant++;
      mantissa = mantissa << 4 | (uint64_t)digit;
      if (is_float) exponent -= 4;
    } else {
      if (digit != 0) mantissa |= 1;
      if (!is_float) exponent += 4;
    }
  }
  if (digits == 0) return false;
  if (peek(scan) == 'p' || peek(scan) == 'P') {
    int power;
    scan->at++;
    if (!take_exponent(scan, &power)) return false;
    exponent += power;
    is_float = true;
  }
  result->is_integer = !is_float;
  result->integer = (int64_t)integer;
  if (is_float) result->number = ldexp((double)mantissa, exponent);
  return true;
}

/* ---- decimal ---- */

#define EXACT_POWERS 22
static const double powers_of_ten[EXACT_POWERS + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                       1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                       1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* The C library's conversion, on a copy that ends with a zero and has the locale's point. */
static double convert_slowly(const char *text, size_t length) {
  char small[256];
  char *copy = length < sizeof small ? small : malloc(length + 1);
  if (copy == NULL) return NAN;
  memcpy(copy, text, length);
  copy[length] = '\0';
  char point = *nl_langinfo(RADIXCHAR);
  char *dot = point != '.' ? memchr(copy, '.', length) : NULL;
  if (dot != NULL) *dot = point;
  double number = strtod(copy, NULL);
  if (copy != small) free(copy);
  return number;
}

typedef struct Decimal {
  uint64_t mantissa; /* of the first 19 digits */
  int digits;        /* significant ones seen */
  int exponent;
  bool any;
  bool is_float;
  bool overflows; /* more than the mantissa holds */
} Decimal;

static void take_decimal_digits(Scan *scan, Decimal *decimal, bool after_point) {
  for (; is_digit(peek(scan)); scan->at++) {
    unsigned digit = (unsigned)(*scan->at - '0');
    decimal->any = true;
    if (decimal->digits == 0 && digit == 0) {
      if (after_point) decimal->exponent--;
      continue;
    }
    if (decimal->digits < 19) {
      decimal->mantissa = decimal->mantissa * 10 + digit;
      decimal->digits++;
      if (after_point) decimal->exponent--;
    } else {
      decimal->overflows = true;
      if (!after_point) decimal->exponent++;
    }
  }
}

/* Clinger's exact case: mantissa and power of ten are both exact doubles, so that one operation rounds once. */
static bool convert_exactly(const Decimal *decimal, double *number) {
  if (decimal->overflows || decimal->mantissa > (UINT64_C(1) << 53)) return false;
  if (decimal->exponent < -EXACT_POWERS || decimal->exponent > EXACT_POWERS) return false;
  double mantissa = (double)decimal->mantissa;
  *number =
    decimal->exponent < 0 ? mantissa / powers_of_ten[-decimal->exponent] : mantissa * powers_of_ten[decimal->exponent];
  return true;
}

/* mantissa * 10^power rounded to the nearest double, when that is a normal number and sure. */
static bool convert_by_product(uint64_t mantissa, int power, double *number) {
  if (mantissa == 0 || power < RL_POWER_MIN || power > RL_POWER_MAX) return false;
  int shift = __builtin_clzll(mantissa);
  ScaledProduct product = rl_scale_by_power_of_ten(mantissa << shift, power);
  int below = product.words[0] >> 63 ? 11 : 10; /* bits of words[0] below the 53 that the result has */
  int exponent = product.exponent - shift + 128 + below;
  if (exponent < -1074 || exponent > 1023 - 53) return false;
  uint64_t result = product.words[0] >> below;
  uint64_t rest = product.words[0] & ((UINT64_C(1) << below) - 1), half = UINT64_C(1) << (below - 1);
  bool is_below = rest < half - 1 || (rest == half - 1 && product.words[1] < UINT64_MAX - RL_PRODUCT_ERROR);
  bool is_above = rest > half || (rest == half && product.words[1] != 0);
  if (power_of_ten_is_exact(power)) {
    bool is_tie = rest == half && product.words[1] == 0 && product.words[2] == 0;
    result += is_tie ? result & 1 : rest >= half;
  } else {
    if (!is_below && !is_above) return false;
    result += is_above;
  }
  uint64_t bits = ((uint64_t)(exponent + 1074) << 52) + result; /* bit 52 of the result counts the exponent up by one */
  memcpy(number, &bits, sizeof bits);
  return true;
}

static double convert_decimal(const Decimal *decimal, const char *text, size_t length) {
  double number, upper;
  if (convert_exactly(decimal, &number)) return number;
  if (convert_by_product(decimal->mantissa, decimal->exponent, &number) &&
      (!decimal->overflows ||
       (convert_by_product(decimal->mantissa + 1, decimal->exponent, &upper) && number == upper)))
    return number;
  return convert_slowly(text, length);
}

static bool parse_decimal(Scan *scan, bool negative, NumberParse *result) {
  const char *start = scan->at;
  Decimal decimal = {0};
  take_decimal_digits(scan, &decimal, false);
  if (take_point(scan)) {
    decimal.is_float = true;
    take_decimal_digits(scan, &decimal, true);
  }
  if (!decimal.any) return false;
  if (peek(scan) == 'e' || peek(scan) == 'E') {
    int power;
    scan->at++;
    if (!take_exponent(scan, &power)) return false;
    decimal.exponent += power;
    decimal.is_float = true;
  }
  uint64_t largest = (uint64_t)INT64_MAX + (negative ? 1 : 0);
  result->is_integer = !decimal.is_float && !decimal.overflows && decimal.mantissa <= largest;
  result->integer = (int64_t)decimal.mantissa;
  if (!result->is_integer) result->number = convert_decimal(&decimal, start, (size_t)(scan->at - start));
  return true;
}

/* What most numerals are: a few digits and nothing else. */
static bool parse_plain_integer(const char *text, size_t length, NumberParse *result) {
  if (length - 1 >= 18) return false;
  int64_t value = 0;
  for (size_t i = 0; i < length; i++) {
    if (!is_digit(text[i])) return false;
    value = value * 10 + (text[i] - '0');
  }
  result->is_integer = true;
  result->integer = value;
  return true;
}

size_t rl_number_parse(const char *text, size_t length, NumberParse *result) {
  if (parse_plain_integer(text, length, result)) return length;
  Scan scan = {text, text + length};
  while (scan.at < scan.end && is_space(*scan.at)) scan.at++;
  bool negative = take(&scan, '-');
  if (!negative) take(&scan, '+');
  bool good;
  if (scan.end - scan.at >= 2 && scan.at[0] == '0' && (scan.at[1] | 0x20) == 'x') {
    scan.at += 2;
    good = parse_hexadecimal(&scan, result);
  } else {
    good = parse_decimal(&scan, negative, result);
  }
  if (!good) return 0;
  while (scan.at < scan.end && is_space(*scan.at)) scan.at++;
  if (scan.at != scan.end) return 0;
  if (negative) {
    result->integer = (int64_t)(0 - (uint64_t)result->integer);
    result->number = -result->number;
  }
  return length;
}

#include "base/number_parse.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

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
  if (take(scan, '.')) return true;
  char point = localeconv()->decimal_point[0];
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
  char point = localeconv()->decimal_point[0];
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
  if (!result->is_integer && !convert_exactly(&decimal, &result->number))
    result->number = convert_slowly(start, (size_t)(scan->at - start));
  return true;
}

size_t rl_number_parse(const char *text, size_t length, NumberParse *result) {
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

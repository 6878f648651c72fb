/* Numbers and text (src/base/number_format.h, number_parse.h) against printf and strtod: every conversion must give the
 * same bytes, or the same double. Random numbers of several kinds: any bit pattern, short decimals, integers, powers of
 * ten, and those near the middle between two neighbours. */
#include "support.h"

#include <math.h>
#include <stdio.h>

#include "base/arith.h"
#include "base/number_format.h"
#include "base/number_parse.h"

#define ROUNDS 20000

static uint64_t next_bits(uint64_t *random) {
  return random_next(random) << 32 ^ random_next(random);
}

static double any_double(uint64_t *random) {
  for (;;) {
    uint64_t bits = next_bits(random);
    double number;
    memcpy(&number, &bits, sizeof number);
    if (isfinite(number)) return number;
  }
}

static double random_double(uint64_t *random) {
  switch (random_below(random, 7)) {
    case 0: return any_double(random);
    case 1: return (double)(int64_t)(next_bits(random) >> random_below(random, 64));
    case 2: return random_below(random, 10000000) / 1000.0;
    case 3: return ldexp(random_below(random, 4096), -(int)random_below(random, 60));
    case 4: return random_below(random, 100000000) / (1.0 + random_below(random, 1000));
    case 5: return pow(10, (int)random_below(random, 600) - 300) * (1 + random_below(random, 20));
    default:
      return nextafter(pow(10, (int)random_below(random, 20) - 5) * (1 + random_below(random, 100)) / 2,
                       random_below(random, 3) - 1.0);
  }
}

/* ---- formatting ---- */

static void expect_text(const char *text, size_t length, const char *expected) {
  assert_int_equal(length, strlen(expected));
  assert_memory_equal(text, expected, length);
}

static void check_tostring(double number) {
  char text[RL_NUMBER_BUFFER], expected[80];
  int length = snprintf(expected, sizeof expected, "%.14g", number);
  if (strspn(expected, "-0123456789") == (size_t)length) strcpy(expected + length, ".0");
  size_t written = rl_float_format(text, number);
  assert_true(written <= sizeof text);
  expect_text(text, written, expected);
}

/* Returns whether the text was made without printf. */
static bool check_conversion(double number, char conversion, int precision) {
  char text[RL_NUMBER_BUFFER], expected[512];
  const char format[] = {'%', '.', '*', conversion, '\0'};
  size_t length = rl_float_format_as(text, number, conversion, precision);
  assert_true(length <= sizeof text);
  if (length == 0) return false;
  snprintf(expected, sizeof expected, format, precision, fabs(number));
  expect_text(text, length, expected);
  return true;
}

static void test_random_floats_are_written_as_printf_does(void **state) {
  (void)state;
  uint64_t random = 20261125;
  long left_to_printf = 0;
  for (int i = 0; i < ROUNDS; i++) {
    double number = random_double(&random);
    check_tostring(number);
    left_to_printf += !check_conversion(number, 'e', (int)random_below(&random, 17));
    left_to_printf += !check_conversion(number, 'g', (int)random_below(&random, 18));
    check_conversion(number, 'f', (int)random_below(&random, 20));
  }
  assert_true(left_to_printf < ROUNDS / 20);
}

static void test_special_floats(void **state) {
  (void)state;
  static const double numbers[] = {0.0,
                                   -0.0,
                                   INFINITY,
                                   -INFINITY,
                                   NAN,
                                   5e-324,
                                   1.7976931348623157e308,
                                   1e14,
                                   1e15,
                                   99999999999999.0,
                                   0.1,
                                   1e-5,
                                   0.0001,
                                   123456.75,
                                   2.5e-10,
                                   999999999999995.0,
                                   0.5,
                                   1.5,
                                   2.5,
                                   1e22,
                                   1e23,
                                   9007199254740993.0,
                                   1e100,
                                   1.0,
                                   2.2250738585072014e-308,
                                   0.99999999999999989,
                                   123.00000000000001,
                                   -1.0};
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
    check_tostring(numbers[i]);
    for (int precision = 0; precision <= 20; precision++) {
      check_conversion(numbers[i], 'e', precision);
      check_conversion(numbers[i], 'f', precision);
      check_conversion(numbers[i], 'g', precision);
    }
  }
}

static void test_what_is_left_to_printf(void **state) {
  (void)state;
  assert_false(check_conversion(INFINITY, 'f', 2));
  assert_false(check_conversion(NAN, 'g', 2));
  assert_false(check_conversion(1.0, 'f', 18));
  assert_false(check_conversion(1e300, 'f', 0));
  assert_true(check_conversion(1e15, 'f', 1));
  assert_true(check_conversion(0.125, 'f', 2)); /* a tie */
  assert_true(check_conversion(0.375, 'f', 2));
}

static void test_integers(void **state) {
  (void)state;
  uint64_t random = 7;
  char text[RL_INTEGER_SIZE], expected[32];
  for (int i = 0; i < ROUNDS; i++) {
    int64_t integer = (int64_t)(next_bits(&random) >> random_below(&random, 64));
    if (i < 20) integer = i == 0 ? INT64_MIN : i == 1 ? INT64_MAX : (int64_t)pow(10, i - 2) - (i & 1);
    if (random_below(&random, 2)) integer = (int64_t)(0 - (uint64_t)integer);
    snprintf(expected, sizeof expected, "%lld", (long long)integer);
    expect_text(text, rl_integer_format(text, integer), expected);
  }
}

/* ---- parsing ---- */

static void check_parse(const char *text) {
  NumberParse parsed;
  size_t length = strlen(text);
  assert_int_equal(rl_number_parse(text, length, &parsed), length);
  double expected = strtod(text, NULL);
  double number = parsed.is_integer ? (double)parsed.integer : parsed.number;
  if (number == 0 && expected == 0) return;
  assert_memory_equal(&number, &expected, sizeof number);
}

static void test_random_numerals_are_read_as_strtod_does(void **state) {
  (void)state;
  uint64_t random = 1125;
  char text[1200];
  for (int i = 0; i < ROUNDS; i++) {
    double number = fabs(random_double(&random));
    snprintf(text, sizeof text, "%.*e", (int)random_below(&random, 25), number);
    check_parse(text);
    snprintf(text, sizeof text, "%.*f", (int)random_below(&random, 25), number);
    check_parse(text);
    snprintf(text, sizeof text, "%llue%d", (unsigned long long)next_bits(&random),
             (int)random_below(&random, 700) - 360);
    check_parse(text);
  }
}

/* Numerals for the middle between two doubles, and a little above it. */
static void test_ties_go_to_the_even_neighbour(void **state) {
  (void)state;
  uint64_t random = 99;
  char text[1200];
  for (int i = 0; i < ROUNDS; i++) {
    unsigned long long odd = (next_bits(&random) >> 10 | UINT64_C(1) << 53) | 1; /* 54 bits */
    snprintf(text, sizeof text, "%llu%s", odd, random_below(&random, 2) ? ".0" : "");
    check_parse(text);
    snprintf(text, sizeof text, "%llu.00000000000000000000001", odd);
    check_parse(text);
    long double middle = ldexpl((long double)odd, (int)random_below(&random, 300) - 150);
    snprintf(text, sizeof text, "%.*Lg", random_below(&random, 2) ? 400 : (int)random_below(&random, 40), middle);
    check_parse(text);
  }
}

static void test_what_is_no_numeral(void **state) {
  (void)state;
  static const char *const texts[] = {"",
                                      " ",
                                      "-",
                                      "+",
                                      ".",
                                      "e5",
                                      "1e",
                                      "1e+",
                                      "1..2",
                                      "1.2.3",
                                      "0x",
                                      "1x",
                                      "--1",
                                      "1 2",
                                      "nan",
                                      "inf",
                                      "1e5.0",
                                      "123456789012345678901x",
                                      "12345678901234567a",
                                      "0x1p",
                                      "1_000"};
  NumberParse parsed;
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    assert_int_equal(rl_number_parse(texts[i], strlen(texts[i]), &parsed), 0);
  assert_int_equal(rl_number_parse("12\0", 3, &parsed), 0);
}

/* ---- remainders ---- */

static double from_bits(uint64_t bits) {
  double number;
  memcpy(&number, &bits, sizeof number);
  return number;
}

static void check_remainder(double x, double y) {
  double wanted = fmod(x, y), got = rl_float_remainder(x, y);
  if (wanted != wanted ? got != got : memcmp(&wanted, &got, sizeof got) == 0) return;
  fail_msg("fmod(%a, %a) is %a, not %a", x, y, wanted, got);
}

static void test_remainders_are_those_of_fmod(void **state) {
  (void)state;
  static const double special[] = {
    0.0,    1.0,        2.5,      3.0,     0.1,      5e-324,      1e-310,   0x1p-1022, 0x1.fffffffffffffp-1023,
    0x1p53, 0x1p53 + 2, 0x1p1023, 1.7e308, HUGE_VAL, 0x1.8p-1074, 7.0e-320, 1e300,     12345.678};
  size_t count = sizeof special / sizeof *special;
  for (size_t i = 0; i < count * 2; i++)
    for (size_t j = 0; j < count * 2; j++)
      check_remainder(i % 2 ? -special[i / 2] : special[i / 2], j % 2 ? -special[j / 2] : special[j / 2]);
  check_remainder(HUGE_VAL - HUGE_VAL, 1);
  check_remainder(1, HUGE_VAL - HUGE_VAL);
  uint64_t random = 7;
  for (int i = 0; i < 5 * ROUNDS; i++) {
    uint64_t x = next_bits(&random), y = next_bits(&random);
    check_remainder(from_bits(x), from_bits(y)); /* all exponents */
    uint64_t near = (x & ~(UINT64_C(0x7ff) << 52)) | ((y >> 52 & 0x7ff) + y % 60) % 0x7ff << 52;
    check_remainder(from_bits(near), from_bits(y)); /* of similar size */
    check_remainder(from_bits(near), from_bits(y >> (y % 50) << (y % 50)));
    check_remainder(from_bits(x >> 12 >> x % 40), from_bits(y >> 12 >> y % 50)); /* subnormal */
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_remainders_are_those_of_fmod),
    cmocka_unit_test(test_random_floats_are_written_as_printf_does),
    cmocka_unit_test(test_special_floats),
    cmocka_unit_test(test_what_is_left_to_printf),
    cmocka_unit_test(test_integers),
    cmocka_unit_test(test_random_numerals_are_read_as_strtod_does),
    cmocka_unit_test(test_ties_go_to_the_even_neighbour),
    cmocka_unit_test(test_what_is_no_numeral),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

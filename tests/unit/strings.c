/* Strings: interning, hashing, order, formats, chunk names (src/object/strings.h). */
#include "support.h"

#include <math.h>
#include <stdio.h>

#include "base/config.h"
#include "object/strings.h"

/* Makes a string and leaves it on the stack. */
static String *push_string(lua_State *L, const char *bytes, size_t length) {
  assert_true(lua_checkstack(L, 2));
  String *string = rl_string_new(L, bytes, length);
  value_set_object(L->top, string);
  L->top++;
  return string;
}

static void test_short_strings_are_one_object(void **state) {
  lua_State *L = *state;
  char bytes[RL_MAX_SHORT_STRING + 1];
  memset(bytes, 'x', sizeof bytes);
  for (size_t length = 0; length <= RL_MAX_SHORT_STRING; length++) {
    String *string = push_string(L, bytes, length);
    assert_ptr_equal(string, push_string(L, bytes, length));
    assert_true(string_is_short(string));
    assert_int_equal(string_length(string), length);
    assert_int_equal(string_bytes(string)[length], '\0');
  }
  String *first = push_string(L, bytes, sizeof bytes), *second = push_string(L, bytes, sizeof bytes);
  assert_false(string_is_short(first));
  assert_ptr_not_equal(first, second);
  assert_true(rl_string_equal(first, second));
  assert_int_equal(rl_string_hash(first), rl_string_hash(second));
  lua_settop(L, 0);
}

static void test_every_byte_counts_in_the_hash(void **state) {
  lua_State *L = *state;
  char bytes[120];
  memset(bytes, 'x', sizeof bytes);
  for (size_t length = 1; length <= sizeof bytes; length += length < 48 ? 1 : 9) {
    String *plain = push_string(L, bytes, length);
    for (size_t i = 0; i < length; i++) {
      bytes[i] ^= 1;
      String *changed = push_string(L, bytes, length);
      assert_int_not_equal(rl_string_hash(plain), rl_string_hash(changed));
      assert_false(rl_string_equal(plain, changed));
      bytes[i] ^= 1;
      lua_pop(L, 1);
    }
    lua_pop(L, 1);
  }
}

static void test_the_table_follows_births_and_deaths(void **state) {
  lua_State *L = *state;
  uint32_t before = L->global->strings.count;
  lua_newtable(L);
  for (int i = 1; i <= 20000; i++) {
    lua_pushfstring(L, "string number %d", i);
    if (i % 10 == 0)
      lua_rawseti(L, 1, i / 10);
    else
      lua_pop(L, 1);
  }
  assert_true(rl_string_table_is_valid(L->global));
  lua_gc(L, LUA_GCCOLLECT);
  assert_true(rl_string_table_is_valid(L->global));
  assert_true(L->global->strings.count >= 2000 && L->global->strings.count < before + 3000);
  for (int i = 10; i <= 20000; i += 10) {
    lua_rawgeti(L, 1, i / 10);
    lua_pushfstring(L, "string number %d", i);
    assert_ptr_equal(value_string(L->top - 1), value_string(L->top - 2));
    lua_pop(L, 2);
  }
  lua_settop(L, 0);
  lua_gc(L, LUA_GCCOLLECT);
  assert_true(rl_string_table_is_valid(L->global));
}

static int make_many(lua_State *L) {
  char text[32];
  const long *round = lua_touserdata(L, 1);
  for (int i = 0; i < 300; i++) {
    snprintf(text, sizeof text, "round %ld number %d", *round, i);
    lua_pushstring(L, text);
    lua_pop(L, 1);
  }
  return 0;
}

static void test_failed_growth_leaves_a_usable_table(void **state) {
  lua_State *L = *state;
  Dry dry;
  dry_begin(L, &dry);
  for (long round = 1; round < 60; round++) {
    dry.fail_from = round;
    int status = call_protected(L, make_many, &round);
    dry.fail_from = 0;
    assert_true(status == LUA_OK || status == LUA_ERRMEM);
    assert_true(rl_string_table_is_valid(L->global));
    lua_settop(L, 0);
  }
  dry_end(L, &dry);
}

static int sign(int number) {
  return (number > 0) - (number < 0);
}

static void test_order_goes_on_behind_zero_bytes(void **state) {
  lua_State *L = *state;
  static const struct {
    const char *bytes;
    size_t length;
  } ordered[] = {{"", 0},      {"\0", 1},   {"\0a", 2},  {"a", 1}, {"a\0", 2},
                 {"a\0\0", 3}, {"a\0b", 3}, {"a\0c", 3}, {"ab", 2}};
  const int count = (int)(sizeof ordered / sizeof *ordered);
  for (int i = 0; i < count; i++)
    for (int j = 0; j < count; j++) {
      String *a = push_string(L, ordered[i].bytes, ordered[i].length);
      String *b = push_string(L, ordered[j].bytes, ordered[j].length);
      assert_int_equal(sign(rl_string_compare(a, b)), sign(i - j));
      lua_pop(L, 2);
    }
}

static int make_too_long(lua_State *L) {
  rl_string_new_long(L, *(const size_t *)lua_touserdata(L, 1));
  return 0;
}

static void test_impossible_lengths_are_errors(void **state) {
  lua_State *L = *state;
  size_t lengths[] = {SIZE_MAX, SIZE_MAX - 16, SIZE_MAX / 2, SIZE_MAX / 4};
  for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
    assert_int_not_equal(call_protected(L, make_too_long, &lengths[i]), LUA_OK);
    lua_pop(L, 1);
  }
}

/* ---- formats ---- */

static void expect_format(lua_State *L, const char *expected, const char *format, ...) {
  va_list arguments;
  int top = lua_gettop(L);
  va_start(arguments, format);
  const char *text = rl_push_formatted_va(L, format, arguments);
  va_end(arguments);
  assert_string_equal(text, expected);
  assert_int_equal(lua_gettop(L), top + 1);
  lua_pop(L, 1);
}

static void test_formats(void **state) {
  lua_State *L = *state;
  char expected[64];
  expect_format(L, "", "");
  expect_format(L, "a%b", "a%%b");
  expect_format(L, "<(null)>", "<%s>", (char *)NULL);
  expect_format(L, "xyz", "%s%c%s", "x", 'y', "z");
  expect_format(L, "-5 2147483647", "%d %d", -5, 2147483647);
  expect_format(L, "-9223372036854775808", "%I", (lua_Integer)INT64_MIN);
  expect_format(L, "3.0 0.1 1e+100 -inf", "%f %f %f %f", 3.0, 0.1, 1e100, -(double)INFINITY);
  expect_format(L, "A \xE2\x82\xAC \xFD\xBF\xBF\xBF\xBF\xBF", "%U %U %U", 0x41ul, 0x20acul, 0x7ffffffful);
  snprintf(expected, sizeof expected, "%p", (void *)L);
  expect_format(L, expected, "%p", (void *)L);
}

static void test_long_texts_are_complete(void **state) {
  lua_State *L = *state;
  char text[2000], expected[2100];
  for (size_t length = 0; length < sizeof text; length += length > 380 && length < 420 ? 1 : 19) {
    memset(text, 'x', length);
    text[length] = '\0';
    snprintf(expected, sizeof expected, "[%s:%d:%s]", text, 42, "end");
    expect_format(L, expected, "[%s:%d:%s]", text, 42, "end");
  }
}

static int format_unknown(lua_State *L) {
  rl_push_formatted(L, lua_touserdata(L, 1), 1);
  return 0;
}

static void test_unknown_conversions_are_errors(void **state) {
  lua_State *L = *state;
  char format[] = "a %x b";
  assert_int_equal(call_protected(L, format_unknown, format), LUA_ERRRUN);
  assert_message(L, "invalid option '%x' to 'lua_pushfstring'");
}

/* ---- chunk names: as stock Lua 5.4 shows them ---- */

static void expect_name(const char *source, const char *expected) {
  char buffer[LUA_IDSIZE + 1];
  buffer[LUA_IDSIZE] = '!';
  rl_chunk_name(buffer, source, strlen(source));
  assert_string_equal(buffer, expected);
  assert_int_equal(buffer[LUA_IDSIZE], '!');
}

static void test_chunk_names(void **state) {
  (void)state;
  expect_name("=stdin", "stdin");
  expect_name("=", "");
  expect_name("@dir/file.lua", "dir/file.lua");
  expect_name("@", "");
  expect_name("return 1", "[string \"return 1\"]");
  expect_name("", "[string \"\"]");
  expect_name("first\nsecond", "[string \"first...\"]");
  expect_name("\nsecond", "[string \"...\"]");
  expect_name("=123456789012345678901234567890123456789012345678901234567890",
              "12345678901234567890123456789012345678901234567890123456789");
  expect_name("@123456789012345678901234567890123456789012345678901234567890",
              "...56789012345678901234567890123456789012345678901234567890");
  expect_name("12345678901234567890123456789012345678901234",
              "[string \"12345678901234567890123456789012345678901234\"]");
  expect_name("1234567890123456789012345678901234567890123456",
              "[string \"123456789012345678901234567890123456789012345...\"]");
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_short_strings_are_one_object),
    cmocka_unit_test(test_every_byte_counts_in_the_hash),
    cmocka_unit_test(test_the_table_follows_births_and_deaths),
    cmocka_unit_test(test_failed_growth_leaves_a_usable_table),
    cmocka_unit_test(test_order_goes_on_behind_zero_bytes),
    cmocka_unit_test(test_impossible_lengths_are_errors),
    cmocka_unit_test(test_formats),
    cmocka_unit_test(test_long_texts_are_complete),
    cmocka_unit_test(test_unknown_conversions_are_errors),
    cmocka_unit_test(test_chunk_names),
  };
  return cmocka_run_group_tests(tests, new_state, close_state);
}

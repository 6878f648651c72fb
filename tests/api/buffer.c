/* String buffers and the auxiliary functions that make strings (manual 5: luaL_Buffer, luaL_gsub, luaL_tolstring). */
#include <errno.h>

#include "support.h"

static char letter(size_t i) {
  return (char)('a' + i % 26);
}

static void expect_letters(lua_State *L, size_t size) {
  size_t length;
  const char *text = lua_tolstring(L, -1, &length);
  assert_int_equal(length, size);
  for (size_t i = 0; i < size; i++)
    if (text[i] != letter(i)) fail_msg("byte %zu of %zu is wrong", i, size);
  lua_pop(L, 1);
}

static const size_t sizes[] = {
  0,     1, 10, LUAL_BUFFERSIZE - 1, LUAL_BUFFERSIZE, LUAL_BUFFERSIZE + 1, 2 * LUAL_BUFFERSIZE, 5 * LUAL_BUFFERSIZE + 3,
  100000};
enum { SIZE_COUNT = sizeof sizes / sizeof sizes[0] };

static void characters(void **state) {
  lua_State *L = *state;
  for (int s = 0; s < SIZE_COUNT; s++) {
    luaL_Buffer buffer;
    luaL_buffinit(L, &buffer);
    for (size_t i = 0; i < sizes[s]; i++) luaL_addchar(&buffer, letter(i));
    assert_int_equal(luaL_bufflen(&buffer), sizes[s]);
    luaL_pushresult(&buffer);
    expect_letters(L, sizes[s]);
    expect_top(L, 0);
  }
}

static void pieces(void **state) {
  lua_State *L = *state;
  static const size_t steps[] = {1, 7, 26, 1000, LUAL_BUFFERSIZE + 1};
  char piece[LUAL_BUFFERSIZE + 1];
  for (int s = 0; s < SIZE_COUNT; s++) {
    for (size_t step = 0; step < 5; step++) {
      luaL_Buffer buffer;
      luaL_buffinit(L, &buffer);
      for (size_t done = 0; done < sizes[s];) {
        size_t count = steps[step] < sizes[s] - done ? steps[step] : sizes[s] - done;
        for (size_t i = 0; i < count; i++) piece[i] = letter(done + i);
        luaL_addlstring(&buffer, piece, count);
        done += count;
        luaL_addstring(&buffer, "");
        luaL_addlstring(&buffer, NULL, 0);
      }
      luaL_pushresult(&buffer);
      expect_letters(L, sizes[s]);
    }
  }
  expect_top(L, 0);
}

static void prepared_rooms(void **state) {
  lua_State *L = *state;
  for (int s = 0; s < SIZE_COUNT; s++) {
    luaL_Buffer buffer;
    char *room = luaL_buffinitsize(L, &buffer, sizes[s]);
    for (size_t i = 0; i < sizes[s]; i++) room[i] = letter(i);
    luaL_pushresultsize(&buffer, sizes[s]);
    expect_letters(L, sizes[s]);
    luaL_buffinit(L, &buffer);
    for (size_t done = 0; done < sizes[s]; done += 100) {
      room = luaL_prepbuffsize(&buffer, 100);
      for (size_t i = 0; i < 100; i++) room[i] = letter(done + i);
      luaL_addsize(&buffer, sizes[s] - done < 100 ? sizes[s] - done : 100);
    }
    luaL_pushresult(&buffer);
    expect_letters(L, sizes[s]);
    luaL_buffinit(L, &buffer);
    room = luaL_prepbuffer(&buffer);
    memset(room, 'x', LUAL_BUFFERSIZE);
    luaL_addsize(&buffer, 3);
    luaL_buffsub(&buffer, 1);
    assert_memory_equal(luaL_buffaddr(&buffer), "xx", 2);
    luaL_pushresult(&buffer);
    take_string(L, "xx");
  }
  expect_top(L, 0);
}

static void values(void **state) {
  lua_State *L = *state;
  for (int s = 0; s < SIZE_COUNT; s++) {
    luaL_Buffer buffer;
    char *text = malloc(sizes[s] + 1);
    for (size_t i = 0; i < sizes[s]; i++) text[i] = letter(i + 3);
    luaL_buffinit(L, &buffer);
    luaL_addstring(&buffer, "abc");
    lua_pushlstring(L, text, sizes[s]);
    luaL_addvalue(&buffer);
    free(text);
    luaL_pushresult(&buffer);
    expect_letters(L, sizes[s] + 3);
  }
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  for (int i = 0; i < 1000; i++) {
    lua_pushinteger(L, i);
    luaL_addvalue(&buffer); /* numbers too */
    luaL_addchar(&buffer, ' ');
  }
  lua_pushnumber(L, 0.5);
  luaL_addvalue(&buffer);
  luaL_pushresult(&buffer);
  assert_int_equal(lua_rawlen(L, -1), 3893);
  assert_non_null(strstr(lua_tostring(L, -1), " 998 999 0.5"));
}

static void values_below_the_buffer(void **state) {
  lua_State *L = *state;
  lua_pushliteral(L, "below");
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  int top = lua_gettop(L);
  for (size_t i = 0; i < 3 * LUAL_BUFFERSIZE; i++) { /* the stack can be used in between, when it is left balanced */
    luaL_addchar(&buffer, letter(i));
    if (i % 1000 == 0) {
      lua_pushinteger(L, 1);
      lua_newtable(L);
      lua_pop(L, 2);
      lua_gc(L, LUA_GCCOLLECT);
    }
    assert_int_equal(lua_gettop(L), top);
  }
  luaL_pushresult(&buffer);
  expect_letters(L, 3 * LUAL_BUFFERSIZE);
  take_string(L, "below");
  expect_top(L, 0);
}

static void several_buffers(void **state) {
  lua_State *L = *state;
  luaL_Buffer outer, inner;
  luaL_buffinit(L, &outer);
  for (int round = 0; round < 20; round++) {
    luaL_addstring(&outer, "[");
    luaL_buffinit(L, &inner); /* above the outer one; gone before the outer is touched again */
    for (int i = 0; i < 500; i++) luaL_addchar(&inner, letter((size_t)i));
    luaL_pushresult(&inner);
    luaL_addvalue(&outer);
    luaL_addstring(&outer, "]");
  }
  luaL_pushresult(&outer);
  assert_int_equal(lua_rawlen(L, -1), 20 * 502);
  expect_top(L, 1);
}

static int raise_while_building(lua_State *L) {
  luaL_Buffer buffer;
  luaL_buffinitsize(L, &buffer, 50000);
  return luaL_error(L, "half done");
}

static void errors_release_the_box(void **state) {
  lua_State *L = *state;
  for (int i = 0; i < 50; i++) expect_raise(L, raise_while_building, "half done");
  lua_gc(L, LUA_GCCOLLECT);
  assert_true(lua_gc(L, LUA_GCCOUNT) < 1000);
}

static int too_large(lua_State *L) {
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  luaL_addchar(&buffer, 'x');
  luaL_prepbuffsize(&buffer, (size_t)-1);
  return 0;
}

static void buffers_have_a_limit(void **state) {
  expect_raise(*state, too_large, "buffer too large");
}

/* ---- replacing ---- */

static void replacing(void **state) {
  lua_State *L = *state;
  static const char *const cases[][4] = {
    {"a.b.c", ".", "::", "a::b::c"},
    {"aaa", "aa", "b", "ba"},
    {"none", "x", "y", "none"},
    {"", "x", "y", ""},
    {"xx", "x", "", ""},
    {"x", "x", "xx", "xx"},
    {"%d", "%", "%%", "%%d"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const char *text = luaL_gsub(L, cases[i][0], cases[i][1], cases[i][2]);
    assert_ptr_equal(text, lua_tostring(L, -1));
    take_string(L, cases[i][3]);
    luaL_Buffer buffer;
    luaL_buffinit(L, &buffer);
    luaL_addchar(&buffer, '<');
    luaL_addgsub(&buffer, cases[i][0], cases[i][1], cases[i][2]);
    luaL_addchar(&buffer, '>');
    luaL_pushresult(&buffer);
    lua_pushfstring(L, "<%s>", cases[i][3]);
    assert_true(lua_rawequal(L, -1, -2));
    lua_pop(L, 2);
  }
  char *many = malloc(3001);
  memset(many, 'm', 3000);
  many[3000] = 0;
  luaL_gsub(L, many, "m", "--");
  assert_int_equal(lua_rawlen(L, -1), 6000);
  free(many);
  expect_top(L, 1);
}

/* ---- any value as a string ---- */

static void to_string(void **state) {
  lua_State *L = *state;
  size_t length;
  static const char *const cases[][2] = {
    {"nil", "nil"},
    {"true", "true"},
    {"false", "false"},
    {"12", "12"},
    {"-0.0", "-0.0"},
    {"1e100", "1e+100"},
    {"2^53", "9.007199254741e+15"},
    {"'a\\0b'", "a"},
    {"math.huge", "inf"},
    {"-math.huge", "-inf"},
    {"setmetatable({}, {__tostring = function() return 'custom' end})", "custom"},
    {"math.mininteger", "-9223372036854775808"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    lua_pushfstring(L, "return %s", cases[i][0]);
    run_chunk(L, lua_tostring(L, -1), 1);
    int type = lua_type(L, -1);
    assert_string_equal(luaL_tolstring(L, -1, &length), cases[i][1]);
    assert_int_equal(length, lua_rawlen(L, -1));
    assert_int_equal(lua_type(L, -2), type); /* the value itself is not changed */
    lua_settop(L, 0);
  }
  run_chunk(L, "return setmetatable({}, {__name = 'Name'}), {}, print, io.stdout", 4);
  char expected[64];
  snprintf(expected, sizeof expected, "Name: %p", lua_topointer(L, 1));
  assert_string_equal(luaL_tolstring(L, 1, NULL), expected);
  snprintf(expected, sizeof expected, "table: %p", lua_topointer(L, 2));
  assert_string_equal(luaL_tolstring(L, 2, NULL), expected);
  snprintf(expected, sizeof expected, "function: %p", lua_topointer(L, 3));
  luaL_tolstring(L, 3, NULL);
  assert_int_equal(strncmp(lua_tostring(L, -1), expected, 12), 0);
  assert_int_equal(strncmp(luaL_tolstring(L, 4, NULL), "file (0x", 8), 0);
  expect_top(L, 8);
}

static int bad_tostring(lua_State *L) {
  run_chunk(L, "return setmetatable({}, {__tostring = function() return {} end})", 1);
  luaL_tolstring(L, -1, NULL);
  return 0;
}

static int bad_length(lua_State *L) {
  run_chunk(L, "return setmetatable({}, {__len = function() return 'x' end})", 1);
  luaL_len(L, -1);
  return 0;
}

static void lengths_and_wrong_results(void **state) {
  lua_State *L = *state;
  expect_raise(L, bad_tostring, "'__tostring' must return a string");
  expect_raise(L, bad_length, "object length is not an integer");
  run_chunk(L, "return setmetatable({}, {__len = function() return 7.0 end}), 'four'", 2);
  assert_int_equal(luaL_len(L, 1), 7);
  assert_int_equal(luaL_len(L, 2), 4);
  expect_top(L, 2);
}

static void file_and_execution_results(void **state) {
  lua_State *L = *state;
  assert_int_equal(luaL_fileresult(L, 1, "ignored"), 1);
  assert_true(lua_toboolean(L, -1));
  lua_settop(L, 0);
  FILE *missing = fopen("/nonexistent/file", "r");
  assert_null(missing);
  assert_int_equal(luaL_fileresult(L, 0, "name"), 3);
  assert_int_equal(lua_tointeger(L, -1), 2);
  assert_string_equal(lua_tostring(L, -2), "name: No such file or directory");
  assert_true(lua_isnil(L, -3));
  lua_settop(L, 0);
  errno = 0;
  assert_int_equal(luaL_execresult(L, 0), 3);
  assert_true(lua_toboolean(L, 1) && lua_tointeger(L, 3) == 0);
  assert_string_equal(lua_tostring(L, 2), "exit");
  lua_settop(L, 0);
  assert_int_equal(luaL_execresult(L, 3 << 8), 3);
  assert_true(lua_isnil(L, 1) && lua_tointeger(L, 3) == 3);
  lua_settop(L, 0);
  assert_int_equal(luaL_execresult(L, 9), 3);
  assert_string_equal(lua_tostring(L, 2), "signal");
  assert_int_equal(lua_tointeger(L, 3), 9);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    STATE_TEST(characters),
    STATE_TEST(pieces),
    STATE_TEST(prepared_rooms),
    STATE_TEST(values),
    STATE_TEST(values_below_the_buffer),
    STATE_TEST(several_buffers),
    STATE_TEST(errors_release_the_box),
    STATE_TEST(buffers_have_a_limit),
    STATE_TEST(replacing),
    STATE_TEST(to_string),
    STATE_TEST(lengths_and_wrong_results),
    STATE_TEST(file_and_execution_results),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The stack and the values on it: indices, moving, pushing, reading, comparing, arithmetic (manual 4.1 and 4.6). */
#include <math.h>

#include "support.h"

/* A letter for each value on the stack, from the bottom. */
static const char *stack_letters(lua_State *L) {
  static char letters[64];
  int count = lua_gettop(L);
  for (int i = 1; i <= count; i++) letters[i - 1] = lua_tostring(L, i)[0];
  letters[count] = 0;
  return letters;
}

static void fill(lua_State *L, const char *letters) {
  lua_settop(L, 0);
  for (; *letters != 0; letters++) lua_pushlstring(L, letters, 1);
}

static void absolute_indices(void **state) {
  lua_State *L = *state;
  fill(L, "abc");
  assert_int_equal(lua_absindex(L, 1), 1);
  assert_int_equal(lua_absindex(L, 7), 7);
  assert_int_equal(lua_absindex(L, -1), 3);
  assert_int_equal(lua_absindex(L, -3), 1);
  assert_int_equal(lua_absindex(L, LUA_REGISTRYINDEX), LUA_REGISTRYINDEX);
  assert_int_equal(lua_absindex(L, lua_upvalueindex(3)), lua_upvalueindex(3));
}

static void settop_grows_with_nil_and_cuts(void **state) {
  lua_State *L = *state;
  fill(L, "abc");
  lua_settop(L, 5);
  expect_top(L, 5);
  assert_true(lua_isnil(L, 4) && lua_isnil(L, 5));
  lua_settop(L, -3);
  assert_string_equal(stack_letters(L), "abc");
  lua_settop(L, -1);
  expect_top(L, 3);
  lua_settop(L, -4);
  expect_top(L, 0);
  lua_settop(L, 0);
  lua_settop(L, -1);
  expect_top(L, 0);
}

static void rotating(void **state) {
  lua_State *L = *state;
  static const struct {
    int index, by;
    const char *result;
  } cases[] = {{1, 1, "eabcd"},  {1, -1, "bcdea"}, {1, 2, "deabc"},  {1, 5, "abcde"},
               {1, -5, "abcde"}, {2, 1, "aebcd"},  {3, -1, "abdec"}, {5, 1, "abcde"},
               {-1, 0, "abcde"}, {-2, 1, "abced"}, {-5, 3, "cdeab"}, {1, 0, "abcde"}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    fill(L, "abcde");
    lua_rotate(L, cases[i].index, cases[i].by);
    assert_string_equal(stack_letters(L), cases[i].result);
  }
  fill(L, "abcde");
  lua_insert(L, 2);
  assert_string_equal(stack_letters(L), "aebcd");
  lua_remove(L, 1);
  assert_string_equal(stack_letters(L), "ebcd");
  lua_replace(L, 2);
  assert_string_equal(stack_letters(L), "edc");
  lua_pushvalue(L, -2);
  lua_copy(L, 1, 3);
  assert_string_equal(stack_letters(L), "eded");
}

static void none_and_pseudo_indices(void **state) {
  lua_State *L = *state;
  assert_true(lua_checkstack(L, 100));
  assert_int_equal(lua_type(L, 50), LUA_TNONE);
  assert_true(lua_isnone(L, 1) && lua_isnoneornil(L, 1) && !lua_isnil(L, 1));
  assert_int_equal(lua_type(L, lua_upvalueindex(1)), LUA_TNONE);
  assert_int_equal(lua_type(L, LUA_REGISTRYINDEX), LUA_TTABLE);
  assert_false(lua_toboolean(L, 9));
  assert_null(lua_tostring(L, 9));
  assert_null(lua_touserdata(L, 9));
  assert_null(lua_tocfunction(L, 9));
  assert_null(lua_tothread(L, 9));
  assert_null(lua_topointer(L, 9));
  assert_int_equal(lua_rawlen(L, 9), 0);
  assert_false(lua_isnumber(L, 9) || lua_isstring(L, 9) || lua_isinteger(L, 9) || lua_isuserdata(L, 9));
  assert_false(lua_iscfunction(L, 9));
  assert_string_equal(luaL_typename(L, 9), "no value");
}

static int upvalue_reader(lua_State *L) {
  assert_int_equal(lua_tointeger(L, lua_upvalueindex(1)), 10);
  assert_string_equal(lua_tostring(L, lua_upvalueindex(2)), "two");
  assert_int_equal(lua_type(L, lua_upvalueindex(3)), LUA_TNONE);
  assert_int_equal(lua_type(L, lua_upvalueindex(255)), LUA_TNONE);
  assert_int_equal(lua_type(L, lua_upvalueindex(256)), LUA_TNONE);
  lua_newtable(L);
  lua_replace(L, lua_upvalueindex(1)); /* a young value into an old closure */
  lua_gc(L, LUA_GCCOLLECT);
  assert_true(lua_istable(L, lua_upvalueindex(1)));
  lua_pushvalue(L, lua_upvalueindex(2));
  lua_copy(L, -1, lua_upvalueindex(1));
  lua_pushvalue(L, lua_upvalueindex(1));
  return 1;
}

static void upvalue_indices(void **state) {
  lua_State *L = *state;
  lua_pushinteger(L, 10);
  lua_pushliteral(L, "two");
  lua_pushcclosure(L, upvalue_reader, 2);
  lua_call(L, 0, 1);
  take_string(L, "two");
  expect_top(L, 0);
}

static int count_upvalues(lua_State *L) {
  lua_Integer sum = 0;
  for (int i = 1; i <= 255; i++) sum += lua_tointeger(L, lua_upvalueindex(i));
  lua_pushinteger(L, sum);
  return 1;
}

static void closures_with_the_most_upvalues(void **state) {
  lua_State *L = *state;
  assert_true(lua_checkstack(L, 300));
  for (int i = 1; i <= 255; i++) lua_pushinteger(L, i);
  lua_pushcclosure(L, count_upvalues, 255);
  expect_top(L, 1);
  lua_call(L, 0, 1);
  take_integer(L, 255 * 256 / 2);
}

static int beyond_the_stack(lua_State *L) {
  luaL_checkstack(L, 2000000, "too many things");
  return 0;
}

static int beyond_without_message(lua_State *L) {
  luaL_checkstack(L, 2000000, NULL);
  return 0;
}

static void growing_the_stack(void **state) {
  lua_State *L = *state;
  assert_true(lua_checkstack(L, 0));
  assert_true(lua_checkstack(L, 100000));
  for (int i = 1; i <= 100000; i++) lua_pushinteger(L, i);
  assert_int_equal(lua_tointeger(L, 77777), 77777);
  assert_true(lua_checkstack(L, LUAI_MAXSTACK - 100000 - 1000));
  assert_false(lua_checkstack(L, LUAI_MAXSTACK));
  assert_false(lua_checkstack(L, 2000000000));
  assert_int_equal(lua_tointeger(L, -1), 100000);
  lua_settop(L, 0);
  lua_gc(L, LUA_GCCOLLECT);
  expect_raise(L, beyond_the_stack, "stack overflow (too many things)");
  expect_raise(L, beyond_without_message, "stack overflow");
}

static void moving_between_threads(void **state) {
  lua_State *L = *state;
  lua_State *other = lua_newthread(L);
  lua_pushinteger(L, 1);
  lua_pushliteral(L, "x");
  lua_newtable(L);
  const void *table = lua_topointer(L, -1);
  lua_xmove(L, other, 2);
  expect_top(L, 2);
  expect_top(other, 2);
  assert_ptr_equal(lua_topointer(other, 2), table);
  take_integer(L, 1);
  lua_xmove(other, other, 2); /* to itself: nothing */
  expect_top(other, 2);
  lua_xmove(L, other, 0);
  expect_top(other, 2);
  lua_settop(other, 1);
  take_string(other, "x");
}

static int nothing(lua_State *L) {
  (void)L;
  return 0;
}

static void pushing_every_type(void **state) {
  lua_State *L = *state;
  int marker;
  lua_pushnil(L);
  lua_pushboolean(L, 17);
  lua_pushinteger(L, LUA_MININTEGER);
  lua_pushnumber(L, 0.5);
  assert_null(lua_pushstring(L, NULL));
  const char *own = lua_pushlstring(L, "a\0b", 3);
  lua_pushlightuserdata(L, &marker);
  lua_pushcfunction(L, nothing);
  lua_pushglobaltable(L);
  assert_int_equal(lua_pushthread(L), 1);
  void *block = lua_newuserdatauv(L, 8, 1);
  static const int types[] = {LUA_TNIL,           LUA_TBOOLEAN,  LUA_TNUMBER, LUA_TNUMBER, LUA_TNIL,     LUA_TSTRING,
                              LUA_TLIGHTUSERDATA, LUA_TFUNCTION, LUA_TTABLE,  LUA_TTHREAD, LUA_TUSERDATA};
  expect_top(L, 11);
  for (int i = 0; i < 11; i++) assert_int_equal(lua_type(L, i + 1), types[i]);
  assert_int_equal(lua_toboolean(L, 2), 1);
  assert_true(lua_tointeger(L, 3) == LUA_MININTEGER && lua_isinteger(L, 3) && !lua_isinteger(L, 4));
  size_t length;
  assert_ptr_equal(lua_tolstring(L, 6, &length), own);
  assert_int_equal(length, 3);
  assert_memory_equal(own, "a\0b", 4);
  assert_ptr_equal(lua_touserdata(L, 7), &marker);
  assert_ptr_equal(lua_tocfunction(L, 8), nothing);
  assert_true(lua_iscfunction(L, 8));
  assert_ptr_equal(lua_tothread(L, 10), L);
  assert_ptr_equal(lua_touserdata(L, 11), block);
  assert_true(lua_isuserdata(L, 7) && lua_isuserdata(L, 11) && !lua_isuserdata(L, 9));
  assert_true(lua_islightuserdata(L, 7) && !lua_islightuserdata(L, 11));
  assert_string_equal(lua_pushlstring(L, NULL, 0), "");
  lua_State *thread = lua_newthread(L);
  assert_int_equal(lua_pushthread(thread), 0);
}

static void formatted_pushes(void **state) {
  lua_State *L = *state;
  assert_string_equal(lua_pushfstring(L, "plain"), "plain");
  assert_string_equal(lua_pushfstring(L, ""), "");
  assert_string_equal(lua_pushfstring(L, "%s|%s", "a", (const char *)NULL), "a|(null)");
  assert_string_equal(lua_pushfstring(L, "%d %d", -7, INT_MIN), "-7 -2147483648");
  assert_string_equal(lua_pushfstring(L, "%I", (LUAI_UACINT)LUA_MININTEGER), "-9223372036854775808");
  assert_string_equal(lua_pushfstring(L, "%f %f", 3.0, 0.1), "3.0 0.1");
  assert_string_equal(lua_pushfstring(L, "%f %f", HUGE_VAL, 1e100), "inf 1e+100");
  assert_string_equal(lua_pushfstring(L, "%c%c%%", 'x', '\t'), "x\t%");
  assert_string_equal(lua_pushfstring(L, "%U%U%U%U", 0x41L, 0xe9L, 0x20acL, 0x1f600L),
                      "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
  assert_string_equal(lua_pushfstring(L, "%U", 0x7fffffffL), "\xfd\xbf\xbf\xbf\xbf\xbf");
  char expected[64];
  snprintf(expected, sizeof expected, "[%p]", (void *)&expected);
  assert_string_equal(lua_pushfstring(L, "[%p]", (void *)&expected), expected);
  /* a NUL by %c, and long pieces */
  lua_settop(L, 0);
  lua_pushfstring(L, "a%cb", 0);
  assert_int_equal(lua_rawlen(L, -1), 3);
  char *long_text = malloc(5001);
  memset(long_text, 'z', 5000);
  long_text[5000] = 0;
  lua_pushfstring(L, "<%s|%d|%s>", long_text, 5, long_text);
  assert_int_equal(lua_rawlen(L, -1), 10005);
  assert_int_equal(lua_tostring(L, -1)[5001], '|');
  free(long_text);
  expect_top(L, 2);
}

static int wrong_format(lua_State *L) {
  lua_pushfstring(L, "%y", 1);
  return 0;
}

static void wrong_formats(void **state) {
  expect_raise(*state, wrong_format, "invalid option '%y' to 'lua_pushfstring'");
}

static void pointers(void **state) {
  lua_State *L = *state;
  int marker;
  lua_pushlightuserdata(L, &marker);
  assert_ptr_equal(lua_topointer(L, -1), &marker);
  void *block = lua_newuserdatauv(L, 0, 0);
  assert_ptr_equal(lua_topointer(L, -1), block);
  assert_non_null(block);
  lua_pushcfunction(L, nothing);
  assert_ptr_equal(lua_topointer(L, -1), (void *)(uintptr_t)nothing);
  lua_State *thread = lua_newthread(L);
  assert_ptr_equal(lua_topointer(L, -1), thread);
  lua_newtable(L);
  lua_pushvalue(L, -1);
  assert_ptr_equal(lua_topointer(L, -1), lua_topointer(L, -2));
  lua_newtable(L);
  assert_ptr_not_equal(lua_topointer(L, -1), lua_topointer(L, -2));
  lua_pushinteger(L, 1);
  assert_null(lua_topointer(L, -1));
  lua_pushboolean(L, 1);
  assert_null(lua_topointer(L, -1));
  lua_pushnil(L);
  assert_null(lua_topointer(L, -1));
  lua_pushliteral(L, "s");
  assert_non_null(lua_topointer(L, -1)); /* strings have addresses since 5.4 */
}

static void raw_lengths(void **state) {
  lua_State *L = *state;
  lua_pushlstring(L, "abc\0d", 5);
  assert_int_equal(lua_rawlen(L, -1), 5);
  lua_newuserdatauv(L, 123, 2);
  assert_int_equal(lua_rawlen(L, -1), 123);
  run_chunk(L, "return setmetatable({1, 2, 3}, {__len = error})", 1);
  assert_int_equal(lua_rawlen(L, -1), 3);
  lua_pushinteger(L, 8);
  assert_int_equal(lua_rawlen(L, -1), 0);
  lua_pushnil(L);
  assert_int_equal(lua_rawlen(L, -1), 0);
}

static void number_conversions(void **state) {
  lua_State *L = *state;
  static const struct {
    const char *text;
    int is_number, is_integer;
    double number;
  } cases[] = {{"10", 1, 1, 10},     {"  0x1p4  ", 1, 1, 16}, {"1e1", 1, 1, 10},         {"1.5", 1, 0, 1.5},
               {"", 0, 0, 0},        {"abc", 0, 0, 0},        {"1 2", 0, 0, 0},          {"0x", 0, 0, 0},
               {"-0x10", 1, 1, -16}, {"inf", 0, 0, 0},        {"1e400", 1, 0, HUGE_VAL}, {"\t5\n", 1, 1, 5},
               {"nan", 0, 0, 0},     {"1__0", 0, 0, 0}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    int is;
    lua_pushstring(L, cases[i].text);
    assert_true(lua_tonumberx(L, -1, &is) == cases[i].number);
    assert_int_equal(is, cases[i].is_number);
    assert_int_equal(lua_isnumber(L, -1), cases[i].is_number);
    lua_Integer integer = lua_tointegerx(L, -1, &is);
    assert_int_equal(is, cases[i].is_integer);
    assert_int_equal(integer, cases[i].is_integer ? (lua_Integer)cases[i].number : 0);
    assert_int_equal(lua_type(L, -1), LUA_TSTRING); /* reading does not convert */
    assert_false(lua_isinteger(L, -1));
  }
  int is;
  lua_settop(L, 0);
  lua_pushnumber(L, 3.0);
  assert_int_equal(lua_tointegerx(L, 1, &is), 3);
  assert_true(is);
  lua_pushnumber(L, 9223372036854775808.0);
  assert_int_equal(lua_tointegerx(L, 2, &is), 0);
  assert_false(is);
  lua_pushnumber(L, -9223372036854775808.0);
  assert_true(lua_tointegerx(L, 3, &is) == LUA_MININTEGER && is);
  lua_pushboolean(L, 1);
  assert_int_equal(lua_tointegerx(L, 4, &is), 0);
  assert_false(is);
  assert_true(lua_tonumberx(L, 4, NULL) == 0);
}

static void strings_of_numbers(void **state) {
  lua_State *L = *state;
  size_t length;
  lua_pushinteger(L, 42);
  assert_true(lua_isstring(L, 1));
  assert_string_equal(lua_tolstring(L, 1, &length), "42");
  assert_int_equal(length, 2);
  assert_int_equal(lua_type(L, 1), LUA_TSTRING); /* the slot has changed */
  lua_pushnumber(L, 42);
  assert_string_equal(lua_tostring(L, 2), "42.0");
  lua_pushnumber(L, -0.0);
  assert_string_equal(lua_tostring(L, 3), "-0.0");
  lua_pushnumber(L, 1e15);
  assert_string_equal(lua_tostring(L, 4), "1e+15");
  lua_pushnumber(L, 2.0 / 3);
  assert_string_equal(lua_tostring(L, 5), "0.66666666666667");
  length = 99;
  lua_newtable(L);
  assert_null(lua_tolstring(L, -1, &length));
  assert_int_equal(length, 0);
}

static void strings_to_numbers(void **state) {
  lua_State *L = *state;
  assert_int_equal(lua_stringtonumber(L, "12"), 3);
  take_integer(L, 12);
  assert_int_equal(lua_stringtonumber(L, " 1.5 "), 6);
  take_float(L, 1.5);
  assert_int_equal(lua_stringtonumber(L, "0x7fffffffffffffff"), 19);
  take_integer(L, LUA_MAXINTEGER);
  assert_int_equal(lua_stringtonumber(L, "0xffffffffffffffff"), 19);
  take_integer(L, -1); /* hexadecimal integers wrap around */
  assert_int_equal(lua_stringtonumber(L, "9223372036854775808"), 20);
  take_float(L, 9223372036854775808.0);
  assert_int_equal(lua_stringtonumber(L, ""), 0);
  assert_int_equal(lua_stringtonumber(L, "1a"), 0);
  assert_int_equal(lua_stringtonumber(L, "0x.p1"), 0);
  expect_top(L, 0);
}

static void arithmetic(void **state) {
  lua_State *L = *state;
  static const struct {
    int op;
    lua_Integer a, b, result;
  } integers[] = {{LUA_OPADD, 7, -3, 4},   {LUA_OPSUB, 7, -3, 10},  {LUA_OPMUL, 7, -3, -21},
                  {LUA_OPMOD, 7, -3, -2},  {LUA_OPIDIV, 7, -3, -3}, {LUA_OPBAND, 6, 3, 2},
                  {LUA_OPBOR, 6, 3, 7},    {LUA_OPBXOR, 6, 3, 5},   {LUA_OPSHL, 1, 62, 4611686018427387904},
                  {LUA_OPSHR, -1, 60, 15}, {LUA_OPSHL, 1, 64, 0},   {LUA_OPSHL, 8, -2, 2},
                  {LUA_OPMOD, -7, 3, 2},   {LUA_OPIDIV, -7, 3, -3}};
  for (size_t i = 0; i < sizeof integers / sizeof integers[0]; i++) {
    lua_pushinteger(L, integers[i].a);
    lua_pushinteger(L, integers[i].b);
    lua_arith(L, integers[i].op);
    take_integer(L, integers[i].result);
  }
  static const struct {
    int op;
    double a, b, result;
  } floats[] = {{LUA_OPADD, 0.5, 1, 1.5},
                {LUA_OPSUB, 0.5, 1, -0.5},
                {LUA_OPMUL, 0.5, 3, 1.5},
                {LUA_OPMOD, -5.5, 2, 0.5},
                {LUA_OPPOW, 2, 0.5, 1.4142135623730951},
                {LUA_OPDIV, 7, 2, 3.5},
                {LUA_OPIDIV, 7.5, 2, 3},
                {LUA_OPIDIV, -7.5, 2, -4}};
  for (size_t i = 0; i < sizeof floats / sizeof floats[0]; i++) {
    lua_pushnumber(L, floats[i].a);
    lua_pushnumber(L, floats[i].b);
    lua_arith(L, floats[i].op);
    take_float(L, floats[i].result);
  }
  lua_pushinteger(L, LUA_MININTEGER);
  lua_arith(L, LUA_OPUNM);
  take_integer(L, LUA_MININTEGER);
  lua_pushinteger(L, 5);
  lua_arith(L, LUA_OPBNOT);
  take_integer(L, -6);
  lua_pushinteger(L, 7);
  lua_pushinteger(L, 2);
  lua_arith(L, LUA_OPDIV);
  take_float(L, 3.5);
  lua_pushinteger(L, 2);
  lua_pushinteger(L, 3);
  lua_arith(L, LUA_OPPOW);
  take_float(L, 8);
  lua_pushliteral(L, "10");
  lua_pushliteral(L, "0x5");
  lua_arith(L, LUA_OPADD); /* strings are converted by the metamethods of the string library */
  take_integer(L, 15);
  expect_top(L, 0);
}

static int add_nil(lua_State *L) {
  lua_pushinteger(L, 1);
  lua_pushnil(L);
  lua_arith(L, LUA_OPADD);
  return 0;
}

static int divide_by_zero(lua_State *L) {
  lua_pushinteger(L, 1);
  lua_pushinteger(L, 0);
  lua_arith(L, LUA_OPIDIV);
  return 0;
}

static int not_a_float(lua_State *L) {
  lua_pushnumber(L, 1.5);
  lua_arith(L, LUA_OPBNOT);
  return 0;
}

static void arithmetic_errors_and_metamethods(void **state) {
  lua_State *L = *state;
  expect_raise(L, add_nil, "attempt to perform arithmetic on a nil value");
  expect_raise(L, divide_by_zero, "attempt to divide by zero");
  expect_raise(L, not_a_float, "number has no integer representation");
  run_chunk(L,
            "return setmetatable({}, {__unm = function(a, b) return rawequal(a, b) and 'same' end,"
            "__shl = function(a, b) return b end})",
            1);
  lua_pushvalue(L, -1);
  lua_arith(L, LUA_OPUNM); /* a unary operator gets its operand twice */
  take_string(L, "same");
  lua_pushliteral(L, "right");
  lua_arith(L, LUA_OPSHL);
  take_string(L, "right");
  expect_top(L, 0);
}

static void comparing(void **state) {
  lua_State *L = *state;
  lua_pushinteger(L, 1);
  lua_pushnumber(L, 1.0);
  lua_pushnumber(L, NAN);
  lua_pushliteral(L, "1");
  assert_true(lua_rawequal(L, 1, 2) && lua_compare(L, 1, 2, LUA_OPEQ) && lua_compare(L, 1, 2, LUA_OPLE));
  assert_false(lua_compare(L, 1, 2, LUA_OPLT));
  assert_false(lua_compare(L, 3, 3, LUA_OPEQ) || lua_rawequal(L, 3, 3) || lua_compare(L, 3, 1, LUA_OPLE));
  assert_false(lua_compare(L, 1, 4, LUA_OPEQ));
  /* an index without a value: nothing holds */
  assert_false(lua_compare(L, 9, 9, LUA_OPEQ) || lua_compare(L, 1, 9, LUA_OPLT) || lua_compare(L, 9, 1, LUA_OPLE));
  assert_false(lua_rawequal(L, 9, 9) || lua_rawequal(L, 1, 9));
  run_chunk(L,
            "local m = {__eq = function() return 1 end, __lt = function() return nil end,"
            "__le = function() return 'yes' end} return setmetatable({}, m), setmetatable({}, m)",
            2);
  assert_int_equal(lua_compare(L, -1, -2, LUA_OPEQ), 1);
  assert_int_equal(lua_compare(L, -1, -2, LUA_OPLT), 0);
  assert_int_equal(lua_compare(L, -1, -2, LUA_OPLE), 1);
  assert_int_equal(lua_rawequal(L, -1, -2), 0);
  expect_top(L, 6);
}

static int compare_unlike(lua_State *L) {
  lua_pushinteger(L, 1);
  lua_pushliteral(L, "x");
  lua_compare(L, 1, 2, LUA_OPLT);
  return 0;
}

static int compare_tables(lua_State *L) {
  lua_newtable(L);
  lua_newtable(L);
  lua_compare(L, 1, 2, LUA_OPLE);
  return 0;
}

static void comparison_errors(void **state) {
  expect_raise(*state, compare_unlike, "attempt to compare number with string");
  expect_raise(*state, compare_tables, "attempt to compare two table values");
}

static int concat_nil(lua_State *L) {
  lua_pushliteral(L, "x");
  lua_pushnil(L);
  lua_concat(L, 2);
  return 0;
}

static void concatenating(void **state) {
  lua_State *L = *state;
  lua_concat(L, 0);
  take_string(L, "");
  lua_newtable(L);
  lua_concat(L, 1); /* one value stays as it is, whatever it is */
  assert_true(lua_istable(L, -1));
  lua_pop(L, 1);
  lua_pushinteger(L, 1);
  lua_concat(L, 1);
  take_integer(L, 1);
  lua_pushliteral(L, "a");
  lua_pushinteger(L, 1);
  lua_pushnumber(L, 2);
  lua_pushliteral(L, "");
  lua_pushliteral(L, "z");
  lua_concat(L, 5);
  take_string(L, "a12.0z");
  run_chunk(L, "return setmetatable({}, {__concat = function(a, b) return type(a) .. type(b) end})", 1);
  lua_pushliteral(L, "b");
  lua_pushliteral(L, "c");
  lua_concat(L, 3);
  take_string(L, "tablestring");
  expect_raise(L, concat_nil, "attempt to concatenate a nil value");
  expect_top(L, 0);
}

static void lengths(void **state) {
  lua_State *L = *state;
  lua_pushliteral(L, "four");
  lua_len(L, 1);
  take_integer(L, 4);
  run_chunk(L, "return setmetatable({}, {__len = function() return 'long' end})", 1);
  lua_len(L, -1);
  take_string(L, "long");
  expect_top(L, 2);
}

static void extra_space(void **state) {
  lua_State *L = *state;
  void *zero = NULL, *mine = state;
#ifdef RILLE_VERSION
  assert_memory_equal(lua_getextraspace(L), &zero, sizeof zero); /* stock Lua leaves it as it finds it */
#endif
  memcpy(lua_getextraspace(L), &mine, sizeof mine);
  lua_State *first = lua_newthread(L);
  assert_memory_equal(lua_getextraspace(first), &mine, sizeof mine);
  memcpy(lua_getextraspace(first), &zero, sizeof zero);
  lua_State *second = lua_newthread(first); /* copied from the main thread, not from its creator */
  assert_memory_equal(lua_getextraspace(second), &mine, sizeof mine);
  assert_memory_equal(lua_getextraspace(first), &zero, sizeof zero);
}

static void versions_and_allocators(void **state) {
  lua_State *L = *state;
  assert_true(lua_version(L) == 504);
  void *data = &data;
  lua_Alloc allocate = lua_getallocf(L, &data);
  assert_ptr_equal(lua_getallocf(L, NULL), allocate);
  lua_setallocf(L, allocate, data);
  luaL_checkversion(L);
  assert_int_equal(lua_setcstacklimit(L, 500), 200);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    STATE_TEST(absolute_indices),   STATE_TEST(settop_grows_with_nil_and_cuts),
    STATE_TEST(rotating),           STATE_TEST(none_and_pseudo_indices),
    STATE_TEST(upvalue_indices),    STATE_TEST(closures_with_the_most_upvalues),
    STATE_TEST(growing_the_stack),  STATE_TEST(moving_between_threads),
    STATE_TEST(pushing_every_type), STATE_TEST(formatted_pushes),
    STATE_TEST(wrong_formats),      STATE_TEST(pointers),
    STATE_TEST(raw_lengths),        STATE_TEST(number_conversions),
    STATE_TEST(strings_of_numbers), STATE_TEST(strings_to_numbers),
    STATE_TEST(arithmetic),         STATE_TEST(arithmetic_errors_and_metamethods),
    STATE_TEST(comparing),          STATE_TEST(comparison_errors),
    STATE_TEST(concatenating),      STATE_TEST(lengths),
    STATE_TEST(extra_space),        STATE_TEST(versions_and_allocators),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

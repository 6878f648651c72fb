/* The math library (manual 6.7), with the functions of 5.3 that stock's default build keeps (LUA_COMPAT_MATHLIB). */
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "base/arith.h"
#include "direct/direct.h"
#include "direct/library_table.h"
#include "lauxlib.h"
#include "lualib.h"
#include "stdlib/random.h"

#define PI 3.141592653589793238462643383279502884

/* A float with an integer value that fits becomes an integer. */
static void push_whole(lua_State *L, lua_Number number) {
  lua_Integer integer;
  if (lua_numbertointeger(number, &integer))
    lua_pushinteger(L, integer);
  else
    lua_pushnumber(L, number);
}

/* ---- integers and rounding ---- */

static int absolute(lua_State *L) {
  if (lua_isinteger(L, 1)) {
    lua_Integer integer = lua_tointeger(L, 1);
    lua_pushinteger(L, integer < 0 ? (lua_Integer)(0 - (lua_Unsigned)integer) : integer);
  } else {
    lua_pushnumber(L, fabs(luaL_checknumber(L, 1)));
  }
  return 1;
}

static int rounded(lua_State *L, lua_Number (*round)(lua_Number)) {
  if (lua_isinteger(L, 1))
    lua_settop(L, 1);
  else
    push_whole(L, round(luaL_checknumber(L, 1)));
  return 1;
}

static int round_down(lua_State *L) {
  return rounded(L, floor);
}

static int round_up(lua_State *L) {
  return rounded(L, ceil);
}

static int to_integer(lua_State *L) {
  int is_integer;
  lua_Integer integer = lua_tointegerx(L, 1, &is_integer);
  if (is_integer) {
    lua_pushinteger(L, integer);
  } else {
    luaL_checkany(L, 1);
    luaL_pushfail(L);
  }
  return 1;
}

/* C's remainder, with the sign of the dividend; of integers an integer. */
static int remainder_of(lua_State *L) {
  if (!lua_isinteger(L, 1) || !lua_isinteger(L, 2)) {
    lua_Number divisor = luaL_checknumber(L, 2); /* the second is looked at first, as in stock */
    lua_pushnumber(L, rl_float_remainder(luaL_checknumber(L, 1), divisor));
    return 1;
  }
  lua_Integer divisor = lua_tointeger(L, 2);
  luaL_argcheck(L, divisor != 0, 2, "zero");
  lua_pushinteger(L, divisor == -1 ? 0 : lua_tointeger(L, 1) % divisor);
  return 1;
}

static int split(lua_State *L) {
  if (lua_isinteger(L, 1)) {
    lua_settop(L, 1);
    lua_pushnumber(L, 0);
    return 2;
  }
  lua_Number number = luaL_checknumber(L, 1);
  lua_Number whole = number < 0 ? ceil(number) : floor(number);
  push_whole(L, whole);
  lua_pushnumber(L, number == whole ? 0 : number - whole);
  return 2;
}

static int less_unsigned(lua_State *L) {
  lua_Integer a = luaL_checkinteger(L, 1);
  lua_Integer b = luaL_checkinteger(L, 2);
  lua_pushboolean(L, (lua_Unsigned)a < (lua_Unsigned)b);
  return 1;
}

static int number_type(lua_State *L) {
  if (lua_type(L, 1) == LUA_TNUMBER) {
    lua_pushstring(L, lua_isinteger(L, 1) ? "integer" : "float");
  } else {
    luaL_checkany(L, 1);
    luaL_pushfail(L);
  }
  return 1;
}

/* ---- smallest and largest ---- */

/* The argument that comes first (or last) in the order of `<`, whatever the types are: strings and metamethods too. */
static int extreme(lua_State *L, int want_largest) {
  int count = lua_gettop(L);
  int best = 1;
  luaL_argcheck(L, count >= 1, 1, "value expected");
  for (int i = 2; i <= count; i++)
    if (want_largest ? lua_compare(L, best, i, LUA_OPLT) : lua_compare(L, i, best, LUA_OPLT)) best = i;
  lua_pushvalue(L, best);
  return 1;
}

static int smallest(lua_State *L) {
  return extreme(L, 0);
}

static int largest(lua_State *L) {
  return extreme(L, 1);
}

/* ---- functions of one float ---- */

#define FLOAT_FUNCTION(name, expression)                                                                               \
  static int name(lua_State *L) {                                                                                      \
    lua_Number x = luaL_checknumber(L, 1);                                                                             \
    lua_pushnumber(L, (expression));                                                                                   \
    return 1;                                                                                                          \
  }

FLOAT_FUNCTION(sine, sin(x))
FLOAT_FUNCTION(cosine, cos(x))
FLOAT_FUNCTION(tangent, tan(x))
FLOAT_FUNCTION(arc_sine, asin(x))
FLOAT_FUNCTION(arc_cosine, acos(x))
FLOAT_FUNCTION(square_root, sqrt(x))
FLOAT_FUNCTION(exponential, exp(x))
FLOAT_FUNCTION(to_degrees, x * (180.0 / PI))
FLOAT_FUNCTION(to_radians, x *(PI / 180.0))
FLOAT_FUNCTION(hyperbolic_cosine, cosh(x))
FLOAT_FUNCTION(hyperbolic_sine, sinh(x))
FLOAT_FUNCTION(hyperbolic_tangent, tanh(x))
FLOAT_FUNCTION(decimal_logarithm, log10(x))

static int arc_tangent(lua_State *L) {
  lua_Number y = luaL_checknumber(L, 1);
  lua_pushnumber(L, atan2(y, luaL_optnumber(L, 2, 1)));
  return 1;
}

static int logarithm(lua_State *L) {
  lua_Number x = luaL_checknumber(L, 1);
  lua_Number result;
  if (lua_isnoneornil(L, 2)) {
    result = log(x);
  } else {
    lua_Number base = luaL_checknumber(L, 2);
    result = base == 2 ? log2(x) : base == 10 ? log10(x) : log(x) / log(base);
  }
  lua_pushnumber(L, result);
  return 1;
}

/* ---- kept from 5.3 ---- */

static int power(lua_State *L) {
  lua_Number x = luaL_checknumber(L, 1);
  lua_pushnumber(L, pow(x, luaL_checknumber(L, 2)));
  return 1;
}

static int mantissa_and_exponent(lua_State *L) {
  int exponent;
  lua_pushnumber(L, frexp(luaL_checknumber(L, 1), &exponent));
  lua_pushinteger(L, exponent);
  return 2;
}

static int scale_by_power(lua_State *L) {
  lua_Number x = luaL_checknumber(L, 1);
  lua_pushnumber(L, ldexp(x, (int)luaL_checkinteger(L, 2)));
  return 1;
}

static const luaL_Reg functions[] = {{"abs", absolute},
                                     {"acos", arc_cosine},
                                     {"asin", arc_sine},
                                     {"atan", arc_tangent},
                                     {"ceil", round_up},
                                     {"cos", cosine},
                                     {"deg", to_degrees},
                                     {"exp", exponential},
                                     {"floor", round_down},
                                     {"fmod", remainder_of},
                                     {"log", logarithm},
                                     {"max", largest},
                                     {"min", smallest},
                                     {"modf", split},
                                     {"rad", to_radians},
                                     {"sin", sine},
                                     {"sqrt", square_root},
                                     {"tan", tangent},
                                     {"tointeger", to_integer},
                                     {"type", number_type},
                                     {"ult", less_unsigned},
                                     {"atan2", arc_tangent},
                                     {"cosh", hyperbolic_cosine},
                                     {"frexp", mantissa_and_exponent},
                                     {"ldexp", scale_by_power},
                                     {"log10", decimal_logarithm},
                                     {"pow", power},
                                     {"sinh", hyperbolic_sine},
                                     {"tanh", hyperbolic_tangent},
                                     {NULL, NULL}};

/* Those that the interpreter enters directly. */
static const DirectName direct_names[] = {{absolute, DIRECT_abs},         {cosine, DIRECT_cos},
                                          {largest, DIRECT_max},          {number_type, DIRECT_math_type},
                                          {remainder_of, DIRECT_fmod},    {round_down, DIRECT_floor},
                                          {round_up, DIRECT_ceil},        {sine, DIRECT_sin},
                                          {smallest, DIRECT_min},         {square_root, DIRECT_sqrt},
                                          {to_integer, DIRECT_tointeger}, {NULL, DIRECT_NONE}};

/* Pushes the library's table. */
LUAMOD_API int luaopen_math(lua_State *L) {
  rl_direct_define(L, DIRECT_MATH, direct_names);
  static const LibraryNumber numbers[] = {{"pi", {.as.number = PI, .tag = TAG_FLOAT}},
                                          {"huge", {.as.number = HUGE_VAL, .tag = TAG_FLOAT}},
                                          {"maxinteger", {.as.integer = LUA_MAXINTEGER, .tag = TAG_INTEGER}},
                                          {"mininteger", {.as.integer = LUA_MININTEGER, .tag = TAG_INTEGER}}};
  static const Library library = LIBRARY_OF(functions, numbers, 4);
  static const char *const names[] = {"random", "randomseed"};
  rl_random_push(L);
  rl_library_push(L, &library, names, 2);
  return 1;
}

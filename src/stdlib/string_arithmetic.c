/* Arithmetic on strings that hold numbers: the arithmetic metamethods of the metatable of strings (manual 3.4.3). */
#include "stdlib/string_library.h"

/* Pushes argument `argument` as a number and returns 1, or returns 0 if it is none (maybe with a value pushed). */
static int push_number(lua_State *L, int argument) {
  size_t length;
  if (lua_type(L, argument) == LUA_TNUMBER) {
    lua_pushvalue(L, argument);
    return 1;
  }
  const char *text = lua_tolstring(L, argument, &length);
  return text != NULL && lua_stringtonumber(L, text) == length + 1;
}

/* An operand is no number, but the second may bring the metamethod `event`; the first cannot: it would have been asked
 * before this one. */
static int try_second_operand(lua_State *L, const char *event) {
  lua_settop(L, 2);
  if (luai_unlikely(lua_type(L, 2) == LUA_TSTRING || !luaL_getmetafield(L, 2, event)))
    return luaL_error(L, "attempt to %s a '%s' with a '%s'", event + 2, luaL_typename(L, 1), luaL_typename(L, 2));
  lua_insert(L, 1);
  lua_call(L, 2, 1);
  return 1;
}

static int calculate(lua_State *L, int operation, const char *event) {
  if (!push_number(L, 1) || !push_number(L, 2)) return try_second_operand(L, event);
  lua_arith(L, operation);
  return 1;
}

static int add(lua_State *L) {
  return calculate(L, LUA_OPADD, "__add");
}

static int subtract(lua_State *L) {
  return calculate(L, LUA_OPSUB, "__sub");
}

static int multiply(lua_State *L) {
  return calculate(L, LUA_OPMUL, "__mul");
}

static int modulo(lua_State *L) {
  return calculate(L, LUA_OPMOD, "__mod");
}

static int power(lua_State *L) {
  return calculate(L, LUA_OPPOW, "__pow");
}

static int divide(lua_State *L) {
  return calculate(L, LUA_OPDIV, "__div");
}

static int floor_divide(lua_State *L) {
  return calculate(L, LUA_OPIDIV, "__idiv");
}

/* The metamethod of a unary operator gets its operand twice; lua_arith takes one of the two numbers. */
static int negate(lua_State *L) {
  return calculate(L, LUA_OPUNM, "__unm");
}

void rl_string_push_arithmetic(lua_State *L) {
  static const luaL_Reg metamethods[] = {{"__add", add},           {"__sub", subtract}, {"__mul", multiply},
                                         {"__mod", modulo},        {"__pow", power},    {"__div", divide},
                                         {"__idiv", floor_divide}, {"__unm", negate},   {NULL, NULL}};
  lua_createtable(L, 0, 9); /* the eight and `__index` */
  luaL_setfuncs(L, metamethods, 0);
}

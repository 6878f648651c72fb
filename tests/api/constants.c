/* Public constants, macros and layouts: what compiled modules rely on. Checked when this file is compiled; the values
 * are those of stock Lua 5.4 on 64-bit systems (this file compiles with its headers too). */
#include <limits.h>

#include "support.h"

#define EQUAL(what, value) _Static_assert((what) == (value), #what " is " #value)

EQUAL(LUA_VERSION_NUM, 504);
EQUAL(LUA_VERSION_RELEASE_NUM / 100, 504);
EQUAL(LUA_MULTRET, -1);
EQUAL(LUA_MINSTACK, 20);
EQUAL(LUAI_MAXSTACK, 1000000);
EQUAL(LUA_REGISTRYINDEX, -1001000);
EQUAL(lua_upvalueindex(1), -1001001);
EQUAL(lua_upvalueindex(255), -1001255);
EQUAL(LUA_RIDX_MAINTHREAD, 1);
EQUAL(LUA_RIDX_GLOBALS, 2);
EQUAL(LUA_RIDX_LAST, 2);

EQUAL(LUA_OK, 0);
EQUAL(LUA_YIELD, 1);
EQUAL(LUA_ERRRUN, 2);
EQUAL(LUA_ERRSYNTAX, 3);
EQUAL(LUA_ERRMEM, 4);
EQUAL(LUA_ERRERR, 5);
EQUAL(LUA_ERRFILE, 6);

EQUAL(LUA_TNONE, -1);
EQUAL(LUA_TNIL, 0);
EQUAL(LUA_TBOOLEAN, 1);
EQUAL(LUA_TLIGHTUSERDATA, 2);
EQUAL(LUA_TNUMBER, 3);
EQUAL(LUA_TSTRING, 4);
EQUAL(LUA_TTABLE, 5);
EQUAL(LUA_TFUNCTION, 6);
EQUAL(LUA_TUSERDATA, 7);
EQUAL(LUA_TTHREAD, 8);
EQUAL(LUA_NUMTYPES, 9);
EQUAL(LUA_NUMTAGS, 9);

EQUAL(LUA_OPADD, 0);
EQUAL(LUA_OPSUB, 1);
EQUAL(LUA_OPMUL, 2);
EQUAL(LUA_OPMOD, 3);
EQUAL(LUA_OPPOW, 4);
EQUAL(LUA_OPDIV, 5);
EQUAL(LUA_OPIDIV, 6);
EQUAL(LUA_OPBAND, 7);
EQUAL(LUA_OPBOR, 8);
EQUAL(LUA_OPBXOR, 9);
EQUAL(LUA_OPSHL, 10);
EQUAL(LUA_OPSHR, 11);
EQUAL(LUA_OPUNM, 12);
EQUAL(LUA_OPBNOT, 13);
EQUAL(LUA_OPEQ, 0);
EQUAL(LUA_OPLT, 1);
EQUAL(LUA_OPLE, 2);

EQUAL(LUA_GCSTOP, 0);
EQUAL(LUA_GCRESTART, 1);
EQUAL(LUA_GCCOLLECT, 2);
EQUAL(LUA_GCCOUNT, 3);
EQUAL(LUA_GCCOUNTB, 4);
EQUAL(LUA_GCSTEP, 5);
EQUAL(LUA_GCSETPAUSE, 6);
EQUAL(LUA_GCSETSTEPMUL, 7);
EQUAL(LUA_GCISRUNNING, 9);
EQUAL(LUA_GCGEN, 10);
EQUAL(LUA_GCINC, 11);

EQUAL(LUA_HOOKCALL, 0);
EQUAL(LUA_HOOKRET, 1);
EQUAL(LUA_HOOKLINE, 2);
EQUAL(LUA_HOOKCOUNT, 3);
EQUAL(LUA_HOOKTAILCALL, 4);
EQUAL(LUA_MASKCALL, 1);
EQUAL(LUA_MASKRET, 2);
EQUAL(LUA_MASKLINE, 4);
EQUAL(LUA_MASKCOUNT, 8);

EQUAL(LUA_NOREF, -2);
EQUAL(LUA_REFNIL, -1);
EQUAL(LUAL_NUMSIZES, 136);
EQUAL(LUAL_BUFFERSIZE, 1024);
EQUAL(LUA_IDSIZE, 60);
EQUAL(LUA_EXTRASPACE, sizeof(void *));
EQUAL(LUA_MAXINTEGER, LLONG_MAX);
EQUAL(LUA_MININTEGER, LLONG_MIN);
EQUAL(LUA_MAXUNSIGNED, ULLONG_MAX);

EQUAL(sizeof(lua_Integer), 8);
EQUAL(sizeof(lua_Unsigned), 8);
EQUAL(sizeof(lua_Number), 8);
EQUAL(sizeof(lua_KContext), sizeof(void *));
_Static_assert((lua_Unsigned)-1 > 0 && (lua_Integer)-1 < 0 && (lua_KContext)-1 < 0, "signs");
_Static_assert((lua_Number)0.5 == 0.5, "numbers are floats");

/* lua_Debug */
EQUAL(offsetof(lua_Debug, event), 0);
EQUAL(offsetof(lua_Debug, name), 8);
EQUAL(offsetof(lua_Debug, namewhat), 16);
EQUAL(offsetof(lua_Debug, what), 24);
EQUAL(offsetof(lua_Debug, source), 32);
EQUAL(offsetof(lua_Debug, srclen), 40);
EQUAL(offsetof(lua_Debug, currentline), 48);
EQUAL(offsetof(lua_Debug, linedefined), 52);
EQUAL(offsetof(lua_Debug, lastlinedefined), 56);
EQUAL(offsetof(lua_Debug, nups), 60);
EQUAL(offsetof(lua_Debug, nparams), 61);
EQUAL(offsetof(lua_Debug, isvararg), 62);
EQUAL(offsetof(lua_Debug, istailcall), 63);
EQUAL(offsetof(lua_Debug, ftransfer), 64);
EQUAL(offsetof(lua_Debug, ntransfer), 66);
EQUAL(offsetof(lua_Debug, short_src), 68);
EQUAL(offsetof(lua_Debug, i_ci), 128);
EQUAL(sizeof(lua_Debug), 136);

/* luaL_Buffer, luaL_Reg, luaL_Stream */
EQUAL(offsetof(luaL_Buffer, b), 0);
EQUAL(offsetof(luaL_Buffer, size), 8);
EQUAL(offsetof(luaL_Buffer, n), 16);
EQUAL(offsetof(luaL_Buffer, L), 24);
EQUAL(offsetof(luaL_Buffer, init), 32);
EQUAL(sizeof(luaL_Buffer), 32 + LUAL_BUFFERSIZE);
EQUAL(sizeof(luaL_Reg), 16);
EQUAL(offsetof(luaL_Reg, func), 8);
EQUAL(sizeof(luaL_Stream), 16);
EQUAL(offsetof(luaL_Stream, closef), 8);

static void texts(void **state) {
  (void)state;
  assert_string_equal(LUA_VERSION, "Lua 5.4");
  assert_string_equal(LUA_VERSION_MAJOR LUA_VERSION_MINOR, "54");
  assert_string_equal(LUA_SIGNATURE, "\x1bLua");
  assert_string_equal(LUA_GNAME, "_G");
  assert_string_equal(LUA_LOADED_TABLE, "_LOADED");
  assert_string_equal(LUA_PRELOAD_TABLE, "_PRELOAD");
  assert_string_equal(LUA_FILEHANDLE, "FILE*");
  static const char *const libraries[] = {LUA_COLIBNAME,   LUA_TABLIBNAME, LUA_IOLIBNAME,
                                          LUA_OSLIBNAME,   LUA_STRLIBNAME, LUA_UTF8LIBNAME,
                                          LUA_MATHLIBNAME, LUA_DBLIBNAME,  LUA_LOADLIBNAME};
  static const char *const names[] = {"coroutine", "table", "io", "os", "string", "utf8", "math", "debug", "package"};
  for (int i = 0; i < 9; i++) assert_string_equal(libraries[i], names[i]);
  assert_string_equal(LUA_DIRSEP LUA_PATH_SEP LUA_PATH_MARK LUA_EXEC_DIR, "/;?!");
  assert_string_equal(LUA_VERSUFFIX, "_5_4");
  assert_string_equal(LUA_INTEGER_FMT, "%lld");
  assert_string_equal(LUA_NUMBER_FMT, "%.14g");
}

static void type_names(void **state) {
  static const char *const names[] = {"no value", "nil",   "boolean",  "userdata", "number",
                                      "string",   "table", "function", "userdata", "thread"};
  for (int type = LUA_TNONE; type < LUA_NUMTYPES; type++)
    assert_string_equal(lua_typename(*state, type), names[type + 1]);
}

static int evaluations;

static int once(int value) {
  evaluations++;
  return value;
}

/* Macros must work on arguments that are expressions, and may use each only as often as stock's do. */
static void macros_on_expressions(void **state) {
  lua_State *L = *state;
  lua_settop(L, 0);
  lua_pushliteral(L, "12");
  evaluations = 0;
  assert_true(lua_tonumber(L, once(1)) == 12 && lua_tointeger(L, once(1)) == 12);
  assert_string_equal(lua_tostring(L, once(1)), "12");
  assert_true(!lua_isnil(L, once(1)) && !lua_isnone(L, once(1)) && lua_isnone(L, once(9)));
  assert_true(!lua_isfunction(L, 1) && !lua_istable(L, 1) && !lua_isboolean(L, 1) && !lua_isthread(L, 1));
  assert_int_equal(evaluations, 6);
  lua_pop(L, 2 - 1);
  lua_Integer integer;
  assert_true(lua_numbertointeger(3.0, &integer) && integer == 3);
  assert_false(lua_numbertointeger(9223372036854775808.0, &integer));
  assert_true(lua_numbertointeger(-9223372036854775808.0, &integer) && integer == LUA_MININTEGER);
  assert_true(luaL_intop(+, LUA_MAXINTEGER, 1) == LUA_MININTEGER);
  assert_ptr_equal((char *)lua_getextraspace(L) + LUA_EXTRASPACE, L);
  luaL_pushfail(L);
  assert_true(lua_isnil(L, -1));
  luaL_argcheck(L, 1 == 1 || 0, 1, "never");
  luaL_argexpected(L, 1, 1, "never");
  assert_int_equal(luaL_opt(L, luaL_checkinteger, 1, 5), 5);
}

/* Every macro that is also a function can be called as one. */
static void functions_behind_names(void **state) {
  lua_State *L = *state;
  (lua_settop)(L, 0);
  (lua_pushinteger)(L, 3);
  int (*type)(lua_State *, int) = lua_type;
  assert_int_equal(type(L, 1), LUA_TNUMBER);
  assert_int_equal((luaL_len)(L, ((lua_pushstring)(L, "four"), -1)), 4);
  assert_true((lua_version)(L) == LUA_VERSION_NUM);
  assert_int_equal(strncmp(lua_ident, "$LuaVersion: Lua 5.4", 20), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(texts),
    STATE_TEST(type_names),
    STATE_TEST(macros_on_expressions),
    STATE_TEST(functions_behind_names),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

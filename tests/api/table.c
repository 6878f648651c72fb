/* Tables, metatables, user values, the registry and references (manual 4.3, 4.6, 5). */
#include "support.h"

static void fields_and_indices(void **state) {
  lua_State *L = *state;
  lua_newtable(L);
  lua_pushinteger(L, 1);
  lua_setfield(L, 1, "a");
  lua_pushliteral(L, "first");
  lua_seti(L, 1, 1);
  lua_pushliteral(L, "big");
  lua_seti(L, 1, LUA_MAXINTEGER);
  lua_pushliteral(L, "negative");
  lua_rawseti(L, 1, -3);
  lua_pushnumber(L, 2.0);
  lua_pushliteral(L, "second");
  lua_settable(L, 1); /* a float with an integer value is an integer key */
  lua_pushboolean(L, 1);
  lua_pushliteral(L, "bool");
  lua_rawset(L, 1);
  assert_int_equal(lua_getfield(L, 1, "a"), LUA_TNUMBER);
  take_integer(L, 1);
  assert_int_equal(lua_geti(L, 1, 1), LUA_TSTRING);
  take_string(L, "first");
  assert_int_equal(lua_rawgeti(L, 1, 2), LUA_TSTRING);
  take_string(L, "second");
  assert_int_equal(lua_geti(L, 1, LUA_MAXINTEGER), LUA_TSTRING);
  take_string(L, "big");
  lua_pushinteger(L, -3);
  assert_int_equal(lua_gettable(L, 1), LUA_TSTRING);
  take_string(L, "negative");
  lua_pushboolean(L, 1);
  assert_int_equal(lua_rawget(L, -2), LUA_TSTRING);
  take_string(L, "bool");
  assert_int_equal(lua_getfield(L, 1, "absent"), LUA_TNIL);
  take_nil(L);
  assert_int_equal(lua_geti(L, 1, 0), LUA_TNIL);
  take_nil(L);
  lua_pushnil(L);
  assert_int_equal(lua_rawget(L, 1), LUA_TNIL); /* reading at nil is allowed */
  lua_settop(L, 1);
  assert_int_equal(lua_rawlen(L, 1), 2);
  assert_int_equal(luaL_len(L, 1), 2);
}

static int set_nil_key(lua_State *L) {
  lua_newtable(L);
  lua_pushnil(L);
  lua_pushinteger(L, 1);
  lua_rawset(L, -3);
  return 0;
}

static int set_nan_key(lua_State *L) {
  lua_newtable(L);
  lua_pushnumber(L, 0.0 / 0.0 * 1.0);
  lua_pushinteger(L, 1);
  lua_settable(L, -3);
  return 0;
}

static int index_a_number(lua_State *L) {
  lua_pushinteger(L, 1);
  lua_getfield(L, -1, "field");
  return 0;
}

static int set_in_a_boolean(lua_State *L) {
  lua_pushboolean(L, 1);
  lua_pushinteger(L, 1);
  lua_seti(L, -2, 5);
  return 0;
}

static int next_with_unknown_key(lua_State *L) {
  lua_newtable(L);
  lua_pushliteral(L, "unknown");
  return lua_next(L, -2);
}

static void wrong_keys_and_tables(void **state) {
  lua_State *L = *state;
  expect_raise(L, set_nil_key, "table index is nil");
  expect_raise(L, set_nan_key, "table index is NaN");
  expect_raise(L, index_a_number, "attempt to index a number value");
  expect_raise(L, set_in_a_boolean, "attempt to index a boolean value");
  expect_raise(L, next_with_unknown_key, "invalid key to 'next'");
}

static void metamethods_and_raw(void **state) {
  lua_State *L = *state;
  run_chunk(L,
            "log = {} return setmetatable({}, {__index = function(_, k) return 'got ' .. tostring(k) end,"
            "__newindex = function(t, k, v) log[#log + 1] = tostring(k) .. '=' .. tostring(v) end})",
            1);
  assert_int_equal(lua_getfield(L, 1, "k"), LUA_TSTRING);
  take_string(L, "got k");
  lua_geti(L, 1, 7);
  take_string(L, "got 7");
  lua_pushboolean(L, 0);
  lua_gettable(L, 1);
  take_string(L, "got false");
  assert_int_equal(lua_rawgeti(L, 1, 7), LUA_TNIL);
  lua_pop(L, 1);
  lua_pushinteger(L, 1);
  lua_setfield(L, 1, "a");
  lua_pushinteger(L, 2);
  lua_seti(L, 1, 9);
  lua_pushliteral(L, "k");
  lua_pushinteger(L, 3);
  lua_settable(L, 1);
  lua_pushliteral(L, "raw");
  lua_pushinteger(L, 4);
  lua_rawset(L, 1);
  run_chunk(L, "return table.concat(log, ' ')", 1);
  take_string(L, "a=1 9=2 k=3");
  lua_pushliteral(L, "raw");
  lua_rawget(L, 1);
  take_integer(L, 4);
  expect_top(L, 1);
}

static void globals_with_metatables(void **state) {
  lua_State *L = *state;
  run_chunk(L,
            "setmetatable(_G, {__index = function(_, k) return k .. '!' end,"
            "__newindex = function(t, k, v) rawset(t, k, v * 2) end})",
            0);
  assert_int_equal(lua_getglobal(L, "missing"), LUA_TSTRING);
  take_string(L, "missing!");
  lua_pushinteger(L, 21);
  lua_setglobal(L, "answer");
  assert_int_equal(lua_getglobal(L, "answer"), LUA_TNUMBER);
  take_integer(L, 42);
}

static void pointer_keys(void **state) {
  lua_State *L = *state;
  static char key, other;
  lua_newtable(L);
  lua_pushliteral(L, "value");
  lua_rawsetp(L, 1, &key);
  assert_int_equal(lua_rawgetp(L, 1, &key), LUA_TSTRING);
  take_string(L, "value");
  assert_int_equal(lua_rawgetp(L, 1, &other), LUA_TNIL);
  take_nil(L);
  lua_pushlightuserdata(L, &key);
  assert_int_equal(lua_rawget(L, 1), LUA_TSTRING);
  take_string(L, "value");
  lua_pushnil(L);
  lua_rawsetp(L, 1, NULL);
  assert_int_equal(lua_rawgetp(L, 1, NULL), LUA_TNIL);
}

static void metatables(void **state) {
  lua_State *L = *state;
  lua_newtable(L);
  assert_int_equal(lua_getmetatable(L, 1), 0);
  expect_top(L, 1);
  lua_newtable(L);
  lua_pushvalue(L, 2);
  assert_int_equal(lua_setmetatable(L, 1), 1);
  assert_int_equal(lua_getmetatable(L, 1), 1);
  assert_true(lua_rawequal(L, 2, 3));
  lua_pop(L, 1);
  lua_pushnil(L);
  lua_setmetatable(L, 1);
  assert_int_equal(lua_getmetatable(L, 1), 0);
  lua_settop(L, 0);
  lua_pushinteger(L, 5); /* all numbers share one */
  run_chunk(L, "return {__index = function(n, k) return n .. k end}", 1);
  lua_setmetatable(L, 1);
  run_chunk(L, "local n = 3 return n.x", 1);
  take_string(L, "3x");
  lua_pushnil(L);
  lua_setmetatable(L, 1);
  lua_pushliteral(L, "s");
  assert_int_equal(lua_getmetatable(L, -1), 1);
  assert_int_equal(lua_getmetatable(L, 50), 0); /* no value, no metatable */
  lua_pushboolean(L, 1);
  assert_int_equal(luaL_getmetafield(L, 2, "__index"), LUA_TTABLE);
  lua_pop(L, 1);
  assert_int_equal(luaL_getmetafield(L, 2, "__nothing"), LUA_TNIL);
  assert_int_equal(luaL_callmeta(L, 2, "__tostring"), 0);
}

static void traversal(void **state) {
  lua_State *L = *state;
  lua_createtable(L, 10, 10);
  for (int i = 1; i <= 20; i++) {
    lua_pushinteger(L, i);
    lua_rawseti(L, 1, i);
    lua_pushinteger(L, i);
    lua_pushfstring(L, "k%d", i);
    lua_insert(L, -2);
    lua_rawset(L, 1);
  }
  lua_Integer sum = 0;
  int count = 0;
  lua_pushnil(L);
  while (lua_next(L, 1)) { /* entries may be changed and removed on the way */
    sum += lua_tointeger(L, -1);
    count++;
    lua_pushvalue(L, -2);
    if (count % 2)
      lua_pushnil(L);
    else
      lua_pushliteral(L, "seen");
    lua_settable(L, 1);
    lua_pop(L, 1);
    if (count % 7 == 0) lua_gc(L, LUA_GCCOLLECT);
  }
  expect_top(L, 1);
  assert_int_equal(count, 40);
  assert_int_equal(sum, 2 * 210);
  count = 0;
  lua_pushnil(L);
  while (lua_next(L, 1)) {
    count++;
    assert_string_equal(lua_tostring(L, -1), "seen");
    lua_pop(L, 1);
  }
  assert_int_equal(count, 20);
}

static void user_values(void **state) {
  lua_State *L = *state;
  for (int count = 0; count <= 3; count++) {
    lua_newuserdatauv(L, 16, count);
    for (int i = -1; i <= count + 2; i++) {
      int inside = i >= 1 && i <= count;
      assert_int_equal(lua_getiuservalue(L, 1, i), inside ? LUA_TNIL : LUA_TNONE);
      take_nil(L);
      lua_pushinteger(L, i * 10);
      assert_int_equal(lua_setiuservalue(L, 1, i), inside); /* the value is popped in both cases */
      expect_top(L, 1);
    }
    lua_gc(L, LUA_GCCOLLECT);
    for (int i = 1; i <= count; i++) {
      assert_int_equal(lua_getiuservalue(L, 1, i), LUA_TNUMBER);
      take_integer(L, i * 10);
    }
    lua_settop(L, 0);
  }
  lua_newuserdata(L, 0);
  lua_newtable(L);
  assert_int_equal(lua_setuservalue(L, 1), 1);
  lua_gc(L, LUA_GCCOLLECT);
  assert_int_equal(lua_getuservalue(L, 1), LUA_TTABLE);
  lua_newuserdatauv(L, 1 << 20, 1000);
  memset(lua_touserdata(L, -1), 0xff, 1 << 20);
  lua_pushliteral(L, "last");
  assert_int_equal(lua_setiuservalue(L, -2, 1000), 1);
  lua_getiuservalue(L, -1, 1000);
  take_string(L, "last");
  assert_int_equal((uintptr_t)lua_touserdata(L, -1) % sizeof(lua_Number), 0);
}

static int check_kind(lua_State *L) {
  lua_pushlightuserdata(L, luaL_checkudata(L, 1, "test.Kind"));
  return 1;
}

static void userdata_types(void **state) {
  lua_State *L = *state;
  assert_int_equal(luaL_newmetatable(L, "test.Kind"), 1);
  assert_int_equal(luaL_newmetatable(L, "test.Kind"), 0); /* there already */
  assert_true(lua_rawequal(L, 1, 2));
  assert_int_equal(lua_getfield(L, 1, "__name"), LUA_TSTRING);
  take_string(L, "test.Kind");
  assert_int_equal(luaL_getmetatable(L, "test.Kind"), LUA_TTABLE);
  lua_settop(L, 0);
  void *block = lua_newuserdatauv(L, 4, 0);
  assert_null(luaL_testudata(L, 1, "test.Kind"));
  luaL_setmetatable(L, "test.Kind");
  assert_ptr_equal(luaL_testudata(L, 1, "test.Kind"), block);
  assert_null(luaL_testudata(L, 1, "test.Other"));
  lua_pushinteger(L, 1);
  assert_null(luaL_testudata(L, 2, "test.Kind"));
  assert_null(luaL_testudata(L, 9, "test.Kind"));
  lua_pushcfunction(L, check_kind);
  lua_pushvalue(L, 1);
  lua_call(L, 1, 1);
  assert_ptr_equal(lua_touserdata(L, -1), block);
  lua_register(L, "check", check_kind);
  expect_chunk_raise(L, "check(io.stdout)", "chunk:1: bad argument #1 to 'check' (test.Kind expected, got FILE*)");
  expect_chunk_raise(L, "check(3)", "chunk:1: bad argument #1 to 'check' (test.Kind expected, got number)");
}

static void subtables_and_modules(void **state) {
  lua_State *L = *state;
  lua_newtable(L);
  assert_int_equal(luaL_getsubtable(L, 1, "sub"), 0);
  assert_true(lua_istable(L, 2));
  assert_int_equal(luaL_getsubtable(L, 1, "sub"), 1);
  assert_true(lua_rawequal(L, 2, 3));
  lua_pushinteger(L, 1);
  lua_setfield(L, 1, "number");
  assert_int_equal(luaL_getsubtable(L, 1, "number"), 0); /* what is no table is replaced */
  assert_int_equal(lua_getfield(L, 1, "number"), LUA_TTABLE);
}

static int open_counted(lua_State *L) {
  assert_string_equal(lua_tostring(L, 1), "counted");
  lua_newtable(L);
  lua_getglobal(L, "opened");
  lua_pushinteger(L, lua_tointeger(L, -1) + 1);
  lua_setglobal(L, "opened");
  lua_pop(L, 1);
  return 1;
}

static void requiref(void **state) {
  lua_State *L = *state;
  luaL_requiref(L, "counted", open_counted, 0);
  expect_top(L, 1);
  assert_int_equal(lua_getglobal(L, "counted"), LUA_TNIL);
  lua_pop(L, 1);
  luaL_requiref(L, "counted", open_counted, 1);
  assert_int_equal(lua_getglobal(L, "counted"), LUA_TTABLE);
  assert_true(lua_rawequal(L, 1, 2) && lua_rawequal(L, 1, 3));
  run_chunk(L, "return require('counted') == counted and opened", 1);
  take_integer(L, 1); /* opened once */
}

static int both_upvalues(lua_State *L) {
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_pushvalue(L, lua_upvalueindex(2));
  return 2;
}

static void set_functions(void **state) {
  lua_State *L = *state;
  static const luaL_Reg functions[] = {
    {"both", both_upvalues}, {"reserved", NULL}, {"again", both_upvalues}, {NULL, NULL}};
  luaL_newlib(L, functions);
  assert_int_equal(lua_getfield(L, 1, "reserved"), LUA_TBOOLEAN);
  assert_false(lua_toboolean(L, -1));
  lua_settop(L, 0);
  lua_newtable(L);
  lua_pushliteral(L, "one");
  lua_pushliteral(L, "two");
  luaL_setfuncs(L, functions, 2);
  expect_top(L, 1);
  lua_getfield(L, 1, "again");
  lua_call(L, 0, 2);
  take_string(L, "two");
  take_string(L, "one");
}

static void references(void **state) {
  lua_State *L = *state;
  lua_newtable(L);
  int refs[20];
  for (int i = 0; i < 20; i++) {
    lua_pushinteger(L, i);
    refs[i] = luaL_ref(L, 1);
    assert_true(refs[i] > 0);
    for (int j = 0; j < i; j++) assert_int_not_equal(refs[i], refs[j]);
  }
  expect_top(L, 1);
  lua_pushnil(L);
  assert_int_equal(luaL_ref(L, 1), LUA_REFNIL);
  luaL_unref(L, 1, LUA_REFNIL);
  luaL_unref(L, 1, LUA_NOREF);
  luaL_unref(L, 1, refs[3]);
  luaL_unref(L, 1, refs[11]);
  lua_pushliteral(L, "new");
  assert_int_equal(luaL_ref(L, 1), refs[11]); /* freed ones are used again, the last first */
  lua_pushliteral(L, "new");
  assert_int_equal(luaL_ref(L, 1), refs[3]);
  for (int i = 0; i < 20; i++) {
    lua_rawgeti(L, 1, refs[i]);
    if (i == 3 || i == 11)
      take_string(L, "new");
    else
      take_integer(L, i);
  }
  lua_pushliteral(L, "in the registry");
  int ref = luaL_ref(L, LUA_REGISTRYINDEX);
  assert_true(ref > LUA_RIDX_LAST);
  assert_int_equal(lua_rawgeti(L, LUA_REGISTRYINDEX, ref), LUA_TSTRING);
  luaL_unref(L, LUA_REGISTRYINDEX, ref);
}

static void registry(void **state) {
  lua_State *L = *state;
  assert_int_equal(lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD), LUA_TTHREAD);
  assert_ptr_equal(lua_tothread(L, -1), L);
  assert_int_equal(lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS), LUA_TTABLE);
  lua_getglobal(L, "_G");
  assert_true(lua_rawequal(L, -1, -2));
  assert_int_equal(lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE), LUA_TTABLE);
  assert_int_equal(lua_getfield(L, -1, "string"), LUA_TTABLE);
  assert_int_equal(lua_getfield(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE), LUA_TTABLE);
  lua_newtable(L); /* another table of globals: new chunks see it */
  lua_pushinteger(L, 5);
  lua_setfield(L, -2, "five");
  lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
  run_chunk(L, "return five", 1);
  take_integer(L, 5);
  assert_int_equal(lua_getglobal(L, "print"), LUA_TNIL);
}

static void sizes(void **state) {
  lua_State *L = *state;
  lua_createtable(L, 0, 0);
  lua_createtable(L, 1000, 0);
  lua_createtable(L, 0, 1000);
  for (int i = 1; i <= 3000; i++) {
    lua_pushinteger(L, i);
    lua_rawseti(L, 3, i * 7);
  }
  for (int i = 3000; i >= 1; i--) {
    lua_rawgeti(L, 3, i * 7);
    take_integer(L, i);
  }
  assert_int_equal(lua_rawlen(L, 2), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    STATE_TEST(fields_and_indices),
    STATE_TEST(wrong_keys_and_tables),
    STATE_TEST(metamethods_and_raw),
    STATE_TEST(globals_with_metatables),
    STATE_TEST(pointer_keys),
    STATE_TEST(metatables),
    STATE_TEST(traversal),
    STATE_TEST(user_values),
    STATE_TEST(userdata_types),
    STATE_TEST(subtables_and_modules),
    STATE_TEST(requiref),
    STATE_TEST(set_functions),
    STATE_TEST(references),
    STATE_TEST(registry),
    STATE_TEST(sizes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

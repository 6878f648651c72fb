/* To-be-closed slots from C (manual 3.3.8, 4.6: lua_toclose, lua_closeslot). */
#include "support.h"

/* A value whose __close appends `name` and the error to the global string `log`. */
static void push_closable(lua_State *L, const char *name) {
  luaL_loadstring(L, "local name = ... return setmetatable({}, {__close = function(_, e)\n"
                     "  log = log .. name .. '(' .. tostring(e) .. ')' end})");
  lua_pushstring(L, name);
  lua_call(L, 1, 1);
}

static void push_failing(lua_State *L, const char *name) {
  luaL_loadstring(L, "local name = ... return setmetatable({}, {__close = function(_, e)\n"
                     "  log = log .. name .. '(' .. tostring(e) .. ')' error('from ' .. name, 0) end})");
  lua_pushstring(L, name);
  lua_call(L, 1, 1);
}

static void mark(lua_State *L, const char *name) {
  push_closable(L, name);
  lua_toclose(L, -1);
}

static void expect_log(lua_State *L, const char *expected) {
  lua_getglobal(L, "log");
  take_string(L, expected);
  lua_pushliteral(L, "");
  lua_setglobal(L, "log");
}

static int new_log(void **state) {
  int result = new_state(state);
  lua_pushliteral(*state, "");
  lua_setglobal(*state, "log");
  return result;
}

static int settop_closes(lua_State *L) {
  lua_settop(L, 0);
  mark(L, "a");
  lua_pushinteger(L, 1);
  mark(L, "b");
  lua_pushinteger(L, 2);
  lua_settop(L, -1);
  expect_log(L, "");
  lua_pop(L, 1);
  expect_log(L, "");
  lua_pop(L, 1);
  expect_log(L, "b(nil)");
  expect_top(L, 2);
  mark(L, "c");
  mark(L, "d");
  lua_settop(L, 0);
  expect_log(L, "d(nil)c(nil)a(nil)");
  return 0;
}

static void by_settop(void **state) {
  lua_State *L = *state;
  lua_pushcfunction(L, settop_closes);
  lua_call(L, 0, 0);
  settop_closes(L); /* and at the base level of a thread */
}

static int closeslot_closes(lua_State *L) {
  mark(L, "a");
  mark(L, "b");
  lua_pushliteral(L, "above");
  lua_closeslot(L, 2);
  expect_log(L, "b(nil)");
  expect_top(L, 3); /* the stack keeps its height; the slot is nil now */
  assert_true(lua_isnil(L, 2));
  assert_string_equal(lua_tostring(L, 3), "above");
  lua_closeslot(L, -3);
  expect_log(L, "a(nil)");
  lua_settop(L, 0);
  expect_log(L, "");
  return 0;
}

static void by_closeslot(void **state) {
  lua_State *L = *state;
  lua_pushcfunction(L, closeslot_closes);
  lua_call(L, 0, 0);
}

static int returns_some(lua_State *L) {
  mark(L, "a");
  mark(L, "b");
  lua_pushinteger(L, 10);
  lua_pushinteger(L, 20);
  return (int)lua_tointeger(L, lua_upvalueindex(1));
}

static void by_returning(void **state) {
  lua_State *L = *state;
  for (int given = 0; given <= 2; given++) {
    for (int wanted = LUA_MULTRET; wanted <= 3; wanted++) {
      lua_pushinteger(L, given);
      lua_pushcclosure(L, returns_some, 1);
      lua_call(L, 0, wanted);
      expect_log(L, "b(nil)a(nil)");
      expect_top(L, wanted == LUA_MULTRET ? given : wanted);
      if (given > 0 && wanted != 0) assert_int_equal(lua_tointeger(L, 1), given == 2 ? 10 : 20);
      lua_settop(L, 0);
    }
  }
}

static int raises(lua_State *L) {
  mark(L, "a");
  lua_pushinteger(L, 1);
  mark(L, "b");
  lua_pushliteral(L, "E");
  return lua_error(L);
}

static void by_errors(void **state) {
  lua_State *L = *state;
  expect_raise(L, raises, "E");
  expect_log(L, "b(E)a(E)");
}

static int raises_with_failing(lua_State *L) {
  mark(L, "a");
  push_failing(L, "b");
  lua_toclose(L, -1);
  push_failing(L, "c");
  lua_toclose(L, -1);
  lua_pushliteral(L, "E");
  return lua_error(L);
}

static int pops_failing(lua_State *L) {
  mark(L, "a");
  push_failing(L, "b");
  lua_toclose(L, -1);
  lua_pop(L, 1);
  return 0;
}

static int returns_failing(lua_State *L) {
  push_failing(L, "a");
  lua_toclose(L, -1);
  mark(L, "b");
  lua_pushinteger(L, 1);
  return 1;
}

static void errors_in_close(void **state) {
  lua_State *L = *state;
  expect_raise(L, raises_with_failing, "from b");
  expect_log(L, "c(E)b(from c)a(from b)");
  expect_raise(L, pops_failing, "from b");
  expect_log(L, "b(nil)a(from b)");
  expect_raise(L, returns_failing, "from a");
  expect_log(L, "b(nil)a(nil)");
}

static int yields(lua_State *L) {
  mark(L, "a");
  mark(L, "b");
  return lua_yield(L, 0);
}

static void threads_that_are_killed(void **state) {
  lua_State *L = *state;
  int count;
  lua_State *thread = lua_newthread(L);
  lua_pushcfunction(thread, yields);
  assert_int_equal(lua_resume(thread, L, 0, &count), LUA_YIELD);
  expect_log(L, "");
  assert_int_equal(lua_resetthread(thread), LUA_OK);
  expect_log(L, "b(nil)a(nil)");
  lua_pushcfunction(thread, yields);
  assert_int_equal(lua_resume(thread, L, 0, &count), LUA_YIELD);
  assert_int_equal(lua_resume(thread, L, 0, &count), LUA_OK); /* it returns: closed as well */
  expect_log(L, "b(nil)a(nil)");
}

static int after_close_yield(lua_State *L, int status, lua_KContext context) {
  (void)status;
  lua_pushinteger(L, (lua_Integer)context);
  return 1;
}

static int closes_by_yielding(lua_State *L) {
  run_chunk(L,
            "return setmetatable({}, {__close = function() log = log .. 'y' coroutine.yield('in close')"
            " log = log .. 'z' end})",
            1);
  lua_toclose(L, -1);
  return after_close_yield(L, LUA_OK, 55);
}

static void close_methods_that_yield_at_return(void **state) {
  lua_State *L = *state;
  int count;
  lua_State *thread = lua_newthread(L);
  lua_pushcfunction(thread, closes_by_yielding);
  assert_int_equal(lua_resume(thread, L, 0, &count), LUA_YIELD);
  assert_int_equal(count, 1);
  take_string(thread, "in close");
  expect_log(L, "y");
  assert_int_equal(lua_resume(thread, L, 0, &count), LUA_OK);
  assert_int_equal(count, 1);
  take_integer(thread, 55);
  expect_log(L, "z");
}

static int marks_a_number(lua_State *L) {
  lua_pushinteger(L, 1);
  lua_toclose(L, -1);
  return 0;
}

static int marks_a_plain_table(lua_State *L) {
  lua_newtable(L);
  lua_toclose(L, -1);
  return 0;
}

static int marks_false_and_nil(lua_State *L) {
  lua_pushboolean(L, 0);
  lua_toclose(L, -1);
  lua_pushnil(L);
  lua_toclose(L, -1);
  lua_pop(L, 2);
  return 0;
}

static int loses_its_metamethod(lua_State *L) {
  mark(L, "a");
  lua_pushnil(L);
  lua_setmetatable(L, -2);
  lua_pop(L, 1);
  return 0;
}

static void values_that_cannot_be_closed(void **state) {
  lua_State *L = *state;
  expect_raise(L, marks_a_number, "variable '(C temporary)' got a non-closable value");
  expect_raise(L, marks_a_plain_table, "variable '(C temporary)' got a non-closable value");
  lua_pushcfunction(L, marks_false_and_nil);
  lua_call(L, 0, 0);
  expect_raise(L, loses_its_metamethod, "attempt to call a nil value");
}

static int note_close(lua_State *L) {
  strcat(lua_touserdata(L, lua_upvalueindex(1)), lua_isnil(L, 2) ? "c" : "e");
  return 0;
}

static void pending_slots_close_with_the_state(void **state) {
  (void)state;
  char seen[8] = "";
  lua_State *L = luaL_newstate();
  for (int i = 0; i < 2; i++) {
    lua_newtable(L);
    lua_newtable(L);
    lua_pushlightuserdata(L, seen);
    lua_pushcclosure(L, note_close, 1);
    lua_setfield(L, -2, "__close");
    lua_setmetatable(L, -2);
    lua_toclose(L, -1);
  }
  lua_close(L);
  assert_string_equal(seen, "cc");
}

#define LOG_TEST(function) cmocka_unit_test_setup_teardown(function, new_log, close_state)

int main(void) {
  const struct CMUnitTest tests[] = {
    LOG_TEST(by_settop),
    LOG_TEST(by_closeslot),
    LOG_TEST(by_returning),
    LOG_TEST(by_errors),
    LOG_TEST(errors_in_close),
    LOG_TEST(threads_that_are_killed),
    LOG_TEST(close_methods_that_yield_at_return),
    LOG_TEST(values_that_cannot_be_closed),
    cmocka_unit_test(pending_slots_close_with_the_state),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* rille_limitcall, rille_limitstate, rille_limitwork: limits as a host sets them. */
#include "support.h"

#ifdef RILLE_VERSION

/* Calls the chunk under the limits; leaves its result or error on the stack. */
static int call_limited(lua_State *L, const char *source, const rille_Limits *limits, int *reached) {
  assert_int_equal(luaL_loadstring(L, source), LUA_OK);
  return rille_limitcall(L, 0, 1, 0, limits, reached);
}

static void results_and_errors(void **state) {
  lua_State *L = *state;
  rille_Limits limits = {.instructions = 10000};
  int reached = -1;
  assert_int_equal(call_limited(L, "return 6 * 7", &limits, &reached), LUA_OK);
  assert_int_equal(lua_tointeger(L, -1), 42);
  assert_int_equal(reached, RILLE_LIMIT_NONE);
  assert_int_equal(call_limited(L, "error('oops', 0)", &limits, &reached), LUA_ERRRUN);
  take_string(L, "oops");
  assert_int_equal(reached, RILLE_LIMIT_NONE);
  assert_int_equal(call_limited(L, "while true do pcall(error) end", &limits, &reached), LUA_ERRRUN);
  take_string(L, "[string \"while true do pcall(error) end\"]:1: instruction limit reached");
  assert_int_equal(reached, RILLE_LIMIT_INSTRUCTIONS);
  assert_int_equal(call_limited(L, "return 1", &(rille_Limits){0}, NULL), LUA_OK);
  assert_int_equal(lua_gettop(L), 2);
}

static void each_limit(void **state) {
  lua_State *L = *state;
  static const struct {
    const char *source;
    rille_Limits limits;
    int reached;
  } cases[] = {
    {"while true do end", {.wall = 0.005}, RILLE_LIMIT_WALL},
    {"while true do end", {.cpu = 0.005}, RILLE_LIMIT_CPU},
    {"local t = {} while true do t[#t + 1] = {} end", {.memory = 100000}, RILLE_LIMIT_MEMORY},
    {"io.write('twelve bytes')", {.output = 11}, RILLE_LIMIT_OUTPUT},
    {"local function f() return ('x'):gsub('x', f) end f()", {.depth = 10}, RILLE_LIMIT_DEPTH},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    int reached;
    assert_int_equal(call_limited(L, cases[i].source, &cases[i].limits, &reached), LUA_ERRRUN);
    assert_int_equal(reached, cases[i].reached);
    assert_non_null(strstr(lua_tostring(L, -1), "limit reached"));
    lua_pop(L, 1);
  }
}

/* A C function that tries to keep every error for itself. */
static int keep_errors(lua_State *L) {
  for (int i = 0; i < 1000; i++) {
    lua_pushvalue(L, 1);
    lua_pcall(L, 0, 0, 0);
    lua_settop(L, 1);
  }
  lua_pushliteral(L, "kept");
  return 1;
}

static void c_functions_cannot_keep_the_error(void **state) {
  lua_State *L = *state;
  rille_Limits limits = {.instructions = 100000};
  int reached;
  lua_pushcfunction(L, keep_errors);
  lua_setglobal(L, "keep_errors");
  const char *source = "return keep_errors(function() while true do end end)";
  assert_int_equal(call_limited(L, source, &limits, &reached), LUA_ERRRUN);
  assert_int_equal(reached, RILLE_LIMIT_INSTRUCTIONS);
  lua_pop(L, 1);
  assert_int_equal(call_limited(L, "return 1", &limits, &reached), LUA_OK);
}

static int add_mark(lua_State *L) {
  lua_pushliteral(L, "!");
  lua_concat(L, 2);
  return 1;
}

/* Ordinary errors go through the message handler, the error of a limit that is not catchable does not. */
static void message_handlers(void **state) {
  lua_State *L = *state;
  rille_Limits limits = {.instructions = 10000};
  lua_pushcfunction(L, add_mark);
  assert_int_equal(luaL_loadstring(L, "error('x', 0)"), LUA_OK);
  assert_int_equal(rille_limitcall(L, 0, 0, -2, &limits, NULL), LUA_ERRRUN);
  take_string(L, "x!");
  assert_int_equal(luaL_loadstring(L, "while true do end"), LUA_OK);
  assert_int_equal(rille_limitcall(L, 0, 0, 1, &limits, NULL), LUA_ERRRUN);
  take_string(L, "[string \"while true do end\"]:1: instruction limit reached");
  limits.catchable = 1;
  assert_int_equal(luaL_loadstring(L, "while true do end"), LUA_OK);
  assert_int_equal(rille_limitcall(L, 0, 0, 1, &limits, NULL), LUA_ERRRUN);
  take_string(L, "[string \"while true do end\"]:1: instruction limit reached!");
}

static void whole_states(void **state) {
  lua_State *L = *state;
  rille_limitstate(L, &(rille_Limits){.instructions = 100000});
  assert_int_equal(rille_limitreached(L), RILLE_LIMIT_NONE);
  assert_int_equal(luaL_dostring(L, "return 1"), LUA_OK);
  assert_int_not_equal(luaL_dostring(L, "while true do pcall(function() while true do end end) end"), LUA_OK);
  assert_int_equal(rille_limitreached(L), RILLE_LIMIT_INSTRUCTIONS);
  assert_int_not_equal(luaL_dostring(L, "for i = 1, 100000 do end"), LUA_OK);
  rille_limitstate(L, &(rille_Limits){.memory = 10000000});
  assert_int_equal(luaL_dostring(L, "for i = 1, 100000 do end"), LUA_OK);
  assert_int_not_equal(luaL_dostring(L, "local x = ('x'):rep(10000000)"), LUA_OK);
  assert_int_equal(rille_limitreached(L), RILLE_LIMIT_MEMORY);
  rille_limitstate(L, NULL);
  assert_int_equal(luaL_dostring(L, "local x = ('x'):rep(10000000)"), LUA_OK);
}

/* The user's allocator stays the one that lua_getallocf names, and is asked for every byte. */
static void allocators(void **state) {
  lua_State *L = *state;
  void *data, *limited_data;
  lua_Alloc before = lua_getallocf(L, &data);
  rille_limitstate(L, &(rille_Limits){.memory = 100000000});
  assert_ptr_equal(lua_getallocf(L, &limited_data), before);
  assert_ptr_equal(limited_data, data);
  lua_setallocf(L, before, data);
  assert_int_equal(luaL_dostring(L, "return ('x'):rep(1000000)"), LUA_OK);
  assert_int_not_equal(luaL_dostring(L, "return ('x'):rep(100000000)"), LUA_OK);
  rille_limitstate(L, NULL);
  assert_ptr_equal(lua_getallocf(L, &limited_data), before);
}

static int long_work(lua_State *L) {
  for (;;) rille_limitwork(L, 1000);
}

static void work_of_the_host(void **state) {
  lua_State *L = *state;
  rille_Limits limits = {.instructions = 1000000};
  int reached;
  rille_limitwork(L, 1000000000);
  lua_pushcfunction(L, long_work);
  assert_int_equal(rille_limitcall(L, 0, 0, 0, &limits, &reached), LUA_ERRRUN);
  assert_int_equal(reached, RILLE_LIMIT_INSTRUCTIONS);
}

/* Finalizers written in C run whatever has been used up, those written in Lua wait for the end of the call. */
static int collected;
static int note_collection(lua_State *L) {
  (void)L;
  collected++;
  return 0;
}

static void finalizers(void **state) {
  lua_State *L = *state;
  rille_Limits limits = {.instructions = 200000};
  lua_newtable(L);
  lua_pushcfunction(L, note_collection);
  lua_setfield(L, -2, "__gc");
  lua_setglobal(L, "meta");
  collected = 0;
  const char *source = "for i = 1, 100 do setmetatable({}, meta) end "
                       "setmetatable({}, {__gc = function() while true do end end}) "
                       "while true do local t = {} collectgarbage('step') end";
  assert_int_equal(call_limited(L, source, &limits, NULL), LUA_ERRRUN);
  lua_settop(L, 0);
  lua_gc(L, LUA_GCCOLLECT);
  assert_int_equal(collected, 100);
}

/* A state that was limited as a whole can be closed, even if a finalizer never ends. */
static void closing(void **state) {
  (void)state;
  lua_State *L = luaL_newstate();
  luaL_openlibs(L);
  rille_limitstate(L, &(rille_Limits){.instructions = 1000000});
  assert_int_equal(
    luaL_dostring(L, "for i = 1, 5 do keep = {setmetatable({}, {__gc = function() while true do end end}), keep} end"),
    LUA_OK);
  lua_close(L);
}

/* A coroutine that is run by C under limits. */
static void resumed_from_c(void **state) {
  lua_State *L = *state;
  rille_limitstate(L, &(rille_Limits){.instructions = 100000});
  lua_State *coroutine = lua_newthread(L);
  int count;
  assert_int_equal(luaL_loadstring(coroutine, "coroutine.yield(1) while true do end"), LUA_OK);
  assert_int_equal(lua_resume(coroutine, L, 0, &count), LUA_YIELD);
  lua_pop(coroutine, count);
  assert_int_equal(lua_resume(coroutine, L, 0, &count), LUA_ERRRUN);
  assert_non_null(strstr(lua_tostring(coroutine, -1), "instruction limit reached"));
  rille_limitstate(L, NULL);
}

#endif

int main(void) {
#ifdef RILLE_VERSION
  const struct CMUnitTest tests[] = {
    STATE_TEST(results_and_errors), STATE_TEST(each_limit),   STATE_TEST(c_functions_cannot_keep_the_error),
    STATE_TEST(message_handlers),   STATE_TEST(whole_states), STATE_TEST(allocators),
    STATE_TEST(work_of_the_host),   STATE_TEST(finalizers),   cmocka_unit_test(closing),
    STATE_TEST(resumed_from_c),
  };
  return cmocka_run_group_tests_name("limits", tests, NULL, NULL);
#else
  return 0;
#endif
}

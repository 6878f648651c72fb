/* The C interface of isolates and channels, copy handlers, and threads of the host that have a state of their own. */
#include <pthread.h>

#include "support.h"

/* ---- channels ---- */

static void test_channels(void **state) {
  lua_State *L = *state;
  int top = lua_gettop(L), count;
  rille_Channel *channel = rille_openchannel(L, NULL, 2);
  lua_pushinteger(L, 1);
  lua_pushliteral(L, "two");
  assert_int_equal(rille_send(L, channel, 2, 0), RILLE_DONE);
  assert_int_equal(rille_send(L, channel, 0, 0), RILLE_DONE);
  lua_pushnil(L);
  assert_int_equal(rille_send(L, channel, 1, 0), RILLE_TIMEOUT);
  assert_int_equal(lua_gettop(L), top);
  assert_int_equal(rille_receive(L, channel, &count, 0), RILLE_DONE);
  assert_int_equal(count, 2);
  assert_int_equal(lua_tointeger(L, -2), 1);
  assert_string_equal(lua_tostring(L, -1), "two");
  lua_settop(L, top);
  assert_int_equal(rille_receive(L, channel, &count, RILLE_FOREVER), RILLE_DONE);
  assert_int_equal(count, 0);
  assert_int_equal(rille_receive(L, channel, &count, 0.01), RILLE_TIMEOUT);
  rille_closechannel(channel);
  lua_pushnil(L);
  assert_int_equal(rille_send(L, channel, 1, RILLE_FOREVER), RILLE_CLOSED);
  assert_int_equal(rille_receive(L, channel, &count, RILLE_FOREVER), RILLE_CLOSED);
  assert_int_equal(lua_gettop(L), top);
  rille_releasechannel(channel);
}

static void test_names_and_handles(void **state) {
  lua_State *L = *state;
  rille_Channel *channel = rille_openchannel(L, "jobs", 5);
  run_chunk(L, "local c = require 'rille.channel'.open('jobs') c:send('from Lua') return c", 1);
  rille_Channel *same = rille_tochannel(L, -1);
  assert_non_null(same);
  int count;
  assert_int_equal(rille_receive(L, channel, &count, 0), RILLE_DONE);
  take_string(L, "from Lua");
  rille_pushchannel(L, channel);
  assert_true(lua_rawequal(L, -1, -2));
  lua_pushinteger(L, 1);
  assert_null(rille_tochannel(L, -1));
  rille_releasechannel(channel);
  rille_releasechannel(same);
}

static int send_coroutine(lua_State *L) {
  rille_Channel *channel = lua_touserdata(L, 1);
  lua_newtable(L);
  lua_newthread(L);
  lua_setfield(L, -2, "worker");
  rille_send(L, channel, 1, 0);
  return 0;
}

static void test_refusal(void **state) {
  lua_State *L = *state;
  rille_Channel *channel = rille_openchannel(L, NULL, 1);
  lua_pushcfunction(L, send_coroutine);
  lua_pushlightuserdata(L, channel);
  assert_int_equal(lua_pcall(L, 1, 0, 0), LUA_ERRRUN);
  take_string(L, "message.worker: a coroutine cannot be sent");
  int count;
  assert_int_equal(rille_receive(L, channel, &count, 0), RILLE_TIMEOUT);
  rille_releasechannel(channel);
}

/* ---- what is not copied ---- */

/* Sends the value on top, which stays, and pushes what arrives. */
static const char *sent_bytes(lua_State *L, rille_Channel *channel) {
  int count;
  lua_pushvalue(L, -1);
  assert_int_equal(rille_send(L, channel, 1, 0), RILLE_DONE);
  assert_int_equal(rille_receive(L, channel, &count, 0), RILLE_DONE);
  assert_int_equal(count, 1);
  assert_int_equal(lua_rawequal(L, -1, -2), 1);
  return lua_tostring(L, -1);
}

/* An ordinary string is copied at its first sending and never again, whoever sends it to whom, from any state. */
static void test_large_strings(void **state) {
  lua_State *L = *state;
  static const size_t sizes[] = {8192, 8193, 8199, 8207, 100000, 1000003};
  rille_Channel *channel = rille_openchannel(L, NULL, 2);
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    luaL_Buffer buffer;
    char *room = luaL_buffinitsize(L, &buffer, sizes[i]);
    for (size_t at = 0; at < sizes[i]; at++) room[at] = (char)(at * 7);
    luaL_pushresultsize(&buffer, sizes[i]);
    const char *own = lua_tostring(L, -1);
    const char *first = sent_bytes(L, channel);
    assert_ptr_not_equal(first, own);
    lua_pop(L, 1);
    lua_gc(L, LUA_GCCOLLECT);
    assert_ptr_equal(sent_bytes(L, channel), first); /* again */
    assert_ptr_equal(sent_bytes(L, channel), first); /* sent on */
    lua_pop(L, 3);
    lua_gc(L, LUA_GCCOLLECT);
  }
  /* one that a buffer has made is never copied; one that is too short always */
  run_chunk(L, "return require 'rille.buffer'.new(('b'):rep(10000)):freeze():string()", 1);
  const char *own = lua_tostring(L, -1);
  assert_ptr_equal(sent_bytes(L, channel), own);
  lua_pop(L, 2);
  run_chunk(L, "return ('s'):rep(8191)", 1);
  const char *first = sent_bytes(L, channel);
  lua_insert(L, -2);
  assert_ptr_not_equal(sent_bytes(L, channel), first);
  lua_pop(L, 3);
  rille_releasechannel(channel);
}

/* ---- isolates ---- */

static void test_isolates(void **state) {
  lua_State *L = *state;
  int top = lua_gettop(L);
  run_chunk(L, "return function(a, b) return a + b, 'sum' end", 1);
  lua_pushinteger(L, 3);
  lua_pushinteger(L, 4);
  rille_Isolate *isolate = rille_spawn(L, "adder", 2);
  assert_int_equal(lua_gettop(L), top);
  assert_int_equal(rille_join(L, isolate, RILLE_FOREVER), 3);
  assert_true(lua_toboolean(L, -3));
  assert_int_equal(lua_tointeger(L, -2), 7);
  take_string(L, "sum");
  lua_settop(L, top);
  rille_pushisolate(L, isolate);
  lua_getfield(L, -1, "name");
  lua_insert(L, -2);
  lua_call(L, 1, 1);
  take_string(L, "adder");
  rille_releaseisolate(isolate);
}

static void test_cancel(void **state) {
  lua_State *L = *state;
  lua_pushliteral(L, "while true do end");
  rille_Isolate *isolate = rille_spawn(L, NULL, 0);
  assert_int_equal(rille_join(L, isolate, 0.01), 0);
  rille_cancel(isolate);
  assert_int_equal(rille_join(L, isolate, RILLE_FOREVER), 3);
  assert_false(lua_toboolean(L, -3));
  assert_string_equal(lua_tostring(L, -2), "cancelled");
  rille_releaseisolate(isolate);
}

/* ---- copy handlers ---- */

typedef struct Counter {
  int value;
  int is_sealed;
} Counter;

static int copies_alive; /* atomic */

static void *counter_out(lua_State *L, int index) {
  const Counter *counter = luaL_checkudata(L, index, "counter");
  if (counter->is_sealed) luaL_error(L, "a sealed counter cannot be sent");
  Counter *copy = malloc(sizeof *copy);
  *copy = *counter;
  __atomic_add_fetch(&copies_alive, 1, __ATOMIC_SEQ_CST);
  return copy;
}

static int counter_get(lua_State *L) {
  lua_pushinteger(L, ((Counter *)luaL_checkudata(L, 1, "counter"))->value);
  return 1;
}

static const rille_CopyHandler counter_handler;

static Counter *push_counter(lua_State *L, int value) {
  Counter *counter = lua_newuserdatauv(L, sizeof *counter, 0);
  *counter = (Counter){value, 0};
  if (luaL_newmetatable(L, "counter")) {
    lua_pushcfunction(L, counter_get);
    lua_setfield(L, -2, "__call");
    rille_setcopyhandler(L, -1, &counter_handler);
  }
  lua_setmetatable(L, -2);
  return counter;
}

static void counter_in(lua_State *L, void *copy) {
  push_counter(L, ((Counter *)copy)->value);
}

static void counter_drop(void *copy) {
  free(copy);
  __atomic_sub_fetch(&copies_alive, 1, __ATOMIC_SEQ_CST);
}

static const rille_CopyHandler counter_handler = {"counter", counter_out, counter_in, counter_drop, NULL};

static void test_copy_handler(void **state) {
  lua_State *L = *state;
  run_chunk(L, "return function(list) return list[1](), list[1] == list[2], list[1] end", 1);
  lua_newtable(L);
  push_counter(L, 41);
  lua_pushvalue(L, -1);
  lua_rawseti(L, -3, 1);
  lua_rawseti(L, -2, 2);
  rille_Isolate *isolate = rille_spawn(L, NULL, 1);
  assert_int_equal(rille_join(L, isolate, RILLE_FOREVER), 4);
  assert_int_equal(lua_tointeger(L, -3), 41);
  assert_true(lua_toboolean(L, -2));
  assert_int_equal(((Counter *)luaL_checkudata(L, -1, "counter"))->value, 41);
  rille_releaseisolate(isolate);
}

static int send_sealed(lua_State *L) {
  rille_Channel *channel = lua_touserdata(L, 1);
  lua_newtable(L);
  push_counter(L, 1);
  lua_rawseti(L, -2, 1);
  push_counter(L, 1)->is_sealed = 1;
  lua_rawseti(L, -2, 2);
  rille_send(L, channel, 1, 0);
  return 0;
}

static void test_refusing_handler(void **state) {
  lua_State *L = *state;
  rille_Channel *channel = rille_openchannel(L, NULL, 1);
  lua_pushcfunction(L, send_sealed);
  lua_pushlightuserdata(L, channel);
  assert_int_equal(lua_pcall(L, 1, 0, 0), LUA_ERRRUN);
  take_string(L, "message[2]: a sealed counter cannot be sent");
  rille_releasechannel(channel);
}

/* ---- threads of the host ---- */

static void *echo(void *data) {
  rille_Channel **pair = data;
  lua_State *L = luaL_newstate();
  int count;
  luaL_openlibs(L);
  while (rille_receive(L, pair[0], &count, RILLE_FOREVER) == RILLE_DONE) rille_send(L, pair[1], count, RILLE_FOREVER);
  rille_closechannel(pair[1]);
  lua_close(L);
  return NULL;
}

static void test_host_threads(void **state) {
  lua_State *L = *state;
  rille_Channel *pair[2] = {rille_openchannel(L, NULL, 0), rille_openchannel(L, NULL, 4)};
  pthread_t thread;
  int count;
  assert_int_equal(pthread_create(&thread, NULL, echo, pair), 0);
  for (int i = 0; i < 100; i++) {
    lua_pushinteger(L, i);
    lua_pushfstring(L, "text %d", i);
    assert_int_equal(rille_send(L, pair[0], 2, RILLE_FOREVER), RILLE_DONE);
    assert_int_equal(rille_receive(L, pair[1], &count, RILLE_FOREVER), RILLE_DONE);
    assert_int_equal(count, 2);
    assert_int_equal(lua_tointeger(L, -2), i);
    lua_settop(L, 0);
  }
  rille_closechannel(pair[0]);
  assert_int_equal(rille_receive(L, pair[1], &count, RILLE_FOREVER), RILLE_CLOSED);
  pthread_join(thread, NULL);
  rille_releasechannel(pair[0]);
  rille_releasechannel(pair[1]);
}

/* ---- what programs see of it ---- */

static void test_invisible(void **state) {
  lua_State *L = *state;
  run_chunk(L,
            "assert(next(package.preload) == nil and #package.searchers == 4)\n"
            "for name in pairs(_G) do assert(not name:find('rille')) end\n"
            "for name in pairs(package.loaded) do assert(not name:find('rille')) end\n"
            "local ok, message = pcall(require, 'rille.nothing')\n"
            "assert(not ok and message:find([==[no field package.preload['rille.nothing']]==], 1, true))\n"
            "package.preload['rille.isolate'] = function() return 'mine' end\n"
            "return require 'rille.isolate'",
            1);
  take_string(L, "mine");
  assert_null(rille_findmodule("isolate"));
  luaL_requiref(L, "channels", rille_findmodule("rille.channel"), 0);
  assert_int_equal(lua_getfield(L, -1, "new"), LUA_TFUNCTION);
}

static int check_copies(void **state) {
  close_state(state);
  return __atomic_load_n(&copies_alive, __ATOMIC_SEQ_CST) != 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {
    STATE_TEST(test_channels),
    STATE_TEST(test_names_and_handles),
    STATE_TEST(test_refusal),
    STATE_TEST(test_large_strings),
    STATE_TEST(test_isolates),
    STATE_TEST(test_cancel),
    cmocka_unit_test_setup_teardown(test_copy_handler, new_state, check_copies),
    cmocka_unit_test_setup_teardown(test_refusing_handler, new_state, check_copies),
    STATE_TEST(test_host_threads),
    STATE_TEST(test_invisible),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

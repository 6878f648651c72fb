/* Several states in several threads of the system at the same time share nothing: results do not depend on each other.
 * Run it under the tsan preset too. */
#include <pthread.h>

#include "support.h"

enum { THREADS = 4, ROUNDS = 6 };

static const char program[] =
  "local seed = ...\n"
  "local x = seed\n"
  "local function random(n) x = (x * 1103515245 + 12345) % 2147483648 return x % n end\n"
  "local t = {} for i = 1, 500 do t[i] = random(1000) end\n"
  "table.sort(t)\n"
  "local s = {} for i, v in ipairs(t) do s[#s + 1] = string.format('%d:%s', i, v) end\n"
  "s = table.concat(s, ',')\n"
  "s = s:gsub('(%d+):(%d+)', function(a, b) return b .. '=' .. a end)\n"
  "local count = 0\n"
  "local co = coroutine.wrap(function() for w in s:gmatch('%d+=') do coroutine.yield(#w) end return nil end)\n"
  "for n in co do count = count + n end\n"
  "local weak = setmetatable({}, {__mode = 'k'}) for i = 1, 100 do weak[{}] = i end collectgarbage()\n"
  "assert(next(weak) == nil)\n"
  "local ok, e = pcall(function() local y <close> = setmetatable({}, {__close = function() count = count + 1 end})\n"
  "  error({code = count}) end)\n"
  "local f = load(string.dump(load('local a = ... return a * 2')))\n"
  "assert(not load('x = ='))\n"
  "for i = 1, 20 do setmetatable({}, {__gc = function() count = count + 1 end}) end collectgarbage()\n"
  "return string.format('%d %d %d %s', #s, count, f(e.code), s:sub(-20))";

typedef struct Job {
  pthread_t thread;
  int number;
  char results[ROUNDS][128];
  const char *trouble;
} Job;

static void work_once(Job *job, int round) {
  lua_State *L = luaL_newstate();
  if (L == NULL) {
    job->trouble = "no state";
    return;
  }
  luaL_openlibs(L);
  if (round % 2) lua_gc(L, LUA_GCGEN, 0, 0);
  if (luaL_loadstring(L, program) != LUA_OK) job->trouble = "does not load";
  lua_pushinteger(L, job->number * 100 + round);
  if (lua_pcall(L, 1, 1, 0) != LUA_OK) job->trouble = "fails";
  snprintf(job->results[round], sizeof job->results[round], "%s", lua_tostring(L, -1));
  lua_close(L);
}

static void *work(void *data) {
  Job *job = data;
  for (int round = 0; round < ROUNDS; round++) work_once(job, round);
  return NULL;
}

static void independent_states(void **state) {
  (void)state;
  static Job together[THREADS], alone[THREADS];
  memset(together, 0, sizeof together);
  memset(alone, 0, sizeof alone);
  for (int i = 0; i < THREADS; i++) {
    together[i].number = alone[i].number = i;
    assert_int_equal(pthread_create(&together[i].thread, NULL, work, &together[i]), 0);
  }
  for (int i = 0; i < THREADS; i++) assert_int_equal(pthread_join(together[i].thread, NULL), 0);
  for (int i = 0; i < THREADS; i++) {
    work(&alone[i]);
    assert_null(together[i].trouble);
    for (int round = 0; round < ROUNDS; round++)
      assert_string_equal(together[i].results[round], alone[i].results[round]);
  }
}

/* ---- a state goes from thread to thread ---- */

typedef struct Baton {
  lua_State *L;
  int status;
} Baton;

static void *carry(void *data) {
  Baton *baton = data;
  lua_getglobal(baton->L, "step");
  baton->status = lua_pcall(baton->L, 0, 0, 0);
  return NULL;
}

static void one_state_in_turns(void **state) {
  Baton baton = {*state, LUA_OK};
  run_chunk(baton.L,
            "n, kept = 0, {} co = coroutine.wrap(function() while true do n = n + 1 coroutine.yield() end end)\n"
            "function step() co() kept[#kept + 1] = {n} collectgarbage() assert(not pcall(error)) end",
            0);
  for (int i = 0; i < 10; i++) {
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, carry, &baton), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(baton.status, LUA_OK);
  }
  run_chunk(baton.L, "return n, #kept", 2);
  take_integer(baton.L, 10);
  take_integer(baton.L, 10);
}

/* ---- opening and closing at once ---- */

static void *open_and_close(void *data) {
  int *failures = data;
  for (int i = 0; i < 10; i++) {
    lua_State *L = luaL_newstate();
    if (L == NULL) {
      ++*failures;
      continue;
    }
    luaL_openlibs(L);
    if (luaL_dostring(L, "return tostring(print):len() + #os.date() + math.random(10)") != LUA_OK) ++*failures;
    lua_close(L);
  }
  return NULL;
}

static void opening_and_closing(void **state) {
  (void)state;
  pthread_t threads[THREADS];
  int failures[THREADS] = {0};
  for (int i = 0; i < THREADS; i++)
    assert_int_equal(pthread_create(&threads[i], NULL, open_and_close, &failures[i]), 0);
  for (int i = 0; i < THREADS; i++) {
    pthread_join(threads[i], NULL);
    assert_int_equal(failures[i], 0);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(independent_states),
    STATE_TEST(one_state_in_turns),
    cmocka_unit_test(opening_and_closing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Coroutines from C: resuming, yielding, continuations, closing (manual 2.6, 4.5). */
#include "support.h"

static lua_State *thread_of(lua_State *L, lua_CFunction function) {
  lua_State *thread = lua_newthread(L);
  lua_pushcfunction(thread, function);
  return thread;
}

static lua_State *thread_of_chunk(lua_State *L, const char *source) {
  lua_State *thread = lua_newthread(L);
  assert_int_equal(luaL_loadbuffer(thread, source, strlen(source), "=co"), LUA_OK);
  return thread;
}

/* Resumes with the integers 1..arguments; checks the status and the number of results, which stay on the stack. */
static void resume(lua_State *L, lua_State *thread, int arguments, int status, int results) {
  int count = -1;
  for (int i = 1; i <= arguments; i++) lua_pushinteger(thread, i);
  assert_int_equal(lua_resume(thread, L, arguments, &count), status);
  if (status <= LUA_YIELD) assert_int_equal(count, results);
}

static int yields_its_arguments(lua_State *L) {
  return lua_yield(L, lua_gettop(L));
}

static void arguments_and_results(void **state) {
  lua_State *L = *state;
  lua_State *thread = thread_of_chunk(L, "local a, b = ... local c, d = coroutine.yield(a, b, 'x')"
                                         "local n = select('#', coroutine.yield()) return c, d, n, 'end'");
  assert_int_equal(lua_status(thread), LUA_OK);
  resume(L, thread, 2, LUA_YIELD, 3);
  assert_int_equal(lua_status(thread), LUA_YIELD);
  assert_int_equal(lua_tointeger(thread, -2), 2);
  assert_string_equal(lua_tostring(thread, -1), "x");
  lua_pop(thread, 3);
  resume(L, thread, 2, LUA_YIELD, 0);
  resume(L, thread, 7, LUA_OK, 4);
  expect_top(thread, 4);
  assert_int_equal(lua_tointeger(thread, 2), 2);
  assert_int_equal(lua_tointeger(thread, 3), 7);
  assert_int_equal(lua_status(thread), LUA_OK);
}

static void c_functions_yield(void **state) {
  lua_State *L = *state;
  lua_State *thread = thread_of(L, yields_its_arguments);
  resume(L, thread, 3, LUA_YIELD, 3);
  expect_top(thread, 3);
  lua_pop(thread, 3);
  resume(L, thread, 2, LUA_OK, 2); /* without a continuation, it returns what it is resumed with */
  expect_top(thread, 2);
}

static void threads_are_reusable(void **state) {
  lua_State *L = *state;
  lua_State *thread = lua_newthread(L);
  for (int i = 0; i < 50; i++) {
    lua_pushcfunction(thread, yields_its_arguments);
    resume(L, thread, 1, LUA_YIELD, 1);
    lua_pop(thread, 1);
    resume(L, thread, 0, LUA_OK, 0);
    expect_top(thread, 0);
  }
}

static void resume_without_a_resumer(void **state) {
  lua_State *L = *state;
  lua_State *thread = thread_of(L, yields_its_arguments);
  resume(NULL, thread, 1, LUA_YIELD, 1);
  lua_pop(thread, 1);
  resume(NULL, thread, 0, LUA_OK, 0);
}

/* ---- what cannot be resumed ---- */

static void dead_threads(void **state) {
  lua_State *L = *state;
  int count;
  lua_State *thread = lua_newthread(L);
  assert_int_equal(lua_resume(thread, L, 0, &count), LUA_ERRRUN);
  take_string(thread, "cannot resume dead coroutine");
  lua_pushinteger(thread, 1);
  assert_int_equal(lua_resume(thread, L, 1, &count), LUA_ERRRUN);
  take_string(thread, "cannot resume dead coroutine");
  expect_top(thread, 0); /* the arguments are gone */
  lua_State *failed = thread_of_chunk(L, "error('dead')");
  assert_int_equal(lua_resume(failed, L, 0, &count), LUA_ERRRUN);
  assert_string_equal(lua_tostring(failed, -1), "co:1: dead");
  assert_int_equal(lua_status(failed), LUA_ERRRUN);
  assert_int_equal(lua_resume(failed, L, 0, &count), LUA_ERRRUN);
  take_string(failed, "cannot resume dead coroutine");
}

static int resumes_itself(lua_State *L) {
  int count;
  lua_pushcfunction(L, yields_its_arguments);
  lua_pushinteger(L, 1);
  assert_int_equal(lua_resume(L, NULL, 1, &count), LUA_ERRRUN);
  assert_string_equal(lua_tostring(L, -1), "cannot resume non-suspended coroutine");
  expect_top(L, 2);
  return 1;
}

static void running_threads(void **state) {
  lua_State *L = *state;
  lua_State *thread = thread_of(L, resumes_itself);
  resume(L, thread, 0, LUA_OK, 1);
  take_string(thread, "cannot resume non-suspended coroutine");
  lua_pushcfunction(L, resumes_itself);
  lua_call(L, 0, 1);
  take_string(L, "cannot resume non-suspended coroutine");
}

static int resumes_deeper(lua_State *L) {
  int count;
  lua_Integer depth = lua_tointeger(L, 1);
  lua_State *thread = lua_newthread(L);
  lua_pushcfunction(thread, resumes_deeper);
  lua_pushinteger(thread, depth + 1);
  if (lua_resume(thread, L, 1, &count) != LUA_OK) {
    lua_pushinteger(L, depth);
    lua_pushstring(L, lua_tostring(thread, -1));
    return 2;
  }
  lua_xmove(thread, L, 2);
  return 2;
}

static void nested_resumes_end(void **state) {
  lua_State *L = *state;
  lua_pushcfunction(L, resumes_deeper);
  lua_pushinteger(L, 1);
  lua_call(L, 1, 2);
  take_string(L, "C stack overflow");
  assert_in_range(lua_tointeger(L, -1), 60, 200);
}

/* ---- what cannot yield ---- */

static int calls_a_yielder(lua_State *L) {
  lua_pushcfunction(L, yields_its_arguments);
  lua_call(L, 0, 0); /* no continuation: a boundary */
  return 0;
}

static void refused_yields(void **state) {
  lua_State *L = *state;
  expect_raise(L, yields_its_arguments, "attempt to yield from outside a coroutine");
  lua_State *thread = thread_of(L, calls_a_yielder);
  resume(L, thread, 0, LUA_ERRRUN, 0);
  take_string(thread, "attempt to yield across a C-call boundary");
  thread = thread_of_chunk(L, "return pcall(table.sort, {3, 2, 1}, coroutine.yield)");
  resume(L, thread, 0, LUA_OK, 2);
  take_string(thread, "attempt to yield across a C-call boundary");
  thread = thread_of_chunk(L, "return pcall(string.gsub, 'abc', 'b', coroutine.yield)");
  resume(L, thread, 0, LUA_OK, 2);
  take_string(thread, "attempt to yield across a C-call boundary");
}

static int reports_yieldable(lua_State *L) {
  lua_pushboolean(L, lua_isyieldable(L));
  return 1;
}

static int reports_yieldable_below_a_call(lua_State *L) {
  lua_pushcfunction(L, reports_yieldable);
  lua_call(L, 0, 1);
  lua_pushboolean(L, lua_isyieldable(L));
  return 2;
}

static void yieldable(void **state) {
  lua_State *L = *state;
  assert_false(lua_isyieldable(L));
  lua_State *thread = thread_of(L, reports_yieldable_below_a_call);
  resume(L, thread, 0, LUA_OK, 2);
  assert_false(lua_toboolean(thread, 1));
  assert_true(lua_toboolean(thread, 2));
  lua_pushcfunction(L, reports_yieldable);
  lua_call(L, 0, 1);
  assert_false(lua_toboolean(L, -1));
}

/* ---- continuations ---- */

static int after_call(lua_State *L, int status, lua_KContext context) {
  lua_pushinteger(L, status);
  lua_pushinteger(L, (lua_Integer)context);
  return lua_gettop(L);
}

static int calls_with_continuation(lua_State *L) {
  lua_pushliteral(L, "kept");
  lua_insert(L, 1);
  lua_callk(L, lua_gettop(L) - 2, LUA_MULTRET, 4711, after_call);
  return after_call(L, LUA_OK, 17);
}

static void call_with_continuation(void **state) {
  lua_State *L = *state;
  lua_register(L, "callk", calls_with_continuation);
  run_chunk(L, "return callk(function(...) return 'r', ... end, 5)", LUA_MULTRET); /* nothing yields */
  expect_top(L, 5);
  take_integer(L, 17);
  take_integer(L, LUA_OK);
  take_integer(L, 5);
  take_string(L, "r");
  take_string(L, "kept");
  lua_State *thread =
    thread_of_chunk(L, "return callk(function(...) local x = coroutine.yield('out', ...) return x, 'r' end, 5)");
  resume(L, thread, 0, LUA_YIELD, 2);
  lua_pop(thread, 2);
  resume(L, thread, 1, LUA_OK, 5);
  take_integer(thread, 4711);
  take_integer(thread, LUA_YIELD);
  take_string(thread, "r");
  take_integer(thread, 1);
  take_string(thread, "kept");
}

static int after_fixed(lua_State *L, int status, lua_KContext context) {
  (void)status;
  assert_int_equal(lua_gettop(L), 1 + (int)context);
  return (int)context;
}

static int calls_for_three(lua_State *L) {
  lua_settop(L, 1);
  lua_pushvalue(L, 1);
  lua_callk(L, 0, 3, 3, after_fixed);
  return after_fixed(L, LUA_OK, 3);
}

static void fixed_results_across_a_yield(void **state) {
  lua_State *L = *state;
  lua_register(L, "three", calls_for_three);
  lua_State *thread =
    thread_of_chunk(L, "local a, b, c = three(function() coroutine.yield() return 1 end)\n"
                       "local d, e, f, g = three(function() coroutine.yield() return 1, 2, 3, 4 end)\n"
                       "return a, b, c, d, e, f, g");
  resume(L, thread, 0, LUA_YIELD, 0);
  resume(L, thread, 0, LUA_YIELD, 0);
  resume(L, thread, 0, LUA_OK, 7);
  static const int present[] = {1, 0, 0, 1, 2, 3, 0};
  for (int i = 0; i < 7; i++) assert_int_equal(lua_tointeger(thread, i + 1), present[i]);
}

static int after_pcall(lua_State *L, int status, lua_KContext context) {
  lua_pushinteger(L, status);
  lua_pushinteger(L, (lua_Integer)context);
  return lua_gettop(L);
}

static int calls_protected(lua_State *L) {
  int status = lua_pcallk(L, lua_gettop(L) - 1, LUA_MULTRET, 0, 99, after_pcall);
  return after_pcall(L, status, 1);
}

static void pcall_with_continuation(void **state) {
  lua_State *L = *state;
  lua_register(L, "pcallk", calls_protected);
  lua_State *thread = thread_of_chunk(L, "return pcallk(function() error('now', 0) end)"); /* before any yield */
  resume(L, thread, 0, LUA_OK, 3);
  take_integer(thread, 99); /* lua_pcallk does not return here either */
  take_integer(thread, LUA_ERRRUN);
  take_string(thread, "now");
  thread = thread_of_chunk(L, "return pcallk(function() coroutine.yield() error('later', 0) end)");
  resume(L, thread, 0, LUA_YIELD, 0);
  resume(L, thread, 0, LUA_OK, 3);
  take_integer(thread, 99);
  take_integer(thread, LUA_ERRRUN);
  take_string(thread, "later");
  thread = thread_of_chunk(L, "return pcallk(function(a) coroutine.yield() return a, 2 end, 'a')");
  resume(L, thread, 0, LUA_YIELD, 0);
  resume(L, thread, 0, LUA_OK, 4);
  take_integer(thread, 99);
  take_integer(thread, LUA_YIELD); /* completed after a yield */
  take_integer(thread, 2);
  take_string(thread, "a");
}

static int handler(lua_State *L) {
  lua_pushfstring(L, "<%s>", lua_tostring(L, 1));
  return 1;
}

static int calls_with_handler(lua_State *L) {
  lua_settop(L, 1);
  lua_pushcfunction(L, handler);
  lua_insert(L, 1);
  int status = lua_pcallk(L, 0, 0, 1, 5, after_pcall);
  return after_pcall(L, status, 1);
}

static void pcall_with_handler_across_a_yield(void **state) {
  lua_State *L = *state;
  lua_register(L, "handled", calls_with_handler);
  lua_State *thread = thread_of_chunk(L, "return handled(function() coroutine.yield() error('e', 0) end)");
  resume(L, thread, 0, LUA_YIELD, 0);
  resume(L, thread, 0, LUA_OK, 4);
  take_integer(thread, 5);
  take_integer(thread, LUA_ERRRUN);
  take_string(thread, "<e>");
  assert_true(lua_isfunction(thread, -1));
}

static int count_down(lua_State *L, int status, lua_KContext context) {
  (void)status;
  if (context == 0) {
    lua_pushliteral(L, "done");
    return 1;
  }
  lua_settop(L, 0);
  lua_pushinteger(L, (lua_Integer)context);
  return lua_yieldk(L, 1, context - 1, count_down);
}

static int starts_counting(lua_State *L) {
  return count_down(L, LUA_OK, (lua_KContext)luaL_checkinteger(L, 1));
}

static void yields_in_continuations(void **state) {
  lua_State *L = *state;
  lua_State *thread = thread_of(L, starts_counting);
  lua_pushinteger(thread, 200);
  int count;
  for (int i = 200; i > 0; i--) {
    assert_int_equal(lua_resume(thread, L, i == 200, &count), LUA_YIELD);
    assert_int_equal(count, 1);
    take_integer(thread, i);
  }
  resume(L, thread, 0, LUA_OK, 1);
  take_string(thread, "done");
  lua_register(L, "counter", starts_counting); /* and the same under Lua's eyes */
  run_chunk(L,
            "local s = {} for v in coroutine.wrap(function() return counter(4) end) do s[#s + 1] = v "
            "if v == 'done' then break end end return table.concat(s, ' ')",
            1);
  take_string(L, "4 3 2 1 done");
}

static int sees_its_values(lua_State *L, int status, lua_KContext context) {
  assert_int_equal(status, LUA_YIELD);
  assert_int_equal(context, -1);
  assert_string_equal(lua_tostring(L, 1), "low"); /* what was not yielded is still there, the arguments follow */
  assert_int_equal(lua_tointeger(L, 2), 1);
  return lua_gettop(L);
}

static int yields_the_upper(lua_State *L) {
  lua_settop(L, 0);
  lua_pushliteral(L, "low");
  lua_pushliteral(L, "up");
  return lua_yieldk(L, 1, -1, sees_its_values);
}

static void values_below_a_yield_stay(void **state) {
  lua_State *L = *state;
  lua_State *thread = thread_of(L, yields_the_upper);
  resume(L, thread, 0, LUA_YIELD, 1);
  take_string(thread, "up");
  resume(L, thread, 2, LUA_OK, 3);
}

static void yields_from_metamethods_and_iterators(void **state) {
  lua_State *L = *state;
  lua_register(L, "yields", yields_its_arguments);
  run_chunk(L,
            "local t = setmetatable({}, {__index = function(_, k) return (yields(k)) end, __add = yields,"
            "__lt = yields, __concat = yields, __len = yields, __eq = yields, __newindex = function() yields(9) end})\n"
            "local co = coroutine.wrap(function() local u = setmetatable({}, getmetatable(t)) t.x = 1\n"
            "local r = {t.k, t + 1, t < u, t .. 'x', #t, t == u} for k in yields do r[#r + 1] = k break end\n"
            "return r end)\n"
            "local r = co() while type(r) ~= 'table' or getmetatable(r) do r = co('R') end\n"
            "local s = {} for i = 1, 7 do s[i] = tostring(r[i]) end return table.concat(s, ' ')",
            1);
  take_string(L, "R R true R R true R");
}

/* ---- yielding in hooks ---- */

static void yield_hook(lua_State *L, lua_Debug *ar) {
  (void)ar;
  lua_yield(L, 0);
}

static void yields_in_hooks(void **state) {
  lua_State *L = *state;
  static const struct {
    int mask, count, least;
  } cases[] = {
    {LUA_MASKLINE, 0, 5}, {LUA_MASKCOUNT, 1, 10}, {LUA_MASKCOUNT, 3, 5}, {LUA_MASKLINE | LUA_MASKCOUNT, 1, 10}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    lua_State *thread = thread_of_chunk(L, "local sum = 0\nfor i = 1, 10 do\n  sum = sum + i\nend\nlocal t = {sum,\n"
                                           "  ...}\nreturn t[1], t[2], select('#', ...)");
    lua_sethook(thread, yield_hook, cases[i].mask, cases[i].count);
    int yields = 0, status, count;
    lua_pushliteral(thread, "argument");
    lua_pushliteral(thread, "other");
    while ((status = lua_resume(thread, L, yields == 0 ? 2 : 0, &count)) == LUA_YIELD) {
      assert_int_equal(count, 0);
      yields++;
    }
    assert_int_equal(status, LUA_OK);
    assert_true(yields >= cases[i].least);
    assert_int_equal(count, 3);
    take_integer(thread, 2);
    take_string(thread, "argument");
    take_integer(thread, 55);
  }
}

static void yield_value_hook(lua_State *L, lua_Debug *ar) {
  (void)ar;
  lua_sethook(L, NULL, 0, 0);
  lua_yield(L, 0);
}

static void one_yield_in_a_hook(void **state) {
  lua_State *L = *state;
  lua_State *thread = thread_of_chunk(L, "local a = 1\nreturn a + 1");
  lua_sethook(thread, yield_value_hook, LUA_MASKLINE, 0);
  resume(L, thread, 0, LUA_YIELD, 0);
  lua_Debug ar;
  assert_int_equal(lua_getstack(thread, 0, &ar), 1);
  lua_getinfo(thread, "l", &ar);
  assert_int_equal(ar.currentline, 1);
  resume(L, thread, 0, LUA_OK, 1);
  take_integer(thread, 2);
}

static void a_yield_at_the_first_instruction(void **state) {
  lua_State *L = *state;
  lua_State *thread = lua_newthread(L);
  run_chunk(L, "return function(a)\n  return a + 1\nend", 1);
  lua_xmove(L, thread, 1);
  lua_sethook(thread, yield_value_hook, LUA_MASKCOUNT, 1);
  resume(L, thread, 1, LUA_YIELD, 0);
  lua_Debug ar;
  assert_int_equal(lua_getstack(thread, 0, &ar), 1);
  lua_getinfo(thread, "lSn", &ar);
#if LUA_VERSION_RELEASE_NUM >= 50406
  assert_int_equal(ar.currentline, 2); /* 5.4.4 says 1: the instruction before, which there is none of */
#endif
  luaL_traceback(L, thread, NULL, 0);
  resume(L, thread, 0, LUA_OK, 1);
  take_integer(thread, 2);
}

/* ---- closing ---- */

static int close_thread(lua_State *thread, lua_State *from) {
#if LUA_VERSION_RELEASE_NUM >= 50406
  return lua_closethread(thread, from);
#else
  (void)from;
  return lua_resetthread(thread);
#endif
}

static void closing_threads(void **state) {
  lua_State *L = *state;
  lua_State *thread = thread_of_chunk(L, "local c <close> = setmetatable({}, {__close = function(_, e)\n"
                                         "  closed = e == nil and 'nil' or e end}) coroutine.yield(...)");
  resume(L, thread, 2, LUA_YIELD, 2);
  assert_int_equal(close_thread(thread, L), LUA_OK);
  expect_top(thread, 0);
  assert_int_equal(lua_status(thread), LUA_OK);
  lua_getglobal(L, "closed");
  take_string(L, "nil");
  lua_pushcfunction(thread, yields_its_arguments); /* it can be used again */
  resume(L, thread, 1, LUA_YIELD, 1);
  lua_pop(thread, 1);
  assert_int_equal(lua_resetthread(thread), LUA_OK);
  expect_top(thread, 0);
  assert_int_equal(lua_resetthread(thread), LUA_OK);
}

static void closing_after_errors(void **state) {
  lua_State *L = *state;
  lua_State *thread = thread_of_chunk(L, "local c <close> = setmetatable({}, {__close = function(_, e)\n"
                                         "  closed = e end}) local t = {} error(t)");
  int count;
  assert_int_equal(lua_resume(thread, L, 0, &count), LUA_ERRRUN);
  lua_getglobal(L, "closed");
  assert_true(lua_isnil(L, -1)); /* an error leaves the stack as it was */
  assert_int_equal(lua_status(thread), LUA_ERRRUN);
  assert_int_equal(close_thread(thread, L), LUA_ERRRUN);
  expect_top(thread, 1);
  assert_true(lua_istable(thread, 1));
  assert_int_equal(lua_status(thread), LUA_OK);
  lua_getglobal(L, "closed");
  assert_ptr_equal(lua_topointer(L, -1), lua_topointer(thread, 1));
}

static void errors_while_closing(void **state) {
  lua_State *L = *state;
  lua_State *thread =
    thread_of_chunk(L, "local a <close> = setmetatable({}, {__close = function(_, e)\n"
                       "  error(e .. ' a', 0) end})\n"
                       "local b <close> = setmetatable({}, {__close = function() error('b', 0) end})\n"
                       "coroutine.yield()");
  resume(L, thread, 0, LUA_YIELD, 0);
  assert_int_equal(close_thread(thread, L), LUA_ERRRUN);
  expect_top(thread, 1);
  take_string(thread, "b a");
  assert_int_equal(close_thread(thread, L), LUA_OK);
}

static void closing_from_the_thread_of_another_coroutine(void **state) {
  lua_State *L = *state;
  run_chunk(L,
            "local log = {} local co = coroutine.create(function() local c <close> = setmetatable({},\n"
            "{__close = function() log[#log + 1] = 'closed' end}) coroutine.yield('y') end)\n"
            "local out = coroutine.wrap(function() coroutine.resume(co) local ok = coroutine.close(co) log[#log + 1] = "
            "tostring(ok)\n"
            "log[#log + 1] = coroutine.status(co) return true end)() return table.concat(log, ' ')",
            1);
  take_string(L, "closed true dead");
}

static void errors_keep_the_stack_for_inspection(void **state) {
  lua_State *L = *state;
  lua_State *thread = thread_of_chunk(L, "local function inner() local secret = 'found' error('e', 0) end\ninner()");
  int count;
  assert_int_equal(lua_resume(thread, L, 0, &count), LUA_ERRRUN);
  lua_Debug ar;
  int level = 0;
  const char *name = NULL;
  while (name == NULL && lua_getstack(thread, level++, &ar)) name = lua_getlocal(thread, &ar, 1);
  while (name != NULL && strcmp(name, "secret") != 0 && lua_getstack(thread, level++, &ar)) {
    lua_pop(thread, 1);
    name = lua_getlocal(thread, &ar, 1);
  }
  assert_non_null(name);
  take_string(thread, "found");
  luaL_traceback(L, thread, "t", 0);
  take_string(L, "t\nstack traceback:\n\t[C]: in function 'error'\n\tco:1: in local 'inner'\n\tco:2: in main chunk");
}

static void many_results(void **state) {
  lua_State *L = *state;
  lua_State *thread = thread_of_chunk(L, "coroutine.yield(table.unpack({}, 1, 5000)) return table.unpack({}, 1, 9000)");
  resume(L, thread, 0, LUA_YIELD, 5000);
  lua_pop(thread, 5000);
  resume(L, thread, 0, LUA_OK, 9000);
  assert_true(lua_checkstack(L, 9000));
  lua_xmove(thread, L, 9000);
  expect_top(thread, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    STATE_TEST(arguments_and_results),
    STATE_TEST(c_functions_yield),
    STATE_TEST(threads_are_reusable),
    STATE_TEST(resume_without_a_resumer),
    STATE_TEST(dead_threads),
    STATE_TEST(running_threads),
    STATE_TEST(nested_resumes_end),
    STATE_TEST(refused_yields),
    STATE_TEST(yieldable),
    STATE_TEST(call_with_continuation),
    STATE_TEST(fixed_results_across_a_yield),
    STATE_TEST(pcall_with_continuation),
    STATE_TEST(pcall_with_handler_across_a_yield),
    STATE_TEST(yields_in_continuations),
    STATE_TEST(values_below_a_yield_stay),
    STATE_TEST(yields_from_metamethods_and_iterators),
    STATE_TEST(yields_in_hooks),
    STATE_TEST(one_yield_in_a_hook),
    STATE_TEST(a_yield_at_the_first_instruction),
    STATE_TEST(closing_threads),
    STATE_TEST(closing_after_errors),
    STATE_TEST(errors_while_closing),
    STATE_TEST(closing_from_the_thread_of_another_coroutine),
    STATE_TEST(errors_keep_the_stack_for_inspection),
    STATE_TEST(many_results),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Calls, protected calls, errors and where they say they come from (manual 4.4, 4.6; luaL_error, luaL_traceback). */
#include "support.h"

static int give_numbers(lua_State *L) {
  int count = (int)luaL_checkinteger(L, 1);
  luaL_checkstack(L, count, NULL);
  for (int i = 1; i <= count; i++) lua_pushinteger(L, i);
  return count;
}

static void result_counts(void **state) {
  lua_State *L = *state;
  static const struct {
    int given, wanted, got;
  } cases[] = {{0, 0, 0}, {3, 0, 0},           {3, 1, 1},           {3, 3, 3},
               {3, 5, 5}, {0, LUA_MULTRET, 0}, {4, LUA_MULTRET, 4}, {500, LUA_MULTRET, 500},
               {0, 2, 2}, {500, 10, 10}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    lua_pushliteral(L, "below");
    lua_pushcfunction(L, give_numbers);
    lua_pushinteger(L, cases[i].given);
    if (i % 2 == 0)
      lua_call(L, 1, cases[i].wanted);
    else
      assert_int_equal(lua_pcall(L, 1, cases[i].wanted, 0), LUA_OK);
    expect_top(L, 1 + cases[i].got);
    for (int j = 1; j <= cases[i].got; j++) {
      if (j <= cases[i].given)
        assert_int_equal(lua_tointeger(L, 1 + j), j);
      else
        assert_true(lua_isnil(L, 1 + j));
    }
    assert_string_equal(lua_tostring(L, 1), "below");
    lua_settop(L, 0);
  }
}

static int keep_fewer(lua_State *L) {
  lua_settop(L, 5);
  lua_pushliteral(L, "only");
  return 1;
}

static void results_are_the_topmost(void **state) {
  lua_State *L = *state;
  lua_pushcfunction(L, keep_fewer);
  lua_pushinteger(L, 1);
  lua_call(L, 1, LUA_MULTRET);
  take_string(L, "only");
  expect_top(L, 0);
}

static void callable_values(void **state) {
  lua_State *L = *state;
  run_chunk(L,
            "local inner = setmetatable({}, {__call = function(self, ...) return type(self), ... end})\n"
            "return inner, setmetatable({}, {__call = inner})",
            2);
  lua_insert(L, 1);
  lua_pushinteger(L, 5);
  lua_call(L, 1, LUA_MULTRET); /* the upper one: its __call is callable in turn */
  expect_top(L, 3);
  take_integer(L, 5);
  take_string(L, "table");
  lua_pop(L, 1);
  lua_pushinteger(L, 5);
  assert_int_equal(lua_pcall(L, 0, 0, 0), LUA_ERRRUN);
  take_string(L, "attempt to call a number value");
}

/* ---- protected calls ---- */

static int raise_argument(lua_State *L) {
  lua_settop(L, 1);
  return lua_error(L);
}

static void error_objects_of_every_type(void **state) {
  lua_State *L = *state;
  int marker;
  lua_pushnil(L);
  lua_pushboolean(L, 0);
  lua_pushinteger(L, 3);
  lua_pushliteral(L, "s");
  lua_newtable(L);
  lua_pushlightuserdata(L, &marker);
  lua_pushcfunction(L, raise_argument);
  lua_newthread(L);
  lua_newuserdatauv(L, 1, 0);
  int count = lua_gettop(L);
  for (int i = 1; i <= count; i++) {
    lua_pushcfunction(L, raise_argument);
    lua_pushvalue(L, i);
    assert_int_equal(lua_pcall(L, 1, LUA_MULTRET, 0), LUA_ERRRUN);
    expect_top(L, count + 1);
    assert_int_equal(lua_type(L, -1), lua_type(L, i));
    assert_true(lua_rawequal(L, -1, i));
    lua_pop(L, 1);
  }
}

static int handler(lua_State *L) {
  lua_pushfstring(L, "handled: %s", luaL_tolstring(L, 1, NULL));
  return 1;
}

static int failing_handler(lua_State *L) {
  return lua_error(L); /* raises what it gets, for ever */
}

static int raise_twice_handler(lua_State *L) {
  if (lua_toboolean(L, lua_upvalueindex(1))) {
    lua_pushfstring(L, "second got %s", lua_tostring(L, 1));
    return 1;
  }
  lua_pushboolean(L, 1);
  lua_replace(L, lua_upvalueindex(1));
  return luaL_error(L, "in the handler");
}

static void message_handlers(void **state) {
  lua_State *L = *state;
  lua_pushcfunction(L, handler);
  lua_pushcfunction(L, raise_argument);
  lua_pushinteger(L, 12);
  assert_int_equal(lua_pcall(L, 1, 1, 1), LUA_ERRRUN);
  take_string(L, "handled: 12");
  luaL_loadstring(L, "local x = nil; x()"); /* with a relative index */
  assert_int_equal(lua_pcall(L, 0, 1, -2), LUA_ERRRUN);
  take_string(L, "handled: [string \"local x = nil; x()\"]:1: attempt to call a nil value (local 'x')");
  lua_pushcfunction(L, handler); /* no error: not called */
  lua_pushcfunction(L, give_numbers);
  lua_pushinteger(L, 2);
  assert_int_equal(lua_pcall(L, 1, LUA_MULTRET, -3), LUA_OK);
  expect_top(L, 4);
}

static void handlers_that_raise(void **state) {
  lua_State *L = *state;
  lua_pushboolean(L, 0);
  lua_pushcclosure(L, raise_twice_handler, 1);
  lua_pushcfunction(L, raise_argument);
  lua_pushliteral(L, "first");
  assert_int_equal(lua_pcall(L, 1, 1, 1), LUA_ERRRUN); /* an error in the handler is handled by it too */
  take_string(L, "second got in the handler");
  lua_settop(L, 0);
  lua_pushcfunction(L, failing_handler);
  lua_pushcfunction(L, raise_argument);
  lua_pushliteral(L, "first");
  assert_int_equal(lua_pcall(L, 1, 1, 1), LUA_ERRERR);
  take_string(L, "error in error handling");
  expect_top(L, 1);
  run_chunk(L, "return 'usable'", 1);
  take_string(L, "usable");
}

static int nested_handlers(lua_State *L) {
  lua_pushcfunction(L, handler);
  lua_pushcfunction(L, raise_argument);
  lua_pushliteral(L, "inner");
  assert_int_equal(lua_pcall(L, 1, 0, 1), LUA_ERRRUN);
  return lua_error(L);
}

static void handlers_nest(void **state) {
  lua_State *L = *state;
  lua_pushcfunction(L, handler);
  lua_pushcfunction(L, nested_handlers);
  assert_int_equal(lua_pcall(L, 0, 0, 1), LUA_ERRRUN);
  take_string(L, "handled: handled: inner");
  lua_pushcfunction(L, raise_argument); /* and the handler is gone afterwards */
  lua_pushliteral(L, "bare");
  assert_int_equal(lua_pcall(L, 1, 0, 0), LUA_ERRRUN);
  take_string(L, "bare");
}

static void stack_overflow_is_an_error(void **state) {
  lua_State *L = *state;
  run_chunk(L, "function deep() return 1 + deep() end", 0);
  lua_getglobal(L, "deep");
  assert_int_equal(lua_pcall(L, 0, 0, 0), LUA_ERRRUN);
  assert_non_null(strstr(lua_tostring(L, -1), "stack overflow"));
  lua_settop(L, 0);
  lua_pushcfunction(L, handler); /* a handler finds room even then */
  lua_getglobal(L, "deep");
  assert_int_equal(lua_pcall(L, 0, 0, 1), LUA_ERRRUN);
  assert_int_equal(strncmp(lua_tostring(L, -1), "handled: ", 9), 0);
  lua_settop(L, 0);
  run_chunk(L, "return select('#', table.unpack({}, 1, 1000))", 1);
  take_integer(L, 1000);
}

static int nest(lua_State *L) {
  lua_Integer depth = lua_tointeger(L, 1);
  if (depth == 0) return 0;
  lua_pushcfunction(L, nest);
  lua_pushinteger(L, depth - 1);
  lua_call(L, 1, 0);
  return 0;
}

static void nested_c_calls(void **state) {
  lua_State *L = *state;
  lua_pushcfunction(L, nest);
  lua_pushinteger(L, 190);
  assert_int_equal(lua_pcall(L, 1, 0, 0), LUA_OK);
  lua_pushcfunction(L, nest);
  lua_pushinteger(L, 200);
  assert_int_equal(lua_pcall(L, 1, 0, 0), LUA_ERRRUN);
  take_string(L, "C stack overflow");
  lua_pushcfunction(L, nest);
  lua_pushinteger(L, 1000000);
  assert_int_equal(lua_pcall(L, 1, 0, 0), LUA_ERRRUN);
  take_string(L, "C stack overflow");
  lua_pushcfunction(L, nest);
  lua_pushinteger(L, 190);
  assert_int_equal(lua_pcall(L, 1, 0, 0), LUA_OK); /* the depth is counted down after an error */
}

/* ---- panic ---- */

static jmp_buf panic_exit;

static int panic(lua_State *L) {
  assert_string_equal(lua_tostring(L, -1), "unprotected");
  longjmp(panic_exit, 1);
}

static int other_panic(lua_State *L) {
  (void)L;
  return 0;
}

static void panic_function(void **state) {
  lua_State *L = *state;
  lua_CFunction standard = lua_atpanic(L, other_panic);
  assert_non_null(standard);
  assert_ptr_equal(lua_atpanic(L, panic), other_panic);
  lua_settop(L, 0);
  if (setjmp(panic_exit) == 0) {
    lua_pushliteral(L, "unprotected");
    lua_error(L);
    fail_msg("lua_error returned");
  }
  lua_settop(L, 0); /* the state can still be used by one who jumped out at the lowest level */
  run_chunk(L, "return 1 + 1", 1);
  take_integer(L, 2);
  if (setjmp(panic_exit) == 0) {
    lua_State *thread = lua_newthread(L); /* no protected call in this thread either */
    lua_pushliteral(thread, "unprotected");
    lua_error(thread);
    fail_msg("lua_error returned");
  }
  lua_atpanic(L, standard);
}

/* ---- texts with positions ---- */

static void load_named(lua_State *L, const char *source, const char *name) {
  assert_int_equal(luaL_loadbuffer(L, source, strlen(source), name), LUA_OK);
}

static int complain(lua_State *L) {
  return luaL_error(L, "number %d of %s%%", 7, "it");
}

static int where(lua_State *L) {
  luaL_where(L, (int)luaL_checkinteger(L, 1));
  return 1;
}

static void positions(void **state) {
  lua_State *L = *state;
  lua_register(L, "complain", complain);
  lua_register(L, "where", where);
  expect_raise(L, complain, "number 7 of it%"); /* no Lua function has called */
  expect_chunk_raise(L, "\n\ncomplain()", "chunk:3: number 7 of it%");
  load_named(L,
             "local a = where(1)\nlocal function f() return where(2), 1 end\nlocal b = f()\n"
             "return a, b, where(0), where(100)",
             "@file.lua");
  lua_call(L, 0, 4);
  assert_string_equal(lua_tostring(L, 1), "file.lua:1: ");
  assert_string_equal(lua_tostring(L, 2), "file.lua:3: ");
  assert_string_equal(lua_tostring(L, 3), ""); /* a C function has no position */
  assert_string_equal(lua_tostring(L, 4), "");
}

/* ---- arguments ---- */

static int wants(lua_State *L) {
  static const char *const options[] = {"one", "two", NULL};
  lua_Integer kind = lua_tointeger(L, lua_upvalueindex(1));
  switch (kind) {
    case 0: luaL_checkinteger(L, 1); break;
    case 1: luaL_checknumber(L, 2); break;
    case 2: luaL_checkstring(L, 1); break;
    case 3: lua_pushinteger(L, luaL_checkoption(L, 1, "two", options)); return 1;
    case 4: luaL_checktype(L, 1, LUA_TTABLE); break;
    case 5: luaL_checkany(L, 2); break;
    case 6: luaL_argcheck(L, 0, 1, "no good"); break;
    case 7: luaL_argexpected(L, 0, 1, "chair"); break;
    case 8: luaL_checkudata(L, 1, "Chair"); break;
    case 9: lua_pushinteger(L, luaL_optinteger(L, 1, 33)); return 1;
    case 10: lua_pushnumber(L, luaL_optnumber(L, 1, 0.5)); return 1;
    case 11: lua_pushstring(L, luaL_optstring(L, 1, "default")); return 1;
    case 12: luaL_checkoption(L, 1, NULL, options); break;
  }
  return 0;
}

static void define_wants(lua_State *L) {
  lua_newtable(L);
  lua_setglobal(L, "lib");
  lua_getglobal(L, "lib");
  for (int kind = 0; kind <= 12; kind++) {
    lua_pushinteger(L, kind);
    lua_pushcclosure(L, wants, 1);
    lua_pushfstring(L, "f%d", kind);
    lua_pushvalue(L, -2);
    lua_setglobal(L, lua_tostring(L, -2));
    lua_pushvalue(L, -2);
    lua_settable(L, -4);
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
}

static void argument_errors(void **state) {
  lua_State *L = *state;
  static const char *const cases[][2] = {
    {"f0()", "chunk:1: bad argument #1 to 'f0' (number expected, got no value)"},
    {"f0({})", "chunk:1: bad argument #1 to 'f0' (number expected, got table)"},
    {"f0(1.5)", "chunk:1: bad argument #1 to 'f0' (number has no integer representation)"},
    {"f0('x')", "chunk:1: bad argument #1 to 'f0' (number expected, got string)"},
    {"f1(1, print)", "chunk:1: bad argument #2 to 'f1' (number expected, got function)"},
    {"f2(nil)", "chunk:1: bad argument #1 to 'f2' (string expected, got nil)"},
    {"f3('three')", "chunk:1: bad argument #1 to 'f3' (invalid option 'three')"},
    {"f12()", "chunk:1: bad argument #1 to 'f12' (string expected, got no value)"},
    {"f4(1)", "chunk:1: bad argument #1 to 'f4' (table expected, got number)"},
    {"f5(1)", "chunk:1: bad argument #2 to 'f5' (value expected)"},
    {"f6(1)", "chunk:1: bad argument #1 to 'f6' (no good)"},
    {"f7(1)", "chunk:1: bad argument #1 to 'f7' (chair expected, got number)"},
    {"f7(io.stdout)", "chunk:1: bad argument #1 to 'f7' (chair expected, got FILE*)"},
    {"f7(setmetatable({}, {__name = 'Stool'}))", "chunk:1: bad argument #1 to 'f7' (chair expected, got Stool)"},
    {"f7(setmetatable({}, {__name = 1}))", "chunk:1: bad argument #1 to 'f7' (chair expected, got table)"},
    {"f8(io.stdout)", "chunk:1: bad argument #1 to 'f8' (Chair expected, got FILE*)"},
    {"f9('1.5')", "chunk:1: bad argument #1 to 'f9' (string expected, got string)"},
    {"lib:f1()", "chunk:1: bad argument #1 to 'f1' (number expected, got no value)"},
    {"lib:f0()", "chunk:1: calling 'f0' on bad self (number expected, got table)"},
    {"lib.f0()", "chunk:1: bad argument #1 to 'f0' (number expected, got no value)"},
    {"local g = f0; g()", "chunk:1: bad argument #1 to 'g' (number expected, got no value)"},
    {"pcall(error); local t = {f0}; t[1]()",
     "chunk:1: bad argument #1 to 'integer index' (number expected, got no value)"},
    {"local s = string.rep; s()", "chunk:1: bad argument #1 to 's' (string expected, got no value)"},
    {"return select(2, f0())", "chunk:1: bad argument #1 to 'f0' (number expected, got no value)"},
  };
  define_wants(L);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    if (strstr(cases[i][0], "f9") != NULL) continue; /* below */
    expect_chunk_raise(L, cases[i][0], cases[i][1]);
  }
  expect_chunk_raise(L, "f9('x')", "chunk:1: bad argument #1 to 'f9' (number expected, got string)");
  expect_chunk_raise(L, "f9('1.5')", "chunk:1: bad argument #1 to 'f9' (number has no integer representation)");
  run_chunk(L, "return f9(), f9(nil), f9(4), f10(), f10(2), f11(), f11('s'), f3(), f3('one')", 9);
  static const char *const results[] = {"33", "33", "4", "0.5", "2.0", "default", "s", "1", "0"};
  for (int i = 0; i < 9; i++) assert_string_equal(lua_tostring(L, i + 1), results[i]);
}

static void functions_called_from_c_have_names_from_loaded(void **state) {
  lua_State *L = *state;
  run_chunk(L, "return pcall(string.rep)", 2);
  take_string(L, "bad argument #1 to 'string.rep' (string expected, got no value)");
  lua_settop(L, 0);
  run_chunk(L, "return pcall(ipairs)", 2);
  take_string(L, "bad argument #1 to 'ipairs' (value expected)");
  lua_settop(L, 0);
  lua_pushcfunction(L, complain);
  lua_pop(L, 1);
  define_wants(L);
  run_chunk(L, "return pcall(lib.f0)", 2); /* not found in package.loaded, but as a global */
  assert_non_null(strstr(lua_tostring(L, -1), "to 'f0' (number expected, got no value)"));
}

/* ---- tracebacks ---- */

static int trace(lua_State *L) {
  luaL_traceback(L, L, luaL_optstring(L, 1, NULL), (int)luaL_optinteger(L, 2, 1));
  return 1;
}

static void tracebacks(void **state) {
  lua_State *L = *state;
  lua_register(L, "trace", trace);
  load_named(L,
             "local function inner() local t = trace('msg') return t end\n"
             "function global() local t = inner() return t end\n"
             "local object = {}\n"
             "function object:method() local t = global() return t end\n"
             "local wrapped = function() return (object:method()) end\n"
             "local t = wrapped()\n"
             "return t",
             "@t.lua");
  lua_call(L, 0, 1);
  take_string(L, "msg\nstack traceback:\n"
                 "\tt.lua:1: in upvalue 'inner'\n"
                 "\tt.lua:2: in function 'global'\n"
                 "\tt.lua:4: in method 'method'\n"
                 "\tt.lua:5: in local 'wrapped'\n"
                 "\tt.lua:6: in main chunk");
  load_named(
    L, "local function f() local t = trace(nil, 0) return t end local function tail() return f() end\nreturn (tail())",
    "=t");
  lua_call(L, 0, 1);
  take_string(L, "stack traceback:\n\t[C]: in function 'trace'\n\tt:1: in function <t:1>\n\t(...tail calls...)\n\tt:2: "
                 "in main chunk");
  luaL_traceback(L, L, "nobody", 0);
  take_string(L, "nobody\nstack traceback:");
}

static void traceback_of_another_thread(void **state) {
  lua_State *L = *state;
  load_named(L, "local function f() coroutine.yield() end\nf()", "=co");
  lua_State *thread = lua_newthread(L);
  lua_insert(L, 1);
  lua_xmove(L, thread, 1);
  int count;
  assert_int_equal(lua_resume(thread, L, 0, &count), LUA_YIELD);
  luaL_traceback(L, thread, "m", 0);
  take_string(L,
              "m\nstack traceback:\n\t[C]: in function 'coroutine.yield'\n\tco:1: in local 'f'\n\tco:2: in main chunk");
}

static void long_tracebacks_are_cut(void **state) {
  lua_State *L = *state;
  lua_register(L, "trace", trace);
  load_named(L, "local function f(n) if n == 0 then return (trace()) end return (f(n - 1)) end return (f(60))", "=t");
  lua_call(L, 0, 1);
  const char *text = lua_tostring(L, -1);
  int lines = 0;
  for (const char *at = text; *at != 0; at++) lines += *at == '\n';
  assert_int_equal(lines, 10 + 1 + 11); /* ten levels, the gap, eleven levels */
  assert_non_null(strstr(text, "\n\t...\t(skipping "));
  assert_non_null(strstr(text, " levels)\n"));
}

static int take_traceback(lua_State *L) {
  luaL_traceback(L, L, lua_tostring(L, 1), 1);
  return 1;
}

static void tracebacks_in_handlers(void **state) {
  lua_State *L = *state;
  lua_pushcfunction(L, take_traceback);
  load_named(L, "local t = {}\nlocal function f() t.x.y = 1 end\nf()", "=t");
  assert_int_equal(lua_pcall(L, 0, 0, 1), LUA_ERRRUN);
  take_string(L, "t:2: attempt to index a nil value (field 'x')\nstack traceback:\n"
                 "\tt:2: in local 'f'\n\tt:3: in main chunk");
}

static void status_after_errors(void **state) {
  lua_State *L = *state;
  assert_int_equal(lua_status(L), LUA_OK);
  assert_int_equal(luaL_loadstring(L, "x ="), LUA_ERRSYNTAX);
  lua_pop(L, 1);
  assert_int_equal(luaL_dostring(L, "error('x')"), 1);
  lua_pop(L, 1);
  assert_int_equal(lua_status(L), LUA_OK);
  assert_false(lua_isyieldable(L));
}

/* A C library that reports errors by jumps of its own: the jump crosses calls of Lua and of C functions on its way to
 * the function that set it, which then raises a Lua error, as a decoder's wrapper does. */
static jmp_buf library_exit;

static int jump_out(lua_State *L) {
  luaL_checkstack(L, 50, "values");
  for (int i = 0; i < 50; i++) lua_pushinteger(L, i);
  longjmp(library_exit, 1);
}

static int call_library(lua_State *L) {
  if (setjmp(library_exit) != 0) return luaL_error(L, "the library failed");
  lua_call(L, 0, 0);
  return 0;
}

static void a_foreign_jump_across_calls(void **state) {
  lua_State *L = *state;
  lua_register(L, "jump_out", jump_out);
  lua_register(L, "call_library", call_library);
  for (int round = 0; round < 300; round++) {
    assert_int_equal(luaL_dostring(L,
                                   "local held = {1, 2, 3}\n"
                                   "local ok, message = pcall(call_library, function()\n"
                                   "  local function deep(n) if n == 0 then jump_out() end return 1 + deep(n - 1) end\n"
                                   "  return deep(100)\n"
                                   "end)\n"
                                   "assert(not ok and #held == 3)\n"
                                   "return message"),
                     LUA_OK);
    assert_non_null(strstr(lua_tostring(L, -1), "the library failed"));
    lua_settop(L, 0);
    if (round % 50 == 0) lua_gc(L, LUA_GCCOLLECT);
  }
  assert_int_equal(
    luaL_dostring(L, "return select(2, pcall(string.rep, 'x', -1)), coroutine.wrap(function() return 5 end)()"),
    LUA_OK);
  assert_int_equal(lua_tointeger(L, -1), 5);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    STATE_TEST(result_counts),
    STATE_TEST(results_are_the_topmost),
    STATE_TEST(callable_values),
    STATE_TEST(error_objects_of_every_type),
    STATE_TEST(message_handlers),
    STATE_TEST(handlers_that_raise),
    STATE_TEST(handlers_nest),
    STATE_TEST(stack_overflow_is_an_error),
    STATE_TEST(nested_c_calls),
    STATE_TEST(panic_function),
    STATE_TEST(a_foreign_jump_across_calls),
    STATE_TEST(positions),
    STATE_TEST(argument_errors),
    STATE_TEST(functions_called_from_c_have_names_from_loaded),
    STATE_TEST(tracebacks),
    STATE_TEST(traceback_of_another_thread),
    STATE_TEST(long_tracebacks_are_cut),
    STATE_TEST(tracebacks_in_handlers),
    STATE_TEST(status_after_errors),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

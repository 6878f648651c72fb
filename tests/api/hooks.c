/* Hooks and the debug interface (manual 4.7). */
#include "support.h"

/* ---- events ---- */

static char events[4096];

static void note_event(lua_State *L, lua_Debug *ar) {
  size_t length = strlen(events);
  char *end = events + length;
  size_t room = sizeof events - length;
  lua_getinfo(L, "nSl", ar);
  const char *name = ar->name != NULL ? ar->name : "-";
  switch (ar->event) {
    case LUA_HOOKCALL: snprintf(end, room, "call %s;", name); break;
    case LUA_HOOKTAILCALL: snprintf(end, room, "tail %s;", name); break;
    case LUA_HOOKRET: snprintf(end, room, "ret;"); break;
    case LUA_HOOKLINE: snprintf(end, room, "%d;", ar->currentline); break;
    case LUA_HOOKCOUNT: snprintf(end, room, "n;"); break;
  }
}

/* Loads, hooks, runs; the events are those of the chunk, from its call to its return. */
static void trace(lua_State *L, const char *source, int mask, int count) {
  events[0] = 0;
  assert_int_equal(luaL_loadbuffer(L, source, strlen(source), "=t"), LUA_OK);
  lua_sethook(L, note_event, mask, count);
  lua_call(L, 0, 0);
  lua_sethook(L, NULL, 0, 0);
}

static void call_and_return_events(void **state) {
  lua_State *L = *state;
  trace(L, "local function f() return 1 end local x = f() f(x)", LUA_MASKCALL | LUA_MASKRET, 0);
  assert_string_equal(events, "call -;call f;ret;call f;ret;ret;");
  trace(L, "local function g() return 2 end local function f() return g() end local x = f()",
        LUA_MASKCALL | LUA_MASKRET, 0);
  assert_string_equal(events, "call -;call f;tail -;ret;ret;");
  trace(L, "local x = math.abs(-1)", LUA_MASKCALL | LUA_MASKRET, 0);
  assert_string_equal(events, "call -;call abs;ret;ret;");
  trace(L, "local x = math.abs(-1)", LUA_MASKRET, 0);
  assert_string_equal(events, "ret;ret;");
  trace(L, "local t = setmetatable({}, {__index = function() return 1 end}) local x = t.x", LUA_MASKCALL, 0);
  assert_string_equal(events, "call -;call setmetatable;call index;");
  trace(L, "for k in pairs({1}) do end", LUA_MASKCALL, 0);
  assert_string_equal(events, "call -;call pairs;call for iterator;call for iterator;");
}

static void line_events(void **state) {
  lua_State *L = *state;
  trace(L, "local a = 1\nlocal b = 2\n\nif a == b then\n  a = 3\nelse\n  a = 4\nend\nreturn a", LUA_MASKLINE, 0);
  assert_string_equal(events, "1;2;4;7;9;");
  trace(L, "for i = 1, 3 do\n  local x = i\nend", LUA_MASKLINE, 0);
  assert_string_equal(events, "1;2;1;2;1;2;1;3;");
  trace(L, "local i = 0 while i < 3 do i = i + 1 end", LUA_MASKLINE, 0);
  assert_string_equal(events, "1;1;1;1;"); /* each jump backward begins its line again */
  trace(L, "local function f(a)\n  return a\nend\nlocal x = f(1) +\n  f(2)\nreturn x", LUA_MASKLINE, 0);
  assert_string_equal(events, "3;4;2;5;2;4;6;");
  trace(L, "local s = 0\nrepeat\n  s = s + 1\nuntil s == 2", LUA_MASKLINE, 0);
  assert_string_equal(events, "1;3;4;3;4;");
}

static int counted;

static void count_event(lua_State *L, lua_Debug *ar) {
  (void)L;
  assert_int_equal(ar->event, LUA_HOOKCOUNT);
  counted++;
}

static void count_events(void **state) {
  lua_State *L = *state;
  int every[4];
  for (int step = 1; step <= 4; step++) {
    luaL_loadstring(L, "local x = 0 for i = 1, 1000 do x = x + i end");
    counted = 0;
    lua_sethook(L, count_event, LUA_MASKCOUNT, step);
    lua_call(L, 0, 0);
    every[step - 1] = counted;
    lua_sethook(L, NULL, 0, 0);
  }
  assert_true(every[0] >= 2000);
  for (int step = 2; step <= 4; step++) assert_in_range(every[step - 1], every[0] / step - 1, every[0] / step + 1);
}

static void break_hook(lua_State *L, lua_Debug *ar) {
  (void)ar;
  luaL_error(L, "interrupted");
}

static void errors_in_hooks(void **state) {
  lua_State *L = *state;
  luaL_loadbuffer(L, "while true do end", 17, "=loop");
  lua_sethook(L, break_hook, LUA_MASKCOUNT, 1000);
  assert_int_equal(lua_pcall(L, 0, 0, 0), LUA_ERRRUN);
  lua_sethook(L, NULL, 0, 0);
  take_string(L, "interrupted");
  run_chunk(L, "return 1", 1);
}

static void settings(void **state) {
  lua_State *L = *state;
  assert_null(lua_gethook(L));
  assert_int_equal(lua_gethookmask(L), 0);
  lua_sethook(L, note_event, LUA_MASKLINE | LUA_MASKCOUNT, 77);
  assert_ptr_equal(lua_gethook(L), note_event);
  assert_int_equal(lua_gethookmask(L), LUA_MASKLINE | LUA_MASKCOUNT);
  assert_int_equal(lua_gethookcount(L), 77);
  lua_State *thread = lua_newthread(L); /* new threads inherit */
  assert_ptr_equal(lua_gethook(thread), note_event);
  assert_int_equal(lua_gethookmask(thread), LUA_MASKLINE | LUA_MASKCOUNT);
  assert_int_equal(lua_gethookcount(thread), 77);
  lua_sethook(L, note_event, 0, 5);
  assert_null(lua_gethook(L));
  lua_sethook(L, NULL, LUA_MASKCALL, 5);
  assert_int_equal(lua_gethookmask(L), 0);
  assert_ptr_equal(lua_gethook(thread), note_event); /* each thread has its own */
}

static void transfer_hook(lua_State *L, lua_Debug *ar) {
  size_t length = strlen(events);
  lua_getinfo(L, "rS", ar);
  if (strcmp(ar->what, "C") == 0) return;
  snprintf(events + length, sizeof events - length, "%c%d+%d:", ar->event == LUA_HOOKRET ? 'r' : 'c', ar->ftransfer,
           ar->ntransfer);
  for (int i = 0; i < ar->ntransfer; i++) {
    lua_getlocal(L, ar, ar->ftransfer + i);
    length = strlen(events);
    snprintf(events + length, sizeof events - length, " %s", luaL_tolstring(L, -1, NULL));
    lua_pop(L, 2);
  }
  strcat(events, ";");
}

static void transferred_values(void **state) {
  lua_State *L = *state;
  run_chunk(L, "function f(a, b) local c = 3 return c, a, b end", 0);
  luaL_loadstring(L, "local x = f(10, 20) return");
  events[0] = 0;
  lua_sethook(L, transfer_hook, LUA_MASKCALL | LUA_MASKRET, 0);
  lua_call(L, 0, 0);
  lua_sethook(L, NULL, 0, 0);
  assert_non_null(strstr(events, "c1+2: 10 20;"));
  assert_non_null(strstr(events, "+3: 3 10 20;"));
}

/* ---- lua_getinfo ---- */

static lua_Debug info_of_top(lua_State *L, const char *what) {
  lua_Debug ar;
  memset(&ar, 0xee, sizeof ar);
  assert_int_equal(lua_getinfo(L, what, &ar), 1);
  return ar;
}

static void info_about_functions(void **state) {
  lua_State *L = *state;
  const char *source = "local u, v = 1\nreturn function(a, b, ...)\n  return u, v\nend, function() end";
  assert_int_equal(luaL_loadbuffer(L, source, strlen(source), "@file.lua"), LUA_OK);
  lua_call(L, 0, 2);
  lua_pop(L, 1);
  lua_pushvalue(L, -1);
  lua_Debug ar = info_of_top(L, ">Slutn");
  expect_top(L, 1);
  assert_string_equal(ar.what, "Lua");
  assert_string_equal(ar.source, "@file.lua");
  assert_int_equal(ar.srclen, 9);
  assert_string_equal(ar.short_src, "file.lua");
  assert_int_equal(ar.linedefined, 2);
  assert_int_equal(ar.lastlinedefined, 4);
  assert_int_equal(ar.currentline, -1);
  assert_int_equal(ar.nups, 2);
  assert_int_equal(ar.nparams, 2);
  assert_int_equal(ar.isvararg, 1);
  assert_int_equal(ar.istailcall, 0);
  assert_string_equal(ar.namewhat, "");
  assert_null(ar.name);
  lua_getglobal(L, "print");
  ar = info_of_top(L, ">Su");
  assert_string_equal(ar.what, "C");
  assert_string_equal(ar.source, "=[C]");
  assert_string_equal(ar.short_src, "[C]");
  assert_int_equal(ar.linedefined, -1);
  assert_int_equal(ar.nparams, 0);
  assert_int_equal(ar.isvararg, 1);
  luaL_loadstring(L, "x = 1");
  ar = info_of_top(L, ">S");
  assert_string_equal(ar.what, "main");
  assert_int_equal(ar.linedefined, 0);
  assert_string_equal(ar.short_src, "[string \"x = 1\"]");
}

static void info_that_pushes(void **state) {
  lua_State *L = *state;
  luaL_loadstring(L, "return function(a)\n  local b = a\n\n  return b\nend");
  lua_call(L, 0, 1);
  lua_pushvalue(L, 1);
  info_of_top(L, ">fL"); /* the function first, then the table of lines */
  expect_top(L, 3);
  assert_true(lua_rawequal(L, 1, 2));
  static const int active[] = {0, 0, 1, 0, 1, 1, 0};
  for (int line = 1; line < 7; line++) {
    lua_rawgeti(L, 3, line);
    assert_int_equal(lua_toboolean(L, -1), active[line]);
    lua_pop(L, 1);
  }
  lua_settop(L, 0);
  lua_getglobal(L, "print");
  info_of_top(L, ">L");
  take_nil(L);
  lua_getglobal(L, "print");
  lua_Debug ar;
  assert_int_equal(lua_getinfo(L, ">X", &ar), 0); /* an unknown letter is reported */
  expect_top(L, 0);
}

static int report_levels(lua_State *L) {
  lua_Debug ar;
  lua_newtable(L);
  for (int level = 0; lua_getstack(L, level, &ar); level++) {
    lua_getinfo(L, "nSlt", &ar);
    lua_pushfstring(L, "%s %s %s %d %d", ar.what, ar.name == NULL ? "-" : ar.name, ar.namewhat, ar.currentline,
                    ar.istailcall != 0);
    lua_rawseti(L, -2, level);
  }
  assert_int_equal(lua_getstack(L, 1000, &ar), 0);
  assert_int_equal(lua_getstack(L, -1, &ar), 0);
  return 1;
}

static void levels_of_the_stack(void **state) {
  lua_State *L = *state;
  lua_register(L, "report", report_levels);
  const char *source = "local object = {}\nfunction object:method() local r = report() return r end\n"
                       "function global() local r = object:method() return r end\n"
                       "local up = function() return global() end\n"
                       "local t = {field = function() local r = up() return r end}\n"
                       "local r = t.field()\nreturn r";
  luaL_loadbuffer(L, source, strlen(source), "=levels");
  lua_call(L, 0, 1);
  static const char *const expected[] = {"C report global -1 0", "Lua method method 2 0", "Lua -  3 1",
                                         "Lua field field 5 0", "main -  6 0"};
  for (int i = 0; i < 5; i++) {
    lua_rawgeti(L, 1, i);
    take_string(L, expected[i]);
  }
}

/* ---- locals ---- */

static int see_locals(lua_State *L) {
  lua_Debug ar;
  assert_int_equal(lua_getstack(L, 1, &ar), 1);
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  static const int numbers[] = {1, 2, 3, 4, 5, -1, -2, -3};
  for (int i = 0; i < 8; i++) {
    const char *name = lua_getlocal(L, &ar, numbers[i]);
    if (name == NULL) {
      luaL_addstring(&buffer, "none;");
      continue;
    }
    const char *value = luaL_tolstring(L, -1, NULL);
    char text[100];
    snprintf(text, sizeof text, "%s=%.20s;", name, lua_isnil(L, -2) ? "nil" : value);
    lua_pop(L, 2);
    luaL_addstring(&buffer, text);
  }
  luaL_pushresult(&buffer);
  return 1;
}

static int change_locals(lua_State *L) {
  lua_Debug ar;
  lua_getstack(L, 1, &ar);
  lua_pushliteral(L, "changed");
  assert_string_equal(lua_setlocal(L, &ar, 1), "a");
  lua_pushliteral(L, "vararg");
  assert_string_equal(lua_setlocal(L, &ar, -2), "(vararg)");
  lua_pushliteral(L, "nowhere");
  assert_null(lua_setlocal(L, &ar, 99)); /* nothing is popped */
  lua_pushliteral(L, "nowhere");
  assert_null(lua_setlocal(L, &ar, -99));
  expect_top(L, 2);
  return 0;
}

static void locals(void **state) {
  lua_State *L = *state;
  lua_register(L, "see", see_locals);
  lua_register(L, "change", change_locals);
  run_chunk(L,
            "local function f(a, b, ...) local c = 3 do local gone = 4 end local s = select(1, see()) return s end\n"
            "return f(1, nil, 'x', 'y')",
            1);
  const char *text = lua_tostring(L, -1);
  assert_int_equal(strncmp(text, "a=1;b=nil;c=3;(temporary)=function", 34), 0);
  assert_non_null(strstr(text, ";(temporary)=1;(vararg)=x;(vararg)=y;none;"));
  lua_settop(L, 0);
  run_chunk(L, "local function f(a, b, ...) change() return a, select(2, ...) end return f(1, 2, 'x', 'y')", 2);
  take_string(L, "vararg");
  take_string(L, "changed");
}

static int locals_of_c(lua_State *L) {
  lua_Debug ar;
  lua_getstack(L, 0, &ar);
  assert_string_equal(lua_getlocal(L, &ar, 1), "(C temporary)");
  take_string(L, "argument");
  assert_null(lua_getlocal(L, &ar, 2));
  assert_null(lua_getlocal(L, &ar, -1));
  lua_pushliteral(L, "new");
  assert_string_equal(lua_setlocal(L, &ar, 1), "(C temporary)");
  return 1;
}

static void locals_of_c_functions(void **state) {
  lua_State *L = *state;
  lua_pushcfunction(L, locals_of_c);
  lua_pushliteral(L, "argument");
  lua_call(L, 1, 1);
  take_string(L, "new");
}

static void parameters_of_inactive_functions(void **state) {
  lua_State *L = *state;
  run_chunk(L, "return function(first, second, ...) local third end", 1);
  static const char *const names[] = {NULL, "first", "second", NULL, NULL};
  for (int i = 0; i < 5; i++) {
    lua_pushvalue(L, 1);
    const char *name = lua_getlocal(L, NULL, i);
    if (names[i] == NULL)
      assert_null(name);
    else
      assert_string_equal(name, names[i]);
    expect_top(L, 2); /* the function stays, nothing is pushed */
    lua_pop(L, 1);
  }
  lua_getglobal(L, "print");
  assert_null(lua_getlocal(L, NULL, 1));
}

/* ---- upvalues ---- */

static int dummy(lua_State *L) {
  (void)L;
  return 0;
}

static void upvalues(void **state) {
  lua_State *L = *state;
  run_chunk(L, "local a, b = 1, {} return function() return a, b end, function() return b, a end", 2);
  assert_string_equal(lua_getupvalue(L, 1, 1), "a");
  take_integer(L, 1);
  assert_string_equal(lua_getupvalue(L, 2, 1), "b");
  lua_pop(L, 1);
  assert_null(lua_getupvalue(L, 1, 3));
  assert_null(lua_getupvalue(L, 1, 0));
  assert_null(lua_getupvalue(L, 1, -1));
  assert_ptr_equal(lua_upvalueid(L, 1, 1), lua_upvalueid(L, 2, 2));
  assert_ptr_not_equal(lua_upvalueid(L, 1, 1), lua_upvalueid(L, 1, 2));
#if LUA_VERSION_RELEASE_NUM >= 50404
  assert_null(lua_upvalueid(L, 1, 3));
  assert_null(lua_upvalueid(L, 1, 0));
#endif
  lua_newtable(L);
  assert_string_equal(lua_setupvalue(L, 1, 1), "a");
  expect_top(L, 2);
  lua_gc(L, LUA_GCCOLLECT);
  assert_string_equal(lua_getupvalue(L, 2, 2), "a");
  assert_true(lua_istable(L, -1));
  lua_pop(L, 1);
  lua_pushnil(L);
  assert_null(lua_setupvalue(L, 1, 7)); /* nothing is popped */
  expect_top(L, 3);
  lua_settop(L, 2);
  run_chunk(L, "local own = 'own' return function() return own end", 1);
  lua_upvaluejoin(L, 1, 2, 3, 1);
  assert_ptr_equal(lua_upvalueid(L, 1, 2), lua_upvalueid(L, 3, 1));
  lua_remove(L, 3);
  lua_gc(L, LUA_GCCOLLECT);
  assert_string_equal(lua_getupvalue(L, 1, 2), "b"); /* the name belongs to the function, the variable is another */
  take_string(L, "own");
}

static void upvalues_of_c_functions(void **state) {
  lua_State *L = *state;
  lua_pushinteger(L, 1);
  lua_pushinteger(L, 2);
  lua_pushcclosure(L, dummy, 2);
  assert_string_equal(lua_getupvalue(L, 1, 2), "");
  take_integer(L, 2);
  assert_null(lua_getupvalue(L, 1, 3));
  lua_pushliteral(L, "set");
  assert_string_equal(lua_setupvalue(L, 1, 1), "");
  assert_string_equal(lua_getupvalue(L, 1, 1), "");
  take_string(L, "set");
  assert_non_null(lua_upvalueid(L, 1, 1));
  assert_ptr_not_equal(lua_upvalueid(L, 1, 1), lua_upvalueid(L, 1, 2));
  assert_null(lua_upvalueid(L, 1, 3));
  lua_pushcfunction(L, dummy);
  assert_null(lua_getupvalue(L, -1, 1));
  assert_null(lua_upvalueid(L, -1, 1));
  lua_pushinteger(L, 5);
  assert_null(lua_getupvalue(L, -1, 1)); /* not a function at all */
}

int main(void) {
  const struct CMUnitTest tests[] = {
    STATE_TEST(call_and_return_events),
    STATE_TEST(line_events),
    STATE_TEST(count_events),
    STATE_TEST(errors_in_hooks),
    STATE_TEST(settings),
    STATE_TEST(transferred_values),
    STATE_TEST(info_about_functions),
    STATE_TEST(info_that_pushes),
    STATE_TEST(levels_of_the_stack),
    STATE_TEST(locals),
    STATE_TEST(locals_of_c_functions),
    STATE_TEST(parameters_of_inactive_functions),
    STATE_TEST(upvalues),
    STATE_TEST(upvalues_of_c_functions),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

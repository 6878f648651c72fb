/* lua_gc, weak tables and finalizers from C, warnings (manual 2.5, 4.6: lua_gc, lua_setwarnf). */
#include "support.h"

static void answers_of_requests(void **state) {
  lua_State *L = *state;
  assert_int_equal(lua_gc(L, LUA_GCISRUNNING), 1);
  assert_int_equal(lua_gc(L, LUA_GCSTOP), 0);
  assert_int_equal(lua_gc(L, LUA_GCISRUNNING), 0);
  assert_int_equal(lua_gc(L, LUA_GCRESTART), 0);
  assert_int_equal(lua_gc(L, LUA_GCISRUNNING), 1);
  assert_int_equal(lua_gc(L, LUA_GCCOLLECT), 0);
  assert_in_range(lua_gc(L, LUA_GCCOUNT), 5, 500);
  assert_in_range(lua_gc(L, LUA_GCCOUNTB), 0, 1023);
  assert_int_equal(lua_gc(L, 8), -1); /* no such request */
  assert_int_equal(lua_gc(L, 1000), -1);
  assert_int_equal(lua_gc(L, -1), -1);
}

static void parameters(void **state) {
  lua_State *L = *state;
  lua_gc(L, LUA_GCINC, 0, 0, 0); /* torture begins in either mode */
  assert_int_equal(lua_gc(L, LUA_GCSETPAUSE, 300), 200);
  assert_int_equal(lua_gc(L, LUA_GCSETPAUSE, 200), 300);
  assert_int_equal(lua_gc(L, LUA_GCSETSTEPMUL, 400), 100);
  assert_int_equal(lua_gc(L, LUA_GCSETSTEPMUL, 100), 400);
  assert_int_equal(lua_gc(L, LUA_GCINC, 240, 160, 10), LUA_GCINC);
  assert_int_equal(lua_gc(L, LUA_GCSETPAUSE, 200), 240);
  assert_int_equal(lua_gc(L, LUA_GCSETSTEPMUL, 100), 160);
  lua_gc(L, LUA_GCINC, 0, 0, 0); /* zeros change nothing */
  assert_int_equal(lua_gc(L, LUA_GCSETPAUSE, 200), 200);
}

static void changing_modes(void **state) {
  lua_State *L = *state;
  lua_gc(L, LUA_GCINC, 0, 0, 0); /* torture begins in either mode */
  for (int i = 0; i < 3; i++) {
    assert_int_equal(lua_gc(L, LUA_GCGEN, 0, 0), LUA_GCINC);
    run_chunk(L, "for i = 1, 2000 do local t = {i, {}} if i % 50 == 0 then kept = {kept, t} end end", 0);
    assert_int_equal(lua_gc(L, LUA_GCGEN, 10, 50), LUA_GCGEN);
    lua_gc(L, LUA_GCSTEP, 0);
    lua_gc(L, LUA_GCCOLLECT);
    assert_int_equal(lua_gc(L, LUA_GCINC, 0, 0, 0), LUA_GCGEN);
    run_chunk(L, "for i = 1, 2000 do local t = {i, {}} kept = i % 70 == 0 and {kept} or kept end", 0);
    assert_int_equal(lua_gc(L, LUA_GCINC, 0, 0, 0), LUA_GCINC);
    lua_gc(L, LUA_GCCOLLECT);
  }
  run_chunk(L, "local n, k = 0, kept while k do k = k[1] n = n + 1 end return n > 40", 1);
}

static void steps_finish_cycles(void **state) {
  lua_State *L = *state;
  lua_gc(L, LUA_GCINC, 0, 0, 0); /* torture begins in either mode */
  run_chunk(L, "t = {} for i = 1, 3000 do t[i] = {i} end", 0);
  lua_gc(L, LUA_GCSTOP);
  int steps = 0;
  while (!lua_gc(L, LUA_GCSTEP, 1)) {
    steps++;
    assert_true(steps < 100000);
  }
  assert_int_equal(lua_gc(L, LUA_GCISRUNNING), 0); /* steps do not restart it */
  lua_gc(L, LUA_GCRESTART);
  assert_int_equal(lua_gc(L, LUA_GCSTEP, 1000000), 1); /* a step as large as everything */
}

static void a_stopped_collector_collects_nothing(void **state) {
  lua_State *L = *state;
  lua_gc(L, LUA_GCSTOP);
  run_chunk(L,
            "weak = setmetatable({}, {__mode = 'k'}) for i = 1, 20000 do weak[{}] = i end\n"
            "local n = 0 for _ in pairs(weak) do n = n + 1 end return n",
            1);
  take_integer(L, 20000);
  lua_gc(L, LUA_GCCOLLECT); /* on demand all the same */
  run_chunk(L, "return next(weak)", 1);
  take_nil(L);
}

static void weak_tables(void **state) {
  lua_State *L = *state;
  lua_newtable(L);
  lua_newtable(L);
  lua_pushliteral(L, "v");
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, 1);
  for (int i = 1; i <= 4; i++) {
    if (i == 3)
      lua_pushliteral(L, "strings stay");
    else
      lua_newtable(L);
    if (i == 2) {
      lua_pushvalue(L, -1);
      lua_setglobal(L, "anchor");
    }
    lua_rawseti(L, 1, i);
  }
  lua_pushinteger(L, 7);
  lua_rawseti(L, 1, 5);
  lua_gc(L, LUA_GCCOLLECT);
  static const int types[] = {LUA_TNIL, LUA_TTABLE, LUA_TSTRING, LUA_TNIL, LUA_TNUMBER};
  for (int i = 1; i <= 5; i++) {
    assert_int_equal(lua_rawgeti(L, 1, i), types[i - 1]);
    lua_pop(L, 1);
  }
}

/* ---- finalizers ---- */

static char order[128];

static int note_collected(lua_State *L) {
  size_t length = strlen(order);
  if (length < sizeof order - 1) order[length] = *(char *)lua_touserdata(L, 1), order[length + 1] = 0;
  return 0;
}

static void push_noted(lua_State *L, char name) {
  *(char *)lua_newuserdatauv(L, 1, 0) = name;
  if (luaL_newmetatable(L, "noted")) {
    lua_pushcfunction(L, note_collected);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
}

static void finalizers_in_reverse_order(void **state) {
  lua_State *L = *state;
  order[0] = 0;
  for (char name = 'a'; name <= 'f'; name++) push_noted(L, name);
  lua_gc(L, LUA_GCCOLLECT);
  assert_string_equal(order, "");
  lua_settop(L, 0);
  lua_gc(L, LUA_GCCOLLECT);
  assert_string_equal(order, "fedcba"); /* against the order of their marking */
  lua_gc(L, LUA_GCCOLLECT);
  assert_string_equal(order, "fedcba"); /* once each */
}

static void closing_finalizes_the_rest(void **state) {
  (void)state;
  lua_State *L = luaL_newstate();
  order[0] = 0;
  for (char name = 'a'; name <= 'e'; name++) {
    push_noted(L, name);
    if (name == 'c') luaL_ref(L, LUA_REGISTRYINDEX);
  }
  lua_close(L);
  assert_string_equal(order, "edcba");
}

static int resurrect(lua_State *L) {
  lua_settop(L, 1);
  lua_setglobal(L, "risen");
  return 0;
}

static void resurrected_objects(void **state) {
  lua_State *L = *state;
  *(int *)lua_newuserdatauv(L, sizeof(int), 0) = 321;
  lua_newtable(L);
  lua_pushcfunction(L, resurrect);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, -2);
  lua_pop(L, 1);
  lua_gc(L, LUA_GCCOLLECT);
  assert_int_equal(lua_getglobal(L, "risen"), LUA_TUSERDATA);
  assert_int_equal(*(int *)lua_touserdata(L, -1), 321);
  lua_pop(L, 1);
  lua_pushnil(L);
  lua_setglobal(L, "risen");
  lua_gc(L, LUA_GCCOLLECT); /* not finalized again: it was marked once */
  assert_int_equal(lua_getglobal(L, "risen"), LUA_TNIL);
}

static int collects_inside;

static int collect_in_finalizer(lua_State *L) {
  (void)lua_touserdata(L, 1);
  lua_gc(L, LUA_GCSTEP, 10);
  collects_inside = lua_gc(L, LUA_GCCOLLECT);
  lua_gc(L, LUA_GCSTOP);
  lua_gc(L, LUA_GCGEN, 0, 0);
  for (int i = 0; i < 200; i++) lua_newtable(L), lua_pop(L, 1);
  return 0;
}

static void requests_inside_finalizers(void **state) {
  lua_State *L = *state;
  lua_gc(L, LUA_GCINC, 0, 0, 0); /* torture begins in either mode */
  lua_newtable(L);
  lua_newtable(L);
  lua_pushcfunction(L, collect_in_finalizer);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, -2);
  lua_pop(L, 1);
  collects_inside = 99;
  lua_gc(L, LUA_GCCOLLECT);
  assert_int_equal(collects_inside, -1); /* refused: the collector is at work */
  assert_int_equal(lua_gc(L, LUA_GCISRUNNING), 1);
  assert_int_equal(lua_gc(L, LUA_GCINC, 0, 0, 0), LUA_GCINC);
}

static void metatables_without_gc_at_first(void **state) {
  lua_State *L = *state;
  order[0] = 0;
  *(char *)lua_newuserdatauv(L, 1, 0) = 'x';
  lua_newtable(L);
  lua_pushvalue(L, -1);
  lua_setmetatable(L, 1);
  lua_pushcfunction(L, note_collected); /* too late for the object */
  lua_setfield(L, 2, "__gc");
  lua_settop(L, 0);
  lua_gc(L, LUA_GCCOLLECT);
  assert_string_equal(order, "");
}

/* ---- warnings ---- */

typedef struct Warned {
  char text[512];
  int pieces;
} Warned;

static void keep_warning(void *data, const char *message, int to_continue) {
  Warned *warned = data;
  strncat(warned->text, message, sizeof warned->text - strlen(warned->text) - 2);
  if (!to_continue) strcat(warned->text, ";");
  warned->pieces++;
}

static void warnings(void **state) {
  lua_State *L = *state;
  Warned warned = {"", 0};
  lua_setwarnf(L, keep_warning, &warned);
  lua_warning(L, "one ", 1);
  lua_warning(L, "message", 0);
  lua_warning(L, "@on", 0); /* control messages are the warning function's own business */
  assert_string_equal(warned.text, "one message;@on;");
  run_chunk(L, "warn('a', 'b', 'c')", 0);
  assert_string_equal(warned.text, "one message;@on;abc;");
  assert_int_equal(warned.pieces, 6);
  lua_setwarnf(L, NULL, NULL);
  lua_warning(L, "to nobody", 0);
}

static void errors_in_finalizers_are_warnings(void **state) {
  lua_State *L = *state;
  Warned warned = {"", 0};
  lua_setwarnf(L, keep_warning, &warned);
  run_chunk(L,
            "setmetatable({}, {__gc = function() error('in gc', 0) end})\n"
            "setmetatable({}, {__gc = function() error({}) end}) setmetatable({}, {__gc = true})",
            0);
  lua_gc(L, LUA_GCCOLLECT);
  assert_non_null(strstr(warned.text, "error in __gc (in gc);"));
  assert_non_null(strstr(warned.text, "error object is not a string"));
  run_chunk(L, "return 'usable'", 1);
  lua_setwarnf(L, NULL, NULL);
}

static void finalizer_runs_in_any_thread(void **state) {
  lua_State *L = *state;
  order[0] = 0;
  lua_State *thread = lua_newthread(L);
  push_noted(thread, 't');
  lua_pop(thread, 1);
  int status = luaL_dostring(thread, "for i = 1, 50 do local x = {} end collectgarbage()");
  assert_int_equal(status, LUA_OK);
  assert_string_equal(order, "t");
}

int main(void) {
  const struct CMUnitTest tests[] = {
    STATE_TEST(answers_of_requests),
    STATE_TEST(parameters),
    STATE_TEST(changing_modes),
    STATE_TEST(steps_finish_cycles),
    STATE_TEST(a_stopped_collector_collects_nothing),
    STATE_TEST(weak_tables),
    STATE_TEST(finalizers_in_reverse_order),
    cmocka_unit_test(closing_finalizes_the_rest),
    STATE_TEST(resurrected_objects),
    STATE_TEST(requests_inside_finalizers),
    STATE_TEST(metatables_without_gc_at_first),
    STATE_TEST(warnings),
    STATE_TEST(errors_in_finalizers_are_warnings),
    STATE_TEST(finalizer_runs_in_any_thread),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

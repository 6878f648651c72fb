/* Weak tables between the portions of a cycle, at every one after the strong references have been followed: what the
 * program sees of them then, and what it changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gc/collect.h"
#include "gc/phases.h"
#include "lauxlib.h"
#include "lua.h"
#include "lualib.h"

#define PORTIONS 60

static void run(lua_State *L, const char *text) {
  if (luaL_dostring(L, text) != LUA_OK) fail_msg("%s", lua_tostring(L, -1));
}

static void assert_valid(lua_State *L) {
  const char *fault = rl_gc_fault(L);
  if (fault != NULL) fail_msg("%s", fault);
}

/* True when so many portions after the begin of settling the cycle is not over. */
static bool advance(lua_State *L, int portions) {
  const Collector *collector = &L->global->collector;
  rl_collect_finish_cycle(L);
  do {
    rl_collect_advance(L);
  } while (!collector->settles);
  for (; portions > 0 && collector->phase != PHASE_PAUSE; portions--) rl_collect_advance(L);
  assert_valid(L);
  return collector->phase != PHASE_PAUSE;
}

static lua_State *open(void) {
  lua_State *L = luaL_newstate();
  assert_non_null(L);
  luaL_openlibs(L);
  lua_gc(L, LUA_GCINC, 0, 0, 0); /* torture begins in either mode */
  lua_gc(L, LUA_GCSTOP);
  run(L, "function make(mode)\n"
         "  modes = {__mode = mode}\n"
         "  weak = setmetatable({}, modes)\n"
         "  for i = 1, 3000 do\n"
         "    local box = {i}\n"
         "    if mode == 'v' then weak['name ' .. i] = box else weak[box] = {i, box} end\n"
         "    if mode == 'k' then weak[weak[box]] = {i} end\n"
         "  end\n"
         "end\n"
         "function look()\n"
         "  seen = {}\n"
         "  for key, value in pairs(weak) do seen[#seen + 1] = type(key) == 'table' and key or value end\n"
         "  return #seen\n"
         "end\n"
         "function check() for _, box in ipairs(seen) do assert(box[1] >= 1 and box[1] <= 3000) end end\n");
  return L;
}

static const char *const kinds[] = {"k", "v", "kv"};

/* What `pairs` gives is alive, and stays so. */
static void what_is_seen_lives(void **state) {
  (void)state;
  for (size_t kind = 0; kind < 3; kind++) {
    for (int portions = 0; portions < PORTIONS; portions++) {
      lua_State *L = open();
      lua_pushstring(L, kinds[kind]);
      lua_setglobal(L, "mode");
      run(L, "make(mode)");
      advance(L, portions);
      run(L, "look()");
      rl_collect_finish_cycle(L);
      run(L, "for i = 1, 9000 do local fresh = {i + 5000, {}} end check()");
      assert_valid(L);
      lua_close(L);
    }
  }
}

/* From the moment when the table is not weak any more it keeps what it has. */
static void what_is_strong_stays(void **state) {
  (void)state;
  static const char *const changes[] = {"setmetatable(weak, nil)", "modes.__mode = nil", "setmetatable(weak, {})",
                                        "debug.setmetatable(weak, {})"};
  for (size_t kind = 0; kind < 3; kind++) {
    for (int i = 0; i < 4 * PORTIONS / 2; i++) {
      lua_State *L = open();
      lua_pushstring(L, kinds[kind]);
      lua_setglobal(L, "mode");
      run(L, "make(mode)");
      advance(L, i / 4);
      run(L, changes[i % 4]);
      run(L, "before = look() seen = nil");
      assert_valid(L);
      rl_collect_finish_cycle(L);
      lua_gc(L, LUA_GCCOLLECT);
      run(L, "assert(look() == before) check()");
      assert_valid(L);
      lua_close(L);
    }
  }
}

/* New entries, entries that replace others, and so many that the table gets another size. */
static void what_is_added_stays(void **state) {
  (void)state;
  for (size_t kind = 0; kind < 3; kind++) {
    for (int portions = 0; portions < PORTIONS; portions++) {
      lua_State *L = open();
      lua_pushstring(L, kinds[kind]);
      lua_setglobal(L, "mode");
      run(L, "make(mode) held = {}\n"
             "function key(i) return mode == 'v' and i or held[i] end\n"
             "for i = 1, 200 do held[i] = {i} weak[key(i)] = held[i] end");
      advance(L, portions);
      run(L, "for i = 1, 200, 2 do weak[key(i)] = nil end\n"
             "for i = 1, 4000 do held[i] = {i} weak[key(i)] = held[i] end");
      if (portions % 2 == 0) rl_collect_advance(L);
      assert_valid(L);
      rl_collect_finish_cycle(L);
      lua_gc(L, LUA_GCCOLLECT);
      run(L, "assert(look() == 4000) for i = 1, 4000 do assert(weak[key(i)] == held[i]) end");
      assert_valid(L);
      lua_close(L);
    }
  }
}

/* An entry's key is asked for by its address only, and a new object may get that: not before the entry is gone. */
static void a_new_key_is_not_an_old_one(void **state) {
  (void)state;
  for (int portions = 0; portions < PORTIONS; portions++) {
    lua_State *L = open();
    run(L, "make('k')");
    advance(L, portions);
    run(L, "for i = 1, 6000 do assert(weak[{}] == nil) end");
    rl_collect_finish_cycle(L);
    run(L, "for i = 1, 6000 do assert(weak[{}] == nil) end");
    lua_close(L);
  }
}

/* The state closes, the mode changes, or everything is collected at once, in the middle. */
static void what_interrupts(void **state) {
  (void)state;
  for (int portions = 0; portions < PORTIONS; portions++) {
    lua_State *L = open();
    run(L, "count, objects = 0, {} for i = 1, 2000 do objects[i] = setmetatable({i}, {__gc = function(self)\n"
           "assert(self[1] == i) count = count + 1 end}) if i % 3 == 0 then objects[i] = nil end end make('k')");
    advance(L, portions);
    run(L, "for i = 1, 10 do setmetatable({}, {__gc = function() count = count + 1 end}) end");
    if (portions % 3 == 0) lua_gc(L, LUA_GCGEN, 0, 0);
    if (portions % 3 == 1) lua_gc(L, LUA_GCCOLLECT);
    if (portions % 3 != 2) {
      assert_valid(L);
      lua_gc(L, LUA_GCCOLLECT);
      run(L, "assert(count == 676)");
    }
    lua_close(L);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(what_is_seen_lives),  cmocka_unit_test(what_is_strong_stays),
    cmocka_unit_test(what_is_added_stays), cmocka_unit_test(a_new_key_is_not_an_old_one),
    cmocka_unit_test(what_interrupts),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

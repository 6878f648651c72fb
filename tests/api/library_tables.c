/* Tables of the standard libraries are complete for whoever looks, whichever way he takes first, and when memory is
 * short at that moment. Each case has a state of its own, in which nobody has looked yet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lauxlib.h"
#include "lua.h"
#include "lualib.h"

static void expect(lua_State *L, const char *code) {
  if (luaL_dostring(L, code) != LUA_OK) fail_msg("%s\n%s", code, lua_tostring(L, -1));
  lua_settop(L, 0);
}

/* First touches by Lua code. */
static const char *const touches[] = {
  "assert(string.format('%d', 1) == '1')",
  "local f = 'format' assert(string[f]('%d', 1) == '1')",
  "assert(('x'):rep(3) == 'xxx')",
  "assert(('x').rep ~= nil and ('x').nothing == nil)",
  "assert(string.nothing == nil and string.rep)",
  "assert(rawget(string, 'rep') == string.rep)",
  "assert(rawlen(string) == 0 and string.rep)",
  "assert(#string == 0 and string.rep)",
  "local n = 0 for k, v in pairs(string) do n = n + 1 end assert(n == 17)",
  "local n = 0 for k, v in next, string do n = n + 1 end assert(n == 17)",
  "assert(next(string)) assert(string[next(string)])",
  "local n, k = 0, nil repeat k = next(math, k) n = n + 1 until k == nil assert(n > 25)",
  "local n, k = 0, 'randomseed' repeat k = next(math, k) n = n + 1 until k == nil assert(n > 25)",
  "string.rep = 5 assert(string.rep == 5 and string.len and not pcall(string.rep))",
  "string.rep = nil assert(string.rep == nil and string.len) for k in pairs(string) do assert(k ~= 'rep') end",
  "string.more = 5 assert(string.more == 5 and string.rep)",
  "rawset(string, 'more', 5) assert(string.more == 5 and string.rep)",
  "rawset(string, 'rep', nil) assert(string.rep == nil and string.len)",
  "string[1] = 'a' assert(string[1] == 'a' and #string == 1 and string.rep) assert(next(string, 1))",
  "string[1.5] = 'a' assert(string[1.5] == 'a' and string.rep)",
  "table.insert(string, 'a') assert(string[1] == 'a' and string.rep)",
  "table.insert(table, 1) assert(table[1] == 1 and table.concat)",
  "setmetatable(string, {__index = function() return 7 end}) assert(string.rep ~= 7 and string.nothing == 7)",
  "setmetatable(string, {__newindex = error}) string.rep = 1 assert(string.rep == 1 and not pcall(load'string.x = 1'))",
  "local t = setmetatable({}, {__index = string}) assert(t.rep == string.rep and t.nothing == nil)",
  "local t = setmetatable({}, {__index = string}) assert(t.rep('x', 2) == 'xx' and not pcall(function() t:nothing() "
  "end))",
  "local t = setmetatable({}, {__newindex = string}) t.rep = 1 t.more = 2 assert(string.rep == 1 and string.more == 2)",
  "local t = setmetatable({}, {__newindex = string}) t.more = 2 assert(string.more == 2 and string.rep)",
  ("local C = {} C.__index = C function C.rep() return 'C' end local o = setmetatable({}, C) "
   "local function call(x) return x:rep() end assert(call(o) == 'C') setmetatable(string, C) "
   "assert(call(o) == 'C') assert(not pcall(call, string))"),
  "local _ENV = {s = string, assert = assert} s.a, s.b = 1, 2 assert(s.a == 1 and s.b == 2 and s.rep)",
  "collectgarbage() collectgarbage() assert(string.rep and math.pi and math.random() < 1)",
  "collectgarbage('generational') collectgarbage() collectgarbage('step') assert(string.rep and io.stdout and "
  "io.write)",
  "setmetatable(string, {__mode = 'kv'}) collectgarbage() assert(string.rep)",
  "string = nil collectgarbage() assert(('x'):rep(2) == 'xx')",
  "package.loaded.os, os = nil, nil collectgarbage()",
  "assert(package.loaded.string == string and require'string' == string and string.rep)",
  "assert(math.pi > 3 and math.huge > 1e308 and math.maxinteger + 1 == math.mininteger and math.floor(2.5) == 2)",
  "assert(math.random and math.randomseed and math.type(1) == 'integer')",
  "math.random = nil assert(math.random == nil and math.randomseed and math.sin)",
  "assert(io.stdin and io.stdout and io.stderr and io.write and io.type(io.stdout) == 'file')",
  "assert(io.stdout:seek() or true) assert(getmetatable(io.stdout).__index.write)",
  "assert(utf8.charpattern and utf8.char(65) == 'A')",
  "assert(coroutine.wrap(function() return 5 end)() == 5)",
  "assert(debug.getinfo(1) and debug.traceback())",
  "assert(os.time() > 0 and table.concat({1, 2}) == '12')",
  "local ok, message = pcall(error) assert(not ok) assert(select(2, pcall(string.rep)):find('rep'))",
  "assert(not pcall(next, string, 'nothing'))",
};

static void test_first_touches(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof touches / sizeof *touches; i++) {
    lua_State *L = luaL_newstate();
    luaL_openlibs(L);
    expect(L, touches[i]);
    expect(L, "assert(table.concat({1, 2}, ',') == '1,2' and coroutine.yield and debug.getlocal)");
    lua_close(L);
  }
}

/* The same by the API. */
static int count_by_next(lua_State *L, int index) {
  int count = 0;
  index = lua_absindex(L, index);
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) count++;
  return count;
}

static lua_State *fresh(void) {
  lua_State *L = luaL_newstate();
  luaL_openlibs(L);
  lua_getglobal(L, "string");
  return L;
}

static void test_api(void **state) {
  (void)state;
  lua_State *L = fresh();
  assert_int_equal(count_by_next(L, -1), 17);
  lua_close(L);

  L = fresh();
  lua_pushliteral(L, "rep");
  assert_int_equal(lua_rawget(L, -2), LUA_TFUNCTION);
  lua_close(L);

  L = fresh();
  assert_int_equal(lua_getfield(L, -1, "rep"), LUA_TFUNCTION);
  lua_close(L);

  L = fresh();
  lua_pushinteger(L, 1);
  lua_setfield(L, -2, "rep");
  assert_int_equal(count_by_next(L, -1), 17);
  assert_int_equal(lua_getfield(L, -1, "rep"), LUA_TNUMBER);
  lua_close(L);

  L = fresh();
  lua_pushinteger(L, 1);
  lua_rawseti(L, -2, 1);
  assert_int_equal(count_by_next(L, -1), 18);
  lua_close(L);

  L = fresh();
  lua_pushinteger(L, 1);
  lua_rawsetp(L, -2, &state);
  assert_int_equal(count_by_next(L, -1), 18);
  assert_int_equal(lua_rawgetp(L, -1, &state), LUA_TNUMBER);
  lua_close(L);

  L = fresh();
  assert_int_equal(lua_rawlen(L, -1), 0);
  assert_int_equal(lua_rawgeti(L, -1, 1), LUA_TNIL);
  assert_int_equal(luaL_len(L, 1), 0);
  lua_close(L);

  L = fresh();
  lua_newtable(L);
  lua_setmetatable(L, -2);
  assert_int_equal(count_by_next(L, -1), 17);
  lua_close(L);
}

/* ---- when memory is short ---- */

typedef struct Memory {
  size_t bytes;
  long left; /* requests until one fails, and all behind it; negative: none fails */
} Memory;

static void *allocate(void *data, void *block, size_t old_size, size_t new_size) {
  Memory *memory = data;
  if (block == NULL) old_size = 0;
  if (new_size == 0) {
    memory->bytes -= old_size;
    free(block);
    return NULL;
  }
  if (new_size > old_size && memory->left == 0) return NULL;
  if (new_size > old_size && memory->left > 0) memory->left--;
  void *result = realloc(block, new_size);
  if (result != NULL) memory->bytes += new_size - old_size;
  return result;
}

static int touch(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_gettable(L, 1);
  return 1;
}

/* Whichever request fails, the table is then as it was, and complete as soon as there is memory. */
static void test_short_of_memory(void **state) {
  (void)state;
  static const char *const libraries[] = {"string", "math", "io", "utf8"};
  static const char *const keys[] = {"format", "sin", "write", "char"};
  for (int library = 0; library < 4; library++) {
    int failures = 0;
    for (long request = 0;; request++) {
      Memory memory = {0, -1};
      lua_State *L = lua_newstate(allocate, &memory);
      assert_non_null(L);
      luaL_openlibs(L);
      lua_pushstring(L, keys[library]);
      lua_pushcclosure(L, touch, 1);
      lua_getglobal(L, libraries[library]);
      memory.left = request;
      int status = lua_pcall(L, 1, 1, 0);
      memory.left = -1;
      if (status == LUA_OK) {
        assert_int_equal(lua_type(L, -1), LUA_TFUNCTION);
      } else {
        failures++;
        assert_int_equal(status, LUA_ERRMEM);
      }
      lua_gc(L, LUA_GCCOLLECT);
      lua_getglobal(L, libraries[library]);
      assert_int_equal(lua_getfield(L, -1, keys[library]), LUA_TFUNCTION);
      lua_pop(L, 1);
      assert_true(count_by_next(L, -1) >= 6);
      lua_close(L);
      assert_int_equal(memory.bytes, 0);
      if (status == LUA_OK) break;
      assert_true(request < 1000);
    }
    assert_true(failures > 0);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_first_touches), cmocka_unit_test(test_api),
                                     cmocka_unit_test(test_short_of_memory)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}

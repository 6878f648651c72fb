/* Every request for memory fails once: programs and API sequences run again and again, each time with another request
 * refused, alone (the emergency collection may help) or with all that follow. Whatever happens, the error is a memory
 * error, the state can be used afterwards, nothing is lost, and every old size was right. */
#include "support.h"

#ifdef UNDER_SANITIZER
enum { DENSE = 250, STRIDE = 31, LEAST_RUNS = 3 };
#else
enum { DENSE = 1200, STRIDE = 7, LEAST_RUNS = 3 };
#endif

/* A piece of work: a C function called in protected mode with a fresh state, `source` as its argument. */
typedef struct Work {
  const char *name;
  lua_CFunction function;
  const char *source;
} Work;

static int run_source(lua_State *L) {
  const char *source = lua_touserdata(L, 1);
  lua_settop(L, 0);
  int status = luaL_loadbuffer(L, source, strlen(source), "=work");
  if (status == LUA_OK) status = lua_pcall(L, 0, 0, 0);
  if (status == LUA_OK) return 0;
  return lua_error(L); /* the message, and with it the status, goes on */
}

static const char sanity[] =
  "local t = {} for i = 1, 50 do t[i] = 'item ' .. i end\n"
  "local c = coroutine.wrap(function(a) local b = coroutine.yield(a + 1) return b end)\n"
  "assert(c(1) == 2 and c('x') == 'x' and #table.concat(t) == 341)\n"
  "assert(select(2, pcall(error, 'e')) == 'e')\n"
  "local closed do local x <close> = setmetatable({}, {__close = function() closed = true end}) end\n"
  "assert(closed) collectgarbage() return 'sane'";

static void expect_sane(lua_State *L) {
  lua_settop(L, 0);
  int status = luaL_dostring(L, sanity);
  if (status != LUA_OK) fail_msg("after a failure: %s", lua_tostring(L, -1));
  take_string(L, "sane");
}

/* A stack that cannot grow is reported by who asked for it. */
static int is_memory_message(const char *message) {
  static const char *const texts[] = {"not enough memory", "too many results to unpack", "stack overflow",
                                      "Cannot allocate memory", "too many arguments to resume"};
  for (size_t i = 0; message != NULL && i < sizeof texts / sizeof texts[0]; i++)
    if (strstr(message, texts[i]) != NULL) return 1;
  return 0;
}

/* Refuses the `k`-th request of the work; returns whether there was such a request. */
static int attempt(const Work *work, long k, int fail_on) {
  Hostile hostile = {0};
  lua_State *L = lua_newstate(hostile_allocate, &hostile);
  assert_non_null(L);
  luaL_openlibs(L);
  lua_pushcfunction(L, work->function);
  lua_pushlightuserdata(L, (void *)(uintptr_t)work->source);
  hostile.fail_at = k;
  hostile.fail_on = fail_on;
  int status = lua_pcall(L, 1, 0, 0);
  hostile.fail_at = 0;
  int reached = hostile.failures > 0;
  if (status != LUA_OK) {
    const char *message = lua_tostring(L, -1);
    if (!reached) fail_msg("%s without a failure: %s", work->name, message);
    if (!is_memory_message(message))
      fail_msg("%s, request %ld: status %d, %s", work->name, k, status, message == NULL ? "no message" : message);
    if (status != LUA_ERRMEM && status != LUA_ERRRUN) fail_msg("%s, request %ld: status %d", work->name, k, status);
  }
  expect_sane(L);
  lua_close(L);
  if (hostile.wrong != NULL) fail_msg("%s, request %ld: %s", work->name, k, hostile.wrong);
  if (hostile.blocks != 0 || hostile.held != 0)
    fail_msg("%s, request %ld: %ld blocks are left", work->name, k, hostile.blocks);
  return reached;
}

static void torture(const Work *work) {
  for (int fail_on = 0; fail_on <= 1; fail_on++) {
    long k = 1;
    while (attempt(work, k, fail_on)) k += k < DENSE ? 1 : STRIDE;
    assert_true(k >= LEAST_RUNS);
  }
}

/* ---- programs ---- */

static const Work programs[] = {
  {"closures", run_source,
   "local t = {} for i = 1, 60 do local x = i t[i] = function() x = x + 1 return function() return x, i end end end\n"
   "for i = 1, 60 do local a, b = t[i]()() assert(a == i + 1 and b == i) end"},
  {"coroutines", run_source,
   "local t = {} for i = 1, 30 do t[i] = coroutine.create(function(a) local b = {coroutine.yield(a, {i})}\n"
   "local c <close> = setmetatable({}, {__close = function() end}) return coroutine.yield(b) end) end\n"
   "for r = 1, 3 do for i = 1, 30 do assert(coroutine.resume(t[i], i)) end end\n"
   "local w = coroutine.wrap(function() return pcall(function() coroutine.yield(1) error({}) end) end) w() w()\n"
   "local c = coroutine.create(function() coroutine.yield() end) coroutine.resume(c) assert(coroutine.close(c))"},
  {"table growth", run_source,
   "local t, h = {}, {} for i = 1, 700 do t[i] = i h['k' .. i] = i h[i / 3] = true end\n"
   "for k in pairs(h) do h[k] = nil end for i = 1, 50 do h[i] = {i} end table.move(t, 1, 700, 500)\n"
   "for i = 1, 300 do table.insert(t, 1 + i % 7, i) end for i = 1, 300 do table.remove(t) end assert(#t == 1199)"},
  {"string building", run_source,
   "local s = '' for i = 1, 150 do s = s .. i .. ',' end local u = s:upper():lower():reverse():sub(2, -2)\n"
   "local t = {} for w in s:gmatch('%d+') do t[#t + 1] = w end assert(#t == 150)\n"
   "local long = table.concat(t, string.rep('x', 100)) assert(#long > 15000)"},
  {"formats and patterns", run_source,
   "local s = string.format('%s|%q|%5.2f|%x|%-10s|%a|%i', 'a', 'b\\n', 1.5, 255, 'l', 0.5, 7):rep(20, ' ')\n"
   "s = s:gsub('%w+', '<%0>') s = s:gsub('(%d)(%d)', {['1'] = 'one'}) s = s:gsub('.', function(c) return c .. c end)\n"
   "assert(string.unpack('s4', string.pack('s4', s)) == s) string.pack('zi7>d!8xj', 'z', 1, 2.0, 3)\n"
   "utf8.char(72, 228, 8364, 66376) for p, c in utf8.codes('h\\u{e4}') do end tostring({}) tostring(1e15)"},
  {"sort", run_source,
   "local t = {} for i = 1, 200 do t[i] = (i * 7919) % 1009 end table.sort(t)\n"
   "table.sort(t, function(a, b) return tostring(a) > tostring(b) end) table.pack(table.unpack(t))"},
  {"load and dump", run_source,
   "local s = 'local a, b, c = ... local t = {1, 2, x = \"str\", [a] = b} ::l:: for i = 1, 3 do goto n ::n:: end '\n"
   "s = s .. 'local function f(...) local g <close> = nil return function(...) a = b return t, ... end end return "
   "f(c)'\n"
   "local f = assert(load(s, '=s')) local g = assert(load(string.dump(f), 'x', 'b')) g(1, 2, 3)\n"
   "local h = assert(load(string.dump(f, true))) h(1, 2, 3) local n = 0\n"
   "assert(load(function() n = n + 1 return s:sub(n, n) end)) assert(not load('x = = 1')) assert(not load('\\27Lua'))"},
  {"errors", run_source,
   "for i = 1, 5 do local ok, e = pcall(error, {i}) if ok or type(e) ~= 'table' then error(e, 0) end end\n"
   "local ok, e = pcall(function() local x; x.y = 1 end)\n"
   "local ok2, t = xpcall(function() local function f() error('deep') end f() end, debug.traceback)\n"
   "local ok3 = xpcall(function() error() end, function() return {} end)\n"
   "if e ~= nil and not tostring(e):find('index') then error(e, 0) end\n"
   "if not tostring(t):find('deep') then error(t, 0) end"},
  {"to-be-closed variables", run_source,
   "local log = {} local function c(n) return setmetatable({}, {__close = function(_, e) log[#log + 1] = n end}) end\n"
   "do local a <close> = c(1) local b <close> = c(2) end assert(#log == 2)\n"
   "local ok, e = pcall(function() local a <close> = c(3) local b <close> = c(4) error('x', 0) end)\n"
   "if e ~= 'x' then error(e, 0) end for i = 1, 3 do local v <close> = c(i) end assert(#log == 7)\n"
   "for k, v in next, {1, 2}, nil, c(9) do end"},
  {"finalizers", run_source,
   "for i = 1, 40 do setmetatable({}, {__gc = function(o) o.x = {} kept = o end}) end collectgarbage()\n"
   "for i = 1, 40 do setmetatable({i}, {__gc = true, __index = {}}) end collectgarbage('step', 100) collectgarbage()"},
  {"weak tables", run_source,
   "local k = setmetatable({}, {__mode = 'k'}) local v = setmetatable({}, {__mode = 'v'})\n"
   "local b = setmetatable({}, {__mode = 'kv'}) for i = 1, 60 do local key = {} k[key] = {key} v[i] = {} b[{}] = 's' "
   ".. i end\n"
   "collectgarbage() assert(next(k) == nil and next(b) == nil)"},
  {"metatables", run_source,
   "local m = {__add = function(a, b) return setmetatable({}, getmetatable(a)) end, __concat = function() return 'c' "
   "end,\n"
   "__index = function(t, k) return k .. 'i' end, __newindex = function(t, k, v) rawset(t, k, {v}) end,\n"
   "__call = function(self, ...) return ... end, __eq = function() return true end, __lt = function() return {} end,\n"
   "__len = function() return 's' end, __tostring = function() return 'ts' end, __pairs = function(t) return next, "
   "{1}, nil end}\n"
   "local a, b = setmetatable({}, m), setmetatable({}, m) local c = a + b local d = a .. b local e = a.x a.y = 1\n"
   "assert(a(1) == 1 and a == b and a < b and #a == 's' and tostring(a) == 'ts') for _ in pairs(a) do end"},
  {"messages", run_source,
   "local channel, isolate = require 'rille.channel', require 'rille.isolate'\n"
   "local here, list = channel.new(4), {x = ('x'):rep(100), f = function() return 1 end}\n"
   "for i = 1, 30 do list[i] = {id = i, text = ('text'):rep(i)} end list.self = list\n"
   "assert(here:send(list, here))\n"
   "local ok, copy, same = pcall(here.receive, here)\n"
   "if not ok then assert(here:count() == 1, 'the message was lost') error(copy, 0) end\n"
   "assert(copy.self == copy and copy[30].id == 30 and copy.f() == 1 and same == here)\n"
   "local t = isolate.freeze(list) assert(t[30].id == 30 and t.self == t and t.f() == 1 and #t.x == 100)\n"
   "local buffer = require 'rille.buffer'.new('b') assert(here:send(buffer) and #buffer == 0)\n"
   "assert(here:receive():string() == 'b')"},
  {"modules", run_source,
   "package.preload.pre = function(name, where) return {name = name .. where} end assert(require('pre').name == "
   "'pre:preload:')\n"
   "local ok, e = pcall(require, 'no.such.module') if ok or not e:find('module') and not e:find('memory') then "
   "error(e, 0) end\n"
   "if e:find('memory') then error(e, 0) end package.searchpath('a.b', './?.lua;./?/x.lua')"},
  {"files", run_source,
   "local f = assert(io.tmpfile()) f:write('line 1\\n', 12, '\\n', string.rep('z', 3000)) f:seek('set')\n"
   "assert(f:read('l') == 'line 1' and f:read('n') == 12) f:read('L') assert(#f:read('a') == 3000)\n"
   "f:seek('set') for l in f:lines() do end f:seek('set') f:read(1, 'l', 5) tostring(f) io.type(f) f:close()\n"
   "assert(not io.open('/nonexistent/x')) os.date() os.getenv('HOME') os.time{year = 2000, month = 1, day = 1}"},
  {"deep recursion", run_source,
   "local function deep(n, ...) if n == 0 then return select('#', ...) end return 1 + deep(n - 1, n, ...) end\n"
   "assert(deep(60) == 120) local function d(n) if n > 0 then return 1 + d(n - 1) end return 0 end assert(d(3000) == "
   "3000)\n"
   "local t = {} for i = 1, 30 do t[i] = i end assert(select('#', table.unpack(t)) == 30)\n"
   "local s = string.rep('(', 100) .. '1' .. string.rep(')', 100) assert(assert(load('return ' .. s))() == 1)\n"
   "select('#', table.unpack({}, 1, 3000))"},
  {"varargs", run_source,
   "local function f(...) local a, b = ... return {...}, table.pack(...), select(-1, ...) end f(1, 2, 3, 4)\n"
   "local g = coroutine.wrap(f) g(1, {}, 'x') local h = load('return ...') h(f(1, 2)) string.char(('abc'):byte(1, "
   "-1))"},
  {"debug library", run_source,
   "local function f(a, ...) local b = {} debug.getinfo(1, 'nSltufrL') debug.getlocal(1, 1) debug.getlocal(1, -1)\n"
   "debug.setlocal(1, 2, {}) debug.sethook(function(e, l) debug.getinfo(2) end, 'crl', 3) local x = 1 + #b\n"
   "debug.sethook() return debug.traceback('m') end f(1, 2) debug.getupvalue(f, 1) debug.getregistry()\n"
   "debug.setuservalue(io.stdout, 1) debug.sethook(coroutine.create(f), print, 'l')"},
  {"generational mode", run_source,
   "collectgarbage('generational') local keep = {} for i = 1, 400 do local t = {i, {}} if i % 9 == 0 then keep[#keep + "
   "1] = t end\n"
   "end for i = 1, #keep do keep[i].x = {} end collectgarbage('step') collectgarbage('incremental')"},
};

/* ---- API sequences ---- */

static int yields(lua_State *L) {
  return lua_yield(L, lua_gettop(L));
}

/* A status that is not LUA_OK becomes an error of this function. */
static int check(lua_State *L, int status, lua_State *from) {
  if (status == LUA_OK || status == LUA_YIELD) return status;
  if (from != L) lua_pushstring(L, lua_tostring(from, -1));
  return lua_error(L);
}

static int api_threads(lua_State *L) {
  for (int i = 0; i < 8; i++) {
    lua_State *thread = lua_newthread(L);
    int count;
    lua_pushcfunction(thread, yields);
    lua_pushliteral(thread, "argument");
    check(L, lua_resume(thread, L, 1, &count), thread);
    lua_pop(thread, count);
    if (i % 2) check(L, lua_resume(thread, L, 0, &count), thread);
    if (i % 3 == 0) check(L, lua_resetthread(thread), thread);
    if (lua_checkstack(thread, 500 * i) && i % 2) lua_pushnil(thread);
  }
  return 0;
}

static const char *read_some(lua_State *L, void *data, size_t *size) {
  const char **text = data;
  const char *piece = *text;
  (void)L;
  *size = *piece == 0 ? 0 : 1;
  *text += *size;
  return piece;
}

static int write_nowhere(lua_State *L, const void *bytes, size_t size, void *data) {
  (void)L, (void)bytes;
  *(size_t *)data += size;
  return 0;
}

static int api_load_and_dump(lua_State *L) {
  const char *source =
    "local t = {1, 'two', 3.5, {}, x = function(...) return ... end} local s = [[long]] return t, s .. 'x'";
  size_t size = 0;
  check(L, lua_load(L, read_some, &source, "=pieces", "t"), L);
  check(L, lua_dump(L, write_nowhere, &size, 0), L);
  check(L, lua_dump(L, write_nowhere, &size, 1), L);
  assert_true(size > 100);
  lua_call(L, 0, 2);
  return 0;
}

static int api_buffers(lua_State *L) {
  luaL_Buffer buffer, inner;
  luaL_buffinit(L, &buffer);
  for (int i = 0; i < 20; i++) {
    memset(luaL_prepbuffsize(&buffer, 300), 'p', 300);
    luaL_addsize(&buffer, 300);
    luaL_buffinitsize(L, &inner, (size_t)i * 200);
    luaL_addstring(&inner, "inner");
    luaL_pushresult(&inner);
    luaL_addvalue(&buffer);
    luaL_addgsub(&buffer, "a.b.c", ".", "::");
  }
  luaL_pushresult(&buffer);
  luaL_gsub(L, "x y z", " ", "<>");
  luaL_tolstring(L, -1, NULL);
  lua_concat(L, 2);
  luaL_traceback(L, L, "t", 0);
  return 1;
}

static int api_references(lua_State *L) {
  int refs[40];
  lua_newtable(L);
  for (int i = 0; i < 40; i++) {
    lua_pushfstring(L, "value %d %p %f", i, (void *)L, 0.5);
    refs[i] = luaL_ref(L, -2);
  }
  for (int i = 0; i < 40; i += 3) luaL_unref(L, -1, refs[i]);
  luaL_newmetatable(L, "some.Type");
  luaL_getsubtable(L, LUA_REGISTRYINDEX, "sub");
  return 0;
}

static int collect_nothing(lua_State *L) {
  (void)lua_touserdata(L, 1);
  return 0;
}

static int api_userdata(lua_State *L) {
  static const luaL_Reg methods[] = {
    {"__gc", collect_nothing}, {"__close", collect_nothing}, {"field", NULL}, {NULL, NULL}};
  luaL_newmetatable(L, "failing.Userdata");
  luaL_setfuncs(L, methods, 0);
  for (int i = 0; i < 12; i++) {
    memset(lua_newuserdatauv(L, (size_t)i * 100, i), 1, (size_t)i * 100);
    luaL_setmetatable(L, "failing.Userdata");
    lua_newtable(L);
    lua_setiuservalue(L, -2, 1);
    lua_pop(L, 1);
  }
  lua_gc(L, LUA_GCCOLLECT);
  return 0;
}

static void busy_hook(lua_State *L, lua_Debug *ar) {
  lua_getinfo(L, "nSltufrL", ar);
  lua_pop(L, 2);
  lua_newtable(L);
  lua_pop(L, 1);
}

static int api_hooks(lua_State *L) {
  lua_State *thread = lua_newthread(L);
  int count;
  check(L, luaL_loadstring(thread, "local function f(n) local t = {n} return t end for i = 1, 5 do f(i) end"), thread);
  lua_sethook(thread, busy_hook, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 2);
  check(L, lua_resume(thread, L, 0, &count), thread);
  return 0;
}

static int api_closing(lua_State *L) {
  for (int i = 0; i < 10; i++) {
    lua_newtable(L);
    lua_newtable(L);
    lua_pushcfunction(L, collect_nothing);
    lua_setfield(L, -2, "__close");
    lua_setmetatable(L, -2);
    lua_toclose(L, -1);
    lua_pushinteger(L, i);
  }
  lua_settop(L, 10);
  lua_closeslot(L, 9);
  return 0;
}

static int api_tables(lua_State *L) {
  lua_createtable(L, 50, 50);
  for (int i = 0; i < 100; i++) {
    lua_pushfstring(L, "key %d", i);
    lua_pushinteger(L, i);
    lua_settable(L, -3);
    lua_pushinteger(L, i);
    lua_seti(L, -2, i * 3);
  }
  luaL_requiref(L, "again", luaopen_string, 1);
  return 0;
}

static const Work sequences[] = {
  {"threads", api_threads, NULL},   {"load and dump", api_load_and_dump, NULL},
  {"buffers", api_buffers, NULL},   {"references", api_references, NULL},
  {"userdata", api_userdata, NULL}, {"hooks", api_hooks, NULL},
  {"closing", api_closing, NULL},   {"tables", api_tables, NULL},
};

/* ---- making states ---- */

static int open_libraries(lua_State *L) {
  luaL_openlibs(L);
  return 0;
}

static void new_states(void **state) {
  (void)state;
  for (int fail_on = 0; fail_on <= 1; fail_on++) {
    for (long k = 1;; k++) {
      Hostile hostile = {.fail_at = k, .fail_on = fail_on};
      lua_State *L = lua_newstate(hostile_allocate, &hostile);
      hostile.fail_at = 0;
      if (L != NULL) lua_close(L);
      hostile_expect_empty(&hostile);
      if (hostile.failures == 0) {
        assert_non_null(L);
        assert_true(k > 3);
        break;
      }
      assert_true(L == NULL || !fail_on);
    }
  }
}

static void libraries(void **state) {
  (void)state;
  for (int fail_on = 0; fail_on <= 1; fail_on++) {
    for (long k = 1;; k++) {
      Hostile hostile = {0};
      lua_State *L = lua_newstate(hostile_allocate, &hostile);
      hostile.fail_at = k;
      hostile.fail_on = fail_on;
      lua_pushcfunction(L, open_libraries);
      int status = lua_pcall(L, 0, 0, 0);
      hostile.fail_at = 0;
      if (status != LUA_OK) assert_int_equal(status, LUA_ERRMEM);
      if (status == LUA_OK) expect_sane(L);
      lua_close(L);
      hostile_expect_empty(&hostile);
      if (hostile.failures == 0) break;
    }
  }
}

static void every_program(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++) torture(&programs[i]);
}

static void every_sequence(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof sequences / sizeof sequences[0]; i++) torture(&sequences[i]);
}

/* No memory at all, from here to the end: closing needs none. */
static void closing_without_memory(void **state) {
  (void)state;
  Hostile hostile = {0};
  lua_State *L = lua_newstate(hostile_allocate, &hostile);
  luaL_openlibs(L);
  run_chunk(
    L,
    "t = {} for i = 1, 100 do t[i] = setmetatable({}, {__gc = function(o) o[1] = {i .. ''} end}) end\n"
    "c = coroutine.create(function() local x <close> = setmetatable({}, {__close = print}) coroutine.yield() end)\n"
    "coroutine.resume(c)",
    0);
  hostile.fail_at = 1;
  hostile.fail_on = 1;
  lua_close(L);
  hostile_expect_empty(&hostile);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(new_states),
    cmocka_unit_test(libraries),
    cmocka_unit_test(every_sequence),
    cmocka_unit_test(every_program),
    cmocka_unit_test(closing_without_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

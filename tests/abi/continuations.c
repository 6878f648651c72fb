/* Threads driven from C: yields out of C functions, calls, protected calls, metamethods, closing and hooks; what
 * lua_resume and lua_resetthread answer. With stock's library and with ours it must print the same. */
#include "probe.h"

/* Pops the results; of an error only the object is shown (how much lies below it is not said anywhere). */
static void resume(lua_State *L, lua_State *thread, int arguments, const char *label) {
  int results = -1;
  int status = lua_resume(thread, L, arguments, &results);
  printf("  %s -> %d, status %d:", label, status, lua_status(thread));
  if (status == LUA_OK || status == LUA_YIELD) {
    printf(" (%d)", results);
    for (int i = 1; i <= lua_gettop(thread); i++) show_value(thread, i);
    lua_pop(thread, results);
  } else {
    show_value(thread, -1);
  }
  printf("\n");
}

static int finish(lua_State *L, int status, lua_KContext context) {
  lua_pushliteral(L, "finished");
  lua_pushinteger(L, status);
  lua_pushinteger(L, context);
  return lua_gettop(L);
}

static int yield_one(lua_State *L) {
  lua_pushinteger(L, 1);
  lua_pushinteger(L, 2);
  return lua_yieldk(L, 1, 9, finish);
}

static int yield_all(lua_State *L) {
  return lua_yield(L, lua_gettop(L));
}

static int fail(lua_State *L) {
  return luaL_error(L, "failed with %d", lua_gettop(L));
}

static int fail_later(lua_State *L, int status, lua_KContext context) {
  return luaL_error(L, "after yield %d %d", status, (int)context);
}

static int yield_then_fail(lua_State *L) {
  return lua_yieldk(L, 0, 0, fail_later);
}

static int call_yielding(lua_State *L) {
  lua_pushcfunction(L, yield_all);
  lua_pushinteger(L, 5);
  lua_callk(L, 1, LUA_MULTRET, 3, finish);
  return finish(L, 0, 3);
}

static int call_without_continuation(lua_State *L) {
  lua_pushcfunction(L, yield_all);
  lua_callk(L, 0, 0, 0, NULL);
  return 0;
}

static int protect_yielding(lua_State *L) {
  lua_pushcfunction(L, yield_all);
  lua_pushinteger(L, 5);
  return finish(L, lua_pcallk(L, 1, LUA_MULTRET, 0, 4, finish), 4);
}

static int protect_failing(lua_State *L) {
  lua_pushcfunction(L, yield_then_fail);
  return finish(L, lua_pcallk(L, 0, LUA_MULTRET, 0, 4, finish), 4);
}

static int handle(lua_State *L) {
  lua_pushfstring(L, "handled(%s)", luaL_tolstring(L, 1, NULL));
  return 1;
}

static int protect_with_handler(lua_State *L) {
  lua_pushcfunction(L, handle);
  lua_pushcfunction(L, yield_then_fail);
  return finish(L, lua_pcallk(L, 0, LUA_MULTRET, 1, 4, finish), 4);
}

static int close_quietly(lua_State *L) {
  printf("<close");
  show_value(L, 2);
  printf(">");
  return 0;
}

static int close_yielding(lua_State *L) {
  close_quietly(L);
  lua_pushliteral(L, "in close");
  return lua_yieldk(L, 1, 0, finish);
}

static int close_failing(lua_State *L) {
  close_quietly(L);
  return luaL_error(L, "close error");
}

static int return_through_close(lua_State *L) {
  push_with_metamethod(L, "__close", close_yielding);
  lua_toclose(L, -1);
  lua_pushliteral(L, "first");
  lua_pushliteral(L, "second");
  return 2;
}

static int yield_over_close(lua_State *L) {
  push_with_metamethod(L, "__close", close_quietly);
  lua_toclose(L, -1);
  lua_pushliteral(L, "yielded");
  return lua_yieldk(L, 1, 6, finish);
}

static int yield_over_failing_close(lua_State *L) {
  push_with_metamethod(L, "__close", close_failing);
  lua_toclose(L, -1);
  lua_pushliteral(L, "yielded");
  return lua_yieldk(L, 1, 6, finish);
}

static void show_reset(lua_State *thread) {
  printf("  reset %d:", lua_resetthread(thread));
  for (int i = 1; i <= lua_gettop(thread); i++) show_value(thread, i);
  printf(" status %d\n", lua_status(thread));
  lua_settop(thread, 0);
}

static void in_thread(lua_State *L, const char *name, lua_CFunction f, int rounds) {
  printf("%s\n", name);
  lua_State *thread = lua_newthread(L);
  lua_pushcfunction(thread, f);
  lua_pushliteral(thread, "argument");
  resume(L, thread, 1, "start");
  for (int i = 0; i < rounds; i++) {
    lua_pushinteger(thread, 100 + i);
    resume(L, thread, 1, "again");
  }
  show_reset(thread);
  lua_pushcfunction(thread, yield_all);
  lua_pushliteral(thread, "in use again");
  resume(L, thread, 1, "anew");
  lua_pop(L, 1);
}

static void run_code(lua_State *L, const char *code, int rounds) {
  printf("%s\n", code);
  lua_State *thread = lua_newthread(L);
  if (luaL_loadbuffer(thread, code, strlen(code), "=code") != LUA_OK) {
    printf("%s\n", lua_tostring(thread, -1));
    return;
  }
  lua_pushliteral(thread, "argument");
  resume(L, thread, 1, "start");
  for (int i = 0; i < rounds; i++) {
    lua_pushinteger(thread, 100 + i);
    resume(L, thread, 1, "again");
  }
  luaL_traceback(L, thread, "trace", 0);
  printf("  %s\n", lua_tostring(L, -1));
  show_reset(thread);
  lua_pop(L, 2);
}

static const struct {
  const char *code;
  int rounds;
} CODES[] = {
  {"local a = ... ; local b = yield_all(a, 1) ; return b, call_yielding()", 2},
  {"return pcall(yield_all, 1)", 1},
  {"return yield_all(5)", 1},
  {"local x <close> = setmetatable({}, {__close = function(_, e) yield_all('c', e) end}) yield_all(1) error('boom')",
   2},
  {"local x <close> = setmetatable({}, {__close = function(_, e) error('cc') end}) yield_all(1) error('boom')", 0},
  {"local x <close> = setmetatable({}, {__close = function(_, e) error('cc') end}) yield_all(1) error('boom')", 1},
  {"return xpcall(function() yield_all() fail(1, 2) end, function(m) return m .. '!' end)", 1},
  {"for i in yield_all, 1, 2 do return i end", 1},
  {"return setmetatable({}, {__add = yield_all}) + 1", 1},
  {"return #setmetatable({}, {__len = yield_one})", 1},
  {"local t = setmetatable({}, {__index = yield_all, __newindex = yield_all}) t.a = t.b return t.c, 7", 3},
  {"if setmetatable({}, {__lt = yield_all}) < 1 then return 'T' end return 'F'", 1},
  {"return setmetatable({}, {__concat = yield_all}) .. 'x' .. 'y'", 1},
  {"return 'q' .. 'x' .. setmetatable({}, {__concat = yield_all})", 2},
  {"return setmetatable({}, {__eq = yield_all}) == setmetatable({}, {})", 1},
  {"return setmetatable({}, {__call = yield_all})(8)", 1},
  {"local function f() return yield_all(3) end return f()", 1},
  {"error({})", 0},
  {"error()", 0},
  {"yield_all()", 3},
  {"table.sort({1, 2, 3}, yield_all)", 0},
  {"return pcall(table.sort, {1, 2, 3}, yield_all)", 0},
  {"local function f() return 1 + f() end f()", 0},
  {"return select('#', yield_all())", 1},
  {"return coroutine.wrap(function() return yield_all(1) end)(), yield_all(2)", 2},
  {"return protect_failing()", 1},
  {"return return_through_close()", 1},
  {"return (return_through_close())", 1},
  {"return pcall(yield_over_close)", 1},
  {"return call_without_continuation()", 1},
  {"return pcall(call_without_continuation)", 1},
};

static void yield_in_hook(lua_State *L, lua_Debug *ar) {
  lua_getinfo(L, "l", ar);
  printf(" %d@%d", ar->event, ar->currentline);
  lua_yield(L, 0);
}

static void hooked(lua_State *L, const char *code, int mask, int count) {
  lua_State *thread = lua_newthread(L);
  luaL_loadstring(thread, code);
  lua_sethook(thread, yield_in_hook, mask, count);
  printf("hook %d:", mask);
  int results, status, rounds = 0;
  while ((status = lua_resume(thread, L, 0, &results)) == LUA_YIELD && rounds++ < 200) {
  }
  printf(" ends with %d", status);
  show_value(thread, -1);
  printf("\n");
  lua_pop(L, 1);
}

static const luaL_Reg FUNCTIONS[] = {
  {"yield_one", yield_one},
  {"yield_all", yield_all},
  {"fail", fail},
  {"yield_then_fail", yield_then_fail},
  {"call_yielding", call_yielding},
  {"call_without_continuation", call_without_continuation},
  {"protect_yielding", protect_yielding},
  {"protect_failing", protect_failing},
  {"protect_with_handler", protect_with_handler},
  {"return_through_close", return_through_close},
  {"yield_over_close", yield_over_close},
  {"yield_over_failing_close", yield_over_failing_close},
  {NULL, NULL},
};

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  lua_State *L = luaL_newstate();
  luaL_openlibs(L);
  lua_pushglobaltable(L);
  luaL_setfuncs(L, FUNCTIONS, 0);
  lua_settop(L, 0);
  for (const luaL_Reg *f = FUNCTIONS; f->name; f++) {
    for (int rounds = 0; rounds <= 2; rounds++) in_thread(L, f->name, f->func, rounds);
  }
  for (size_t i = 0; i < sizeof CODES / sizeof *CODES; i++) run_code(L, CODES[i].code, CODES[i].rounds);
  hooked(L, "local a = 1\nlocal b = 2\nlocal function f(x)\nreturn x end\nreturn f(a + b)", LUA_MASKLINE, 0);
  hooked(L, "local a = 1 for i = 1, 20 do a = a + i end return a", LUA_MASKCOUNT, 15);
  lua_settop(L, 0);
  lua_pushcfunction(L, yield_all);
  printf("resume of the main thread: %d\n", lua_resume(L, NULL, 0, &(int){0}));
  lua_close(L);
  return 0;
}

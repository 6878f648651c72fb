/* rille_newsandbox and rille_sandboxcall: sandboxes as a host makes them. */
#include "support.h"

#ifdef RILLE_VERSION

static lua_State *new_sandbox(const rille_SandboxOptions *options) {
  lua_State *L;
  int status = rille_newsandbox(options, &L);
  if (status != LUA_OK) fail_msg("%s", lua_tostring(L, -1));
  assert_int_equal(lua_gettop(L), 0);
  return L;
}

/* Leaves one result, or the error, on the stack. */
static int call_text(lua_State *L, const char *source, int *reached) {
  assert_int_equal(luaL_loadbufferx(L, source, strlen(source), "=program", "t"), LUA_OK);
  return rille_sandboxcall(L, 0, 1, 0, reached);
}

static void what_is_there(void **state) {
  (void)state;
  int reached = -1;
  lua_State *L = new_sandbox(&(rille_SandboxOptions){0});
  assert_int_equal(call_text(L,
                             "return tostring(io) .. tostring(debug) .. tostring(require) .. tostring(string.dump) .. "
                             "tostring(os.execute) .. type(math.sin) .. tostring(load('\\27Lua'))",
                             &reached),
                   LUA_OK);
  take_string(L, "nilnilnilnilnilfunctionnil");
  assert_int_equal(reached, RILLE_LIMIT_NONE);
  assert_int_equal(call_text(L, "string.rep = 1", NULL), LUA_ERRRUN);
  take_string(L, "program:1: attempt to change a frozen table");
  /* what the host adds, and what stays from call to call */
  lua_pushinteger(L, 20);
  lua_setglobal(L, "start");
  assert_int_equal(call_text(L, "function step() start = start + 1 return start end", NULL), LUA_OK);
  lua_settop(L, 0);
  lua_getglobal(L, "step");
  assert_int_equal(rille_sandboxcall(L, 0, LUA_MULTRET, 0, NULL), LUA_OK);
  assert_int_equal(lua_gettop(L), 1);
  assert_int_equal(lua_tointeger(L, -1), 21);
  lua_close(L);
}

static void choice(void **state) {
  (void)state;
  static const char *const allow[] = {"math.abs", "select", NULL};
  static const char *const wrong[] = {"math", "debug", NULL};
  lua_State *L = new_sandbox(&(rille_SandboxOptions){.allow = allow});
  assert_int_equal(call_text(L, "return string == nil and print == nil and math.sin == nil and math.abs(-7)", NULL),
                   LUA_OK);
  take_integer(L, 7);
  lua_close(L);
  assert_int_equal(rille_newsandbox(&(rille_SandboxOptions){.allow = wrong}, &L), LUA_ERRRUN);
  take_string(L, "'debug' cannot be allowed in a sandbox");
  lua_close(L);
  assert_int_equal(rille_newsandbox(&(rille_SandboxOptions){.root = "/no/such/directory"}, &L), LUA_ERRRUN);
  take_string(L, "root '/no/such/directory': No such file or directory");
  lua_close(L);
}

static void files(void **state) {
  (void)state;
  lua_State *L = new_sandbox(&(rille_SandboxOptions){.root = "/"});
  assert_int_equal(call_text(L, "return type(io.open('etc/passwd'):read('a'))", NULL), LUA_OK);
  take_string(L, "string");
  assert_int_equal(
    call_text(L, "return tostring(io.open('/etc/passwd')) .. tostring(io.open('x', 'w')) .. tostring(io.lines)", NULL),
    LUA_OK);
  take_string(L, "nilnilnil");
  lua_close(L);
}

static void limits(void **state) {
  (void)state;
  static const struct {
    const char *source;
    int reached;
  } cases[] = {
    {"while true do pcall(error) end", RILLE_LIMIT_INSTRUCTIONS},
    {"kept = {} while true do kept[#kept + 1] = {} end", RILLE_LIMIT_MEMORY},
    {"print('twelve bytes')", RILLE_LIMIT_OUTPUT},
    {"local function f() return ('x'):gsub('x', f) end f()", RILLE_LIMIT_DEPTH},
  };
  lua_State *L = new_sandbox(
    &(rille_SandboxOptions){.limits = {.instructions = 10000000, .memory = 1000000, .output = 11, .depth = 10}});
  for (int round = 0; round < 3; round++) {
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
      int reached;
      assert_int_equal(call_text(L, cases[i].source, &reached), LUA_ERRRUN);
      assert_int_equal(reached, cases[i].reached);
      assert_non_null(strstr(lua_tostring(L, -1), "limit reached"));
      assert_true(lua_gc(L, LUA_GCCOUNT) < 1000000 / 1024);
      lua_settop(L, 0);
      assert_int_equal(call_text(L, "kept = nil return 'goes on'", NULL), LUA_OK);
      take_string(L, "goes on");
    }
  }
  lua_close(L);
}

/* Programs that were loaded under limits may not leave finalizers that run for ever at the end. */
static void closing(void **state) {
  (void)state;
  lua_State *L = new_sandbox(&(rille_SandboxOptions){.limits = {.instructions = 100000}});
  assert_int_equal(call_text(L, "return setmetatable({}, {__gc = function() while true do end end})", NULL),
                   LUA_ERRRUN);
  take_string(L, "program:1: a sandbox has no finalizers");
  assert_int_equal(
    call_text(L, "t = setmetatable({}, {__close = function() while true do end end}) local x <close> = t", NULL),
    LUA_ERRRUN);
  lua_close(L);
}

#endif

int main(void) {
#ifdef RILLE_VERSION
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(what_is_there), cmocka_unit_test(choice),  cmocka_unit_test(files),
    cmocka_unit_test(limits),        cmocka_unit_test(closing),
  };
  return cmocka_run_group_tests_name("sandbox", tests, NULL, NULL);
#else
  return 0;
#endif
}

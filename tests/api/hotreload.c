/* rille_reload: functions that C code holds act as the new ones. */
#include "support.h"

#ifdef RILLE_VERSION
#include <stdbool.h>
#include <unistd.h>

static char path[] = "/tmp/rille_reload_XXXXXX";

static void write_module(const char *text) {
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fputs(text, file);
  fclose(file);
}

static int make_file(void **state) {
  strcpy(path, "/tmp/rille_reload_XXXXXX");
  int file = mkstemp(path);
  if (file >= 0) close(file);
  return file < 0 || new_state(state);
}

static int remove_file(void **state) {
  unlink(path);
  return close_state(state);
}

static void references_of_c(void **state) {
  lua_State *L = *state;
  write_module("local M, n = {}, 0 function M.f() n = n + 1 return 'old', n end return M");
  luaL_requiref(L, "rille.hotreload", rille_findmodule("rille.hotreload"), 0);
  lua_settop(L, 0);
  run_chunk(L, "package.path = '/tmp/?'", 0);
  lua_getglobal(L, "require");
  lua_pushstring(L, path + 5);
  assert_int_equal(lua_pcall(L, 1, 1, 0), LUA_OK);
  lua_getfield(L, -1, "f");
  int reference = luaL_ref(L, LUA_REGISTRYINDEX);
  lua_settop(L, 0);

  write_module("local M, n = {}, 100 function M.f() n = n + 1 return 'new', n end return M");
  assert_int_equal(rille_reload(L, path + 5), LUA_OK);
  assert_int_equal(lua_gettop(L), 1);
  lua_getfield(L, 1, "closures");
  assert_int_equal(lua_tointeger(L, -1), 1);
  lua_rawgeti(L, LUA_REGISTRYINDEX, reference);
  assert_int_equal(lua_pcall(L, 0, 2, 0), LUA_OK);
  assert_int_equal(lua_tointeger(L, -1), 1);
  lua_pop(L, 1);
  take_string(L, "new");
  lua_settop(L, 0);

  write_module("no program");
  assert_int_equal(rille_reload(L, path + 5), LUA_ERRRUN);
  assert_non_null(strstr(lua_tostring(L, -1), "syntax error"));
  assert_int_equal(lua_gettop(L), 1);
  lua_rawgeti(L, LUA_REGISTRYINDEX, reference);
  assert_int_equal(lua_pcall(L, 0, 2, 0), LUA_OK);
  assert_int_equal(lua_tointeger(L, -1), 2);
  lua_pop(L, 1);
  take_string(L, "new");
}

/* An allocator that refuses everything from some request on. */
typedef struct Refusal {
  long left; /* requests until then; < 0: never */
} Refusal;

static void *refuse(void *data, void *block, size_t old_size, size_t new_size) {
  Refusal *refusal = data;
  (void)old_size;
  if (new_size == 0) {
    free(block);
    return NULL;
  }
  if (refusal->left >= 0 && (block == NULL || new_size > old_size)) {
    if (refusal->left == 0) return NULL;
    refusal->left--;
  }
  return realloc(block, new_size);
}

static int reload_protected(lua_State *L) {
  lua_pushinteger(L, rille_reload(L, path + 5));
  return 1;
}

/* A reload for which memory runs out somewhere changes nothing; one that succeeds changes everything. */
static void memory_runs_out(void **state) {
  (void)state;
  int failures = 0, successes = 0;
  for (long limit = 0; successes == 0; limit++) {
    Refusal refusal = {-1};
    lua_State *L = lua_newstate(refuse, &refusal);
    luaL_openlibs(L);
    luaL_requiref(L, "rille.hotreload", rille_findmodule("rille.hotreload"), 0);
    write_module(
      "local M, n, c = {t = {}}, 0, {} c.__index = c function c.m() return 'old' end M.o = setmetatable({}, c) "
      "function M.f() n = n + 1 return 'old', n end function M.g() return 'old' end return M");
    run_chunk(L, "package.path = '/tmp/?'", 0);
    lua_getglobal(L, "require");
    lua_pushstring(L, path + 5);
    assert_int_equal(lua_pcall(L, 1, 1, 0), LUA_OK);
    lua_setglobal(L, "m");
    run_chunk(L, "f, g = m.f, m.g assert(f() == 'old')", 0);
    write_module(
      "local M, n, c, x, y, z = {t = {1}, new = 1}, 100, {}, 1, 2, 3 c.__index = c function c.m() return 'new' end "
      "M.o = setmetatable({}, c) function M.f() n = n + 1 return 'new', n end function added() end "
      "function M.g() return 'new', x, y, z, n, c end return M");
    lua_pushcfunction(L, reload_protected);
    refusal.left = limit;
    int status = lua_pcall(L, 0, 1, 0);
    refusal.left = -1;
    bool reloaded = status == LUA_OK && lua_tointeger(L, -1) == LUA_OK;
    lua_settop(L, 0);
    if (reloaded) {
      successes++;
      run_chunk(L,
                "local a, n = f() assert(a == 'new' and n == 2 and g() == 'new' and m.new == 1 and m.t[1] == 1)"
                "assert(m.o.m() == 'new' and added)",
                0);
    } else {
      failures++;
      run_chunk(L,
                "local a, n = f() assert(a == 'old' and n == 2 and g() == 'old' and not m.new and not m.t[1])"
                "assert(m.o.m() == 'old' and not added and m.f == f)",
                0);
    }
    lua_close(L);
  }
  assert_true(failures > 20);
}

#endif

int main(void) {
#ifdef RILLE_VERSION
  const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(references_of_c, make_file, remove_file),
                                     cmocka_unit_test_setup_teardown(memory_runs_out, make_file, remove_file)};
  return cmocka_run_group_tests_name("hotreload", tests, NULL, NULL);
#else
  return 0;
#endif
}

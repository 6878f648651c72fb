/* rille_reload: functions that C code holds act as the new ones. */
#include "support.h"

#ifdef RILLE_VERSION
#include <unistd.h>

static char path[] = "/tmp/rille_reload_XXXXXX";

static void write_module(const char *text) {
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fputs(text, file);
  fclose(file);
}

static int make_file(void **state) {
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

#endif

int main(void) {
#ifdef RILLE_VERSION
  const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(references_of_c, make_file, remove_file)};
  return cmocka_run_group_tests_name("hotreload", tests, NULL, NULL);
#else
  return 0;
#endif
}

/* rille_checkapi: each misuse of the C API ends the program with a line that names function, argument and expectation.
 * Every case runs in a process of its own, whose last words are read. */
#include "support.h"

#ifdef RILLE_VERSION

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs as a C function with an empty stack, and must not return. */
typedef struct Misuse {
  const char *expected; /* stands in the report */
  lua_CFunction body;
} Misuse;

/* A case: what the report says first, then the wrong code. `L` is the running function's. */
#define MISUSE(name, code)                                                                                             \
  static int name(lua_State *L) {                                                                                      \
    code;                                                                                                              \
    return 0;                                                                                                          \
  }

static int nothing(lua_State *L) {
  (void)L;
  return 0;
}

static const char *no_reader(lua_State *L, void *data, size_t *size) {
  (void)L, (void)data;
  *size = 0;
  return NULL;
}

static int no_writer(lua_State *L, const void *bytes, size_t size, void *data) {
  (void)L, (void)bytes, (void)size, (void)data;
  return 0;
}

static void fill(lua_State *L) {
  while (lua_gettop(L) < LUA_MINSTACK) lua_pushnil(L);
}

/* clang-format off */
/* too few values */
MISUSE(pop_too_many, lua_pop(L, 1))
MISUSE(settop_too_high, lua_settop(L, 1000))
MISUSE(error_of_nothing, lua_error(L))
MISUSE(arith_one, (lua_pushinteger(L, 1), lua_arith(L, LUA_OPADD)))
MISUSE(arith_none, lua_arith(L, LUA_OPUNM))
MISUSE(arith_unknown, (lua_pushinteger(L, 1), lua_pushinteger(L, 1), lua_arith(L, 77)))
MISUSE(concat_few, (lua_pushinteger(L, 1), lua_concat(L, 2)))
MISUSE(concat_negative, lua_concat(L, -1))
MISUSE(call_nothing, lua_call(L, 0, 0))
MISUSE(call_few, (lua_pushcfunction(L, nothing), lua_call(L, 1, 0)))
MISUSE(call_negative, (lua_pushcfunction(L, nothing), lua_call(L, -1, 0)))
MISUSE(call_for_too_much, (lua_pushcfunction(L, nothing), lua_call(L, 0, 500)))
MISUSE(pcall_few, (lua_pushcfunction(L, nothing), lua_pcall(L, 1, 0, 0)))
MISUSE(pcall_bad_handler, (lua_pushnil(L), lua_pushcfunction(L, nothing), lua_pcall(L, 0, 0, 1)))
MISUSE(closure_few, (lua_pushnil(L), lua_pushcclosure(L, nothing, 2)))
MISUSE(closure_many, lua_pushcclosure(L, nothing, 256))
MISUSE(closure_null, lua_pushcclosure(L, NULL, 0))
MISUSE(yield_few, lua_yield(L, 1))
MISUSE(yield_negative, lua_yield(L, -1))
MISUSE(gettable_few, lua_gettable(L, LUA_REGISTRYINDEX))
MISUSE(settable_few, (lua_pushnil(L), lua_settable(L, LUA_REGISTRYINDEX)))
MISUSE(setfield_few, lua_setfield(L, LUA_REGISTRYINDEX, "x"))
MISUSE(seti_few, lua_seti(L, LUA_REGISTRYINDEX, 1))
MISUSE(setglobal_few, lua_setglobal(L, "x"))
MISUSE(rawget_few, lua_rawget(L, LUA_REGISTRYINDEX))
MISUSE(rawset_few, (lua_pushnil(L), lua_rawset(L, LUA_REGISTRYINDEX)))
MISUSE(rawseti_few, lua_rawseti(L, LUA_REGISTRYINDEX, 10))
MISUSE(rawsetp_few, lua_rawsetp(L, LUA_REGISTRYINDEX, L))
MISUSE(setmetatable_few, lua_setmetatable(L, LUA_REGISTRYINDEX))
MISUSE(next_few, lua_next(L, LUA_REGISTRYINDEX))
MISUSE(dump_nothing, lua_dump(L, no_writer, NULL, 0))
MISUSE(setupvalue_few, lua_setupvalue(L, LUA_REGISTRYINDEX, 1))
MISUSE(info_of_nothing, lua_Debug ar; lua_getinfo(L, ">S", &ar))
MISUSE(info_of_a_number, lua_Debug ar; lua_pushinteger(L, 1); lua_getinfo(L, ">S", &ar))
MISUSE(local_of_nothing, lua_getlocal(L, NULL, 1))
MISUSE(setlocal_few, lua_Debug ar; lua_getstack(L, 0, &ar); lua_setlocal(L, &ar, 1))

/* indices */
MISUSE(type_of_zero, lua_type(L, 0))
MISUSE(type_too_deep, lua_type(L, -1))
MISUSE(type_far_up, lua_type(L, 100))
MISUSE(upvalue_far, lua_type(L, lua_upvalueindex(300)))
MISUSE(tostring_zero, lua_tostring(L, 0))
MISUSE(tonumber_zero, lua_tonumber(L, 0))
MISUSE(tointeger_zero, lua_tointeger(L, 0))
MISUSE(toboolean_zero, lua_toboolean(L, 0))
MISUSE(touserdata_zero, lua_touserdata(L, 0))
MISUSE(tothread_zero, lua_tothread(L, 0))
MISUSE(tocfunction_zero, lua_tocfunction(L, 0))
MISUSE(topointer_zero, lua_topointer(L, 0))
MISUSE(rawlen_zero, lua_rawlen(L, 0))
MISUSE(rawequal_zero, lua_rawequal(L, 0, 0))
MISUSE(compare_zero, lua_compare(L, 0, 0, LUA_OPEQ))
MISUSE(compare_unknown, (lua_pushnil(L), lua_compare(L, 1, 1, 9)))
MISUSE(isnumber_zero, lua_isnumber(L, 0))
MISUSE(isstring_zero, lua_isstring(L, 0))
MISUSE(isinteger_zero, lua_isinteger(L, 0))
MISUSE(iscfunction_zero, lua_iscfunction(L, 0))
MISUSE(isuserdata_zero, lua_isuserdata(L, 0))
MISUSE(typename_unknown, lua_typename(L, 50))
MISUSE(pushvalue_zero, lua_pushvalue(L, 0))
MISUSE(pushvalue_deep, (lua_pushnil(L), lua_pushvalue(L, -2)))
MISUSE(copy_to_nothing, (lua_pushnil(L), lua_copy(L, 1, 5)))
MISUSE(copy_from_zero, (lua_pushnil(L), lua_copy(L, 0, 1)))
MISUSE(rotate_pseudo, lua_rotate(L, LUA_REGISTRYINDEX, 1))
MISUSE(rotate_nothing, (lua_pushnil(L), lua_rotate(L, 2, 1)))
MISUSE(rotate_too_far, (lua_pushnil(L), lua_rotate(L, 1, 2)))
MISUSE(insert_nothing, lua_insert(L, 1))
MISUSE(remove_nothing, lua_remove(L, 1))
MISUSE(replace_nothing, lua_replace(L, 3))
MISUSE(gettable_nothing, (lua_pushnil(L), lua_gettable(L, 5)))
MISUSE(getfield_nothing, lua_getfield(L, 5, "x"))
MISUSE(geti_nothing, lua_geti(L, 5, 1))
MISUSE(settable_nothing, (lua_pushnil(L), lua_pushnil(L), lua_settable(L, 5)))
MISUSE(setfield_nothing, (lua_pushnil(L), lua_setfield(L, 5, "x")))
MISUSE(seti_nothing, (lua_pushnil(L), lua_seti(L, 5, 1)))
MISUSE(rawget_no_table, (lua_pushnil(L), lua_pushnil(L), lua_rawget(L, 1)))
MISUSE(rawgeti_no_table, (lua_pushnil(L), lua_rawgeti(L, 1, 1)))
MISUSE(rawgetp_no_table, (lua_pushnil(L), lua_rawgetp(L, 1, L)))
MISUSE(rawset_no_table, (lua_pushnil(L), lua_pushnil(L), lua_pushnil(L), lua_rawset(L, 1)))
MISUSE(rawseti_no_table, (lua_pushnil(L), lua_pushnil(L), lua_rawseti(L, 1, 1)))
MISUSE(rawsetp_no_table, (lua_pushnil(L), lua_pushnil(L), lua_rawsetp(L, 1, L)))
MISUSE(next_no_table, (lua_pushnil(L), lua_pushnil(L), lua_next(L, 1)))
MISUSE(getmetatable_zero, lua_getmetatable(L, 0))
MISUSE(setmetatable_nothing, (lua_newtable(L), lua_setmetatable(L, 5)))
MISUSE(setmetatable_number, (lua_newtable(L), lua_pushinteger(L, 1), lua_setmetatable(L, 1)))
MISUSE(getuservalue_table, (lua_newtable(L), lua_getiuservalue(L, 1, 1)))
MISUSE(setuservalue_table, (lua_newtable(L), lua_pushnil(L), lua_setiuservalue(L, 1, 1)))
MISUSE(setuservalue_few, lua_setiuservalue(L, LUA_REGISTRYINDEX, 1))
MISUSE(getupvalue_zero, lua_getupvalue(L, 0, 1))
MISUSE(upvalueid_zero, lua_upvalueid(L, 0, 1))
MISUSE(join_c, (lua_pushcfunction(L, nothing), lua_upvaluejoin(L, 1, 1, 1, 1)))

/* room */
MISUSE(no_room_nil, (fill(L), lua_pushnil(L)))
MISUSE(no_room_integer, (fill(L), lua_pushinteger(L, 1)))
MISUSE(no_room_number, (fill(L), lua_pushnumber(L, 1)))
MISUSE(no_room_boolean, (fill(L), lua_pushboolean(L, 1)))
MISUSE(no_room_string, (fill(L), lua_pushstring(L, "x")))
MISUSE(no_room_format, (fill(L), lua_pushfstring(L, "x")))
MISUSE(no_room_light, (fill(L), lua_pushlightuserdata(L, L)))
MISUSE(no_room_thread, (fill(L), lua_pushthread(L)))
MISUSE(no_room_function, (fill(L), lua_pushcfunction(L, nothing)))
MISUSE(no_room_value, (fill(L), lua_pushvalue(L, 1)))
MISUSE(no_room_table, (fill(L), lua_newtable(L)))
MISUSE(no_room_userdata, (fill(L), (void)lua_newuserdatauv(L, 1, 0)))
MISUSE(no_room_global, (fill(L), lua_getglobal(L, "x")))
MISUSE(no_room_field, (fill(L), lua_getfield(L, LUA_REGISTRYINDEX, "x")))
MISUSE(no_room_index, (fill(L), lua_geti(L, LUA_REGISTRYINDEX, 1)))
MISUSE(no_room_raw_index, (fill(L), lua_rawgeti(L, LUA_REGISTRYINDEX, 1)))
MISUSE(no_room_pointer, (fill(L), lua_rawgetp(L, LUA_REGISTRYINDEX, L)))
MISUSE(no_room_concat, (fill(L), lua_concat(L, 0)))
MISUSE(no_room_length, (fill(L), lua_len(L, LUA_REGISTRYINDEX)))
MISUSE(no_room_load, (fill(L), lua_load(L, no_reader, NULL, "x", NULL)))
MISUSE(no_room_numeral, (fill(L), lua_stringtonumber(L, "1")))
MISUSE(no_room_other, lua_State *thread = lua_newthread(L);
       lua_xmove((lua_checkstack(L, 100), lua_settop(L, 60), L), thread, 50))

/* the rest */
MISUSE(checkstack_negative, lua_checkstack(L, -1))
MISUSE(xmove_few, lua_xmove(L, lua_newthread(L), 5))
MISUSE(xmove_negative, lua_xmove(L, lua_newthread(L), -1))
MISUSE(xmove_strangers, lua_State *other = luaL_newstate(); lua_pushnil(L); lua_xmove(L, other, 1))
MISUSE(resume_few, int n; lua_resume(lua_newthread(L), L, 1, &n))
MISUSE(user_values_many, lua_newuserdatauv(L, 1, 70000))
MISUSE(user_values_negative, lua_newuserdatauv(L, 1, -1))
MISUSE(lstring_null, lua_pushlstring(L, NULL, 5))
MISUSE(closeslot_unmarked, (lua_pushnil(L), lua_closeslot(L, 1)))
MISUSE(closeslot_pseudo, lua_closeslot(L, LUA_REGISTRYINDEX))
MISUSE(toclose_pseudo, lua_toclose(L, LUA_REGISTRYINDEX))
MISUSE(toclose_below, (lua_settop(L, 2), run_chunk(L, "return setmetatable({}, {__close = print})", 1),
                       lua_toclose(L, 3), lua_pushvalue(L, 3), lua_replace(L, 1), lua_toclose(L, 1)))

/* clang-format on */

static int call_dead(lua_State *L) {
  int n;
  lua_State *thread = lua_newthread(L);
  luaL_loadstring(thread, "coroutine.yield()");
  lua_resume(thread, L, 0, &n);
  lua_pushcfunction(thread, nothing);
  lua_call(thread, 0, 0); /* it is suspended */
  return 0;
}

#define STACK(f) f ": stack is"
#define INDEX(f) f ": idx is"

static const Misuse cases[] = {
  {"lua_settop: idx is -2", pop_too_many},
  {"lua_settop: idx is 1000", settop_too_high},
  {STACK("lua_error"), error_of_nothing},
  {STACK("lua_arith"), arith_one},
  {STACK("lua_arith"), arith_none},
  {"lua_arith: op is 77", arith_unknown},
  {STACK("lua_concat"), concat_few},
  {"lua_concat: n is -1", concat_negative},
  {"lua_callk: nargs is 0", call_nothing},
  {"lua_callk: nargs is 1", call_few},
  {"lua_callk: nargs is -1", call_negative},
  {"lua_callk: nresults is 500", call_for_too_much},
  {"lua_pcallk: nargs is 1", pcall_few},
  {"lua_pcallk: errfunc is 1", pcall_bad_handler},
  {STACK("lua_pushcclosure"), closure_few},
  {"lua_pushcclosure: n is 256", closure_many},
  {"lua_pushcclosure: fn is 0", closure_null},
  {STACK("lua_yieldk"), yield_few},
  {"lua_yieldk: nresults is -1", yield_negative},
  {STACK("lua_gettable"), gettable_few},
  {STACK("lua_settable"), settable_few},
  {STACK("lua_setfield"), setfield_few},
  {STACK("lua_seti"), seti_few},
  {STACK("lua_setglobal"), setglobal_few},
  {STACK("lua_rawget"), rawget_few},
  {STACK("lua_rawset"), rawset_few},
  {STACK("lua_rawseti"), rawseti_few},
  {STACK("lua_rawsetp"), rawsetp_few},
  {STACK("lua_setmetatable"), setmetatable_few},
  {STACK("lua_next"), next_few},
  {STACK("lua_dump"), dump_nothing},
  {STACK("lua_setupvalue"), setupvalue_few},
  {STACK("lua_getinfo"), info_of_nothing},
  {"lua_getinfo: top is", info_of_a_number},
  {STACK("lua_getlocal"), local_of_nothing},
  {STACK("lua_setlocal"), setlocal_few},
  {INDEX("lua_type"), type_of_zero},
  {INDEX("lua_type"), type_too_deep},
  {INDEX("lua_type"), type_far_up},
  {INDEX("lua_type"), upvalue_far},
  {INDEX("lua_tolstring"), tostring_zero},
  {INDEX("lua_tonumberx"), tonumber_zero},
  {INDEX("lua_tointegerx"), tointeger_zero},
  {INDEX("lua_toboolean"), toboolean_zero},
  {INDEX("lua_touserdata"), touserdata_zero},
  {INDEX("lua_tothread"), tothread_zero},
  {INDEX("lua_tocfunction"), tocfunction_zero},
  {INDEX("lua_topointer"), topointer_zero},
  {INDEX("lua_rawlen"), rawlen_zero},
  {INDEX("lua_rawequal"), rawequal_zero},
  {INDEX("lua_compare"), compare_zero},
  {"lua_compare: op is 9", compare_unknown},
  {INDEX("lua_isnumber"), isnumber_zero},
  {INDEX("lua_isstring"), isstring_zero},
  {INDEX("lua_isinteger"), isinteger_zero},
  {INDEX("lua_iscfunction"), iscfunction_zero},
  {INDEX("lua_isuserdata"), isuserdata_zero},
  {"lua_typename: tp is 50", typename_unknown},
  {INDEX("lua_pushvalue"), pushvalue_zero},
  {INDEX("lua_pushvalue"), pushvalue_deep},
  {INDEX("lua_copy"), copy_to_nothing},
  {INDEX("lua_copy"), copy_from_zero},
  {INDEX("lua_rotate"), rotate_pseudo},
  {INDEX("lua_rotate"), rotate_nothing},
  {"lua_rotate: n is 2", rotate_too_far},
  {INDEX("lua_rotate"), insert_nothing},
  {INDEX("lua_rotate"), remove_nothing},
  {INDEX("lua_copy"), replace_nothing},
  {INDEX("lua_gettable"), gettable_nothing},
  {INDEX("lua_getfield"), getfield_nothing},
  {INDEX("lua_geti"), geti_nothing},
  {INDEX("lua_settable"), settable_nothing},
  {INDEX("lua_setfield"), setfield_nothing},
  {INDEX("lua_seti"), seti_nothing},
  {INDEX("lua_rawget"), rawget_no_table},
  {INDEX("lua_rawgeti"), rawgeti_no_table},
  {INDEX("lua_rawgetp"), rawgetp_no_table},
  {INDEX("lua_rawset"), rawset_no_table},
  {INDEX("lua_rawseti"), rawseti_no_table},
  {INDEX("lua_rawsetp"), rawsetp_no_table},
  {INDEX("lua_next"), next_no_table},
  {INDEX("lua_getmetatable"), getmetatable_zero},
  {"lua_setmetatable: objindex is 5", setmetatable_nothing},
  {"lua_setmetatable: top is", setmetatable_number},
  {INDEX("lua_getiuservalue"), getuservalue_table},
  {INDEX("lua_setiuservalue"), setuservalue_table},
  {STACK("lua_setiuservalue"), setuservalue_few},
  {INDEX("lua_getupvalue"), getupvalue_zero},
  {INDEX("lua_upvalueid"), upvalueid_zero},
  {"lua_upvaluejoin: n1 is 1", join_c},
  {STACK("lua_pushnil"), no_room_nil},
  {STACK("lua_pushinteger"), no_room_integer},
  {STACK("lua_pushnumber"), no_room_number},
  {STACK("lua_pushboolean"), no_room_boolean},
  {STACK("lua_pushlstring"), no_room_string},
  {STACK("lua_pushfstring"), no_room_format},
  {STACK("lua_pushlightuserdata"), no_room_light},
  {STACK("lua_pushthread"), no_room_thread},
  {STACK("lua_pushcclosure"), no_room_function},
  {STACK("lua_pushvalue"), no_room_value},
  {STACK("lua_createtable"), no_room_table},
  {STACK("lua_newuserdatauv"), no_room_userdata},
  {STACK("lua_getglobal"), no_room_global},
  {STACK("lua_getfield"), no_room_field},
  {STACK("lua_geti"), no_room_index},
  {STACK("lua_rawgeti"), no_room_raw_index},
  {STACK("lua_rawgetp"), no_room_pointer},
  {STACK("lua_concat"), no_room_concat},
  {STACK("lua_len"), no_room_length},
  {STACK("lua_load"), no_room_load},
  {STACK("lua_stringtonumber"), no_room_numeral},
  {"lua_xmove: n is 50", no_room_other},
  {"lua_checkstack: n is -1", checkstack_negative},
  {STACK("lua_xmove"), xmove_few},
  {"lua_xmove: n is -1", xmove_negative},
  {"lua_xmove: to is", xmove_strangers},
  {"lua_resume: narg is 1", resume_few},
  {"lua_newuserdatauv: nuvalue is 70000", user_values_many},
  {"lua_newuserdatauv: nuvalue is -1", user_values_negative},
  {"lua_pushlstring: s is 0", lstring_null},
  {INDEX("lua_closeslot"), closeslot_unmarked},
  {INDEX("lua_closeslot"), closeslot_pseudo},
  {INDEX("lua_toclose"), toclose_pseudo},
  {INDEX("lua_toclose"), toclose_below},
  {"lua_callk: L is 1", call_dead},
};

/* In the child. */
static void misuse(const Misuse *which, int errors) {
  struct rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
  signal(SIGABRT, SIG_DFL);
  dup2(errors, 2);
  lua_State *L = luaL_newstate();
  luaL_openlibs(L);
  rille_checkapi(L, 1);
  lua_pushcfunction(L, which->body);
  int status = lua_pcall(L, 0, 0, 0);
  fprintf(stderr, "went on: %d %s", status, status == LUA_OK ? "" : lua_tostring(L, -1));
  fflush(stderr);
  _exit(0);
}

/* "rille: misuse of the C API: " and then what is expected. */
static int reports(const char *report, const char *expected) {
  static const char start[] = "misuse of the C API: ";
  const char *at = strstr(report, start);
  return at != NULL && strncmp(at + sizeof start - 1, expected, strlen(expected)) == 0;
}

static void expect_report(const Misuse *which, size_t number) {
  int ends[2], status;
  char report[1024];
  size_t length = 0;
  ssize_t got;
  assert_int_equal(pipe(ends), 0);
  fflush(NULL);
  pid_t child = fork();
  if (child == 0) misuse(which, ends[1]);
  close(ends[1]);
  while (length < sizeof report - 1 && (got = read(ends[0], report + length, sizeof report - 1 - length)) > 0)
    length += (size_t)got;
  report[length] = 0;
  close(ends[0]);
  assert_int_equal(waitpid(child, &status, 0), child);
  if (!reports(report, which->expected) || strstr(report, ", expected ") == NULL)
    fail_msg("case %zu, '%s': %s", number, which->expected, report);
  assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static void every_misuse_is_reported(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) expect_report(&cases[i], i);
}

static void the_switch(void **state) {
  lua_State *L = *state;
  int before = rille_checkapi(L, 1);
  assert_int_equal(rille_checkapi(L, 0), 1);
  assert_int_equal(rille_checkapi(L, before), 0);
}

/* Right use is not reported: a dead or finished coroutine may be resumed, all the libraries run under the checks. */
static void right_use_passes(void **state) {
  lua_State *L = *state;
  int count;
  rille_checkapi(L, 1);
  lua_State *thread = lua_newthread(L);
  assert_int_equal(lua_resume(thread, L, 0, &count), LUA_ERRRUN);
  lua_pop(thread, 1);
  lua_pushinteger(thread, 1);
  assert_int_equal(lua_resume(thread, L, 1, &count), LUA_ERRRUN);
  for (int i = 0; i < 3; i++) {
    run_chunk(
      L,
      "local t = {} for i = 1, 300 do t[i] = {tostring(i), i / 3} end table.sort(t, function(a, b) return a[1] < b[1] "
      "end)\n"
      "local s = string.format('%s %q %5.1f', 'x', 'y', 2):rep(50):gsub('%w', '%0%0') "
      "assert(load(string.dump(load('return ...'))))\n"
      "local co = coroutine.wrap(function(...) local x <close> = setmetatable({}, {__close = function() end})\n"
      "for i = 1, 10 do coroutine.yield(select('#', ...), pcall(error, {})) end end) for i = 1, 5 do co(1, 2) end\n"
      "local f = io.tmpfile() f:write('a\\nb\\n', 1, 2.5) f:seek('set') for l in f:lines() do end f:close()\n"
      "xpcall(function() local x = nil + 1 end, debug.traceback) debug.getinfo(1, 'nSltufrL') debug.getlocal(1, 1)\n"
      "collectgarbage() utf8.char(100, 8364) math.random(5) os.time() package.searchpath('x', '?') string.pack('s', "
      "'x')\n"
      "select('#', table.unpack({}, 1, 200)) table.concat({1, 2, 3}, ',') require 'string'",
      0);
  }
  expect_top(L, 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    STATE_TEST(the_switch),
    STATE_TEST(right_use_passes),
    cmocka_unit_test(every_misuse_is_reported),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void) {
  return 0;
}

#endif

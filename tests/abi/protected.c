/* What the C API and the auxiliary library answer in odd cases: closing, errors, warnings, the collector, loading and
 * dumping. Compiled with stock's headers; with stock's library and with ours it must print the same. */
#include "probe.h"

static int note_continuation(lua_State *L, int st, lua_KContext c) {
  lua_pushinteger(L, st);
  lua_pushinteger(L, c);
  return lua_gettop(L);
}

static int close_number(lua_State *L) {
  lua_pushinteger(L, 1);
  lua_toclose(L, 1);
  return lua_gettop(L);
}

static int close_false(lua_State *L) {
  lua_pushnil(L);
  lua_toclose(L, 1);
  lua_pushboolean(L, 0);
  lua_toclose(L, 2);
  lua_settop(L, 0);
  return lua_gettop(L);
}

static int note_close(lua_State *L) {
  printf("<close");
  show_value(L, 2);
  printf(">");
  lua_pushliteral(L, "ignored");
  return 1;
}

static int fail_in_close(lua_State *L) {
  printf("<closeerr");
  show_value(L, 2);
  printf(">");
  return luaL_error(L, "from close");
}

static int close_slots(lua_State *L) {
  push_with_metamethod(L, "__close", note_close);
  lua_toclose(L, 1);
  lua_pushinteger(L, 3);
  push_with_metamethod(L, "__close", note_close);
  lua_toclose(L, 3);
  lua_settop(L, 2);
  lua_closeslot(L, 1);
  return lua_gettop(L);
}

static int close_by_error(lua_State *L) {
  push_with_metamethod(L, "__close", note_close);
  lua_toclose(L, 1);
  luaL_error(L, "err %d", 5);
  return lua_gettop(L);
}

static int close_errors(lua_State *L) {
  push_with_metamethod(L, "__close", fail_in_close);
  lua_toclose(L, 1);
  push_with_metamethod(L, "__close", note_close);
  lua_toclose(L, 2);
  lua_pushliteral(L, "plain");
  lua_error(L);
  return lua_gettop(L);
}

static int close_by_return(lua_State *L) {
  push_with_metamethod(L, "__close", note_close);
  lua_toclose(L, 1);
  lua_pushinteger(L, 1);
  lua_pushinteger(L, 2);
  printf("ret ");
  return 2;
}

static int close_error_at_return(lua_State *L) {
  push_with_metamethod(L, "__close", fail_in_close);
  lua_toclose(L, 1);
  lua_pushinteger(L, 1);
  printf("ret ");
  return 1;
}

static int close_error_at_settop(lua_State *L) {
  push_with_metamethod(L, "__close", fail_in_close);
  lua_toclose(L, 1);
  lua_settop(L, 0);
  return lua_gettop(L);
}

static int checkstack_text(lua_State *L) {
  luaL_checkstack(L, 2000000, "too many things");
  return lua_gettop(L);
}

static int checkstack_plain(lua_State *L) {
  luaL_checkstack(L, 2000000, NULL);
  return lua_gettop(L);
}

static int error_text(lua_State *L) {
  luaL_error(L, "plain %s", "text");
  return lua_gettop(L);
}

static int error_nil(lua_State *L) {
  lua_pushnil(L);
  lua_error(L);
  return lua_gettop(L);
}

static int error_argument(lua_State *L) {
  luaL_argerror(L, 2, "msg");
  return lua_gettop(L);
}

static int error_type(lua_State *L) {
  luaL_typeerror(L, 1, "thing");
  return lua_gettop(L);
}

static int where(lua_State *L) {
  lua_settop(L, 3);
  luaL_where(L, 0);
  luaL_where(L, 1);
  luaL_where(L, 2);
  luaL_where(L, 90);
  return lua_gettop(L);
}

static int results_of_files(lua_State *L) {
  luaL_fileresult(L, 1, "f");
  luaL_execresult(L, 0);
  luaL_execresult(L, 256 * 3);
  luaL_execresult(L, 9);
  return lua_gettop(L);
}

static int yield_outside(lua_State *L) {
  lua_yield(L, 0);
  return lua_gettop(L);
}

static int main_thread(lua_State *L) {
  lua_pushinteger(L, lua_isyieldable(L));
  lua_pushinteger(L, lua_pushthread(L));
  lua_pushinteger(L, lua_status(L));
  return lua_gettop(L);
}

static int callk_error(lua_State *L) {
  lua_pushcfunction(L, error_text);
  lua_callk(L, 0, 0, 5, note_continuation);
  return lua_gettop(L);
}

static int pcallk_error(lua_State *L) {
  lua_pushcfunction(L, error_text);
  int s = lua_pcallk(L, 0, 0, 0, 5, note_continuation);
  lua_pushinteger(L, s);
  return lua_gettop(L);
}

static int version(lua_State *L) {
  lua_pushnumber(L, lua_version(L));
  lua_pushinteger(L, LUAL_NUMSIZES);
  luaL_checkversion(L);
  lua_pushinteger(L, lua_setcstacklimit(L, 100));
  lua_pushinteger(L, lua_setcstacklimit(L, 1000000));
  return lua_gettop(L);
}

static int version_other(lua_State *L) {
  luaL_checkversion_(L, 503, LUAL_NUMSIZES);
  return lua_gettop(L);
}

static int version_sizes(lua_State *L) {
  luaL_checkversion_(L, 504, 77);
  return lua_gettop(L);
}

static int gc_options(lua_State *L) {
  lua_gc(L, LUA_GCGEN, 0, 0);
  lua_gc(L, LUA_GCINC, 0, 0, 0);
  lua_pushinteger(L, lua_gc(L, LUA_GCISRUNNING));
  lua_gc(L, LUA_GCSTOP);
  lua_pushinteger(L, lua_gc(L, LUA_GCISRUNNING));
  lua_gc(L, LUA_GCRESTART);
  lua_pushinteger(L, lua_gc(L, LUA_GCISRUNNING));
  lua_pushinteger(L, lua_gc(L, LUA_GCGEN, 0, 0));
  lua_pushinteger(L, lua_gc(L, LUA_GCGEN, 30, 60));
  lua_pushinteger(L, lua_gc(L, LUA_GCINC, 150, 300, 10));
  lua_pushinteger(L, lua_gc(L, LUA_GCINC, 0, 0, 0));
  lua_pushinteger(L, lua_gc(L, LUA_GCSETPAUSE, 180));
  lua_pushinteger(L, lua_gc(L, LUA_GCSETPAUSE, 200));
  lua_pushinteger(L, lua_gc(L, LUA_GCSETSTEPMUL, 120));
  lua_pushinteger(L, lua_gc(L, LUA_GCSETSTEPMUL, 100));
  lua_pushinteger(L, lua_gc(L, 99));
  lua_pushinteger(L, lua_gc(L, LUA_GCCOLLECT));
  lua_pushinteger(L, lua_gc(L, LUA_GCCOUNTB) < 1024);
  lua_pushinteger(L, lua_gc(L, LUA_GCCOUNT) > 5);
  int n = 0;
  while (!lua_gc(L, LUA_GCSTEP, 1)) n++;
  lua_pushinteger(L, n < 100000);
  lua_pushinteger(L, lua_gc(L, LUA_GCSTEP, 100000));
  return lua_gettop(L);
}

static int collect_in_finalizer(lua_State *L) {
  printf("<gc %d %d %d>", lua_gc(L, LUA_GCCOLLECT), lua_gc(L, LUA_GCCOUNT) > 0, lua_gc(L, LUA_GCSTEP, 0));
  return 0;
}

static int gc_in_finalizer(lua_State *L) {
  push_with_metamethod(L, "__gc", collect_in_finalizer);
  lua_newtable(L);
  lua_pushcfunction(L, collect_in_finalizer);
  lua_setfield(L, -2, "__gc");
  lua_newuserdatauv(L, 8, 1);
  lua_insert(L, -2);
  lua_setmetatable(L, -2);
  lua_settop(L, 0);
  lua_gc(L, LUA_GCCOLLECT);
  return lua_gettop(L);
}

static int fail_in_finalizer(lua_State *L) {
  return luaL_error(L, "in gc");
}

static int fail_with_table(lua_State *L) {
  lua_newtable(L);
  return lua_error(L);
}

static void note_warning(void *ud, const char *m, int c) {
  printf("<warn %s %s %d>", (char *)ud, m, c);
}

static int gc_warnings(lua_State *L) {
  lua_setwarnf(L, note_warning, "ud");
  lua_warning(L, "a", 1);
  lua_warning(L, "b", 0);
  lua_newuserdatauv(L, 1, 0);
  lua_newtable(L);
  lua_pushcfunction(L, fail_in_finalizer);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, -2);
  lua_settop(L, 0);
  lua_gc(L, LUA_GCCOLLECT);
  lua_newuserdatauv(L, 1, 0);
  lua_newtable(L);
  lua_pushcfunction(L, fail_with_table);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, -2);
  lua_settop(L, 0);
  lua_gc(L, LUA_GCCOLLECT);
  lua_setwarnf(L, NULL, NULL);
  lua_warning(L, "x", 0);
  return lua_gettop(L);
}

static int set_functions(lua_State *L) {
  static const luaL_Reg r[] = {{"a", main_thread}, {"placeholder", NULL}, {NULL, NULL}};
  luaL_newlib(L, r);
  lua_getfield(L, 1, "placeholder");
  lua_getfield(L, 1, "a");
  lua_newtable(L);
  lua_pushinteger(L, 5);
  lua_pushinteger(L, 6);
  luaL_setfuncs(L, r, 2);
  lua_getfield(L, -1, "a");
  lua_pushstring(L, lua_getupvalue(L, -1, 2));
  lua_pushstring(L, lua_getupvalue(L, -3, 3));
  return lua_gettop(L);
}

static int require(lua_State *L) {
  luaL_requiref(L, "mymod", set_functions, 1);
  lua_getglobal(L, "mymod");
  luaL_requiref(L, "mymod", error_text, 0);
  return lua_gettop(L);
}

static const char *read_one_byte(lua_State *L, void *ud, size_t *n) {
  (void)L;
  const char **s = ud;
  if (!**s) {
    *n = 0;
    return NULL;
  }
  *n = 1;
  return (*s)++;
}

static int load_by_bytes(lua_State *L, const char *s, const char *name, const char *mode) {
  return lua_load(L, read_one_byte, &s, name, mode);
}

static int load_pieces(lua_State *L) {
  lua_pushinteger(L, load_by_bytes(L, "return 1,2,'abc'", "=x", NULL));
  lua_pushinteger(L, load_by_bytes(L, "x = = ", NULL, NULL));
  lua_pushinteger(L, load_by_bytes(L, "x =", "@file.lua", "t"));
  lua_pushinteger(
    L, load_by_bytes(L, "x=", "=long name long name long name long name long name long name long name long name", "b"));
  lua_pushinteger(
    L, load_by_bytes(
         L, "x=", "a very long string chunk name that goes over the limit of sixty characters surely\nnewline", "t"));
  lua_pushinteger(
    L, load_by_bytes(L, "x=", "@/a/very/long/file/name/that/goes/over/the/limit/of/sixty/characters/surely.lua", "bt"));
  lua_pushinteger(L, load_by_bytes(L, "\033Lua", "bin", "t"));
  lua_pushinteger(L, load_by_bytes(L, "\033Lua", "bin", "b"));
  lua_pushinteger(L, load_by_bytes(L, "x=", "first\nsecond", ""));
  lua_pushinteger(L, load_by_bytes(L, "", "e", "t"));
  return lua_gettop(L);
}

static const char *reader_error(lua_State *L, void *ud, size_t *n) {
  (void)ud;
  (void)n;
  luaL_error(L, "reader error");
  return NULL;
}

static const char *reader_yield(lua_State *L, void *ud, size_t *n) {
  (void)ud;
  (void)n;
  lua_yield(L, 0);
  return NULL;
}

static int load_reader_errors(lua_State *L) {
  lua_pushinteger(L, lua_load(L, reader_error, NULL, "x", NULL));
  lua_pushinteger(L, lua_load(L, reader_yield, NULL, "x", NULL));
  return lua_gettop(L);
}

static int load_files(lua_State *L) {
  lua_pushinteger(L, luaL_loadfilex(L, "/nonexistent", NULL));
  lua_pushinteger(L, luaL_loadfilex(L, "/", NULL));
  lua_pushinteger(L, luaL_loadbufferx(L, "return 1", 8, "=q", "b"));
  lua_pushinteger(L, luaL_loadstring(L, "return"));
  lua_pushinteger(L, luaL_dostring(L, "error('x')"));
  lua_pushinteger(L, luaL_dostring(L, "return 1,2"));
  return lua_gettop(L);
}

static int write_twice(lua_State *L, const void *p, size_t n, void *ud) {
  (void)L;
  (void)p;
  int *c = ud;
  (*c)++;
  return n > 0 && *c == 2 ? 77 : 0;
}

static int write_to_buffer(lua_State *L, const void *p, size_t n, void *ud) {
  (void)L;
  luaL_addlstring((luaL_Buffer *)ud, p, n);
  return 0;
}

static int dump_writer_status(lua_State *L) {
  luaL_loadstring(L, "local a, b = ...; return function() return a, b, 1.5, 'str', nil, true, {} end");
  int c = 0;
  lua_pushinteger(L, lua_dump(L, write_twice, &c, 0));
  lua_pushcfunction(L, main_thread);
  c = 0;
  lua_pushinteger(L, lua_dump(L, write_twice, &c, 0));
  lua_pushinteger(L, c);
  return lua_gettop(L);
}

static int dump_stripped(lua_State *L) {
  luaL_loadstring(L, "local a, b = ...; return a .. b, 1.5, 'str', nil, true");
  luaL_Buffer b;
  luaL_buffinit(L, &b);
  lua_pushvalue(L, 1); /* below the buffer's box nothing is placed while it is small */
  lua_dump(L, write_to_buffer, &b, 1);
  lua_pop(L, 1);
  luaL_pushresult(&b);
  size_t n;
  const char *s = lua_tolstring(L, -1, &n);
  lua_pushinteger(L, luaL_loadbufferx(L, s, n, "ignored", "t"));
  lua_settop(L, 2);
  lua_pushinteger(L, luaL_loadbufferx(L, s, n, "ignored", "b"));
  lua_pop(L, 1);
  lua_pushliteral(L, "A");
  lua_pushliteral(L, "B");
  lua_call(L, 2, LUA_MULTRET);
  lua_remove(L, 2);
  lua_remove(L, 1);
  return lua_gettop(L);
}

static int call_number(lua_State *L) {
  lua_pushinteger(L, 1);
  lua_call(L, 0, 0);
  return lua_gettop(L);
}

static int call_table(lua_State *L) {
  lua_newtable(L);
  lua_pushinteger(L, 1);
  lua_call(L, 1, 0);
  return lua_gettop(L);
}

static int call_nil(lua_State *L) {
  lua_getglobal(L, "nope");
  lua_call(L, 0, 0);
  return lua_gettop(L);
}

static int threads(lua_State *L) {
  lua_State *T = lua_newthread(L);
  lua_pushinteger(L, 1);
  lua_pushinteger(L, 2);
  lua_xmove(L, T, 2);
  lua_pushinteger(L, lua_gettop(T));
  lua_xmove(T, L, 1);
  lua_pushinteger(L, lua_status(T));
  lua_pushinteger(L, lua_isyieldable(T));
  lua_pushboolean(L, lua_tothread(L, 1) == T);
  lua_pushboolean(L, lua_topointer(L, 1) == (void *)T);
  lua_pushinteger(L, lua_pushthread(T));
  return lua_gettop(L);
}

static const luaL_Reg PROBES[] = {{"close_number", close_number},
                                  {"close_false", close_false},
                                  {"close_slots", close_slots},
                                  {"close_by_error", close_by_error},
                                  {"close_errors", close_errors},
                                  {"close_by_return", close_by_return},
                                  {"close_error_at_return", close_error_at_return},
                                  {"close_error_at_settop", close_error_at_settop},
                                  {"checkstack_text", checkstack_text},
                                  {"checkstack_plain", checkstack_plain},
                                  {"error_text", error_text},
                                  {"error_nil", error_nil},
                                  {"error_argument", error_argument},
                                  {"error_type", error_type},
                                  {"where", where},
                                  {"results_of_files", results_of_files},
                                  {"yield_outside", yield_outside},
                                  {"main_thread", main_thread},
                                  {"callk_error", callk_error},
                                  {"pcallk_error", pcallk_error},
                                  {"version", version},
                                  {"version_other", version_other},
                                  {"version_sizes", version_sizes},
                                  {"gc_options", gc_options},
                                  {"gc_in_finalizer", gc_in_finalizer},
                                  {"gc_warnings", gc_warnings},
                                  {"set_functions", set_functions},
                                  {"require", require},
                                  {"load_pieces", load_pieces},
                                  {"load_reader_errors", load_reader_errors},
                                  {"load_files", load_files},
                                  {"dump_writer_status", dump_writer_status},
                                  {"dump_stripped", dump_stripped},
                                  {"call_number", call_number},
                                  {"call_table", call_table},
                                  {"call_nil", call_nil},
                                  {"threads", threads},
                                  {NULL, NULL}};

int main(void) {
  return run_probes(PROBES);
}

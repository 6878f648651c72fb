/* What the C API and the auxiliary library answer in odd cases: arguments, userdata, tables and references. Compiled
 * with stock's headers; with stock's library and with ours it must print the same. */
#include "probe.h"

static int option_default(lua_State *L) {
  static const char *const o[] = {"one", "two", NULL};
  lua_pushliteral(L, "two");
  lua_pushinteger(L, luaL_checkoption(L, 1, NULL, o));
  lua_pushinteger(L, luaL_checkoption(L, 9, "one", o));
  luaL_checkoption(L, 9, NULL, o);
  return lua_gettop(L);
}

static int option_invalid(lua_State *L) {
  static const char *const o[] = {"one", "two", NULL};
  lua_pushliteral(L, "three");
  luaL_checkoption(L, 1, NULL, o);
  return lua_gettop(L);
}

static int option_table(lua_State *L) {
  static const char *const o[] = {"one", NULL};
  lua_newtable(L);
  luaL_checkoption(L, 1, "one", o);
  return lua_gettop(L);
}

static int integer_fraction(lua_State *L) {
  lua_pushnumber(L, 1.5);
  luaL_checkinteger(L, 1);
  return lua_gettop(L);
}

static int integer_numeral(lua_State *L) {
  lua_pushliteral(L, "1.5");
  luaL_checkinteger(L, 1);
  return lua_gettop(L);
}

static int integer_word(lua_State *L) {
  lua_pushliteral(L, "x");
  luaL_checkinteger(L, 1);
  return lua_gettop(L);
}

static int integer_none(lua_State *L) {
  luaL_checkinteger(L, 1);
  return lua_gettop(L);
}

static int integer_light(lua_State *L) {
  lua_pushlightuserdata(L, L);
  luaL_checkinteger(L, 1);
  return lua_gettop(L);
}

static int any_none(lua_State *L) {
  luaL_checkany(L, 1);
  return lua_gettop(L);
}

static int type_none(lua_State *L) {
  luaL_checktype(L, 1, LUA_TNIL);
  return lua_gettop(L);
}

static int optional(lua_State *L) {
  lua_pushnil(L);
  lua_pushinteger(L, luaL_optinteger(L, 1, 42));
  lua_pushstring(L, luaL_optstring(L, 1, "d"));
  lua_pushnumber(L, luaL_optnumber(L, 9, 2.5));
  luaL_optinteger(L, 3, 1);
  return lua_gettop(L);
}

static int user_values(lua_State *L) {
  lua_newuserdatauv(L, 0, 3);
  lua_pushinteger(L, lua_getiuservalue(L, 1, 1));
  lua_pushinteger(L, lua_getiuservalue(L, 1, 4));
  lua_pushinteger(L, lua_getiuservalue(L, 1, 0));
  lua_pushinteger(L, 7);
  lua_pushinteger(L, lua_setiuservalue(L, 1, 3));
  lua_pushinteger(L, 7);
  lua_pushinteger(L, lua_setiuservalue(L, 1, 4));
  lua_getiuservalue(L, 1, 3);
  lua_pushinteger(L, (lua_Integer)lua_rawlen(L, 1));
  return lua_gettop(L);
}

static int userdata_other_type(lua_State *L) {
  luaL_newmetatable(L, "T1");
  lua_newuserdata(L, 4);
  luaL_setmetatable(L, "T1");
  lua_pushboolean(L, luaL_testudata(L, 2, "T1") != NULL);
  lua_pushboolean(L, luaL_testudata(L, 2, "T2") != NULL);
  lua_pushboolean(L, luaL_testudata(L, 1, "T1") != NULL);
  lua_pushboolean(L, luaL_testudata(L, 90, "T1") != NULL);
  lua_pushinteger(L, luaL_newmetatable(L, "T1"));
  luaL_checkudata(L, 2, "T2");
  return lua_gettop(L);
}

static int userdata_light(lua_State *L) {
  lua_pushlightuserdata(L, L);
  luaL_checkudata(L, 1, "T2");
  return lua_gettop(L);
}

static int userdata_none(lua_State *L) {
  luaL_checkudata(L, 1, "T2");
  return lua_gettop(L);
}

static int registry_pointer(lua_State *L) {
  lua_pushinteger(L, lua_rawgetp(L, LUA_REGISTRYINDEX, L));
  lua_pushliteral(L, "v");
  lua_rawsetp(L, LUA_REGISTRYINDEX, L);
  lua_pushinteger(L, lua_rawgetp(L, LUA_REGISTRYINDEX, L));
  return lua_gettop(L);
}

static int references(lua_State *L) {
  lua_newtable(L);
  lua_pushnil(L);
  lua_pushinteger(L, luaL_ref(L, 1));
  for (int i = 0; i < 3; i++) {
    lua_pushliteral(L, "r");
    lua_pushinteger(L, luaL_ref(L, 1));
  }
  luaL_unref(L, 1, 2);
  luaL_unref(L, 1, 1);
  luaL_unref(L, 1, LUA_NOREF);
  luaL_unref(L, 1, LUA_REFNIL);
  for (int i = 0; i < 3; i++) {
    lua_pushliteral(L, "r");
    lua_pushinteger(L, luaL_ref(L, 1));
  }
  return lua_gettop(L);
}

static int subtables(lua_State *L) {
  lua_newtable(L);
  lua_pushinteger(L, luaL_getsubtable(L, 1, "x"));
  lua_pushinteger(L, luaL_getsubtable(L, 1, "x"));
  lua_pushinteger(L, luaL_getmetafield(L, 1, "__x"));
  lua_pushinteger(L, luaL_callmeta(L, 1, "__x"));
  return lua_gettop(L);
}

static int get_types(lua_State *L) {
  lua_newtable(L);
  lua_pushinteger(L, 5);
  lua_seti(L, 1, 1);
  lua_pushinteger(L, lua_geti(L, 1, 1));
  lua_pushinteger(L, lua_geti(L, 1, 2));
  lua_pushinteger(L, lua_getfield(L, 1, "x"));
  lua_pushliteral(L, "k");
  lua_pushinteger(L, lua_gettable(L, 1));
  lua_pushinteger(L, lua_rawgeti(L, 1, 1));
  lua_pushinteger(L, lua_getglobal(L, "print"));
  return lua_gettop(L);
}

static int index_number(lua_State *L) {
  lua_pushinteger(L, 5);
  lua_getfield(L, 1, "x");
  return lua_gettop(L);
}

static int index_number_i(lua_State *L) {
  lua_pushinteger(L, 5);
  lua_geti(L, 1, 3);
  return lua_gettop(L);
}

static int index_number_nil(lua_State *L) {
  lua_pushinteger(L, 5);
  lua_pushnil(L);
  lua_gettable(L, 1);
  return lua_gettop(L);
}

static int set_nil_key(lua_State *L) {
  lua_newtable(L);
  lua_pushnil(L);
  lua_pushinteger(L, 1);
  lua_settable(L, 1);
  return lua_gettop(L);
}

static int rawset_nil_key(lua_State *L) {
  lua_newtable(L);
  lua_pushnil(L);
  lua_pushinteger(L, 1);
  lua_rawset(L, 1);
  return lua_gettop(L);
}

static int rawset_nan_key(lua_State *L) {
  lua_newtable(L);
  lua_pushnumber(L, 0.0 / 0.0);
  lua_pushinteger(L, 1);
  lua_rawset(L, 1);
  return lua_gettop(L);
}

static int next_unknown(lua_State *L) {
  lua_newtable(L);
  lua_pushliteral(L, "nokey");
  lua_next(L, 1);
  return lua_gettop(L);
}

static int set_in_nil(lua_State *L) {
  lua_getglobal(L, "nope");
  lua_pushinteger(L, 1);
  lua_setfield(L, 1, "x");
  return lua_gettop(L);
}

static int set_in_string(lua_State *L) {
  lua_pushliteral(L, "s");
  lua_pushinteger(L, 1);
  lua_seti(L, 1, 2);
  return lua_gettop(L);
}

static const luaL_Reg PROBES[] = {{"option_default", option_default},
                                  {"option_invalid", option_invalid},
                                  {"option_table", option_table},
                                  {"integer_fraction", integer_fraction},
                                  {"integer_numeral", integer_numeral},
                                  {"integer_word", integer_word},
                                  {"integer_none", integer_none},
                                  {"integer_light", integer_light},
                                  {"any_none", any_none},
                                  {"type_none", type_none},
                                  {"optional", optional},
                                  {"user_values", user_values},
                                  {"userdata_other_type", userdata_other_type},
                                  {"userdata_light", userdata_light},
                                  {"userdata_none", userdata_none},
                                  {"registry_pointer", registry_pointer},
                                  {"references", references},
                                  {"subtables", subtables},
                                  {"get_types", get_types},
                                  {"index_number", index_number},
                                  {"index_number_i", index_number_i},
                                  {"index_number_nil", index_number_nil},
                                  {"set_nil_key", set_nil_key},
                                  {"rawset_nil_key", rawset_nil_key},
                                  {"rawset_nan_key", rawset_nan_key},
                                  {"next_unknown", next_unknown},
                                  {"set_in_nil", set_in_nil},
                                  {"set_in_string", set_in_string},
                                  {NULL, NULL}};

int main(void) {
  return run_probes(PROBES);
}

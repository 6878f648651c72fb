/* What the C API and the auxiliary library answer in odd cases: numbers, strings, the stack and buffers. Compiled with
 * stock's headers; with stock's library and with ours it must print the same. */
#include "probe.h"

static int format_each_kind(lua_State *L) {
  lua_pushfstring(L, "%s|%d|%I|%f|%c|%U|%%|%s", "a", -5, (LUAI_UACINT)1 << 40, 1.5, 'x', 0x10FFFFL, NULL);
  return lua_gettop(L);
}

static int format_unknown(lua_State *L) {
  lua_pushfstring(L, "%x", 1);
  return lua_gettop(L);
}

static int format_lone_percent(lua_State *L) {
  lua_pushfstring(L, "%");
  return lua_gettop(L);
}

static int format_with_width(lua_State *L) {
  lua_pushfstring(L, "%5d", 1);
  return lua_gettop(L);
}

static int format_floats(lua_State *L) {
  lua_pushfstring(L, "%f %f %f", 1.0, 1e100, -0.0);
  return lua_gettop(L);
}

static int format_long(lua_State *L) {
  char b[2000];
  memset(b, 'z', 1999);
  b[1999] = 0;
  lua_pushfstring(L, "%s%s%d", b, b, 5);
  lua_pushinteger(L, (lua_Integer)lua_rawlen(L, 1));
  lua_remove(L, 1);
  return lua_gettop(L);
}

static int format_code_points(lua_State *L) {
  lua_pushfstring(L, "");
  lua_pushfstring(L, "abc");
  lua_pushfstring(L, "%U%U%U%U", 0L, 0x7FL, 0x80L, 0x7FFFFFFFL);
  return lua_gettop(L);
}

static int stack_moves(lua_State *L) {
  for (int i = 1; i <= 6; i++) lua_pushinteger(L, i);
  lua_rotate(L, 2, 2);
  lua_rotate(L, -3, -1);
  lua_rotate(L, 1, 0);
  lua_insert(L, 1);
  lua_remove(L, 3);
  lua_copy(L, 1, 4);
  lua_replace(L, 2);
  return lua_gettop(L);
}

static int stack_room(lua_State *L) {
  lua_pushinteger(L, lua_absindex(L, LUA_REGISTRYINDEX));
  lua_pushinteger(L, lua_absindex(L, -1));
  lua_pushinteger(L, lua_checkstack(L, 100));
  lua_pushinteger(L, lua_checkstack(L, 2000000));
  lua_pushinteger(L, lua_checkstack(L, 999000));
  return lua_gettop(L);
}

static int stack_holes(lua_State *L) {
  lua_pushinteger(L, lua_type(L, 50));
  lua_pushinteger(L, lua_isnone(L, 51));
  lua_pushinteger(L, lua_compare(L, 1, 60, LUA_OPEQ));
  lua_pushinteger(L, lua_rawequal(L, 1, 70));
  lua_pushboolean(L, lua_toboolean(L, 40));
  lua_pushinteger(L, (lua_Integer)lua_rawlen(L, 90));
  lua_pushstring(L, lua_tostring(L, 80));
  lua_pushinteger(L, lua_isstring(L, 80));
  lua_pushinteger(L, lua_type(L, lua_upvalueindex(1)));
  lua_pushinteger(L, lua_type(L, lua_upvalueindex(255)));
  return lua_gettop(L);
}

static int compare_numbers(lua_State *L) {
  lua_pushinteger(L, 1);
  lua_pushnumber(L, 1.0);
  lua_pushinteger(L, lua_compare(L, 1, 2, LUA_OPEQ));
  lua_pushinteger(L, lua_compare(L, 1, 2, LUA_OPLT));
  lua_pushinteger(L, lua_compare(L, 1, 2, LUA_OPLE));
  lua_pushinteger(L, lua_rawequal(L, 1, 2));
  return lua_gettop(L);
}

static int compare_kinds(lua_State *L) {
  lua_pushinteger(L, 1);
  lua_pushstring(L, "x");
  lua_compare(L, 1, 2, LUA_OPLT);
  return lua_gettop(L);
}

static int compare_tables(lua_State *L) {
  lua_newtable(L);
  lua_newtable(L);
  lua_compare(L, 1, 2, LUA_OPLE);
  return lua_gettop(L);
}

static int arith_string(lua_State *L) {
  lua_pushstring(L, "10");
  lua_pushinteger(L, 3);
  lua_arith(L, LUA_OPADD);
  return lua_gettop(L);
}

static int arith_bits_of_string(lua_State *L) {
  lua_pushstring(L, "10");
  lua_arith(L, LUA_OPUNM);
  lua_pushstring(L, "0x10");
  lua_arith(L, LUA_OPBNOT);
  return lua_gettop(L);
}

static int arith_divide_by_zero(lua_State *L) {
  lua_pushinteger(L, 1);
  lua_pushinteger(L, 0);
  lua_arith(L, LUA_OPIDIV);
  return lua_gettop(L);
}

static int arith_modulo_zero(lua_State *L) {
  lua_pushinteger(L, 1);
  lua_pushinteger(L, 0);
  lua_arith(L, LUA_OPMOD);
  return lua_gettop(L);
}

static int arith_fraction(lua_State *L) {
  lua_pushnumber(L, 1.5);
  lua_pushinteger(L, 0);
  lua_arith(L, LUA_OPBAND);
  return lua_gettop(L);
}

static int arith_table(lua_State *L) {
  lua_newtable(L);
  lua_pushinteger(L, 0);
  lua_arith(L, LUA_OPSUB);
  return lua_gettop(L);
}

static int arith_shift_word(lua_State *L) {
  lua_pushliteral(L, "a");
  lua_pushinteger(L, 0);
  lua_arith(L, LUA_OPSHL);
  return lua_gettop(L);
}

static int arith_each(lua_State *L) {
  for (int op = LUA_OPADD; op <= LUA_OPBNOT; op++) {
    lua_pushinteger(L, 7);
    if (op != LUA_OPUNM && op != LUA_OPBNOT) lua_pushinteger(L, 2);
    lua_arith(L, op);
  }
  for (int op = LUA_OPADD; op <= LUA_OPIDIV; op++)
    if (op != LUA_OPUNM) {
      lua_pushnumber(L, 7.5);
      lua_pushnumber(L, -2);
      lua_arith(L, op);
    }
  return lua_gettop(L);
}

static int concat_few(lua_State *L) {
  lua_concat(L, 0);
  lua_pushinteger(L, 1);
  lua_concat(L, 1);
  lua_pushnumber(L, 2.0);
  lua_pushliteral(L, "z");
  lua_concat(L, 3);
  return lua_gettop(L);
}

static int concat_table(lua_State *L) {
  lua_newtable(L);
  lua_pushliteral(L, "z");
  lua_concat(L, 2);
  return lua_gettop(L);
}

static int concat_one(lua_State *L) {
  lua_newtable(L);
  lua_concat(L, 1);
  return lua_gettop(L);
}

static int string_to_number(lua_State *L) {
  const char *s[] = {"10",
                     " 0x1p4 ",
                     "1e1",
                     "nan",
                     "inf",
                     "",
                     " ",
                     "1 2",
                     "0x",
                     "1e",
                     "9223372036854775808",
                     "-9223372036854775808",
                     "0xffffffffffffffffff",
                     "1\v",
                     ".5.",
                     "5.",
                     "\t-7\n"};
  for (unsigned i = 0; i < sizeof s / sizeof *s; i++) lua_pushinteger(L, (lua_Integer)lua_stringtonumber(L, s[i]));
  return lua_gettop(L);
}

static int conversions(lua_State *L) {
  lua_pushstring(L, "0x10");
  int ok;
  lua_pushinteger(L, lua_tointegerx(L, 1, &ok));
  lua_pushinteger(L, ok);
  lua_pushstring(L, "3.0");
  lua_pushinteger(L, lua_tointegerx(L, 4, &ok));
  lua_pushinteger(L, ok);
  lua_pushnumber(L, 2.5);
  lua_pushinteger(L, lua_tointegerx(L, 7, &ok));
  lua_pushinteger(L, ok);
  lua_pushnumber(L, lua_tonumberx(L, 1, &ok));
  lua_tostring(L, 7);
  lua_pushinteger(L, lua_type(L, 7));
  lua_pushinteger(L, lua_isnumber(L, 1));
  lua_pushinteger(L, lua_isinteger(L, 1));
  lua_pushinteger(L, lua_iscfunction(L, 1));
  return lua_gettop(L);
}

static int len_not_callable(lua_State *L) {
  lua_newtable(L);
  lua_newtable(L);
  lua_pushliteral(L, "x");
  lua_setfield(L, 2, "__len");
  lua_setmetatable(L, 1);
  lua_len(L, 1);
  return lua_gettop(L);
}

static int numeral(lua_State *L) {
  lua_pushliteral(L, "3");
  return 1;
}

static int fraction(lua_State *L) {
  lua_pushnumber(L, 3.5);
  return 1;
}

static int whole_float(lua_State *L) {
  lua_pushnumber(L, 3.0);
  return 1;
}

static int word(lua_State *L) {
  lua_pushliteral(L, "q");
  return 1;
}

static int len_numeral(lua_State *L) {
  push_with_metamethod(L, "__len", numeral);
  lua_pushinteger(L, luaL_len(L, 1));
  return lua_gettop(L);
}

static int len_fraction(lua_State *L) {
  push_with_metamethod(L, "__len", fraction);
  lua_pushinteger(L, luaL_len(L, 1));
  return lua_gettop(L);
}

static int len_float(lua_State *L) {
  push_with_metamethod(L, "__len", whole_float);
  lua_pushinteger(L, luaL_len(L, 1));
  return lua_gettop(L);
}

static int len_word(lua_State *L) {
  push_with_metamethod(L, "__len", word);
  lua_pushinteger(L, luaL_len(L, 1));
  return lua_gettop(L);
}

static int len_boolean(lua_State *L) {
  lua_pushboolean(L, 1);
  luaL_len(L, 1);
  return lua_gettop(L);
}

static int tostring_float(lua_State *L) {
  push_with_metamethod(L, "__tostring", whole_float);
  luaL_tolstring(L, 1, NULL);
  return lua_gettop(L);
}

static int tostring_string(lua_State *L) {
  push_with_metamethod(L, "__tostring", numeral);
  luaL_tolstring(L, -1, NULL);
  return lua_gettop(L);
}

static int tostring_plain(lua_State *L) {
  lua_pushinteger(L, 5);
  luaL_tolstring(L, -1, NULL);
  lua_pushnumber(L, 5);
  luaL_tolstring(L, -1, NULL);
  lua_pushnil(L);
  luaL_tolstring(L, -1, NULL);
  lua_pushboolean(L, 0);
  luaL_tolstring(L, -1, NULL);
  lua_pushliteral(L, "a\0b");
  luaL_tolstring(L, -1, NULL);
  lua_pushnumber(L, -1e15);
  luaL_tolstring(L, -1, NULL);
  return lua_gettop(L);
}

static int tostring_named(lua_State *L) {
  lua_newtable(L);
  lua_newtable(L);
  lua_pushliteral(L, "MyName");
  lua_setfield(L, 2, "__name");
  lua_setmetatable(L, 1);
  const char *s = luaL_tolstring(L, 1, NULL);
  char b[8];
  memcpy(b, s, 7);
  b[7] = 0;
  lua_settop(L, 0);
  lua_pushstring(L, b);
  return lua_gettop(L);
}

static int gsub_plain(lua_State *L) {
  luaL_gsub(L, "a.b.c", ".", "::");
  luaL_gsub(L, "aaa", "aa", "b");
  luaL_gsub(L, "x", "y", "z");
  luaL_gsub(L, "", "y", "z");
  return lua_gettop(L);
}

static int buffer_of_values(lua_State *L) {
  luaL_Buffer b;
  luaL_buffinit(L, &b);
  for (int i = 0; i < 5000; i++) {
    lua_pushinteger(L, i);
    luaL_addvalue(&b);
  }
  luaL_pushresult(&b);
  lua_pushinteger(L, (lua_Integer)lua_rawlen(L, -1));
  lua_remove(L, 1);
  return lua_gettop(L);
}

static int buffer_sized(lua_State *L) {
  luaL_Buffer b;
  char *p = luaL_buffinitsize(L, &b, 100000);
  memset(p, 'q', 100000);
  luaL_pushresultsize(&b, 100000);
  lua_pushinteger(L, (lua_Integer)lua_rawlen(L, -1));
  lua_remove(L, 1);
  return lua_gettop(L);
}

static int buffer_gsub(lua_State *L) {
  luaL_Buffer b;
  luaL_buffinit(L, &b);
  luaL_addgsub(&b, "hello world", "o", "0");
  luaL_addchar(&b, '!');
  luaL_addlstring(&b, "a\0b", 3);
  luaL_buffsub(&b, 1);
  luaL_pushresult(&b);
  return lua_gettop(L);
}

static int buffer_over_values(lua_State *L) {
  luaL_Buffer b;
  lua_pushliteral(L, "below");
  luaL_buffinit(L, &b);
  for (int i = 0; i < 300; i++) luaL_addstring(&b, "0123456789");
  lua_pushliteral(L, "val");
  luaL_addvalue(&b);
  luaL_pushresult(&b);
  lua_pushinteger(L, (lua_Integer)lua_rawlen(L, -1));
  lua_remove(L, 2);
  return lua_gettop(L);
}

static int buffer_too_large(lua_State *L) {
  luaL_Buffer b;
  luaL_buffinit(L, &b);
  luaL_prepbuffsize(&b, (size_t)-1);
  return lua_gettop(L);
}

static int buffer_grows_too_large(lua_State *L) {
  luaL_Buffer b;
  luaL_buffinit(L, &b);
  luaL_addstring(&b, "x");
  luaL_prepbuffsize(&b, (size_t)-2);
  return lua_gettop(L);
}

static const luaL_Reg PROBES[] = {{"format_each_kind", format_each_kind},
                                  {"format_unknown", format_unknown},
                                  {"format_lone_percent", format_lone_percent},
                                  {"format_with_width", format_with_width},
                                  {"format_floats", format_floats},
                                  {"format_long", format_long},
                                  {"format_code_points", format_code_points},
                                  {"stack_moves", stack_moves},
                                  {"stack_room", stack_room},
                                  {"stack_holes", stack_holes},
                                  {"compare_numbers", compare_numbers},
                                  {"compare_kinds", compare_kinds},
                                  {"compare_tables", compare_tables},
                                  {"arith_string", arith_string},
                                  {"arith_bits_of_string", arith_bits_of_string},
                                  {"arith_divide_by_zero", arith_divide_by_zero},
                                  {"arith_modulo_zero", arith_modulo_zero},
                                  {"arith_fraction", arith_fraction},
                                  {"arith_table", arith_table},
                                  {"arith_shift_word", arith_shift_word},
                                  {"arith_each", arith_each},
                                  {"concat_few", concat_few},
                                  {"concat_table", concat_table},
                                  {"concat_one", concat_one},
                                  {"string_to_number", string_to_number},
                                  {"conversions", conversions},
                                  {"len_not_callable", len_not_callable},
                                  {"len_numeral", len_numeral},
                                  {"len_fraction", len_fraction},
                                  {"len_float", len_float},
                                  {"len_word", len_word},
                                  {"len_boolean", len_boolean},
                                  {"tostring_float", tostring_float},
                                  {"tostring_string", tostring_string},
                                  {"tostring_plain", tostring_plain},
                                  {"tostring_named", tostring_named},
                                  {"gsub_plain", gsub_plain},
                                  {"buffer_of_values", buffer_of_values},
                                  {"buffer_sized", buffer_sized},
                                  {"buffer_gsub", buffer_gsub},
                                  {"buffer_over_values", buffer_over_values},
                                  {"buffer_too_large", buffer_too_large},
                                  {"buffer_grows_too_large", buffer_grows_too_large},
                                  {NULL, NULL}};

int main(void) {
  return run_probes(PROBES);
}

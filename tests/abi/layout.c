/* Sizes, offsets, constants and macros of the public headers, as the compiler of a module sees them. Compiled against
 * Debian's headers and against ours; both programs run with our library and must print the same. */
#include <lua.h>

#include <lauxlib.h>
#include <lualib.h>

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define INTEGER(expression) printf("%s = %lld\n", #expression, (long long)(expression))
#define SIZE(type)          printf("sizeof(%s) = %zu, alignment %zu\n", #type, sizeof(type), _Alignof(type))
#define OFFSET(type, member)                                                                                           \
  printf("%s.%s at %zu, %zu bytes\n", #type, #member, offsetof(type, member), sizeof(((type *)0)->member))
#define TEXT(expression) printf("%s = %s\n", #expression, expression)

static void print_structures(void) {
  SIZE(lua_Debug);
  OFFSET(lua_Debug, event);
  OFFSET(lua_Debug, name);
  OFFSET(lua_Debug, namewhat);
  OFFSET(lua_Debug, what);
  OFFSET(lua_Debug, source);
  OFFSET(lua_Debug, srclen);
  OFFSET(lua_Debug, currentline);
  OFFSET(lua_Debug, linedefined);
  OFFSET(lua_Debug, lastlinedefined);
  OFFSET(lua_Debug, nups);
  OFFSET(lua_Debug, nparams);
  OFFSET(lua_Debug, isvararg);
  OFFSET(lua_Debug, istailcall);
  OFFSET(lua_Debug, ftransfer);
  OFFSET(lua_Debug, ntransfer);
  OFFSET(lua_Debug, short_src);
  OFFSET(lua_Debug, i_ci);
  SIZE(luaL_Buffer);
  OFFSET(luaL_Buffer, b);
  OFFSET(luaL_Buffer, size);
  OFFSET(luaL_Buffer, n);
  OFFSET(luaL_Buffer, L);
  OFFSET(luaL_Buffer, init);
  SIZE(luaL_Stream);
  OFFSET(luaL_Stream, f);
  OFFSET(luaL_Stream, closef);
  SIZE(luaL_Reg);
  OFFSET(luaL_Reg, name);
  OFFSET(luaL_Reg, func);
  SIZE(lua_Integer);
  SIZE(lua_Unsigned);
  SIZE(lua_Number);
  SIZE(lua_KContext);
}

static void print_constants(void) {
  INTEGER(LUA_VERSION_NUM);
  TEXT(LUA_VERSION_MAJOR);
  TEXT(LUA_VERSION_MINOR);
  TEXT(LUA_VERSION);
  INTEGER(LUA_REGISTRYINDEX);
  INTEGER(lua_upvalueindex(1));
  INTEGER(lua_upvalueindex(255));
  INTEGER(LUA_EXTRASPACE);
  INTEGER(LUAL_NUMSIZES);
  INTEGER(LUAL_BUFFERSIZE);
  INTEGER(LUA_IDSIZE);
  INTEGER(LUAI_MAXSTACK);
  INTEGER(LUA_MINSTACK);
  INTEGER(LUA_MULTRET);
  INTEGER(LUA_RIDX_MAINTHREAD);
  INTEGER(LUA_RIDX_GLOBALS);
  INTEGER(LUA_RIDX_LAST);
  INTEGER(LUA_NOREF);
  INTEGER(LUA_REFNIL);
  INTEGER(LUA_MAXINTEGER);
  INTEGER(LUA_MININTEGER);
  INTEGER(LUA_ERRFILE);
  TEXT(LUA_SIGNATURE);
  TEXT(LUA_LOADED_TABLE);
  TEXT(LUA_PRELOAD_TABLE);
  TEXT(LUA_FILEHANDLE);
  TEXT(LUA_GNAME);
  TEXT(LUA_NUMBER_FMT);
  TEXT(LUA_INTEGER_FMT);
  INTEGER(LUA_OK), INTEGER(LUA_YIELD), INTEGER(LUA_ERRRUN), INTEGER(LUA_ERRSYNTAX), INTEGER(LUA_ERRMEM),
    INTEGER(LUA_ERRERR);
}

static void print_codes(void) {
  INTEGER(LUA_TNONE), INTEGER(LUA_TNIL), INTEGER(LUA_TBOOLEAN), INTEGER(LUA_TLIGHTUSERDATA), INTEGER(LUA_TNUMBER);
  INTEGER(LUA_TSTRING), INTEGER(LUA_TTABLE), INTEGER(LUA_TFUNCTION), INTEGER(LUA_TUSERDATA), INTEGER(LUA_TTHREAD);
  INTEGER(LUA_NUMTYPES);
  INTEGER(LUA_OPADD), INTEGER(LUA_OPSUB), INTEGER(LUA_OPMUL), INTEGER(LUA_OPMOD), INTEGER(LUA_OPPOW),
    INTEGER(LUA_OPDIV);
  INTEGER(LUA_OPIDIV), INTEGER(LUA_OPBAND), INTEGER(LUA_OPBOR), INTEGER(LUA_OPBXOR), INTEGER(LUA_OPSHL);
  INTEGER(LUA_OPSHR), INTEGER(LUA_OPUNM), INTEGER(LUA_OPBNOT), INTEGER(LUA_OPEQ), INTEGER(LUA_OPLT), INTEGER(LUA_OPLE);
  INTEGER(LUA_GCSTOP), INTEGER(LUA_GCRESTART), INTEGER(LUA_GCCOLLECT), INTEGER(LUA_GCCOUNT), INTEGER(LUA_GCCOUNTB);
  INTEGER(LUA_GCSTEP), INTEGER(LUA_GCSETPAUSE), INTEGER(LUA_GCSETSTEPMUL), INTEGER(LUA_GCISRUNNING), INTEGER(LUA_GCGEN);
  INTEGER(LUA_GCINC);
  INTEGER(LUA_HOOKCALL), INTEGER(LUA_HOOKRET), INTEGER(LUA_HOOKLINE), INTEGER(LUA_HOOKCOUNT), INTEGER(LUA_HOOKTAILCALL);
  INTEGER(LUA_MASKCALL), INTEGER(LUA_MASKRET), INTEGER(LUA_MASKLINE), INTEGER(LUA_MASKCOUNT);
}

/* The macros write into the structure themselves, so their idea of it must be the library's. */
static void use_buffers(lua_State *L) {
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  printf("in the initial buffer: %d, size %zu\n", buffer.b == buffer.init.b, buffer.size);
  for (int i = 0; i < 5000; i++) luaL_addchar(&buffer, 'a' + i % 26);
  printf("after growing: %d, length %zu\n", buffer.b == buffer.init.b, luaL_bufflen(&buffer));
  luaL_buffsub(&buffer, 10);
  char *room = luaL_prepbuffer(&buffer);
  memcpy(room, "end", 3);
  luaL_addsize(&buffer, 3);
  luaL_pushresult(&buffer);
  size_t length;
  const char *text = lua_tolstring(L, -1, &length);
  printf("%zu bytes, %.5s ... %s\n", length, text, luaL_buffaddr(&buffer) == NULL ? "" : text + length - 5);
  lua_pop(L, 1);
  char *big = luaL_buffinitsize(L, &buffer, 100000);
  memset(big, 'b', 100000);
  luaL_pushresultsize(&buffer, 100000);
  printf("%lld\n", (long long)luaL_len(L, -1));
  lua_pop(L, 1);
}

static int show_upvalues(lua_State *L) {
  printf("upvalues %lld %lld none %d\n", (long long)lua_tointeger(L, lua_upvalueindex(1)),
         (long long)lua_tointeger(L, lua_upvalueindex(2)), lua_isnone(L, lua_upvalueindex(3)));
  return 0;
}

static void use_macros(lua_State *L) {
  luaL_checkversion(L);
  *(void **)lua_getextraspace(L) = L;
  printf("extra space %d\n", *(void **)((char *)L - LUA_EXTRASPACE) == L);
  lua_pushinteger(L, 11);
  lua_pushinteger(L, 22);
  lua_pushcclosure(L, show_upvalues, 2);
  lua_call(L, 0, 0);
  lua_Debug record;
  luaL_loadstring(L, "return function(a, ...) end");
  lua_call(L, 0, 1);
  lua_getinfo(L, ">Su", &record);
  printf("%s %s %d %d %d %s\n", record.what, record.short_src, record.linedefined, record.nparams, record.isvararg,
         record.source);
  lua_register(L, "show", show_upvalues);
  printf("%d %d\n", lua_getglobal(L, "show"), lua_iscfunction(L, -1));
  lua_pushliteral(L, "literal");
  lua_insert(L, -2);
  lua_replace(L, -2);
  lua_pop(L, 1);
  luaL_Stream *stream = lua_newuserdata(L, sizeof *stream);
  stream->closef = NULL;
  stream->f = NULL;
  luaL_setmetatable(L, LUA_FILEHANDLE);
  printf("%s\n", luaL_tolstring(L, -1, NULL));
  lua_pop(L, 2);
  printf("top %d\n", lua_gettop(L));
}

int main(void) {
  print_structures();
  print_constants();
  print_codes();
  lua_State *L = luaL_newstate();
  luaL_openlibs(L);
  use_buffers(L);
  use_macros(L);
  lua_close(L);
  return 0;
}

/* Opening all standard libraries. */
#include "lua.h"

#include "lauxlib.h"
#include "lualib.h"

/* Makes every library a loaded module and a global of its name; the basic library is the global table itself.
 * May raise (memory); calls no Lua code. Manual chapter 6. */
LUALIB_API void luaL_openlibs(lua_State *L) {
  static const luaL_Reg libraries[] = {{LUA_GNAME, luaopen_base},
                                       {LUA_LOADLIBNAME, luaopen_package},
                                       {LUA_COLIBNAME, luaopen_coroutine},
                                       {LUA_TABLIBNAME, luaopen_table},
                                       {LUA_IOLIBNAME, luaopen_io},
                                       {LUA_OSLIBNAME, luaopen_os},
                                       {LUA_STRLIBNAME, luaopen_string},
                                       {LUA_MATHLIBNAME, luaopen_math},
                                       {LUA_UTF8LIBNAME, luaopen_utf8},
                                       {LUA_DBLIBNAME, luaopen_debug},
                                       {NULL, NULL}};
  for (const luaL_Reg *library = libraries; library->name != NULL; library++) {
    luaL_requiref(L, library->name, library->func, 1);
    lua_pop(L, 1);
  }
}

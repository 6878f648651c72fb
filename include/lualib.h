/* lualib.h - the standard libraries of Lua 5.4: their names and how each is opened.
 * Part of Rille. SPDX-License-Identifier: MIT (see LICENSE). */

#ifndef lualib_h
#define lualib_h

/* The parentheses around names keep macros away from them; the formatter would glue them to the types. */
/* clang-format off */

#include "lua.h"

/* What environment variables of this version end with, as in LUA_PATH_5_4. */
#define LUA_VERSUFFIX "_" LUA_VERSION_MAJOR "_" LUA_VERSION_MINOR

#define LUA_COLIBNAME   "coroutine"
#define LUA_TABLIBNAME  "table"
#define LUA_IOLIBNAME   "io"
#define LUA_OSLIBNAME   "os"
#define LUA_STRLIBNAME  "string"
#define LUA_UTF8LIBNAME "utf8"
#define LUA_MATHLIBNAME "math"
#define LUA_DBLIBNAME   "debug"
#define LUA_LOADLIBNAME "package"

/* Each pushes the library's table and returns 1 (raise, allocate). Use luaL_requiref to register what they make. */
LUAMOD_API int (luaopen_base)(lua_State *L);
LUAMOD_API int (luaopen_coroutine)(lua_State *L);
LUAMOD_API int (luaopen_table)(lua_State *L);
LUAMOD_API int (luaopen_io)(lua_State *L);
LUAMOD_API int (luaopen_os)(lua_State *L);
LUAMOD_API int (luaopen_string)(lua_State *L);
LUAMOD_API int (luaopen_utf8)(lua_State *L);
LUAMOD_API int (luaopen_math)(lua_State *L);
LUAMOD_API int (luaopen_debug)(lua_State *L);
LUAMOD_API int (luaopen_package)(lua_State *L);

/* Opens all of them. */
LUALIB_API void (luaL_openlibs)(lua_State *L);

#endif

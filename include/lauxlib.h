/* lauxlib.h - the auxiliary library: conveniences for writing C functions and hosts, all made from lua.h alone.
 * Part of Rille. SPDX-License-Identifier: MIT (see LICENSE).
 *
 * Behaviour is that of chapter 5 of the Lua 5.4 reference manual; contracts stand at the definitions in src/auxlib/.
 * Unless a line says otherwise, a function may raise and allocate; only luaL_tolstring, luaL_len, luaL_callmeta,
 * luaL_requiref, luaL_getsubtable and luaL_setfuncs may call Lua code. */

#ifndef lauxlib_h
#define lauxlib_h

/* The parentheses around names keep macros away from them; the formatter would glue them to the types. */
/* clang-format off */

#include <stddef.h>
#include <stdio.h>

#include "luaconf.h"

#include "lua.h"

/* ---- constants and types ---- */

#define LUA_GNAME         "_G"
#define LUA_LOADED_TABLE  "_LOADED"
#define LUA_PRELOAD_TABLE "_PRELOAD"
#define LUA_FILEHANDLE    "FILE*"

#define LUA_ERRFILE (LUA_ERRERR + 1) /* luaL_loadfilex could not read the file */

/* What luaL_ref returns for nil, and a number that no reference has. */
#define LUA_REFNIL (-1)
#define LUA_NOREF  (-2)

/* The number of bytes of an integer and a float, as luaL_checkversion compares them. */
#define LUAL_NUMSIZES (sizeof(lua_Integer) * 16 + sizeof(lua_Number))

/* One function of a library; an array of them ends with a NULL name. `func` NULL reserves the field with `false`. */
typedef struct luaL_Reg {
  const char *name;
  lua_CFunction func;
} luaL_Reg;

/* The payload of a file handle (userdata named LUA_FILEHANDLE). `closef` NULL marks a closed one. */
typedef struct luaL_Stream {
  FILE *f;
  lua_CFunction closef;
} luaL_Stream;

/* A string being built. While it is in use it owns one stack slot, and the stack must be balanced around its calls. */
typedef struct luaL_Buffer luaL_Buffer;
struct luaL_Buffer {
  char *b;     /* the bytes */
  size_t size; /* room at `b` */
  size_t n;    /* bytes used */
  lua_State *L;
  union {
    LUAI_MAXALIGN;
    char b[LUAL_BUFFERSIZE];
  } init; /* the first room */
};

/* ---- states, libraries, modules ---- */

LUALIB_API lua_State *(luaL_newstate)(void);
LUALIB_API void (luaL_checkversion_)(lua_State *L, lua_Number ver, size_t sz);
LUALIB_API void (luaL_setfuncs)(lua_State *L, const luaL_Reg *l, int nup);
LUALIB_API void (luaL_requiref)(lua_State *L, const char *modname, lua_CFunction openf, int glb);
LUALIB_API int (luaL_getsubtable)(lua_State *L, int idx, const char *fname);

#define luaL_checkversion(L)   luaL_checkversion_(L, LUA_VERSION_NUM, LUAL_NUMSIZES)
#define luaL_newlibtable(L, l) lua_createtable(L, 0, sizeof(l) / sizeof((l)[0]) - 1)
#define luaL_newlib(L, l)      (luaL_checkversion(L), luaL_newlibtable(L, l), luaL_setfuncs(L, l, 0))

/* ---- arguments: raise when the argument is not what is asked for ---- */

LUALIB_API int (luaL_argerror)(lua_State *L, int arg, const char *extramsg);
LUALIB_API int (luaL_typeerror)(lua_State *L, int arg, const char *tname);
LUALIB_API const char *(luaL_checklstring)(lua_State *L, int arg, size_t *l);
LUALIB_API const char *(luaL_optlstring)(lua_State *L, int arg, const char *def, size_t *l);
LUALIB_API lua_Number (luaL_checknumber)(lua_State *L, int arg);
LUALIB_API lua_Number (luaL_optnumber)(lua_State *L, int arg, lua_Number def);
LUALIB_API lua_Integer (luaL_checkinteger)(lua_State *L, int arg);
LUALIB_API lua_Integer (luaL_optinteger)(lua_State *L, int arg, lua_Integer def);
LUALIB_API int (luaL_checkoption)(lua_State *L, int arg, const char *def, const char *const lst[]);
LUALIB_API void (luaL_checktype)(lua_State *L, int arg, int t);
LUALIB_API void (luaL_checkany)(lua_State *L, int arg);
LUALIB_API void (luaL_checkstack)(lua_State *L, int sz, const char *msg);

#define luaL_argcheck(L, cond, arg, extramsg) ((void)(luai_likely(cond) || luaL_argerror(L, (arg), (extramsg))))
#define luaL_argexpected(L, cond, arg, tname) ((void)(luai_likely(cond) || luaL_typeerror(L, (arg), (tname))))
#define luaL_checkstring(L, n)                (luaL_checklstring(L, (n), NULL))
#define luaL_optstring(L, n, d)               (luaL_optlstring(L, (n), (d), NULL))
#define luaL_opt(L, f, n, d)                  (lua_isnoneornil(L, (n)) ? (d) : f(L, (n)))
#define luaL_typename(L, i)                   lua_typename(L, lua_type(L, (i)))

/* ---- userdata types and metatables ---- */

LUALIB_API int (luaL_newmetatable)(lua_State *L, const char *tname);
LUALIB_API void (luaL_setmetatable)(lua_State *L, const char *tname);
LUALIB_API void *(luaL_testudata)(lua_State *L, int ud, const char *tname);
LUALIB_API void *(luaL_checkudata)(lua_State *L, int ud, const char *tname);
LUALIB_API int (luaL_getmetafield)(lua_State *L, int obj, const char *e);
LUALIB_API int (luaL_callmeta)(lua_State *L, int obj, const char *e);

#define luaL_getmetatable(L, n) (lua_getfield(L, LUA_REGISTRYINDEX, (n)))

/* ---- errors and their texts ---- */

LUALIB_API int (luaL_error)(lua_State *L, const char *fmt, ...);
LUALIB_API void (luaL_where)(lua_State *L, int lvl);
LUALIB_API void (luaL_traceback)(lua_State *L, lua_State *L1, const char *msg, int level);
LUALIB_API int (luaL_fileresult)(lua_State *L, int stat, const char *fname);
LUALIB_API int (luaL_execresult)(lua_State *L, int stat);

/* ---- values ---- */

LUALIB_API const char *(luaL_tolstring)(lua_State *L, int idx, size_t *len);
LUALIB_API lua_Integer (luaL_len)(lua_State *L, int idx);
LUALIB_API const char *(luaL_gsub)(lua_State *L, const char *s, const char *p, const char *r);
LUALIB_API int (luaL_ref)(lua_State *L, int t);
LUALIB_API void (luaL_unref)(lua_State *L, int t, int ref);

/* The failure value of library functions. */
#define luaL_pushfail(L) lua_pushnil(L)

/* Integer arithmetic that wraps instead of overflowing. */
#define luaL_intop(op, v1, v2) ((lua_Integer)((lua_Unsigned)(v1)op(lua_Unsigned)(v2)))

/* ---- chunks ---- */

LUALIB_API int (luaL_loadfilex)(lua_State *L, const char *filename, const char *mode);
LUALIB_API int (luaL_loadbufferx)(lua_State *L, const char *buff, size_t sz, const char *name, const char *mode);
LUALIB_API int (luaL_loadstring)(lua_State *L, const char *s);

#define luaL_loadfile(L, f)          luaL_loadfilex(L, f, NULL)
#define luaL_loadbuffer(L, s, sz, n) luaL_loadbufferx(L, s, sz, n, NULL)
#define luaL_dofile(L, fn)           (luaL_loadfile(L, fn) || lua_pcall(L, 0, LUA_MULTRET, 0))
#define luaL_dostring(L, s)          (luaL_loadstring(L, s) || lua_pcall(L, 0, LUA_MULTRET, 0))

/* ---- string buffers ---- */

LUALIB_API void (luaL_buffinit)(lua_State *L, luaL_Buffer *B);
LUALIB_API char *(luaL_buffinitsize)(lua_State *L, luaL_Buffer *B, size_t sz);
LUALIB_API char *(luaL_prepbuffsize)(luaL_Buffer *B, size_t sz);
LUALIB_API void (luaL_addlstring)(luaL_Buffer *B, const char *s, size_t l);
LUALIB_API void (luaL_addstring)(luaL_Buffer *B, const char *s);
LUALIB_API void (luaL_addvalue)(luaL_Buffer *B);
LUALIB_API void (luaL_addgsub)(luaL_Buffer *b, const char *s, const char *p, const char *r);
LUALIB_API void (luaL_pushresult)(luaL_Buffer *B);
LUALIB_API void (luaL_pushresultsize)(luaL_Buffer *B, size_t sz);

#define luaL_bufflen(bf)   ((bf)->n)
#define luaL_buffaddr(bf)  ((bf)->b)
#define luaL_addchar(B, c) ((void)((B)->n < (B)->size || luaL_prepbuffsize((B), 1)), ((B)->b[(B)->n++] = (c)))
#define luaL_addsize(B, s) ((B)->n += (s))
#define luaL_buffsub(B, s) ((B)->n -= (s))
#define luaL_prepbuffer(B) luaL_prepbuffsize(B, LUAL_BUFFERSIZE)

/* ---- plain output, for `print` and last words ---- */

#if !defined(lua_writestring)
#define lua_writestring(s, l) fwrite((s), sizeof(char), (l), stdout)
#endif

#if !defined(lua_writeline)
#define lua_writeline() (lua_writestring("\n", 1), fflush(stdout))
#endif

#if !defined(lua_writestringerror)
#define lua_writestringerror(s, p) (fprintf(stderr, (s), (p)), fflush(stderr))
#endif

/* An assertion that hosts may arm by defining LUAI_ASSERT. */
#if !defined(lua_assert)
#if defined(LUAI_ASSERT)
#include <assert.h>
#define lua_assert(c) assert(c)
#else
#define lua_assert(c) ((void)0)
#endif
#endif

/* ---- names of earlier versions ---- */

#if defined(LUA_COMPAT_APIINTCASTS)
#define luaL_checkunsigned(L, a)  ((lua_Unsigned)luaL_checkinteger(L, a))
#define luaL_optunsigned(L, a, d) ((lua_Unsigned)luaL_optinteger(L, a, (lua_Integer)(d)))
#define luaL_checkint(L, n)       ((int)luaL_checkinteger(L, (n)))
#define luaL_optint(L, n, d)      ((int)luaL_optinteger(L, (n), (d)))
#define luaL_checklong(L, n)      ((long)luaL_checkinteger(L, (n)))
#define luaL_optlong(L, n, d)     ((long)luaL_optinteger(L, (n), (d)))
#endif

#endif

/* lua.h - the C interface of Lua 5.4, as Rille implements it.
 * Part of Rille. SPDX-License-Identifier: MIT (see LICENSE).
 *
 * Names, types, constants and behaviour are those of chapter 4 of the Lua 5.4 reference manual. The line over a group
 * of functions names what they may do: "raise" a Lua error (a long jump), "allocate" (and so raise a memory error and
 * run a collection step), "call" Lua code through metamethods. The full contracts stand at the definitions. */

#ifndef lua_h
#define lua_h

/* The parentheses around names keep macros away from them; the formatter would glue them to the types. */
/* clang-format off */

#include <stdarg.h>
#include <stddef.h>

#include "luaconf.h"

/* ---- version ---- */

#define LUA_VERSION_MAJOR       "5"
#define LUA_VERSION_MINOR       "4"
#define LUA_VERSION_RELEASE     "7"
#define LUA_VERSION_NUM         504
#define LUA_VERSION_RELEASE_NUM (LUA_VERSION_NUM * 100 + 7)

#define LUA_VERSION   "Lua " LUA_VERSION_MAJOR "." LUA_VERSION_MINOR
#define LUA_RELEASE   LUA_VERSION "." LUA_VERSION_RELEASE
#define LUA_COPYRIGHT LUA_RELEASE "  (Rille)"
#define LUA_AUTHORS   "The Rille authors; the language by R. Ierusalimschy, L. H. de Figueiredo, W. Celes"

LUA_API const char lua_ident[];

/* ---- constants ---- */

#define LUA_SIGNATURE "\x1bLua" /* how a binary chunk begins */
#define LUA_MULTRET   (-1)      /* "all results" */
#define LUA_MINSTACK  20        /* slots that every C function finds free */

/* Pseudo-indices: below every valid negative index. */
#define LUA_REGISTRYINDEX   (-LUAI_MAXSTACK - 1000)
#define lua_upvalueindex(i) (LUA_REGISTRYINDEX - (i))

/* Fixed integer keys of the registry. */
#define LUA_RIDX_MAINTHREAD 1
#define LUA_RIDX_GLOBALS    2
#define LUA_RIDX_LAST       LUA_RIDX_GLOBALS

/* Status codes. lauxlib.h adds LUA_ERRFILE. */
#define LUA_OK        0
#define LUA_YIELD     1
#define LUA_ERRRUN    2
#define LUA_ERRSYNTAX 3
#define LUA_ERRMEM    4
#define LUA_ERRERR    5

/* Types of values. */
#define LUA_TNONE          (-1)
#define LUA_TNIL           0
#define LUA_TBOOLEAN       1
#define LUA_TLIGHTUSERDATA 2
#define LUA_TNUMBER        3
#define LUA_TSTRING        4
#define LUA_TTABLE         5
#define LUA_TFUNCTION      6
#define LUA_TUSERDATA      7
#define LUA_TTHREAD        8
#define LUA_NUMTYPES       9

/* Operators of lua_arith; the order is that of the metamethods too. */
#define LUA_OPADD  0
#define LUA_OPSUB  1
#define LUA_OPMUL  2
#define LUA_OPMOD  3
#define LUA_OPPOW  4
#define LUA_OPDIV  5
#define LUA_OPIDIV 6
#define LUA_OPBAND 7
#define LUA_OPBOR  8
#define LUA_OPBXOR 9
#define LUA_OPSHL  10
#define LUA_OPSHR  11
#define LUA_OPUNM  12
#define LUA_OPBNOT 13

/* Operators of lua_compare. */
#define LUA_OPEQ 0
#define LUA_OPLT 1
#define LUA_OPLE 2

/* Requests of lua_gc. */
#define LUA_GCSTOP       0
#define LUA_GCRESTART    1
#define LUA_GCCOLLECT    2
#define LUA_GCCOUNT      3
#define LUA_GCCOUNTB     4
#define LUA_GCSTEP       5
#define LUA_GCSETPAUSE   6
#define LUA_GCSETSTEPMUL 7
#define LUA_GCISRUNNING  9
#define LUA_GCGEN        10
#define LUA_GCINC        11

/* Events of hooks, and the masks that ask for them. */
#define LUA_HOOKCALL     0
#define LUA_HOOKRET      1
#define LUA_HOOKLINE     2
#define LUA_HOOKCOUNT    3
#define LUA_HOOKTAILCALL 4
#define LUA_MASKCALL     (1 << LUA_HOOKCALL)
#define LUA_MASKRET      (1 << LUA_HOOKRET)
#define LUA_MASKLINE     (1 << LUA_HOOKLINE)
#define LUA_MASKCOUNT    (1 << LUA_HOOKCOUNT)

/* ---- types ---- */

typedef struct lua_State lua_State;
typedef struct lua_Debug lua_Debug;

typedef LUA_NUMBER lua_Number;
typedef LUA_INTEGER lua_Integer;
typedef LUA_UNSIGNED lua_Unsigned;
typedef LUA_KCONTEXT lua_KContext;

/* A function that Lua can call: finds its arguments on the stack, returns how many of the topmost values are results.
 */
typedef int (*lua_CFunction)(lua_State *L);

/* What continues a C function after a yield, or after a protected call that was interrupted. */
typedef int (*lua_KFunction)(lua_State *L, int status, lua_KContext ctx);

/* Supplies the next piece of a chunk for lua_load, and takes the next piece of one from lua_dump (0: go on). */
typedef const char *(*lua_Reader)(lua_State *L, void *ud, size_t *sz);
typedef int (*lua_Writer)(lua_State *L, const void *p, size_t sz, void *ud);

/* Allocates (`ptr` NULL), resizes, or frees (`nsize` 0). NULL means failure; a block never fails to shrink. */
typedef void *(*lua_Alloc)(void *ud, void *ptr, size_t osize, size_t nsize);

/* Receives a piece of a warning; `tocont` is true when more pieces of the same warning follow. */
typedef void (*lua_WarnFunction)(void *ud, const char *msg, int tocont);

typedef void (*lua_Hook)(lua_State *L, lua_Debug *ar);

/* What lua_getinfo tells. The comment names the option letter that fills the fields. */
struct lua_Debug {
  int event;                  /* set for hooks */
  const char *name;           /* n */
  const char *namewhat;       /* n: "global", "local", "field", "method", ... or "" */
  const char *what;           /* S: "Lua", "C", "main" */
  const char *source;         /* S */
  size_t srclen;              /* S */
  int currentline;            /* l */
  int linedefined;            /* S */
  int lastlinedefined;        /* S */
  unsigned char nups;         /* u */
  unsigned char nparams;      /* u */
  char isvararg;              /* u */
  char istailcall;            /* t */
  unsigned short ftransfer;   /* r: index of the first value transferred */
  unsigned short ntransfer;   /* r: number of values transferred */
  char short_src[LUA_IDSIZE]; /* S */
  struct CallInfo *i_ci;      /* private: which activation this is */
};

/* ---- states and threads ---- */

/* Returns NULL without memory; never raises. */
LUA_API lua_State *(lua_newstate)(lua_Alloc f, void *ud);
LUA_API void (lua_close)(lua_State *L);

/* Allocate. */
LUA_API lua_State *(lua_newthread)(lua_State *L);

/* Close pending variables (call) and empty the thread; the status is that of the thread or of the closing. */
LUA_API int (lua_closethread)(lua_State *L, lua_State *from);
LUA_API int (lua_resetthread)(lua_State *L);

/* No effects. */
LUA_API lua_CFunction (lua_atpanic)(lua_State *L, lua_CFunction panicf);
LUA_API lua_Number (lua_version)(lua_State *L);
LUA_API lua_Alloc (lua_getallocf)(lua_State *L, void **ud);
LUA_API void (lua_setallocf)(lua_State *L, lua_Alloc f, void *ud);
LUA_API int (lua_setcstacklimit)(lua_State *L, unsigned int limit);
#define lua_getextraspace(L) ((void *)((char *)(L) - LUA_EXTRASPACE))

/* ---- the stack ---- */

/* No effects, except that lua_checkstack may allocate (it answers 0 on failure, without raising) and that lua_settop
   and lua_closeslot close to-be-closed slots (call, raise). */
LUA_API int (lua_absindex)(lua_State *L, int idx);
LUA_API int (lua_gettop)(lua_State *L);
LUA_API void (lua_settop)(lua_State *L, int idx);
LUA_API void (lua_pushvalue)(lua_State *L, int idx);
LUA_API void (lua_rotate)(lua_State *L, int idx, int n);
LUA_API void (lua_copy)(lua_State *L, int fromidx, int toidx);
LUA_API int (lua_checkstack)(lua_State *L, int n);
LUA_API void (lua_xmove)(lua_State *from, lua_State *to, int n);
LUA_API void (lua_toclose)(lua_State *L, int idx);
LUA_API void (lua_closeslot)(lua_State *L, int idx);

#define lua_pop(L, n)       lua_settop(L, -(n) - 1)
#define lua_insert(L, idx)  lua_rotate(L, (idx), 1)
#define lua_remove(L, idx)  (lua_rotate(L, (idx), -1), lua_pop(L, 1))
#define lua_replace(L, idx) (lua_copy(L, -1, (idx)), lua_pop(L, 1))

/* ---- reading values ---- */

/* No effects, except that lua_tolstring turns a number in its slot into a string (allocate). */
LUA_API int (lua_type)(lua_State *L, int idx);
LUA_API const char *(lua_typename)(lua_State *L, int tp);
LUA_API int (lua_isnumber)(lua_State *L, int idx);
LUA_API int (lua_isstring)(lua_State *L, int idx);
LUA_API int (lua_isinteger)(lua_State *L, int idx);
LUA_API int (lua_iscfunction)(lua_State *L, int idx);
LUA_API int (lua_isuserdata)(lua_State *L, int idx);
LUA_API int (lua_toboolean)(lua_State *L, int idx);
LUA_API lua_Number (lua_tonumberx)(lua_State *L, int idx, int *isnum);
LUA_API lua_Integer (lua_tointegerx)(lua_State *L, int idx, int *isnum);
LUA_API const char *(lua_tolstring)(lua_State *L, int idx, size_t *len);
LUA_API lua_CFunction (lua_tocfunction)(lua_State *L, int idx);
LUA_API void *(lua_touserdata)(lua_State *L, int idx);
LUA_API lua_State *(lua_tothread)(lua_State *L, int idx);
LUA_API const void *(lua_topointer)(lua_State *L, int idx);
LUA_API lua_Unsigned (lua_rawlen)(lua_State *L, int idx);
LUA_API int (lua_rawequal)(lua_State *L, int idx1, int idx2);

#define lua_tonumber(L, i)        lua_tonumberx(L, (i), NULL)
#define lua_tointeger(L, i)       lua_tointegerx(L, (i), NULL)
#define lua_tostring(L, i)        lua_tolstring(L, (i), NULL)
#define lua_isnone(L, n)          (lua_type(L, (n)) == LUA_TNONE)
#define lua_isnil(L, n)           (lua_type(L, (n)) == LUA_TNIL)
#define lua_isnoneornil(L, n)     (lua_type(L, (n)) <= 0)
#define lua_isboolean(L, n)       (lua_type(L, (n)) == LUA_TBOOLEAN)
#define lua_islightuserdata(L, n) (lua_type(L, (n)) == LUA_TLIGHTUSERDATA)
#define lua_istable(L, n)         (lua_type(L, (n)) == LUA_TTABLE)
#define lua_isfunction(L, n)      (lua_type(L, (n)) == LUA_TFUNCTION)
#define lua_isthread(L, n)        (lua_type(L, (n)) == LUA_TTHREAD)

/* ---- pushing values ---- */

/* No effects. */
LUA_API void (lua_pushnil)(lua_State *L);
LUA_API void (lua_pushboolean)(lua_State *L, int b);
LUA_API void (lua_pushinteger)(lua_State *L, lua_Integer n);
LUA_API void (lua_pushnumber)(lua_State *L, lua_Number n);
LUA_API void (lua_pushlightuserdata)(lua_State *L, void *p);
LUA_API int (lua_pushthread)(lua_State *L);

/* Allocate. Strings are copied; the result is Lua's copy. */
LUA_API const char *(lua_pushlstring)(lua_State *L, const char *s, size_t len);
LUA_API const char *(lua_pushstring)(lua_State *L, const char *s);
LUA_API const char *(lua_pushvfstring)(lua_State *L, const char *fmt, va_list argp);
LUA_API const char *(lua_pushfstring)(lua_State *L, const char *fmt, ...);
LUA_API void (lua_pushcclosure)(lua_State *L, lua_CFunction fn, int n);
LUA_API void (lua_createtable)(lua_State *L, int narr, int nrec);
LUA_API void *(lua_newuserdatauv)(lua_State *L, size_t sz, int nuvalue);

#define lua_pushliteral(L, s)   lua_pushstring(L, "" s)
#define lua_pushcfunction(L, f) lua_pushcclosure(L, (f), 0)
#define lua_pushglobaltable(L)  ((void)lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS))
#define lua_newtable(L)         lua_createtable(L, 0, 0)
#define lua_register(L, n, f)   (lua_pushcfunction(L, (f)), lua_setglobal(L, (n)))

/* ---- tables, metatables, user values ---- */

/* Call, raise, allocate: they respect metamethods. Getters return the type of what they push. */
LUA_API int (lua_getglobal)(lua_State *L, const char *name);
LUA_API int (lua_gettable)(lua_State *L, int idx);
LUA_API int (lua_getfield)(lua_State *L, int idx, const char *k);
LUA_API int (lua_geti)(lua_State *L, int idx, lua_Integer n);
LUA_API void (lua_setglobal)(lua_State *L, const char *name);
LUA_API void (lua_settable)(lua_State *L, int idx);
LUA_API void (lua_setfield)(lua_State *L, int idx, const char *k);
LUA_API void (lua_seti)(lua_State *L, int idx, lua_Integer n);

/* No effects. */
LUA_API int (lua_rawget)(lua_State *L, int idx);
LUA_API int (lua_rawgeti)(lua_State *L, int idx, lua_Integer n);
LUA_API int (lua_rawgetp)(lua_State *L, int idx, const void *p);
LUA_API int (lua_getmetatable)(lua_State *L, int objindex);
LUA_API int (lua_setmetatable)(lua_State *L, int objindex);
LUA_API int (lua_getiuservalue)(lua_State *L, int idx, int n);
LUA_API int (lua_setiuservalue)(lua_State *L, int idx, int n);

/* Allocate; lua_rawset and lua_next raise for keys that cannot be. */
LUA_API void (lua_rawset)(lua_State *L, int idx);
LUA_API void (lua_rawseti)(lua_State *L, int idx, lua_Integer n);
LUA_API void (lua_rawsetp)(lua_State *L, int idx, const void *p);
LUA_API int (lua_next)(lua_State *L, int idx);

/* ---- operators ---- */

/* Call, raise, allocate. */
LUA_API void (lua_arith)(lua_State *L, int op);
LUA_API int (lua_compare)(lua_State *L, int idx1, int idx2, int op);
LUA_API void (lua_concat)(lua_State *L, int n);
LUA_API void (lua_len)(lua_State *L, int idx);

/* Pushes the number that `s` denotes and returns its size with the end mark, or returns 0. No effects. */
LUA_API size_t (lua_stringtonumber)(lua_State *L, const char *s);

/* ---- calls, errors, coroutines ---- */

/* Call, raise (lua_pcallk does not let errors pass). */
LUA_API void (lua_callk)(lua_State *L, int nargs, int nresults, lua_KContext ctx, lua_KFunction k);
LUA_API int (lua_pcallk)(lua_State *L, int nargs, int nresults, int errfunc, lua_KContext ctx, lua_KFunction k);
LUA_API int (lua_error)(lua_State *L);

#define lua_call(L, n, r)     lua_callk(L, (n), (r), 0, NULL)
#define lua_pcall(L, n, r, f) lua_pcallk(L, (n), (r), (f), 0, NULL)

/* lua_resume calls and never raises; lua_yieldk leaves by a long jump, except in hooks. The others have no effects. */
LUA_API int (lua_resume)(lua_State *L, lua_State *from, int narg, int *nres);
LUA_API int (lua_yieldk)(lua_State *L, int nresults, lua_KContext ctx, lua_KFunction k);
LUA_API int (lua_isyieldable)(lua_State *L);
LUA_API int (lua_status)(lua_State *L);

#define lua_yield(L, n) lua_yieldk(L, (n), 0, NULL)

/* ---- chunks ---- */

/* lua_load returns a status and never raises what the reader does not raise; lua_dump returns the writer's answer. */
LUA_API int (lua_load)(lua_State *L, lua_Reader reader, void *dt, const char *chunkname, const char *mode);
LUA_API int (lua_dump)(lua_State *L, lua_Writer writer, void *data, int strip);

/* ---- collection, warnings ---- */

/* Runs finalizers for the requests that collect (call). */
LUA_API int (lua_gc)(lua_State *L, int what, ...);

/* No effects beyond those of the warning function. */
LUA_API void (lua_setwarnf)(lua_State *L, lua_WarnFunction f, void *ud);
LUA_API void (lua_warning)(lua_State *L, const char *msg, int tocont);

/* ---- inspection and hooks ---- */

/* lua_getinfo may allocate (options 'f', 'L'); the others have no effects. lua_sethook may be called from a signal
   handler or another thread. */
LUA_API int (lua_getstack)(lua_State *L, int level, lua_Debug *ar);
LUA_API int (lua_getinfo)(lua_State *L, const char *what, lua_Debug *ar);
LUA_API const char *(lua_getlocal)(lua_State *L, const lua_Debug *ar, int n);
LUA_API const char *(lua_setlocal)(lua_State *L, const lua_Debug *ar, int n);
LUA_API const char *(lua_getupvalue)(lua_State *L, int funcindex, int n);
LUA_API const char *(lua_setupvalue)(lua_State *L, int funcindex, int n);
LUA_API void *(lua_upvalueid)(lua_State *L, int fidx, int n);
LUA_API void (lua_upvaluejoin)(lua_State *L, int fidx1, int n1, int fidx2, int n2);
LUA_API void (lua_sethook)(lua_State *L, lua_Hook func, int mask, int count);
LUA_API lua_Hook (lua_gethook)(lua_State *L);
LUA_API int (lua_gethookmask)(lua_State *L);
LUA_API int (lua_gethookcount)(lua_State *L);

/* ---- names of earlier versions ---- */

#define LUA_NUMTAGS              LUA_NUMTYPES
#define lua_newuserdata(L, s)    lua_newuserdatauv(L, s, 1)
#define lua_getuservalue(L, idx) lua_getiuservalue(L, idx, 1)
#define lua_setuservalue(L, idx) lua_setiuservalue(L, idx, 1)

#if defined(LUA_COMPAT_APIINTCASTS)
#define lua_pushunsigned(L, n)    lua_pushinteger(L, (lua_Integer)(n))
#define lua_tounsignedx(L, i, is) ((lua_Unsigned)lua_tointegerx(L, i, is))
#define lua_tounsigned(L, i)      lua_tounsignedx(L, (i), NULL)
#endif

#endif

/* luaconf.h - the platform and size choices that lua.h and lauxlib.h are built on.
 * Part of Rille. SPDX-License-Identifier: MIT (see LICENSE).
 *
 * Every value here is part of the binary interface of Lua 5.4 on 64-bit systems. None may be changed without breaking
 * modules that were compiled against another lua.h. */

#ifndef luaconf_h
#define luaconf_h

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

/* ---- linkage ---- */

/* Marks what the shared library exports; it is built with hidden visibility otherwise. */
#if defined(__GNUC__) || defined(__clang__)
#define LUA_API   __attribute__((visibility("default"))) extern
#define LUAI_FUNC __attribute__((visibility("hidden"))) extern
#else
#define LUA_API   extern
#define LUAI_FUNC extern
#endif

#define LUALIB_API     LUA_API
#define LUAMOD_API     LUA_API
#define LUAI_DDEC(dec) LUAI_FUNC dec
#define LUAI_DDEF

/* ---- branch hints ---- */

#if !defined(luai_likely)
#if defined(__GNUC__) && !defined(LUA_NOBUILTIN)
#define luai_likely(x)   (__builtin_expect(((x) != 0), 1))
#define luai_unlikely(x) (__builtin_expect(((x) != 0), 0))
#else
#define luai_likely(x)   (x)
#define luai_unlikely(x) (x)
#endif
#endif

#if defined(LUA_CORE) || defined(LUA_LIB)
#define l_likely(x)   luai_likely(x)
#define l_unlikely(x) luai_unlikely(x)
#endif

/* ---- numbers ---- */

/* Names by which code asks which number types this build has. */
#define LUA_INT_INT          1
#define LUA_INT_LONG         2
#define LUA_INT_LONGLONG     3
#define LUA_FLOAT_FLOAT      1
#define LUA_FLOAT_DOUBLE     2
#define LUA_FLOAT_LONGDOUBLE 3

#define LUA_INT_DEFAULT   LUA_INT_LONGLONG
#define LUA_FLOAT_DEFAULT LUA_FLOAT_DOUBLE
#define LUA_INT_TYPE      LUA_INT_DEFAULT
#define LUA_FLOAT_TYPE    LUA_FLOAT_DEFAULT
#define LUA_32BITS        0
#define LUAI_IS32INT      ((UINT_MAX >> 30) >= 3)

/* Floats: C double. */
#define LUA_NUMBER        double
#define LUAI_UACNUMBER    double
#define LUA_NUMBER_FRMLEN ""
#define LUAI_NUMFFORMAT   "%.14g"
#define LUA_NUMBER_FMT    LUAI_NUMFFORMAT
#define l_floatatt(n)     (DBL_##n)
#define l_mathop(op)      op
#define l_floor(x)        (l_mathop(floor)(x))

/* Integers: C long long, wrapping through their unsigned twin. */
#define LUA_INTEGER        long long
#define LUA_UNSIGNED       unsigned LUAI_UACINT
#define LUAI_UACINT        LUA_INTEGER
#define LUA_INTEGER_FRMLEN "ll"
#define LUA_INTEGER_FMT    "%" LUA_INTEGER_FRMLEN "d"
#define LUA_MAXINTEGER     LLONG_MAX
#define LUA_MININTEGER     LLONG_MIN
#define LUA_MAXUNSIGNED    ULLONG_MAX
#define LUA_UNSIGNEDBITS   ((int)(sizeof(LUA_UNSIGNED) * CHAR_BIT))

/* True when the float `n` lies inside the range of integers; `*(p)` then receives it. Both borders are powers of two,
   exact as floats, so that no rounding can let 2^63 through. */
#define lua_numbertointeger(n, p)                                                                                      \
  ((n) >= (LUA_NUMBER)(LUA_MININTEGER) && (n) < -(LUA_NUMBER)(LUA_MININTEGER) && (*(p) = (LUA_INTEGER)(n), 1))

/* Conversions between numbers, pointers and text. */
#define l_sprintf(s, sz, f, i)          snprintf(s, sz, f, i)
#define lua_number2str(s, sz, n)        l_sprintf((s), sz, LUAI_NUMFFORMAT, (LUAI_UACNUMBER)(n))
#define lua_integer2str(s, sz, n)       l_sprintf((s), sz, LUA_INTEGER_FMT, (LUAI_UACINT)(n))
#define lua_pointer2str(buff, sz, p)    l_sprintf(buff, sz, "%p", p)
#define lua_number2strx(L, b, sz, f, n) ((void)(L), l_sprintf(b, sz, f, (LUAI_UACNUMBER)(n)))
#define lua_str2number(s, p)            strtod((s), (p))
#define lua_strx2number(s, p)           lua_str2number(s, p)
#define lua_getlocaledecpoint()         (localeconv()->decimal_point[0])

/* The type of continuation contexts: wide enough for a pointer. */
#define LUA_KCONTEXT intptr_t

/* ---- sizes ---- */

#define LUAI_MAXSTACK   1000000          /* slots of one Lua stack; LUA_REGISTRYINDEX is derived from it */
#define LUA_EXTRASPACE  (sizeof(void *)) /* bytes that belong to the host in front of each lua_State */
#define LUA_IDSIZE      60               /* bytes of lua_Debug.short_src */
#define LUAL_BUFFERSIZE ((int)(16 * sizeof(void *) * sizeof(lua_Number)))

/* Members of a union that has the strictest alignment Lua guarantees. */
#define LUAI_MAXALIGN                                                                                                  \
  lua_Number n;                                                                                                        \
  double u;                                                                                                            \
  void *s;                                                                                                             \
  lua_Integer i;                                                                                                       \
  long l

/* ---- where modules are searched ---- */

#define LUA_PATH_SEP  ";"
#define LUA_PATH_MARK "?"
#define LUA_EXEC_DIR  "!"
#define LUA_DIRSEP    "/"

/* The directories of Debian's lua5.4, so that packaged modules are found. */
#define LUA_VDIR  LUA_VERSION_MAJOR "." LUA_VERSION_MINOR
#define LUA_ROOT  "/usr/local/"
#define LUA_ROOT2 "/usr/"
#define LUA_LDIR  LUA_ROOT "share/lua/" LUA_VDIR "/"
#define LUA_LDIR2 LUA_ROOT2 "share/lua/" LUA_VDIR "/"
#define LUA_CDIR  LUA_ROOT "lib/lua/" LUA_VDIR "/"
#define LUA_CDIR2 LUA_ROOT2 "lib/lua/" LUA_VDIR "/"

#if !defined(LUA_MULTIARCH_DIR)
#if defined(__x86_64__) && defined(__linux__)
#define LUA_MULTIARCH_DIR "x86_64-linux-gnu"
#elif defined(__aarch64__) && defined(__linux__)
#define LUA_MULTIARCH_DIR "aarch64-linux-gnu"
#endif
#endif

#if defined(LUA_MULTIARCH_DIR)
#define LUA_CPATH_MULTIARCH LUA_ROOT2 "lib/" LUA_MULTIARCH_DIR "/lua/" LUA_VDIR "/?.so;"
#else
#define LUA_CPATH_MULTIARCH ""
#endif

#if !defined(LUA_PATH_DEFAULT)
#define LUA_PATH_DEFAULT                                                                                               \
  LUA_LDIR "?.lua;" LUA_LDIR "?/init.lua;" LUA_CDIR "?.lua;" LUA_CDIR "?/init.lua;" LUA_LDIR2 "?.lua;" LUA_LDIR2       \
           "?/init.lua;"                                                                                               \
           "./?.lua;"                                                                                                  \
           "./?/init.lua"
#endif

#if !defined(LUA_CPATH_DEFAULT)
#define LUA_CPATH_DEFAULT                                                                                              \
  LUA_CDIR "?.so;" LUA_CPATH_MULTIARCH LUA_CDIR2 "?.so;" LUA_CDIR "loadall.so;"                                        \
           "./?.so"
#endif

/* ---- names of earlier versions ---- */

#if defined(LUA_COMPAT_5_3)
#define LUA_COMPAT_MATHLIB
#define LUA_COMPAT_APIINTCASTS
#define LUA_COMPAT_LT_LE

#define lua_strlen(L, i)            lua_rawlen(L, (i))
#define lua_objlen(L, i)            lua_rawlen(L, (i))
#define lua_equal(L, idx1, idx2)    lua_compare(L, (idx1), (idx2), LUA_OPEQ)
#define lua_lessthan(L, idx1, idx2) lua_compare(L, (idx1), (idx2), LUA_OPLT)
#endif

#endif

/* Raising errors with a position, and turning the outcomes of C library calls into results. */
#include "lua.h"

#include "lauxlib.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#if defined(__unix__) || defined(__APPLE__)
#include <sys/wait.h>
#endif

/* Pushes "source:line: " of the activation at `level`, or "" where that is not known. Allocates. Manual 5.1. */
LUALIB_API void luaL_where(lua_State *L, int level) {
  lua_Debug activation;
  if (lua_getstack(L, level, &activation)) {
    lua_getinfo(L, "Sl", &activation);
    if (activation.currentline > 0) {
      lua_pushfstring(L, "%s:%d: ", activation.short_src, activation.currentline);
      return;
    }
  }
  lua_pushliteral(L, "");
}

/* Raises a formatted message (formats of lua_pushfstring) with the position of the caller. Never returns; its type lets
 * C functions write `return luaL_error(...)`. Manual 5.1. */
LUALIB_API int luaL_error(lua_State *L, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  luaL_where(L, 1);
  lua_pushvfstring(L, format, arguments);
  va_end(arguments);
  lua_concat(L, 2);
  return lua_error(L);
}

/* Results of a C function that works on files: true, or fail, a message made from errno (after `filename`, if given),
 * and errno. Returns how many were pushed. Allocates. Manual 5.1. */
LUALIB_API int luaL_fileresult(lua_State *L, int success, const char *filename) {
  int code = errno; /* the calls below may change it */
  if (success) {
    lua_pushboolean(L, 1);
    return 1;
  }
  const char *reason = code != 0 ? strerror(code) : "(no extra info)";
  luaL_pushfail(L);
  if (filename != NULL)
    lua_pushfstring(L, "%s: %s", filename, reason);
  else
    lua_pushstring(L, reason);
  lua_pushinteger(L, code);
  return 3;
}

/* Splits what wait(2) reports into its kind ("exit" or "signal") and number. */
static const char *kind_of_end(int *status) {
#if defined(WIFEXITED)
  if (WIFEXITED(*status)) {
    *status = WEXITSTATUS(*status);
  } else if (WIFSIGNALED(*status)) {
    *status = WTERMSIG(*status);
    return "signal";
  }
#else
  (void)status;
#endif
  return "exit";
}

/* Results of a C function that ran a process and got `status` from system() or pclose(): true or fail, how it ended,
 * and with which number; or those of luaL_fileresult if it could not be run. Allocates. Manual 5.1. */
LUALIB_API int luaL_execresult(lua_State *L, int status) {
  if (status != 0 && errno != 0) return luaL_fileresult(L, 0, NULL);
  const char *kind = kind_of_end(&status);
  if (status == 0 && strcmp(kind, "exit") == 0)
    lua_pushboolean(L, 1);
  else
    luaL_pushfail(L);
  lua_pushstring(L, kind);
  lua_pushinteger(L, status);
  return 3;
}

/* The functions of the io library (manual 6.8): opening, and the default files, which are kept in the registry. */
#include <errno.h>
#include <string.h>

#include "direct/library_table.h"
#include "lualib.h"
#include "stdlib/io.h"

/* Keys of the registry, known to other C code. */
#define KEY_PREFIX "_IO_"
static const char input_key[] = KEY_PREFIX "input";
static const char output_key[] = KEY_PREFIX "output";

/* ---- opening and closing ---- */

static int is_open_mode(const char *mode) {
  if (*mode == '\0' || strchr("rwa", *mode) == NULL) return 0;
  const char *rest = mode + (mode[1] == '+' ? 2 : 1);
  return rest[strspn(rest, "b")] == '\0';
}

static int open_file(lua_State *L) {
  const char *name = luaL_checkstring(L, 1);
  const char *mode = luaL_optstring(L, 2, "r");
  luaL_argcheck(L, is_open_mode(mode), 2, "invalid mode");
  luaL_Stream *stream = rl_file_push_regular(L);
  errno = 0;
  stream->f = fopen(name, mode);
  return stream->f == NULL ? luaL_fileresult(L, 0, name) : 1;
}

static int open_temporary(lua_State *L) {
  luaL_Stream *stream = rl_file_push_regular(L);
  errno = 0;
  stream->f = tmpfile();
  return stream->f == NULL ? luaL_fileresult(L, 0, NULL) : 1;
}

static int close_process(lua_State *L) {
  luaL_Stream *stream = luaL_checkudata(L, 1, LUA_FILEHANDLE);
  errno = 0;
  return luaL_execresult(L, pclose(stream->f));
}

static int open_process(lua_State *L) {
  const char *command = luaL_checkstring(L, 1);
  const char *mode = luaL_optstring(L, 2, "r");
  luaL_argcheck(L, strcmp(mode, "r") == 0 || strcmp(mode, "w") == 0, 2, "invalid mode");
  luaL_Stream *stream = rl_file_push(L);
  fflush(NULL); /* what was written before the process starts comes out before its output */
  errno = 0;
  stream->f = popen(command, mode);
  stream->closef = close_process;
  return stream->f == NULL ? luaL_fileresult(L, 0, command) : 1;
}

static int type_of(lua_State *L) {
  luaL_checkany(L, 1);
  luaL_Stream *stream = luaL_testudata(L, 1, LUA_FILEHANDLE);
  if (stream == NULL)
    luaL_pushfail(L);
  else if (stream->closef == NULL)
    lua_pushliteral(L, "closed file");
  else
    lua_pushliteral(L, "file");
  return 1;
}

/* ---- default files ---- */

/* Pushes the handle and returns its file. */
static FILE *push_default(lua_State *L, const char *key) {
  lua_getfield(L, LUA_REGISTRYINDEX, key);
  luaL_Stream *stream = lua_touserdata(L, -1);
  if (stream->closef == NULL) luaL_error(L, "default %s file is closed", key + strlen(KEY_PREFIX));
  return stream->f;
}

/* io.input and io.output: sets the default file, by name or by handle, if there is an argument; returns it. */
static int select_default(lua_State *L, const char *key, const char *mode) {
  if (!lua_isnoneornil(L, 1)) {
    const char *name = lua_tostring(L, 1);
    if (name != NULL) {
      rl_file_push_opened(L, name, mode);
    } else {
      rl_file_check(L);
      lua_pushvalue(L, 1);
    }
    lua_setfield(L, LUA_REGISTRYINDEX, key);
  }
  lua_getfield(L, LUA_REGISTRYINDEX, key);
  return 1;
}

static int select_input(lua_State *L) {
  return select_default(L, input_key, "r");
}

static int select_output(lua_State *L) {
  return select_default(L, output_key, "w");
}

static int close_file(lua_State *L) {
  if (lua_isnone(L, 1)) lua_getfield(L, LUA_REGISTRYINDEX, output_key);
  rl_file_check(L);
  return rl_file_close(L);
}

static int flush_output(lua_State *L) {
  FILE *file = push_default(L, output_key);
  errno = 0;
  return luaL_fileresult(L, fflush(file) == 0, NULL);
}

/* The arguments must be all that is on the stack while they are read as formats. */
static int read_input(lua_State *L) {
  FILE *file = push_default(L, input_key);
  lua_pop(L, 1);
  return rl_file_read(L, file, 1);
}

static int write_output(lua_State *L) {
  return rl_file_write(L, push_default(L, output_key), 1);
}

/* With a name the file is closed at the end, and also when the loop is left earlier: it is the fourth result, to be
 * closed. */
static int lines(lua_State *L) {
  if (lua_isnone(L, 1)) lua_pushnil(L);
  int is_named = !lua_isnil(L, 1);
  if (is_named)
    rl_file_push_opened(L, luaL_checkstring(L, 1), "r");
  else
    lua_getfield(L, LUA_REGISTRYINDEX, input_key);
  lua_replace(L, 1);
  rl_file_check(L);
  rl_file_push_lines(L, is_named);
  if (!is_named) return 1;
  lua_pushnil(L);
  lua_pushnil(L);
  lua_pushvalue(L, 1);
  return 4;
}

/* ---- the library ---- */

static const luaL_Reg functions[] = {{"close", close_file},   {"flush", flush_output}, {"input", select_input},
                                     {"lines", lines},        {"open", open_file},     {"output", select_output},
                                     {"popen", open_process}, {"read", read_input},    {"tmpfile", open_temporary},
                                     {"type", type_of},       {"write", write_output}, {NULL, NULL}};

/* The standard files stay open: the handle is marked open again. */
static int keep_open(lua_State *L) {
  luaL_Stream *stream = luaL_checkudata(L, 1, LUA_FILEHANDLE);
  stream->closef = keep_open;
  luaL_pushfail(L);
  lua_pushliteral(L, "cannot close standard file");
  return 2;
}

static void push_standard_file(lua_State *L, FILE *file, const char *key) {
  luaL_Stream *stream = rl_file_push(L);
  stream->f = file;
  stream->closef = keep_open;
  if (key == NULL) return;
  lua_pushvalue(L, -1);
  lua_setfield(L, LUA_REGISTRYINDEX, key);
}

/* Pushes the library's table. */
LUAMOD_API int luaopen_io(lua_State *L) {
  static const Library library = LIBRARY_OF(functions, NULL, 0);
  static const char *const names[] = {"stdin", "stdout", "stderr"};
  rl_file_open_metatable(L);
  push_standard_file(L, stdin, input_key);
  push_standard_file(L, stdout, output_key);
  push_standard_file(L, stderr, NULL);
  rl_library_push(L, &library, names, 3);
  return 1;
}

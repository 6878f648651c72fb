/* File handles and their methods (manual 6.8), except reading. */
#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/types.h>

#include "base/number_format.h"
#include "direct/library_table.h"
#include "stdlib/io.h"
#include "vm/work.h"

/* ---- handles ---- */

static luaL_Stream *check_stream(lua_State *L) {
  return luaL_checkudata(L, 1, LUA_FILEHANDLE);
}

FILE *rl_file_check(lua_State *L) {
  luaL_Stream *stream = check_stream(L);
  if (stream->closef == NULL) luaL_error(L, "attempt to use a closed file");
  return stream->f;
}

luaL_Stream *rl_file_push(lua_State *L) {
  luaL_Stream *stream = lua_newuserdatauv(L, sizeof(luaL_Stream), 0);
  stream->f = NULL;
  stream->closef = NULL;
  luaL_setmetatable(L, LUA_FILEHANDLE);
  return stream;
}

static int close_regular(lua_State *L) {
  luaL_Stream *stream = check_stream(L);
  errno = 0;
  return luaL_fileresult(L, fclose(stream->f) == 0, NULL);
}

luaL_Stream *rl_file_push_regular(lua_State *L) {
  luaL_Stream *stream = rl_file_push(L);
  stream->closef = close_regular;
  return stream;
}

void rl_file_push_opened(lua_State *L, const char *name, const char *mode) {
  luaL_Stream *stream = rl_file_push_regular(L);
  errno = 0;
  stream->f = fopen(name, mode);
  if (stream->f == NULL) luaL_error(L, "cannot open file '%s' (%s)", name, strerror(errno));
}

/* The closing function comes from outside for handles of other modules; it finds the handle marked closed, as stock
 * does it. */
int rl_file_close(lua_State *L) {
  luaL_Stream *stream = check_stream(L);
  lua_CFunction close = stream->closef;
  stream->closef = NULL;
  return close(L);
}

/* ---- writing ---- */

static int write_bytes(lua_State *L, FILE *file, const char *bytes, size_t length) {
  rl_work_output(L, length);
  return fwrite(bytes, 1, length, file) == length;
}

/* As LUA_NUMBER_FMT says: here a float with an integer value has no ".0". */
static int write_float(lua_State *L, FILE *file, lua_Number number) {
  char room[1 + RL_NUMBER_BUFFER];
  size_t length = rl_float_format_as(room + 1, number, 'g', 14);
  if (length == 0) {
    rl_work_output(L, 20);
    return fprintf(file, LUA_NUMBER_FMT, (LUAI_UACNUMBER)number) > 0;
  }
  room[0] = '-';
  return signbit(number) ? write_bytes(L, file, room, length + 1) : write_bytes(L, file, room + 1, length);
}

static int write_integer(lua_State *L, FILE *file, lua_Integer integer) {
  char room[RL_INTEGER_SIZE];
  return write_bytes(L, file, room, rl_integer_format(room, integer));
}

static int write_value(lua_State *L, FILE *file, int argument) {
  if (lua_type(L, argument) == LUA_TNUMBER)
    return lua_isinteger(L, argument) ? write_integer(L, file, lua_tointeger(L, argument))
                                      : write_float(L, file, lua_tonumber(L, argument));
  size_t length;
  const char *text = luaL_checklstring(L, argument, &length);
  return write_bytes(L, file, text, length);
}

int rl_file_write(lua_State *L, FILE *file, int first) {
  int handle = lua_gettop(L);
  int good = 1;
  errno = 0;
  for (int i = first; i < handle; i++) {
    int written = write_value(L, file, i);
    good = good && written;
  }
  return good ? 1 : luaL_fileresult(L, 0, NULL);
}

/* ---- methods ---- */

static int close_file(lua_State *L) {
  rl_file_check(L);
  return rl_file_close(L);
}

static int flush_file(lua_State *L) {
  FILE *file = rl_file_check(L);
  errno = 0;
  return luaL_fileresult(L, fflush(file) == 0, NULL);
}

static int read_file(lua_State *L) {
  return rl_file_read(L, rl_file_check(L), 2);
}

static int write_file(lua_State *L) {
  FILE *file = rl_file_check(L);
  lua_pushvalue(L, 1);
  return rl_file_write(L, file, 2);
}

static int lines_of_file(lua_State *L) {
  rl_file_check(L);
  rl_file_push_lines(L, 0);
  return 1;
}

static int seek(lua_State *L) {
  static const char *const names[] = {"set", "cur", "end", NULL};
  static const int origins[] = {SEEK_SET, SEEK_CUR, SEEK_END};
  FILE *file = rl_file_check(L);
  int origin = luaL_checkoption(L, 2, "cur", names);
  lua_Integer distance = luaL_optinteger(L, 3, 0);
  luaL_argcheck(L, (off_t)distance == distance, 3, "not an integer in proper range");
  errno = 0;
  if (fseeko(file, (off_t)distance, origins[origin]) != 0) return luaL_fileresult(L, 0, NULL);
  lua_pushinteger(L, (lua_Integer)ftello(file));
  return 1;
}

static int set_buffering(lua_State *L) {
  static const char *const names[] = {"no", "full", "line", NULL};
  static const int modes[] = {_IONBF, _IOFBF, _IOLBF};
  FILE *file = rl_file_check(L);
  int mode = luaL_checkoption(L, 2, NULL, names);
  lua_Integer size = luaL_optinteger(L, 3, LUAL_BUFFERSIZE);
  errno = 0;
  return luaL_fileresult(L, setvbuf(file, NULL, modes[mode], (size_t)size) == 0, NULL);
}

/* ---- metamethods ---- */

static int collect_file(lua_State *L) {
  luaL_Stream *stream = check_stream(L);
  if (stream->closef != NULL && stream->f != NULL)
    rl_file_close(L); /* closed ones, and ones that were never opened, are left */
  return 0;
}

static int describe_file(lua_State *L) {
  luaL_Stream *stream = check_stream(L);
  if (stream->closef == NULL)
    lua_pushliteral(L, "file (closed)");
  else
    lua_pushfstring(L, "file (%p)", (void *)stream->f);
  return 1;
}

static const luaL_Reg methods[] = {{"close", close_file}, {"flush", flush_file}, {"lines", lines_of_file},
                                   {"read", read_file},   {"seek", seek},        {"setvbuf", set_buffering},
                                   {"write", write_file}, {NULL, NULL}};

static const luaL_Reg metamethods[] = {
  {"__gc", collect_file}, {"__close", collect_file}, {"__tostring", describe_file}, {NULL, NULL}};

void rl_file_open_metatable(lua_State *L) {
  luaL_newmetatable(L, LUA_FILEHANDLE);
  luaL_setfuncs(L, metamethods, 0);
  static const Library library = LIBRARY_OF(methods, NULL, 0);
  rl_library_push(L, &library, NULL, 0);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
}

/* Reading from files by formats, and iterators over them (manual 6.8).
 *
 * The stream is locked once per piece, not once per byte. Nothing that may raise an error happens under the lock: room
 * in a buffer is asked for before. */
#include <ctype.h>
#include <errno.h>
#include <langinfo.h>
#include <string.h>

#include "lualib.h"
#include "stdlib/io.h"

#define MAX_NUMERAL 200 /* bytes of a numeral that is read from a file */
#define MAX_FORMATS 250 /* of an iterator; they are its upvalues, beside the three below */

/* ---- numbers ---- */

/* A numeral while it is collected. The grammar here is only rough; what it lets through is judged by
 * lua_stringtonumber. */
typedef struct Numeral {
  FILE *file;
  int current; /* the byte that was read last and is not yet taken */
  int length;
  char text[MAX_NUMERAL + 1];
} Numeral;

/* Takes the current byte. A numeral that is too long is emptied, so that it is no number, and ends there. */
static int take(Numeral *numeral) {
  if (numeral->length >= MAX_NUMERAL) {
    numeral->text[0] = '\0';
    return 0;
  }
  numeral->text[numeral->length++] = (char)numeral->current;
  numeral->current = getc_unlocked(numeral->file);
  return 1;
}

static int take_either(Numeral *numeral, int byte, int other) {
  return (numeral->current == byte || numeral->current == other) && take(numeral);
}

static int take_digits(Numeral *numeral, int hexadecimal) {
  int count = 0;
  while ((hexadecimal ? isxdigit(numeral->current) : isdigit(numeral->current)) && take(numeral)) count++;
  return count;
}

static void take_numeral(Numeral *numeral) {
  int point = (unsigned char)*nl_langinfo(RADIXCHAR);
  int hexadecimal = 0, digits = 0;
  take_either(numeral, '+', '-');
  if (take_either(numeral, '0', '0')) {
    if (take_either(numeral, 'x', 'X'))
      hexadecimal = 1;
    else
      digits = 1;
  }
  digits += take_digits(numeral, hexadecimal);
  if (take_either(numeral, '.', point)) digits += take_digits(numeral, hexadecimal);
  if (digits > 0 && take_either(numeral, hexadecimal ? 'p' : 'e', hexadecimal ? 'P' : 'E')) {
    take_either(numeral, '+', '-');
    take_digits(numeral, 0);
  }
}

/* Pushes a number, or nil if there is none. What looked like the beginning of one is gone then. */
static int read_number(lua_State *L, FILE *file) {
  Numeral numeral = {.file = file};
  flockfile(file);
  do numeral.current = getc_unlocked(file);
  while (isspace(numeral.current));
  take_numeral(&numeral);
  ungetc(numeral.current, file);
  funlockfile(file);
  numeral.text[numeral.length] = '\0';
  if (lua_stringtonumber(L, numeral.text) != 0) return 1;
  lua_pushnil(L);
  return 0;
}

/* ---- text ---- */

/* Reads up to `size` bytes of a line; returns how many. `*last` is the byte at which it stopped: the end of the line,
 * of the file, or anything if the room is full. */
static size_t read_line_part(FILE *file, char *room, size_t size, int *last) {
  size_t length = 0;
  flockfile(file);
  while (length < size && (*last = getc_unlocked(file)) != EOF && *last != '\n') room[length++] = (char)*last;
  funlockfile(file);
  return length;
}

/* The rest of a line of which `length` bytes are in `first`, and whether it is one. */
static int push_long_line(lua_State *L, FILE *file, int keeps_end, const char *first, size_t length) {
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  luaL_addlstring(&buffer, first, length);
  int last = 0;
  do {
    size_t size = buffer.n;
    char *room = luaL_prepbuffsize(&buffer, size);
    luaL_addsize(&buffer, read_line_part(file, room, size, &last));
  } while (last != '\n' && last != EOF);
  if (keeps_end && last == '\n') luaL_addchar(&buffer, '\n');
  luaL_pushresult(&buffer);
  return 1;
}

#define SHORT_LINE 512

/* Pushes a line; false if the file is at its end. */
static int read_line(lua_State *L, FILE *file, int keeps_end) {
  char room[SHORT_LINE];
  int last = 0;
  size_t length = read_line_part(file, room, sizeof room - 1, &last);
  if (last != '\n' && last != EOF) return push_long_line(L, file, keeps_end, room, length);
  int found = last == '\n' || length > 0;
  if (keeps_end && last == '\n') room[length++] = '\n';
  lua_pushlstring(L, room, length);
  return found;
}

#define LARGEST_PIECE ((size_t)1 << 24)

/* Pieces grow with what there is: a small file needs little room, a large one few calls. */
static void read_rest(lua_State *L, FILE *file) {
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  for (size_t size = LUAL_BUFFERSIZE;; size = size < LARGEST_PIECE ? size * 2 : size) {
    char *room = luaL_prepbuffsize(&buffer, size);
    size_t count = fread(room, 1, size, file);
    luaL_addsize(&buffer, count);
    if (count < size) break;
  }
  luaL_pushresult(&buffer);
}

/* Pushes up to `count` bytes; false if there are none. */
static int read_bytes(lua_State *L, FILE *file, size_t count) {
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  char *room = luaL_prepbuffsize(&buffer, count);
  size_t found = fread(room, 1, count, file);
  luaL_addsize(&buffer, found);
  luaL_pushresult(&buffer);
  return found > 0;
}

/* Pushes an empty string; false if the file is at its end. */
static int probe(lua_State *L, FILE *file) {
  int byte = getc(file);
  ungetc(byte, file); /* which does nothing for EOF */
  lua_pushliteral(L, "");
  return byte != EOF;
}

/* ---- formats ---- */

static int read_by_name(lua_State *L, FILE *file, int argument) {
  const char *name = luaL_checkstring(L, argument);
  if (*name == '*') name++; /* as it was written before 5.3 */
  switch (*name) {
    case 'n': return read_number(L, file);
    case 'l': return read_line(L, file, 0);
    case 'L': return read_line(L, file, 1);
    case 'a': read_rest(L, file); return 1;
    default: return luaL_argerror(L, argument, "invalid format");
  }
}

static int read_by_format(lua_State *L, FILE *file, int argument) {
  if (lua_type(L, argument) != LUA_TNUMBER) return read_by_name(L, file, argument);
  size_t count = (size_t)luaL_checkinteger(L, argument);
  return count == 0 ? probe(L, file) : read_bytes(L, file, count);
}

int rl_file_read(lua_State *L, FILE *file, int first) {
  int end = lua_gettop(L) + 1;
  int good = 1;
  clearerr(file);
  errno = 0;
  if (first == end) {
    good = read_line(L, file, 0);
  } else {
    luaL_checkstack(L, end - first + LUA_MINSTACK, "too many arguments");
    for (int i = first; i < end && good; i++) good = read_by_format(L, file, i);
  }
  if (ferror(file)) return luaL_fileresult(L, 0, NULL);
  if (!good) {
    lua_pop(L, 1);
    luaL_pushfail(L);
  }
  return lua_gettop(L) - end + 1;
}

/* ---- iterators ---- */

enum { LINES_HANDLE = 1, LINES_COUNT, LINES_CLOSES, LINES_FIRST_FORMAT };

/* The end of the iteration, or an error of the file, whose message and code `read` left. */
static int end_lines(lua_State *L, int count) {
  if (count > 1) return luaL_error(L, "%s", lua_tostring(L, -count + 1));
  if (lua_toboolean(L, lua_upvalueindex(LINES_CLOSES))) {
    lua_settop(L, 0);
    lua_pushvalue(L, lua_upvalueindex(LINES_HANDLE));
    rl_file_close(L);
  }
  return 0;
}

static int next_line(lua_State *L) {
  luaL_Stream *stream = lua_touserdata(L, lua_upvalueindex(LINES_HANDLE));
  int formats = (int)lua_tointeger(L, lua_upvalueindex(LINES_COUNT));
  if (stream->closef == NULL) return luaL_error(L, "file is already closed");
  lua_settop(L, 1);
  luaL_checkstack(L, formats, "too many arguments");
  for (int i = 0; i < formats; i++) lua_pushvalue(L, lua_upvalueindex(LINES_FIRST_FORMAT + i));
  int count = rl_file_read(L, stream->f, 2);
  return lua_toboolean(L, -count) ? count : end_lines(L, count);
}

void rl_file_push_lines(lua_State *L, int closes) {
  int formats = lua_gettop(L) - 1;
  luaL_argcheck(L, formats <= MAX_FORMATS, MAX_FORMATS + 2, "too many arguments");
  lua_pushvalue(L, 1);
  lua_pushinteger(L, formats);
  lua_pushboolean(L, closes);
  lua_rotate(L, 2, LINES_FIRST_FORMAT - 1); /* before the formats */
  lua_pushcclosure(L, next_line, LINES_FIRST_FORMAT - 1 + formats);
}

/* Loading chunks from memory and from files.
 *
 * A file may begin with a UTF-8 byte order mark and then with a line that starts with '#', both of which are no Lua.
 * The line's end is kept, so that line numbers stay right. Whether the rest is text or a binary chunk shows in its
 * first byte; a binary chunk is read again through a stream opened for bytes. */
#include "lua.h"

#include "lauxlib.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* ---- from memory ---- */

/* What a reader of memory has left to give. */
typedef struct MemoryPiece {
  const char *bytes;
  size_t size;
} MemoryPiece;

static const char *read_memory(lua_State *L, void *data, size_t *size) {
  (void)L;
  MemoryPiece *piece = data;
  *size = piece->size;
  piece->size = 0;
  return *size > 0 ? piece->bytes : NULL;
}

/* Loads `size` bytes as chunk `name` (`mode`: "b", "t", "bt" or NULL) and pushes the function, or an error message.
 * Returns a status; never raises. Manual 5.1. */
LUALIB_API int luaL_loadbufferx(lua_State *L, const char *bytes, size_t size, const char *name, const char *mode) {
  MemoryPiece piece = {bytes, size};
  return lua_load(L, read_memory, &piece, name, mode);
}

/* Loads a C string, which is its own chunk name too. Manual 5.1. */
LUALIB_API int luaL_loadstring(lua_State *L, const char *text) {
  return luaL_loadbufferx(L, text, strlen(text), text, NULL);
}

/* ---- from files ---- */

typedef struct FileSource {
  FILE *stream;
  size_t pending; /* bytes that were read ahead into `block` */
  char block[BUFSIZ];
} FileSource;

static const char *read_file(lua_State *L, void *data, size_t *size) {
  (void)L;
  FileSource *source = data;
  if (source->pending > 0) {
    *size = source->pending;
    source->pending = 0;
    return source->block;
  }
  if (feof(source->stream)) return NULL; /* a terminal would ask for another end of file */
  *size = fread(source->block, 1, sizeof(source->block), source->stream);
  return source->block;
}

static void keep_ahead(FileSource *source, int byte) {
  if (byte != EOF) source->block[source->pending++] = (char)byte;
}

/* Skips a byte order mark and returns the byte after it. An incomplete mark is no valid text anyway: its first byte is
 * given to the scanner to complain about. */
static int skip_byte_order_mark(FILE *stream) {
  int first = getc(stream);
  if (first == 0xEF && getc(stream) == 0xBB && getc(stream) == 0xBF) return getc(stream);
  return first;
}

/* Skips what may stand in front of the Lua text. Returns the first byte of the rest (or EOF); the end of a skipped line
 * has been kept. */
static int skip_preamble(FileSource *source) {
  int byte = skip_byte_order_mark(source->stream);
  if (byte != '#') return byte;
  do {
    byte = getc(source->stream);
  } while (byte != EOF && byte != '\n');
  keep_ahead(source, '\n');
  return byte == EOF ? EOF : getc(source->stream);
}

/* Replaces the chunk name at `name_slot` by a message on a failed operation, whose cause errno tells. */
static int fail_file(lua_State *L, const char *operation, int name_slot) {
  int code = errno;
  const char *filename = lua_tostring(L, name_slot) + 1; /* without the mark of chunk names */
  if (code != 0)
    lua_pushfstring(L, "cannot %s %s: %s", operation, filename, strerror(code));
  else
    lua_pushfstring(L, "cannot %s %s", operation, filename);
  lua_remove(L, name_slot);
  return LUA_ERRFILE;
}

/* Opens the stream and reads ahead as far as needed to know what it holds. Returns NULL, or what could not be done. */
static const char *open_source(FileSource *source, const char *filename) {
  errno = 0;
  source->pending = 0;
  source->stream = filename != NULL ? fopen(filename, "r") : stdin;
  if (source->stream == NULL) return "open";
  int first = skip_preamble(source);
  if (first == LUA_SIGNATURE[0]) {
    source->pending = 0; /* a line's end does not belong to a binary chunk */
    if (filename != NULL) {
      errno = 0;
      source->stream = freopen(filename, "rb", source->stream);
      if (source->stream == NULL) return "reopen";
      first = skip_preamble(source);
      source->pending = 0;
    }
  }
  keep_ahead(source, first);
  return NULL;
}

/* Loads a file (NULL: standard input) and pushes the function, or an error message. Returns a status, LUA_ERRFILE if
 * the file cannot be read. Raises only for want of memory while it makes the name. Manual 5.1. */
LUALIB_API int luaL_loadfilex(lua_State *L, const char *filename, const char *mode) {
  FileSource source;
  int name_slot = lua_gettop(L) + 1;
  if (filename != NULL)
    lua_pushfstring(L, "@%s", filename);
  else
    lua_pushliteral(L, "=stdin");
  const char *failed = open_source(&source, filename);
  if (failed != NULL) return fail_file(L, failed, name_slot);
  errno = 0;
  int status = lua_load(L, read_file, &source, lua_tostring(L, -1), mode);
  int unreadable = ferror(source.stream);
  int cause = errno;
  if (filename != NULL) fclose(source.stream);
  if (unreadable) {
    lua_settop(L, name_slot);
    errno = cause;
    return fail_file(L, "read", name_slot);
  }
  lua_remove(L, name_slot);
  return status;
}

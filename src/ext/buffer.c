/* A buffer holds the only reference to its bytes, and may write. Sending it hands that reference over: the sender's
 * buffer is empty from then on. A frozen buffer only shares its bytes, with other states and with strings, and is never
 * written again. (Where a message is read twice, two buffers share bytes without being frozen; whoever writes first
 * makes a copy of its own.) */
#include "ext/buffer.h"

#include <stdlib.h>
#include <string.h>

#include "ext/context.h"
#include "ext/modules.h"
#include "ext/shared_string.h"

#define BUFFER_CLASS "rille.buffer"

typedef struct Buffer {
  SharedBytes *bytes; /* NULL: empty; their length is the capacity */
  size_t length;
  int is_frozen;
} Buffer;

static Buffer *check_buffer(lua_State *L, int index) {
  return luaL_checkudata(L, index, BUFFER_CLASS);
}

static Buffer *push_empty(lua_State *L) {
  rl_context_of(L);
  Buffer *buffer = lua_newuserdatauv(L, sizeof *buffer, 0);
  *buffer = (Buffer){NULL, 0, 0};
  if (luaL_getmetatable(L, BUFFER_CLASS) == LUA_TNIL) { /* it came in a message before the module was opened */
    lua_pop(L, 1);
    luaL_requiref(L, BUFFER_CLASS, rl_open_buffer, 0);
    lua_pop(L, 1);
    luaL_getmetatable(L, BUFFER_CLASS);
  }
  lua_setmetatable(L, -2);
  return buffer;
}

/* ---- memory ---- */

static void fail(lua_State *L) {
  luaL_error(L, "not enough memory");
}

static int is_shared(const SharedBytes *bytes) {
  return __atomic_load_n(&bytes->references, __ATOMIC_ACQUIRE) != 1;
}

/* Room for `length` bytes, that may be written. */
static void make_writable(lua_State *L, Buffer *buffer, size_t length) {
  if (buffer->is_frozen) luaL_error(L, "attempt to change a frozen buffer");
  if (length > (size_t)LUA_MAXINTEGER / 4) luaL_error(L, "buffer too large");
  if (buffer->bytes != NULL && !is_shared(buffer->bytes) && buffer->bytes->length >= length) return;
  size_t capacity = buffer->bytes == NULL ? 0 : buffer->bytes->length;
  if (length > capacity) capacity = length > capacity + capacity / 2 ? length : capacity + capacity / 2;
  if (buffer->bytes != NULL && !is_shared(buffer->bytes)) {
    SharedBytes *bytes = rl_bytes_resize(buffer->bytes, capacity);
    if (bytes == NULL) fail(L);
    buffer->bytes = bytes;
    return;
  }
  SharedBytes *bytes = rl_bytes_new(capacity);
  if (bytes == NULL) fail(L);
  if (buffer->length > 0) memcpy(bytes->bytes, buffer->bytes->bytes, buffer->length);
  rl_bytes_release(buffer->bytes);
  buffer->bytes = bytes;
}

static const char *contents(const Buffer *buffer) {
  return buffer->bytes == NULL ? "" : buffer->bytes->bytes;
}

static void append(lua_State *L, Buffer *buffer, const char *bytes, size_t length) {
  if (length == 0) return;
  make_writable(L, buffer, buffer->length + length);
  memcpy(buffer->bytes->bytes + buffer->length, bytes, length);
  buffer->length += length;
}

void rl_buffer_push(lua_State *L, const void *bytes, size_t length, int is_frozen) {
  Buffer *buffer = push_empty(L);
  append(L, buffer, bytes, length);
  buffer->is_frozen = is_frozen;
}

/* The bytes of a string, a number as a string, or a buffer. */
static const char *check_bytes(lua_State *L, int index, size_t *length) {
  const Buffer *buffer = luaL_testudata(L, index, BUFFER_CLASS);
  if (buffer == NULL) return luaL_checklstring(L, index, length);
  *length = buffer->length;
  return contents(buffer);
}

/* ---- functions ---- */

/* new(size), new(string), new(): a buffer of zero bytes, with the string's bytes, empty. */
static int new_buffer(lua_State *L) {
  size_t length = 0;
  if (lua_type(L, 1) == LUA_TNUMBER) {
    lua_Integer size = luaL_checkinteger(L, 1);
    luaL_argcheck(L, size >= 0, 1, "negative size");
    Buffer *buffer = push_empty(L);
    if (size == 0) return 1;
    make_writable(L, buffer, (size_t)size);
    memset(buffer->bytes->bytes, 0, (size_t)size);
    buffer->length = (size_t)size;
    return 1;
  }
  const char *bytes = lua_isnoneornil(L, 1) ? "" : check_bytes(L, 1, &length);
  rl_buffer_push(L, bytes, length, 0);
  return 1;
}

static int append_all(lua_State *L) {
  Buffer *buffer = check_buffer(L, 1);
  int count = lua_gettop(L);
  for (int i = 2; i <= count; i++) {
    size_t length;
    const char *bytes = check_bytes(L, i, &length);
    if (length > 0 && bytes == contents(buffer)) { /* itself: growing moves the bytes */
      make_writable(L, buffer, buffer->length * 2);
      bytes = contents(buffer);
    }
    append(L, buffer, bytes, length);
  }
  lua_settop(L, 1);
  return 1;
}

/* Positions as in string.sub. */
static size_t first_position(lua_Integer position, size_t length) {
  if (position > 0) return (size_t)position;
  if (position == 0 || position < -(lua_Integer)length) return 1;
  return length + (size_t)position + 1;
}
static size_t last_position(lua_Integer position, size_t length) {
  if (position > (lua_Integer)length) return length;
  if (position >= 0) return (size_t)position;
  return position < -(lua_Integer)length ? 0 : length + (size_t)position + 1;
}

static int sub(lua_State *L) {
  const Buffer *buffer = check_buffer(L, 1);
  size_t first = first_position(luaL_checkinteger(L, 2), buffer->length);
  size_t last = last_position(luaL_optinteger(L, 3, -1), buffer->length);
  if (first > last)
    lua_pushliteral(L, "");
  else
    lua_pushlstring(L, contents(buffer) + first - 1, last - first + 1);
  return 1;
}

static size_t check_position(lua_State *L, const Buffer *buffer, size_t length) {
  lua_Integer position = luaL_checkinteger(L, 2);
  if (position < 0) position += (lua_Integer)buffer->length + 1;
  luaL_argcheck(L, position >= 1 && (size_t)position - 1 + length <= buffer->length, 2, "out of the buffer");
  return (size_t)position - 1;
}

static int get_byte(lua_State *L) {
  const Buffer *buffer = check_buffer(L, 1);
  size_t position = check_position(L, buffer, 1);
  lua_pushinteger(L, (unsigned char)contents(buffer)[position]);
  return 1;
}

/* set(position, byte) and set(position, string or buffer): overwrites. */
static int set(lua_State *L) {
  Buffer *buffer = check_buffer(L, 1);
  size_t length = 1;
  char byte;
  const char *bytes = &byte;
  if (lua_type(L, 3) == LUA_TNUMBER) {
    lua_Integer value = luaL_checkinteger(L, 3);
    luaL_argcheck(L, value >= 0 && value <= 255, 3, "not a byte");
    byte = (char)value;
  } else {
    bytes = check_bytes(L, 3, &length);
  }
  size_t position = check_position(L, buffer, length);
  if (length > 0) {
    bool is_itself = bytes == contents(buffer);
    make_writable(L, buffer, buffer->length);
    memmove(buffer->bytes->bytes + position, is_itself ? contents(buffer) : bytes, length);
  }
  lua_settop(L, 1);
  return 1;
}

static int resize(lua_State *L) {
  Buffer *buffer = check_buffer(L, 1);
  lua_Integer size = luaL_checkinteger(L, 2);
  luaL_argcheck(L, size >= 0, 2, "negative size");
  make_writable(L, buffer, (size_t)size);
  if ((size_t)size > buffer->length) memset(buffer->bytes->bytes + buffer->length, 0, (size_t)size - buffer->length);
  buffer->length = (size_t)size;
  lua_settop(L, 1);
  return 1;
}

static int freeze(lua_State *L) {
  Buffer *buffer = check_buffer(L, 1);
  if (!buffer->is_frozen && buffer->bytes != NULL) {
    make_writable(L, buffer, buffer->length);
    SharedBytes *bytes = rl_bytes_resize(buffer->bytes, buffer->length); /* a string ends with a zero byte */
    if (bytes == NULL) fail(L);
    buffer->bytes = bytes;
  }
  buffer->is_frozen = 1;
  lua_settop(L, 1);
  return 1;
}

static int is_frozen(lua_State *L) {
  lua_pushboolean(L, check_buffer(L, 1)->is_frozen);
  return 1;
}

/* Of a frozen buffer: the bytes themselves. */
static int to_string(lua_State *L) {
  const Buffer *buffer = check_buffer(L, 1);
  if (buffer->is_frozen && buffer->bytes != NULL)
    rl_shared_string_push(L, buffer->bytes);
  else
    lua_pushlstring(L, contents(buffer), buffer->length);
  return 1;
}

static int length(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)check_buffer(L, 1)->length);
  return 1;
}

static int equal(lua_State *L) {
  const Buffer *a = luaL_testudata(L, 1, BUFFER_CLASS);
  const Buffer *b = luaL_testudata(L, 2, BUFFER_CLASS);
  lua_pushboolean(L,
                  a != NULL && b != NULL && a->length == b->length && memcmp(contents(a), contents(b), a->length) == 0);
  return 1;
}

static int finalize(lua_State *L) {
  Buffer *buffer = check_buffer(L, 1);
  rl_bytes_release(buffer->bytes);
  *buffer = (Buffer){NULL, 0, buffer->is_frozen};
  return 0;
}

/* ---- messages ---- */

static void *copy_out(lua_State *L, int index) {
  Buffer *buffer = check_buffer(L, index);
  BufferCopy *copy = malloc(sizeof *copy);
  if (copy == NULL) fail(L);
  *copy = (BufferCopy){buffer->bytes, buffer->length, buffer->is_frozen, buffer};
  if (buffer->is_frozen) {
    if (copy->bytes != NULL) rl_bytes_retain(copy->bytes);
  } else {
    *buffer = (Buffer){NULL, 0, 0};
  }
  return copy;
}

static void copy_in(lua_State *L, void *data) {
  const BufferCopy *copy = data;
  Buffer *buffer = push_empty(L);
  *buffer = (Buffer){copy->bytes == NULL ? NULL : rl_bytes_retain(copy->bytes), copy->length, copy->is_frozen};
}

static void drop(void *data) {
  BufferCopy *copy = data;
  rl_bytes_release(copy->bytes);
  free(copy);
}

static void give_back(void *data) {
  BufferCopy *copy = data;
  if (copy->is_frozen || copy->bytes == NULL) return;
  copy->origin->bytes = rl_bytes_retain(copy->bytes);
  copy->origin->length = copy->length;
}

const rille_CopyHandler rl_buffer_handler = {"buffer", copy_out, copy_in, drop, give_back};

int rl_open_buffer(lua_State *L) {
  static const luaL_Reg methods[] = {
    {"append", append_all}, {"sub", sub},       {"byte", get_byte},    {"set", set},
    {"resize", resize},     {"freeze", freeze}, {"string", to_string}, {"is_frozen", is_frozen},
    {"__len", length},      {"__eq", equal},    {"__gc", finalize},    {"__tostring", to_string},
    {NULL, NULL},
  };
  static const luaL_Reg functions[] = {{"new", new_buffer}, {NULL, NULL}};
  rl_context_new_class(L, BUFFER_CLASS, methods, &rl_buffer_handler);
  rl_context_new_library(L, functions);
  return 1;
}

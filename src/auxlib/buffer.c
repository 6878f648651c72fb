/* Strings under construction.
 *
 * A buffer starts with the room inside the luaL_Buffer itself. It owns one stack slot from the beginning; while the
 * bytes are inside, a light userdata holds the place. When they outgrow it, the slot gets a "box", a userdata that owns
 * a block from the state's allocator. The slot is then marked to-be-closed, so that an error, or the end of the
 * function, frees the block at once; `__gc` frees it when only the collector can. `B->b` is the block's address while a
 * box exists. */
#include "lua.h"

#include "lauxlib.h"

#include <stdint.h>
#include <string.h>

#include "base/bytes.h"

#define BOX_TYPE "_UBOX*"

typedef struct Box {
  void *block;
  size_t size;
} Box;

/* Gives the box at `index` a block of `size` bytes with the old content (0 frees it) and returns it. Raises without
 * memory, after which the box is as before. The message is a literal because only that is sure to exist. */
static void *resize_box(lua_State *L, int index, size_t size) {
  void *context;
  lua_Alloc allocate = lua_getallocf(L, &context);
  Box *box = lua_touserdata(L, index);
  void *block = allocate(context, box->block, box->size, size);
  if (luai_unlikely(block == NULL && size > 0)) {
    lua_pushliteral(L, "not enough memory");
    lua_error(L);
  }
  box->block = block;
  box->size = size;
  return block;
}

static int release_box(lua_State *L) {
  resize_box(L, 1, 0);
  return 0;
}

/* Pushes an empty box. */
static void push_box(lua_State *L) {
  static const luaL_Reg metamethods[] = {{"__gc", release_box}, {"__close", release_box}, {NULL, NULL}};
  Box *box = lua_newuserdatauv(L, sizeof(Box), 0);
  box->block = NULL;
  box->size = 0;
  if (luaL_newmetatable(L, BOX_TYPE)) luaL_setfuncs(L, metamethods, 0);
  lua_setmetatable(L, -2);
}

static int has_box(const luaL_Buffer *B) {
  return B->b != B->init.b;
}

/* Returns a size that holds `extra` bytes more than the buffer has, twice as much as before if that is enough. */
static size_t enlarged_size(luaL_Buffer *B, size_t extra) {
  if (luai_unlikely(SIZE_MAX - extra < B->n)) luaL_error(B->L, "buffer too large");
  size_t needed = B->n + extra;
  size_t comfortable = B->size * 2;
  return comfortable > needed ? comfortable : needed;
}

/* Moves the buffer, whose slot is at `slot`, to a room with `extra` free bytes. */
static void move_to_larger(luaL_Buffer *B, size_t extra, int slot) {
  lua_State *L = B->L;
  size_t size = enlarged_size(B, extra);
  char *room;
  if (has_box(B)) {
    room = resize_box(L, slot, size);
  } else {
    lua_remove(L, slot); /* the place holder */
    push_box(L);
    lua_insert(L, slot);
    lua_toclose(L, slot);
    room = resize_box(L, slot, size);
    memcpy(room, B->b, B->n);
  }
  B->b = room;
  B->size = size;
}

/* Returns where `extra` bytes may be written; the buffer's slot is at `slot`. */
static char *room_for(luaL_Buffer *B, size_t extra, int slot) {
  if (luai_unlikely(B->size - B->n < extra)) move_to_larger(B, extra, slot);
  return B->b + B->n;
}

/* Begins a string. Pushes the buffer's slot; the buffer must not move while it is in use. Manual 5.1. */
LUALIB_API void luaL_buffinit(lua_State *L, luaL_Buffer *B) {
  B->L = L;
  B->b = B->init.b;
  B->n = 0;
  B->size = LUAL_BUFFERSIZE;
  lua_pushlightuserdata(L, B);
}

/* The same as luaL_buffinit and luaL_prepbuffsize. Manual 5.1. */
LUALIB_API char *luaL_buffinitsize(lua_State *L, luaL_Buffer *B, size_t size) {
  luaL_buffinit(L, B);
  return room_for(B, size, -1);
}

/* Returns room for `size` bytes at the end; luaL_addsize then says how many were written. The buffer's slot must be on
 * top. Allocates, raises "buffer too large". Manual 5.1. */
LUALIB_API char *luaL_prepbuffsize(luaL_Buffer *B, size_t size) {
  return room_for(B, size, -1);
}

/* Adds `length` bytes. The buffer's slot must be on top. Manual 5.1. */
LUALIB_API void luaL_addlstring(luaL_Buffer *B, const char *bytes, size_t length) {
  if (length == 0) return; /* `bytes` may be NULL */
  bytes_copy(room_for(B, length, -1), bytes, length);
  B->n += length;
}

/* Adds a C string. The buffer's slot must be on top. Manual 5.1. */
LUALIB_API void luaL_addstring(luaL_Buffer *B, const char *string) {
  luaL_addlstring(B, string, strlen(string));
}

/* Pops a string or number, which lies above the buffer's slot, and adds it. Manual 5.1. */
LUALIB_API void luaL_addvalue(luaL_Buffer *B) {
  size_t length;
  const char *string = lua_tolstring(B->L, -1, &length);
  bytes_copy(room_for(B, length, -2), string, length);
  B->n += length;
  lua_pop(B->L, 1);
}

/* Ends the buffer: its slot is replaced by the string. Manual 5.1. */
LUALIB_API void luaL_pushresult(luaL_Buffer *B) {
  lua_State *L = B->L;
  lua_pushlstring(L, B->b, B->n);
  if (luai_unlikely(has_box(B))) lua_closeslot(L, -2);
  lua_replace(L, -2);
}

/* Adds the `size` bytes written after luaL_prepbuffsize and ends the buffer. Manual 5.1. */
LUALIB_API void luaL_pushresultsize(luaL_Buffer *B, size_t size) {
  luaL_addsize(B, size);
  luaL_pushresult(B);
}

/* Adds `subject` with every occurrence of `pattern`, a plain string, replaced by `replacement`. Manual 5.1. */
LUALIB_API void luaL_addgsub(luaL_Buffer *B, const char *subject, const char *pattern, const char *replacement) {
  size_t pattern_length = strlen(pattern);
  for (const char *hit; (hit = strstr(subject, pattern)) != NULL; subject = hit + pattern_length) {
    luaL_addlstring(B, subject, (size_t)(hit - subject));
    luaL_addstring(B, replacement);
  }
  luaL_addstring(B, subject);
}

/* Pushes the result of luaL_addgsub on an empty buffer and returns it. Manual 5.1. */
LUALIB_API const char *luaL_gsub(lua_State *L, const char *subject, const char *pattern, const char *replacement) {
  luaL_Buffer B;
  luaL_buffinit(L, &B);
  luaL_addgsub(&B, subject, pattern, replacement);
  luaL_pushresult(&B);
  return lua_tostring(L, -1);
}

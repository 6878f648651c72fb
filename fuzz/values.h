/* Lua values made of the bytes of an input: a letter for the type, then what the type needs. */
#ifndef FUZZ_VALUES_H
#define FUZZ_VALUES_H

#include "sandbox.h"

typedef struct Source {
  const uint8_t *data;
  size_t size;
} Source;

static inline void source_take(Source *source, void *to, size_t count) {
  size_t have = count < source->size ? count : source->size;
  memset(to, 0, count);
  if (have > 0) memcpy(to, source->data, have);
  source->data += have;
  source->size -= have;
}

static inline uint8_t source_byte(Source *source) {
  uint8_t byte;
  source_take(source, &byte, 1);
  return byte;
}

static inline void source_push_string(lua_State *L, Source *source) {
  size_t length = source_byte(source);
  if (length > source->size) length = source->size;
  lua_pushlstring(L, (const char *)source->data, length);
  source->data += length;
  source->size -= length;
}

static inline int source_told(lua_State *L) {
  lua_settop(L, 1);
  lua_getfield(L, 1, "text");
  return 1;
}

/* A table whose __tostring gives whatever value comes next (a string or something wrong) and whose __name is odd. */
static inline void source_push_table(lua_State *L, Source *source) {
  lua_newtable(L);
  source_push_string(L, source);
  if (source_byte(source) & 1) {
    lua_pushinteger(L, 7);
    lua_replace(L, -2);
  }
  lua_setfield(L, -2, "text");
  lua_newtable(L);
  if (source_byte(source) & 1) {
    lua_pushcfunction(L, source_told);
    lua_setfield(L, -2, "__tostring");
  }
  lua_pushliteral(L, "Odd%d");
  lua_setfield(L, -2, "__name");
  lua_setmetatable(L, -2);
}

/* Pushes one value. */
static inline void source_push(lua_State *L, Source *source) {
  lua_Integer integer;
  lua_Number number;
  switch (source_byte(source)) {
    case 'i':
      source_take(source, &integer, sizeof integer);
      lua_pushinteger(L, integer);
      break;
    case 'd':
      source_take(source, &number, sizeof number);
      lua_pushnumber(L, number);
      break;
    case 'f': lua_pushnumber(L, (lua_Number)(int8_t)source_byte(source) / 8); break;
    case 's': source_push_string(L, source); break;
    case 't': lua_pushboolean(L, 1); break;
    case 'n': lua_pushnil(L); break;
    case 'T': source_push_table(L, source); break;
    case 'p': lua_pushlightuserdata(L, (void *)(uintptr_t)source_byte(source)); break;
    case 'c': lua_pushcfunction(L, source_told); break;
    default: lua_pushinteger(L, (int8_t)source_byte(source));
  }
}

/* Pushes the text up to `separator`, which is dropped. */
static inline void source_push_until(lua_State *L, Source *source, int separator) {
  const uint8_t *end = source->size > 0 ? memchr(source->data, separator, source->size) : NULL;
  size_t length = end != NULL ? (size_t)(end - source->data) : source->size;
  lua_pushlstring(L, (const char *)source->data, length);
  size_t used = end != NULL ? length + 1 : length;
  source->data += used;
  source->size -= used;
}

#endif

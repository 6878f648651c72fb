/* Strings: an immutable run of bytes followed by one zero byte.
 *
 * Up to RL_MAX_SHORT_STRING bytes a string is interned: two equal short strings are one object and equality is
 * identity. Longer ones are separate objects whose hash is computed on first use (STRING_HASHED in `length` says that
 * it is there). The hash lies in the object header's own field. */
#ifndef RL_VALUE_STRING_H
#define RL_VALUE_STRING_H

#include "value/value.h"

struct String {
  Object header;      /* type TAG_SHORT_STRING or TAG_LONG_STRING; own: the hash */
  size_t length_bits; /* length * 2 + (1 when the hash of a long string has been computed) */
  char bytes[];
};

_Static_assert(sizeof(String) == 16, "a string costs 16 bytes and its contents");

static inline size_t string_length(const String *string) {
  return string->length_bits >> 1;
}
static inline const char *string_bytes(const String *string) {
  return string->bytes;
}
static inline bool string_is_short(const String *string) {
  return string->header.type == TAG_SHORT_STRING;
}
/* Bytes that the object takes in the heap. */
static inline size_t string_size(size_t length) {
  return sizeof(String) + length + 1;
}

#endif

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
  size_t length_bits; /* length * 4 + STRING_* bits */
  char bytes[];       /* of an external string: a StringOwner. Read through string_bytes */
};

_Static_assert(sizeof(String) == 16, "a string costs 16 bytes and its contents");

#define STRING_HASHED   ((size_t)1) /* the hash of a long string has been computed */
#define STRING_EXTERNAL ((size_t)2) /* a long string whose bytes belong to somebody outside of the heap */

/* Where the bytes of an external string are (with one zero byte behind them), and what to do when the string dies. */
typedef struct StringOwner {
  const char *bytes;
  void (*release)(void *owner);
  void *owner;
} StringOwner;

/* A string with its bytes inside that is as long as this has a place behind them for a second one of the same bytes
 * outside of the heap, which others may share (ext/shared_string.c): it is made once, and dies with the string. */
#define RL_TWIN_MINIMUM 8192
typedef struct StringTwin {
  void (*release)(void *owner);
  void *owner; /* NULL: none */
} StringTwin;

static inline size_t string_length(const String *string) {
  return string->length_bits >> 2;
}
static inline bool string_is_external(const String *string) {
  return (string->length_bits & STRING_EXTERNAL) != 0;
}
static inline StringOwner *string_owner(const String *string) {
  return (StringOwner *)string->bytes;
}
static inline const char *string_bytes(const String *string) {
  return __builtin_expect(string_is_external(string), 0) ? string_owner(string)->bytes : string->bytes;
}
static inline bool string_is_short(const String *string) {
  return string->header.type == TAG_SHORT_STRING;
}
static inline size_t string_twin_offset(size_t length) {
  return (sizeof(String) + length + 1 + sizeof(StringTwin) - 1) & ~(sizeof(StringTwin) - 1);
}
/* NULL: this string has no place for one. */
static inline StringTwin *string_twin(String *string) {
  size_t length = string_length(string);
  if (length < RL_TWIN_MINIMUM || string_is_external(string)) return NULL;
  return (StringTwin *)((char *)string + string_twin_offset(length));
}
/* Bytes that a string with its bytes inside takes in the heap; what a given one takes. */
static inline size_t string_size(size_t length) {
  if (length >= RL_TWIN_MINIMUM) return string_twin_offset(length) + sizeof(StringTwin);
  return sizeof(String) + length + 1;
}
static inline size_t string_object_size(const String *string) {
  return string_is_external(string) ? sizeof(String) + sizeof(StringOwner) : string_size(string_length(string));
}

#endif

/* Making strings. See value/string.h for what they are. */
#ifndef RL_OBJECT_STRINGS_H
#define RL_OBJECT_STRINGS_H

#include <stdarg.h>
#include <string.h>

#include "value/global.h"
#include "value/string.h"

/* A string with those bytes: interned when short. May allocate, collect (emergency), raise a memory error. The caller
 * anchors it. `bytes` may lie in a string that the caller has anchored. */
String *rl_string_new(State *L, const char *bytes, size_t length);
static inline String *rl_string_from_c(State *L, const char *text) {
  return rl_string_new(L, text, strlen(text));
}
/* A long string (length > RL_MAX_SHORT_STRING) whose bytes the caller fills in before anybody reads it. Raises
 * ERROR_BLOCK_TOO_BIG when the size could never be had. */
String *rl_string_new_long(State *L, size_t length);
/* A long string (length > RL_MAX_SHORT_STRING) whose bytes lie at the owner's and never change; `owner->release` is
 * called when the string dies, maybe in the middle of a collection. On an error the owner is still the caller's. */
String *rl_string_new_external(State *L, size_t length, const StringOwner *owner);
/* The hash; computed and kept for a long string. Needs no state: a long string carries the seed until it is hashed. */
uint32_t rl_string_hash(String *string);
bool rl_string_equal_long(const String *a, const String *b);
static inline bool rl_string_equal(const String *a, const String *b) {
  return a == b ||
         (a->header.type == TAG_LONG_STRING && b->header.type == TAG_LONG_STRING && rl_string_equal_long(a, b));
}
/* strcoll order that goes on behind zero bytes (manual 3.4.4): <0, 0, >0. */
int rl_string_compare(const String *a, const String *b);

/* object/string_table.c: the intern table. */
void rl_string_table_open(State *L);
/* The one string with those bytes (length <= RL_MAX_SHORT_STRING) and that hash, made when there is none. As
 * rl_string_new. */
String *rl_string_table_intern(State *L, const char *bytes, size_t length, uint32_t hash);
/* Takes a short string that the sweeper frees out of the table. */
void rl_string_table_remove(Global *global, String *string);
/* Halves the table when it is nearly empty (after a full collection; not in an emergency). */
void rl_string_table_shrink(State *L);
void rl_string_table_close(Global *global);
/* Every string is found from its hash, the count is right, a slot is free: for the tests' assertions. */
bool rl_string_table_is_valid(const Global *global);

/* object/string_format.c: formats as lua_pushfstring (%s %d %I %f %p %c %U %%) and pushes the result; L->top grows by
 * one (needs up to two free slots: RL_EXTRA_STACK covers them). Returns the bytes. Raises on an unknown conversion and
 * without memory. */
const char *rl_push_formatted_va(State *L, const char *format, va_list arguments);
const char *rl_push_formatted(State *L, const char *format, ...);

/* object/chunk_name.c: how a source name appears in messages (LUA_IDSIZE bytes at most, with the zero): `=name`,
 * `@file`, [string "..."]. */
void rl_chunk_name(char *buffer, const char *source, size_t length);

#endif

/* What the unit tests of src/object/ share: an allocator that counts and can run dry, random numbers, protected calls.
 */
#ifndef TESTS_UNIT_SUPPORT_H
#define TESTS_UNIT_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lua.h"
#include "lauxlib.h"
#include "value/global.h"

/* Wraps a state's allocator. From the `fail_from`-th request on (1 is the next) every request for more memory fails, so
 * that the retry after the emergency collection fails too. 0: none fails. */
typedef struct Dry {
  lua_Alloc allocate;
  void *data;
  long fail_from;
  long requests;
  long held; /* bytes */
} Dry;

static inline void *allocate_until_dry(void *data, void *block, size_t old_size, size_t new_size) {
  Dry *dry = data;
  if (block == NULL) old_size = 0;
  if (new_size > old_size) {
    dry->requests++;
    if (dry->fail_from > 1)
      dry->fail_from--;
    else if (dry->fail_from == 1)
      return NULL;
  }
  void *result = NULL;
  if (block != NULL || new_size > 0) result = dry->allocate(dry->data, block, block == NULL ? 0 : old_size, new_size);
  if (result != NULL || new_size == 0) dry->held += (long)new_size - (long)old_size;
  return result;
}

static inline void dry_begin(lua_State *L, Dry *dry) {
  *dry = (Dry){0};
  dry->allocate = lua_getallocf(L, &dry->data);
  lua_setallocf(L, allocate_until_dry, dry);
}

static inline void dry_end(lua_State *L, Dry *dry) {
  lua_setallocf(L, dry->allocate, dry->data);
}

/* Calls `function` with `data` as light userdata, protected. On an error the message is on the stack. */
static inline int call_protected(lua_State *L, lua_CFunction function, void *data) {
  assert_true(lua_checkstack(L, 4));
  lua_pushcfunction(L, function);
  lua_pushlightuserdata(L, data);
  return lua_pcall(L, 1, 0, 0);
}

/* The message's end, as a position may stand in front. */
static inline void assert_message(lua_State *L, const char *expected) {
  const char *message = lua_tostring(L, -1);
  assert_non_null(message);
  size_t length = strlen(message), wanted = strlen(expected);
  assert_true(length >= wanted);
  assert_string_equal(message + length - wanted, expected);
  lua_pop(L, 1);
}

/* xorshift64*: the same numbers in every run. */
static inline uint64_t random_next(uint64_t *state) {
  *state ^= *state >> 12;
  *state ^= *state << 25;
  *state ^= *state >> 27;
  return *state * UINT64_C(0x2545f4914f6cdd1d) >> 16;
}

static inline uint32_t random_below(uint64_t *state, uint32_t limit) {
  return (uint32_t)(random_next(state) % limit);
}

static inline int new_state(void **state) {
  *state = luaL_newstate();
  return *state == NULL;
}

static inline int close_state(void **state) {
  lua_close(*state);
  return 0;
}

#endif

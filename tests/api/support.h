/* What the tests of the C API share. They use public headers only and, but for the parts under RILLE_VERSION or a
 * release number, must pass with stock Lua too: that proves that they expect what stock Lua does. For that,
 *   cc -I/usr/include/lua5.4 tests/api/stack.c -llua5.4 -lcmocka -lpthread
 */
#ifndef TESTS_API_SUPPORT_H
#define TESTS_API_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lua.h"
#include "lauxlib.h"
#include "lualib.h"
#if defined(__has_include)
#if __has_include("rille.h")
#include "rille.h"
#endif
#endif

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define UNDER_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define UNDER_SANITIZER 1
#endif
#endif

/* A test that gets a fresh state with all libraries. */
#define STATE_TEST(function) cmocka_unit_test_setup_teardown(function, new_state, close_state)

static inline int new_state(void **state) {
  lua_State *L = luaL_newstate();
  if (L != NULL) luaL_openlibs(L);
  *state = L;
  return L == NULL;
}

static inline int close_state(void **state) {
  lua_close(*state);
  return 0;
}

/* Runs a chunk that must succeed, leaving `results` values. */
static inline void run_chunk(lua_State *L, const char *source, int results) {
  int status = luaL_loadstring(L, source);
  if (status == LUA_OK) status = lua_pcall(L, 0, results, 0);
  if (status != LUA_OK) fail_msg("status %d: %s", status, lua_tostring(L, -1));
}

/* Pops the string on the top, which must be `expected`. */
static inline void take_string(lua_State *L, const char *expected) {
  assert_int_equal(lua_type(L, -1), LUA_TSTRING);
  assert_string_equal(lua_tostring(L, -1), expected);
  lua_pop(L, 1);
}

static inline void take_integer(lua_State *L, lua_Integer expected) {
  assert_true(lua_isinteger(L, -1));
  assert_int_equal(lua_tointeger(L, -1), expected);
  lua_pop(L, 1);
}

static inline void take_float(lua_State *L, double expected) {
  assert_int_equal(lua_type(L, -1), LUA_TNUMBER);
  assert_false(lua_isinteger(L, -1));
  assert_true(lua_tonumber(L, -1) == expected);
  lua_pop(L, 1);
}

static inline void take_nil(lua_State *L) {
  assert_int_equal(lua_type(L, -1), LUA_TNIL);
  lua_pop(L, 1);
}

static inline void expect_top(lua_State *L, int expected) {
  assert_int_equal(lua_gettop(L), expected);
}

/* Calls `function` with no arguments; it must raise `expected`. */
static inline void expect_raise(lua_State *L, lua_CFunction function, const char *expected) {
  int top = lua_gettop(L);
  lua_pushcfunction(L, function);
  assert_int_equal(lua_pcall(L, 0, 0, 0), LUA_ERRRUN);
  take_string(L, expected);
  expect_top(L, top);
}

/* Runs a chunk that must raise `expected`, at load or when it runs. */
static inline void expect_chunk_raise(lua_State *L, const char *source, const char *expected) {
  int status = luaL_loadbuffer(L, source, strlen(source), "=chunk");
  if (status == LUA_OK) status = lua_pcall(L, 0, 0, 0);
  assert_int_not_equal(status, LUA_OK);
  take_string(L, expected);
}

/* ---- a hostile allocator ----
 *
 * Every block stands between two guards and carries its size. Each request is checked: the old size that Lua gives, or
 * the kind of object for a new block; freed and cut-off bytes are poisoned; a block moves whenever its size changes, so
 * that nobody lives on an old address. It can refuse: the `fail_at`-th request for more memory (1 is the next), and
 * with `fail_on` all that follow. As the manual says, shrinking never fails. */

typedef struct Hostile {
  size_t held;   /* bytes in use */
  long blocks;   /* blocks in use */
  long requests; /* for more memory */
  long fail_at;  /* 0: never */
  int fail_on;
  long failures;
  long kinds[LUA_NUMTYPES]; /* new blocks by the type that they are asked for; 0 is "something else" */
  const char *wrong;        /* the first violation */
} Hostile;

typedef struct HostileHead {
  size_t size;
  unsigned char guard[24];
} HostileHead;

enum { HOSTILE_GUARD = 0x5a, HOSTILE_POISON = 0xdb, HOSTILE_FRESH = 0xcd, HOSTILE_TAIL = 16 };

static inline void hostile_blame(Hostile *self, const char *what) {
  if (self->wrong == NULL) self->wrong = what;
}

static inline int hostile_is_filled(const unsigned char *bytes, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (bytes[i] != HOSTILE_GUARD) return 0;
  return 1;
}

static inline void hostile_check(Hostile *self, void *block, size_t old_size) {
  HostileHead *head = (HostileHead *)block - 1;
  if (head->size != old_size) hostile_blame(self, "old size is wrong");
  if (!hostile_is_filled(head->guard, sizeof head->guard)) hostile_blame(self, "bytes before a block were written");
  if (!hostile_is_filled((unsigned char *)block + head->size, HOSTILE_TAIL))
    hostile_blame(self, "bytes behind a block were written");
}

static inline void *hostile_take(Hostile *self, size_t size) {
  HostileHead *head = malloc(sizeof *head + size + HOSTILE_TAIL);
  if (head == NULL) return NULL;
  head->size = size;
  memset(head->guard, HOSTILE_GUARD, sizeof head->guard);
  memset(head + 1, HOSTILE_FRESH, size);
  memset((char *)(head + 1) + size, HOSTILE_GUARD, HOSTILE_TAIL);
  self->held += size;
  self->blocks++;
  return head + 1;
}

static inline void hostile_give_back(Hostile *self, void *block) {
  HostileHead *head = (HostileHead *)block - 1;
  size_t size = head->size;
  self->held -= size;
  self->blocks--;
  memset(head, HOSTILE_POISON, sizeof *head + size + HOSTILE_TAIL);
  free(head);
}

static inline int hostile_refuses(Hostile *self) {
  self->requests++;
  if (self->fail_at == 0) return 0;
  if (self->fail_at > 1) {
    self->fail_at--;
    return 0;
  }
  if (!self->fail_on) self->fail_at = 0;
  self->failures++;
  return 1;
}

static inline void *hostile_allocate(void *data, void *block, size_t old_size, size_t new_size) {
  Hostile *self = data;
  if (block == NULL) {
    if (new_size == 0) return NULL;
    if (old_size < LUA_NUMTYPES) self->kinds[old_size]++;
    if (old_size >= LUA_NUMTYPES || old_size == LUA_TBOOLEAN || old_size == LUA_TLIGHTUSERDATA ||
        old_size == LUA_TNUMBER)
      self->kinds[0]++; /* "when osize is some other value, Lua is allocating memory for something else" */
    return hostile_refuses(self) ? NULL : hostile_take(self, new_size);
  }
  hostile_check(self, block, old_size);
  if (new_size == 0) {
    hostile_give_back(self, block);
    return NULL;
  }
  if (new_size > old_size && hostile_refuses(self)) return NULL;
  void *moved = hostile_take(self, new_size);
  if (moved == NULL) return NULL;
  memcpy(moved, block, old_size < new_size ? old_size : new_size);
  hostile_give_back(self, block);
  return moved;
}

static inline void hostile_expect_clean(const Hostile *self) {
  if (self->wrong != NULL) fail_msg("allocator: %s", self->wrong);
}

/* After lua_close. */
static inline void hostile_expect_empty(const Hostile *self) {
  hostile_expect_clean(self);
  assert_int_equal(self->blocks, 0);
  assert_int_equal(self->held, 0);
}

#endif

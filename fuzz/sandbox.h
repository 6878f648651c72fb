/* A state in which code of unknown origin may run: it cannot reach the system, and it ends. Shared by the fuzzers and
 * by tests/api/mutants.c; public headers only.
 *
 * What ends it: a count hook takes steps from a budget; the allocator refuses what is above a cap of bytes held, and
 * everything once a cap of bytes asked for in total is used up. Library functions that can work for long without either
 * (a pattern that backtracks, table.move over a range of 2^60, collectgarbage, a finalizer, in which hooks are off) are
 * replaced by doors that check what they are asked for and then call the real function. */
#ifndef FUZZ_SANDBOX_H
#define FUZZ_SANDBOX_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lua.h"
#include "lauxlib.h"
#include "lualib.h"

enum { SANDBOX_HOOK_INTERVAL = 50, SANDBOX_STEPS = 20000, SANDBOX_COLLECTION_PRICE = 2000 };
#define SANDBOX_HELD           ((size_t)64 << 20)
#define SANDBOX_HELD_BY_CHECKS ((size_t)2 << 20)
#define SANDBOX_ASKED          ((size_t)512 << 20)

typedef struct Sandbox {
  lua_State *L;
  size_t cap;   /* bytes that may be in use */
  size_t held;  /* bytes in use */
  size_t asked; /* bytes asked for since the budget was filled */
  long steps;   /* left in the budget */
} Sandbox;

/* Says what is wrong and ends the program in a way that fuzzers and sanitizers notice. */
static inline void sandbox_blame(const char *what, const char *detail) {
  fprintf(stderr, "WRONG: %s: %s\n", what, detail != NULL ? detail : "");
  abort();
}

static inline void *sandbox_allocate(void *data, void *block, size_t old_size, size_t new_size) {
  Sandbox *self = data;
  if (block == NULL) old_size = 0;
  if (new_size == 0) {
    free(block);
    self->held -= old_size;
    return NULL;
  }
  if (new_size > old_size) {
    size_t more = new_size - old_size;
    if (self->held + more > self->cap || self->asked > SANDBOX_ASKED) {
      self->steps -= SANDBOX_COLLECTION_PRICE; /* Lua collects, and asks again */
      return NULL;
    }
    self->asked += more;
  }
  void *moved = realloc(block, new_size);
  if (moved == NULL) return new_size <= old_size ? block : NULL;
  self->held += new_size - old_size;
  return moved;
}

static inline Sandbox *sandbox_of(lua_State *L) {
  void *data;
  lua_getallocf(L, &data);
  return data;
}

/* Once the budget is used up every instruction raises, so that no loop around a pcall goes on. */
static inline void sandbox_hook(lua_State *L, lua_Debug *event) {
  Sandbox *self = sandbox_of(L);
  (void)event;
  self->steps -= SANDBOX_HOOK_INTERVAL;
  if (self->steps > 0) return;
  lua_sethook(L, sandbox_hook, LUA_MASKCOUNT, 1);
  luaL_error(L, "out of steps");
}

/* Fills the budget; to be called before each run. */
static inline void sandbox_refill(Sandbox *self) {
  self->steps = SANDBOX_STEPS;
  self->asked = 0;
  lua_sethook(self->L, sandbox_hook, LUA_MASKCOUNT, SANDBOX_HOOK_INTERVAL);
}

/* ---- doors ---- */

static inline int sandbox_silent(lua_State *L) {
  int count = lua_gettop(L);
  for (int i = 1; i <= count; i++) {
    luaL_tolstring(L, i, NULL);
    lua_pop(L, 1);
  }
  return 0;
}

/* Calls the real function, which is the door's upvalue, with the same arguments. */
static inline int sandbox_pass(lua_State *L) {
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  return lua_gettop(L);
}

/* Backtracking tries, at worst, every way to share the subject among the pattern's quantifiers, from every start. */
static inline int sandbox_pattern_is_costly(const char *pattern, size_t length, size_t subject) {
  double cost = (double)subject + 1;
  int quantifiers = 0;
  for (size_t i = 0; i < length; i++) {
    if (pattern[i] == '?') cost *= 2;
    if (pattern[i] != '*' && pattern[i] != '+' && pattern[i] != '-') continue;
    quantifiers++;
    cost *= ((double)subject + quantifiers) / quantifiers;
  }
  return cost > 3e6;
}

static inline int sandbox_match(lua_State *L) {
  size_t subject, length;
  const char *pattern = lua_tolstring(L, 2, &length);
  if (lua_tolstring(L, 1, &subject) != NULL && pattern != NULL && sandbox_pattern_is_costly(pattern, length, subject))
    return luaL_error(L, "pattern too costly");
  return sandbox_pass(L);
}

static inline int sandbox_move(lua_State *L) {
  lua_Integer first = luaL_checkinteger(L, 2);
  lua_Integer last = luaL_checkinteger(L, 3);
  if (last > first && (lua_Unsigned)last - (lua_Unsigned)first > 1000) return luaL_error(L, "too much to move");
  return sandbox_pass(L);
}

/* Functions that believe the length that a __len metamethod tells. */
static inline int sandbox_with_length(lua_State *L) {
  lua_settop(L, lua_gettop(L) < 1 ? 1 : lua_gettop(L));
  if (luaL_getmetafield(L, 1, "__len") != LUA_TNIL) return luaL_error(L, "a length of its own");
  return sandbox_pass(L);
}

static inline int sandbox_collect(lua_State *L) {
  sandbox_of(L)->steps -= SANDBOX_COLLECTION_PRICE;
  return sandbox_pass(L);
}

static inline int sandbox_setmetatable(lua_State *L) {
  if (lua_istable(L, 2)) {
    lua_pushliteral(L, "__gc");
    if (lua_rawget(L, 2) != LUA_TNIL) return luaL_error(L, "no finalizers");
    lua_pop(L, 1);
  }
  return sandbox_pass(L);
}

/* While the hook raises its error hooks are off, and the message handler runs in the hook. So none runs then. */
static inline int sandbox_handler(lua_State *L) {
  if (sandbox_of(L)->steps <= 0) return 1;
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, 1);
  return 1;
}

static inline int sandbox_wrap_handler(lua_State *L) {
  lua_settop(L, 1);
  lua_pushcclosure(L, sandbox_handler, 1);
  return 1;
}

static const char sandbox_xpcall[] = "local wrap, call = ...\n"
                                     "function xpcall(f, handler, ...) return call(f, wrap(handler), ...) end\n";

static inline void sandbox_door(lua_State *L, const char *name, lua_CFunction door) {
  lua_getfield(L, -1, name);
  lua_pushcclosure(L, door, 1);
  lua_setfield(L, -2, name);
}

static inline int sandbox_open(lua_State *L) {
  static const luaL_Reg libraries[] = {{LUA_GNAME, luaopen_base},          {LUA_STRLIBNAME, luaopen_string},
                                       {LUA_TABLIBNAME, luaopen_table},    {LUA_MATHLIBNAME, luaopen_math},
                                       {LUA_COLIBNAME, luaopen_coroutine}, {LUA_UTF8LIBNAME, luaopen_utf8}};
  static const char *const matchers[] = {"find", "match", "gmatch", "gsub"};
  static const char *const measurers[] = {"concat", "insert", "remove", "sort", "unpack"};
  for (size_t i = 0; i < sizeof libraries / sizeof libraries[0]; i++) {
    luaL_requiref(L, libraries[i].name, libraries[i].func, 1);
    lua_pop(L, 1);
  }
  lua_pushglobaltable(L);
  lua_pushcfunction(L, sandbox_silent);
  lua_setfield(L, -2, "print");
  lua_pushnil(L);
  lua_setfield(L, -2, "dofile");
  lua_pushnil(L);
  lua_setfield(L, -2, "loadfile");
  sandbox_door(L, "collectgarbage", sandbox_collect);
  sandbox_door(L, "setmetatable", sandbox_setmetatable);
  if (luaL_loadstring(L, sandbox_xpcall) != LUA_OK) lua_error(L);
  lua_pushcfunction(L, sandbox_wrap_handler);
  lua_getfield(L, -3, "xpcall");
  lua_call(L, 2, 0);
  lua_getfield(L, -1, LUA_STRLIBNAME);
  for (size_t i = 0; i < sizeof matchers / sizeof matchers[0]; i++) sandbox_door(L, matchers[i], sandbox_match);
  lua_pop(L, 1);
  lua_getfield(L, -1, LUA_TABLIBNAME);
  for (size_t i = 0; i < sizeof measurers / sizeof measurers[0]; i++)
    sandbox_door(L, measurers[i], sandbox_with_length);
  sandbox_door(L, "move", sandbox_move);
  lua_pop(L, 1);
  lua_getfield(L, -1, LUA_MATHLIBNAME); /* the same numbers in every run */
  lua_getfield(L, -1, "randomseed");
  lua_pushinteger(L, 42);
  lua_call(L, 1, 0);
  return 0;
}

/* A new state with the safe libraries and doors; `self` must stay where it is until sandbox_close. */
static inline lua_State *sandbox_new(Sandbox *self) {
  memset(self, 0, sizeof *self);
  self->cap = SANDBOX_HELD;
  self->L = lua_newstate(sandbox_allocate, self);
  if (self->L == NULL) sandbox_blame("no state", NULL);
  sandbox_refill(self);
  lua_pushcfunction(self->L, sandbox_open);
  if (lua_pcall(self->L, 0, 0, 0) != LUA_OK) sandbox_blame("libraries", lua_tostring(self->L, -1));
  sandbox_refill(self);
  return self->L;
}

/* Closes the state; every byte must have come back. */
static inline void sandbox_close(Sandbox *self) {
  sandbox_refill(self);
  lua_close(self->L);
  if (self->held != 0) sandbox_blame("memory that was not given back", NULL);
}

/* Calls the function on top of the stack with `arguments` (below which it lies) within the budget, drops the results.
 */
static inline void sandbox_run(Sandbox *self, int arguments) {
  int base = lua_gettop(self->L) - arguments;
  sandbox_refill(self);
  lua_pcall(self->L, arguments, LUA_MULTRET, 0);
  lua_settop(self->L, base - 1);
}

/* ---- scripts that check ---- */

/* Keeps the function that `script` returns in the registry and returns its reference: it will be called with strings
 * and returns nothing, or what is wrong. */
static inline int sandbox_script(Sandbox *self, const char *script) {
  lua_State *L = self->L;
  if (luaL_loadbuffer(L, script, strlen(script), "=check") != LUA_OK || lua_pcall(L, 0, 1, 0) != LUA_OK)
    sandbox_blame("check script", lua_tostring(L, -1));
  return luaL_ref(L, LUA_REGISTRYINDEX);
}

/* Running out of memory or steps is nobody's fault; a check may have caught that and passed it on. */
static inline int sandbox_is_excused(lua_State *L, int status) {
  const char *message = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
  return status == LUA_ERRMEM || strstr(message, "not enough memory") != NULL ||
         strstr(message, "out of steps") != NULL;
}

/* Calls a check whose `arguments` are on the stack. */
static inline void sandbox_check(Sandbox *self, int check, int arguments) {
  lua_State *L = self->L;
  lua_rawgeti(L, LUA_REGISTRYINDEX, check);
  lua_insert(L, -arguments - 1);
  sandbox_refill(self);
  int status = lua_pcall(L, arguments, 1, 0);
  if ((status != LUA_OK || !lua_isnil(L, -1)) && !sandbox_is_excused(L, status))
    sandbox_blame("check", luaL_tolstring(L, -1, NULL));
  lua_settop(L, 0);
}

/* The sandbox that an input works in, made anew every few thousand inputs so that nothing piles up. */
static inline void sandbox_renew(Sandbox *self, const char *script, int *check, long *inputs) {
  if (++*inputs % 5000 != 0 && self->L != NULL) return;
  if (self->L != NULL) sandbox_close(self);
  sandbox_new(self);
  self->cap = SANDBOX_HELD_BY_CHECKS;
  *check = sandbox_script(self, script);
}

#endif

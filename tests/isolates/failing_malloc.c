/* Every request of the library itself for memory (messages, channels, frozen values lie outside of every state) fails
 * once: a program runs again and again, each time with another request refused. The error is a memory error; nothing
 * that was to be sent is lost; nothing leaks (AddressSanitizer watches). Linked with --wrap for malloc, calloc,
 * realloc, strdup. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lauxlib.h"
#include "lua.h"
#include "lualib.h"
#include "rille.h"

static long requests, fail_at;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
char *__real_strdup(const char *text);

static int refuses(void) {
  return ++requests == fail_at;
}
void *__wrap_malloc(size_t size) {
  return refuses() ? NULL : __real_malloc(size);
}
void *__wrap_calloc(size_t count, size_t size) {
  return refuses() ? NULL : __real_calloc(count, size);
}
void *__wrap_realloc(void *block, size_t size) {
  return refuses() ? NULL : __real_realloc(block, size);
}
char *__wrap_strdup(const char *text) {
  return refuses() ? NULL : __real_strdup(text);
}

/* The states' own memory never fails here. */
static void *allocate(void *data, void *block, size_t old_size, size_t new_size) {
  (void)data;
  (void)old_size;
  if (new_size != 0) return __real_realloc(block, new_size);
  free(block);
  return NULL;
}

static const char program[] =
  "local channel, isolate, buffer = require 'rille.channel', require 'rille.isolate', require 'rille.buffer'\n"
  "local here = channel.new(10)\n"
  "bytes = buffer.new('kept')\n"
  "bytes:append(('x'):rep(100))\n"
  "local list = {}\n"
  "for i = 1, 40 do list[i] = {id = i, text = ('long'):rep(20)} end\n"
  "list.self, list.large, list.f = list, ('l'):rep(20000), function(x) return x + 1 end\n"
  "assert(here:send(list, bytes, here))\n"
  "local copy, moved, same = here:receive()\n"
  "assert(copy.self == copy and copy[40].id == 40 and copy.f(1) == 2 and same == here and #copy.large == 20000)\n"
  "bytes = moved\n"
  "assert(select(2, channel.select({{here, bytes}, {channel.new(0), bytes}}, 0)) == true)\n"
  "bytes = here:receive()\n"
  "local t = isolate.publish('name', {a = {1, 2, 3}, b = ('b'):rep(50), f = list.f, l = ('l'):rep(20000)})\n"
  "assert(isolate.published('name').a[2] == 2 and t.f(2) == 3 and #t.l == 20000)\n"
  "assert(channel.open('named', 1):try_send(t) and channel.open('named'):receive() == t)\n";

static const char check[] = "assert(bytes == nil or bytes:sub(1, 4) == 'kept' or #bytes == 0) collectgarbage()";

/* Returns whether the k-th request was made at all. */
static int attempt(long k) {
  lua_State *L = lua_newstate(allocate, NULL);
  luaL_openlibs(L);
  if (luaL_loadstring(L, program) != LUA_OK) abort();
  requests = 0;
  fail_at = k;
  int status = lua_pcall(L, 0, 0, 0);
  int was_made = requests >= k;
  fail_at = 0;
  const char *message = status == LUA_OK ? "" : lua_tostring(L, -1);
  if (status != LUA_OK && strstr(message, "not enough memory") == NULL) {
    printf("request %ld: %s\n", k, message);
    exit(EXIT_FAILURE);
  }
  if (status == LUA_OK && was_made) {
    printf("request %ld was refused, and nobody noticed\n", k);
    exit(EXIT_FAILURE);
  }
  if (luaL_dostring(L, check) != LUA_OK) {
    printf("request %ld: afterwards: %s\n", k, lua_tostring(L, -1));
    exit(EXIT_FAILURE);
  }
  lua_close(L);
  return was_made;
}

int main(void) {
  long k = 1;
  while (attempt(k)) k++;
  printf("%ld requests refused, one after the other\n", k - 1);
  return k > 30 ? EXIT_SUCCESS : EXIT_FAILURE;
}

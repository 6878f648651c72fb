/* What is sent without a copy: every request for a large block is counted, by the library outside of the states (linked
 * with --wrap for malloc, calloc and realloc) and by the state that sends to itself. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lauxlib.h"
#include "lua.h"
#include "lualib.h"

#define LARGE 60000 /* bytes; what is sent has 100,000 */

static long large_requests;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);

static size_t counted(size_t size) {
  if (size >= LARGE) large_requests++;
  return size;
}
void *__wrap_malloc(size_t size) {
  return __real_malloc(counted(size));
}
void *__wrap_calloc(size_t count, size_t size) {
  counted(count * size);
  return __real_calloc(count, size);
}
void *__wrap_realloc(void *block, size_t size) {
  return __real_realloc(block, counted(size));
}

static void *allocate(void *data, void *block, size_t old_size, size_t new_size) {
  (void)data;
  (void)old_size;
  if (new_size != 0) return __real_realloc(block, counted(new_size));
  free(block);
  return NULL;
}

static const char preparation[] =
  "channel, buffer, isolate = require 'rille.channel', require 'rille.buffer', require 'rille.isolate'\n"
  "line = channel.new(2)\n"
  "function pass(value) assert(line:send(value)) return (line:receive()) end\n"
  "text = ('x'):rep(100000)\n"
  "bytes = buffer.new(100000)\n"
  "fixed = buffer.new(100000):freeze()\n"
  "isolate.publish('value', {text = ('p'):rep(100000)})\n";

static const struct {
  const char *what, *program;
  long wanted;
} cases[] = {
  {"an ordinary string, ten times", "for _ = 1, 10 do got = pass(text) assert(got == text) end", 1},
  {"what was received", "for _ = 1, 10 do got = pass(got) end", 0},
  {"the same in tables", "for _ = 1, 10 do got = pass({text, {got}})[2][1] end", 0},
  {"the first one, when no copy is around any more", "got = nil collectgarbage() assert(pass(text) == text)", 0},
  {"a buffer", "for _ = 1, 10 do bytes = pass(bytes) end assert(#bytes == 100000)", 0},
  {"a frozen buffer, and its string", "for _ = 1, 10 do got = pass(pass(fixed):string()) end assert(#got == 100000)",
   0},
  {"what is published", "for _ = 1, 10 do got = pass(isolate.published('value').text) end assert(#got == 100000)", 0},
  {"another string", "another = ('y'):rep(100000) pass(another)", 2}, /* its own bytes are one */
};

int main(void) {
  int failures = 0;
  lua_State *L = lua_newstate(allocate, NULL);
  luaL_openlibs(L);
  if (luaL_dostring(L, preparation) != LUA_OK) {
    printf("%s\n", lua_tostring(L, -1));
    return EXIT_FAILURE;
  }
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    if (luaL_loadstring(L, cases[i].program) != LUA_OK) abort();
    large_requests = 0;
    int status = lua_pcall(L, 0, 0, 0);
    printf("%s: %ld copies\n", cases[i].what, large_requests);
    if (status != LUA_OK) printf("%s\n", lua_tostring(L, -1));
    if (status != LUA_OK || large_requests != cases[i].wanted) failures++;
  }
  lua_close(L);
  return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

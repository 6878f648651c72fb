/* Messages from a network: whatever the bytes are, reading them gives values or an error. */
#include <stdlib.h>
#include <string.h>

#include "ext/context.h"
#include "ext/message.h"
#include "lauxlib.h"
#include "lualib.h"

static int read_message(lua_State *L) {
  const Message *message = lua_touserdata(L, 1);
  rl_context_of(L);
  int count = rl_message_decode(L, message);
  if (count < 0) return lua_error(L);
  return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  /* The prefix is right: what stands behind it matters. */
  unsigned char bytes[4096] = {'R', 'l', 'm', 1, 2, 0, 0, 0};
  bool is_known;
  if (size > sizeof bytes - MESSAGE_PREFIX_SIZE) return 0;
  if (size > 0) memcpy(bytes + MESSAGE_PREFIX_SIZE, data, size);
  Message *message = rl_message_unflatten(bytes, size + MESSAGE_PREFIX_SIZE, &is_known);
  if (message == NULL) return 0;
  lua_State *L = luaL_newstate();
  lua_pushcfunction(L, read_message);
  lua_pushlightuserdata(L, message);
  lua_pcall(L, 1, LUA_MULTRET, 0);
  lua_gc(L, LUA_GCCOLLECT);
  lua_close(L);
  rl_message_free(message);
  return 0;
}

/* Source text: loads it; what compiles is dumped, loaded again and listed, and run within a budget. */
#include "rille.h"
#include "sandbox.h"

static FILE *nowhere;

typedef struct Bytes {
  char *data;
  size_t size, room;
} Bytes;

static int collect(lua_State *L, const void *piece, size_t size, void *data) {
  Bytes *bytes = data;
  (void)L;
  if (bytes->size + size > bytes->room) {
    bytes->room = 2 * (bytes->size + size);
    bytes->data = realloc(bytes->data, bytes->room);
  }
  memcpy(bytes->data + bytes->size, piece, size);
  bytes->size += size;
  return 0;
}

/* The function on top again from its own dump; that one's dump must be the same. */
static void undump(lua_State *L, int strip) {
  Bytes first = {0}, second = {0};
  if (lua_dump(L, collect, &first, strip) != 0) sandbox_blame("dump", "writer's status");
  int status = luaL_loadbufferx(L, first.data, first.size, "=dumped", "b");
  if (status != LUA_OK && status != LUA_ERRMEM) sandbox_blame("undump of a dump", lua_tostring(L, -1));
  if (status == LUA_OK) {
    rille_list(L, nowhere);
    lua_dump(L, collect, &second, strip);
    if (first.size != second.size || memcmp(first.data, second.data, first.size) != 0)
      sandbox_blame("dump of an undump", "differs");
  }
  free(first.data);
  free(second.data);
  lua_pop(L, 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Sandbox sandbox;
  lua_State *L = sandbox_new(&sandbox);
  if (nowhere == NULL) nowhere = fopen("/dev/null", "w");
  if (luaL_loadbufferx(L, (const char *)data, size, "=input", "t") == LUA_OK) {
    undump(L, 0);
    undump(L, 1);
    rille_list(L, nowhere);
    sandbox_run(&sandbox, 0);
  } else if (lua_type(L, -1) != LUA_TSTRING) {
    sandbox_blame("load", "error value is no string");
  }
  sandbox_close(&sandbox);
  return 0;
}

/* `load`, `loadfile`, `dofile`: from text or binary chunks to functions. */
#include "stdlib/base.h"

#include "lauxlib.h"
#include "vm/work.h"

/* The slot in which a reader function's last piece is kept alive: above the four arguments of `load`. */
enum { PIECE_SLOT = 5 };

/* Results of loading: the function, with the value at `environment` (0: none) as its first upvalue; or fail and the
 * message. */
static int finish_load(lua_State *L, int status, int environment) {
  if (luai_unlikely(status != LUA_OK)) {
    luaL_pushfail(L);
    lua_insert(L, -2);
    return 2;
  }
  if (environment != 0) {
    lua_pushvalue(L, environment);
    if (lua_setupvalue(L, -2, 1) == NULL) lua_pop(L, 1); /* the chunk has no upvalue */
  }
  return 1;
}

/* lua_Reader that calls the Lua function in slot 1 for the next piece. */
static const char *read_by_function(lua_State *L, void *unused, size_t *size) {
  (void)unused;
  luaL_checkstack(L, 2, "too many nested functions");
  lua_pushvalue(L, 1);
  lua_call(L, 0, 1);
  if (lua_isnil(L, -1)) {
    lua_pop(L, 1);
    *size = 0;
    return NULL;
  }
  if (luai_unlikely(!lua_isstring(L, -1))) luaL_error(L, "reader function must return a string");
  lua_replace(L, PIECE_SLOT);
  return lua_tolstring(L, PIECE_SLOT, size);
}

#define READ_AT_ONCE ((size_t)1 << 16) /* bytes between two looks at interrupts */

typedef struct Text {
  const char *next;
  size_t left;
} Text;

/* lua_Reader of a string, piece by piece. */
static const char *read_text(lua_State *L, void *data, size_t *size) {
  Text *text = data;
  const char *piece = text->next;
  *size = text->left < READ_AT_ONCE ? text->left : READ_AT_ONCE;
  text->next += *size;
  text->left -= *size;
  rl_work(L, 1);
  return piece;
}

int rl_base_load(lua_State *L) {
  size_t size;
  const char *text = lua_tolstring(L, 1, &size);
  const char *mode = luaL_optstring(L, 3, "bt");
  int environment = lua_isnone(L, 4) ? 0 : 4;
  int status;
  if (text != NULL) {
    Text source = {text, size};
    rl_work_on_bytes(L, size * 8);
    status = lua_load(L, read_text, &source, luaL_optstring(L, 2, text), mode);
  } else {
    const char *name = luaL_optstring(L, 2, "=(load)");
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_settop(L, PIECE_SLOT);
    status = lua_load(L, read_by_function, NULL, name, mode);
  }
  return finish_load(L, status, environment);
}

int rl_base_loadfile(lua_State *L) {
  const char *filename = luaL_optstring(L, 1, NULL);
  const char *mode = luaL_optstring(L, 2, NULL);
  int environment = lua_isnone(L, 3) ? 0 : 3;
  return finish_load(L, luaL_loadfilex(L, filename, mode), environment);
}

/* Everything above the file name is a result. */
static int finish_dofile(lua_State *L, int status, lua_KContext unused) {
  (void)status;
  (void)unused;
  return lua_gettop(L) - 1;
}

int rl_base_dofile(lua_State *L) {
  const char *filename = luaL_optstring(L, 1, NULL);
  lua_settop(L, 1);
  if (luai_unlikely(luaL_loadfile(L, filename) != LUA_OK)) return lua_error(L);
  lua_callk(L, 0, LUA_MULTRET, 0, finish_dofile);
  return finish_dofile(L, LUA_OK, 0);
}

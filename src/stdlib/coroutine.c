/* The coroutine library (manual 6.2), except the transfers of control. */
#include "stdlib/coroutine.h"

#include "direct/library_table.h"
#include "lauxlib.h"
#include "lualib.h"

typedef enum CoroutineState { RUNNING, DEAD, SUSPENDED, NORMAL } CoroutineState;

static const char *const state_names[] = {
  [RUNNING] = "running", [DEAD] = "dead", [SUSPENDED] = "suspended", [NORMAL] = "normal"};

static lua_State *check_coroutine(lua_State *L) {
  lua_State *coroutine = lua_tothread(L, 1);
  luaL_argexpected(L, coroutine != NULL, 1, "thread");
  return coroutine;
}

/* What `coroutine` is doing as seen from `L`, which is running. One that is neither suspended by a yield nor broken has
 * something active (it resumed somebody), or has its function still to start, or has come to its end. */
static CoroutineState state_of(lua_State *L, lua_State *coroutine) {
  if (L == coroutine) return RUNNING;
  int status = lua_status(coroutine);
  if (status == LUA_YIELD) return SUSPENDED;
  if (status != LUA_OK) return DEAD;
  lua_Debug activation;
  if (lua_getstack(coroutine, 0, &activation)) return NORMAL;
  return lua_gettop(coroutine) > 0 ? SUSPENDED : DEAD;
}

int rl_library_create(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_State *coroutine = lua_newthread(L);
  lua_pushvalue(L, 1);
  lua_xmove(L, coroutine, 1);
  return 1;
}

static int status(lua_State *L) {
  lua_pushstring(L, state_names[state_of(L, check_coroutine(L))]);
  return 1;
}

static int is_yieldable(lua_State *L) {
  lua_State *coroutine = lua_isnone(L, 1) ? L : check_coroutine(L);
  lua_pushboolean(L, lua_isyieldable(coroutine));
  return 1;
}

static int running(lua_State *L) {
  int is_main = lua_pushthread(L);
  lua_pushboolean(L, is_main);
  return 2;
}

static int close_coroutine(lua_State *L) {
  lua_State *coroutine = check_coroutine(L);
  CoroutineState state = state_of(L, coroutine);
  if (state != DEAD && state != SUSPENDED) return luaL_error(L, "cannot close a %s coroutine", state_names[state]);
  if (lua_closethread(coroutine, L) == LUA_OK) {
    lua_pushboolean(L, 1);
    return 1;
  }
  lua_pushboolean(L, 0);
  lua_xmove(coroutine, L, 1);
  return 2;
}

static const luaL_Reg functions[] = {
  {"close", close_coroutine},    {"create", rl_library_create}, {"isyieldable", is_yieldable},
  {"resume", rl_library_resume}, {"running", running},          {"status", status},
  {"wrap", rl_library_wrap},     {"yield", rl_library_yield},   {NULL, NULL}};

/* Pushes the library's table. */
LUAMOD_API int luaopen_coroutine(lua_State *L) {
  static const Library library = LIBRARY_OF(functions, NULL, 0);
  rl_library_push(L, &library, NULL, 0);
  return 1;
}

/* lua_host malloc|arena SCRIPT [ARGUMENT]...: a host of stock Lua whose state takes its memory from malloc, as most hosts have it, or
 * from a private arena of its own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lua.h"
#include "lauxlib.h"
#include "lualib.h"

#include "rille_arena.h"

static void *from_malloc(void *data, void *block, size_t old_size, size_t new_size) {
  (void)data;
  (void)old_size;
  if (new_size != 0) return realloc(block, new_size);
  free(block);
  return NULL;
}

static int run(lua_State *L, int argc, char **argv) {
  luaL_openlibs(L);
  lua_createtable(L, argc, 0);
  for (int i = 0; i < argc; i++) {
    lua_pushstring(L, argv[i]);
    lua_rawseti(L, -2, i);
  }
  lua_setglobal(L, "arg");
  if (luaL_dofile(L, argv[0]) == LUA_OK) return 0;
  fprintf(stderr, "%s\n", lua_tostring(L, -1));
  return 1;
}

static int with(lua_Alloc allocate, void *data, int argc, char **argv) {
  lua_State *L = lua_newstate(allocate, data);
  if (L == NULL) return 1;
  int status = run(L, argc, argv);
  lua_close(L);
  return status;
}

int main(int argc, char **argv) {
  if (argc >= 3 && strcmp(argv[1], "malloc") == 0) return with(from_malloc, NULL, argc - 2, argv + 2);
  if (argc >= 3 && strcmp(argv[1], "arena") == 0) {
    rille_arena *arena = rille_arena_create(NULL);
    if (arena == NULL) return 1;
    int status = with(rille_arena_lua_alloc, arena, argc - 2, argv + 2);
    rille_arena_destroy(arena);
    return status;
  }
  fputs("usage: lua_host malloc|arena SCRIPT [ARGUMENT]...\n", stderr);
  return 2;
}

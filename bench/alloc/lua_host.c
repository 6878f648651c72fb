/* lua_host malloc|arena|lists SCRIPT [ARGUMENT]...: a host of stock Lua whose state takes its memory from malloc, as most hosts have it,
 * or from a private arena of its own; or, as a yardstick, from the least that an allocator can do: a list of free blocks for each size
 * up to 1 KiB, last in, first out, without any check, and malloc for the rest. */
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

/* ---- lists ---- */

enum { LISTED = 1024, STEP = 16, POOL = 64 << 20 };
typedef struct Lists {
  void *first[LISTED / STEP + 1];
  char *pool, *end; /* not used yet */
} Lists;

static void *take(Lists *lists, size_t size) {
  void **list = &lists->first[(size + STEP - 1) / STEP], *block = *list;
  if (block != NULL) {
    *list = *(void **)block;
    return block;
  }
  size = (size + STEP - 1) / STEP * STEP;
  if ((size_t)(lists->end - lists->pool) < size) {
    if ((lists->pool = malloc(POOL)) == NULL) return NULL;
    lists->end = lists->pool + POOL;
  }
  block = lists->pool;
  lists->pool += size;
  return block;
}

static void give(Lists *lists, void *block, size_t size) {
  void **list = &lists->first[(size + STEP - 1) / STEP];
  *(void **)block = *list;
  *list = block;
}

static void *from_lists(void *data, void *block, size_t old_size, size_t new_size) {
  if (block == NULL) return new_size == 0 ? NULL : new_size <= LISTED ? take(data, new_size) : malloc(new_size);
  if (new_size == 0) {
    if (old_size <= LISTED)
      give(data, block, old_size);
    else
      free(block);
    return NULL;
  }
  if (old_size > LISTED && new_size > LISTED) return realloc(block, new_size);
  if ((old_size + STEP - 1) / STEP == (new_size + STEP - 1) / STEP) return block;
  void *moved = from_lists(data, NULL, 0, new_size);
  if (moved == NULL) return NULL;
  memcpy(moved, block, old_size < new_size ? old_size : new_size);
  from_lists(data, block, old_size, 0);
  return moved;
}

/* ---- the host ---- */

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
  static Lists lists;
  if (argc >= 3 && strcmp(argv[1], "lists") == 0) return with(from_lists, &lists, argc - 2, argv + 2);
  fputs("usage: lua_host malloc|arena|lists SCRIPT [ARGUMENT]...\n", stderr);
  return 2;
}

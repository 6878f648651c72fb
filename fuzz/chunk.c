/* Binary chunks: whatever the verifier lets through is listed, dumped and run within a budget.
 *
 * The seeds depend on our format, so they are made where they are used:
 *   fuzz_chunk --make-seeds=DIRECTORY FILE.lua ...
 * writes each file, compiled, stripped and not, to DIRECTORY. */
#include "rille.h"
#include "sandbox.h"

static FILE *nowhere;

static int forget(lua_State *L, const void *piece, size_t size, void *data) {
  (void)L, (void)piece;
  *(size_t *)data += size;
  return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Sandbox sandbox;
  size_t dumped = 0;
  lua_State *L = sandbox_new(&sandbox);
  if (nowhere == NULL) nowhere = fopen("/dev/null", "w");
  if (luaL_loadbufferx(L, (const char *)data, size, "=input", "b") == LUA_OK) {
    rille_list(L, nowhere);
    lua_dump(L, forget, &dumped, 0);
    lua_pushinteger(L, 3); /* arguments, in case that it wants some */
    lua_newtable(L);
    lua_pushliteral(L, "argument");
    sandbox_run(&sandbox, 3);
  }
  sandbox_close(&sandbox);
  return 0;
}

/* ---- seeds ---- */

static int write_piece(lua_State *L, const void *piece, size_t size, void *file) {
  (void)L;
  return fwrite(piece, 1, size, file) != size;
}

static void write_seed(lua_State *L, const char *directory, int number, int strip) {
  char path[4096];
  snprintf(path, sizeof path, "%s/seed-%03d%s", directory, number, strip ? "-stripped" : "");
  FILE *file = fopen(path, "wb");
  if (file == NULL || lua_dump(L, write_piece, file, strip) != 0 || fclose(file) != 0) {
    perror(path);
    exit(1);
  }
}

int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv) {
  static const char option[] = "--make-seeds=";
  if (*argc < 2 || strncmp((*argv)[1], option, sizeof option - 1) != 0) return 0;
  lua_State *L = luaL_newstate();
  for (int i = 2; i < *argc; i++) {
    if (luaL_loadfile(L, (*argv)[i]) != LUA_OK) {
      fprintf(stderr, "%s\n", lua_tostring(L, -1));
      exit(1);
    }
    write_seed(L, (*argv)[1] + sizeof option - 1, i - 1, 0);
    write_seed(L, (*argv)[1] + sizeof option - 1, i - 1, 1);
    lua_pop(L, 1);
  }
  lua_close(L);
  exit(0);
}

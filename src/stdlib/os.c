/* The os library (manual 6.9) except dates. */
#include "stdlib/os.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "direct/library_table.h"
#include "lauxlib.h"
#include "lualib.h"

/* ---- time ---- */

static int processor_time(lua_State *L) {
  lua_pushnumber(L, (lua_Number)clock() / (lua_Number)CLOCKS_PER_SEC);
  return 1;
}

static int time_difference(lua_State *L) {
  time_t later = rl_os_check_time(L, 1);
  time_t earlier = rl_os_check_time(L, 2);
  lua_pushnumber(L, difftime(later, earlier));
  return 1;
}

/* ---- files ---- */

static int remove_file(lua_State *L) {
  const char *name = luaL_checkstring(L, 1);
  errno = 0;
  return luaL_fileresult(L, remove(name) == 0, name);
}

static int rename_file(lua_State *L) {
  const char *from = luaL_checkstring(L, 1);
  const char *to = luaL_checkstring(L, 2);
  errno = 0;
  return luaL_fileresult(L, rename(from, to) == 0, NULL);
}

/* The file is made at once, so that nobody else can get the same name. */
static int temporary_name(lua_State *L) {
  char name[] = "/tmp/lua_XXXXXX";
  int descriptor = mkstemp(name);
  if (descriptor == -1) return luaL_error(L, "unable to generate a unique filename");
  close(descriptor);
  lua_pushstring(L, name);
  return 1;
}

/* ---- processes and their surroundings ---- */

static int execute(lua_State *L) {
  const char *command = luaL_optstring(L, 1, NULL);
  errno = 0;
  int status = system(command);
  if (command != NULL) return luaL_execresult(L, status);
  lua_pushboolean(L, status); /* is there a shell? */
  return 1;
}

static int exit_process(lua_State *L) {
  int status;
  if (lua_isboolean(L, 1))
    status = lua_toboolean(L, 1) ? EXIT_SUCCESS : EXIT_FAILURE;
  else
    status = (int)luaL_optinteger(L, 1, EXIT_SUCCESS);
  if (lua_toboolean(L, 2)) lua_close(L);
  exit(status);
}

static int get_environment(lua_State *L) {
  lua_pushstring(L, getenv(luaL_checkstring(L, 1))); /* pushes nil for NULL */
  return 1;
}

static int set_locale(lua_State *L) {
  static const char *const names[] = {"all", "collate", "ctype", "monetary", "numeric", "time", NULL};
  static const int categories[] = {LC_ALL, LC_COLLATE, LC_CTYPE, LC_MONETARY, LC_NUMERIC, LC_TIME};
  const char *locale = luaL_optstring(L, 1, NULL);
  int category = luaL_checkoption(L, 2, "all", names);
  lua_pushstring(L, setlocale(categories[category], locale));
  return 1;
}

static const luaL_Reg functions[] = {
  {"clock", processor_time}, {"date", rl_os_date},        {"difftime", time_difference}, {"execute", execute},
  {"exit", exit_process},    {"getenv", get_environment}, {"remove", remove_file},       {"rename", rename_file},
  {"setlocale", set_locale}, {"time", rl_os_time},        {"tmpname", temporary_name},   {NULL, NULL}};

/* Pushes the library's table. */
LUAMOD_API int luaopen_os(lua_State *L) {
  static const Library library = LIBRARY_OF(functions, NULL, 0);
  rl_library_push(L, &library, NULL, 0);
  return 1;
}

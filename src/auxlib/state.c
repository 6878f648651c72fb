/* New states for hosts: an allocator, last words on a panic, and warnings on standard error.
 *
 * A warning arrives in pieces. The warning function in force encodes where we are: one for "warnings are off", one for
 * "on, a message begins", one for "on, in the middle of a message"; each piece chooses the next. The state itself is
 * the user data, so that a piece can do so. */
#include <stdio.h>

#include "lua.h"

#include "lauxlib.h"

#include "auxlib/allocator.h"

#include <string.h>

static void ignore_warning(void *ud, const char *piece, int more);
static void begin_warning(void *ud, const char *piece, int more);
static void continue_warning(void *ud, const char *piece, int more);

/* Obeys `piece` if it is a control message (a whole message that begins with '@'); unknown ones have no effect. */
static int obeyed_control(lua_State *L, const char *piece, int more) {
  if (more || piece[0] != '@') return 0;
  if (strcmp(piece, "@off") == 0)
    lua_setwarnf(L, ignore_warning, L);
  else if (strcmp(piece, "@on") == 0)
    lua_setwarnf(L, begin_warning, L);
  return 1;
}

static void ignore_warning(void *ud, const char *piece, int more) {
  obeyed_control(ud, piece, more);
}

static void continue_warning(void *ud, const char *piece, int more) {
  lua_writestringerror("%s", piece);
  if (!more) lua_writestringerror("%s", "\n");
  lua_setwarnf(ud, more ? continue_warning : begin_warning, ud);
}

static void begin_warning(void *ud, const char *piece, int more) {
  if (obeyed_control(ud, piece, more)) return;
  lua_writestringerror("%s", "Lua warning: ");
  continue_warning(ud, piece, more);
}

/* The panic function: says what the error was and lets Lua abort. */
static int report_panic(lua_State *L) {
  const char *message = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "error object is not a string";
  lua_writestringerror("PANIC: unprotected error in call to Lua API (%s)\n", message);
  return 0;
}

/* Makes a state with the default allocator, a panic function that prints, and warnings (off at first) on stderr.
 * Returns NULL when there is no memory. The caller closes the state. Manual 5.1. */
LUALIB_API lua_State *luaL_newstate(void) {
  return rl_state_new_in(rl_allocator_open());
}

lua_State *rl_state_new_in(void *memory) {
  lua_State *L = lua_newstate(rl_allocator_begin, memory);
  if (luai_likely(L != NULL)) {
    lua_setallocf(L, rl_allocator_resize, memory);
    lua_atpanic(L, report_panic);
    lua_setwarnf(L, ignore_warning, L);
  }
  return L;
}

/* Raises if the running core is not the one that the calling code was compiled for. Manual 5.1. */
LUALIB_API void luaL_checkversion_(lua_State *L, lua_Number version, size_t number_sizes) {
  lua_Number core = lua_version(L);
  if (number_sizes != LUAL_NUMSIZES)
    luaL_error(L, "core and library have incompatible numeric types");
  else if (core != version)
    luaL_error(L, "version mismatch: app. needs %f, Lua core provides %f", (LUAI_UACNUMBER)version,
               (LUAI_UACNUMBER)core);
}

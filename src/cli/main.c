/* The command `rille`: makes a state, runs the command in it under protection, and turns the outcome into an exit code.
 */
#include "lua.h"

#include "lauxlib.h"

#include "cli/options.h"
#include "cli/report.h"
#include "cli/run.h"

#include <stdlib.h>

typedef struct CommandLine {
  const char *program;
  int argc;
  char **argv;
} CommandLine;

static int run(lua_State *L) {
  const CommandLine *command = lua_touserdata(L, 1);
  lua_settop(L, 0);
  lua_pushboolean(L, rl_run_command(L, command->program, command->argc, command->argv));
  return 1;
}

int main(int argc, char **argv) {
  CommandLine command = {CLI_DEFAULT_NAME, argc, argv};
  if (argc > 0 && argv[0][0] != '\0') command.program = argv[0];
  lua_State *L = luaL_newstate();
  if (L == NULL) {
    rl_report_message(command.program, "cannot create state: not enough memory");
    return EXIT_FAILURE;
  }
  lua_gc(L, LUA_GCSTOP); /* until everything is in place */
  lua_pushcfunction(L, run);
  lua_pushlightuserdata(L, &command);
  int status = lua_pcall(L, 1, 1, 0);
  int succeeded = lua_toboolean(L, -1);
  rl_report_status(L, status, command.program);
  lua_close(L);
  return status == LUA_OK && succeeded ? EXIT_SUCCESS : EXIT_FAILURE;
}

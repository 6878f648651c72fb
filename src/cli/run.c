#include "cli/run.h"

#include "lauxlib.h"
#include "lualib.h"

#include "cli/collector_view.h"
#include "cli/options.h"
#include "cli/repl.h"
#include "cli/report.h"
#include "cli/tools.h"
#include "cli/watch.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The global `arg`: the script's name at 0, its arguments from 1 on, what stands before it below 0. Without a script
 * the program's own name is at 0. */
static void create_arguments(lua_State *L, char **argv, int argc, int script) {
  int zero = script < argc ? script : 0;
  lua_createtable(L, argc - zero - 1, zero + 1);
  for (int i = 0; i < argc; i++) {
    lua_pushstring(L, argv[i]);
    lua_rawseti(L, -2, i - zero);
  }
  lua_setglobal(L, "arg");
}

/* Calls the function that `status` says was loaded, without arguments. Returns whether all went well. */
static int run_loaded(lua_State *L, const char *program, int status) {
  if (status == LUA_OK) status = rl_report_call(L, 0, 0);
  return rl_report_status(L, status, program) == LUA_OK;
}

static int run_file(lua_State *L, const char *program, const char *filename) {
  return run_loaded(L, program, luaL_loadfile(L, filename));
}

static int run_string(lua_State *L, const char *program, const char *text, const char *name) {
  return run_loaded(L, program, luaL_loadbuffer(L, text, strlen(text), name));
}

/* LUA_INIT_5_4, or else LUA_INIT: statements, or "@file". */
static int run_environment(lua_State *L, const char *program) {
  const char *name = "=LUA_INIT" LUA_VERSUFFIX;
  const char *value = getenv(name + 1);
  if (value == NULL) {
    name = "=LUA_INIT";
    value = getenv(name + 1);
  }
  if (value == NULL) return 1;
  return value[0] == '@' ? run_file(L, program, value + 1) : run_string(L, program, value, name);
}

/* Option -l: "module" or "global=module". A module's name alone loses what follows a hyphen (a version) when it becomes
 * the name of a global. */
static int require_library(lua_State *L, const char *program, const char *operand) {
  const char *module = operand;
  size_t global_length = strcspn(operand, "=");
  if (operand[global_length] == '=')
    module = operand + global_length + 1;
  else
    global_length = strcspn(operand, "-");
  lua_getglobal(L, "require");
  lua_pushstring(L, module);
  int status = rl_report_call(L, 1, 1);
  if (status == LUA_OK) {
    lua_pushglobaltable(L);
    lua_pushlstring(L, operand, global_length);
    lua_rotate(L, -3, -1); /* table, name, module */
    lua_settable(L, -3);
    lua_pop(L, 1);
  }
  return rl_report_status(L, status, program) == LUA_OK;
}

static int run_action(lua_State *L, const char *program, const Action *action) {
  switch (action->letter) {
    case 'e': return run_string(L, program, action->operand, "=(command line)");
    case 'l': return require_library(L, program, action->operand);
    default: lua_warning(L, "@on", 0); return 1;
  }
}

/* Pushes the elements of `arg`, which the options may have changed, and returns how many there are. */
static int push_script_arguments(lua_State *L) {
  if (lua_getglobal(L, "arg") != LUA_TTABLE) luaL_error(L, "'arg' is not a table");
  int count = (int)luaL_len(L, -1);
  luaL_checkstack(L, count + 3, "too many arguments to script");
  int table = lua_gettop(L);
  for (int i = 1; i <= count; i++) lua_rawgeti(L, table, i);
  lua_remove(L, table);
  return count;
}

static int run_script(lua_State *L, const char *program, const char *name, const Options *options) {
  if (strcmp(name, "-") == 0 && !options->script_is_literal) name = NULL; /* standard input */
  int status = luaL_loadfile(L, name);
  if (status == LUA_OK) {
    if (options->watch && name != NULL) rl_watch_script(L, name);
    int count = push_script_arguments(L);
    status = rl_report_call(L, count, LUA_MULTRET);
  }
  return rl_report_status(L, status, program) == LUA_OK;
}

/* Without a script, and with no other work done, the terminal's user wants the prompt; anything else on standard input
 * is a program. Like stock's, the process then reports success whatever that program did. */
static void run_standard_input(lua_State *L, const char *program) {
  if (isatty(STDIN_FILENO)) {
    rl_tools_print_version();
    rl_repl_run(L);
  } else {
    run_file(L, program, NULL);
  }
}

static void open_libraries(lua_State *L, const Options *options) {
  if (options->ignore_environment) {
    lua_pushboolean(L, 1);
    lua_setfield(L, LUA_REGISTRYINDEX, "LUA_NOENV"); /* the package library reads it */
  }
  luaL_openlibs(L);
}

static int run_program(lua_State *L, const char *program, int argc, char **argv, const Options *options) {
  if (!options->ignore_environment && !run_environment(L, program)) return 0;
  Action action;
  for (int position = 1; rl_options_next_action(argv, options->script, &position, &action);)
    if (!run_action(L, program, &action)) return 0;
  int has_script = options->script < argc;
  if (has_script && !run_script(L, program, argv[options->script], options)) return 0;
  if (options->interactive)
    rl_repl_run(L);
  else if (!has_script && !options->execute && !options->show_version)
    run_standard_input(L, program);
  return 1;
}

int rl_run_command(lua_State *L, const char *program, int argc, char **argv) {
  luaL_checkversion(L);
  if (rl_tools_wanted(argc, argv)) return rl_tools_run(L, program, argc, argv);
  Options options = rl_options_parse(argc, argv);
  if (options.wrong != 0) {
    rl_options_complain(program, argv[options.wrong]);
    return 0;
  }
  if (options.show_version) rl_tools_print_version();
  open_libraries(L, &options);
  create_arguments(L, argv, argc, options.script);
  if (!rl_view_start(L, program, &options)) return 0;
  lua_gc(L, LUA_GCRESTART);
  lua_gc(L, LUA_GCGEN, 0, 0);
  int succeeded = run_program(L, program, argc, argv, &options);
  rl_view_finish();
  return succeeded;
}

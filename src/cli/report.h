/* Protected calls of the command, and telling the user about errors. */
#ifndef RL_CLI_REPORT_H
#define RL_CLI_REPORT_H

#include "lua.h"

/* Writes "PROGRAM: MESSAGE" to stderr; `program` NULL (at the prompt) writes the message alone. */
void rl_report_message(const char *program, const char *message);

/* Unless `status` is LUA_OK: pops the error object and writes it. Returns `status`. */
int rl_report_status(lua_State *L, int status, const char *program);

/* Like lua_pcall, with tracebacks added to error messages, while Ctrl-C raises an error in the running code.
 * Returns a status. */
int rl_report_call(lua_State *L, int arguments, int results);

#endif

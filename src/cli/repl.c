/* A chunk may take several lines. Its first line is tried as a list of expressions, whose values are printed. Otherwise
 * it is a statement, and while the compiler complains that it ended too early, another line is added. */
#include "cli/repl.h"

#include "lauxlib.h"

#include "cli/line_editor.h"
#include "cli/report.h"

#include <string.h>

#define CHUNK_NAME "=stdin"

/* The globals _PROMPT and _PROMPT2 replace the usual prompts. Pushes the one wanted and returns it. */
static const char *push_prompt(lua_State *L, int is_first_line) {
  if (lua_getglobal(L, is_first_line ? "_PROMPT" : "_PROMPT2") == LUA_TNIL)
    lua_pushstring(L, is_first_line ? "> " : ">> ");
  else
    luaL_tolstring(L, -1, NULL);
  lua_remove(L, -2);
  return lua_tostring(L, -1);
}

/* Asks for a line and pushes it without its end. Returns 0 at the end of input. */
static int push_line(lua_State *L, LineEditor *editor, int is_first_line) {
  const char *prompt = push_prompt(L, is_first_line);
  int got_line = rl_line_editor_push_line(editor, L, prompt);
  lua_remove(L, got_line ? -2 : -1);
  return got_line;
}

static int load_text(lua_State *L, int index) {
  size_t length;
  const char *text = lua_tolstring(L, index, &length);
  return luaL_loadbuffer(L, text, length, CHUNK_NAME);
}

/* An `=` in front of the first line, the way of earlier versions, stands for `return`. */
static void translate_equals(lua_State *L) {
  const char *line = lua_tostring(L, -1);
  if (line[0] != '=') return;
  lua_pushfstring(L, "return %s", line + 1);
  lua_remove(L, -2);
}

/* Tries the line on top as expressions. On success the function takes the line's place. Returns whether it did. */
static int load_expressions(lua_State *L) {
  lua_pushfstring(L, "return %s", lua_tostring(L, -1));
  int status = load_text(L, -1);
  lua_remove(L, -2);
  if (status == LUA_OK)
    lua_remove(L, -2);
  else
    lua_pop(L, 1);
  return status == LUA_OK;
}

/* True if the message on top says that the text ended too early. */
static int ended_early(lua_State *L, int status) {
  static const char mark[] = "<eof>";
  size_t mark_length = sizeof(mark) - 1;
  size_t length;
  if (status != LUA_ERRSYNTAX) return 0;
  const char *message = lua_tolstring(L, -1, &length);
  return length >= mark_length && strcmp(message + length - mark_length, mark) == 0;
}

/* Loads the text on top, asking for more lines as long as it is incomplete. The function or a message takes its place.
 * Returns a status. */
static int load_statement(lua_State *L, LineEditor *editor) {
  for (;;) {
    int status = load_text(L, -1);
    if (!ended_early(L, status) || !push_line(L, editor, 0)) {
      lua_remove(L, -2);
      return status;
    }
    lua_remove(L, -2); /* the message */
    lua_pushliteral(L, "\n");
    lua_insert(L, -2);
    lua_concat(L, 3);
  }
}

/* Reads the next chunk and pushes the function or a message. Returns a status, or -1 at the end of input. */
static int read_chunk(lua_State *L, LineEditor *editor) {
  if (!push_line(L, editor, 1)) return -1;
  translate_equals(L);
  return load_expressions(L) ? LUA_OK : load_statement(L, editor);
}

/* Prints all values on the stack with whatever `print` is. */
static void print_results(lua_State *L) {
  int count = lua_gettop(L);
  if (count == 0) return;
  luaL_checkstack(L, LUA_MINSTACK, "too many results to print");
  lua_getglobal(L, "print");
  lua_insert(L, 1);
  if (lua_pcall(L, count, 0, 0) != LUA_OK)
    rl_report_message(NULL, lua_pushfstring(L, "error calling 'print' (%s)", lua_tostring(L, -1)));
}

void rl_repl_run(lua_State *L) {
  LineEditor *editor = rl_line_editor_open(L);
  int status;
  lua_settop(L, 0);
  while ((status = read_chunk(L, editor)) != -1) {
    if (status == LUA_OK) status = rl_report_call(L, 0, LUA_MULTRET);
    if (status == LUA_OK)
      print_results(L);
    else
      rl_report_status(L, status, NULL);
    lua_settop(L, 0);
  }
  rl_line_editor_close(editor);
  lua_writeline();
}

/* Where the prompt's lines come from: an editor with history and completion at a terminal, plain input otherwise. */
#ifndef RL_CLI_LINE_EDITOR_H
#define RL_CLI_LINE_EDITOR_H

#include "lua.h"

typedef struct LineEditor LineEditor;

/* Returns an editor that completes names from the globals of `L`, or NULL where lines cannot be edited (no terminal, no
 * libedit, or built without RILLE_HAVE_EDITLINE). NULL is good for the functions below. The caller closes it. */
LineEditor *rl_line_editor_open(lua_State *L);

/* Asks for a line with `prompt` and pushes it on `L` without its end. Returns 0, with nothing pushed, at the end of
 * input. May raise for want of memory. */
int rl_line_editor_push_line(LineEditor *editor, lua_State *L, const char *prompt);

/* Keeps the history in ~/.rille_history and frees the editor. */
void rl_line_editor_close(LineEditor *editor);

#endif

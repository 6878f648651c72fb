/* With libedit through its own interface, which hands our editor to every callback, so that no variable is needed.
 *
 * The editor follows the user's locale to know how wide characters are. That locale is in force only while a line is
 * edited: a program must not see other character classes than the C locale's because it was typed at the prompt. */
#include "cli/line_editor.h"

#include "lauxlib.h"

#include <stdio.h>

/* Reads a line of any length from a stream that nobody edits. */
static int push_plain_line(lua_State *L, const char *prompt) {
  fputs(prompt, stdout);
  fflush(stdout);
  int byte = getc(stdin);
  if (byte == EOF) return 0;
  luaL_Buffer line;
  luaL_buffinit(L, &line);
  for (; byte != EOF && byte != '\n'; byte = getc(stdin)) luaL_addchar(&line, (char)byte);
  luaL_pushresult(&line);
  return 1;
}

#if !defined(RILLE_HAVE_EDITLINE)

LineEditor *rl_line_editor_open(lua_State *L) {
  (void)L;
  return NULL;
}

int rl_line_editor_push_line(LineEditor *editor, lua_State *L, const char *prompt) {
  (void)editor;
  return push_plain_line(L, prompt);
}

void rl_line_editor_close(LineEditor *editor) {
  (void)editor;
}

#else

#include "cli/completion.h"

#include <dlfcn.h>
#include <histedit.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CLI_EDITOR_NAME "rille" /* the section of the user's .editrc */
#define HISTORY_FILE    ".rille_history"

enum { HISTORY_LINES = 1000 };

/* libedit is loaded when the first line is to be edited: loading it, and the four libraries that it needs, would take
 * as long as everything else that `rille` does before a script begins. */
#define EDIT(name)      ((__typeof__(&name))dlsym(RTLD_DEFAULT, #name))

static int load_libedit(void) {
  static const char *const names[] = {"libedit.so.2", "libedit.so.0", "libedit.so"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    if (dlopen(names[i], RTLD_LAZY | RTLD_GLOBAL) != NULL) return 1;
  return 0;
}

struct LineEditor {
  lua_State *L;
  EditLine *terminal;
  History *history;
  locale_t locale;    /* the user's, or 0 */
  const char *prompt; /* of the line that is being edited */
  char *history_path; /* NULL: the history is not kept */
};

static LineEditor *editor_of(EditLine *terminal) {
  void *data = NULL;
  EDIT(el_get)(terminal, EL_CLIENTDATA, &data);
  return data;
}

static char *give_prompt(EditLine *terminal) {
  return (char *)editor_of(terminal)->prompt;
}

/* The names that would fit, one beneath the other in columns of the widest, below the line. */
static void show_candidates(const Completion *completion) {
  enum { LINE_WIDTH = 80, GAP = 2 };
  int per_line = LINE_WIDTH / (int)(completion->widest + GAP);
  if (per_line < 1) per_line = 1;
  for (int i = 0; i < completion->count; i++) {
    if (i % per_line == 0) fputc('\n', stdout);
    fprintf(stdout, "%-*s", (int)(completion->widest + GAP), completion->names[i]);
  }
  fputc('\n', stdout);
  fflush(stdout);
}

/* The Tab key: inserts what all candidates share; if that is nothing, shows them. On an empty line it indents. */
static unsigned char complete_name(EditLine *terminal, int key) {
  (void)key;
  LineEditor *editor = editor_of(terminal);
  const LineInfo *line = EDIT(el_line)(terminal);
  size_t before = (size_t)(line->cursor - line->buffer);
  if (strspn(line->buffer, " \t") >= before) return EDIT(el_insertstr)(terminal, "  ") == 0 ? CC_REFRESH : CC_ERROR;
  Completion completion;
  if (!rl_completion_find(editor->L, line->buffer, before, &completion)) return CC_ERROR;
  unsigned char outcome = CC_ERROR;
  if (completion.shared[0] != '\0') {
    if (EDIT(el_insertstr)(terminal, completion.shared) == 0) outcome = CC_REFRESH;
  } else if (completion.count > 1) {
    show_candidates(&completion);
    outcome = CC_REDISPLAY;
  }
  rl_completion_release(&completion);
  return outcome;
}

/* Returns the path of the history file, which the caller frees, or NULL if there is no home. */
static char *make_history_path(void) {
  const char *home = getenv("HOME");
  if (home == NULL || home[0] == '\0') return NULL;
  size_t size = strlen(home) + sizeof("/" HISTORY_FILE);
  char *path = malloc(size);
  if (path != NULL) snprintf(path, size, "%s/%s", home, HISTORY_FILE);
  return path;
}

static void open_history(LineEditor *editor) {
  HistEvent event;
  editor->history = EDIT(history_init)();
  if (editor->history == NULL) return;
  EDIT(history)(editor->history, &event, H_SETSIZE, HISTORY_LINES);
  EDIT(history)(editor->history, &event, H_SETUNIQUE, 1);
  editor->history_path = make_history_path();
  if (editor->history_path != NULL) EDIT(history)(editor->history, &event, H_LOAD, editor->history_path);
  EDIT(el_set)(editor->terminal, EL_HIST, EDIT(history), editor->history);
}

static void set_up_terminal(LineEditor *editor) {
  EditLine *terminal = editor->terminal;
  EDIT(el_set)(terminal, EL_CLIENTDATA, editor);
  EDIT(el_set)(terminal, EL_PROMPT, give_prompt);
  EDIT(el_set)(terminal, EL_SIGNAL, 1);
  EDIT(el_set)(terminal, EL_EDITOR, "emacs");
  EDIT(el_wset)(terminal, EL_ADDFN, L"rille-complete", L"Complete a name",
                complete_name); /* el_set would leak copies */
  EDIT(el_set)(terminal, EL_BIND, "^I", "rille-complete", NULL);
  EDIT(el_set)(terminal, EL_BIND, "^R", "em-inc-search-prev", NULL);
  open_history(editor);
  EDIT(el_source)(terminal, NULL);
}

/* Puts the user's locale in force; returns what was before. */
static locale_t enter_locale(const LineEditor *editor) {
  return uselocale(editor->locale);
}

LineEditor *rl_line_editor_open(lua_State *L) {
  if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) || !load_libedit()) return NULL;
  LineEditor *editor = calloc(1, sizeof(*editor));
  if (editor == NULL) return NULL;
  editor->L = L;
  editor->prompt = "";
  editor->locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
  locale_t before = enter_locale(editor);
  editor->terminal = EDIT(el_init)(CLI_EDITOR_NAME, stdin, stdout, stderr);
  if (editor->terminal != NULL) set_up_terminal(editor);
  uselocale(before);
  if (editor->terminal != NULL) return editor;
  rl_line_editor_close(editor);
  return NULL;
}

static void remember(LineEditor *editor, const char *line) {
  HistEvent event;
  if (editor->history != NULL && line[strspn(line, " \t\r\n")] != '\0')
    EDIT(history)(editor->history, &event, H_ENTER, line);
}

int rl_line_editor_push_line(LineEditor *editor, lua_State *L, const char *prompt) {
  if (editor == NULL) return push_plain_line(L, prompt);
  editor->prompt = prompt;
  int count;
  locale_t before = enter_locale(editor);
  const char *line = EDIT(el_gets)(editor->terminal, &count);
  if (line != NULL && count > 0) remember(editor, line);
  uselocale(before);
  if (line == NULL || count <= 0) return 0;
  size_t length = strlen(line);
  if (line[length - 1] == '\n') length--;
  lua_pushlstring(L, line, length);
  return 1;
}

void rl_line_editor_close(LineEditor *editor) {
  if (editor == NULL) return;
  HistEvent event;
  if (editor->history != NULL) {
    if (editor->history_path != NULL) EDIT(history)(editor->history, &event, H_SAVE, editor->history_path);
    EDIT(history_end)(editor->history);
  }
  if (editor->terminal != NULL) EDIT(el_end)(editor->terminal);
  if (editor->locale != (locale_t)0) freelocale(editor->locale);
  free(editor->history_path);
  free(editor);
}

#endif

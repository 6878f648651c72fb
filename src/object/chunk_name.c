/* A chunk's name as messages show it (manual: lua_Debug.short_src). */
#include "object/strings.h"

#define ELLIPSIS    "..."
#define TEXT_BEFORE "[string \""
#define TEXT_AFTER  "\"]"

static char *append(char *place, const char *bytes, size_t length) {
  memcpy(place, bytes, length);
  place[length] = '\0';
  return place + length;
}

/* `=name`: the name is shown literally, cut at the end. */
static void show_literally(char *buffer, const char *name, size_t length) {
  append(buffer, name, length < LUA_IDSIZE ? length : LUA_IDSIZE - 1);
}

/* `@file`: of a long path the end matters. */
static void show_file(char *buffer, const char *path, size_t length) {
  size_t room = LUA_IDSIZE - 1;
  if (length > room) {
    buffer = append(buffer, ELLIPSIS, strlen(ELLIPSIS));
    room -= strlen(ELLIPSIS);
    path += length - room;
    length = room;
  }
  append(buffer, path, length);
}

/* A program text: its first line, with dots when something is left out. */
static void show_text(char *buffer, const char *text, size_t length) {
  const size_t room = LUA_IDSIZE - sizeof(TEXT_BEFORE ELLIPSIS TEXT_AFTER);
  const char *line_end = memchr(text, '\n', length);
  bool is_cut = line_end != NULL || length >= room;
  if (line_end != NULL) length = (size_t)(line_end - text);
  if (length > room) length = room;
  buffer = append(buffer, TEXT_BEFORE, strlen(TEXT_BEFORE));
  buffer = append(buffer, text, length);
  if (is_cut) buffer = append(buffer, ELLIPSIS, strlen(ELLIPSIS));
  append(buffer, TEXT_AFTER, strlen(TEXT_AFTER));
}

void rl_chunk_name(char *buffer, const char *source, size_t length) {
  if (length > 0 && source[0] == '=')
    show_literally(buffer, source + 1, length - 1);
  else if (length > 0 && source[0] == '@')
    show_file(buffer, source + 1, length - 1);
  else
    show_text(buffer, source, length);
}

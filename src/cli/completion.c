/* The word before the cursor is a path: names separated by dots, maybe a colon before the last. All names but the last
 * are looked up, raw and along tables in `__index`, as far as that is possible without running code; the last one is a
 * prefix of what is wanted. The candidates are collected as keys of a table, which removes doubles, then sorted. */
#include "cli/completion.h"

#include "lauxlib.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* How many objects are asked for a field, following `__index`; more would be a loop or no joy to the user. */
enum { CHAIN_LIMIT = 16 };

typedef struct Search {
  const char *word; /* the path */
  size_t length;
  const char *prefix; /* its last name, up to the cursor */
  size_t prefix_length;
  char separator; /* in front of the prefix: '.', ':', or 0 if the path has only one name */
} Search;

static int is_name_byte(char byte) {
  return isalnum((unsigned char)byte) || byte == '_';
}

static int is_name(const char *text, size_t length) {
  if (length == 0 || isdigit((unsigned char)text[0])) return 0;
  for (size_t i = 0; i < length; i++)
    if (!is_name_byte(text[i])) return 0;
  return 1;
}

/* Finds the path that ends at the cursor. */
static Search find_word(const char *text, size_t length) {
  size_t start = length;
  while (start > 0 && (is_name_byte(text[start - 1]) || text[start - 1] == '.' || text[start - 1] == ':')) start--;
  size_t last = length;
  while (last > start && is_name_byte(text[last - 1])) last--;
  return (Search){.word = text + start,
                  .length = length - start,
                  .prefix = text + last,
                  .prefix_length = length - last,
                  .separator = last > start ? text[last - 1] : '\0'};
}

/* Replaces the value on top by the one that is asked for fields it has not: its metatable's `__index`, if a table.
 * Returns 0 and leaves it if there is none. */
static int follow_index(lua_State *L) {
  int type = luaL_getmetafield(L, -1, "__index");
  if (type == LUA_TNIL) return 0;
  if (type != LUA_TTABLE) {
    lua_pop(L, 1);
    return 0;
  }
  lua_remove(L, -2);
  return 1;
}

/* Replaces the value on top by its field `name`, which may be inherited. */
static void step_into(lua_State *L, const char *name, size_t length) {
  for (int i = 0; i < CHAIN_LIMIT; i++) {
    if (lua_istable(L, -1)) {
      lua_pushlstring(L, name, length);
      if (lua_rawget(L, -2) != LUA_TNIL) {
        lua_remove(L, -2);
        return;
      }
      lua_pop(L, 1);
    }
    if (!follow_index(L)) break;
  }
  lua_pop(L, 1);
  lua_pushnil(L);
}

/* Pushes the value whose fields are wanted: that of the path without its last name. */
static void push_owner(lua_State *L, const Search *search) {
  lua_pushglobaltable(L);
  const char *end = search->prefix;
  for (const char *name = search->word; name < end;) {
    size_t length = strcspn(name, ".:");
    step_into(L, name, length);
    name += length + 1;
  }
}

/* True if the key and value on top are a candidate. */
static int is_candidate(lua_State *L, const Search *search) {
  if (lua_type(L, -2) != LUA_TSTRING) return 0;
  if (search->separator == ':' && !lua_isfunction(L, -1)) return 0;
  size_t length;
  const char *key = lua_tolstring(L, -2, &length);
  return length >= search->prefix_length && memcmp(key, search->prefix, search->prefix_length) == 0 &&
         is_name(key, length);
}

static void add_candidate(lua_State *L, int found, const char *name) {
  lua_pushboolean(L, 1);
  lua_setfield(L, found, name);
}

/* Adds the fitting keys of the table on top to the set at `found`. */
static void collect_keys(lua_State *L, int found, const Search *search) {
  lua_pushnil(L);
  while (lua_next(L, -2)) {
    if (is_candidate(L, search)) add_candidate(L, found, lua_tostring(L, -2));
    lua_pop(L, 1);
  }
}

static void collect_keywords(lua_State *L, int found, const Search *search) {
  static const char *const keywords[] = {"and",      "break",  "do",   "else", "elseif", "end",   "false", "for",
                                         "function", "goto",   "if",   "in",   "local",  "nil",   "not",   "or",
                                         "repeat",   "return", "then", "true", "until",  "while", NULL};
  for (int i = 0; keywords[i] != NULL; i++)
    if (strncmp(keywords[i], search->prefix, search->prefix_length) == 0) add_candidate(L, found, keywords[i]);
}

static int compare_names(const void *left, const void *right) {
  return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* Turns the keys of the set at `found`, which keeps them alive, into a sorted array (a userdata pushed on top). */
static void sort_names(lua_State *L, int found, Completion *completion) {
  completion->count = 0;
  for (lua_pushnil(L); lua_next(L, found); lua_pop(L, 1)) completion->count++;
  if (completion->count == 0) return;
  completion->names = lua_newuserdatauv(L, (size_t)completion->count * sizeof(*completion->names), 0);
  int filled = 0;
  for (lua_pushnil(L); lua_next(L, found); lua_pop(L, 1)) completion->names[filled++] = lua_tostring(L, -2);
  qsort(completion->names, (size_t)completion->count, sizeof(*completion->names), compare_names);
}

/* Pushes what all names have in common after the first `prefix_length` bytes. Sorted, the first and the last name
 * differ the most. */
static void find_shared(lua_State *L, size_t prefix_length, Completion *completion) {
  const char *first = completion->names[0];
  const char *last = completion->names[completion->count - 1];
  size_t length = prefix_length;
  while (first[length] != '\0' && first[length] == last[length]) length++;
  completion->shared = lua_pushlstring(L, first + prefix_length, length - prefix_length);
  completion->widest = 0;
  for (int i = 0; i < completion->count; i++) {
    size_t width = strlen(completion->names[i]);
    if (width > completion->widest) completion->widest = width;
  }
}

typedef struct SearchCall {
  Search search;
  Completion *completion;
} SearchCall;

/* The protected part. Results: the set, the array, the shared part; nothing if no name fits. */
static int search_names(lua_State *L) {
  SearchCall *call = lua_touserdata(L, 1);
  const Search *search = &call->search;
  lua_newtable(L);
  int found = lua_gettop(L);
  if (search->separator == '\0') collect_keywords(L, found, search);
  push_owner(L, search);
  for (int i = 0; i < CHAIN_LIMIT; i++) {
    if (lua_istable(L, -1)) collect_keys(L, found, search);
    if (!follow_index(L)) break;
  }
  lua_pop(L, 1);
  sort_names(L, found, call->completion);
  if (call->completion->count == 0) return 0;
  find_shared(L, search->prefix_length, call->completion);
  return 3;
}

int rl_completion_find(lua_State *L, const char *text, size_t length, Completion *completion) {
  SearchCall call = {find_word(text, length), completion};
  *completion = (Completion){.owner = L, .base = lua_gettop(L)};
  if (call.search.length == 0 || !lua_checkstack(L, 2)) return 0;
  lua_pushcfunction(L, search_names);
  lua_pushlightuserdata(L, &call);
  if (lua_pcall(L, 1, LUA_MULTRET, 0) == LUA_OK && completion->count > 0) return 1;
  rl_completion_release(completion);
  return 0;
}

void rl_completion_release(Completion *completion) {
  lua_settop(completion->owner, completion->base);
}

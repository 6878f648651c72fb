#include "direct/library_table.h"

#include <string.h>

#include "direct/direct.h"
#include "lauxlib.h"
#include "object/strings.h"
#include "raise/protect.h"
#include "raise/raise.h"

static const Library *library_of(const Table *table) {
  return (const Library *)(const void *)((const char *)table->nodes - offsetof(Library, nodes.node));
}

static void defer(Table *table, const Library *library) {
  table->nodes = (TableNode *)(uintptr_t)&library->nodes.node;
  table->header.own |= TABLE_IS_DEFERRED;
}

/* As if the table had never been deferred: without a hash part. */
static void undefer(Table *table) {
  table->nodes = (TableNode *)(uintptr_t)&rl_table_no_nodes.node;
  table->header.own &= ~TABLE_IS_DEFERRED;
}

/* ---- completing ---- */

static uint32_t count_entries(const Library *library) {
  uint32_t count = library->number_count;
  for (const luaL_Reg *entry = library->functions; entry->name != NULL; entry++) count++;
  return count;
}

/* There is room: nothing is allocated between making the name and storing it. */
static void add(State *L, Table *table, const char *name, const Value *value) {
  rl_table_set_string(L, table, rl_string_from_c(L, name), value);
}

typedef struct Completion {
  Table *table;
  const Library *library;
} Completion;

static void fill(State *L, void *data) {
  const Completion *completion = data;
  const Library *library = completion->library;
  Value value;
  rl_table_reserve(L, completion->table, 0, count_entries(library));
  for (const luaL_Reg *entry = library->functions; entry->name != NULL; entry++) {
    rl_direct_set_function(L, &value, entry->func);
    add(L, completion->table, entry->name, &value);
  }
  for (uint32_t i = 0; i < library->number_count; i++)
    add(L, completion->table, library->numbers[i].name, &library->numbers[i].value);
}

/* What has come into the table before memory was short is forgotten. */
void rl_library_complete(State *L, Table *table) {
  Completion completion = {table, library_of(table)};
  Entry entry;
  undefer(table);
  int status = rl_protect(L, &entry, fill, &completion);
  if (status == LUA_OK) return;
  rl_table_drop_nodes(L, table);
  defer(table, completion.library);
  rl_throw(L, status); /* the error value is on top */
}

/* ---- making ---- */

/* The fields have slots. Without memory for their shape they are in a hash part: then the rest follows at once. */
void rl_library_push(State *L, const Library *library, const char *const *names, int count) {
  Table *table = rl_table_new_sized(L, (uint32_t)count, 0, 0);
  value_set_object(L->top++, table);
  for (int i = 0; i < count; i++) {
    FieldCache cache = {.shape = NULL};
    String *name = rl_string_from_c(L, names[i]);
    value_set_object(L->top++, name);
    rl_table_set_field(L, table, name, L->top - 2 - count + i, &cache);
    L->top--;
  }
  value_set_object(L->top - 1 - count, table);
  L->top -= count;
  bool has_nodes = table_has_nodes(table);
  if (has_nodes) {
    Completion completion = {table, library};
    fill(L, &completion);
  } else {
    defer(table, library);
  }
}

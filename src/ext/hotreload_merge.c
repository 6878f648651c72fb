/* Tables keep their identity: what the new version's main chunk has put into a new table is brought into the old one.
 * Globals are held back in a journal until the chunk has come to its end. Each change is noted with what was before. */
#include "ext/hotreload.h"

#include "lauxlib.h"

/* Stands for the metatable in place of a key, and in journals for nil. */
static const char mark;

static void *mark_pointer(void) {
  return (void *)(uintptr_t)&mark;
}

/* ---- changes that can be undone ---- */

static void note(lua_State *L, ReloadMerge *merge) {
  lua_rawseti(L, merge->undo, merge->undo_count + 1);
  merge->undo_count++;
}

/* table[key] = value; table at the index, key and value on top, popped. */
static void set(lua_State *L, ReloadMerge *merge, int table) {
  table = lua_absindex(L, table);
  lua_pushvalue(L, table);
  note(L, merge);
  lua_pushvalue(L, -2);
  note(L, merge);
  lua_pushvalue(L, -2);
  lua_rawget(L, table);
  note(L, merge);
  lua_rawset(L, table);
}

void rl_reload_set_field(lua_State *L, ReloadMerge *merge, int table, const char *key) {
  table = lua_absindex(L, table);
  lua_pushstring(L, key);
  lua_insert(L, -2);
  set(L, merge, table);
}

/* Keys that were there need no memory to be set again, those that were not are removed. */
void rl_reload_undo(lua_State *L, int undo, int count) {
  for (count -= count % 3; count >= 3; count -= 3) { /* the last note may have failed halfway */
    lua_rawgeti(L, undo, count - 2);
    lua_rawgeti(L, undo, count - 1);
    lua_rawgeti(L, undo, count);
    if (lua_touserdata(L, -2) == mark_pointer())
      lua_setmetatable(L, -3);
    else
      lua_rawset(L, -3);
    lua_settop(L, undo);
  }
}

/* ---- lists of paths ---- */

static void push_path(lua_State *L, const char *path, int key) {
  key = lua_absindex(L, key);
  if (lua_type(L, key) == LUA_TSTRING)
    lua_pushfstring(L, "%s.%s", path, lua_tostring(L, key));
  else {
    lua_pushfstring(L, "%s[%s]", path, luaL_tolstring(L, key, NULL));
    lua_remove(L, -2);
  }
}

/* Adds the path of the key at the index to the list. */
static void list_path(lua_State *L, int list, const char *path, int key) {
  int top = lua_gettop(L);
  push_path(L, path, key);
  lua_rawseti(L, list, (lua_Integer)lua_rawlen(L, list) + 1);
  lua_settop(L, top);
}

/* ---- merging ---- */

/* A new value that has become an old one stands for it; the value on top is replaced. */
static void translate(lua_State *L, const ReloadMerge *merge) {
  if (!lua_istable(L, -1)) return;
  lua_pushvalue(L, -1);
  if (lua_rawget(L, merge->seen) == LUA_TNIL)
    lua_pop(L, 1);
  else
    lua_replace(L, -2);
}

/* Whether the old function at -2 may stay where the new version has the one on top: it will act so anyway, or both are
 * closures of one function that is none of the module (made by a helper, from functions that will act so). */
static bool may_stay(lua_State *L, const ReloadMerge *merge) {
  const Value *old = L->top - 2, *fresh = L->top - 1;
  if (rl_reload_will_be(merge->plan, old, fresh)) return true;
  if (old->tag != fresh->tag) return false;
  if (value_is_light_function(old)) return old->as.function == fresh->as.function;
  if (value_is_c_closure(old)) return value_c_closure(old)->function == value_c_closure(fresh)->function;
  return value_is_lua_closure(old) && value_lua_closure(old)->prototype == value_lua_closure(fresh)->prototype;
}

/* Stack: old table, new table, key, old value, new value; the two values are popped. */
static void merge_field(lua_State *L, ReloadMerge *merge, const char *path) {
  bool is_new = lua_isnil(L, -2);
  if (!is_new && lua_istable(L, -1) && lua_istable(L, -2)) {
    push_path(L, path, -3);
    lua_insert(L, -3); /* keeps the text */
    rl_reload_merge(L, merge, lua_tostring(L, -3));
    lua_pop(L, 3);
    return;
  }
  if (is_new || (lua_isfunction(L, -1) && !may_stay(L, merge))) {
    if (is_new || lua_isfunction(L, -2)) {
      list_path(L, is_new ? merge->added : merge->replaced, path, -3);
      translate(L, merge);
      lua_pushvalue(L, -3);
      lua_insert(L, -2);
      set(L, merge, -6);
      lua_pop(L, 1);
      return;
    }
  }
  lua_pop(L, 2);
}

/* Functions of the old table that the new version does not have stay, and are named. */
static void list_removed(lua_State *L, const ReloadMerge *merge, const char *path) {
  for (lua_pushnil(L); lua_next(L, -3) != 0; lua_pop(L, 1)) {
    if (!rl_reload_is_removed(merge->plan, L->top - 1)) continue;
    lua_pushvalue(L, -2);
    bool is_gone = lua_rawget(L, -4) == LUA_TNIL;
    lua_pop(L, 1);
    if (is_gone) list_path(L, merge->removed, path, -2);
  }
}

static void merge_metatables(lua_State *L, ReloadMerge *merge, const char *path) {
  if (!lua_getmetatable(L, -1)) return;
  if (lua_getmetatable(L, -3)) {
    lua_insert(L, -2);
    rl_reload_merge(L, merge, path);
    lua_pop(L, 2);
    return;
  }
  lua_pushvalue(L, -3);
  note(L, merge);
  lua_pushlightuserdata(L, mark_pointer());
  note(L, merge);
  lua_pushnil(L);
  note(L, merge);
  lua_setmetatable(L, -3);
}

void rl_reload_merge(lua_State *L, ReloadMerge *merge, const char *path) {
  luaL_checkstack(L, 16, "tables nested too deeply");
  if (lua_rawequal(L, -1, -2)) return;
  lua_pushvalue(L, -1);
  bool was_seen = lua_rawget(L, merge->seen) != LUA_TNIL;
  lua_pop(L, 1);
  if (was_seen) return;
  lua_pushvalue(L, -1);
  lua_pushvalue(L, -3);
  lua_rawset(L, merge->seen);
  for (lua_pushnil(L); lua_next(L, -2) != 0;) {
    lua_pushvalue(L, -2);
    lua_rawget(L, -5);
    lua_insert(L, -2);
    merge_field(L, merge, path);
  }
  list_removed(L, merge, path);
  merge_metatables(L, merge, path);
}

/* ---- the environment of a chunk that is tried ---- */

/* Upvalues: the table of globals, the values that were assigned. */
static int read_global(lua_State *L) {
  lua_settop(L, 2);
  lua_pushvalue(L, 2);
  if (lua_rawget(L, lua_upvalueindex(2)) != LUA_TNIL) {
    if (lua_touserdata(L, -1) == mark_pointer()) lua_pushnil(L);
    return 1;
  }
  lua_pushvalue(L, 2);
  lua_gettable(L, lua_upvalueindex(1));
  if (lua_rawequal(L, -1, lua_upvalueindex(1))) lua_pushvalue(L, 1); /* _G */
  return 1;
}

static int write_global(lua_State *L) {
  lua_settop(L, 3);
  if (lua_isnil(L, 3)) {
    lua_pushlightuserdata(L, mark_pointer());
    lua_replace(L, 3);
  }
  lua_rawset(L, lua_upvalueindex(2));
  return 0;
}

/* Pushes the environment's metatable, whose first element is the table of values, and the environment. */
static void push_journal(lua_State *L) {
  lua_newtable(L);
  lua_newtable(L);
  lua_pushvalue(L, -1);
  lua_rawseti(L, -3, 1);
  lua_pushglobaltable(L);
  lua_pushvalue(L, -2);
  lua_pushcclosure(L, read_global, 2);
  lua_setfield(L, -3, "__index");
  lua_pushglobaltable(L);
  lua_insert(L, -2);
  lua_pushcclosure(L, write_global, 2);
  lua_setfield(L, -2, "__newindex");
  lua_newtable(L);
  lua_pushvalue(L, -2);
  lua_setmetatable(L, -2);
}

void rl_reload_run(lua_State *L, const char *name, const char *path) {
  luaL_checkstack(L, 10, NULL);
  int chunk = lua_gettop(L);
  push_journal(L);
  lua_setupvalue(L, chunk, 1);
  lua_pushvalue(L, chunk);
  lua_pushstring(L, name);
  lua_pushstring(L, path);
  lua_call(L, 2, 1);
}

/* Who has kept the environment itself sees the table of globals through it from now on. */
void rl_reload_apply_journal(lua_State *L, ReloadMerge *merge, int journal) {
  luaL_checkstack(L, 10, NULL);
  lua_pushglobaltable(L);
  lua_rawgeti(L, journal, 1);
  for (lua_pushnil(L); lua_next(L, -2) != 0;) {
    if (lua_touserdata(L, -1) == mark_pointer()) {
      lua_pop(L, 1);
      lua_pushnil(L);
    }
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    set(L, merge, -5);
  }
  lua_pushvalue(L, -2);
  lua_setfield(L, journal, "__index");
  lua_pushvalue(L, -2);
  lua_setfield(L, journal, "__newindex");
  lua_pop(L, 2);
}

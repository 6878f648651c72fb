/* The module rille.hotreload: exchanges the functions of a module for those of its new version while the state stays.
 *
 * What is needed for that is the main chunk of every version whose functions may be alive. A searcher of `require` that
 * stands in front of the one for Lua modules keeps them; for modules that were loaded before, their files as they are
 * now are taken for what was loaded.
 *
 * A reload goes like this: compile the file; call `before`; run the main chunk with its assignments to globals held
 * back; find the closures of the old versions in the heap; prepare; merge the module's tables; change; call `after`.
 * All that can fail comes before the change, and is undone. */
#include "ext/hotreload.h"

#include <string.h>

#include "ext/modules.h"
#include "lauxlib.h"
#include "lualib.h"
#include "rille.h"

#define DEFAULT_LIMIT 10000000 /* objects of the heap */

/* ---- what is tracked ---- */

static const char tracked_key, hooks_key;

static void push_registry_table(lua_State *L, const char *key) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, key) == LUA_TTABLE) return;
  lua_pop(L, 1);
  lua_newtable(L);
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, key);
}

void rl_reload_push_tracked(lua_State *L) {
  push_registry_table(L, &tracked_key);
}

/* Tracks the main chunk on top, which is popped, as the module's. */
static void track(lua_State *L, const char *name, const char *path, bool is_script) {
  rl_reload_push_tracked(L);
  lua_createtable(L, 0, 3);
  lua_pushstring(L, path);
  lua_setfield(L, -2, "path");
  lua_pushboolean(L, is_script);
  lua_setfield(L, -2, "script");
  lua_createtable(L, 1, 0);
  lua_pushvalue(L, -4);
  lua_rawseti(L, -2, 1);
  lua_setfield(L, -2, "chunks");
  lua_setfield(L, -2, name);
  lua_pop(L, 2);
}

/* The searcher of Lua modules, which is the upvalue; what it finds is tracked. */
static int search_and_track(lua_State *L) {
  const char *name = luaL_checkstring(L, 1);
  lua_settop(L, 1);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_pushvalue(L, 1);
  lua_call(L, 1, 2);
  if (value_is_lua_closure(L->top - 2) && lua_type(L, -1) == LUA_TSTRING) {
    lua_pushvalue(L, -2);
    track(L, name, lua_tostring(L, -2), false);
  }
  return 2;
}

/* Pushes package.<field>. */
static void push_package_field(lua_State *L, const char *field) {
  lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  lua_getfield(L, -1, LUA_LOADLIBNAME);
  if (lua_istable(L, -1))
    lua_getfield(L, -1, field);
  else
    lua_pushnil(L);
  lua_replace(L, -3);
  lua_pop(L, 1);
}

static void wrap_searcher(lua_State *L) {
  push_package_field(L, "searchers");
  if (lua_istable(L, -1) && lua_rawgeti(L, -1, 2) == LUA_TFUNCTION) {
    lua_pushcclosure(L, search_and_track, 1);
    lua_rawseti(L, -2, 2);
  }
  lua_settop(L, 0);
}

/* Tracks the module if a file for it is found; the stack stays. */
static void track_by_path(lua_State *L, const char *name) {
  int top = lua_gettop(L);
  push_package_field(L, "searchpath");
  lua_pushstring(L, name);
  push_package_field(L, "path");
  if (lua_isfunction(L, -3) && lua_isstring(L, -1) && lua_pcall(L, 2, 1, 0) == LUA_OK && lua_isstring(L, -1)) {
    const char *path = lua_tostring(L, -1);
    if (luaL_loadfilex(L, path, "t") == LUA_OK) track(L, name, path, false);
  }
  lua_settop(L, top);
}

static void track_loaded(lua_State *L) {
  lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  for (lua_pushnil(L); lua_next(L, -2) != 0; lua_pop(L, 1))
    if (lua_type(L, -2) == LUA_TSTRING && !lua_isboolean(L, -1)) track_by_path(L, lua_tostring(L, -2));
  lua_pop(L, 1);
}

/* hotreload.script(f, path [, name]): tracks a main chunk that runs itself and is not run again: only its functions are
 * exchanged. */
static int track_script(lua_State *L) {
  const char *path = luaL_checkstring(L, 2);
  const char *name = luaL_optstring(L, 3, path);
  luaL_argcheck(L, value_is_lua_closure(L->call_info->base), 1, "Lua function expected");
  lua_settop(L, 3);
  lua_pushvalue(L, 1);
  track(L, name, path, true);
  return 0;
}

/* hotreload.tracked(): a table of names and paths. */
static int list_tracked(lua_State *L) {
  lua_newtable(L);
  rl_reload_push_tracked(L);
  for (lua_pushnil(L); lua_next(L, -2) != 0;) {
    lua_getfield(L, -1, "path");
    lua_replace(L, -2);
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, 1);
  }
  lua_settop(L, 1);
  return 1;
}

/* ---- one reload ---- */

/* Slots of the protected function that does the work. */
enum {
  SLOT_REQUEST = 1, /* light userdata */
  SLOT_NAME,
  SLOT_RECORD,  /* of what is tracked */
  SLOT_CHUNK,   /* the new main chunk */
  SLOT_UNDO,    /* the caller's list */
  SLOT_REPORT,  /* the caller's table */
  SLOT_ANCHORS, /* from here on the function's own */
  SLOT_JOURNAL,
  SLOT_RESULT,
  SLOT_SEEN,
  SLOT_WORK
};

typedef struct Request {
  size_t limit;
  bool dry_run, is_script;
  ReloadMerge merge;
} Request;

/* Pushes a new list that is field `name` of the report; returns its index. */
static int push_list(lua_State *L, const char *name) {
  lua_newtable(L);
  lua_pushvalue(L, -1);
  lua_setfield(L, SLOT_REPORT, name);
  return lua_gettop(L);
}

static void append_path(lua_State *L, int list, const ReloadTree *tree, int32_t node) {
  rl_reload_tree_push_path(L, tree, node);
  lua_rawseti(L, list, (lua_Integer)lua_rawlen(L, list) + 1);
}

static Prototype *prototype_at(lua_State *L, int index) {
  return value_lua_closure(index < 0 ? L->top + index : L->call_info->base + index - 1)->prototype;
}

/* The trees of all versions, oldest first, so that the newest is matched last and decides about the new one's nodes. */
static void list_versions(lua_State *L, ReloadPlan *plan) {
  lua_getfield(L, SLOT_RECORD, "chunks");
  int chunks = lua_gettop(L);
  plan->old_count = (int)lua_rawlen(L, chunks);
  luaL_checkstack(L, plan->old_count + 8, "too many versions");
  plan->old = lua_newuserdatauv(L, (size_t)plan->old_count * sizeof(ReloadTree), 0);
  plan->fresh = rl_reload_tree_push(L, prototype_at(L, SLOT_CHUNK));
  for (int i = 0; i < plan->old_count; i++) {
    lua_rawgeti(L, chunks, i + 1);
    plan->old[i] = rl_reload_tree_push(L, prototype_at(L, -1));
    lua_remove(L, -2);
    rl_reload_tree_match(&plan->old[i], &plan->fresh);
  }
}

/* Functions by what becomes of them, between the newest old version and the new one. */
static void report_functions(lua_State *L, const ReloadPlan *plan) {
  const ReloadTree *old = &plan->old[plan->old_count - 1];
  int changed = push_list(L, "changed"), added = push_list(L, "added"), removed = push_list(L, "removed");
  lua_Integer unchanged = 0;
  for (int32_t i = 1; i < plan->fresh.count; i++) {
    const ReloadNode *node = &plan->fresh.nodes[i];
    if (node->partner == NO_NODE)
      append_path(L, added, &plan->fresh, i);
    else if (node->is_changed)
      append_path(L, changed, &plan->fresh, i);
    else
      unchanged++;
  }
  for (int32_t i = 1; i < old->count; i++)
    if (old->nodes[i].partner == NO_NODE) append_path(L, removed, old, i);
  lua_pushinteger(L, unchanged);
  lua_setfield(L, SLOT_REPORT, "unchanged");
  lua_settop(L, changed - 1);
}

static void report_count(lua_State *L, const char *name, size_t count) {
  lua_pushinteger(L, (lua_Integer)count);
  lua_setfield(L, SLOT_REPORT, name);
}

static void report_heap(lua_State *L, const ReloadPlan *plan) {
  size_t closures = 0;
  for (size_t i = 0; i < plan->closure_count; i++) {
    const ReloadClosure *closure = &plan->closures[i];
    if (closure->node != 0 && closure->tree->nodes[closure->node].partner != NO_NODE) closures++;
  }
  report_count(L, "closures", closures);
  report_count(L, "running", plan->frame_count);
  report_count(L, "forwarded", plan->forwarded);
  report_count(L, "walked", plan->walked);
}

/* ---- the module's value ---- */

static void merge_values(lua_State *L, ReloadMerge *merge, const Value *old, const Value *fresh, const char *path) {
  if (!value_is_table(old) || !value_is_table(fresh) || old->as.object == fresh->as.object) return;
  value_copy(L->top, old);
  value_copy(L->top + 1, fresh);
  L->top += 2;
  rl_reload_merge(L, merge, path);
  lua_pop(L, 2);
}

/* Tables in variables of the main chunk, classes for example, are not always reachable from the module's value. */
static void merge_variables(lua_State *L, ReloadMerge *merge, const ReloadPlan *plan) {
  luaL_checkstack(L, 4, NULL);
  for (size_t i = 0; i < plan->made_count; i++) {
    const ReloadNode *node = &plan->fresh.nodes[plan->made[i].node];
    for (uint32_t n = 0; n < node->prototype->upvalue_count; n++) {
      const ReloadVariable *variable = &node->variables[n];
      UpValue *old = variable->node == 0 ? rl_reload_old_cell(plan, variable) : NULL;
      if (old != NULL)
        merge_values(L, merge, old->value, plan->made[i].closure->upvalues[n]->value, string_bytes(variable->name));
    }
  }
}

/* package.loaded[name] keeps its value, if the new one is a table too or a function that the old one will act as. */
static void merge_result(lua_State *L, ReloadMerge *merge) {
  const char *name = lua_tostring(L, SLOT_NAME);
  lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  lua_getfield(L, -1, name);
  if (lua_istable(L, -1) && lua_istable(L, SLOT_RESULT)) {
    lua_pushvalue(L, SLOT_RESULT);
    rl_reload_merge(L, merge, name);
    lua_pop(L, 3);
    return;
  }
  bool stays = lua_isnil(L, SLOT_RESULT) || lua_rawequal(L, -1, SLOT_RESULT) ||
               rl_reload_will_be(merge->plan, L->top - 1, L->call_info->base + SLOT_RESULT - 1);
  lua_pop(L, 1);
  if (!stays) {
    lua_pushvalue(L, SLOT_RESULT);
    rl_reload_set_field(L, merge, -2, name);
  }
  lua_pop(L, 1);
}

/* A chunk may set package.loaded[name] by itself: that is a result, too. */
static void run_chunk(lua_State *L, ReloadMerge *merge) {
  const char *name = lua_tostring(L, SLOT_NAME);
  lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  lua_getfield(L, -1, name);
  lua_pushvalue(L, -1);
  rl_reload_set_field(L, merge, -3, name); /* changes nothing, but is undone after an error */
  lua_getfield(L, SLOT_RECORD, "path");
  lua_pushvalue(L, SLOT_CHUNK);
  rl_reload_run(L, name, lua_tostring(L, -2));
  lua_copy(L, -2, SLOT_JOURNAL);
  lua_copy(L, -1, SLOT_RESULT);
  lua_pop(L, 3);
  lua_pop(L, 1);
  lua_getfield(L, -2, name);
  if (lua_isnil(L, SLOT_RESULT) && !lua_rawequal(L, -1, -2)) lua_copy(L, -1, SLOT_RESULT);
  lua_pop(L, 1);
  lua_setfield(L, -2, name);
  lua_pop(L, 1);
}

/* From now on the new closures see the globals themselves. */
static void leave_journal(lua_State *L) {
  lua_pushglobaltable(L);
  lua_setupvalue(L, SLOT_CHUNK, 1);
}

/* Old versions are remembered as long as something of them is left that a later version may exchange. */
static void keep_versions(lua_State *L, const ReloadPlan *plan) {
  lua_getfield(L, SLOT_RECORD, "chunks");
  lua_createtable(L, plan->old_count + 1, 0);
  lua_Integer kept = 0;
  for (int i = 0; i < plan->old_count; i++) {
    if (!rl_reload_plan_leaves(plan, &plan->old[i])) continue;
    lua_rawgeti(L, -2, i + 1);
    lua_rawseti(L, -2, ++kept);
  }
  lua_pushvalue(L, SLOT_CHUNK);
  lua_rawseti(L, -2, ++kept);
  lua_setfield(L, SLOT_RECORD, "chunks");
  lua_pop(L, 1);
}

static void merge_all(lua_State *L, Request *request, const ReloadPlan *plan) {
  ReloadMerge *merge = &request->merge;
  merge->plan = plan;
  merge->added = push_list(L, "new_fields");
  merge->replaced = push_list(L, "replaced_fields");
  merge->removed = push_list(L, "removed_fields");
  merge_result(L, merge);
  merge_variables(L, merge, plan);
  rl_reload_apply_journal(L, merge, SLOT_JOURNAL);
}

static int perform(lua_State *L) {
  Request *request = lua_touserdata(L, SLOT_REQUEST);
  ReloadPlan plan = {.limit = request->limit, .anchors = SLOT_ANCHORS};
  bool runs = !request->dry_run && !request->is_script;
  luaL_checkstack(L, 50, NULL);
  lua_newtable(L);
  lua_pushnil(L);
  lua_pushnil(L);
  lua_newtable(L);
  lua_gc(L, LUA_GCCOLLECT); /* first: what the main chunk makes must stay, referred to or not */
  request->merge.undo = SLOT_UNDO;
  request->merge.seen = SLOT_SEEN;
  if (runs) run_chunk(L, &request->merge);
  list_versions(L, &plan);
  report_functions(L, &plan);
  if (!rl_reload_plan_find(L, &plan)) return luaL_error(L, "more than %I objects", (LUAI_UACINT)request->limit);
  plan.new_variables = push_list(L, "new_variables");
  if (!request->dry_run) rl_reload_plan_prepare(L, &plan);
  report_heap(L, &plan);
  if (request->dry_run) return 0;
  if (runs) merge_all(L, request, &plan);
  keep_versions(L, &plan);
  if (runs) leave_journal(L);
  rl_reload_plan_commit(L, &plan);
  return 0;
}

/* ---- hooks and options ---- */

/* Pushes the two functions, or nil, of hotreload.hooks and of the options. */
static void push_hooks(lua_State *L, int options, const char *hook) {
  push_registry_table(L, &hooks_key);
  lua_getfield(L, -1, hook);
  lua_replace(L, -2);
  lua_pushnil(L);
  if (options == 0) return;
  lua_pop(L, 1);
  lua_getfield(L, options, hook);
}

/* Calls the two hooks that begin at the index with the values on top, which are popped. Returns a status; on an error
 * its value is pushed. Raises nothing. */
static int call_hooks(lua_State *L, int hooks, int arguments) {
  int first = lua_gettop(L) - arguments + 1;
  int status = LUA_OK;
  for (int hook = hooks; hook <= hooks + 1 && status == LUA_OK; hook++) {
    if (lua_isnil(L, hook)) continue;
    lua_pushvalue(L, hook);
    for (int i = 0; i < arguments; i++) lua_pushvalue(L, first + i);
    status = lua_pcall(L, arguments, 0, 0);
  }
  if (status != LUA_OK) lua_replace(L, first);
  lua_settop(L, status == LUA_OK ? first - 1 : first);
  return status;
}

/* Stack: report, error of a hook. */
static int note_after_error(lua_State *L) {
  lua_setfield(L, 1, "after_error");
  return 0;
}

/* hotreload.hooks {before = f, after = f} */
static int set_hooks(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  push_registry_table(L, &hooks_key);
  for (int i = 0; i < 2; i++) {
    const char *hook = i == 0 ? "before" : "after";
    lua_getfield(L, 1, hook);
    lua_setfield(L, -2, hook);
  }
  return 0;
}

static void read_options(lua_State *L, int options, Request *request) {
  request->limit = DEFAULT_LIMIT;
  if (options == 0) return;
  lua_getfield(L, options, "dry_run");
  request->dry_run = lua_toboolean(L, -1);
  if (lua_getfield(L, options, "limit") != LUA_TNIL) {
    lua_Integer limit = luaL_checkinteger(L, -1);
    request->limit = limit < 0 ? 0 : (size_t)limit;
  }
  lua_pop(L, 2);
}

/* nil and the message on top. */
static int push_failure(lua_State *L) {
  luaL_pushfail(L);
  lua_insert(L, -2);
  return 2;
}

/* Collects nothing while the change is prepared: addresses of closures are held. */
static int perform_stopped(lua_State *L, const Request *request, int undo) {
  bool runs = lua_gc(L, LUA_GCISRUNNING);
  lua_gc(L, LUA_GCSTOP);
  int status = lua_pcall(L, SLOT_REPORT, 0, 0);
  if (status != LUA_OK) {
    int top = lua_gettop(L);
    lua_pushvalue(L, undo);
    rl_reload_undo(L, top + 1, request->merge.undo_count);
    lua_settop(L, top);
  }
  if (runs) lua_gc(L, LUA_GCRESTART);
  return status;
}

static void begin_report(lua_State *L, const char *name, int record) {
  lua_newtable(L);
  lua_pushstring(L, name);
  lua_setfield(L, -2, "name");
  lua_getfield(L, record, "path");
  lua_setfield(L, -2, "path");
}

int rl_reload_module(lua_State *L, const char *name, int options) {
  Request request = {.dry_run = false};
  luaL_checkstack(L, 30, NULL);
  read_options(L, options, &request);
  rl_reload_push_tracked(L);
  if (lua_getfield(L, -1, name) != LUA_TTABLE) {
    lua_pushfstring(L, "module '%s' is not tracked", name);
    return push_failure(L);
  }
  int record = lua_gettop(L);
  lua_getfield(L, record, "script");
  request.is_script = lua_toboolean(L, -1);
  lua_getfield(L, record, "path");
  if (luaL_loadfilex(L, lua_tostring(L, -1), "t") != LUA_OK) return push_failure(L);
  int chunk = lua_gettop(L);
  begin_report(L, name, record);
  int report = lua_gettop(L);
  lua_newtable(L);
  int undo = lua_gettop(L);
  push_hooks(L, options, "before");
  lua_pushstring(L, name);
  lua_pushvalue(L, record + 2);
  if (!request.dry_run && call_hooks(L, undo + 1, 2) != LUA_OK) return push_failure(L);
  lua_settop(L, undo);
  push_hooks(L, options, "after");
  lua_pushcfunction(L, perform);
  lua_pushlightuserdata(L, &request);
  lua_pushstring(L, name);
  lua_pushvalue(L, record);
  lua_pushvalue(L, chunk);
  lua_pushvalue(L, undo);
  lua_pushvalue(L, report);
  if (perform_stopped(L, &request, undo) != LUA_OK) return push_failure(L);
  lua_pushvalue(L, report);
  if (!request.dry_run && call_hooks(L, undo + 1, 1) != LUA_OK) { /* from here on nothing may be raised */
    lua_pushcfunction(L, note_after_error);
    lua_pushvalue(L, report);
    lua_pushvalue(L, -3);
    if (lua_pcall(L, 2, 0, 0) != LUA_OK) lua_pop(L, 1);
  }
  lua_settop(L, report);
  return 1;
}

/* hotreload.reload(name [, options]) */
static int reload(lua_State *L) {
  const char *name = luaL_checkstring(L, 1);
  int options = lua_isnoneornil(L, 2) ? 0 : 2;
  if (options != 0) luaL_checktype(L, 2, LUA_TTABLE);
  lua_settop(L, 2);
  return rl_reload_module(L, name, options);
}

LUA_API int rille_reload(lua_State *L, const char *name) {
  luaL_checkstack(L, 4, NULL);
  int top = lua_gettop(L);
  luaL_requiref(L, "rille.hotreload", rl_open_hotreload, 0);
  lua_getfield(L, -1, "reload");
  lua_pushstring(L, name);
  int status = lua_pcall(L, 1, 2, 0);
  if (status == LUA_OK) {
    status = lua_isnil(L, -2) ? LUA_ERRRUN : LUA_OK;
    if (status == LUA_OK) lua_pop(L, 1);
  }
  lua_replace(L, top + 1);
  lua_settop(L, top + 1);
  return status;
}

int rl_open_hotreload(lua_State *L) {
  static const luaL_Reg functions[] = {
    {"auto", rl_reload_auto},  {"hooks", set_hooks},       {"reload", reload}, {"script", track_script},
    {"tracked", list_tracked}, {"watch", rl_reload_watch}, {NULL, NULL}};
  lua_settop(L, 0);
  track_loaded(L);
  wrap_searcher(L);
  rl_reload_open_watcher(L);
  luaL_newlib(L, functions);
  return 1;
}

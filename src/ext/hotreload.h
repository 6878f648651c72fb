/* What the files of rille.hotreload share. docs/hotreload.md says what a reload does, hotreload.c in which order. */
#ifndef RL_EXT_HOTRELOAD_H
#define RL_EXT_HOTRELOAD_H

#include "value/global.h"
#include "value/string.h"

/* ---- hotreload_tree.c: the functions of one version of a module ---- */

#define NO_NODE (-1)

/* A local variable of some function of the module, as upvalues refer to it. */
typedef struct ReloadVariable {
  const String *name; /* NULL when the chunk is stripped */
  int32_t node;       /* the function that declares it; NO_NODE: from outside of the module (_ENV) */
  uint32_t ordinal;   /* among the variables of its name there */
  uint8_t is_in_loop;
} ReloadVariable;

/* A function of the module. Parents come before their children; 0 is the main chunk. */
typedef struct ReloadNode {
  Prototype *prototype;
  const String *name;        /* of the variable or field that it is stored in at once; NULL: none */
  ReloadVariable *variables; /* what its upvalues are */
  int32_t parent;
  uint32_t ordinal;   /* among those of its name, or without a name, in its parent */
  uint32_t create_pc; /* behind the instruction that makes closures of it */
  int32_t partner;    /* its counterpart in the other version, or NO_NODE */
  uint8_t is_changed; /* the counterpart has other code */
} ReloadNode;

typedef struct ReloadTree {
  ReloadNode *nodes;
  int32_t count;
} ReloadTree;

/* Lists the functions of a main chunk; pushes the userdata that keeps the list. The prototypes must be kept alive by
 * the caller. May raise (memory). */
ReloadTree rl_reload_tree_push(lua_State *L, Prototype *main_chunk);
/* Finds the counterparts of both versions. */
void rl_reload_tree_match(ReloadTree *old, ReloadTree *fresh);
/* The node with the prototype, or NO_NODE. */
int32_t rl_reload_tree_find(const ReloadTree *tree, const Prototype *prototype);
/* Whether variable `a` of the old version is `b` of the new one. The trees have been matched. */
bool rl_reload_same_variable(const ReloadTree *old, const ReloadVariable *a, const ReloadVariable *b);
/* Pushes a text like "update" or "start/<function 2>". May raise (memory). */
void rl_reload_tree_push_path(lua_State *L, const ReloadTree *tree, int32_t node);

/* ---- hotreload_plan.c: what is to be done in the heap ---- */

/* A closure of an old version. If its function has a counterpart, it is to act as one of the new version. */
typedef struct ReloadClosure {
  LuaClosure *closure;
  LuaClosure *shadow; /* a new closure with the new function and upvalues; the table of anchors keeps it */
  Prototype *forward; /* when the closure has no room for the new upvalues: what calls the shadow; else NULL */
  const ReloadTree *tree;
  int32_t node; /* in its tree */
} ReloadClosure;

/* A closure that the new version's main chunk has made. */
typedef struct ReloadMade {
  LuaClosure *closure;
  int32_t node;
} ReloadMade;

/* An activation of an old closure. What runs goes on with `replica`, which has the old function. */
typedef struct ReloadFrame {
  State *thread;
  ptrdiff_t slot;
  LuaClosure *replica;
} ReloadFrame;

/* Prototypes of all versions by address. */
typedef struct ReloadEntry {
  const Prototype *prototype;
  const ReloadTree *tree;
  int32_t node;
} ReloadEntry;

typedef struct ReloadPlan {
  ReloadTree *old; /* all versions that may be alive, the oldest first */
  int old_count;
  ReloadTree fresh;
  ReloadEntry *entries;
  size_t entry_count;
  ReloadClosure *closures;
  ReloadMade *made;
  ReloadFrame *frames;
  size_t closure_count, made_count, frame_count;
  size_t walked, limit; /* objects looked at, and to look at */
  size_t forwarded;
  int anchors;       /* stack index of a table that keeps what is prepared */
  int new_variables; /* stack index of a list: names of variables that old closures have not had */
} ReloadPlan;

/* Walks the heap and fills in closures, made, frames and walked; pushes userdata. Returns false when there are more
 * than `limit` objects. The collector must have finished a cycle and be stopped. May raise (memory). */
bool rl_reload_plan_find(lua_State *L, ReloadPlan *plan);
/* Prepares everything that needs memory. May raise (memory). Nothing has changed for the program. */
void rl_reload_plan_prepare(lua_State *L, ReloadPlan *plan);
/* Makes the change: neither allocates nor raises. */
void rl_reload_plan_commit(lua_State *L, ReloadPlan *plan);
/* The cell of a variable of the module's main chunk in closures of the old versions, or NULL. */
UpValue *rl_reload_old_cell(const ReloadPlan *plan, const ReloadVariable *variable);
/* Whether `old` is a closure that will act as `fresh` does. */
bool rl_reload_will_be(const ReloadPlan *plan, const Value *old, const Value *fresh);
/* Whether closures of the version stay as they are, or functions of it are running. */
bool rl_reload_plan_leaves(const ReloadPlan *plan, const ReloadTree *tree);
/* Whether the value is a closure of an old version without counterpart. */
bool rl_reload_is_removed(const ReloadPlan *plan, const Value *value);

/* ---- hotreload_merge.c: tables, globals, and what must be undone when something fails ---- */

typedef struct ReloadMerge {
  const ReloadPlan *plan;
  int undo;                     /* stack indices: a list of table, key, old value, */
  int seen;                     /* new tables and the old ones that they have become, */
  int added, replaced, removed; /* lists of paths */
  int undo_count;               /* of values in the list */
} ReloadMerge;

/* Brings the new table (on top) into the old one (below it): what is new is added, functions are replaced, state stays.
 * `path` names the table. Pops nothing. May raise (memory). */
void rl_reload_merge(lua_State *L, ReloadMerge *merge, const char *path);
/* Sets field `key` of the table at the index to the value on top, which is popped, and notes it. */
void rl_reload_set_field(lua_State *L, ReloadMerge *merge, int table, const char *key);
/* Puts everything back; `undo` is the index of the list. Does not allocate. */
void rl_reload_undo(lua_State *L, int undo, int count);

/* Runs the main chunk on top with the arguments `name` and `path`; its environment holds assignments to globals back.
 * Pushes a journal of them and the chunk's result. Raises what the chunk raises. */
void rl_reload_run(lua_State *L, const char *name, const char *path);
/* Makes the assignments of the journal at the index. */
void rl_reload_apply_journal(lua_State *L, ReloadMerge *merge, int journal);

/* ---- hotreload.c ---- */

/* reload of a tracked module: pushes a report, or nil and a message; returns the number of values. */
int rl_reload_module(lua_State *L, const char *name, int options);
/* Pushes the table of what is tracked: name to {path =, chunk =, ...}. */
void rl_reload_push_tracked(lua_State *L);

/* ---- hotreload_watch.c ---- */
int rl_reload_watch(lua_State *L);
int rl_reload_auto(lua_State *L);
void rl_reload_open_watcher(lua_State *L);

#endif

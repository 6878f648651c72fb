/* The change in the heap.
 *
 * A closure keeps its identity: its prototype and upvalues are exchanged inside the object, so that whoever holds it,
 * wherever that is, calls the new function. When the new function has more upvalues than the object has room for, the
 * closure becomes one that calls a new closure with all its arguments.
 *
 * What runs at the moment goes on as it was: the slots of running functions get replicas of the closures with the old
 * prototype and upvalues.
 *
 * Where the new function's upvalues come from: from the old closure, if it has the variable; for variables of the main
 * chunk from any other old closure, else from what the new version's main chunk has made; for variables of other
 * functions from an old closure of the same activation. What nobody has had is nil.
 *
 * Everything is prepared before anything is changed; the change itself cannot fail. */
#include <stdlib.h>

#include "ext/hotreload.h"
#include "gc/collect.h"
#include "heap/barrier.h"
#include "heap/block.h"
#include "lauxlib.h"
#include "object/functions.h"

#define PORTION 4096 /* objects between two looks at the limit */

/* ---- prototypes by address ---- */

static int compare_entries(const void *a, const void *b) {
  uintptr_t x = (uintptr_t)((const ReloadEntry *)a)->prototype, y = (uintptr_t)((const ReloadEntry *)b)->prototype;
  return (x > y) - (x < y);
}

static void list_prototypes(lua_State *L, ReloadPlan *plan) {
  size_t count = (size_t)plan->fresh.count;
  for (int i = 0; i < plan->old_count; i++) count += (size_t)plan->old[i].count;
  plan->entries = lua_newuserdatauv(L, count * sizeof(ReloadEntry), 0);
  plan->entry_count = 0;
  for (int i = 0; i <= plan->old_count; i++) {
    const ReloadTree *tree = i < plan->old_count ? &plan->old[i] : &plan->fresh;
    for (int32_t n = 0; n < tree->count; n++)
      plan->entries[plan->entry_count++] = (ReloadEntry){tree->nodes[n].prototype, tree, n};
  }
  qsort(plan->entries, plan->entry_count, sizeof(ReloadEntry), compare_entries);
}

static const ReloadEntry *find_entry(const ReloadPlan *plan, const Prototype *prototype) {
  ReloadEntry key = {.prototype = prototype};
  return bsearch(&key, plan->entries, plan->entry_count, sizeof(ReloadEntry), compare_entries);
}

static const ReloadEntry *entry_of(const ReloadPlan *plan, const Value *value) {
  return value_is_lua_closure(value) ? find_entry(plan, value_lua_closure(value)->prototype) : NULL;
}

static bool is_old(const ReloadPlan *plan, const ReloadEntry *entry) {
  return entry != NULL && entry->tree != &plan->fresh;
}

static int32_t partner_of(const ReloadEntry *entry) {
  return entry->tree->nodes[entry->node].partner;
}

/* ---- finding ---- */

static void note_closure(ReloadPlan *plan, LuaClosure *closure) {
  const ReloadEntry *entry = find_entry(plan, closure->prototype);
  if (entry == NULL) return;
  if (is_old(plan, entry)) {
    if (plan->closures != NULL)
      plan->closures[plan->closure_count] =
        (ReloadClosure){.closure = closure, .tree = entry->tree, .node = entry->node};
    plan->closure_count++;
  } else {
    if (plan->made != NULL) plan->made[plan->made_count] = (ReloadMade){closure, entry->node};
    plan->made_count++;
  }
}

static void note_frames(ReloadPlan *plan, State *thread) {
  if (thread == NULL || thread->stack == NULL) return;
  for (const CallInfo *record = thread->call_base; record <= thread->call_info; record++) {
    const ReloadEntry *entry = call_is_lua(record) ? entry_of(plan, record->function) : NULL;
    if (!is_old(plan, entry) || partner_of(entry) == NO_NODE) continue;
    if (plan->frames != NULL)
      plan->frames[plan->frame_count] = (ReloadFrame){.thread = thread, .slot = stack_save(thread, record->function)};
    plan->frame_count++;
  }
}

static void note_object(Global *global, Object *object, void *data) {
  ReloadPlan *plan = data;
  (void)global;
  plan->walked++;
  if (object->type == TAG_LUA_CLOSURE) note_closure(plan, (LuaClosure *)object);
  if (object->type == TAG_THREAD) note_frames(plan, ((Thread *)object)->state);
}

static bool walk(Global *global, ReloadPlan *plan) {
  HeapWalk position;
  plan->closure_count = plan->made_count = plan->frame_count = plan->walked = 0;
  rl_heap_walk_begin(global, &position);
  while (rl_heap_walk(global, &position, PORTION, note_object, plan))
    if (plan->walked > plan->limit) return false;
  return plan->walked <= plan->limit;
}

/* Once to count, once to note: the arrays are no closures or threads, so the second walk meets the same ones. */
bool rl_reload_plan_find(lua_State *L, ReloadPlan *plan) {
  luaL_checkstack(L, 8, NULL);
  list_prototypes(L, plan);
  plan->closures = NULL;
  plan->made = NULL;
  plan->frames = NULL;
  if (!walk(L->global, plan)) return false;
  ReloadClosure *closures = lua_newuserdatauv(L, plan->closure_count * sizeof(ReloadClosure) + 1, 0);
  ReloadMade *made = lua_newuserdatauv(L, plan->made_count * sizeof(ReloadMade) + 1, 0);
  ReloadFrame *frames = lua_newuserdatauv(L, plan->frame_count * sizeof(ReloadFrame) + 1, 0);
  plan->closures = closures;
  plan->made = made;
  plan->frames = frames;
  plan->limit += 3;
  return walk(L->global, plan);
}

/* ---- cells ---- */

/* The cell of the new version's variable in the old closure, or NULL. */
static UpValue *cell_in(const ReloadClosure *old, const ReloadVariable *variable) {
  const ReloadNode *node = &old->tree->nodes[old->node];
  for (uint32_t i = 0; i < node->prototype->upvalue_count; i++)
    if (rl_reload_same_variable(old->tree, &node->variables[i], variable)) return old->closure->upvalues[i];
  return NULL;
}

/* Of the new version, both. */
static bool is_same(const ReloadVariable *a, const ReloadVariable *b) {
  return a->node == b->node && a->ordinal == b->ordinal && a->name == b->name && a->name != NULL;
}

static bool is_of_module(const ReloadVariable *variable) {
  return variable->node <= 0 && !variable->is_in_loop && variable->name != NULL;
}

UpValue *rl_reload_old_cell(const ReloadPlan *plan, const ReloadVariable *variable) {
  if (!is_of_module(variable)) return NULL;
  for (size_t i = plan->closure_count; i-- > 0;) {
    UpValue *cell = cell_in(&plan->closures[i], variable);
    if (cell != NULL) return cell;
  }
  return NULL;
}

static UpValue *made_cell(const ReloadPlan *plan, const ReloadVariable *variable) {
  if (!is_of_module(variable)) return NULL;
  for (size_t i = 0; i < plan->made_count; i++) {
    const ReloadNode *node = &plan->fresh.nodes[plan->made[i].node];
    for (uint32_t n = 0; n < node->prototype->upvalue_count; n++)
      if (is_same(&node->variables[n], variable)) return plan->made[i].closure->upvalues[n];
  }
  return NULL;
}

/* Both closures were made in one activation of the function that declares the variable: they share a cell of it. */
static bool share_activation(const ReloadClosure *a, const ReloadClosure *b, const ReloadVariable *variable) {
  const ReloadNode *node = &a->tree->nodes[a->node], *other = &b->tree->nodes[b->node];
  for (uint32_t i = 0; i < node->prototype->upvalue_count; i++) {
    int32_t declarer = node->variables[i].node;
    if (declarer == NO_NODE || a->tree->nodes[declarer].partner != variable->node) continue;
    for (uint32_t n = 0; n < other->prototype->upvalue_count; n++)
      if (a->closure->upvalues[i] == b->closure->upvalues[n]) return true;
  }
  return false;
}

/* The cell in another closure of the same activation: an old cell, or one that has been prepared for it. */
static UpValue *sibling_cell(const ReloadPlan *plan, const ReloadClosure *old, const ReloadVariable *variable) {
  if (variable->node <= 0) return NULL;
  for (size_t i = 0; i < plan->closure_count; i++) {
    const ReloadClosure *other = &plan->closures[i];
    if (other == old || !share_activation(old, other, variable)) continue;
    UpValue *cell = cell_in(other, variable);
    if (cell != NULL) return cell;
    if (other->shadow == NULL) continue;
    const ReloadNode *node = &plan->fresh.nodes[other->tree->nodes[other->node].partner];
    for (uint32_t n = 0; n < node->prototype->upvalue_count; n++)
      if (is_same(&node->variables[n], variable) && other->shadow->upvalues[n] != NULL)
        return other->shadow->upvalues[n];
  }
  return NULL;
}

/* ---- preparing ---- */

/* Keeps the object alive until the plan is forgotten. */
static void anchor(lua_State *L, const ReloadPlan *plan, void *object) {
  value_set_object(L->top, object);
  L->top++;
  lua_rawseti(L, plan->anchors, (lua_Integer)lua_rawlen(L, plan->anchors) + 1);
}

static UpValue *new_cell(lua_State *L, const ReloadPlan *plan, const ReloadClosure *old,
                         const ReloadVariable *variable) {
  int32_t node = old->tree->nodes[old->node].partner;
  rl_reload_tree_push_path(L, &plan->fresh, node);
  lua_pushfstring(L, "%s: %s", lua_tostring(L, -1), variable->name == NULL ? "?" : string_bytes(variable->name));
  lua_rawseti(L, plan->new_variables, (lua_Integer)lua_rawlen(L, plan->new_variables) + 1);
  lua_pop(L, 1);
  UpValue *cell = rl_heap_new(L, TAG_UPVALUE, sizeof(UpValue));
  cell->value = &cell->closed;
  value_set_nil(&cell->closed);
  return cell;
}

static void fill_shadow(lua_State *L, const ReloadPlan *plan, ReloadClosure *old) {
  const ReloadNode *node = &plan->fresh.nodes[old->tree->nodes[old->node].partner];
  for (uint32_t i = 0; i < node->prototype->upvalue_count; i++) {
    const ReloadVariable *variable = &node->variables[i];
    UpValue *cell = cell_in(old, variable);
    if (cell == NULL) cell = rl_reload_old_cell(plan, variable);
    if (cell == NULL) cell = made_cell(plan, variable);
    if (cell == NULL) cell = sibling_cell(plan, old, variable);
    if (cell == NULL) cell = new_cell(L, plan, old, variable);
    old->shadow->upvalues[i] = cell;
    barrier_forward_object(L, old->shadow, cell);
  }
}

/* A function without upvalues that calls its constant. */
static Prototype *make_forward(lua_State *L, const ReloadPlan *plan, LuaClosure *target) {
  if (luaL_loadstring(L, "return function(...) return ('target')(...) end") != LUA_OK) lua_error(L);
  Prototype *forward = value_lua_closure(L->top - 1)->prototype->nested[0];
  lua_rawseti(L, plan->anchors, (lua_Integer)lua_rawlen(L, plan->anchors) + 1);
  for (uint32_t i = 0; i < forward->constant_count; i++) {
    if (!value_is_string(&forward->constants[i])) continue;
    value_set_object(&forward->constants[i], target);
    barrier_forward_object(L, forward, target);
  }
  forward->source = target->prototype->source;
  if (forward->source != NULL) barrier_forward_object(L, forward, forward->source);
  forward->line_defined = target->prototype->line_defined;
  forward->last_line_defined = target->prototype->last_line_defined;
  for (uint32_t i = 0; i < forward->line_count; i++) forward->lines[i].line = forward->line_defined;
  return forward;
}

static uint32_t room_in(LuaClosure *closure) {
  return (uint32_t)((rl_heap_use_whole(&closure->header) - sizeof(LuaClosure)) / sizeof(UpValue *));
}

static void prepare_closure(lua_State *L, ReloadPlan *plan, ReloadClosure *old) {
  int32_t partner = old->tree->nodes[old->node].partner;
  if (partner == NO_NODE) return;
  Prototype *prototype = plan->fresh.nodes[partner].prototype;
  old->shadow = rl_lua_closure_new(L, prototype, prototype->upvalue_count);
  anchor(L, plan, old->shadow);
  fill_shadow(L, plan, old);
  if (prototype->upvalue_count <= room_in(old->closure)) return;
  old->forward = make_forward(L, plan, old->shadow);
  plan->forwarded++;
}

static void prepare_frame(lua_State *L, const ReloadPlan *plan, ReloadFrame *frame) {
  const LuaClosure *closure = value_lua_closure(stack_restore(frame->thread, frame->slot));
  uint32_t count = closure_upvalue_count(closure);
  frame->replica = rl_lua_closure_new(L, closure->prototype, count);
  for (uint32_t i = 0; i < count; i++) frame->replica->upvalues[i] = closure->upvalues[i];
  anchor(L, plan, frame->replica);
}

void rl_reload_plan_prepare(lua_State *L, ReloadPlan *plan) {
  luaL_checkstack(L, 8, NULL);
  plan->forwarded = 0;
  for (size_t i = 0; i < plan->closure_count; i++) prepare_closure(L, plan, &plan->closures[i]);
  for (size_t i = 0; i < plan->frame_count; i++) prepare_frame(L, plan, &plan->frames[i]);
}

/* ---- questions ---- */

bool rl_reload_will_be(const ReloadPlan *plan, const Value *old, const Value *fresh) {
  const ReloadEntry *a = entry_of(plan, old), *b = entry_of(plan, fresh);
  return is_old(plan, a) && b != NULL && !is_old(plan, b) && partner_of(a) == b->node;
}

bool rl_reload_is_removed(const ReloadPlan *plan, const Value *value) {
  const ReloadEntry *entry = entry_of(plan, value);
  return is_old(plan, entry) && partner_of(entry) == NO_NODE;
}

bool rl_reload_plan_leaves(const ReloadPlan *plan, const ReloadTree *tree) {
  for (size_t i = 0; i < plan->closure_count; i++) {
    const ReloadClosure *closure = &plan->closures[i];
    if (closure->tree == tree && closure->node != 0 && tree->nodes[closure->node].partner == NO_NODE) return true;
  }
  for (size_t i = 0; i < plan->frame_count; i++)
    if (find_entry(plan, plan->frames[i].replica->prototype)->tree == tree) return true;
  return false;
}

/* ---- the change ---- */

/* Values of variables stay, but a variable that was a function, or nothing yet, becomes the new version's function,
 * unless it holds one that will act so anyway. */
static void update_variable(lua_State *L, const ReloadPlan *plan, UpValue *old, const UpValue *made) {
  const ReloadEntry *entry = entry_of(plan, made->value);
  if (entry == NULL || is_old(plan, entry) || rl_reload_will_be(plan, old->value, made->value)) return;
  if (!value_is_function(old->value) && !value_is_nil(old->value)) return;
  value_copy(old->value, made->value);
  barrier_forward(L, old, old->value);
}

static void link_made(lua_State *L, const ReloadPlan *plan, const ReloadMade *made) {
  const ReloadNode *node = &plan->fresh.nodes[made->node];
  for (uint32_t i = 0; i < node->prototype->upvalue_count; i++) {
    if (node->variables[i].node != 0) continue;
    UpValue *old = rl_reload_old_cell(plan, &node->variables[i]);
    if (old == NULL || old == made->closure->upvalues[i]) continue;
    update_variable(L, plan, old, made->closure->upvalues[i]);
    made->closure->upvalues[i] = old;
    barrier_forward_object(L, made->closure, old);
  }
}

static void exchange(lua_State *L, const ReloadClosure *old) {
  LuaClosure *closure = old->closure;
  if (old->shadow == NULL) return;
  if (old->forward != NULL) {
    closure->header.own = 0;
    closure->prototype = old->forward;
  } else {
    closure->header.own = closure_upvalue_count(old->shadow);
    closure->prototype = old->shadow->prototype;
    for (uint32_t i = 0; i < closure->header.own; i++) {
      closure->upvalues[i] = old->shadow->upvalues[i];
      barrier_forward_object(L, closure, closure->upvalues[i]);
    }
  }
  barrier_forward_object(L, closure, closure->prototype);
}

void rl_reload_plan_commit(lua_State *L, ReloadPlan *plan) {
  for (size_t i = 0; i < plan->made_count; i++) link_made(L, plan, &plan->made[i]);
  for (size_t i = 0; i < plan->frame_count; i++) {
    State *thread = plan->frames[i].thread;
    Value *slot = stack_restore(thread, plan->frames[i].slot);
    value_set_object(slot, plan->frames[i].replica);
    rl_gc_stack_stored(thread, slot);
  }
  for (size_t i = 0; i < plan->closure_count; i++) exchange(L, &plan->closures[i]);
}

/* Two versions of a module as trees of functions, and which function of the one is which of the other.
 *
 * A function is found again by its place: the path of names from the main chunk to it, where a name is that of the
 * local variable, upvalue, global or field that the new closure is stored in at once, whatever stands around it.
 * Functions without a name (arguments, results) are found again by their code, else by their order among those without
 * a name. */
#include <string.h>

#include "bytecode/encode.h"
#include "ext/hotreload.h"
#include "lauxlib.h"
#include "object/functions.h"
#include "object/strings.h"

/* Names up to 40 bytes are interned, longer ones are not. */
static bool same_name(const String *a, const String *b) {
  return a == b || (a != NULL && b != NULL && rl_string_equal(a, b));
}

/* ---- listing ---- */

typedef struct TreeSize {
  size_t functions, upvalues;
} TreeSize;

static void measure(const Prototype *prototype, TreeSize *size) {
  size->functions++;
  size->upvalues += prototype->upvalue_count;
  for (uint32_t i = 0; i < prototype->nested_count; i++) measure(prototype->nested[i], size);
}

/* The description of the local variable in the register at `pc`, or NULL. Those that are active are met in the order of
 * their registers. */
static const LocalDescription *local_at(const Prototype *prototype, uint32_t pc, uint32_t reg) {
  for (uint32_t i = 0; i < prototype->local_count && prototype->locals[i].first_pc <= pc; i++)
    if (pc < prototype->locals[i].end_pc && reg-- == 0) return &prototype->locals[i];
  return NULL;
}

static const String *field_name(const Prototype *prototype, Instruction extra) {
  const Value *key = &prototype->constants[field_constant(extra)];
  return value_is_string(key) ? value_string(key) : NULL;
}

/* Where the instruction at `pc` puts the closure that is in the register. */
static const String *name_from_store(const Prototype *prototype, uint32_t pc, uint32_t reg) {
  const LocalDescription *local = local_at(prototype, pc, reg);
  if (local != NULL) return local->name;
  if (pc >= prototype->code_count) return NULL;
  Instruction word = prototype->code[pc];
  switch (instruction_op(word)) {
    case OP_SETFIELD:
    case OP_SETTABUP: return instruction_b(word) == reg ? field_name(prototype, prototype->code[pc + 1]) : NULL;
    case OP_SETUPVAL: return instruction_a(word) == reg ? prototype->upvalues[instruction_b(word)].name : NULL;
    case OP_MOVE:
      if (instruction_b(word) != reg) return NULL;
      local = local_at(prototype, pc + 1, instruction_a(word));
      return local == NULL ? NULL : local->name;
    default: return NULL;
  }
}

static int32_t add_functions(ReloadTree *tree, Prototype *prototype, int32_t parent, uint32_t create_pc,
                             const String *name);

static void add_children(ReloadTree *tree, Prototype *prototype, int32_t node) {
  for (uint32_t pc = 0; pc < prototype->code_count; pc += instruction_words(prototype->code[pc])) {
    if (instruction_op(prototype->code[pc]) != OP_CLOSURE) continue;
    uint32_t reg = instruction_a(prototype->code[pc]);
    Prototype *nested = prototype->nested[prototype->code[pc + 1]];
    add_functions(tree, nested, node, pc + 2, name_from_store(prototype, pc + 2, reg));
  }
}

static uint32_t count_siblings(const ReloadTree *tree, int32_t parent, const String *name) {
  uint32_t count = 0;
  for (int32_t i = parent + 1; i < tree->count; i++)
    if (tree->nodes[i].parent == parent && same_name(tree->nodes[i].name, name)) count++;
  return count;
}

static int32_t add_functions(ReloadTree *tree, Prototype *prototype, int32_t parent, uint32_t create_pc,
                             const String *name) {
  uint32_t ordinal = parent == NO_NODE ? 0 : count_siblings(tree, parent, name);
  int32_t node = tree->count++;
  tree->nodes[node] = (ReloadNode){.prototype = prototype,
                                   .name = name,
                                   .parent = parent,
                                   .ordinal = ordinal,
                                   .create_pc = create_pc,
                                   .partner = NO_NODE};
  add_children(tree, prototype, node);
  return node;
}

int32_t rl_reload_tree_find(const ReloadTree *tree, const Prototype *prototype) {
  for (int32_t i = 0; i < tree->count; i++)
    if (tree->nodes[i].prototype == prototype) return i;
  return NO_NODE;
}

/* ---- matching ---- */

static bool same_constant(const Value *a, const Value *b) {
  if (a->tag != b->tag) return false;
  if (a->tag == TAG_LONG_STRING) {
    const String *x = value_string(a), *y = value_string(b);
    return string_length(x) == string_length(y) && memcmp(string_bytes(x), string_bytes(y), string_length(x)) == 0;
  }
  return a->tag <= TAG_TRUE || a->as.bits == b->as.bits;
}

/* Lines do not count. */
static bool same_code(const Prototype *a, const Prototype *b) {
  if (a->parameter_count != b->parameter_count || a->is_vararg != b->is_vararg || a->code_count != b->code_count ||
      a->constant_count != b->constant_count || a->nested_count != b->nested_count ||
      a->upvalue_count != b->upvalue_count)
    return false;
  if (memcmp(a->code, b->code, a->code_count * sizeof(Instruction)) != 0) return false;
  for (uint32_t i = 0; i < a->constant_count; i++)
    if (!same_constant(&a->constants[i], &b->constants[i])) return false;
  for (uint32_t i = 0; i < a->upvalue_count; i++)
    if (!same_name(a->upvalues[i].name, b->upvalues[i].name)) return false;
  return true;
}

static void pair(ReloadTree *old, int32_t i, ReloadTree *fresh, int32_t j) {
  old->nodes[i].partner = j;
  fresh->nodes[j].partner = i;
  bool changed = !same_code(old->nodes[i].prototype, fresh->nodes[j].prototype);
  old->nodes[i].is_changed = fresh->nodes[j].is_changed = changed;
}

typedef bool PairTest(const ReloadNode *a, const ReloadNode *b);

static bool have_same_name(const ReloadNode *a, const ReloadNode *b) {
  return a->name != NULL && same_name(a->name, b->name) && a->ordinal == b->ordinal;
}
static bool have_same_code(const ReloadNode *a, const ReloadNode *b) {
  return a->name == NULL && b->name == NULL && same_code(a->prototype, b->prototype);
}
static bool have_same_form(const ReloadNode *a, const ReloadNode *b) {
  return a->name == NULL && b->name == NULL && a->prototype->parameter_count == b->prototype->parameter_count &&
         a->prototype->is_vararg == b->prototype->is_vararg;
}

static bool are_nameless(const ReloadNode *a, const ReloadNode *b) {
  return a->name == NULL && b->name == NULL;
}

static int32_t count_left(const ReloadTree *tree, int32_t parent) {
  int32_t count = 0;
  for (int32_t i = parent + 1; i < tree->count; i++) {
    const ReloadNode *node = &tree->nodes[i];
    if (node->parent == parent && node->partner == NO_NODE && node->name == NULL) count++;
  }
  return count;
}

/* Pairs children of the paired nodes i and j. */
static void pair_children(ReloadTree *old, int32_t i, ReloadTree *fresh, int32_t j, PairTest *test) {
  for (int32_t a = i + 1; a < old->count; a++) {
    if (old->nodes[a].parent != i || old->nodes[a].partner != NO_NODE) continue;
    for (int32_t b = j + 1; b < fresh->count; b++) {
      if (fresh->nodes[b].parent != j || fresh->nodes[b].partner != NO_NODE) continue;
      if (!test(&old->nodes[a], &fresh->nodes[b])) continue;
      pair(old, a, fresh, b);
      break;
    }
  }
}

void rl_reload_tree_match(ReloadTree *old, ReloadTree *fresh) {
  for (int32_t i = 0; i < old->count; i++) old->nodes[i].partner = NO_NODE;
  for (int32_t i = 0; i < fresh->count; i++) fresh->nodes[i].partner = NO_NODE;
  pair(old, 0, fresh, 0);
  for (int32_t i = 0; i < old->count; i++) {
    int32_t j = old->nodes[i].partner;
    if (j == NO_NODE) continue;
    pair_children(old, i, fresh, j, have_same_name);
    pair_children(old, i, fresh, j, have_same_code);
    pair_children(old, i, fresh, j, count_left(old, i) == count_left(fresh, j) ? are_nameless : have_same_form);
  }
}

/* ---- variables ---- */

/* A jump backward from behind the variable's declaration to before it. */
static bool is_in_loop(const Prototype *prototype, const LocalDescription *local) {
  for (uint32_t pc = 0; pc < prototype->code_count; pc += instruction_words(prototype->code[pc])) {
    Instruction word = prototype->code[pc];
    const OpcodeInfo *info = &rl_opcodes[instruction_op(word)];
    int64_t target = pc;
    if (info->a == OPERAND_SJ) target = (int64_t)pc + 1 + instruction_jump(word);
    if (info->x == OPERAND_X_JUMP) target = (int64_t)pc + 2 + (int32_t)prototype->code[pc + 1];
    if (target <= local->first_pc && local->first_pc < pc) return true;
  }
  return false;
}

/* A function that refers to itself: its variable is active for debuggers only behind the instruction CLOSURE. */
static ReloadVariable local_variable(const ReloadTree *tree, int32_t node, uint32_t pc, uint32_t reg) {
  const Prototype *prototype = tree->nodes[node].prototype;
  const LocalDescription *local = local_at(prototype, pc, reg);
  if (local == NULL) local = local_at(prototype, pc - 2, reg); /* the block ends with this closure */
  ReloadVariable variable = {.name = local == NULL ? NULL : local->name, .node = node};
  if (local == NULL) return variable;
  for (const LocalDescription *other = prototype->locals; other < local; other++)
    if (same_name(other->name, local->name)) variable.ordinal++;
  variable.is_in_loop = is_in_loop(prototype, local);
  return variable;
}

static ReloadVariable find_variable(const ReloadTree *tree, int32_t node, uint32_t upvalue) {
  for (;;) {
    const ReloadNode *function = &tree->nodes[node];
    const UpvalueDescription *description = &function->prototype->upvalues[upvalue];
    if (function->parent == NO_NODE)
      return (ReloadVariable){.name = description->name, .node = NO_NODE, .ordinal = upvalue};
    if (description->in_stack) return local_variable(tree, function->parent, function->create_pc, description->index);
    node = function->parent;
    upvalue = description->index;
  }
}

bool rl_reload_same_variable(const ReloadTree *old, const ReloadVariable *a, const ReloadVariable *b) {
  int32_t node = a->node == NO_NODE ? NO_NODE : old->nodes[a->node].partner;
  if ((a->node == NO_NODE) != (b->node == NO_NODE) || node != b->node) return false;
  return a->name != NULL && same_name(a->name, b->name) && a->ordinal == b->ordinal;
}

/* ---- making the list ---- */

ReloadTree rl_reload_tree_push(lua_State *L, Prototype *main_chunk) {
  TreeSize size = {0, 0};
  measure(main_chunk, &size);
  size_t nodes_bytes = size.functions * sizeof(ReloadNode);
  ReloadTree tree = {.nodes = lua_newuserdatauv(L, nodes_bytes + size.upvalues * sizeof(ReloadVariable), 0)};
  ReloadVariable *variable = (ReloadVariable *)((char *)tree.nodes + nodes_bytes);
  add_functions(&tree, main_chunk, NO_NODE, 0, NULL);
  for (int32_t i = 0; i < tree.count; i++) {
    tree.nodes[i].variables = variable;
    for (uint32_t n = 0; n < tree.nodes[i].prototype->upvalue_count; n++) *variable++ = find_variable(&tree, i, n);
  }
  return tree;
}

/* ---- names for reports ---- */

void rl_reload_tree_push_path(lua_State *L, const ReloadTree *tree, int32_t node) {
  const ReloadNode *function = &tree->nodes[node];
  luaL_checkstack(L, 4, NULL);
  if (function->parent == NO_NODE) {
    lua_pushliteral(L, "main chunk");
    return;
  }
  if (function->parent != 0) {
    rl_reload_tree_push_path(L, tree, function->parent);
    lua_pushliteral(L, "/");
  } else {
    lua_pushliteral(L, "");
    lua_pushliteral(L, "");
  }
  if (function->name == NULL)
    lua_pushfstring(L, "<function %d>", (int)function->ordinal + 1);
  else if (function->ordinal == 0)
    lua_pushstring(L, string_bytes(function->name));
  else
    lua_pushfstring(L, "%s#%d", string_bytes(function->name), (int)function->ordinal + 1);
  lua_concat(L, 3);
}

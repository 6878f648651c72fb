/* Labels, and the jumps (goto, break) that wait for them.
 *
 * A backward goto finds its label among the visible ones. A forward one waits in the list of jumps; each block that
 * ends without its label hands it to the block outside, and whatever variables the block had are gone from the jump's
 * view. If then the label comes and more variables are active there than the jump saw, the jump would enter their
 * scope. A jump that has left a block with captured variables needs a CLOSE: that stands once, at the label. */
#include "compile/emit.h"
#include "object/strings.h"

static Label *append(Compiler *compiler, LabelList *list) {
  scratch_ensure(compiler->L, &list->memory, (list->count + 1) * sizeof(Label));
  list->items = list->memory.bytes;
  return &list->items[list->count++];
}

static void remove_at(LabelList *list, uint32_t index) {
  list->count--;
  for (uint32_t i = index; i < list->count; i++) list->items[i] = list->items[i + 1];
}

void rl_jump_to_label_later(FunctionState *function, String *name, int line, uint32_t pc) {
  Label *jump = append(function->compiler, &function->compiler->jumps);
  *jump = (Label){.name = name, .pc = pc, .line = line, .active_count = function->active_count};
}

Label *rl_label_find(FunctionState *function, const String *name) {
  LabelList *labels = &function->compiler->labels;
  for (uint32_t i = function->first_label; i < labels->count; i++)
    if (labels->items[i].name == name) return &labels->items[i];
  return NULL;
}

static void RL_NORETURN jump_into_scope(FunctionState *function, const Label *jump) {
  const String *variable = rl_variable_at(function, jump->active_count)->name;
  rl_meaning_error(&function->compiler->lexer,
                   rl_push_formatted(function->compiler->L, "<goto %s> at line %d jumps into the scope of local '%s'",
                                     string_bytes(jump->name), jump->line, string_bytes(variable)));
}

/* Resolves the current block's jumps (from `first` on) that wait for the label; true when one of them needs a CLOSE. */
static bool resolve_jumps(FunctionState *function, const Label *label, uint32_t first) {
  LabelList *jumps = &function->compiler->jumps;
  bool needs_close = false;
  for (uint32_t i = first; i < jumps->count;) {
    const Label *jump = &jumps->items[i];
    if (jump->name != label->name) {
      i++;
      continue;
    }
    if (jump->active_count < label->active_count) jump_into_scope(function, jump);
    needs_close |= jump->leaves_captured;
    rl_jump_resolve(function, jump->pc, label->pc);
    remove_at(jumps, i);
  }
  return needs_close;
}

static bool close_when(FunctionState *function, bool needed) {
  if (needed) emit_abc(function, OP_CLOSE, active_registers(function), 0, 0);
  return needed;
}

bool rl_label_define(FunctionState *function, String *name, int line, bool at_end) {
  Label *label = append(function->compiler, &function->compiler->labels);
  *label = (Label){.name = name, .line = line, .pc = rl_jump_here(function), .active_count = function->active_count};
  if (at_end) label->active_count = function->block->active_count;
  return close_when(function, resolve_jumps(function, label, function->block->first_jump));
}

bool rl_breaks_resolve(FunctionState *function, uint32_t first_jump) {
  Label end = {.name = NULL, .pc = rl_jump_here(function), .active_count = function->active_count};
  return close_when(function, resolve_jumps(function, &end, first_jump));
}

void rl_label_missing(FunctionState *function, const Label *jump) {
  State *L = function->compiler->L;
  const char *message = jump->name == NULL ? rl_push_formatted(L, "break outside loop at line %d", jump->line)
                                           : rl_push_formatted(L, "no visible label '%s' for <goto> at line %d",
                                                               string_bytes(jump->name), jump->line);
  rl_meaning_error(&function->compiler->lexer, message);
}

void rl_jumps_leave_block(FunctionState *function, const BlockScope *block) {
  LabelList *jumps = &function->compiler->jumps;
  if (block->outer == NULL) {
    if (block->first_jump < jumps->count) rl_label_missing(function, &jumps->items[block->first_jump]);
    return;
  }
  for (uint32_t i = block->first_jump; i < jumps->count; i++) {
    Label *jump = &jumps->items[i];
    if (rl_register_level(function, jump->active_count) > rl_register_level(function, block->active_count))
      jump->leaves_captured |= block->is_captured;
    jump->active_count = block->active_count;
  }
}

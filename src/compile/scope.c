/* Variables, upvalues and blocks. */
#include "compile/scope.h"

#include <string.h>

#include "base/config.h"
#include "compile/emit.h"
#include "heap/account.h"
#include "heap/barrier.h"
#include "object/strings.h"

#define MAX_DESCRIPTIONS (UINT32_C(1) << 30)

void rl_limit_check(FunctionState *function, uint32_t count, uint32_t limit, const char *what) {
  if (count <= limit) return;
  State *L = function->compiler->L;
  int line = function->prototype->line_defined;
  const char *where = line == 0 ? "main function" : rl_push_formatted(L, "function at line %d", line);
  rl_syntax_error(&function->compiler->lexer,
                  rl_push_formatted(L, "too many %s (limit is %d) in %s", what, (int)limit, where));
}

/* ---- local variables ---- */

Variable *rl_variable_at(FunctionState *function, uint32_t index) {
  return &function->compiler->variables[function->first_variable + index];
}

uint32_t rl_variable_declare(FunctionState *function, String *name) {
  Compiler *compiler = function->compiler;
  rl_limit_check(function, compiler->variable_count + 1 - function->first_variable, RL_MAX_LOCALS, "local variables");
  scratch_ensure(compiler->L, &compiler->variable_memory, (compiler->variable_count + 1) * sizeof(Variable));
  compiler->variables = compiler->variable_memory.bytes;
  compiler->variables[compiler->variable_count++] = (Variable){.name = name, .kind = VARIABLE_REGULAR};
  return compiler->variable_count - 1 - function->first_variable;
}

/* Folded constants live in no register. */
uint32_t rl_register_level(FunctionState *function, uint32_t active_count) {
  while (active_count-- > 0) {
    const Variable *variable = rl_variable_at(function, active_count);
    if (variable->kind != VARIABLE_FOLDED) return variable->home + 1u;
  }
  return 0;
}

static uint32_t describe(FunctionState *function, String *name) {
  Prototype *prototype = function->prototype;
  uint32_t capacity = prototype->local_count;
  if (function->local_count == capacity) {
    State *L = function->compiler->L;
    prototype->locals = rl_memory_grow_array(L, prototype->locals, &capacity, function->local_count + 1,
                                             sizeof(LocalDescription), MAX_DESCRIPTIONS, "local variables");
    memset(prototype->locals + function->local_count, 0, (capacity - function->local_count) * sizeof(LocalDescription));
    prototype->local_count = capacity;
  }
  prototype->locals[function->local_count] = (LocalDescription){.name = name, .first_pc = function->code_count};
  barrier_forward_object(function->compiler->L, prototype, name);
  return function->local_count++;
}

void rl_variables_activate(FunctionState *function, uint32_t count) {
  uint32_t home = active_registers(function);
  for (uint32_t i = 0; i < count; i++) {
    Variable *variable = rl_variable_at(function, function->active_count++);
    variable->home = (uint8_t)home++;
    variable->description = describe(function, variable->name);
  }
}

static void deactivate(FunctionState *function, uint32_t active_count) {
  Compiler *compiler = function->compiler;
  while (function->active_count > active_count) {
    const Variable *variable = rl_variable_at(function, --function->active_count);
    if (variable->kind != VARIABLE_FOLDED)
      function->prototype->locals[variable->description].end_pc = function->code_count;
  }
  compiler->variable_count = function->first_variable + active_count;
}

/* ---- upvalues ---- */

uint32_t rl_upvalue_add(FunctionState *function, UpvalueDescription description) {
  Prototype *prototype = function->prototype;
  rl_limit_check(function, function->upvalue_count + 1, RL_MAX_UPVALUES, "upvalues");
  uint32_t capacity = prototype->upvalue_count;
  if (function->upvalue_count == capacity) {
    State *L = function->compiler->L;
    prototype->upvalues = rl_memory_grow_array(L, prototype->upvalues, &capacity, function->upvalue_count + 1,
                                               sizeof(UpvalueDescription), RL_MAX_UPVALUES, "upvalues");
    memset(prototype->upvalues + function->upvalue_count, 0,
           (capacity - function->upvalue_count) * sizeof(UpvalueDescription));
    prototype->upvalue_count = (uint8_t)capacity;
  }
  prototype->upvalues[function->upvalue_count] = description;
  barrier_forward_object(function->compiler->L, prototype, description.name);
  return function->upvalue_count++;
}

/* NOWHERE when no active variable has the name. Names with the same bytes are one object (rl_lexer_string). */
static uint32_t find_active(FunctionState *function, const String *name) {
  for (uint32_t index = function->active_count; index-- > 0;)
    if (rl_variable_at(function, index)->name == name) return index;
  return NOWHERE;
}

static uint32_t find_upvalue(FunctionState *function, const String *name) {
  for (uint32_t index = 0; index < function->upvalue_count; index++)
    if (function->prototype->upvalues[index].name == name) return index;
  return NOWHERE;
}

/* An inner function uses the variable: its block must close it. */
static void mark_captured(FunctionState *function, uint32_t index) {
  BlockScope *block = function->block;
  while (block->active_count > index) block = block->outer;
  block->is_captured = true;
  function->needs_close = true;
}

static Expression variable_expression(FunctionState *function, uint32_t index) {
  const Variable *variable = rl_variable_at(function, index);
  if (variable->kind == VARIABLE_FOLDED) return expression_at(EXPR_FOLDED, function->first_variable + index);
  Expression e = expression_at(EXPR_LOCAL, variable->home);
  e.variable = index;
  return e;
}

/* NONE: no function has the name. On the way back each function in between gets an upvalue. */
static Expression search(FunctionState *function, String *name) {
  if (function == NULL) return expression_of(EXPR_NONE);
  uint32_t index = find_active(function, name);
  if (index != NOWHERE) return variable_expression(function, index);
  index = find_upvalue(function, name);
  if (index != NOWHERE) return expression_at(EXPR_UPVALUE, index);
  Expression outer = search(function->outer, name);
  if (outer.kind != EXPR_LOCAL && outer.kind != EXPR_UPVALUE) return outer;
  UpvalueDescription description = {.name = name, .index = (uint8_t)outer.at};
  if (outer.kind == EXPR_LOCAL) {
    mark_captured(function->outer, outer.variable);
    description.in_stack = 1;
    description.kind = rl_variable_at(function->outer, outer.variable)->kind;
  } else {
    description.kind = function->outer->prototype->upvalues[outer.at].kind;
  }
  return expression_at(EXPR_UPVALUE, rl_upvalue_add(function, description));
}

Expression rl_variable_resolve(FunctionState *function, String *name) {
  Expression e = search(function, name);
  if (e.kind != EXPR_NONE) return e;
  e = search(function, function->compiler->environment_name);
  rl_expression_to_table(function, &e);
  Expression key = expression_of(EXPR_STRING);
  key.string = name;
  rl_expression_index(function, &e, &key);
  return e;
}

void rl_variable_check_writable(FunctionState *function, const Expression *e) {
  const String *name = NULL;
  if (e->kind == EXPR_FOLDED) {
    name = function->compiler->variables[e->at].name;
  } else if (e->kind == EXPR_LOCAL) {
    const Variable *variable = rl_variable_at(function, e->variable);
    if (variable->kind != VARIABLE_REGULAR) name = variable->name;
  } else if (e->kind == EXPR_UPVALUE) {
    const UpvalueDescription *upvalue = &function->prototype->upvalues[e->at];
    if (upvalue->kind != VARIABLE_REGULAR) name = upvalue->name;
  }
  if (name == NULL) return;
  rl_meaning_error(
    &function->compiler->lexer,
    rl_push_formatted(function->compiler->L, "attempt to assign to const variable '%s'", string_bytes(name)));
}

void rl_variable_mark_close(FunctionState *function) {
  function->block->is_captured = true;
  function->block->inside_close = true;
  function->needs_close = true;
}

/* ---- blocks ---- */

void rl_block_enter(FunctionState *function, BlockScope *block, bool is_loop) {
  Compiler *compiler = function->compiler;
  *block = (BlockScope){.outer = function->block,
                        .first_label = compiler->labels.count,
                        .first_jump = compiler->jumps.count,
                        .active_count = function->active_count,
                        .is_loop = is_loop,
                        .inside_close = function->block != NULL && function->block->inside_close};
  function->block = block;
}

void rl_block_leave(FunctionState *function) {
  Compiler *compiler = function->compiler;
  BlockScope *block = function->block;
  uint32_t level = rl_register_level(function, block->active_count);
  deactivate(function, block->active_count);
  bool has_closed = block->is_loop && rl_breaks_resolve(function, block->first_jump);
  if (!has_closed && block->outer != NULL && block->is_captured) emit_abc(function, OP_CLOSE, level, 0, 0);
  function->free_register = level;
  compiler->labels.count = block->first_label;
  function->block = block->outer;
  rl_jumps_leave_block(function, block);
}

/* Calls as statements, and assignments.
 *
 * In a multiple assignment the places on the left have been prepared (tables and keys in registers) before the values
 * are computed, and are assigned from right to left. A place may use a local variable or upvalue that another place of
 * the same statement assigns (`i, t[i] = ...`): then it gets a copy of the old value. */
#include "compile/parser.h"

typedef struct Target {
  struct Target *previous;
  Expression place;
} Target;

static bool is_place(const Expression *e) {
  switch (e->kind) {
    case EXPR_LOCAL:
    case EXPR_UPVALUE:
    case EXPR_FOLDED:
    case EXPR_GLOBAL:
    case EXPR_FIELD:
    case EXPR_ELEMENT:
    case EXPR_INDEXED: return true;
    default: return false;
  }
}

/* The place now uses the register `copy` where it used the variable; false when it did not use it. */
static bool use_copy(Expression *place, const Expression *variable, uint32_t copy) {
  bool used = false;
  if (place->kind == EXPR_GLOBAL) {
    if (variable->kind != EXPR_UPVALUE || place->table != variable->at) return false;
    place->kind = EXPR_FIELD;
    place->table = copy;
    return true;
  }
  if (variable->kind != EXPR_LOCAL || place->kind < EXPR_FIELD || place->kind > EXPR_INDEXED) return false;
  if (place->kind == EXPR_INDEXED && place->key == variable->at) {
    place->key = copy;
    used = true;
  }
  if (place->table == variable->at) {
    place->table = copy;
    used = true;
  }
  return used;
}

static void protect_places(FunctionState *function, Target *target, const Expression *variable) {
  uint32_t copy = function->free_register;
  bool is_used = false;
  for (; target != NULL; target = target->previous) is_used |= use_copy(&target->place, variable, copy);
  if (!is_used) return;
  emit_abc(function, variable->kind == EXPR_LOCAL ? OP_MOVE : OP_GETUPVAL, copy, variable->at, 0);
  rl_registers_reserve(function, 1);
}

static void store_top(FunctionState *function, const Target *target) {
  Expression top = expression_at(EXPR_REGISTER, function->free_register - 1);
  rl_expression_store(function, &target->place, &top);
}

static void parse_assignment(Compiler *compiler, Target *target, uint32_t count);

static void parse_next_target(Compiler *compiler, Target *target, uint32_t count) {
  Target next = {.previous = target, .place = rl_parse_suffixed(compiler)};
  if (next.place.kind == EXPR_LOCAL || next.place.kind == EXPR_UPVALUE)
    protect_places(compiler->function, target, &next.place);
  rl_parse_enter_level(compiler);
  parse_assignment(compiler, &next, count + 1);
  parse_leave_level(compiler);
  store_top(compiler->function, target);
}

/* `target` is the last of `count` places parsed so far. */
static void parse_assignment(Compiler *compiler, Target *target, uint32_t count) {
  FunctionState *function = compiler->function;
  if (!is_place(&target->place)) rl_syntax_error(&compiler->lexer, "syntax error");
  rl_variable_check_writable(function, &target->place);
  if (rl_parse_accept(compiler, ',')) {
    parse_next_target(compiler, target, count);
    return;
  }
  Expression last;
  rl_parse_expect(compiler, '=');
  uint32_t expressions = rl_parse_expression_list(compiler, &last);
  if (expressions == count) {
    rl_expression_settle(function, &last);
    rl_expression_store(function, &target->place, &last);
  } else {
    rl_parse_adjust(function, count, expressions, &last);
    store_top(function, target);
  }
}

void rl_parse_expression_statement(Compiler *compiler) {
  Target target = {.previous = NULL, .place = rl_parse_suffixed(compiler)};
  if (current_token(compiler) == '=' || current_token(compiler) == ',') {
    parse_assignment(compiler, &target, 1);
    return;
  }
  if (target.place.kind != EXPR_CALL) rl_syntax_error(&compiler->lexer, "syntax error");
  code_set_c(compiler->function, target.place.at, 1);
}

/* Loops. */
#include "compile/parser.h"

/* The exits of a condition that must hold. */
static uint32_t parse_condition(Compiler *compiler) {
  Expression e = rl_parse_expression(compiler);
  if (e.kind == EXPR_NIL) e.kind = EXPR_FALSE; /* nobody sees the value */
  rl_jump_unless(compiler->function, &e);
  return e.when_false;
}

void rl_parse_while(Compiler *compiler, int line) {
  FunctionState *function = compiler->function;
  BlockScope block;
  rl_lexer_next(&compiler->lexer);
  uint32_t start = rl_jump_here(function);
  uint32_t exits = parse_condition(compiler);
  rl_block_enter(function, &block, true);
  rl_parse_expect(compiler, TOKEN_DO);
  rl_parse_block(compiler);
  rl_jump_back(function, start);
  rl_parse_close(compiler, TOKEN_END, TOKEN_WHILE, line);
  rl_block_leave(function);
  rl_jump_resolve_here(function, exits);
}

/* The condition sees the variables of the body. When they are captured, both ways out of the body close them: the one
 * that leaves (rl_block_leave has emitted its CLOSE) and the one that goes back. */
void rl_parse_repeat(Compiler *compiler, int line) {
  FunctionState *function = compiler->function;
  BlockScope loop, scope;
  uint32_t start = rl_jump_here(function);
  rl_block_enter(function, &loop, true);
  rl_block_enter(function, &scope, false);
  rl_lexer_next(&compiler->lexer);
  rl_parse_statements(compiler);
  rl_parse_close(compiler, TOKEN_UNTIL, TOKEN_REPEAT, line);
  uint32_t again = parse_condition(compiler);
  rl_block_leave(function);
  if (scope.is_captured) {
    uint32_t leave = rl_jump_emit(function);
    rl_jump_resolve_here(function, again);
    emit_abc(function, OP_CLOSE, rl_register_level(function, scope.active_count), 0, 0);
    again = rl_jump_emit(function);
    rl_jump_resolve_here(function, leave);
  }
  rl_jump_resolve(function, again, start);
  rl_block_leave(function);
}

/* ---- for ---- */

static void declare_states(Compiler *compiler, int count) {
  static const char name[] = "(for state)";
  while (count-- > 0)
    rl_variable_declare(compiler->function, rl_lexer_string(&compiler->lexer, name, sizeof(name) - 1));
}

/* do block: the body with its `count` declared variables; returns the pc of the PREP instruction in front of it. */
static uint32_t parse_for_body(Compiler *compiler, Opcode prepare, uint32_t base, uint32_t count) {
  FunctionState *function = compiler->function;
  BlockScope block;
  rl_parse_expect(compiler, TOKEN_DO);
  uint32_t pc = rl_emit_with_extra(function, instruction_abc(prepare, base, 0, 0), 0);
  rl_jump_here(function);
  rl_block_enter(function, &block, false);
  rl_variables_activate(function, count);
  rl_registers_reserve(function, count);
  rl_parse_block(compiler);
  rl_block_leave(function);
  return pc;
}

/* The instruction that goes back to the body, which begins behind the PREP. */
static void emit_loop_end(FunctionState *function, Opcode op, uint32_t base, uint32_t prepare, int line) {
  uint32_t pc = rl_emit_with_extra(function, instruction_abc(op, base, 0, 0), 0);
  rl_emit_fix_line(function, line);
  rl_jump_set_target(function, pc, prepare + 2);
}

static void parse_control_value(Compiler *compiler) {
  Expression e = rl_parse_expression(compiler);
  rl_expression_to_next(compiler->function, &e);
}

static void parse_numeric_for(Compiler *compiler, String *name, int line) {
  FunctionState *function = compiler->function;
  uint32_t base = function->free_register;
  declare_states(compiler, 3);
  rl_variable_declare(function, name);
  rl_lexer_next(&compiler->lexer);
  parse_control_value(compiler);
  rl_parse_expect(compiler, ',');
  parse_control_value(compiler);
  if (rl_parse_accept(compiler, ',')) {
    parse_control_value(compiler);
  } else {
    rl_emit(function, instruction_abx(OP_LOADI, function->free_register, 1));
    rl_registers_reserve(function, 1);
  }
  rl_variables_activate(function, 3);
  uint32_t prepare = parse_for_body(compiler, OP_FORPREP, base, 1);
  emit_loop_end(function, OP_FORLOOP, base, prepare, line);
  rl_jump_set_target(function, prepare, rl_jump_here(function));
}

static void parse_generic_for(Compiler *compiler, String *name) {
  FunctionState *function = compiler->function;
  uint32_t base = function->free_register, variables = 1;
  Expression last;
  declare_states(compiler, 4);
  rl_variable_declare(function, name);
  for (; rl_parse_accept(compiler, ','); variables++) rl_variable_declare(function, rl_parse_name(compiler));
  rl_parse_expect(compiler, TOKEN_IN);
  int line = compiler->lexer.line;
  uint32_t expressions = rl_parse_expression_list(compiler, &last);
  rl_parse_adjust(function, 4, expressions, &last);
  rl_variables_activate(function, 4);
  rl_variable_mark_close(function);
  rl_registers_check(function, 3); /* iterator, state and control are copied for the call */
  uint32_t prepare = parse_for_body(compiler, OP_TFORPREP, base, variables);
  rl_jump_set_target(function, prepare, rl_jump_here(function));
  emit_abc(function, OP_TFORCALL, base, variables, 0);
  rl_emit_fix_line(function, line);
  emit_loop_end(function, OP_TFORLOOP, base, prepare, line);
}

void rl_parse_for(Compiler *compiler, int line) {
  FunctionState *function = compiler->function;
  BlockScope block;
  rl_block_enter(function, &block, true);
  rl_lexer_next(&compiler->lexer);
  String *name = rl_parse_name(compiler);
  switch (current_token(compiler)) {
    case '=': parse_numeric_for(compiler, name, line); break;
    case ',':
    case TOKEN_IN: parse_generic_for(compiler, name); break;
    default: rl_syntax_error(&compiler->lexer, "'=' or 'in' expected");
  }
  rl_parse_close(compiler, TOKEN_END, TOKEN_FOR, line);
  rl_block_leave(function);
}

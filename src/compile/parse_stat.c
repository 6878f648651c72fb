/* Statements: blocks, conditions, jumps, function definitions, returns. */
#include "compile/parser.h"
#include "object/strings.h"

bool rl_parse_block_ends(Compiler *compiler, bool with_until) {
  switch (current_token(compiler)) {
    case TOKEN_ELSE:
    case TOKEN_ELSEIF:
    case TOKEN_END:
    case TOKEN_END_OF_TEXT: return true;
    case TOKEN_UNTIL: return with_until;
    default: return false;
  }
}

void rl_parse_block(Compiler *compiler) {
  BlockScope block;
  rl_block_enter(compiler->function, &block, false);
  rl_parse_statements(compiler);
  rl_block_leave(compiler->function);
}

static void pass_semicolons(Compiler *compiler) {
  while (rl_parse_accept(compiler, ';')) continue;
}

/* ---- if ---- */

/* `then break`: the test itself jumps out. True when the branch holds nothing else; else *skip is the jump over its
 * rest. */
static bool parse_then_break(Compiler *compiler, Expression *condition, BlockScope *block, uint32_t *skip) {
  FunctionState *function = compiler->function;
  int line = compiler->lexer.line;
  rl_jump_if(function, condition);
  rl_lexer_next(&compiler->lexer);
  rl_block_enter(function, block, false);
  rl_jump_to_label_later(function, NULL, line, condition->when_true);
  pass_semicolons(compiler);
  if (rl_parse_block_ends(compiler, false)) {
    rl_block_leave(function);
    return true;
  }
  *skip = rl_jump_emit(function);
  return false;
}

/* if/elseif condition then block */
static void parse_branch(Compiler *compiler, uint32_t *escapes) {
  FunctionState *function = compiler->function;
  BlockScope block;
  uint32_t skip;
  rl_lexer_next(&compiler->lexer);
  Expression condition = rl_parse_expression(compiler);
  rl_parse_expect(compiler, TOKEN_THEN);
  if (current_token(compiler) == TOKEN_BREAK) {
    if (parse_then_break(compiler, &condition, &block, &skip)) return;
  } else {
    if (condition.kind == EXPR_NIL) condition.kind = EXPR_FALSE;
    rl_jump_unless(function, &condition);
    rl_block_enter(function, &block, false);
    skip = condition.when_false;
  }
  rl_parse_statements(compiler);
  rl_block_leave(function);
  if (current_token(compiler) == TOKEN_ELSE || current_token(compiler) == TOKEN_ELSEIF) {
    uint32_t jump = rl_jump_emit(function);
    rl_jump_join(function, &jump, *escapes);
    *escapes = jump;
  }
  rl_jump_resolve_here(function, skip);
}

static void parse_if(Compiler *compiler, int line) {
  uint32_t escapes = NOWHERE;
  do parse_branch(compiler, &escapes);
  while (current_token(compiler) == TOKEN_ELSEIF);
  if (rl_parse_accept(compiler, TOKEN_ELSE)) rl_parse_block(compiler);
  rl_parse_close(compiler, TOKEN_END, TOKEN_IF, line);
  rl_jump_resolve_here(compiler->function, escapes);
}

static void parse_do(Compiler *compiler, int line) {
  rl_lexer_next(&compiler->lexer);
  rl_parse_block(compiler);
  rl_parse_close(compiler, TOKEN_END, TOKEN_DO, line);
}

/* ---- jumps ---- */

static void parse_break(Compiler *compiler, int line) {
  rl_lexer_next(&compiler->lexer);
  rl_jump_to_label_later(compiler->function, NULL, line, rl_jump_emit(compiler->function));
}

/* Going back to a label leaves the variables that were declared behind it. */
static void jump_back_to(FunctionState *function, const Label *label) {
  uint32_t level = rl_register_level(function, label->active_count);
  if (active_registers(function) > level) emit_abc(function, OP_CLOSE, level, 0, 0);
  rl_jump_back(function, label->pc);
}

static void parse_goto(Compiler *compiler) {
  FunctionState *function = compiler->function;
  rl_lexer_next(&compiler->lexer);
  int line = compiler->lexer.line;
  String *name = rl_parse_name(compiler);
  const Label *label = rl_label_find(function, name);
  if (label != NULL)
    jump_back_to(function, label);
  else
    rl_jump_to_label_later(function, name, line, rl_jump_emit(function));
}

static void parse_statement(Compiler *compiler);

static void check_new_label(Compiler *compiler, const String *name) {
  const Label *old = rl_label_find(compiler->function, name);
  if (old == NULL) return;
  rl_meaning_error(&compiler->lexer, rl_push_formatted(compiler->L, "label '%s' already defined on line %d",
                                                       string_bytes(name), old->line));
}

/* Statements that do nothing may follow a label at the end of its block. */
static void parse_label(Compiler *compiler, int line) {
  rl_lexer_next(&compiler->lexer);
  String *name = rl_parse_name(compiler);
  rl_parse_expect(compiler, TOKEN_LABEL);
  while (current_token(compiler) == ';' || current_token(compiler) == TOKEN_LABEL) parse_statement(compiler);
  check_new_label(compiler, name);
  rl_label_define(compiler->function, name, line, rl_parse_block_ends(compiler, false));
}

/* ---- functions ---- */

/* name {.name} [:name]; true for a method */
static bool parse_function_name(Compiler *compiler, Expression *place) {
  *place = rl_variable_resolve(compiler->function, rl_parse_name(compiler));
  while (current_token(compiler) == '.') rl_parse_field(compiler, place);
  if (current_token(compiler) != ':') return false;
  rl_parse_field(compiler, place);
  return true;
}

/* The definition happens on the line where it begins. */
static void parse_function(Compiler *compiler, int line) {
  Expression place;
  rl_lexer_next(&compiler->lexer);
  bool is_method = parse_function_name(compiler, &place);
  Expression body = rl_parse_function_body(compiler, is_method, line);
  rl_variable_check_writable(compiler->function, &place);
  rl_expression_store(compiler->function, &place, &body);
  rl_emit_fix_line(compiler->function, line);
}

/* The values of a return statement: their first register. */
static uint32_t parse_returned_values(Compiler *compiler, int *count) {
  FunctionState *function = compiler->function;
  uint32_t first = active_registers(function);
  Expression last;
  *count = 0;
  if (rl_parse_block_ends(compiler, true) || current_token(compiler) == ';') return first;
  *count = (int)rl_parse_expression_list(compiler, &last);
  if (expression_is_open(&last)) {
    rl_expression_set_count(function, &last, ALL_VALUES);
    if (last.kind == EXPR_CALL && *count == 1 && !function->block->inside_close) {
      code_set_op(function, last.at, OP_TAILCALL);
      code_set_c(function, last.at, 0);
    }
    *count = ALL_VALUES;
  } else if (*count == 1) {
    first = rl_expression_to_register(function, &last);
  } else {
    rl_expression_to_next(function, &last);
  }
  return first;
}

static void parse_return(Compiler *compiler) {
  int count;
  rl_lexer_next(&compiler->lexer);
  uint32_t first = parse_returned_values(compiler, &count);
  rl_emit_return(compiler->function, first, count);
  rl_parse_accept(compiler, ';');
}

/* ---- all ---- */

static void parse_statement_kind(Compiler *compiler, int line) {
  switch (current_token(compiler)) {
    case ';': rl_lexer_next(&compiler->lexer); break;
    case TOKEN_IF: parse_if(compiler, line); break;
    case TOKEN_WHILE: rl_parse_while(compiler, line); break;
    case TOKEN_DO: parse_do(compiler, line); break;
    case TOKEN_FOR: rl_parse_for(compiler, line); break;
    case TOKEN_REPEAT: rl_parse_repeat(compiler, line); break;
    case TOKEN_FUNCTION: parse_function(compiler, line); break;
    case TOKEN_LOCAL: rl_parse_local(compiler); break;
    case TOKEN_LABEL: parse_label(compiler, line); break;
    case TOKEN_RETURN: parse_return(compiler); break;
    case TOKEN_BREAK: parse_break(compiler, line); break;
    case TOKEN_GOTO: parse_goto(compiler); break;
    default: rl_parse_expression_statement(compiler); break;
  }
}

static void parse_statement(Compiler *compiler) {
  rl_parse_enter_level(compiler);
  parse_statement_kind(compiler, compiler->lexer.line);
  compiler->function->free_register = active_registers(compiler->function);
  parse_leave_level(compiler);
}

void rl_parse_statements(Compiler *compiler) {
  while (!rl_parse_block_ends(compiler, true)) {
    bool is_last = current_token(compiler) == TOKEN_RETURN;
    parse_statement(compiler);
    if (is_last) return;
  }
}

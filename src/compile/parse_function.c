/* Function bodies. */
#include "compile/parser.h"

static void declare_parameter(FunctionState *function, String *name) {
  rl_variable_declare(function, name);
  rl_variables_activate(function, 1);
}

/* name {, name} [, ...] */
static void parse_parameters(Compiler *compiler) {
  FunctionState *function = compiler->function;
  Prototype *prototype = function->prototype;
  uint32_t count = 0;
  if (current_token(compiler) != ')') {
    do {
      if (current_token(compiler) == TOKEN_NAME) {
        rl_variable_declare(function, rl_parse_name(compiler));
        count++;
      } else if (rl_parse_accept(compiler, TOKEN_DOTS)) {
        prototype->is_vararg = 1;
      } else {
        rl_syntax_error(&compiler->lexer, "<name> or '...' expected");
      }
    } while (!prototype->is_vararg && rl_parse_accept(compiler, ','));
  }
  rl_variables_activate(function, count);
  prototype->parameter_count = (uint8_t)function->active_count;
  rl_registers_reserve(function, function->active_count);
}

Expression rl_parse_function_body(Compiler *compiler, bool is_method, int line) {
  FunctionState inner, *outer = compiler->function;
  BlockScope block;
  uint32_t index;
  Prototype *prototype = rl_function_new_nested(outer, &index);
  prototype->line_defined = line;
  rl_function_open(compiler, &inner, &block, prototype);
  rl_parse_expect(compiler, '(');
  if (is_method) declare_parameter(&inner, rl_lexer_string(&compiler->lexer, "self", 4));
  parse_parameters(compiler);
  rl_parse_expect(compiler, ')');
  rl_parse_statements(compiler);
  prototype->last_line_defined = compiler->lexer.line;
  rl_parse_close(compiler, TOKEN_END, TOKEN_FUNCTION, line);
  rl_function_close(&inner);
  Expression e = expression_at(EXPR_PENDING, rl_emit_with_extra(outer, instruction_abc(OP_CLOSURE, 0, 0, 0), index));
  rl_expression_to_next(outer, &e);
  return e;
}

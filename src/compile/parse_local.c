/* Declarations of local variables. */
#include <string.h>

#include "compile/parser.h"
#include "object/strings.h"

void rl_parse_adjust(FunctionState *function, uint32_t count, uint32_t expressions, Expression *last) {
  int missing = (int)count - (int)expressions;
  if (expression_is_open(last)) {
    int results = missing + 1 > 0 ? missing + 1 : 0;
    rl_expression_set_count(function, last, results);
  } else {
    if (last->kind != EXPR_NONE) rl_expression_to_next(function, last);
    if (missing > 0) rl_emit_nil(function, function->free_register, (uint32_t)missing);
  }
  if (missing > 0)
    rl_registers_reserve(function, (uint32_t)missing);
  else
    function->free_register -= (uint32_t)-missing;
}

/* The function sees its own name; debuggers see the variable when it has its value. */
static void parse_local_function(Compiler *compiler) {
  FunctionState *function = compiler->function;
  uint32_t index = rl_variable_declare(function, rl_parse_name(compiler));
  rl_variables_activate(function, 1);
  rl_parse_function_body(compiler, false, compiler->lexer.line);
  function->prototype->locals[rl_variable_at(function, index)->description].first_pc = function->code_count;
}

/* ['<' name '>'] */
static VariableKind parse_attribute(Compiler *compiler) {
  if (!rl_parse_accept(compiler, '<')) return VARIABLE_REGULAR;
  const char *name = string_bytes(rl_parse_name(compiler));
  rl_parse_expect(compiler, '>');
  if (strcmp(name, "const") == 0) return VARIABLE_CONST;
  if (strcmp(name, "close") == 0) return VARIABLE_CLOSE;
  rl_meaning_error(&compiler->lexer, rl_push_formatted(compiler->L, "unknown attribute '%s'", name));
}

typedef struct Declaration {
  uint32_t count;
  uint32_t last;     /* index of the last variable */
  uint32_t to_close; /* index of the variable to be closed, or NOWHERE */
} Declaration;

static Declaration parse_declared_names(Compiler *compiler) {
  FunctionState *function = compiler->function;
  Declaration declaration = {.count = 0, .to_close = NOWHERE};
  do {
    declaration.last = rl_variable_declare(function, rl_parse_name(compiler));
    VariableKind kind = parse_attribute(compiler);
    rl_variable_at(function, declaration.last)->kind = (uint8_t)kind;
    if (kind == VARIABLE_CLOSE) {
      if (declaration.to_close != NOWHERE)
        rl_meaning_error(&compiler->lexer, "multiple to-be-closed variables in local list");
      declaration.to_close = declaration.last;
    }
    declaration.count++;
  } while (rl_parse_accept(compiler, ','));
  return declaration;
}

/* A constant whose value is known needs no register: its uses are replaced by the value. */
static bool fold_last(FunctionState *function, const Declaration *declaration, uint32_t expressions,
                      const Expression *last) {
  Variable *variable = rl_variable_at(function, declaration->last);
  if (declaration->count != expressions || variable->kind != VARIABLE_CONST) return false;
  if (!rl_expression_constant(function, last, &variable->value)) return false;
  variable->kind = VARIABLE_FOLDED;
  rl_variables_activate(function, declaration->count - 1);
  function->active_count++;
  return true;
}

static void parse_local_variables(Compiler *compiler) {
  FunctionState *function = compiler->function;
  Expression last = expression_of(EXPR_NONE);
  Declaration declaration = parse_declared_names(compiler);
  uint32_t expressions = rl_parse_accept(compiler, '=') ? rl_parse_expression_list(compiler, &last) : 0;
  if (!fold_last(function, &declaration, expressions, &last)) {
    rl_parse_adjust(function, declaration.count, expressions, &last);
    rl_variables_activate(function, declaration.count);
  }
  if (declaration.to_close == NOWHERE) return;
  rl_variable_mark_close(function);
  emit_abc(function, OP_TBC, rl_variable_at(function, declaration.to_close)->home, 0, 0);
}

void rl_parse_local(Compiler *compiler) {
  rl_lexer_next(&compiler->lexer);
  if (rl_parse_accept(compiler, TOKEN_FUNCTION))
    parse_local_function(compiler);
  else
    parse_local_variables(compiler);
}

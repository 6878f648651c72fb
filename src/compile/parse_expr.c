/* Expressions: precedence climbing over operators; names, calls and indices as suffixes of a primary expression. */
#include "compile/parser.h"
#include "object/strings.h"

/* ---- suffixes ---- */

void rl_parse_field(Compiler *compiler, Expression *table) {
  FunctionState *function = compiler->function;
  rl_expression_to_table(function, table);
  rl_lexer_next(&compiler->lexer);
  Expression key = expression_of(EXPR_STRING);
  key.string = rl_parse_name(compiler);
  rl_expression_index(function, table, &key);
}

static void parse_bracket_index(Compiler *compiler, Expression *table) {
  Expression key;
  rl_expression_to_table(compiler->function, table);
  rl_parse_index(compiler, &key);
  rl_expression_index(compiler->function, table, &key);
}

static Expression parse_string(Compiler *compiler) {
  Expression e = expression_of(EXPR_STRING);
  e.string = compiler->lexer.token.string;
  rl_lexer_next(&compiler->lexer);
  return e;
}

static Expression parse_parenthesized_arguments(Compiler *compiler, int line) {
  Expression last = expression_of(EXPR_NONE);
  rl_lexer_next(&compiler->lexer);
  if (current_token(compiler) != ')') {
    rl_parse_expression_list(compiler, &last);
    if (expression_is_open(&last)) rl_expression_set_count(compiler->function, &last, ALL_VALUES);
  }
  rl_parse_close(compiler, ')', '(', line);
  return last;
}

static Expression parse_arguments(Compiler *compiler, int line) {
  switch (current_token(compiler)) {
    case '(': return parse_parenthesized_arguments(compiler, line);
    case '{': return rl_parse_constructor(compiler);
    case TOKEN_STRING: return parse_string(compiler);
    default: rl_syntax_error(&compiler->lexer, "function arguments expected");
  }
}

/* The called value is in the last register. The call's line is that of its arguments' beginning (as 5.4.6 and later
 * have it). */
static void parse_call(Compiler *compiler, Expression *callee) {
  FunctionState *function = compiler->function;
  int line = compiler->lexer.line;
  uint32_t base = callee->at;
  Expression last = parse_arguments(compiler, line);
  uint32_t count = 0; /* operand: arguments + 1 */
  if (!expression_is_open(&last)) {
    if (last.kind != EXPR_NONE) rl_expression_to_next(function, &last);
    count = function->free_register - base;
  }
  *callee = expression_at(EXPR_CALL, emit_abc(function, OP_CALL, base, count, 2));
  rl_emit_fix_line(function, line);
  function->free_register = base + 1;
}

static void parse_method_call(Compiler *compiler, Expression *object) {
  rl_lexer_next(&compiler->lexer);
  String *name = rl_parse_name(compiler);
  rl_expression_method(compiler->function, object, name);
  parse_call(compiler, object);
}

static Expression parse_primary(Compiler *compiler) {
  Lexer *lexer = &compiler->lexer;
  if (current_token(compiler) == TOKEN_NAME) return rl_variable_resolve(compiler->function, rl_parse_name(compiler));
  if (current_token(compiler) != '(') rl_syntax_error(lexer, "unexpected symbol");
  int line = lexer->line;
  rl_lexer_next(lexer);
  Expression e = rl_parse_expression(compiler);
  rl_parse_close(compiler, ')', '(', line);
  rl_expression_settle(compiler->function, &e);
  return e;
}

Expression rl_parse_suffixed(Compiler *compiler) {
  Expression e = parse_primary(compiler);
  for (;;) {
    switch (current_token(compiler)) {
      case '.': rl_parse_field(compiler, &e); break;
      case '[': parse_bracket_index(compiler, &e); break;
      case ':': parse_method_call(compiler, &e); break;
      case '(':
      case '{':
      case TOKEN_STRING:
        rl_expression_to_next(compiler->function, &e);
        parse_call(compiler, &e);
        break;
      default: return e;
    }
  }
}

/* ---- operands ---- */

static Expression parse_varargs(Compiler *compiler) {
  FunctionState *function = compiler->function;
  if (!function->prototype->is_vararg) rl_syntax_error(&compiler->lexer, "cannot use '...' outside a vararg function");
  Expression e = expression_at(EXPR_VARARG, emit_abc(function, OP_VARARG, 0, 2, 0));
  rl_lexer_next(&compiler->lexer);
  return e;
}

static Expression parse_literal(Compiler *compiler, ExpressionKind kind) {
  Expression e = expression_of(kind);
  if (kind == EXPR_INTEGER) e.integer = compiler->lexer.token.integer;
  if (kind == EXPR_FLOAT) e.number = compiler->lexer.token.number;
  rl_lexer_next(&compiler->lexer);
  return e;
}

static Expression parse_anonymous_function(Compiler *compiler) {
  rl_lexer_next(&compiler->lexer);
  return rl_parse_function_body(compiler, false, compiler->lexer.line);
}

static Expression parse_operand(Compiler *compiler) {
  switch (current_token(compiler)) {
    case TOKEN_INTEGER: return parse_literal(compiler, EXPR_INTEGER);
    case TOKEN_FLOAT: return parse_literal(compiler, EXPR_FLOAT);
    case TOKEN_NIL: return parse_literal(compiler, EXPR_NIL);
    case TOKEN_TRUE: return parse_literal(compiler, EXPR_TRUE);
    case TOKEN_FALSE: return parse_literal(compiler, EXPR_FALSE);
    case TOKEN_STRING: return parse_string(compiler);
    case TOKEN_DOTS: return parse_varargs(compiler);
    case '{': return rl_parse_constructor(compiler);
    case TOKEN_FUNCTION: return parse_anonymous_function(compiler);
    default: return rl_parse_suffixed(compiler);
  }
}

/* ---- operators ---- */

#define UNARY_STRENGTH 12

/* How strongly an operator holds its operands (manual 3.4.8); a right-associative one holds the left operand more
 * strongly. */
static const struct {
  uint8_t left, right;
} strengths[BINARY_NONE] = {
  [BINARY_OR] = {1, 1},    [BINARY_AND] = {2, 2},    [BINARY_EQ] = {3, 3},     [BINARY_NE] = {3, 3},
  [BINARY_LT] = {3, 3},    [BINARY_LE] = {3, 3},     [BINARY_GT] = {3, 3},     [BINARY_GE] = {3, 3},
  [BINARY_BOR] = {4, 4},   [BINARY_BXOR] = {5, 5},   [BINARY_BAND] = {6, 6},   [BINARY_SHL] = {7, 7},
  [BINARY_SHR] = {7, 7},   [BINARY_CONCAT] = {9, 8}, [BINARY_ADD] = {10, 10},  [BINARY_SUB] = {10, 10},
  [BINARY_MUL] = {11, 11}, [BINARY_DIV] = {11, 11},  [BINARY_IDIV] = {11, 11}, [BINARY_MOD] = {11, 11},
  [BINARY_POW] = {14, 13},
};

static UnaryOperator unary_operator(int kind) {
  switch (kind) {
    case TOKEN_NOT: return UNARY_NOT;
    case '-': return UNARY_MINUS;
    case '~': return UNARY_BNOT;
    case '#': return UNARY_LENGTH;
    default: return UNARY_NONE;
  }
}

static BinaryOperator binary_operator(int kind) {
  switch (kind) {
    case '+': return BINARY_ADD;
    case '-': return BINARY_SUB;
    case '*': return BINARY_MUL;
    case '%': return BINARY_MOD;
    case '^': return BINARY_POW;
    case '/': return BINARY_DIV;
    case TOKEN_FLOOR_DIVIDE: return BINARY_IDIV;
    case '&': return BINARY_BAND;
    case '|': return BINARY_BOR;
    case '~': return BINARY_BXOR;
    case TOKEN_SHIFT_LEFT: return BINARY_SHL;
    case TOKEN_SHIFT_RIGHT: return BINARY_SHR;
    case TOKEN_CONCAT: return BINARY_CONCAT;
    case TOKEN_EQUAL: return BINARY_EQ;
    case TOKEN_NOT_EQUAL: return BINARY_NE;
    case '<': return BINARY_LT;
    case TOKEN_LESS_EQUAL: return BINARY_LE;
    case '>': return BINARY_GT;
    case TOKEN_GREATER_EQUAL: return BINARY_GE;
    case TOKEN_AND: return BINARY_AND;
    case TOKEN_OR: return BINARY_OR;
    default: return BINARY_NONE;
  }
}

static Expression parse_strength(Compiler *compiler, unsigned weakest);

static Expression parse_prefixed(Compiler *compiler) {
  UnaryOperator op = unary_operator(current_token(compiler));
  if (op == UNARY_NONE) return parse_operand(compiler);
  int line = compiler->lexer.line;
  rl_lexer_next(&compiler->lexer);
  Expression e = parse_strength(compiler, UNARY_STRENGTH);
  rl_operator_unary(compiler->function, op, &e, line);
  return e;
}

/* An operand and what follows it as long as the operators hold more strongly than `weakest`. */
static Expression parse_strength(Compiler *compiler, unsigned weakest) {
  rl_parse_enter_level(compiler);
  Expression left = parse_prefixed(compiler);
  for (;;) {
    BinaryOperator op = binary_operator(current_token(compiler));
    if (op == BINARY_NONE || strengths[op].left <= weakest) break;
    int line = compiler->lexer.line;
    rl_lexer_next(&compiler->lexer);
    rl_operator_left(compiler->function, op, &left);
    Expression right = parse_strength(compiler, strengths[op].right);
    rl_operator_binary(compiler->function, op, &left, &right, line);
  }
  parse_leave_level(compiler);
  return left;
}

Expression rl_parse_expression(Compiler *compiler) {
  return parse_strength(compiler, 0);
}

uint32_t rl_parse_expression_list(Compiler *compiler, Expression *last) {
  uint32_t count = 1;
  *last = rl_parse_expression(compiler);
  for (; rl_parse_accept(compiler, ','); count++) {
    rl_expression_to_next(compiler->function, last);
    *last = rl_parse_expression(compiler);
  }
  return count;
}

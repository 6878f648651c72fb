/* The parts of the parser as they know each other. All of them may do what rl_compile may do. */
#ifndef RL_COMPILE_PARSER_H
#define RL_COMPILE_PARSER_H

#include "compile/emit.h"

/* parse.c: tokens */
static inline int current_token(Compiler *compiler) {
  return compiler->lexer.token.kind;
}
bool rl_parse_accept(Compiler *compiler, int kind);
void rl_parse_expect(Compiler *compiler, int kind);
/* The closing partner of `opener`, which was at `line`. */
void rl_parse_close(Compiler *compiler, int kind, int opener, int line);
String *rl_parse_name(Compiler *compiler);
/* Counts a level of nesting of the text; raises "C stack overflow". */
void rl_parse_enter_level(Compiler *compiler);
static inline void parse_leave_level(Compiler *compiler) {
  compiler->L->global->c_depth--;
}

/* parse_expr.c */
Expression rl_parse_expression(Compiler *compiler);
/* `last` is the last expression, still open; the others are in consecutive registers. Returns the number of
 * expressions. */
uint32_t rl_parse_expression_list(Compiler *compiler, Expression *last);
Expression rl_parse_suffixed(Compiler *compiler);
void rl_parse_field(Compiler *compiler, Expression *table);
/* parse_table.c */
Expression rl_parse_constructor(Compiler *compiler);
void rl_parse_index(Compiler *compiler, Expression *key);
/* parse_function.c: at the parameters; `line` is that of `function`. */
Expression rl_parse_function_body(Compiler *compiler, bool is_method, int line);

/* parse_stat.c */
void rl_parse_statements(Compiler *compiler);
void rl_parse_block(Compiler *compiler);
/* True when the token ends a block; `until` only counts when asked for. */
bool rl_parse_block_ends(Compiler *compiler, bool with_until);
/* parse_local.c */
void rl_parse_local(Compiler *compiler);
/* Makes `count` values of `expressions` ones; `last` as rl_parse_expression_list left it. */
void rl_parse_adjust(FunctionState *function, uint32_t count, uint32_t expressions, Expression *last);
/* parse_assign.c: a call or an assignment */
void rl_parse_expression_statement(Compiler *compiler);
/* parse_loop.c */
void rl_parse_while(Compiler *compiler, int line);
void rl_parse_repeat(Compiler *compiler, int line);
void rl_parse_for(Compiler *compiler, int line);

#endif

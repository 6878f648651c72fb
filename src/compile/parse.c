/* What all of the parser uses: tokens that must or may come, nesting. */
#include "base/config.h"
#include "compile/parser.h"
#include "object/strings.h"
#include "raise/raise.h"

bool rl_parse_accept(Compiler *compiler, int kind) {
  if (current_token(compiler) != kind) return false;
  rl_lexer_next(&compiler->lexer);
  return true;
}

void rl_parse_expect(Compiler *compiler, int kind) {
  if (!rl_parse_accept(compiler, kind)) rl_expected_error(&compiler->lexer, kind);
}

void rl_parse_close(Compiler *compiler, int kind, int opener, int line) {
  Lexer *lexer = &compiler->lexer;
  if (rl_parse_accept(compiler, kind)) return;
  if (line == lexer->line) rl_expected_error(lexer, kind);
  const char *expected = rl_token_text(lexer, kind), *opened = rl_token_text(lexer, opener);
  rl_syntax_error(lexer,
                  rl_push_formatted(compiler->L, "%s expected (to close %s at line %d)", expected, opened, line));
}

String *rl_parse_name(Compiler *compiler) {
  if (current_token(compiler) != TOKEN_NAME) rl_expected_error(&compiler->lexer, TOKEN_NAME);
  String *name = compiler->lexer.token.string;
  rl_lexer_next(&compiler->lexer);
  return name;
}

/* The parser recurses on the C stack and shares its limit with nested C calls. Beyond the limit there is a margin for
 * the handler of that very error; what exceeds the margin too ends at once. */
void rl_parse_enter_level(Compiler *compiler) {
  State *L = compiler->L;
  uint32_t depth = ++L->global->c_depth;
  if (depth < RL_MAX_C_CALLS) return;
  if (depth == RL_MAX_C_CALLS) rl_raise(L, ERROR_C_STACK_OVERFLOW);
  if (depth >= RL_MAX_C_CALLS / 10 * 11) {
    rl_push_formatted(L, "error in error handling");
    rl_throw(L, LUA_ERRERR);
  }
}

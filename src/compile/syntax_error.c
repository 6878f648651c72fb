#include "compile/lexer.h"
#include "object/strings.h"
#include "raise/raise.h"

static const char *const token_texts[] = {
#define TOKEN(name, text) text,
#include "compile/tokens.def"
#undef TOKEN
};

static bool token_has_own_text(int kind) {
  return kind == TOKEN_NAME || kind == TOKEN_STRING || kind == TOKEN_FLOAT || kind == TOKEN_INTEGER;
}

const char *rl_token_text(Lexer *lexer, int kind) {
  State *L = lexer->L;
  if (kind >= FIRST_LONG_TOKEN) {
    const char *text = token_texts[kind - FIRST_LONG_TOKEN];
    return kind < TOKEN_END_OF_TEXT ? rl_push_formatted(L, "'%s'", text) : text;
  }
  bool is_printable = kind >= ' ' && kind < 0x7f;
  return is_printable ? rl_push_formatted(L, "'%c'", kind) : rl_push_formatted(L, "'<\\%d>'", kind);
}

/* Names, strings and numbers are shown as they were written. */
static const char *written_text(Lexer *lexer, int kind) {
  if (!token_has_own_text(kind)) return rl_token_text(lexer, kind);
  lexer_reserve(lexer, 1);
  lexer_text(lexer)[lexer->text_length] = '\0';
  return rl_push_formatted(lexer->L, "'%s'", lexer_text(lexer));
}

void rl_lexer_error(Lexer *lexer, const char *message, int kind) {
  State *L = lexer->L;
  char chunk[LUA_IDSIZE];
  rl_chunk_name(chunk, string_bytes(lexer->source), string_length(lexer->source));
  const char *text = rl_push_formatted(L, "%s:%d: %s", chunk, lexer->line, message);
  if (kind != 0) rl_push_formatted(L, "%s near %s", text, written_text(lexer, kind));
  rl_throw(L, LUA_ERRSYNTAX);
}

void rl_syntax_error(Lexer *lexer, const char *message) {
  rl_lexer_error(lexer, message, lexer->token.kind);
}

void rl_meaning_error(Lexer *lexer, const char *message) {
  rl_lexer_error(lexer, message, 0);
}

void rl_expected_error(Lexer *lexer, int kind) {
  rl_syntax_error(lexer, rl_push_formatted(lexer->L, "%s expected", rl_token_text(lexer, kind)));
}

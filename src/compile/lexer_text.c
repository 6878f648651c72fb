/* String literals and what else is between brackets.
 *
 * `text` holds the whole token with its delimiters, escapes replaced, because messages show it so; the string is a part
 * of it. */
#include <string.h>

#include "base/utf8.h"
#include "compile/lexer.h"
#include "object/strings.h"

/* ---- long brackets ---- */

size_t rl_lexer_read_brackets(Lexer *lexer) {
  int bracket = lexer->current;
  size_t equals = 0;
  lexer_save_and_advance(lexer);
  for (; lexer->current == '='; equals++) lexer_save_and_advance(lexer);
  if (lexer->current == bracket) return equals + 2;
  return equals == 0 ? 1 : 0;
}

static void RL_NORETURN unfinished_long(Lexer *lexer, bool is_comment, int first_line) {
  const char *message = rl_push_formatted(lexer->L, "unfinished long %s (starting at line %d)",
                                          is_comment ? "comment" : "string", first_line);
  rl_lexer_error(lexer, message, TOKEN_END_OF_TEXT);
}

/* Ordinary bytes, as many as the piece of input has; a comment's are not kept. */
static void read_long_run(Lexer *lexer, bool keep) {
  Input *input = lexer->input;
  const char *end = input->next, *limit = end + input->left;
  while (end < limit && *end != ']' && !byte_is_line_end(*end)) end++;
  size_t length = (size_t)(end - input->next);
  if (keep) {
    lexer_save(lexer, lexer->current);
    lexer_reserve(lexer, length);
    if (length > 0) memcpy(lexer_text(lexer) + lexer->text_length, input->next, length);
    lexer->text_length += length;
  }
  input->next = end;
  input->left -= length;
  lexer_advance(lexer);
}

void rl_lexer_read_long(Lexer *lexer, Token *token, size_t level) {
  int first_line = lexer->line;
  lexer_save_and_advance(lexer);
  if (byte_is_line_end(lexer->current)) rl_lexer_pass_line_end(lexer);
  for (;;) {
    if (lexer->current == INPUT_END) unfinished_long(lexer, token == NULL, first_line);
    if (lexer->current == ']') {
      if (rl_lexer_read_brackets(lexer) == level) break;
    } else if (byte_is_line_end(lexer->current)) {
      if (token != NULL) lexer_save(lexer, '\n');
      rl_lexer_pass_line_end(lexer);
    } else {
      read_long_run(lexer, token != NULL);
    }
    if (token == NULL) lexer->text_length = 0;
  }
  lexer_save_and_advance(lexer);
  if (token != NULL) token->string = rl_lexer_string(lexer, lexer_text(lexer) + level, lexer->text_length - 2 * level);
}

/* ---- escapes ----
 * The backslash and what follows it are saved while they are read, for messages, and taken back when the escape is
 * complete. */

static RL_NORETURN void escape_error(Lexer *lexer, const char *message) {
  if (lexer->current != INPUT_END) lexer_save_and_advance(lexer);
  rl_lexer_error(lexer, message, TOKEN_STRING);
}

static uint32_t expect_hex(Lexer *lexer) {
  lexer_save_and_advance(lexer);
  int value = byte_hex_value(lexer->current);
  if (value < 0) escape_error(lexer, "hexadecimal digit expected");
  return (uint32_t)value;
}

static void read_hex_escape(Lexer *lexer, size_t start) {
  uint32_t high = expect_hex(lexer);
  uint32_t byte = high * 16 + expect_hex(lexer);
  lexer_advance(lexer);
  lexer->text_length = start;
  lexer_save(lexer, (int)byte);
}

static void read_decimal_escape(Lexer *lexer, size_t start) {
  int value = 0;
  for (int digits = 0; digits < 3 && byte_is_digit(lexer->current); digits++) {
    value = value * 10 + lexer->current - '0';
    lexer_save_and_advance(lexer);
  }
  if (value > 255) escape_error(lexer, "decimal escape too large");
  lexer->text_length = start;
  lexer_save(lexer, value);
}

static void read_unicode_escape(Lexer *lexer, size_t start) {
  lexer_save_and_advance(lexer);
  if (lexer->current != '{') escape_error(lexer, "missing '{'");
  uint32_t code = expect_hex(lexer);
  for (;;) {
    lexer_save_and_advance(lexer);
    int value = byte_hex_value(lexer->current);
    if (value < 0) break;
    if (code > (0x7fffffffu >> 4)) escape_error(lexer, "UTF-8 value too large");
    code = code * 16 + (uint32_t)value;
  }
  if (lexer->current != '}') escape_error(lexer, "missing '}'");
  lexer_advance(lexer);
  char bytes[RL_UTF8_MAX_BYTES];
  size_t length = rl_utf8_encode(bytes, code);
  lexer->text_length = start;
  for (size_t i = 0; i < length; i++) lexer_save(lexer, (unsigned char)bytes[i]);
}

static void pass_blanks(Lexer *lexer) {
  lexer_advance(lexer);
  for (;;) {
    switch (lexer->current) {
      case '\n':
      case '\r': rl_lexer_pass_line_end(lexer); continue;
      case ' ':
      case '\t':
      case '\v':
      case '\f': lexer_advance(lexer); continue;
      default: return;
    }
  }
}

/* What a one-letter escape stands for, or -1. */
static int simple_escape(int letter) {
  switch (letter) {
    case 'a': return '\a';
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'v': return '\v';
    case '\\':
    case '"':
    case '\'': return letter;
    default: return -1;
  }
}

static void read_escape(Lexer *lexer) {
  size_t start = lexer->text_length;
  lexer_save_and_advance(lexer);
  int plain = simple_escape(lexer->current);
  if (plain >= 0) {
    lexer_advance(lexer);
    lexer->text_length = start;
    lexer_save(lexer, plain);
    return;
  }
  switch (lexer->current) {
    case 'x': read_hex_escape(lexer, start); return;
    case 'u': read_unicode_escape(lexer, start); return;
    case 'z':
      lexer->text_length = start;
      pass_blanks(lexer);
      return;
    case '\n':
    case '\r':
      rl_lexer_pass_line_end(lexer);
      lexer->text_length = start;
      lexer_save(lexer, '\n');
      return;
    case INPUT_END: return; /* the string's end is missed next */
    default:
      if (!byte_is_digit(lexer->current)) escape_error(lexer, "invalid escape sequence");
      read_decimal_escape(lexer, start);
  }
}

/* ---- quoted strings ---- */

static void read_quoted_run(Lexer *lexer, int quote) {
  Input *input = lexer->input;
  const char *end = input->next, *limit = end + input->left;
  while (end < limit && *end != quote && *end != '\\' && !byte_is_line_end(*end)) end++;
  lexer_save_run(lexer, end);
}

void rl_lexer_read_quoted(Lexer *lexer, Token *token) {
  int quote = lexer->current;
  lexer_save_and_advance(lexer);
  while (lexer->current != quote) {
    switch (lexer->current) {
      case INPUT_END: rl_lexer_error(lexer, "unfinished string", TOKEN_END_OF_TEXT);
      case '\n':
      case '\r': rl_lexer_error(lexer, "unfinished string", TOKEN_STRING);
      case '\\': read_escape(lexer); break;
      default: read_quoted_run(lexer, quote); break;
    }
  }
  lexer_save_and_advance(lexer);
  token->string = rl_lexer_string(lexer, lexer_text(lexer) + 1, lexer->text_length - 2);
}

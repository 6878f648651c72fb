#include "base/number_parse.h"
#include "compile/lexer.h"

static bool save_if_either(Lexer *lexer, char a, char b) {
  if (lexer->current != a && lexer->current != b) return false;
  lexer_save_and_advance(lexer);
  return true;
}

static bool byte_is_letter(int byte) {
  int lower = byte | 0x20;
  return (lower >= 'a' && lower <= 'z') || byte == '_';
}

/* Reads more than a numeral can be (manual 3.1): the conversion judges. Up to `digits_only` it can have been nothing
 * but decimal digits. */
static bool read_characters(Lexer *lexer) {
  bool digits_only = lexer->text_length == 0;
  char exponent = 'e';
  if (lexer->current == '0') {
    lexer_save_and_advance(lexer);
    if (save_if_either(lexer, 'x', 'X')) {
      digits_only = false;
      exponent = 'p';
    }
  }
  for (;;) {
    if (byte_is_digit(lexer->current)) {
      lexer_save_and_advance(lexer);
    } else if (save_if_either(lexer, exponent, (char)(exponent - 0x20))) {
      save_if_either(lexer, '-', '+');
      digits_only = false;
    } else if (lexer->current == '.' || byte_hex_value(lexer->current) >= 0) {
      lexer_save_and_advance(lexer);
      digits_only = false;
    } else {
      break;
    }
  }
  if (lexer->current != INPUT_END && byte_is_letter(lexer->current)) { /* touching a letter: cannot be right */
    lexer_save_and_advance(lexer);
    digits_only = false;
  }
  return digits_only;
}

#define ALWAYS_FITS 18 /* decimal digits of an int64_t */

void rl_lexer_read_number(Lexer *lexer, Token *token) {
  bool digits_only = read_characters(lexer);
  const char *text = lexer_text(lexer);
  if (digits_only && lexer->text_length <= ALWAYS_FITS) {
    int64_t value = 0;
    for (size_t i = 0; i < lexer->text_length; i++) value = value * 10 + (text[i] - '0');
    token->integer = value;
    token->kind = TOKEN_INTEGER;
    return;
  }
  lexer_text(lexer)[lexer->text_length] = '\0';
  NumberParse parsed;
  if (!rl_number_parse(text, lexer->text_length, &parsed)) rl_lexer_error(lexer, "malformed number", TOKEN_FLOAT);
  token->kind = parsed.is_integer ? TOKEN_INTEGER : TOKEN_FLOAT;
  if (parsed.is_integer)
    token->integer = parsed.integer;
  else
    token->number = parsed.number;
}

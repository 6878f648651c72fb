/* The lexer: bytes to tokens, and the syntax errors that name a token. */
#ifndef RL_COMPILE_LEXER_H
#define RL_COMPILE_LEXER_H

#include <string.h>

#include "base/compiler.h"
#include "compile/scratch.h"
#include "object/input.h"
#include "object/table.h"

#define FIRST_LONG_TOKEN 256
typedef enum TokenKind {
  TOKEN_BEFORE = FIRST_LONG_TOKEN - 1,
#define TOKEN(name, text) TOKEN_##name,
#include "compile/tokens.def"
#undef TOKEN
  TOKEN_KIND_END
} TokenKind;

#define RESERVED_WORD_COUNT (TOKEN_WHILE - FIRST_LONG_TOKEN + 1)

typedef struct Token {
  int kind; /* a TokenKind, or a byte */
  union {
    double number;   /* FLOAT */
    int64_t integer; /* INTEGER */
    String *string;  /* NAME, STRING; anchored in the lexer's table */
  };
} Token;

typedef struct Lexer {
  State *L;
  Input *input;
  int current;   /* the byte after the token, or INPUT_END */
  int line;      /* where `current` is */
  int last_line; /* where the last consumed token ended */
  Token token;   /* the next token to consume */
  Token ahead;   /* the one after it; END_OF_TEXT: not read yet */
  size_t text_length;
  Scratch text;   /* the characters of the last token read, escapes already replaced */
  Table *anchors; /* in a stack slot: every string of the text (key and value), and what constants.c keeps there */
  String *source; /* the chunk's name; anchored by the main prototype */
} Lexer;

/* Begins; pushes the anchor table and a scratch slot. No token has been read. May raise. */
void rl_lexer_open(State *L, Lexer *lexer, Input *input, String *source, int first);
/* Consumes the token. Reads further input: may call Lua (the reader, finalizers), collect, move the stack, raise. */
void rl_lexer_next(Lexer *lexer);
/* The kind of the token after the next one. As rl_lexer_next. */
int rl_lexer_peek(Lexer *lexer);
/* The string with those bytes, anchored; the same object for the same bytes, be they short or long. May allocate,
 * collect, call finalizers, move the stack. */
String *rl_lexer_string(Lexer *lexer, const char *bytes, size_t length);

/* lexer_text.c: at a quote; at the first bracket of what follows "[" or "[=". All of them leave the token's text in
 * `text`. */
void rl_lexer_read_quoted(Lexer *lexer, Token *token);
/* `level` is what rl_lexer_read_brackets returned (at least 2); token NULL: a comment. */
void rl_lexer_read_long(Lexer *lexer, Token *token, size_t level);
/* At '[' or ']': reads it and the '=' behind it; returns their number + 2 when the bracket is doubled, 1 for a single
 * bracket, 0 for something like "[=x". */
size_t rl_lexer_read_brackets(Lexer *lexer);
/* lexer_number.c: at a digit; `token` becomes INTEGER or FLOAT. */
void rl_lexer_read_number(Lexer *lexer, Token *token);

/* syntax_error.c. All raise LUA_ERRSYNTAX. */
/* "chunk:line: message near token"; kind 0: without "near". */
RL_NORETURN void rl_lexer_error(Lexer *lexer, const char *message, int kind);
/* At the current token. */
RL_NORETURN void rl_syntax_error(Lexer *lexer, const char *message);
/* "chunk:line: message". */
RL_NORETURN void rl_meaning_error(Lexer *lexer, const char *message);
/* "'x' expected". */
RL_NORETURN void rl_expected_error(Lexer *lexer, int kind);
/* A token as messages show it; pushes it on the stack when it is not a constant text. */
const char *rl_token_text(Lexer *lexer, int kind);

/* ---- reading bytes ---- */

static inline void lexer_advance(Lexer *lexer) {
  lexer->current = input_byte(lexer->input);
}

RL_NOINLINE void rl_lexer_text_grow(Lexer *lexer, size_t more);

/* Room for `more` bytes and a zero behind them. */
static inline void lexer_reserve(Lexer *lexer, size_t more) {
  if (__builtin_expect(lexer->text_length + more + 1 > lexer->text.capacity, 0)) rl_lexer_text_grow(lexer, more);
}
static inline char *lexer_text(Lexer *lexer) {
  return lexer->text.bytes;
}
static inline void lexer_save(Lexer *lexer, int byte) {
  lexer_reserve(lexer, 1);
  lexer_text(lexer)[lexer->text_length++] = (char)byte;
}
static inline void lexer_save_and_advance(Lexer *lexer) {
  lexer_save(lexer, lexer->current);
  lexer_advance(lexer);
}
/* Saves the current byte and what the input holds up to `end`, a place in its present piece; goes on behind it. */
static inline void lexer_save_run(Lexer *lexer, const char *end) {
  Input *input = lexer->input;
  size_t length = (size_t)(end - input->next);
  lexer_reserve(lexer, length + 1);
  char *place = lexer_text(lexer) + lexer->text_length;
  place[0] = (char)lexer->current;
  if (length > 0) memcpy(place + 1, input->next, length);
  lexer->text_length += length + 1;
  input->next = end;
  input->left -= length;
  lexer_advance(lexer);
}
/* Passes \n, \r, \r\n or \n\r. Raises "chunk has too many lines". */
void rl_lexer_pass_line_end(Lexer *lexer);

static inline bool byte_is_digit(int byte) {
  return byte >= '0' && byte <= '9';
}
static inline bool byte_is_line_end(int byte) {
  return byte == '\n' || byte == '\r';
}
/* -1 when it is none. */
static inline int byte_hex_value(int byte) {
  if (byte_is_digit(byte)) return byte - '0';
  int lower = byte | 0x20;
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

#endif

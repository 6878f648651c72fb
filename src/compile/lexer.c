#include "compile/lexer.h"

#include <limits.h>
#include <string.h>

#include "gc/collect.h"
#include "object/stack.h"
#include "object/strings.h"

#define LETTER 1
#define DIGIT  2
static const uint8_t name_bytes[256] = {
  ['0' ... '9'] = DIGIT,
  ['A' ... 'Z'] = LETTER,
  ['a' ... 'z'] = LETTER,
  ['_'] = LETTER,
};

static const char *const reserved_words[] = {
#define TOKEN(name, text) text,
#include "compile/tokens.def"
#undef TOKEN
};

/* The first reserved word (from tokens.def) with each letter from 'a' to '{'; those with the next letter begin where
 * they end. */
#define FROM(name) (TOKEN_##name - FIRST_LONG_TOKEN)
#define FROM_END   RESERVED_WORD_COUNT
static const uint8_t words_by_letter['z' - 'a' + 2] = {
  FROM(AND),   FROM(BREAK),  FROM(DO),     FROM(DO),     FROM(ELSE),  FROM(FALSE), FROM(GOTO),
  FROM(IF),    FROM(IF),     FROM(LOCAL),  FROM(LOCAL),  FROM(LOCAL), FROM(NIL),   FROM(NIL),
  FROM(OR),    FROM(REPEAT), FROM(REPEAT), FROM(REPEAT), FROM(THEN),  FROM(THEN),  FROM(UNTIL),
  FROM(WHILE), FROM(WHILE),  FROM_END,     FROM_END,     FROM_END,    FROM_END,
};

/* ---- the strings of the text ---- */

/* The string with the same bytes that is anchored already, or NULL. */
static String *find_anchored(const Table *anchors, String *string) {
  if (string_is_short(string)) return table_find_short_string(anchors, string) != NULL ? string : NULL;
  Value same;
  return rl_table_get_string(anchors, string, &same) == TAG_NIL ? NULL : value_string(&same);
}

/* The only place where the compiler lets the collector run by its own choice: everything it holds is anchored here. */
String *rl_lexer_string(Lexer *lexer, const char *bytes, size_t length) {
  State *L = lexer->L;
  String *string = rl_string_new(L, bytes, length);
  String *anchored = find_anchored(lexer->anchors, string);
  if (anchored != NULL) return anchored;
  Value value;
  stack_ensure(L, 1);
  value_set_object(L->top++, string);
  value_set_object(&value, string);
  rl_table_set_string(L, lexer->anchors, string, &value);
  gc_check(L);
  L->top--;
  return string;
}

void rl_lexer_text_grow(Lexer *lexer, size_t more) {
  if (more > (size_t)PTRDIFF_MAX / 2 - lexer->text_length - 1) rl_lexer_error(lexer, "lexical element too long", 0);
  rl_scratch_grow(lexer->L, &lexer->text, lexer->text_length + more + 1);
}

void rl_lexer_open(State *L, Lexer *lexer, Input *input, String *source, int first) {
  *lexer = (Lexer){.L = L, .input = input, .current = first, .line = 1, .last_line = 1, .source = source};
  lexer->token.kind = lexer->ahead.kind = TOKEN_END_OF_TEXT;
  stack_ensure(L, 1);
  lexer->anchors = rl_table_new(L);
  value_set_object(L->top++, lexer->anchors);
  rl_scratch_open(L, &lexer->text);
  lexer_reserve(lexer, LUA_IDSIZE);
}

/* ---- the parts of a text ---- */

void rl_lexer_pass_line_end(Lexer *lexer) {
  int first = lexer->current;
  lexer_advance(lexer);
  if (byte_is_line_end(lexer->current) && lexer->current != first) lexer_advance(lexer);
  if (++lexer->line >= INT_MAX) rl_lexer_error(lexer, "chunk has too many lines", 0);
}

/* Behind "--[" a comment may be long; else it ends with the line. */
static void pass_comment(Lexer *lexer) {
  if (lexer->current == '[') {
    lexer->text_length = 0;
    size_t level = rl_lexer_read_brackets(lexer);
    if (level >= 2) {
      rl_lexer_read_long(lexer, NULL, level);
      return;
    }
  }
  while (!byte_is_line_end(lexer->current) && lexer->current != INPUT_END) lexer_advance(lexer);
}

static int find_reserved(const char *bytes, size_t length) {
  unsigned letter = (unsigned char)bytes[0] - (unsigned)'a';
  if (letter > 'z' - 'a') return TOKEN_NAME;
  for (int word = words_by_letter[letter]; word < words_by_letter[letter + 1]; word++)
    if (strlen(reserved_words[word]) == length && memcmp(reserved_words[word], bytes, length) == 0)
      return FIRST_LONG_TOKEN + word;
  return TOKEN_NAME;
}

/* Copies what the input holds of the name at once; a name may go on in the next piece. */
static int read_name(Lexer *lexer, Token *token) {
  Input *input = lexer->input;
  do {
    const char *end = input->next, *limit = end + input->left;
    while (end < limit && name_bytes[(unsigned char)*end] != 0) end++;
    lexer_save_run(lexer, end);
  } while (lexer->current != INPUT_END && name_bytes[lexer->current] != 0);
  int kind = find_reserved(lexer_text(lexer), lexer->text_length);
  if (kind == TOKEN_NAME) token->string = rl_lexer_string(lexer, lexer_text(lexer), lexer->text_length);
  return kind;
}

static bool pass_if(Lexer *lexer, int byte) {
  if (lexer->current != byte) return false;
  lexer_advance(lexer);
  return true;
}

/* The first byte has been passed: the token is a longer one when `second` follows. */
static int choose(Lexer *lexer, int second, int longer, int shorter) {
  return pass_if(lexer, second) ? longer : shorter;
}

static int read_open_bracket(Lexer *lexer, Token *token) {
  size_t level = rl_lexer_read_brackets(lexer);
  if (level >= 2) {
    rl_lexer_read_long(lexer, token, level);
    return TOKEN_STRING;
  }
  if (level == 0) rl_lexer_error(lexer, "invalid long string delimiter", TOKEN_STRING);
  return '[';
}

static int read_dots(Lexer *lexer, Token *token) {
  lexer_save_and_advance(lexer);
  if (byte_is_digit(lexer->current)) {
    rl_lexer_read_number(lexer, token);
    return token->kind;
  }
  if (!pass_if(lexer, '.')) return '.';
  return choose(lexer, '.', TOKEN_DOTS, TOKEN_CONCAT);
}

/* Tokens that are told apart by their second byte; the first one is passed here. */
static int read_symbol(Lexer *lexer) {
  int first = lexer->current;
  lexer_advance(lexer);
  switch (first) {
    case '=': return choose(lexer, '=', TOKEN_EQUAL, '=');
    case '~': return choose(lexer, '=', TOKEN_NOT_EQUAL, '~');
    case ':': return choose(lexer, ':', TOKEN_LABEL, ':');
    case '/': return choose(lexer, '/', TOKEN_FLOOR_DIVIDE, '/');
    case '<': return pass_if(lexer, '=') ? TOKEN_LESS_EQUAL : choose(lexer, '<', TOKEN_SHIFT_LEFT, '<');
    case '>': return pass_if(lexer, '=') ? TOKEN_GREATER_EQUAL : choose(lexer, '>', TOKEN_SHIFT_RIGHT, '>');
    default: return first;
  }
}

/* True when a comment was passed, false for the operator. */
static bool pass_minus(Lexer *lexer) {
  lexer_advance(lexer);
  if (!pass_if(lexer, '-')) return false;
  pass_comment(lexer);
  return true;
}

static void read_token(Lexer *lexer, Token *token) {
  for (;;) {
    int byte = lexer->current;
    lexer->text_length = 0;
    if (byte == INPUT_END) {
      token->kind = TOKEN_END_OF_TEXT;
      return;
    }
    if (name_bytes[byte] == LETTER) {
      token->kind = read_name(lexer, token);
      return;
    }
    if (name_bytes[byte] == DIGIT) {
      rl_lexer_read_number(lexer, token);
      return;
    }
    switch (byte) {
      case '\n':
      case '\r': rl_lexer_pass_line_end(lexer); continue;
      case ' ':
      case '\t':
      case '\v':
      case '\f': lexer_advance(lexer); continue;
      case '-':
        if (pass_minus(lexer)) continue;
        token->kind = '-';
        return;
      case '"':
      case '\'':
        rl_lexer_read_quoted(lexer, token);
        token->kind = TOKEN_STRING;
        return;
      case '[': token->kind = read_open_bracket(lexer, token); return;
      case '.': token->kind = read_dots(lexer, token); return;
      default: token->kind = read_symbol(lexer); return;
    }
  }
}

void rl_lexer_next(Lexer *lexer) {
  lexer->last_line = lexer->line;
  if (lexer->ahead.kind != TOKEN_END_OF_TEXT) {
    lexer->token = lexer->ahead;
    lexer->ahead.kind = TOKEN_END_OF_TEXT;
  } else {
    read_token(lexer, &lexer->token);
  }
}

int rl_lexer_peek(Lexer *lexer) {
  if (lexer->ahead.kind == TOKEN_END_OF_TEXT) read_token(lexer, &lexer->ahead);
  return lexer->ahead.kind;
}

/* Numerals (manual 3.1) as text to numbers. */
#ifndef RL_BASE_NUMBER_PARSE_H
#define RL_BASE_NUMBER_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct NumberParse {
  bool is_integer;
  int64_t integer;
  double number;
} NumberParse;

/* The number that the whole text denotes: optional white space around, an optional sign, a decimal or hexadecimal
 * integer or float. Hexadecimal integers wrap; decimal integers that do not fit become floats. The decimal point is '.'
 * or the locale's. Returns the length, or 0 when the text is no number (zero bytes inside included). The text need not
 * end with a zero. */
size_t rl_number_parse(const char *text, size_t length, NumberParse *result);

#endif

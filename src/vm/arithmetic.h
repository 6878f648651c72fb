/* Arithmetic without metamethods, and conversions between numbers and strings (manual 3.4.1 to 3.4.3). */
#ifndef RL_VM_ARITHMETIC_H
#define RL_VM_ARITHMETIC_H

#include "base/arith.h"
#include "value/global.h"

/* Raw arithmetic of two numbers (bitwise: also floats with integer values; strings are not converted); false when the
 * operands do not fit. op: LUA_OPADD... Raises for integer division and modulo by zero. */
bool rl_arith_raw(State *L, int op, const Value *a, const Value *b, Value *result);

/* Exact comparisons of two numbers. */
bool rl_number_less(const Value *a, const Value *b);
bool rl_number_less_equal(const Value *a, const Value *b);
/* A number (no string) as a float. */
static inline bool rl_number_as_float(const Value *value, double *result) {
  if (value_is_float(value))
    *result = value->as.number;
  else if (value_is_integer(value))
    *result = (double)value->as.integer;
  else
    return false;
  return true;
}

/* The number that the whole text denotes (manual 3.1, surrounding space allowed); false when it is none. */
bool rl_text_to_number(const char *text, size_t length, Value *result);
/* Number of a number or numeric string. */
bool rl_value_to_float(const Value *value, double *result);
/* Integer of a number with an integer value or of such a string. */
bool rl_value_to_integer(const Value *value, int64_t *result);
/* The string's number, false when it is none. */
bool rl_string_to_number(const String *string, Value *result);
/* Turns the number in the stack slot into a string, in place. May allocate, collect (emergency). */
void rl_number_to_string(State *L, Value *slot);

#endif

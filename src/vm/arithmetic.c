#include "vm/arithmetic.h"

#include "base/number_format.h"
#include "base/number_parse.h"
#include "object/strings.h"
#include "raise/raise.h"

/* ---- conversions ---- */

bool rl_text_to_number(const char *text, size_t length, Value *result) {
  NumberParse parsed;
  if (!rl_number_parse(text, length, &parsed)) return false;
  if (parsed.is_integer)
    value_set_integer(result, parsed.integer);
  else
    value_set_float(result, parsed.number);
  return true;
}

bool rl_string_to_number(const String *string, Value *result) {
  return rl_text_to_number(string_bytes(string), string_length(string), result);
}

/* The number in `value`, or that of a numeric string. */
static bool coerce(const Value *value, Value *number) {
  if (value_is_string(value)) return rl_string_to_number(value_string(value), number);
  value_copy(number, value);
  return value_is_number(value);
}

bool rl_value_to_float(const Value *value, double *result) {
  Value number;
  return coerce(value, &number) && rl_number_as_float(&number, result);
}

static bool number_to_integer(const Value *number, int64_t *result) {
  if (value_is_float(number)) return rl_float_to_integer(number->as.number, result, RL_ROUND_EXACT);
  *result = number->as.integer;
  return value_is_integer(number);
}

bool rl_value_to_integer(const Value *value, int64_t *result) {
  Value number;
  return coerce(value, &number) && number_to_integer(&number, result);
}

void rl_number_to_string(State *L, Value *slot) {
  char buffer[64];
  size_t length =
    value_is_integer(slot) ? rl_integer_format(buffer, slot->as.integer) : rl_float_format(buffer, slot->as.number);
  value_set_object(slot, rl_string_new(L, buffer, length));
}

/* ---- comparison ---- */

bool rl_number_less(const Value *a, const Value *b) {
  if (value_is_integer(a))
    return value_is_integer(b) ? a->as.integer < b->as.integer : rl_integer_less_float(a->as.integer, b->as.number);
  return value_is_float(b) ? a->as.number < b->as.number : rl_float_less_integer(a->as.number, b->as.integer);
}

bool rl_number_less_equal(const Value *a, const Value *b) {
  if (value_is_integer(a))
    return value_is_integer(b) ? a->as.integer <= b->as.integer
                               : rl_integer_less_equal_float(a->as.integer, b->as.number);
  return value_is_float(b) ? a->as.number <= b->as.number : rl_float_less_equal_integer(a->as.number, b->as.integer);
}

/* ---- arithmetic ---- */

static int64_t add_wrapping(int64_t x, int64_t y) {
  return (int64_t)((uint64_t)x + (uint64_t)y);
}
static int64_t subtract_wrapping(int64_t x, int64_t y) {
  return (int64_t)((uint64_t)x - (uint64_t)y);
}
static int64_t multiply_wrapping(int64_t x, int64_t y) {
  return (int64_t)((uint64_t)x * (uint64_t)y);
}

static int64_t integer_operation(State *L, int op, int64_t x, int64_t y) {
  switch (op) {
    case LUA_OPADD: return add_wrapping(x, y);
    case LUA_OPSUB: return subtract_wrapping(x, y);
    case LUA_OPMUL: return multiply_wrapping(x, y);
    case LUA_OPMOD:
      if (y == 0) rl_raise(L, ERROR_MODULO_BY_ZERO);
      return rl_integer_modulo(x, y);
    case LUA_OPIDIV:
      if (y == 0) rl_raise(L, ERROR_DIVIDE_BY_ZERO);
      return rl_integer_floor_divide(x, y);
    case LUA_OPBAND: return x & y;
    case LUA_OPBOR: return x | y;
    case LUA_OPBXOR: return x ^ y;
    case LUA_OPSHL: return rl_shift_left(x, y);
    case LUA_OPSHR: return rl_shift_right(x, y);
    case LUA_OPUNM: return subtract_wrapping(0, x);
    default: return ~x;
  }
}

static double float_operation(int op, double x, double y) {
  switch (op) {
    case LUA_OPADD: return x + y;
    case LUA_OPSUB: return x - y;
    case LUA_OPMUL: return x * y;
    case LUA_OPDIV: return x / y;
    case LUA_OPMOD: return rl_float_modulo(x, y);
    case LUA_OPPOW: return rl_float_power(x, y);
    case LUA_OPIDIV: return rl_float_floor_divide(x, y);
    default: return -x;
  }
}

static bool is_bitwise(int op) {
  return (op >= LUA_OPBAND && op <= LUA_OPSHR) || op == LUA_OPBNOT;
}

bool rl_arith_raw(State *L, int op, const Value *a, const Value *b, Value *result) {
  int64_t x, y;
  double float_x, float_y;
  if (is_bitwise(op)) {
    if (!number_to_integer(a, &x) || !number_to_integer(b, &y)) return false;
    value_set_integer(result, integer_operation(L, op, x, y));
    return true;
  }
  if (value_is_integer(a) && value_is_integer(b) && op != LUA_OPDIV && op != LUA_OPPOW) {
    value_set_integer(result, integer_operation(L, op, a->as.integer, b->as.integer));
    return true;
  }
  if (!rl_number_as_float(a, &float_x) || !rl_number_as_float(b, &float_y)) return false;
  value_set_float(result, float_operation(op, float_x, float_y));
  return true;
}

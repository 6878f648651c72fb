#include "object/equality.h"

/* 2^63 as a double: the first one that is too large for an integer. */
#define INTEGER_END 0x1p63

/* Converting the integer would round; the float is compared after an exact conversion instead. */
static bool integer_equals_float(int64_t integer, double number) {
  if (!(number >= -INTEGER_END && number < INTEGER_END)) return false;
  return (int64_t)number == integer && (double)(int64_t)number == number;
}

bool rl_values_equal_raw(const Value *a, const Value *b) {
  if (a->tag != b->tag) {
    if (value_is_integer(a) && value_is_float(b)) return integer_equals_float(a->as.integer, b->as.number);
    if (value_is_float(a) && value_is_integer(b)) return integer_equals_float(b->as.integer, a->as.number);
    return false;
  }
  switch (a->tag) {
    case TAG_NIL:
    case TAG_FALSE:
    case TAG_TRUE: return true;
    case TAG_INTEGER: return a->as.integer == b->as.integer;
    case TAG_FLOAT: return a->as.number == b->as.number;
    case TAG_LIGHT_USERDATA: return a->as.pointer == b->as.pointer;
    case TAG_LIGHT_FUNCTION: return a->as.bits == b->as.bits;
    case TAG_LONG_STRING: return rl_string_equal_long(value_string(a), value_string(b));
    default: return a->as.object == b->as.object;
  }
}

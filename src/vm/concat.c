#include "vm/concat.h"

#include <string.h>

#include "base/bytes.h"
#include "base/config.h"
#include "base/number_format.h"
#include "object/metatable.h"
#include "object/strings.h"
#include "raise/raise.h"
#include "vm/arithmetic.h"
#include "vm/error_text.h"
#include "vm/work.h"

static bool can_join(const Value *value) {
  return value_is_string(value) || value_is_number(value);
}

/* ---- short results: put together on the C stack, where numbers become digits without strings of their own ---- */

#define SHORT_BYTES 320

static size_t write_number(char *to, const Value *number) {
  return value_is_integer(number) ? rl_integer_format(to, number->as.integer) : rl_float_format(to, number->as.number);
}

/* Returns the length of the joined text, or SHORT_BYTES + 1 when there might be no room. */
static size_t join_short(char buffer[SHORT_BYTES], const Value *first, int count) {
  size_t length = 0;
  for (const Value *value = first; value < first + count; value++) {
    bool is_string = value_is_string(value);
    size_t wanted = is_string ? string_length(value_string(value)) : RL_NUMBER_BUFFER;
    if (wanted > SHORT_BYTES - length) return SHORT_BYTES + 1;
    if (is_string) {
      bytes_copy(buffer + length, string_bytes(value_string(value)), wanted);
      length += wanted;
    } else {
      length += write_number(buffer + length, value);
    }
  }
  return length;
}

/* ---- long ones: written once, into the string itself ---- */

static size_t joined_length(State *L, const Value *first, int count) {
  size_t total = 0;
  for (int i = 0; i < count; i++) {
    size_t length = string_length(value_string(first + i));
    if (length > (SIZE_MAX >> 2) - total) rl_raise(L, ERROR_STRING_LENGTH);
    total += length;
  }
  return total;
}

static String *join_long(State *L, Value *first, int count) {
  for (int i = count - 1; i >= 0; i--)
    if (value_is_number(first + i)) rl_number_to_string(L, first + i);
  size_t length = joined_length(L, first, count);
  rl_work_copied(L, length);
  String *result = rl_string_new_long(L, length);
  char *to = result->bytes;
  for (int i = 0; i < count; i++) {
    const String *piece = value_string(first + i);
    memcpy(to, string_bytes(piece), string_length(piece));
    to += string_length(piece);
  }
  return result;
}

int rl_concat_some(State *L, Value *last, int count, Value *method) {
  if (!can_join(last) || !can_join(last - 1)) {
    if (rl_metamethod_of(L, last - 1, EVENT_CONCAT, method) == TAG_NIL &&
        rl_metamethod_of(L, last, EVENT_CONCAT, method) == TAG_NIL)
      rl_error_concat(L, last - 1, last);
    return 0;
  }
  int joined = 2;
  while (joined < count && can_join(last - joined)) joined++;
  Value *first = last - joined + 1;
  char buffer[SHORT_BYTES];
  size_t length = join_short(buffer, first, joined);
  String *result = length <= SHORT_BYTES ? rl_string_new(L, buffer, length) : join_long(L, first, joined);
  value_set_object(first, result);
  return joined;
}

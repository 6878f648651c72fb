#include "vm/concat.h"

#include <string.h>

#include "base/config.h"
#include "object/metatable.h"
#include "object/strings.h"
#include "raise/raise.h"
#include "vm/arithmetic.h"
#include "vm/error_text.h"

static bool can_join(const Value *value) {
  return value_is_string(value) || value_is_number(value);
}

static size_t joined_length(State *L, const Value *last, int joined) {
  size_t total = 0;
  for (int i = 0; i < joined; i++) {
    size_t length = string_length(value_string(last - i));
    if (length > (SIZE_MAX >> 2) - total) rl_raise(L, ERROR_STRING_LENGTH);
    total += length;
  }
  return total;
}

static void copy_pieces(char *to, const Value *first, int joined) {
  for (int i = 0; i < joined; i++) {
    const String *piece = value_string(first + i);
    memcpy(to, string_bytes(piece), string_length(piece));
    to += string_length(piece);
  }
}

int rl_concat_some(State *L, Value *last, int count, Value *method) {
  if (!can_join(last) || !can_join(last - 1)) {
    if (rl_metamethod_of(L, last - 1, EVENT_CONCAT, method) == TAG_NIL &&
        rl_metamethod_of(L, last, EVENT_CONCAT, method) == TAG_NIL)
      rl_error_concat(L, last - 1, last);
    return 0;
  }
  int joined = 0;
  for (; joined < count && can_join(last - joined); joined++)
    if (value_is_number(last - joined)) rl_number_to_string(L, last - joined);
  Value *first = last - joined + 1;
  size_t total = joined_length(L, last, joined);
  String *result;
  if (total <= RL_MAX_SHORT_STRING) {
    char buffer[RL_MAX_SHORT_STRING];
    copy_pieces(buffer, first, joined);
    result = rl_string_new(L, buffer, total);
  } else {
    result = rl_string_new_long(L, total);
    copy_pieces(result->bytes, first, joined);
  }
  value_set_object(first, result);
  return joined;
}

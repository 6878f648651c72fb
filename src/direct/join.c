/* `table.concat` of lists whose elements are there, as strings and integers: measured first, then written once,
 * straight into the result. */
#include "base/bytes.h"
#include "base/compiler.h"
#include "base/number_format.h"
#include "direct/library.h"
#include "object/strings.h"

#define LOCAL_BYTES     256
#define WRITTEN_AT_ONCE (1 << 20) /* bytes between two looks at interrupts */

typedef struct Join {
  const Table *list;
  int64_t first, last;
  const char *separator;
  size_t separator_length;
} Join;

/* False: some element is not in the array part, or neither string nor integer, or there is too much. */
static bool measure(const Join *join, size_t *total) {
  Value element = {.tag = TAG_NIL};
  *total = 0;
  for (int64_t i = join->first; i <= join->last; i++) {
    if (!table_fast_get_integer(join->list, i, &element)) return false;
    if (value_is_string(&element))
      *total += string_length(value_string(&element));
    else if (value_is_integer(&element))
      *total += rl_integer_length(element.as.integer);
    else
      return false;
    if (i < join->last) *total += join->separator_length;
    if (*total > SIZE_MAX / 4) return false;
  }
  return true;
}

static char *write_element(char *to, const Join *join, int64_t index) {
  Value element = {.tag = TAG_NIL};
  table_fast_get_integer(join->list, index, &element);
  if (value_is_integer(&element)) return to + rl_integer_format(to, element.as.integer);
  const String *string = value_string(&element);
  bytes_copy(to, string_bytes(string), string_length(string));
  return to + string_length(string);
}

/* False: given up, because somebody wants the program to end. */
static bool write_pieces(State *L, char *to, const Join *join) {
  const char *looked = to;
  for (int64_t i = join->first; i < join->last; i++) {
    to = write_element(to, join, i);
    bytes_copy(to, join->separator, join->separator_length);
    to += join->separator_length;
    if (RL_LIKELY(to - looked < WRITTEN_AT_ONCE)) continue;
    if (interrupt_wants_end(L->global)) return false;
    looked = to;
  }
  write_element(to, join, join->last);
  return true;
}

bool rl_direct_push_joined(State *L, int argument, int64_t first, int64_t last, const char *separator,
                           size_t separator_length) {
  const Value *list = L->call_info->base + argument - 1;
  size_t total;
  if (!value_is_table(list) || first < 1 || first > last) return false;
  Join join = {value_table(list), first, last, separator, separator_length};
  if (!measure(&join, &total)) return false;
  if (total <= LOCAL_BYTES) {
    char local[LOCAL_BYTES];
    write_pieces(L, local, &join);
    value_set_object(L->top, rl_string_new(L, local, total));
    L->top++;
  } else if (!write_pieces(L, rl_direct_push_room(L, total), &join)) {
    L->top--;
    return false;
  }
  rl_direct_safe_point(L);
  return true;
}

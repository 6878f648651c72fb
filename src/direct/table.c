/* Direct entries of the table library (manual 6.6): lists without a metatable. */
#include "direct/direct.h"
#include "object/table.h"

static bool is_plain_list(const Value *value) {
  return value_is_table(value) && value_table(value)->metatable == NULL;
}

int rl_direct_insert(State *L, Value *function, ptrdiff_t count) {
  if (count < 2 || count > 3 || !is_plain_list(function + 1)) return -1;
  Table *list = value_table(function + 1);
  uint64_t length = rl_table_length(list);
  if (length >= INT64_MAX) return -1;
  if (count == 2) {
    rl_table_set_integer(L, list, (int64_t)length + 1, function + 2);
    return 0;
  }
  if (!value_is_integer(function + 2)) return -1;
  int64_t position = function[2].as.integer;
  if ((uint64_t)position - 1 > length) return -1;
  return rl_table_insert(L, list, (int64_t)length, position, function + 3) ? 0 : -1;
}

int rl_direct_remove(State *L, Value *function, ptrdiff_t count) {
  if (count < 1 || count > 2 || !is_plain_list(function + 1)) return -1;
  Table *list = value_table(function + 1);
  uint64_t length = rl_table_length(list);
  if (length == 0 || length > INT64_MAX) return -1;
  int64_t position = (int64_t)length;
  if (count == 2) {
    if (!value_is_integer(function + 2)) return -1;
    position = function[2].as.integer;
    if ((uint64_t)position - 1 >= length) return -1;
  }
  return rl_table_remove(L, list, (int64_t)length, position, function) ? 1 : -1;
}

int rl_direct_unpack(State *L, Value *function, ptrdiff_t count) {
  if (count != 1 || !is_plain_list(function + 1)) return -1;
  const Table *list = value_table(function + 1);
  uint64_t length = rl_table_length(value_table(function + 1));
  if (length > (uint64_t)(L->stack_limit - L->top)) return -1;
  for (uint64_t i = 0; i < length; i++) rl_table_get_integer(list, (int64_t)i + 1, function + i);
  return (int)length;
}

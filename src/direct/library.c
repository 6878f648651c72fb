#include "direct/library.h"

#include "gc/collect.h"
#include "object/metatable.h"
#include "object/strings.h"
#include "object/table.h"

bool rl_direct_is_plain_text(State *L, int argument) {
  const Value *value = L->call_info->base + argument - 1;
  if (!value_is_string(value) && !value_is_number(value)) return false;
  const Table *metatable = L->global->type_metatables[value_type(value)];
  Value method;
  return metatable == NULL ||
         rl_table_get_short_string(metatable, L->global->event_names[EVENT_TOSTRING], &method) == TAG_NIL;
}

char *rl_direct_push_room(State *L, size_t length) {
  String *string = rl_string_new_long(L, length);
  value_set_object(L->top, string);
  L->top++;
  return string->bytes;
}

void rl_direct_safe_point(State *L) {
  gc_check(L);
}

lua_Integer rl_direct_copy_elements(State *L, int source, lua_Integer first, int target, lua_Integer to,
                                    lua_Integer count, bool backwards) {
  const Value *from_list = L->call_info->base + source - 1, *to_list = L->call_info->base + target - 1;
  if (!value_is_table(from_list) || !value_is_table(to_list)) return 0;
  const Table *from_table = value_table(from_list);
  Table *to_table = value_table(to_list);
  bool is_plain = to_table->metatable == NULL;
  lua_Integer done = 0;
  for (; done < count; done++) {
    lua_Integer offset = backwards ? count - 1 - done : done;
    Value element;
    if (!table_fast_get_integer(from_table, first + offset, &element)) break;
    if (table_fast_set_integer(to_table, to + offset, &element)) {
      barrier_back(L, to_table, &element);
    } else {
      if (!is_plain) break;
      value_copy(L->top, &element);
      L->top++;
      rl_table_set_integer(L, to_table, to + offset, L->top - 1);
      L->top--;
    }
  }
  return done;
}

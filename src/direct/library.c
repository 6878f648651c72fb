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

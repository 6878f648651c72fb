/* Metatables. A bit in a metatable's header says that one of the first eight events is known to be absent; it is set by
 * a lookup that finds nothing and all of them are forgotten when a field with a string key is stored (object/table.c).
 */
#include "object/metatable.h"

#include "heap/block.h"
#include "raise/raise.h"

#include "object/strings.h"
#include "value/userdata.h"

_Static_assert(EVENT_NAME == 7 && TABLE_ABSENT_EVENTS == 0xff, "eight events have a bit");

static const char *const event_texts[EVENT_COUNT] = {
#define M(name, text) text,
  METAMETHODS(M)
#undef M
};

const char *const rl_type_names[LUA_NUMTYPES + 1] = {"no value", "nil",   "boolean",  "userdata", "number",
                                                     "string",   "table", "function", "userdata", "thread"};

static String *fixed_string(State *L, const char *text) {
  String *string = rl_string_from_c(L, text);
  if (!rl_heap_fix(L, &string->header)) rl_raise_memory(L);
  return string;
}

void rl_metatable_open(State *L) {
  Global *global = L->global;
  for (int event = 0; event < EVENT_COUNT; event++) global->event_names[event] = fixed_string(L, event_texts[event]);
  for (int type = 0; type < LUA_NUMTYPES; type++) global->type_names[type] = fixed_string(L, rl_type_names[type + 1]);
  global->number_type_names[0] = fixed_string(L, "integer");
  global->number_type_names[1] = fixed_string(L, "float");
}

Table *rl_metatable_of(State *L, const Value *value) {
  switch (value->tag) {
    case TAG_TABLE: return value_table(value)->metatable;
    case TAG_USERDATA: return value_userdata(value)->metatable;
    default: {
      int type = value_type(value);
      return type < 0 ? NULL : L->global->type_metatables[type];
    }
  }
}

uint32_t rl_metatable_event(State *L, Table *metatable, Event event, Value *result) {
  if (metatable_lacks(metatable, event))
    value_set_nil(result);
  else if (rl_table_get_short_string(metatable, L->global->event_names[event], result) == TAG_NIL)
    metatable->header.own |= 1u << event;
  return result->tag;
}

uint32_t rl_metamethod_of(State *L, const Value *value, Event event, Value *result) {
  Table *metatable = rl_metatable_of(L, value);
  if (event <= EVENT_NAME) return rl_metatable_event(L, metatable, event, result);
  if (metatable != NULL) return rl_table_get_short_string(metatable, L->global->event_names[event], result);
  value_set_nil(result);
  return TAG_NIL;
}

const char *rl_value_type_name(State *L, const Value *value) {
  if (value_is_table(value) || value_is_userdata(value)) {
    Value name;
    rl_metatable_event(L, rl_metatable_of(L, value), EVENT_NAME, &name);
    if (value_is_string(&name)) return string_bytes(value_string(&name));
  }
  int type = value_type(value);
  return rl_type_names[(type == LUA_TNONE ? LUA_TNIL : type) + 1]; /* to an operation, an absent argument is nil */
}

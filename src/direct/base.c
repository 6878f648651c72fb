/* Direct entries of the basic library (manual 6.1). */
#include "base/number_format.h"
#include "base/number_parse.h"
#include "direct/direct.h"
#include "gc/collect.h"
#include "heap/barrier.h"
#include "object/equality.h"
#include "object/metatable.h"
#include "object/strings.h"
#include "object/table.h"

int rl_direct_type(State *L, Value *function, ptrdiff_t count) {
  if (count < 1) return -1;
  value_set_object(function, L->global->type_names[value_type(function + 1)]);
  return 1;
}

int rl_direct_assert(State *L, Value *function, ptrdiff_t count) {
  (void)L;
  if (count < 1 || value_is_falsy(function + 1)) return -1;
  for (ptrdiff_t i = 0; i < count; i++) value_copy(function + i, function + i + 1);
  return (int)count;
}

/* (the results lie behind the selector: they only have to come down to the function's slot) */
int rl_direct_select(State *L, Value *function, ptrdiff_t count) {
  const Value *selector = function + 1;
  (void)L;
  if (count < 1) return -1;
  if (value_is_short_string(selector) && string_bytes(value_string(selector))[0] == '#') {
    value_set_integer(function, count - 1);
    return 1;
  }
  if (!value_is_integer(selector)) return -1;
  int64_t position = selector->as.integer;
  if (position < 0) position += count;
  if (position < 1) return -1;
  if (position >= count) return 0;
  for (int64_t i = 0; i < count - position; i++) value_copy(function + i, function + 1 + position + i);
  return (int)(count - position);
}

/* ---- raw access ---- */

int rl_direct_rawget(State *L, Value *function, ptrdiff_t count) {
  (void)L;
  if (count != 2 || !value_is_table(function + 1) || table_is_deferred(value_table(function + 1))) return -1;
  rl_table_get(value_table(function + 1), function + 2, function);
  return 1;
}

int rl_direct_rawset(State *L, Value *function, ptrdiff_t count) {
  const Value *key = function + 2;
  if (count != 3 || !value_is_table(function + 1) || value_is_nil(key)) return -1;
  if (value_is_float(key) && key->as.number != key->as.number) return -1;
  rl_table_set(L, value_table(function + 1), key, function + 3);
  value_copy(function, function + 1);
  return 1;
}

int rl_direct_rawlen(State *L, Value *function, ptrdiff_t count) {
  const Value *value = function + 1;
  (void)L;
  if (count < 1) return -1;
  if (value_is_table(value))
    value_set_integer(function, (int64_t)rl_table_length(value_table(value)));
  else if (value_is_string(value))
    value_set_integer(function, (int64_t)string_length(value_string(value)));
  else
    return -1;
  return 1;
}

int rl_direct_rawequal(State *L, Value *function, ptrdiff_t count) {
  (void)L;
  if (count < 2) return -1;
  value_set_boolean(function, rl_values_equal_raw(function + 1, function + 2));
  return 1;
}

/* ---- metatables ---- */

static bool has_event(State *L, Table *metatable, Event event) {
  Value field;
  return metatable != NULL && rl_table_get_short_string(metatable, L->global->event_names[event], &field) != TAG_NIL;
}

int rl_direct_setmetatable(State *L, Value *function, ptrdiff_t count) {
  if (count < 2 || !value_is_table(function + 1)) return -1;
  Table *table = value_table(function + 1);
  if (has_event(L, table->metatable, EVENT_METATABLE) || table_is_deferred(table)) return -1;
  table_note_metatable(L, table);
  rl_gc_metatable_changes(L, table);
  if (value_is_nil(function + 2)) {
    table->metatable = NULL;
  } else if (value_is_table(function + 2)) {
    table->metatable = value_table(function + 2);
    barrier_forward_object(L, table, table->metatable);
    rl_gc_register_finalizer(L, &table->header, table->metatable);
  } else {
    return -1;
  }
  value_copy(function, function + 1);
  return 1;
}

int rl_direct_getmetatable(State *L, Value *function, ptrdiff_t count) {
  if (count < 1) return -1;
  Table *metatable = rl_metatable_of(L, function + 1);
  if (metatable == NULL)
    value_set_nil(function);
  else if (rl_table_get_short_string(metatable, L->global->event_names[EVENT_METATABLE], function) == TAG_NIL)
    value_set_object(function, metatable);
  return 1;
}

/* ---- iteration ---- */

int rl_direct_next(State *L, Value *function, ptrdiff_t count) {
  Value begin = {.tag = TAG_NIL}, entry[2];
  uint32_t note = 0;
  if (count < 1 || !value_is_table(function + 1)) return -1;
  int found = rl_table_step(L, value_table(function + 1), count == 1 ? &begin : function + 2, &note, entry);
  if (found < 0) return -1;
  value_copy(function, &entry[0]);
  if (found == 0) return 1;
  value_copy(function + 1, &entry[1]);
  return 2;
}

int rl_direct_ipairs_step(State *L, Value *function, ptrdiff_t count) {
  (void)L;
  if (count < 2 || !value_is_table(function + 1) || !value_is_integer(function + 2)) return -1;
  int64_t index = (int64_t)((uint64_t)function[2].as.integer + 1);
  Value element;
  if (!table_fast_get_integer(value_table(function + 1), index, &element)) return -1;
  value_set_integer(function, index);
  value_copy(function + 1, &element);
  return 2;
}

/* The slot behind the argument is there: a frame ends above its last call's arguments, or LUA_MINSTACK higher. */
static int iterate(State *L, Value *function, DirectNumber step) {
  const DirectName *names = L->global->direct_names[DIRECT_BASE];
  while (names->number != (uint32_t)step) names++;
  rl_direct_set_function(L, function, names->function);
  return 3;
}

int rl_direct_pairs(State *L, Value *function, ptrdiff_t count) {
  if (count < 1 || !value_is_table(function + 1) || L->stack_limit - L->top < 2) return -1;
  if (has_event(L, value_table(function + 1)->metatable, EVENT_PAIRS)) return -1;
  int results = iterate(L, function, DIRECT_next);
  value_set_nil(function + 2);
  return results;
}

int rl_direct_ipairs(State *L, Value *function, ptrdiff_t count) {
  if (count < 1 || L->stack_limit - L->top < 2) return -1;
  int results = iterate(L, function, DIRECT_ipairs_step);
  value_set_integer(function + 2, 0);
  return results;
}

/* ---- numbers and text ---- */

int rl_direct_tonumber(State *L, Value *function, ptrdiff_t count) {
  const Value *value = function + 1;
  NumberParse parsed;
  (void)L;
  if (count != 1) return -1;
  if (value_is_number(value)) {
    value_copy(function, value);
    return 1;
  }
  if (!value_is_string(value)) return -1;
  const String *text = value_string(value);
  if (rl_number_parse(string_bytes(text), string_length(text), &parsed) == 0)
    value_set_nil(function);
  else if (parsed.is_integer)
    value_set_integer(function, parsed.integer);
  else
    value_set_float(function, parsed.number);
  return 1;
}

int rl_direct_tostring(State *L, Value *function, ptrdiff_t count) {
  const Value *value = function + 1;
  char buffer[RL_NUMBER_BUFFER];
  if (count < 1 || (!value_is_number(value) && !value_is_string(value))) return -1;
  if (has_event(L, L->global->type_metatables[value_type(value)], EVENT_TOSTRING)) return -1;
  if (value_is_string(value)) {
    value_copy(function, value);
    return 1;
  }
  size_t length =
    value_is_integer(value) ? rl_integer_format(buffer, value->as.integer) : rl_float_format(buffer, value->as.number);
  value_set_object(function, rl_string_new(L, buffer, length));
  L->top = function + 1;
  gc_check(L);
  return 1;
}

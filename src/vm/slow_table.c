/* Slow paths of table access, constructors and closures. */
#include "gc/collect.h"
#include "heap/barrier.h"
#include "object/functions.h"
#include "object/metatable.h"
#include "object/stack.h"
#include "object/table.h"
#include "vm/call.h"
#include "vm/error_text.h"
#include "vm/metamethod.h"
#include "vm/slow.h"

#define A(L) ((L)->call_info->base + instruction_a(i))
#define B(L) ((L)->call_info->base + instruction_b(i))
#define C(L) ((L)->call_info->base + instruction_c(i))

static Value *constant(State *L, uint32_t index) {
  return call_closure(L->call_info)->prototype->constants + index;
}
static Value *upvalue(State *L, uint32_t index) {
  return call_closure(L->call_info)->upvalues[index]->value;
}
static Value *field_key(State *L) {
  return constant(L, field_constant(L->call_info->pc[-1]));
}

/* R[A] := object[key], with a frame for an __index that is a function. */
static State *get(State *L, Instruction i, const Value *object, const Value *key) {
  Value out, receiver;
  L->top = L->call_info->top;
  if (rl_index_resolve(L, object, key, &out, &receiver)) {
    value_copy(A(L), &out);
    return L;
  }
  Value *function = L->top;
  value_copy(function, &out);
  value_copy(function + 1, &receiver);
  value_copy(function + 2, key);
  L->top = function + 3;
  return rl_call_begin(L, function, 1, RETURN_TO_REGISTER, (int32_t)instruction_a(i));
}

static State *set(State *L, const Value *object, const Value *key, const Value *value) {
  Value method, receiver;
  L->top = L->call_info->top;
  if (rl_newindex_resolve(L, object, key, value, &method, &receiver)) return L;
  Value *function = L->top;
  value_copy(function, &method);
  value_copy(function + 1, &receiver);
  value_copy(function + 2, key);
  value_copy(function + 3, value);
  L->top = function + 4;
  return rl_call_begin(L, function, 0, RETURN_TO_NOTHING, 0);
}

State *rl_slow_get_upvalue_field(State *L, Instruction i) {
  return get(L, i, upvalue(L, instruction_b(i)), field_key(L));
}

State *rl_slow_get_table(State *L, Instruction i) {
  return get(L, i, B(L), C(L));
}

State *rl_slow_get_field(State *L, Instruction i) {
  return get(L, i, B(L), field_key(L));
}

State *rl_slow_get_integer(State *L, Instruction i) {
  Value key;
  value_set_integer(&key, instruction_c(i));
  return get(L, i, B(L), &key);
}

State *rl_slow_self(State *L, Instruction i) {
  Value object, out, receiver;
  value_copy(&object, B(L));
  L->top = L->call_info->top;
  bool known = rl_index_resolve(L, B(L), field_key(L), &out, &receiver);
  value_copy(A(L) + 1, &object);
  if (known) {
    value_copy(A(L), &out);
    return L;
  }
  Value *function = L->top;
  value_copy(function, &out);
  value_copy(function + 1, &receiver);
  value_copy(function + 2, field_key(L));
  L->top = function + 3;
  return rl_call_begin(L, function, 1, RETURN_TO_REGISTER, (int32_t)instruction_a(i));
}

/* Fields of tables to which no __newindex applies are stored here, so that the cache is filled in; else as `set`. */
static State *set_field(State *L, const Value *object, const Value *value) {
  const Value *key = field_key(L);
  Value present;
  if (!value_is_table(object)) return set(L, object, key, value);
  Table *table = value_table(object);
  if (!metatable_lacks(table->metatable, EVENT_NEWINDEX) &&
      rl_table_get_short_string(table, value_string(key), &present) == TAG_NIL &&
      rl_metatable_event(L, table->metatable, EVENT_NEWINDEX, &present) != TAG_NIL)
    return set(L, object, key, value);
  L->top = L->call_info->top;
  rl_table_set_field(L, table, value_string(key), value, instruction_cache(constant(L, 0), L->call_info->pc - 1));
  return L;
}

State *rl_slow_set_upvalue_field(State *L, Instruction i) {
  return set_field(L, upvalue(L, instruction_a(i)),
                   instruction_op(i) == OP_SETTABUP ? B(L) : constant(L, instruction_b(i)));
}

State *rl_slow_set_table(State *L, Instruction i) {
  const Value *value = instruction_op(i) == OP_SETTABLE ? C(L) : constant(L, instruction_c(i));
  return set(L, A(L), B(L), value);
}

State *rl_slow_set_field(State *L, Instruction i) {
  return set_field(L, A(L), instruction_op(i) == OP_SETFIELD ? B(L) : constant(L, instruction_b(i)));
}

State *rl_slow_set_integer(State *L, Instruction i) {
  Value key;
  value_set_integer(&key, instruction_b(i));
  return set(L, A(L), &key, instruction_op(i) == OP_SETINT ? C(L) : constant(L, instruction_c(i)));
}

State *rl_slow_set_upvalue(State *L, Instruction i) {
  UpValue *target = call_closure(L->call_info)->upvalues[instruction_b(i)];
  value_copy(target->value, A(L));
  barrier_forward(L, target, target->value);
  return L;
}

/* A safe point; everything above register A is dead. */
static State *collect_above(State *L, Instruction i) {
  L->top = A(L) + 1;
  gc_check(L);
  return L;
}

/* The site's cache, and the slots that its tables are known to need. */
static uint32_t known_slots(State *L, uint32_t fields, uint32_t *site) {
  SiteCache *cache = instruction_cache(constant(L, 0), L->call_info->pc - 1);
  if (cache->site == 0) cache->site = rl_site_new(L);
  *site = (uint32_t)cache->site;
  uint32_t demand = site_demand(L->global, *site);
  return demand > fields ? demand : fields;
}

State *rl_slow_new_table(State *L, Instruction i) {
  uint32_t fields = instruction_b(i), elements = 0, site = 0;
  if (fields >= 128) fields = UINT32_C(1) << (fields - 128);
  L->top = L->call_info->top;
  uint32_t slots = fields;
  if (instruction_c(i) == 0)
    elements = L->call_info->pc[-1];
  else
    slots = known_slots(L, fields, &site);
  Table *table = rl_table_new_sized(L, slots, elements, site);
  value_set_object(A(L), table);
  if (fields > SHAPE_MAX_KEYS) rl_table_reserve(L, table, 0, fields);
  return collect_above(L, i);
}

State *rl_slow_set_list(State *L, Instruction i) {
  Value *list = A(L);
  if (!value_is_table(list)) rl_error_operation(L, list, "index"); /* hand-made code only */
  Table *table = value_table(list);
  uint32_t first = L->call_info->pc[-1];
  ptrdiff_t count = instruction_b(i) == 0 ? L->top - (list + 1) : (ptrdiff_t)instruction_b(i) - 1;
  if (instruction_b(i) != 0) L->top = L->call_info->top;
  rl_table_reserve(L, table, (size_t)first + (size_t)count, 0);
  for (ptrdiff_t n = 1; n <= count; n++) rl_table_set_integer(L, table, (int64_t)first + n, list + n);
  return L;
}

State *rl_slow_closure(State *L, Instruction i) {
  CallInfo *record = L->call_info;
  LuaClosure *enclosing = call_closure(record);
  Prototype *prototype = enclosing->prototype->nested[record->pc[-1]];
  L->top = record->top;
  LuaClosure *closure = rl_lua_closure_new(L, prototype, prototype->upvalue_count);
  value_set_object(A(L), closure);
  for (uint32_t n = 0; n < prototype->upvalue_count; n++) {
    const UpvalueDescription *description = &prototype->upvalues[n];
    closure->upvalues[n] = description->in_stack ? rl_upvalue_find(L, record->base + description->index)
                                                 : enclosing->upvalues[description->index];
    barrier_forward_object(L, closure, closure->upvalues[n]); /* an emergency collection may have made it old */
  }
  return collect_above(L, i);
}

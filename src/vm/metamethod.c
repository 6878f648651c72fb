/* Operations with metamethods. The *_resolve functions decide without calling anything; the interpreter's slow paths
 * then push a frame for a metamethod, the rl_vm_* functions below call it by recursion. */
#include "vm/metamethod.h"

#include <string.h>

#include "base/config.h"
#include "gc/collect.h"
#include "heap/account.h"
#include "heap/barrier.h"
#include "object/equality.h"
#include "object/stack.h"
#include "object/strings.h"
#include "raise/raise.h"
#include "vm/arithmetic.h"
#include "vm/call.h"
#include "vm/concat.h"
#include "vm/error_text.h"
#include "vm/work.h"

/* ---- resolution ---- */

bool rl_index_resolve(State *L, const Value *object, const Value *key, Value *out, Value *receiver) {
  Value handler;
  value_copy(receiver, object);
  for (int i = 0; i < RL_MAX_META_CHAIN; i++) {
    if (value_is_table(receiver)) {
      Table *table = value_table(receiver);
      table_complete(L, table);
      if (rl_table_get(table, key, out) != TAG_NIL) return true;
      if (metatable_lacks(table->metatable, EVENT_INDEX)) return true;
      if (rl_metatable_event(L, table->metatable, EVENT_INDEX, &handler) == TAG_NIL) return true;
    } else if (rl_metamethod_of(L, receiver, EVENT_INDEX, &handler) == TAG_NIL) {
      rl_error_operation(L, i == 0 ? object : receiver, "index");
    }
    if (value_is_function(&handler)) {
      value_copy(out, &handler);
      return false;
    }
    value_copy(receiver, &handler);
  }
  rl_raise(L, ERROR_INDEX_LOOP);
}

static inline bool index_through_tables(State *L, Table *metatable, const String *key, Value *result, bool marks) {
  Value handler;
  for (int i = 0; i < RL_MAX_META_CHAIN; i++) {
    if (marks && metatable != NULL) metatable->header.own |= TABLE_IS_SEARCHED;
    if (metatable_lacks(metatable, EVENT_INDEX) || rl_metatable_event(L, metatable, EVENT_INDEX, &handler) == TAG_NIL) {
      value_set_nil(result);
      return true;
    }
    if (!value_is_table(&handler)) return false;
    Table *table = value_table(&handler);
    if (table_is_deferred(table)) return false;
    if (marks) table->header.own |= TABLE_IS_SEARCHED;
    if (table_fast_get_short_string(table, key, result)) return true;
    metatable = table->metatable;
  }
  return false;
}

bool rl_index_through_tables(State *L, Table *metatable, const String *key, Value *result) {
  return index_through_tables(L, metatable, key, result, false);
}

static void remember_method(State *L, MethodCache *cache, const Table *metatable, const Value *method) {
  if (!value_is_function(method)) return;
  cache->metatable = metatable;
  cache->method = method->as;
  cache->tag = method->tag;
  cache->epoch = L->global->method_epoch;
}

/* Strings have no fields of their own: the cache's shape is none then. */
static bool find_string_method(State *L, const String *key, MethodCache *cache, Value *method) {
  Table *metatable = L->global->type_metatables[LUA_TSTRING];
  if (metatable == NULL) return false;
  if (cache->shape == NULL && cache->metatable == metatable && cache->epoch == L->global->method_epoch) {
    method->as = cache->method;
    method->tag = cache->tag;
    return true;
  }
  if (!index_through_tables(L, metatable, key, method, true)) return false;
  if (method->tag == TAG_NIL) return false; /* (perhaps there is no __index, which is an error: the slow path knows) */
  *cache = (MethodCache){.slot = FIELD_IN_NODES, .epoch = L->global->method_epoch - 1};
  remember_method(L, cache, metatable, method);
  return true;
}

/* A second cache behind those of the instructions, for calls that meet many classes. */
static MethodEntry *entry_for(const Global *global, const Shape *shape, const Table *metatable, const String *key) {
  uintptr_t mixed = (uintptr_t)shape / 16 * 3 ^ (uintptr_t)metatable / 16 ^ key->header.own;
  return &global->methods[(mixed ^ mixed >> 8) % METHOD_ENTRIES];
}

static const MethodEntry *find_entry(const Global *global, const Table *table, const String *key) {
  if (global->methods == NULL || table_has_nodes(table)) return NULL;
  const MethodEntry *entry = entry_for(global, table->shape, table->metatable, key);
  bool fits = entry->key == key && entry->found.shape == table->shape && entry->found.metatable == table->metatable &&
              entry->found.epoch == global->method_epoch;
  return fits ? entry : NULL;
}

static void enter_entry(State *L, const String *key, const MethodCache *found) {
  Global *global = L->global;
  if (found->epoch != global->method_epoch) return;
  if (global->methods == NULL) {
    size_t size = METHOD_ENTRIES * sizeof(MethodEntry);
    global->methods = rl_memory_try_resize_quietly(global, NULL, 0, size);
    if (global->methods == NULL) return;
    memset(global->methods, 0, size);
  }
  *entry_for(global, found->shape, found->metatable, key) = (MethodEntry){key, *found};
}

bool rl_method_find(State *L, const Value *object, const String *key, MethodCache *cache, Value *method) {
  FieldCache field = {.shape = NULL};
  if (value_is_string(object)) return find_string_method(L, key, cache, method);
  if (!value_is_table(object)) return false;
  const Table *table = value_table(object);
  if (table_is_deferred(table)) return false;
  const MethodEntry *known = find_entry(L->global, table, key);
  if (known != NULL) {
    *cache = known->found;
    method->as = cache->method;
    method->tag = cache->tag;
    return true;
  }
  uint32_t tag = rl_table_get_field(table, key, method, &field);
  *cache = (MethodCache){.shape = field.shape, .slot = field.slot, .epoch = L->global->method_epoch - 1};
  if (tag != TAG_NIL) return true;
  if (!index_through_tables(L, table->metatable, key, method, true)) return false;
  if (cache->slot != FIELD_IN_NODES) return true; /* other tables of the shape may have a method of their own there */
  remember_method(L, cache, table->metatable, method);
  enter_entry(L, key, cache);
  return true;
}

bool rl_newindex_resolve(State *L, const Value *object, const Value *key, const Value *value, Value *out,
                         Value *receiver) {
  Value handler;
  value_copy(receiver, object);
  for (int i = 0; i < RL_MAX_META_CHAIN; i++) {
    if (value_is_table(receiver)) {
      Table *table = value_table(receiver);
      if (metatable_lacks(table->metatable, EVENT_NEWINDEX) || rl_table_get(table, key, &handler) != TAG_NIL ||
          rl_metatable_event(L, table->metatable, EVENT_NEWINDEX, &handler) == TAG_NIL) {
        rl_table_set(L, table, key, value);
        return true;
      }
    } else if (rl_metamethod_of(L, receiver, EVENT_NEWINDEX, &handler) == TAG_NIL) {
      rl_error_operation(L, i == 0 ? object : receiver, "index");
    }
    if (value_is_function(&handler)) {
      value_copy(out, &handler);
      return false;
    }
    value_copy(receiver, &handler);
  }
  rl_raise(L, ERROR_NEWINDEX_LOOP);
}

/* The metamethod of a binary event: the first operand's, else the second's. */
static bool binary_method(State *L, Event event, const Value *a, const Value *b, Value *out) {
  return rl_metamethod_of(L, a, event, out) != TAG_NIL || rl_metamethod_of(L, b, event, out) != TAG_NIL;
}

static int compare_strings(State *L, const String *a, const String *b) {
  rl_work_on_bytes(L, string_length(a) < string_length(b) ? string_length(a) : string_length(b));
  return rl_string_compare(a, b);
}

int rl_less_resolve(State *L, const Value *a, const Value *b, Value *out) {
  if (value_is_number(a) && value_is_number(b)) return rl_number_less(a, b);
  if (value_is_string(a) && value_is_string(b)) return compare_strings(L, value_string(a), value_string(b)) < 0;
  if (!binary_method(L, EVENT_LT, a, b, out)) rl_error_compare(L, a, b);
  return RESOLVE_CALL;
}

int rl_less_equal_resolve(State *L, const Value *a, const Value *b, Value *out) {
  if (value_is_number(a) && value_is_number(b)) return rl_number_less_equal(a, b);
  if (value_is_string(a) && value_is_string(b)) return compare_strings(L, value_string(a), value_string(b)) <= 0;
  if (binary_method(L, EVENT_LE, a, b, out)) return RESOLVE_CALL;
  if (!binary_method(L, EVENT_LT, b, a, out)) rl_error_compare(L, a, b);
  return RESOLVE_CALL_REVERSED;
}

int rl_equal_resolve(State *L, const Value *a, const Value *b, Value *out) {
  if (a->tag == TAG_LONG_STRING && b->tag == TAG_LONG_STRING) rl_work_copied(L, string_length(value_string(a)));
  if (a->tag != b->tag || (!value_is_table(a) && !value_is_userdata(a))) return rl_values_equal_raw(a, b);
  if (a->as.object == b->as.object) return 1;
  return binary_method(L, EVENT_EQ, a, b, out) ? RESOLVE_CALL : 0;
}

static bool is_bitwise(Event event) {
  return (event >= EVENT_BAND && event <= EVENT_SHR) || event == EVENT_BNOT;
}

bool rl_arith_resolve(State *L, Event event, const Value *a, const Value *b, Value *out) {
  Value left, right;
  value_copy(&left, a);
  value_copy(&right, b);
  if (rl_arith_raw(L, (int)(event - EVENT_ADD), &left, &right, out)) return true;
  if (binary_method(L, event, &left, &right, out)) return false;
  if (!is_bitwise(event)) rl_error_arith(L, a, b, false);
  if (value_is_number(a) && value_is_number(b)) rl_error_no_integer(L, a, b);
  rl_error_arith(L, a, b, true);
}

/* ---- calls from C ---- */

/* Calls method(a, b) and leaves its one result on L->top - 1. */
static void call_binary(State *L, const Value *method, const Value *a, const Value *b) {
  Value *function = L->top;
  value_copy(function, method);
  value_copy(function + 1, a);
  value_copy(function + 2, b);
  L->top = function + 3;
  rl_call_no_yield(L, function, 1);
}

static void pop_result(State *L, ptrdiff_t offset) {
  L->top--;
  value_copy(stack_restore(L, offset), L->top);
}

uint32_t rl_vm_get(State *L, const Value *object, const Value *key, Value *result) {
  Value out, receiver;
  if (rl_index_resolve(L, object, key, &out, &receiver)) {
    value_copy(result, &out);
    return out.tag;
  }
  ptrdiff_t offset = stack_save(L, result);
  call_binary(L, &out, &receiver, key);
  pop_result(L, offset);
  return stack_restore(L, offset)->tag;
}

void rl_vm_set(State *L, const Value *object, const Value *key, const Value *value) {
  Value method, receiver;
  if (rl_newindex_resolve(L, object, key, value, &method, &receiver)) return;
  Value *function = L->top;
  value_copy(function, &method);
  value_copy(function + 1, &receiver);
  value_copy(function + 2, key);
  value_copy(function + 3, value);
  L->top = function + 4;
  rl_call_no_yield(L, function, 0);
}

static bool call_predicate(State *L, const Value *method, const Value *a, const Value *b) {
  call_binary(L, method, a, b);
  return !value_is_falsy(--L->top);
}

bool rl_vm_equal(State *L, const Value *a, const Value *b) {
  Value method;
  int known = rl_equal_resolve(L, a, b, &method);
  return known >= 0 ? known : call_predicate(L, &method, a, b);
}

bool rl_vm_less(State *L, const Value *a, const Value *b) {
  Value method;
  int known = rl_less_resolve(L, a, b, &method);
  return known >= 0 ? known : call_predicate(L, &method, a, b);
}

bool rl_vm_less_equal(State *L, const Value *a, const Value *b) {
  Value method;
  int known = rl_less_equal_resolve(L, a, b, &method);
  if (known >= 0) return known;
  return known == RESOLVE_CALL ? call_predicate(L, &method, a, b) : !call_predicate(L, &method, b, a);
}

void rl_vm_arith(State *L, int op, const Value *a, const Value *b, Value *result) {
  Value out;
  ptrdiff_t offset = stack_save(L, result);
  if (rl_arith_resolve(L, (Event)(EVENT_ADD + op), a, b, &out)) {
    value_copy(result, &out);
    return;
  }
  call_binary(L, &out, a, b);
  pop_result(L, offset);
}

void rl_vm_length(State *L, const Value *object, Value *result) {
  Value method;
  if (!rl_length_resolve(L, object, &method)) {
    value_copy(result, &method);
    return;
  }
  ptrdiff_t offset = stack_save(L, result);
  call_binary(L, &method, object, object);
  pop_result(L, offset);
}

bool rl_length_resolve(State *L, const Value *object, Value *out) {
  if (value_is_string(object)) {
    value_set_integer(out, (int64_t)string_length(value_string(object)));
    return false;
  }
  if (rl_metamethod_of(L, object, EVENT_LEN, out) != TAG_NIL) return true;
  if (!value_is_table(object)) rl_error_operation(L, object, "get length of");
  value_set_integer(out, (int64_t)rl_table_length(value_table(object)));
  return false;
}

void rl_vm_concat(State *L, int count) {
  if (count == 0) {
    value_set_object(L->top, rl_string_new(L, "", 0));
    L->top++;
    return;
  }
  while (count > 1) {
    Value method;
    Value *last = L->top - 1;
    int joined = rl_concat_some(L, last, count, &method);
    if (joined == 0) {
      call_binary(L, &method, last - 1, last);
      last = L->top - 1;
      value_copy(last - 2, last);
      L->top = last - 1;
      count--;
    } else {
      L->top -= joined - 1;
      count -= joined - 1;
    }
  }
  gc_check(L);
}

/* A function's constants, each kept once.
 *
 * One table serves the whole chunk (it also anchors the strings). It maps a constant to its index and the serial number
 * of the function that it was entered for; an entry of another function counts as none and is replaced. Keys must tell
 * 1 from 1.0, and 0.0 from -0.0, which a table's keys do not: floats are represented by light userdata with their bits.
 * A long string is represented by its address, as a light function: the string itself leads to the anchored object. */
#include <math.h>
#include <string.h>

#include "compile/emit.h"
#include "heap/account.h"
#include "heap/barrier.h"

#define MAX_CONSTANTS ((UINT32_C(1) << 25) - 1)

static uint32_t append_constant(FunctionState *function, const Value *value) {
  Prototype *prototype = function->prototype;
  uint32_t capacity = prototype->constant_count;
  if (function->constant_count == capacity) {
    State *L = function->compiler->L;
    prototype->constants = rl_memory_grow_array(L, prototype->constants, &capacity, function->constant_count + 1,
                                                sizeof(Value), MAX_CONSTANTS, "constants");
    for (uint32_t i = function->constant_count; i < capacity; i++) value_set_nil(&prototype->constants[i]);
    prototype->constant_count = capacity;
  }
  value_copy(&prototype->constants[function->constant_count], value);
  barrier_forward(function->compiler->L, prototype, value);
  return function->constant_count++;
}

static uint32_t find_or_append(FunctionState *function, const Value *key, const Value *value) {
  Table *table = function->compiler->lexer.anchors;
  Value entry;
  if (rl_table_get(table, key, &entry) == TAG_INTEGER && (uint64_t)entry.as.integer >> 32 == function->serial)
    return (uint32_t)entry.as.integer;
  uint32_t index = append_constant(function, value);
  value_set_integer(&entry, (int64_t)((uint64_t)function->serial << 32 | index));
  rl_table_set(function->compiler->L, table, key, &entry);
  return index;
}

uint32_t rl_constant_string(FunctionState *function, String *string) {
  Value value, key;
  value_set_object(&value, string);
  value_copy(&key, &value);
  if (!string_is_short(string)) key.tag = TAG_LIGHT_FUNCTION;
  return find_or_append(function, &key, &value);
}

uint32_t rl_constant_integer(FunctionState *function, int64_t integer) {
  Value value;
  value_set_integer(&value, integer);
  return find_or_append(function, &value, &value);
}

uint32_t rl_constant_float(FunctionState *function, double number) {
  Value value, key;
  value_set_float(&value, number);
  value_set_light_userdata(&key, NULL);
  key.as.bits = value.as.bits;
  return find_or_append(function, &key, &value);
}

/* nil cannot be a key: the null function stands for it. */
static uint32_t constant_nil(FunctionState *function) {
  Value value, key;
  value_set_nil(&value);
  value_set_light_function(&key, NULL);
  return find_or_append(function, &key, &value);
}

static uint32_t constant_boolean(FunctionState *function, bool truth) {
  Value value;
  value_set_boolean(&value, truth);
  return find_or_append(function, &value, &value);
}

uint32_t rl_constant_literal(FunctionState *function, const Expression *e) {
  switch (e->kind) {
    case EXPR_FALSE:
    case EXPR_TRUE: return constant_boolean(function, e->kind == EXPR_TRUE);
    case EXPR_INTEGER: return rl_constant_integer(function, e->integer);
    case EXPR_FLOAT: return rl_constant_float(function, e->number);
    case EXPR_STRING: return rl_constant_string(function, e->string);
    default: return constant_nil(function);
  }
}

bool rl_expression_constant(FunctionState *function, const Expression *e, Value *value) {
  if (expression_has_jumps(e)) return false;
  switch (e->kind) {
    case EXPR_NIL: value_set_nil(value); return true;
    case EXPR_FALSE:
    case EXPR_TRUE: value_set_boolean(value, e->kind == EXPR_TRUE); return true;
    case EXPR_INTEGER: value_set_integer(value, e->integer); return true;
    case EXPR_FLOAT: value_set_float(value, e->number); return true;
    case EXPR_STRING: value_set_object(value, e->string); return true;
    case EXPR_FOLDED: value_copy(value, &function->compiler->variables[e->at].value); return true;
    default: return false;
  }
}

Expression rl_expression_of_value(const Value *value) {
  Expression e = expression_of(EXPR_NIL);
  switch (value->tag) {
    case TAG_FALSE: e.kind = EXPR_FALSE; break;
    case TAG_TRUE: e.kind = EXPR_TRUE; break;
    case TAG_INTEGER:
      e.kind = EXPR_INTEGER;
      e.integer = value->as.integer;
      break;
    case TAG_FLOAT:
      e.kind = EXPR_FLOAT;
      e.number = value->as.number;
      break;
    case TAG_SHORT_STRING:
    case TAG_LONG_STRING:
      e.kind = EXPR_STRING;
      e.string = value_string(value);
      break;
    default: break;
  }
  return e;
}

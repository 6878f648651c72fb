/* What the handlers ask of operands. For vm/interp.c alone. */
#ifndef RL_VM_OPERAND_H
#define RL_VM_OPERAND_H

#include "direct/direct.h"
#include "object/metatable.h"
#include "object/table.h"

static inline bool float_operand(const Value *value, double *number) {
  if (RL_LIKELY(value_is_float(value))) {
    *number = value->as.number;
    return true;
  }
  if (!value_is_integer(value)) return false;
  *number = (double)value->as.integer;
  return true;
}

/* Equality that needs no metamethod and no look inside: 1, 0, or -1: ask the slow path. */
static inline int quick_equal(const Value *x, const Value *y) {
  if (x->tag != y->tag) {
    return value_is_number(x) && value_is_number(y) ? -1 : 0;
  }
  switch (x->tag) {
    case TAG_INTEGER:
    case TAG_SHORT_STRING:
    case TAG_LIGHT_USERDATA:
    case TAG_LIGHT_FUNCTION: return x->as.bits == y->as.bits;
    case TAG_NIL:
    case TAG_FALSE:
    case TAG_TRUE: return 1;
    case TAG_FLOAT: return x->as.number == y->as.number;
    case TAG_TABLE:
      if (x->as.bits == y->as.bits) return 1;
      return metatable_lacks(value_table(x)->metatable, EVENT_EQ) &&
                 metatable_lacks(value_table(y)->metatable, EVENT_EQ)
               ? 0
               : -1;
    default: return x->as.bits == y->as.bits ? 1 : -1;
  }
}

static inline bool equals_immediate(const Value *value, int32_t immediate) {
  return (value_is_integer(value) && value->as.integer == immediate) ||
         (value_is_float(value) && value->as.number == (double)immediate);
}

/* A generic loop's next values when `next` or the iterator of `ipairs` gives them: they need no call, and the position
 * in the table is kept beside the control variable. `count` is the number of variables. */
static inline bool step_generic(const State *L, Value *loop, uint32_t count) {
  if (RL_UNLIKELY(!value_is_light_function(loop) || !value_is_table(loop + 1))) return false;
  const Table *table = value_table(loop + 1);
  uint32_t direct = value_direct_number(loop);
  if (direct == DIRECT_next) {
    if (RL_UNLIKELY(rl_table_step(L, table, loop + 2, &loop[2].note, loop + 4) < 0)) return false;
  } else {
    int64_t index = (int64_t)((uint64_t)loop[2].as.integer + 1);
    if (direct != DIRECT_ipairs_step || !value_is_integer(loop + 2)) return false;
    if (!table_fast_get_integer(table, index, loop + 5)) return false;
    value_set_integer(loop + 4, index);
  }
  for (uint32_t n = count; n > 2; n--) value_set_nil(loop + 3 + n);
  return true;
}

#endif

/* The pairs of bytecode/fused.def: how their first halves make a value, and what the second ones do with it. For
 * vm/interp.c alone; the macros use what its handlers have in hand.
 *
 * MAKE_first(use) executes the first instruction, keeps its result in `made` as well as in its register, and goes on to
 * `use`, the second, which is USE_second_link. Either does only its frequent case. For all else it goes to the handler
 * of the instruction alone, which finds everything as if there were no pair: of the first nothing has happened yet, or
 * all of it. */
#ifndef RL_VM_FUSED_H
#define RL_VM_FUSED_H

#include "vm/field_access.h"

/* From the first instruction, of that many words, to the second. */
#define GO_ON(words)                                                                                                   \
  do {                                                                                                                 \
    pc += (words);                                                                                                     \
    i = *pc;                                                                                                           \
  } while (0)
#define MADE(words)                                                                                                    \
  do {                                                                                                                 \
    value_copy(A, &made);                                                                                              \
    GO_ON(words);                                                                                                      \
  } while (0)

/* The remembered slot of a table into `result`; false when the cache has no answer. */
static inline bool get_cached_slot(const Value *object, const FieldCache *cache, Value *result) {
  if (!value_is_table(object)) return false;
  const Table *table = value_table(object);
  if (table->shape != cache->shape || cache->slot >= SHAPE_MAX_KEYS) return false;
  result->as = table->slots[cache->slot];
  result->tag = table->slot_tags[cache->slot];
  return result->tag != TAG_NIL;
}

/* Element `key` of the table's array into `result`. */
static inline bool get_element(const Value *object, const Value *key, Value *result) {
  return value_is_integer(key) && value_is_table(object) &&
         table_fast_get_integer(value_table(object), key->as.integer, result);
}

/* ---- first halves ---- */

#define MAKE_COPY(source, words, use)                                                                                  \
  do {                                                                                                                 \
    value_copy(&made, source);                                                                                         \
    MADE(words);                                                                                                       \
    use;                                                                                                               \
  } while (0)
#define MAKE_MOVE(use)     MAKE_COPY(B, 1, use)
#define MAKE_LOADK(use)    MAKE_COPY(constants + instruction_bx(i), 1, use)
#define MAKE_GETUPVAL(use) MAKE_COPY(UPVALUE(OPERAND_B)->value, 1, use)

#define MAKE_TAG(constant_tag, use)                                                                                    \
  do {                                                                                                                 \
    A->tag = (constant_tag);                                                                                           \
    GO_ON(1);                                                                                                          \
    use;                                                                                                               \
  } while (0)
#define MAKE_LOADTRUE(use)  MAKE_TAG(TAG_TRUE, use)
#define MAKE_LOADFALSE(use) MAKE_TAG(TAG_FALSE, use)
#define MAKE_LOADI(use)                                                                                                \
  do {                                                                                                                 \
    value_set_integer(A, SIGNED_BX);                                                                                   \
    GO_ON(1);                                                                                                          \
    use;                                                                                                               \
  } while (0)

#define MAKE_NUMBER(first, left, right, integer_op, float_op, use)                                                     \
  do {                                                                                                                 \
    const Value *x = (left);                                                                                           \
    const Value *y = (right);                                                                                          \
    if (value_is_integer(x) && value_is_integer(y)) {                                                                  \
      value_set_integer(&made, integer_op(x->as.integer, y->as.integer));                                              \
      MADE(1);                                                                                                         \
      use;                                                                                                             \
    }                                                                                                                  \
    if (value_is_float(x) && value_is_float(y)) {                                                                      \
      value_set_float(&made, float_op(x->as.number, y->as.number));                                                    \
      MADE(1);                                                                                                         \
      use;                                                                                                             \
    }                                                                                                                  \
    CONTINUE_IN(first);                                                                                                \
  } while (0)
#define MAKE_ADD(use)   MAKE_NUMBER(ADD, B, C, INTEGER_ADD, FLOAT_ADD, use)
#define MAKE_SUB(use)   MAKE_NUMBER(SUB, B, C, INTEGER_SUB, FLOAT_SUB, use)
#define MAKE_MUL(use)   MAKE_NUMBER(MUL, B, C, INTEGER_MUL, FLOAT_MUL, use)
#define MAKE_MULRK(use) MAKE_NUMBER(MULRK, B, KC, INTEGER_MUL, FLOAT_MUL, use)

#define MAKE_IMMEDIATE(first, signed_c, use)                                                                           \
  do {                                                                                                                 \
    const Value *x = B;                                                                                                \
    if (!value_is_integer(x)) CONTINUE_IN(first);                                                                      \
    value_set_integer(&made, INTEGER_ADD(x->as.integer, signed_c));                                                    \
    MADE(1);                                                                                                           \
    use;                                                                                                               \
  } while (0)
#define MAKE_ADDI(use) MAKE_IMMEDIATE(ADDI, (int64_t)SIGNED_C, use)
#define MAKE_SUBI(use) MAKE_IMMEDIATE(SUBI, -(int64_t)SIGNED_C, use)

#define MAKE_MODRK(use)                                                                                                \
  do {                                                                                                                 \
    const Value *x = B;                                                                                                \
    const Value *y = KC;                                                                                               \
    if (!value_is_integer(x) || !value_is_integer(y) || y->as.integer == 0) CONTINUE_IN(MODRK);                        \
    value_set_integer(&made, rl_integer_modulo(x->as.integer, y->as.integer));                                         \
    MADE(1);                                                                                                           \
    use;                                                                                                               \
  } while (0)

/* (x and y are the operands, integers) */
#define MAKE_BITS(first, left, right, expression, use)                                                                 \
  do {                                                                                                                 \
    const Value *first_operand = (left);                                                                               \
    const Value *second_operand = (right);                                                                             \
    if (!value_is_integer(first_operand) || !value_is_integer(second_operand)) CONTINUE_IN(first);                     \
    int64_t x = first_operand->as.integer;                                                                             \
    int64_t y = second_operand->as.integer;                                                                            \
    value_set_integer(&made, expression);                                                                              \
    MADE(1);                                                                                                           \
    use;                                                                                                               \
  } while (0)
#define MAKE_BXOR(use)   MAKE_BITS(BXOR, B, C, x ^ y, use)
#define MAKE_BANDRK(use) MAKE_BITS(BANDRK, B, KC, x &y, use)
#define MAKE_SHR(use)    MAKE_BITS(SHR, B, C, rl_shift_right(x, y), use)
#define MAKE_SHRRK(use)  MAKE_BITS(SHRRK, B, KC, rl_shift_right(x, y), use)
#define MAKE_SHLRK(use)  MAKE_BITS(SHLRK, B, KC, rl_shift_left(x, y), use)

#define MAKE_LEN(use)                                                                                                  \
  do {                                                                                                                 \
    const Value *x = B;                                                                                                \
    uint64_t length;                                                                                                   \
    if (!value_is_table(x) || !metatable_lacks(value_table(x)->metatable, EVENT_LEN) ||                                \
        !table_fast_length(value_table(x), &length))                                                                   \
      CONTINUE_IN(LEN);                                                                                                \
    value_set_integer(&made, (int64_t)length);                                                                         \
    MADE(1);                                                                                                           \
    use;                                                                                                               \
  } while (0)

#define MAKE_GETTABLE(use)                                                                                             \
  do {                                                                                                                 \
    if (!get_element(B, C, &made)) CONTINUE_IN(GETTABLE);                                                              \
    MADE(1);                                                                                                           \
    use;                                                                                                               \
  } while (0)

#define MAKE_GETFIELD(use)                                                                                             \
  do {                                                                                                                 \
    if (!get_cached_slot(B, CACHE, &made)) CONTINUE_IN(GETFIELD);                                                      \
    MADE(2);                                                                                                           \
    use;                                                                                                               \
  } while (0)

/* (globals lie in a hash part) */
#define MAKE_GETTABUP(use)                                                                                             \
  do {                                                                                                                 \
    const Value *object = UPVALUE(OPERAND_B)->value;                                                                   \
    const FieldCache *cache = CACHE;                                                                                   \
    if (!value_is_table(object) || value_table(object)->shape != cache->shape || cache->slot < SHAPE_MAX_KEYS ||       \
        !table_fast_get_node(value_table(object), FIELD_KEY(EXTRA), &made))                                            \
      CONTINUE_IN(GETTABUP);                                                                                           \
    MADE(2);                                                                                                           \
    use;                                                                                                               \
  } while (0)

#define MAKE_SELF(use)                                                                                                 \
  do {                                                                                                                 \
    const Value *object = B;                                                                                           \
    const MethodCache *cache = CACHE;                                                                                  \
    if (!value_is_table(object) || value_table(object)->shape != cache->shape || cache->slot != FIELD_IN_NODES ||      \
        value_table(object)->metatable != cache->metatable || table_has_nodes(value_table(object)) ||                  \
        cache->epoch != L->global->method_epoch)                                                                       \
      CONTINUE_IN(SELF);                                                                                               \
    Value *result = A;                                                                                                 \
    value_copy(result + 1, object);                                                                                    \
    result->as = cache->method;                                                                                        \
    result->tag = cache->tag;                                                                                          \
    GO_ON(2);                                                                                                          \
    use;                                                                                                               \
  } while (0)

#define MAKE_SETUPVAL(use)                                                                                             \
  do {                                                                                                                 \
    UpValue *upvalue = UPVALUE(OPERAND_B);                                                                             \
    const Value *value = A;                                                                                            \
    if (NEEDS_BARRIER(upvalue, value)) CONTINUE_IN(SETUPVAL);                                                          \
    value_copy(upvalue->value, value);                                                                                 \
    GO_ON(1);                                                                                                          \
    use;                                                                                                               \
  } while (0)

#define MAKE_ELEMENT(first, stored, use)                                                                               \
  do {                                                                                                                 \
    const Value *target = A;                                                                                           \
    const Value *key = B;                                                                                              \
    const Value *source = (stored);                                                                                    \
    if (!value_is_integer(key) || !value_is_table(target) || NEEDS_BARRIER(target->as.object, source) ||               \
        !table_fast_set_integer(value_table(target), key->as.integer, source))                                         \
      CONTINUE_IN(first);                                                                                              \
    GO_ON(1);                                                                                                          \
    use;                                                                                                               \
  } while (0)
#define MAKE_SETTABLE(use)  MAKE_ELEMENT(SETTABLE, C, use)
#define MAKE_SETTABLEK(use) MAKE_ELEMENT(SETTABLEK, KC, use)

#define MAKE_SETFIELD(use)                                                                                             \
  do {                                                                                                                 \
    const Value *object = A;                                                                                           \
    const Value *value = B;                                                                                            \
    const FieldCache *cache = CACHE;                                                                                   \
    if (!value_is_table(object)) CONTINUE_IN(SETFIELD);                                                                \
    Table *table = value_table(object);                                                                                \
    if (NEEDS_BARRIER(table, value) || table_is_searched(table) || table->shape != cache->shape ||                     \
        cache->slot >= SHAPE_MAX_KEYS || cache->next != NULL || table->slot_tags[cache->slot] == TAG_NIL)              \
      CONTINUE_IN(SETFIELD);                                                                                           \
    table->slots[cache->slot] = value->as;                                                                             \
    table->slot_tags[cache->slot] = (uint8_t)value->tag;                                                               \
    GO_ON(2);                                                                                                          \
    use;                                                                                                               \
  } while (0)

#define MAKE_TFORCALL(use)                                                                                             \
  do {                                                                                                                 \
    if (!step_generic(L, A, OPERAND_B)) CONTINUE_IN(TFORCALL);                                                         \
    GO_ON(1);                                                                                                          \
    use;                                                                                                               \
  } while (0)

/* ---- second halves ---- */

#define USE_NUMBER(second, left, right, integer_op, float_op)                                                          \
  do {                                                                                                                 \
    const Value *x = (left);                                                                                           \
    const Value *y = (right);                                                                                          \
    if (value_is_integer(x) && value_is_integer(y)) {                                                                  \
      value_set_integer(A, integer_op(x->as.integer, y->as.integer));                                                  \
      NEXT();                                                                                                          \
    }                                                                                                                  \
    if (value_is_float(x) && value_is_float(y)) {                                                                      \
      value_set_float(A, float_op(x->as.number, y->as.number));                                                        \
      NEXT();                                                                                                          \
    }                                                                                                                  \
    CONTINUE_IN(second);                                                                                               \
  } while (0)
#define USE_ADD_B   USE_NUMBER(ADD, &made, C, INTEGER_ADD, FLOAT_ADD)
#define USE_ADD_C   USE_NUMBER(ADD, B, &made, INTEGER_ADD, FLOAT_ADD)
#define USE_SUB_B   USE_NUMBER(SUB, &made, C, INTEGER_SUB, FLOAT_SUB)
#define USE_SUB_C   USE_NUMBER(SUB, B, &made, INTEGER_SUB, FLOAT_SUB)
#define USE_MUL_B   USE_NUMBER(MUL, &made, C, INTEGER_MUL, FLOAT_MUL)
#define USE_MUL_C   USE_NUMBER(MUL, B, &made, INTEGER_MUL, FLOAT_MUL)
#define USE_MULRK_B USE_NUMBER(MULRK, &made, KC, INTEGER_MUL, FLOAT_MUL)

#define USE_IMMEDIATE(second, source, signed_c)                                                                        \
  do {                                                                                                                 \
    const Value *x = (source);                                                                                         \
    if (!value_is_integer(x)) CONTINUE_IN(second);                                                                     \
    value_set_integer(A, INTEGER_ADD(x->as.integer, signed_c));                                                        \
    NEXT();                                                                                                            \
  } while (0)
#define USE_ADDI_B    USE_IMMEDIATE(ADDI, &made, (int64_t)SIGNED_C)
#define USE_SUBI_B    USE_IMMEDIATE(SUBI, &made, -(int64_t)SIGNED_C)
#define USE_ADDI_NONE USE_IMMEDIATE(ADDI, B, (int64_t)SIGNED_C)
#define USE_SUBI_NONE USE_IMMEDIATE(SUBI, B, -(int64_t)SIGNED_C)

#define USE_BITS(second, left, right, expression)                                                                      \
  do {                                                                                                                 \
    const Value *first_operand = (left);                                                                               \
    const Value *second_operand = (right);                                                                             \
    if (!value_is_integer(first_operand) || !value_is_integer(second_operand)) CONTINUE_IN(second);                    \
    int64_t x = first_operand->as.integer;                                                                             \
    int64_t y = second_operand->as.integer;                                                                            \
    value_set_integer(A, expression);                                                                                  \
    NEXT();                                                                                                            \
  } while (0)
#define USE_BXOR_C   USE_BITS(BXOR, B, &made, x ^ y)
#define USE_BANDRK_B USE_BITS(BANDRK, &made, KC, x &y)

#define USE_MODRK_NONE CONTINUE_IN(MODRK)
#define USE_MOD_B      CONTINUE_IN(MOD)
#define USE_MODRK_B                                                                                                    \
  do {                                                                                                                 \
    const Value *y = KC;                                                                                               \
    if (!value_is_integer(&made) || !value_is_integer(y) || y->as.integer == 0) CONTINUE_IN(MODRK);                    \
    value_set_integer(A, rl_integer_modulo(made.as.integer, y->as.integer));                                           \
    NEXT();                                                                                                            \
  } while (0)

#define USE_COPY(source)                                                                                               \
  do {                                                                                                                 \
    value_copy(A, source);                                                                                             \
    NEXT();                                                                                                            \
  } while (0)
#define USE_MOVE_NONE     USE_COPY(B)
#define USE_LOADK_NONE    USE_COPY(constants + instruction_bx(i))
#define USE_GETUPVAL_NONE USE_COPY(UPVALUE(OPERAND_B)->value)
#define USE_LOADI_NONE                                                                                                 \
  do {                                                                                                                 \
    value_set_integer(A, SIGNED_BX);                                                                                   \
    NEXT();                                                                                                            \
  } while (0)

#define USE_ELEMENT(holder, key)                                                                                       \
  do {                                                                                                                 \
    Value element;                                                                                                     \
    if (!get_element(holder, key, &element)) CONTINUE_IN(GETTABLE);                                                    \
    value_copy(A, &element);                                                                                           \
    NEXT();                                                                                                            \
  } while (0)
#define USE_GETTABLE_B    USE_ELEMENT(&made, C)
#define USE_GETTABLE_C    USE_ELEMENT(B, &made)
#define USE_GETTABLE_NONE USE_ELEMENT(B, C)

#define USE_FIELD(holder)                                                                                              \
  do {                                                                                                                 \
    Value field;                                                                                                       \
    if (!get_cached_slot(holder, CACHE, &field)) CONTINUE_IN(GETFIELD);                                                \
    value_copy(A, &field);                                                                                             \
    STEP(2);                                                                                                           \
  } while (0)
#define USE_GETFIELD_B    USE_FIELD(&made)
#define USE_GETFIELD_NONE USE_FIELD(B)

#define USE_TEST_A  BRANCH_IF(!value_is_falsy(&made))
#define USE_NTEST_A BRANCH_IF(value_is_falsy(&made))
#define USE_EQI_A   BRANCH_IF(equals_immediate(&made, SIGNED_B))
#define USE_NEI_A   BRANCH_IF(!equals_immediate(&made, SIGNED_B))

#define USE_FORLOOP_NONE                                                                                               \
  do {                                                                                                                 \
    Value *loop = A;                                                                                                   \
    if (!value_is_integer(loop + 2)) CONTINUE_IN(FORLOOP);                                                             \
    COUNT_INTEGER_LOOP(loop);                                                                                          \
  } while (0)

#define USE_SETTABLE_NONE CONTINUE_IN(SETTABLE)
#define USE_SETFIELD_NONE CONTINUE_IN(SETFIELD)
#define USE_SETUPVAL_NONE CONTINUE_IN(SETUPVAL)
#define USE_CALL_NONE     CONTINUE_IN(CALL)
#define USE_RETURN1_NONE  CONTINUE_IN(RETURN1)
#define USE_EQ_NONE       CONTINUE_IN(EQ)
#define USE_NE_NONE       CONTINUE_IN(NE)
#define USE_EQK_NONE      CONTINUE_IN(EQK)
#define USE_NEK_NONE      CONTINUE_IN(NEK)
#define USE_LT_NONE       CONTINUE_IN(LT)
#define USE_NLT_NONE      CONTINUE_IN(NLT)
#define USE_JMP_NONE      CONTINUE_IN(JMP)
#define USE_TFORLOOP_NONE CONTINUE_IN(TFORLOOP)

#endif

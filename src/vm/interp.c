/* The instruction handlers.
 *
 * Every handler's text stands here once. With a compiler that has guaranteed tail calls (base/compiler.h) each is a
 * function that ends by jumping to the next one; what the interpreter keeps in hand (thread, pc, base, constants,
 * dispatch table, instruction) are the arguments and stay in machine registers. Otherwise the handlers are labels in
 * one function, with computed gotos.
 *
 * A handler does the frequent case and nothing that could raise, allocate, collect or call. For all else it jumps to a
 * slow path (vm/slow.h): pc is saved in the call record, the function runs, and everything in hand is loaded again from
 * the thread that it says goes on. So handlers need no spills, and a slow path may push frames, switch coroutines or
 * move the stack as it likes.
 *
 * With hooks on, L->dispatch is a table in which every entry is `trace`. It is read again at calls, returns and
 * backward jumps. While something is limited (vm/budget.h) it is a table in which jumps and calls have an entry of
 * their own, which counts and goes on to the instruction itself. */
#include "vm/interp.h"

#include "base/arith.h"
#include "base/compiler.h"
#include "bytecode/encode.h"
#include "direct/direct.h"
#include "heap/barrier.h"
#include "object/equality.h"
#include "object/metatable.h"
#include "object/stack.h"
#include "object/table.h"
#include "vm/budget.h"
#include "vm/counted.h"
#include "vm/enter.h"
#include "vm/field_access.h"
#include "vm/fused.h"
#include "vm/hook.h"
#include "vm/metamethod.h"
#include "vm/operand.h"
#include "vm/slow.h"

#define OPERATION (i & 0xff)
#define OPERAND_A instruction_a(i)
#define OPERAND_B                                                                                                      \
  ((uint32_t)((const uint8_t *)pc)[INSTRUCTION_BYTE(2)]) /* (a load is cheaper here than another shift) */
#define OPERAND_C instruction_c(i)
#define A         (base + OPERAND_A)
#define B         (base + OPERAND_B)
#define C         (base + OPERAND_C)
#define KB        (constants + OPERAND_B)
#define KC        (constants + OPERAND_C)
#define SIGNED_B  instruction_signed_b(i)
#define SIGNED_C  instruction_signed_c(i)
#define SIGNED_BX instruction_signed_bx(i)
#define EXTRA     (pc[1])
#define CACHE     instruction_cache(constants, pc + 1)
/* On to the instruction behind this one, which has one or two words. */
#define STEP(words)                                                                                                    \
  do {                                                                                                                 \
    pc += (words);                                                                                                     \
    DISPATCH();                                                                                                        \
  } while (0)
#define NEXT() STEP(1)
#define RELOAD()                                                                                                       \
  {                                                                                                                    \
    const CallInfo *record = L->call_info;                                                                             \
    base = record->base;                                                                                               \
    pc = record->pc;                                                                                                   \
    constants = record->constants;                                                                                     \
    RELOAD_DISPATCH();                                                                                                 \
  }

#if RL_HAVE_TAIL_CALLS

#define PARAMETERS                                                                                                     \
  State *L, const Instruction *pc, Value *base, const Value *constants, const void *dispatch, Instruction i
typedef RL_PRESERVE_NONE void Handler(PARAMETERS);
typedef Handler *HandlerTable[256];

#define HANDLER_OF(name) static RL_PRESERVE_NONE void name(PARAMETERS)
#define HANDLER(name)    HANDLER_OF(handle_##name)
#define JUMP_TO(handler) RL_MUSTTAIL return handler(L, pc, base, constants, dispatch, i)
#define DISPATCH()                                                                                                     \
  do {                                                                                                                 \
    i = *pc;                                                                                                           \
    Handler *next = (*(const HandlerTable *)dispatch)[OPERATION];                                                      \
    __asm__ volatile("" : "+r"(next) : "i"(__COUNTER__));                                                              \
    JUMP_TO(next);                                                                                                     \
  } while (0)
#define SLOW(name)        JUMP_TO(slow_##name)
#define RELOAD_DISPATCH() dispatch = state_dispatch(L)
#define PLAIN(op)         JUMP_TO(plain_table[op])
#define COUNTED_CALL()    JUMP_TO(counted_CALL)
#define CONTINUE_IN(name) JUMP_TO(handle_##name)

#define OPCODE(name, words, a, b, c, x, jumps, effect) static Handler handle_##name;
#include "bytecode/opcodes.def"
#undef OPCODE
#define FUSED(first, second, link, counts) static Handler handle_##first##_##second##_##link;
#include "bytecode/fused.def"
#undef FUSED

#define S(name, words)                                                                                                 \
  static RL_NOINLINE RL_PRESERVE_NONE void slow_##name(PARAMETERS) {                                                   \
    L->call_info->pc = pc + (words);                                                                                   \
    L = rl_slow_##name(L, i);                                                                                          \
    if (RL_UNLIKELY(L == NULL)) return;                                                                                \
    RELOAD();                                                                                                          \
    DISPATCH();                                                                                                        \
  }
SLOW_PATHS(S)
#undef S

/* What is no instruction (the verifier refuses such chunks). */
static RL_PRESERVE_NONE void handle_nothing(PARAMETERS) {
  (void)pc, (void)base, (void)constants, (void)dispatch, (void)i, (void)L;
  __builtin_trap();
}

static Handler handle_trace, handle_call_other, handle_call_direct;
static Handler handle_get_field_miss, handle_get_upvalue_field_miss;
static Handler handle_get_field_other, handle_get_upvalue_field_other, handle_set_field_other;
static Handler handle_set_upvalue_field_other, handle_self_own, handle_self_miss;

static const HandlerTable plain_table = {
#define OPCODE(name, words, a, b, c, x, jumps, effect) handle_##name,
#include "bytecode/opcodes.def"
#undef OPCODE
#define FUSED(first, second, link, counts) handle_##first##_##second##_##link,
#include "bytecode/fused.def"
#undef FUSED
  [OPCODE_ALL_COUNT... 255] = handle_nothing};

static const HandlerTable hook_table = {[0 ... 255] = handle_trace};

static RL_NOINLINE RL_PRESERVE_NONE void handle_budget(PARAMETERS);

#define COUNTED(name, out)                                                                                             \
  static __attribute__((flatten)) RL_PRESERVE_NONE void counted_##name(PARAMETERS) {                                   \
    if (out) JUMP_TO(handle_budget);                                                                                   \
    JUMP_TO(handle_##name);                                                                                            \
  }
#define COUNTED_FALLS(name)
#define COUNTED_JUMPS(name, out)                       COUNTED(name, out)
#define OPCODE(name, words, a, b, c, x, jumps, effect) COUNTED_##jumps(COUNTED_FALLS, COUNTED_JUMPS, name)
#include "bytecode/opcodes.def"
#undef OPCODE
static Handler counted_CALL, counted_TAILCALL;

#define PAIR_FALLS(name)
#define PAIR_CALLS(first, pair)         static Handler counted_##pair;
#define PAIR_JUMPS(first, second, pair) COUNTED(pair, COUNTED_PAIR_OUT(second, OPCODE_WORDS_##first))
#define FUSED(first, second, link, counts)                                                                             \
  COUNTED_PAIR_##counts(PAIR_FALLS, PAIR_JUMPS, PAIR_CALLS, first, second, first##_##second##_##link)
#include "bytecode/fused.def"
#undef FUSED

#define PLAIN_ENTRY(name)                handle_##name
#define COUNTED_ENTRY(name, out)         counted_##name
#define JUMPS_ENTRY(first, second, pair) counted_##pair
#define CALLS_ENTRY(first, pair)         counted_##pair
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverride-init"
static const HandlerTable counted_table = {
#define OPCODE(name, words, a, b, c, x, jumps, effect) COUNTED_##jumps(PLAIN_ENTRY, COUNTED_ENTRY, name),
#include "bytecode/opcodes.def"
#undef OPCODE
#define FUSED(first, second, link, counts)                                                                             \
  COUNTED_PAIR_##counts(PLAIN_ENTRY, JUMPS_ENTRY, CALLS_ENTRY, first, second, first##_##second##_##link),
#include "bytecode/fused.def"
#undef FUSED
  [OPCODE_ALL_COUNT... 255] = handle_nothing, [OP_CALL] = counted_CALL, [OP_TAILCALL] = counted_TAILCALL};
#pragma GCC diagnostic pop

const void *rl_interpret_dispatch(int hook_mask) {
  return hook_mask == 0 ? plain_table : hook_mask == HOOK_BUDGET ? counted_table : hook_table;
}

void rl_interpret(State *L) {
  const Instruction *pc;
  Value *base;
  const Value *constants;
  const void *dispatch;
  RELOAD();
  Instruction i = *pc;
  (*(const HandlerTable *)dispatch)[OPERATION](L, pc, base, constants, dispatch, i);
}

#else

#define HANDLER_OF(name)                                                                                               \
name:
#define HANDLER(name) HANDLER_OF(handle_##name)
#define DISPATCH()                                                                                                     \
  do {                                                                                                                 \
    i = *pc;                                                                                                           \
    goto *dispatch[OPERATION];                                                                                         \
  } while (0)
#define SLOW(name)                                                                                                     \
  do {                                                                                                                 \
    L->call_info->pc = pc + slow_words_##name;                                                                         \
    L = rl_slow_##name(L, i);                                                                                          \
    goto go_on;                                                                                                        \
  } while (0)
#define RELOAD_DISPATCH()                                                                                              \
  dispatch = state_dispatch(L) == NULL ? plain_table : state_dispatch(L) == &hooks_are_on ? hook_table : counted_table
#define PLAIN(op)                                      goto *plain_table[op]
#define COUNTED_CALL()                                 goto counted_CALL
#define CONTINUE_IN(name)                              goto handle_##name

static const char hooks_are_on, steps_are_counted;

const void *rl_interpret_dispatch(int hook_mask) {
  return hook_mask == 0 ? NULL : hook_mask == HOOK_BUDGET ? &steps_are_counted : &hooks_are_on;
}

void rl_interpret(State *L) {
  static const void *const plain_table[256] = {
#define OPCODE(name, words, a, b, c, x, jumps, effect) &&handle_##name,
#include "bytecode/opcodes.def"
#undef OPCODE
#define FUSED(first, second, link, counts) &&handle_##first##_##second##_##link,
#include "bytecode/fused.def"
#undef FUSED
    [OPCODE_ALL_COUNT... 255] = &&handle_nothing};
  static const void *const hook_table[256] = {[0 ... 255] = &&handle_trace};
#define PLAIN_ENTRY(name)                &&handle_##name
#define COUNTED_ENTRY(name, out)         &&counted_jump
#define FIRST_ENTRY(first, second, pair) &&handle_##first
#define CALLS_ENTRY(first, pair)         &&counted_##pair
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverride-init"
  static const void *const counted_table[256] = {
#define OPCODE(name, words, a, b, c, x, jumps, effect) COUNTED_##jumps(PLAIN_ENTRY, COUNTED_ENTRY, name),
#include "bytecode/opcodes.def"
#undef OPCODE
#define FUSED(first, second, link, counts)                                                                             \
  COUNTED_PAIR_##counts(PLAIN_ENTRY, FIRST_ENTRY, CALLS_ENTRY, first, second, first##_##second##_##link),
#include "bytecode/fused.def"
#undef FUSED
    [OPCODE_ALL_COUNT... 255] = &&handle_nothing, [OP_CALL] = &&counted_CALL, [OP_TAILCALL] = &&counted_TAILCALL};
#pragma GCC diagnostic pop
  const Instruction *pc;
  Value *base;
  const Value *constants;
  const void *const *dispatch;
  Instruction i;

go_on:
  if (RL_UNLIKELY(L == NULL)) return;
  RELOAD();
  DISPATCH();

handle_nothing:
  __builtin_trap();

#define COUNTED(out)                                                                                                   \
  {                                                                                                                    \
    if (out) goto handle_budget;                                                                                       \
    PLAIN(instruction_op(i));                                                                                          \
  }
counted_jump:
  COUNTED(COUNTED_JUMP_OUT(false, JUMP_DISTANCE()))

#endif

/* ---- loads ---- */

HANDLER(MOVE) {
  value_copy(A, B);
  NEXT();
}

HANDLER(LOADI) {
  value_set_integer(A, SIGNED_BX);
  NEXT();
}

HANDLER(LOADF) {
  value_set_float(A, SIGNED_BX);
  NEXT();
}

HANDLER(LOADK) {
  value_copy(A, constants + instruction_bx(i));
  NEXT();
}

HANDLER(LOADKX) {
  value_copy(A, constants + EXTRA);
  STEP(2);
}

HANDLER(LOADNIL) {
  Value *slot = A;
  for (uint32_t count = OPERAND_B; count > 0; count--) value_set_nil(slot++);
  NEXT();
}

HANDLER(LOADFALSE) {
  A->tag = TAG_FALSE;
  NEXT();
}

HANDLER(LOADTRUE) {
  A->tag = TAG_TRUE;
  NEXT();
}

HANDLER(FALSESKIP) {
  A->tag = TAG_FALSE;
  STEP(2);
}

/* The closure that runs lies below its first register. */
#define UPVALUE(index) (value_lua_closure(base - 1)->upvalues[index])

HANDLER(GETUPVAL) {
  value_copy(A, UPVALUE(OPERAND_B)->value);
  NEXT();
}

#define NEEDS_BARRIER(holder, stored) (value_is_collectable(stored) && barrier_is_due(L, holder, (stored)->as.object))

HANDLER(SETUPVAL) {
  UpValue *upvalue = UPVALUE(OPERAND_B);
  const Value *value = A;
  if (RL_UNLIKELY(NEEDS_BARRIER(upvalue, value))) SLOW(set_upvalue);
  value_copy(upvalue->value, value);
  NEXT();
}

/* ---- tables ---- */

HANDLER(GETTABUP) {
  GET_FIELD(UPVALUE(OPERAND_B)->value, get_upvalue_field_other);
}
HANDLER(get_upvalue_field_other) {
  GET_FIELD_OTHER(UPVALUE(OPERAND_B)->value, get_upvalue_field_miss);
}
HANDLER(get_upvalue_field_miss) {
  GET_FIELD_MISS(UPVALUE(OPERAND_B)->value, get_upvalue_field);
}
#define CONSTANT_OR_REGISTER(op) (instruction_op(i) == (op) ? B : KB)
HANDLER(set_upvalue_field_other) {
  SET_FIELD_OTHER(UPVALUE(OPERAND_A)->value, CONSTANT_OR_REGISTER(OP_SETTABUP), set_upvalue_field);
}
HANDLER(set_field_other) {
  SET_FIELD_OTHER(A, CONSTANT_OR_REGISTER(OP_SETFIELD), set_field);
}

HANDLER(SETTABUP) {
  SET_FIELD(UPVALUE(OPERAND_A)->value, B, set_upvalue_field);
}
HANDLER(SETTABUPK) {
  SET_FIELD(UPVALUE(OPERAND_A)->value, KB, set_upvalue_field);
}
HANDLER(GETFIELD) {
  GET_FIELD(B, get_field_other);
}
HANDLER(get_field_other) {
  GET_FIELD_OTHER(B, get_field_miss);
}
HANDLER(get_field_miss) {
  GET_FIELD_MISS(B, get_field);
}
HANDLER(SETFIELD) {
  SET_FIELD(A, B, set_field);
}
HANDLER(SETFIELDK) {
  SET_FIELD(A, KB, set_field);
}
HANDLER(GETINT) {
  GET_INTEGER(B, OPERAND_C, get_integer);
}
HANDLER(SETINT) {
  SET_INTEGER(A, OPERAND_B, C, set_integer);
}
HANDLER(SETINTK) {
  SET_INTEGER(A, OPERAND_B, KC, set_integer);
}

HANDLER(GETTABLE) {
  const Value *key = C;
  const Value *holder = B;
  if (value_is_integer(key)) GET_INTEGER(holder, key->as.integer, get_table);
  if (value_is_short_string(key) && value_is_table(holder) &&
      table_fast_get_short_string(value_table(holder), value_string(key), A))
    NEXT();
  SLOW(get_table);
}

#define SET_TABLE(stored)                                                                                              \
  do {                                                                                                                 \
    const Value *key = B;                                                                                              \
    const Value *target = A;                                                                                           \
    const Value *source = (stored);                                                                                    \
    if (value_is_integer(key)) SET_INTEGER(target, key->as.integer, source, set_table);                                \
    if (value_is_short_string(key) && value_is_table(target) && !NEEDS_BARRIER(target->as.object, source) &&           \
        !table_is_searched(value_table(target)) &&                                                                     \
        table_fast_set_short_string(value_table(target), value_string(key), source))                                   \
      NEXT();                                                                                                          \
    SLOW(set_table);                                                                                                   \
  } while (0)

HANDLER(SETTABLE) {
  SET_TABLE(C);
}
HANDLER(SETTABLEK) {
  SET_TABLE(KC);
}

/* A method is seldom the object's own: the cache says so, and what was found in the class. */
HANDLER(SELF) {
  const Value *object = B;
  if (RL_UNLIKELY(!value_is_table(object))) CONTINUE_IN(self_miss);
  const Table *table = value_table(object);
  const MethodCache *cache = CACHE;
  if (RL_UNLIKELY(table->shape != cache->shape)) CONTINUE_IN(self_miss);
  Value *result = A;
  if (RL_LIKELY(cache->slot == FIELD_IN_NODES && table->metatable == cache->metatable && !table_has_nodes(table) &&
                cache->epoch == L->global->method_epoch)) {
    value_copy(result + 1, object);
    result->as = cache->method;
    result->tag = cache->tag;
    STEP(2);
  }
  CONTINUE_IN(self_own);
}

/* The object's own, in a slot or in its hash part; or there is a hash part that has not the method. */
HANDLER(self_own) {
  const Value *object = B;
  const Table *table = value_table(object);
  const MethodCache *cache = CACHE;
  Value method;
  if (cache->slot < SHAPE_MAX_KEYS) {
    method.as = table->slots[cache->slot];
    method.tag = table->slot_tags[cache->slot];
    if (RL_UNLIKELY(method.tag == TAG_NIL)) CONTINUE_IN(self_miss);
  } else if (!table_fast_get_node(table, FIELD_KEY(EXTRA), &method)) {
    if (table->metatable != cache->metatable || cache->epoch != L->global->method_epoch) CONTINUE_IN(self_miss);
    method.as = cache->method;
    method.tag = cache->tag;
  }
  Value *result = A;
  value_copy(result + 1, object);
  value_copy(result, &method);
  STEP(2);
}

HANDLER(self_miss) {
  const Value *object = B;
  Value method;
  if (!rl_method_find(L, object, FIELD_KEY(EXTRA), CACHE, &method)) SLOW(self);
  Value *result = A;
  value_copy(result + 1, object);
  value_copy(result, &method);
  STEP(2);
}

HANDLER(NEWTABLE) {
  SLOW(new_table);
}

HANDLER(SETLIST) {
  SLOW(set_list);
}

/* ---- arithmetic ---- */

#define INTEGER_ADD(x, y) ((int64_t)((uint64_t)(x) + (uint64_t)(y)))
#define INTEGER_SUB(x, y) ((int64_t)((uint64_t)(x) - (uint64_t)(y)))
#define INTEGER_MUL(x, y) ((int64_t)((uint64_t)(x) * (uint64_t)(y)))
#define FLOAT_ADD(x, y)   ((x) + (y))
#define FLOAT_SUB(x, y)   ((x) - (y))
#define FLOAT_MUL(x, y)   ((x) * (y))
#define FLOAT_DIV(x, y)   ((x) / (y))

/* left op right into A: integers stay integers unless `refused`, other numbers become floats. */
#define NUMERIC(left, right, integer_op, float_op, refused)                                                            \
  do {                                                                                                                 \
    const Value *x = (left);                                                                                           \
    const Value *y = (right);                                                                                          \
    double float_x, float_y;                                                                                           \
    if (value_is_integer(x) && value_is_integer(y)) {                                                                  \
      if (RL_UNLIKELY(refused)) SLOW(arith);                                                                           \
      value_set_integer(A, integer_op(x->as.integer, y->as.integer));                                                  \
      NEXT();                                                                                                          \
    }                                                                                                                  \
    if (float_operand(x, &float_x) && float_operand(y, &float_y)) {                                                    \
      value_set_float(A, float_op(float_x, float_y));                                                                  \
      NEXT();                                                                                                          \
    }                                                                                                                  \
    SLOW(arith);                                                                                                       \
  } while (0)
#define ARITHMETIC(left, right, integer_op, float_op) NUMERIC(left, right, integer_op, float_op, false)
/* (an integer divisor of zero is an error) */
#define DIVISION(left, right, integer_op, float_op) NUMERIC(left, right, integer_op, float_op, y->as.integer == 0)

/* Always floats. */
#define FLOAT_ARITHMETIC(left, right, float_op)                                                                        \
  do {                                                                                                                 \
    double float_x, float_y;                                                                                           \
    if (!float_operand(left, &float_x) || !float_operand(right, &float_y)) SLOW(arith);                                \
    value_set_float(A, float_op(float_x, float_y));                                                                    \
    NEXT();                                                                                                            \
  } while (0)

#define BITWISE(left, right, expression)                                                                               \
  do {                                                                                                                 \
    const Value *first = (left);                                                                                       \
    const Value *second = (right);                                                                                     \
    if (!value_is_integer(first) || !value_is_integer(second)) SLOW(arith);                                            \
    int64_t x = first->as.integer;                                                                                     \
    int64_t y = second->as.integer;                                                                                    \
    value_set_integer(A, (expression));                                                                                \
    NEXT();                                                                                                            \
  } while (0)

/* Three forms of each operation: both operands in registers, the right or the left one a constant. */
#define THREE_FORMS(name, TEMPLATE, ...)                                                                               \
  HANDLER(name) {                                                                                                      \
    TEMPLATE(B, C, __VA_ARGS__);                                                                                       \
  }                                                                                                                    \
  HANDLER(name##RK) {                                                                                                  \
    TEMPLATE(B, KC, __VA_ARGS__);                                                                                      \
  }                                                                                                                    \
  HANDLER(name##KR) {                                                                                                  \
    TEMPLATE(KB, C, __VA_ARGS__);                                                                                      \
  }

THREE_FORMS(ADD, ARITHMETIC, INTEGER_ADD, FLOAT_ADD)
THREE_FORMS(SUB, ARITHMETIC, INTEGER_SUB, FLOAT_SUB)
THREE_FORMS(MUL, ARITHMETIC, INTEGER_MUL, FLOAT_MUL)
THREE_FORMS(MOD, DIVISION, rl_integer_modulo, rl_float_modulo)
THREE_FORMS(IDIV, DIVISION, rl_integer_floor_divide, rl_float_floor_divide)
THREE_FORMS(DIV, FLOAT_ARITHMETIC, FLOAT_DIV)
THREE_FORMS(POW, FLOAT_ARITHMETIC, rl_float_power)
THREE_FORMS(BAND, BITWISE, x &y)
THREE_FORMS(BOR, BITWISE, x | y)
THREE_FORMS(BXOR, BITWISE, x ^ y)
THREE_FORMS(SHL, BITWISE, rl_shift_left(x, y))
THREE_FORMS(SHR, BITWISE, rl_shift_right(x, y))

#define ADD_IMMEDIATE(signed_c)                                                                                        \
  do {                                                                                                                 \
    const Value *x = B;                                                                                                \
    int64_t immediate = (signed_c);                                                                                    \
    if (value_is_integer(x))                                                                                           \
      value_set_integer(A, INTEGER_ADD(x->as.integer, immediate));                                                     \
    else if (value_is_float(x))                                                                                        \
      value_set_float(A, x->as.number + (double)immediate);                                                            \
    else                                                                                                               \
      SLOW(arith_immediate);                                                                                           \
    NEXT();                                                                                                            \
  } while (0)

HANDLER(ADDI) {
  ADD_IMMEDIATE(SIGNED_C);
}
HANDLER(SUBI) {
  ADD_IMMEDIATE(-(int64_t)SIGNED_C);
}

HANDLER(UNM) {
  const Value *x = B;
  if (value_is_integer(x))
    value_set_integer(A, INTEGER_SUB(0, x->as.integer));
  else if (value_is_float(x))
    value_set_float(A, -x->as.number);
  else
    SLOW(unary);
  NEXT();
}

HANDLER(BNOT) {
  const Value *x = B;
  if (!value_is_integer(x)) SLOW(unary);
  value_set_integer(A, ~x->as.integer);
  NEXT();
}

HANDLER(NOT) {
  value_set_boolean(A, value_is_falsy(B));
  NEXT();
}

HANDLER(LEN) {
  const Value *x = B;
  uint64_t length;
  if (value_is_table(x)) {
    Table *table = value_table(x);
    if (!metatable_lacks(table->metatable, EVENT_LEN) || !table_fast_length(table, &length)) SLOW(length);
  } else if (value_is_string(x)) {
    length = string_length(value_string(x));
  } else {
    SLOW(length);
  }
  value_set_integer(A, (int64_t)length);
  NEXT();
}
HANDLER(CONCAT) {
  SLOW(concat);
}

/* ---- conditional jumps ---- */

HANDLER(JMP) {
  pc += instruction_jump(i) + 1;
  RELOAD_DISPATCH();
  DISPATCH();
}

/* Falls through, or jumps by the extra word. */
#define BRANCH_IF(condition)                                                                                           \
  do {                                                                                                                 \
    if (condition) {                                                                                                   \
      pc += (int32_t)EXTRA + 2;                                                                                        \
      RELOAD_DISPATCH();                                                                                               \
    } else {                                                                                                           \
      pc += 2;                                                                                                         \
    }                                                                                                                  \
    DISPATCH();                                                                                                        \
  } while (0)

HANDLER(TEST) {
  BRANCH_IF(!value_is_falsy(A));
}
HANDLER(NTEST) {
  BRANCH_IF(value_is_falsy(A));
}

#define BRANCH_AND_SET(condition)                                                                                      \
  do {                                                                                                                 \
    const Value *tested = B;                                                                                           \
    bool taken = (condition);                                                                                          \
    if (taken) value_copy(A, tested);                                                                                  \
    BRANCH_IF(taken);                                                                                                  \
  } while (0)

HANDLER(TESTSET) {
  BRANCH_AND_SET(!value_is_falsy(tested));
}
HANDLER(NTESTSET) {
  BRANCH_AND_SET(value_is_falsy(tested));
}

#define EQUALITY(left, right, sense)                                                                                   \
  do {                                                                                                                 \
    int equal = quick_equal(left, right);                                                                              \
    if (RL_UNLIKELY(equal < 0)) SLOW(equal);                                                                           \
    BRANCH_IF(equal == (sense));                                                                                       \
  } while (0)

HANDLER(EQ) {
  EQUALITY(A, B, 1);
}
HANDLER(NE) {
  EQUALITY(A, B, 0);
}
HANDLER(EQK) {
  EQUALITY(A, KB, 1);
}
HANDLER(NEK) {
  EQUALITY(A, KB, 0);
}

HANDLER(EQI) {
  BRANCH_IF(equals_immediate(A, SIGNED_B));
}
HANDLER(NEI) {
  BRANCH_IF(!equals_immediate(A, SIGNED_B));
}

#define ORDER(operator, sense, slow)                                                                                   \
  do {                                                                                                                 \
    const Value *x = A;                                                                                                \
    const Value *y = B;                                                                                                \
    bool truth;                                                                                                        \
    if (value_is_integer(x) && value_is_integer(y))                                                                    \
      truth = x->as.integer operator y->as.integer;                                                                    \
    else if (value_is_float(x) && value_is_float(y))                                                                   \
      truth = x->as.number operator y->as.number;                                                                      \
    else                                                                                                               \
      SLOW(slow);                                                                                                      \
    BRANCH_IF(truth == (sense));                                                                                       \
  } while (0)

HANDLER(LT) {
  ORDER(<, true, less);
}
HANDLER(NLT) {
  ORDER(<, false, less);
}
HANDLER(LE) {
  ORDER(<=, true, less_equal);
}
HANDLER(NLE) {
  ORDER(<=, false, less_equal);
}

#define ORDER_IMMEDIATE(operator, sense)                                                                               \
  do {                                                                                                                 \
    const Value *x = A;                                                                                                \
    int32_t immediate = SIGNED_B;                                                                                      \
    bool truth;                                                                                                        \
    if (value_is_integer(x))                                                                                           \
      truth = x->as.integer operator immediate;                                                                        \
    else if (value_is_float(x))                                                                                        \
      truth = x->as.number operator(double) immediate;                                                                 \
    else                                                                                                               \
      SLOW(order_immediate);                                                                                           \
    BRANCH_IF(truth == (sense));                                                                                       \
  } while (0)

HANDLER(LTI) {
  ORDER_IMMEDIATE(<, true);
}
HANDLER(NLTI) {
  ORDER_IMMEDIATE(<, false);
}
HANDLER(LEI) {
  ORDER_IMMEDIATE(<=, true);
}
HANDLER(NLEI) {
  ORDER_IMMEDIATE(<=, false);
}
HANDLER(GTI) {
  ORDER_IMMEDIATE(>, true);
}
HANDLER(NGTI) {
  ORDER_IMMEDIATE(>, false);
}
HANDLER(GEI) {
  ORDER_IMMEDIATE(>=, true);
}
HANDLER(NGEI) {
  ORDER_IMMEDIATE(>=, false);
}

/* ---- calls ---- */

HANDLER(CALL) {
  CALL_TEXT(CHARGE_NOTHING);
}

HANDLER_OF(counted_CALL) {
  CALL_TEXT(CHARGE_LENGTH);
}

/* Everything but a Lua function with a fixed number of parameters. */
HANDLER(call_other) {
  Value *function = A;
  if (OPERAND_B != 0) L->top = function + OPERAND_B;
  if (value_is_light_function(function) && value_direct_number(function) != 0) CONTINUE_IN(call_direct);
  SLOW(call);
}

/* A library function with a direct entry: no record, no frame. When it declines, the function itself is called. */
HANDLER(call_direct) {
  Value *function = A;
  L->call_info->pc = pc + 1;
  int count = rl_direct_functions[value_direct_number(function)](L, function, L->top - function - 1);
  if (RL_UNLIKELY(count < 0)) SLOW(call);
  base = L->call_info->base;
  int wanted = (int)OPERAND_C - 1;
  if (wanted < 0)
    L->top = A + count;
  else
    for (; count < wanted; count++) value_set_nil(A + count);
  NEXT();
}

HANDLER(TAILCALL) {
  TAILCALL_TEXT(CHARGE_NOTHING);
}

HANDLER_OF(counted_TAILCALL) {
  TAILCALL_TEXT(CHARGE_LENGTH);
}

/* Several values, or an open list, to a Lua function. */
HANDLER(RETURN) {
  CallInfo *record = L->call_info;
  if (RL_UNLIKELY(OPERAND_C != 0 || record->on_return != RETURN_TO_LUA)) SLOW(return_values);
  const Value *from = A;
  const Value *end = OPERAND_B != 0 ? from + OPERAND_B - 1 : L->top;
  Value *to = record->function;
  int32_t wanted = record->wanted;
  if (wanted >= 0) {
    Value *wanted_end = to + wanted;
    for (; from < end && to < wanted_end; from++, to++) value_copy(to, from);
    for (; to < wanted_end; to++) value_set_nil(to);
  } else {
    for (; from < end; from++, to++) value_copy(to, from);
  }
  L->top = to;
  L->call_info = record - 1;
  RELOAD();
  DISPATCH();
}

HANDLER(RETURN0) {
  CallInfo *record = L->call_info;
  if (RL_UNLIKELY(record->on_return != RETURN_TO_LUA || record->wanted > 1)) SLOW(return_none);
  Value *to = record->function;
  if (record->wanted == 1)
    value_set_nil(to);
  else
    L->top = to;
  L->call_info = record - 1;
  RELOAD();
  DISPATCH();
}

HANDLER(RETURN1) {
  CallInfo *record = L->call_info;
  if (RL_UNLIKELY(record->on_return != RETURN_TO_LUA || record->wanted > 1)) SLOW(return_one);
  Value *to = record->function;
  if (record->wanted != 0) value_copy(to, A);
  L->top = to + 1;
  L->call_info = record - 1;
  RELOAD();
  DISPATCH();
}

HANDLER(VARARG) {
  const Value *function = L->call_info->function;
  Value *to = A;
  ptrdiff_t available = base - 1 - (function + 1) - value_lua_closure(base - 1)->prototype->parameter_count;
  ptrdiff_t wanted = (ptrdiff_t)OPERAND_B - 1;
  if (wanted < 0) {
    if (RL_UNLIKELY(L->stack_limit - to <= available)) SLOW(vararg);
    wanted = available;
    L->top = to + wanted;
  }
  const Value *from = base - 1 - available;
  ptrdiff_t copied = wanted < available ? wanted : available;
  for (ptrdiff_t n = 0; n < copied; n++) value_copy(to + n, from + n);
  for (ptrdiff_t n = copied; n < wanted; n++) value_set_nil(to + n);
  NEXT();
}
HANDLER(CLOSURE) {
  SLOW(closure);
}
HANDLER(CLOSE) {
  SLOW(close);
}
HANDLER(TBC) {
  SLOW(mark_close);
}

/* ---- loops ---- */

HANDLER(FORPREP) {
  Value *loop = A;
  if (RL_LIKELY(value_is_integer(loop) && value_is_integer(loop + 1) && value_is_integer(loop + 2))) {
    int64_t initial = loop[0].as.integer, limit = loop[1].as.integer, step = loop[2].as.integer;
    uint64_t count = (uint64_t)limit - (uint64_t)initial;
    if (step == 1) {
      if (initial > limit) BRANCH_IF(true);
      loop[1].as.integer = (int64_t)count;
      value_set_integer(loop + 3, initial);
      BRANCH_IF(false);
    }
    if (step == -1) {
      if (initial < limit) BRANCH_IF(true);
      loop[1].as.integer = (int64_t)-count;
      value_set_integer(loop + 3, initial);
      BRANCH_IF(false);
    }
  }
  SLOW(for_prepare);
}

#define COUNT_INTEGER_LOOP(loop)                                                                                       \
  do {                                                                                                                 \
    uint64_t left = (uint64_t)(loop)[1].as.integer;                                                                    \
    if (left == 0) BRANCH_IF(false);                                                                                   \
    int64_t index = INTEGER_ADD((loop)[0].as.integer, (loop)[2].as.integer);                                           \
    value_set_integer((loop) + 1, (int64_t)(left - 1));                                                                \
    value_set_integer((loop), index);                                                                                  \
    value_set_integer((loop) + 3, index);                                                                              \
    BRANCH_IF(true);                                                                                                   \
  } while (0)

/* Tags are written although they are right in compiled code: a hand-made chunk may jump into the loop with anything in
 * its registers. */
HANDLER(FORLOOP) {
  Value *loop = A;
  if (value_is_integer(loop + 2)) COUNT_INTEGER_LOOP(loop);
  double step = loop[2].as.number;
  double limit = loop[1].as.number;
  double index = loop[0].as.number + step;
  if (!(step > 0 ? index <= limit : limit <= index)) BRANCH_IF(false);
  value_set_float(loop, index);
  value_set_float(loop + 3, index);
  BRANCH_IF(true);
}

HANDLER(TFORPREP) {
  SLOW(generic_prepare);
}

HANDLER(TFORCALL) {
  if (!step_generic(L, A, OPERAND_B)) SLOW(generic_call);
  NEXT();
}

HANDLER(TFORLOOP) {
  Value *loop = A;
  if (value_is_nil(loop + 4)) BRANCH_IF(false);
  value_copy(loop + 2, loop + 4);
  BRANCH_IF(true);
}

/* ---- pairs ---- */

#define FUSED(first, second, link, counts)                                                                             \
  HANDLER(first##_##second##_##link) {                                                                                 \
    Value made;                                                                                                        \
    (void)made;                                                                                                        \
    MAKE_##first(USE_##second##_##link);                                                                               \
  }
#include "bytecode/fused.def"
#undef FUSED

/* Pairs with a CALL in the counted table. */
#define COUNTED_HANDLER_PLAIN(first, pair)
#define COUNTED_HANDLER_JUMPS(first, pair)
#define COUNTED_HANDLER_CALLS(first, pair)                                                                             \
  HANDLER_OF(counted_##pair) {                                                                                         \
    Value made;                                                                                                        \
    (void)made;                                                                                                        \
    MAKE_##first(COUNTED_CALL());                                                                                      \
  }
#define FUSED(first, second, link, counts) COUNTED_HANDLER_##counts(first, first##_##second##_##link)
#include "bytecode/fused.def"
#undef FUSED

/* ---- hooks ---- */

/* Stands in every place of the table while hooks are on: lets the hook look, then goes to the instruction itself; calls
 * and returns go by their slow paths, which know call and return events. */
HANDLER(trace) {
  L->call_info->pc = pc + 1;
  if (!rl_hook_trace(L)) SLOW(hook_yield);
  RELOAD();
  pc--;
  switch (instruction_op(i)) {
    case OP_CALL:
      if (OPERAND_B != 0) L->top = A + OPERAND_B;
      SLOW(call);
    case OP_TAILCALL: SLOW(tail_call);
    case OP_RETURN: SLOW(return_values);
    case OP_TFORCALL: SLOW(generic_call);
    case OP_RETURN0: SLOW(return_none);
    case OP_RETURN1: SLOW(return_one);
    default: PLAIN(instruction_op(i));
  }
}

/* The counter of the limits has run out: somebody looks (and may raise); then comes the instruction itself. */
HANDLER(budget) {
  L->call_info->pc = pc + 1;
  rl_budget_look_between(L);
  RELOAD();
  pc--;
  PLAIN(instruction_op(i));
}

#if !RL_HAVE_TAIL_CALLS
}
#endif

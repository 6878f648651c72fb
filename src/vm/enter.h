/* How a Lua function is entered without the engine: the texts of CALL and TAILCALL, each once for the plain dispatch
 * table and once for the counted one (vm/counted.h). For vm/interp.c alone; the macros use what its handlers have in
 * hand. */
#ifndef RL_VM_ENTER_H
#define RL_VM_ENTER_H

#include "vm/counted.h"

/* Fills in the record of a Lua function that is entered without the engine. */
#define ENTER(callee, function_slot, prototype, wanted_count, call_flags)                                              \
  do {                                                                                                                 \
    base = (function_slot) + 1;                                                                                        \
    pc = (prototype)->code;                                                                                            \
    constants = (prototype)->constants;                                                                                \
    (callee)->function = (function_slot);                                                                              \
    (callee)->base = base;                                                                                             \
    (callee)->top = (Value *)((char *)base + (prototype)->frame_bytes);                                                \
    (callee)->constants = constants;                                                                                   \
    (callee)->wanted = (wanted_count);                                                                                 \
    (callee)->flags = (call_flags);                                                                                    \
    (callee)->kind = CALL_LUA;                                                                                         \
  } while (0)

/* Room for the frame, whose size says so too when the function is variadic. */
#define FRAME_FITS(function_slot, prototype)                                                                           \
  ((const char *)L->stack_limit - (const char *)(function_slot) > (ptrdiff_t)(prototype)->frame_bytes)

/* The callee's length, in the counted table; the instruction is executed again after a look. */
#define CHARGE_LENGTH(prototype)                                                                                       \
  if (COUNTED_CALL_OUT(prototype)) CONTINUE_IN(budget)
#define CHARGE_NOTHING(prototype)

#define CALL_TEXT(CHARGE)                                                                                              \
  {                                                                                                                    \
    Value *function = A;                                                                                               \
    if (RL_UNLIKELY(!value_is_lua_closure(function))) CONTINUE_IN(call_other);                                         \
    const Prototype *prototype = value_lua_closure(function)->prototype;                                               \
    CallInfo *record = L->call_info;                                                                                   \
    CallInfo *callee = record + 1;                                                                                     \
    if (RL_UNLIKELY(callee == L->call_end || !FRAME_FITS(function, prototype))) CONTINUE_IN(call_other);               \
    CHARGE(prototype);                                                                                                 \
    record->pc = pc + 1;                                                                                               \
    int32_t wanted = (int32_t)OPERAND_C - 1;                                                                           \
    if (RL_UNLIKELY(OPERAND_B <= prototype->parameter_count)) { /* an open list, or arguments are missing */           \
      Value *top = OPERAND_B != 0 ? function + OPERAND_B : L->top;                                                     \
      for (Value *end = function + 1 + prototype->parameter_count; top < end; top++) value_set_nil(top);               \
    }                                                                                                                  \
    ENTER(callee, function, prototype, wanted, 0);                                                                     \
    callee->on_return = RETURN_TO_LUA;                                                                                 \
    L->call_info = callee;                                                                                             \
    RELOAD_DISPATCH();                                                                                                 \
    DISPATCH();                                                                                                        \
  }

/* The callee's frame takes the place of the caller's. */
#define TAILCALL_TEXT(CHARGE)                                                                                          \
  {                                                                                                                    \
    Value *function = A;                                                                                               \
    CallInfo *record = L->call_info;                                                                                   \
    if (RL_UNLIKELY(!value_is_lua_closure(function) || OPERAND_C != 0)) SLOW(tail_call);                               \
    const Prototype *prototype = value_lua_closure(function)->prototype;                                               \
    Value *to = record->function;                                                                                      \
    if (RL_UNLIKELY(!FRAME_FITS(to, prototype))) SLOW(tail_call);                                                      \
    CHARGE(prototype);                                                                                                 \
    const Value *top = OPERAND_B != 0 ? function + OPERAND_B : L->top;                                                 \
    Value *slot = to;                                                                                                  \
    for (const Value *from = function; from < top; from++, slot++) value_copy(slot, from);                             \
    for (const Value *end = to + 1 + prototype->parameter_count; slot < end; slot++) value_set_nil(slot);              \
    ENTER(record, to, prototype, record->wanted, (record->flags & (CALL_FRESH | CALL_FINALIZER)) | CALL_TAIL);         \
    RELOAD_DISPATCH();                                                                                                 \
    DISPATCH();                                                                                                        \
  }

#endif

/* What the interpreter's counted dispatch table is made of: which instructions count, and how much (vm/budget.h). For
 * vm/interp.c alone; the macros use what its handlers have in hand. */
#ifndef RL_VM_COUNTED_H
#define RL_VM_COUNTED_H

#include "base/compiler.h"
#include "bytecode/encode.h"

/* A jump backward costs the length of its loop, forward nothing. */
#define COST_OF_BRANCH(i) (-(int32_t)*pc)
#define COST_OF_JUMP(i)   (instruction_op(i) == OP_JMP ? -instruction_jump(i) : COST_OF_BRANCH(i))
/* The callee's length, if it is a Lua function. Others are charged where their record is pushed. */
#define COST_OF_CALL(function)                                                                                         \
  (RL_LIKELY(value_is_lua_closure(function)) ? (int32_t)value_lua_closure(function)->prototype->code_count : 0)

#define COUNTED_OUT(cost) ((cost) > 0 && RL_UNLIKELY((L->global->budget.steps -= (cost)) < 0))

/* By the column "jumps" of opcodes.def: plain(name) or counted(name, cost). */
#define COUNTED_NEXT(plain, counted, name)   plain(name)
#define COUNTED_END(plain, counted, name)    plain(name)
#define COUNTED_SKIP(plain, counted, name)   plain(name)
#define COUNTED_BRANCH(plain, counted, name) counted(name, COST_OF_BRANCH(i))
#define COUNTED_JUMP(plain, counted, name)   counted(name, COST_OF_JUMP(i))

#endif

/* What the interpreter's counted dispatch table is made of: which instructions count, and how much (vm/budget.h). For
 * vm/interp.c alone; the macros use what its handlers have in hand. */
#ifndef RL_VM_COUNTED_H
#define RL_VM_COUNTED_H

#include "base/compiler.h"
#include "bytecode/encode.h"

/* The counter is below zero after a jump by `distance` words: one backward costs the length of its loop, one forward
 * nothing. `is_backward` is true when it always is. */
#define COUNTED_JUMP_OUT(is_backward, distance)                                                                        \
  (((is_backward) || (distance) < 0) && RL_UNLIKELY((L->global->budget.steps += (distance)) < 0))
/* The same for a call that the interpreter makes by itself: a Lua function costs its length. Where others push a
 * record they charge for it. */
#define COUNTED_CALL_OUT(prototype) RL_UNLIKELY((L->global->budget.steps -= (prototype)->code_count) < 0)

#define GOES_BACKWARD(op) ((op) == OP_FORLOOP || (op) == OP_TFORLOOP)
#define BRANCH_DISTANCE() ((int32_t)EXTRA)
#define JUMP_DISTANCE()   (OPERATION == OP_JMP ? instruction_jump(i) : BRANCH_DISTANCE())

/* By the column "jumps" of opcodes.def: plain(name) or counted(name, out). */
#define COUNTED_NEXT(plain, counted, name) plain(name)
#define COUNTED_END(plain, counted, name)  plain(name)
#define COUNTED_SKIP(plain, counted, name) plain(name)
#define COUNTED_BRANCH(plain, counted, name)                                                                           \
  counted(name, COUNTED_JUMP_OUT(GOES_BACKWARD(OP_##name), BRANCH_DISTANCE()))
#define COUNTED_JUMP(plain, counted, name) counted(name, COUNTED_JUMP_OUT(false, JUMP_DISTANCE()))

/* Pairs, by the column "counts" of fused.def. */
#define COUNTED_PAIR_PLAIN(plain, jumps, calls, first, second, pair) plain(pair)
#define COUNTED_PAIR_JUMPS(plain, jumps, calls, first, second, pair) jumps(first, second, pair)
#define COUNTED_PAIR_CALLS(plain, jumps, calls, first, second, pair) calls(first, pair)

/* The same before a pair whose second instruction, behind so many words, is a jump. */
#define COUNTED_PAIR_OUT(second, words)                                                                                \
  COUNTED_JUMP_OUT(GOES_BACKWARD(OP_##second),                                                                         \
                   OP_##second == OP_JMP ? instruction_jump(pc[words]) : (int32_t)pc[(words) + 1])

#endif

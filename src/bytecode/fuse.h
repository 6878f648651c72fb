/* Pairs of instructions that the interpreter executes as one (bytecode/fused.def). */
#ifndef RL_BYTECODE_FUSE_H
#define RL_BYTECODE_FUSE_H

#include "bytecode/encode.h"

/* Gives the first word of every pair worth it, in complete, valid code, the opcode of the pair. */
void rl_fuse(Instruction *code, uint32_t count);

#endif

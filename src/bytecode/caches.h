/* Where the inline caches of a function lie. */
#ifndef RL_BYTECODE_CACHES_H
#define RL_BYTECODE_CACHES_H

#include "bytecode/encode.h"

/* Gives every instruction of complete, valid code that has a cache its place in front of the constants, whatever place
 * it named before; returns the 8-byte words that all of them take (rl_prototype_add_caches). In a function with more
 * than the extra word can name, the last instructions of a kind share one. */
uint32_t rl_caches_assign(Instruction *code, uint32_t count);

#endif

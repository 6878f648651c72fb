#include "bytecode/encode.h"

const OpcodeInfo rl_opcodes[OPCODE_COUNT] = {
#define OPCODE(name, words, a, b, c, x, jumps, effect)                                                                 \
  [OP_##name] = {#name, words, OPERAND_##a, OPERAND_##b, OPERAND_##c, OPERAND_##x, FLOW_##jumps, effect},
#include "bytecode/opcodes.def"
#undef OPCODE
};

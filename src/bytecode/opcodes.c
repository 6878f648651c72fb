#include "bytecode/encode.h"

const OpcodeInfo rl_opcodes[OPCODE_COUNT] = {
#define OPCODE(name, words, a, b, c, x, jumps, effect)                                                                 \
  [OP_##name] = {#name, words, OPERAND_##a, OPERAND_##b, OPERAND_##c, OPERAND_##x, FLOW_##jumps, effect},
#include "bytecode/opcodes.def"
#undef OPCODE
};

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverride-init"
const uint8_t rl_plain_opcodes[256] = {
  [0 ... 255] = OPCODE_COUNT,
#define OPCODE(name, words, a, b, c, x, jumps, effect) [OP_##name] = OP_##name,
#include "bytecode/opcodes.def"
#undef OPCODE
#define FUSED(first, second, link, counts) [OP_##first##_##second##_##link] = OP_##first,
#include "bytecode/fused.def"
#undef FUSED
};
#pragma GCC diagnostic pop

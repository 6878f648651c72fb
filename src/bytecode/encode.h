/* Packing and unpacking of instructions, and what the table opcodes.def says about each. */
#ifndef RL_BYTECODE_ENCODE_H
#define RL_BYTECODE_ENCODE_H

#include <stdbool.h>
#include <stdint.h>

#include "object/table.h"
#include "value/function.h"

typedef enum Opcode {
#define OPCODE(name, words, a, b, c, x, jumps, effect) OP_##name,
#include "bytecode/opcodes.def"
#undef OPCODE
  OPCODE_COUNT,
  OPCODE_BEFORE_FUSED = OPCODE_COUNT - 1,
#define FUSED(first, second, link, counts) OP_##first##_##second##_##link,
#include "bytecode/fused.def"
#undef FUSED
  OPCODE_ALL_COUNT
} Opcode;

enum {
#define OPCODE(name, words, a, b, c, x, jumps, effect) OPCODE_WORDS_##name = (words),
#include "bytecode/opcodes.def"
#undef OPCODE
};

typedef enum OperandKind {
  OPERAND_NONE,
  OPERAND_WR,
  OPERAND_RD,
  OPERAND_RW,
  OPERAND_RG,
  OPERAND_UPV,
  OPERAND_FLAG,
  OPERAND_K,
  OPERAND_KS,
  OPERAND_KN,
  OPERAND_INT,
  OPERAND_NAT,
  OPERAND_CNT,
  OPERAND_EV,
  OPERAND_BX_K,
  OPERAND_BX_INT,
  OPERAND_SJ,
  OPERAND_X_FIELD,
  OPERAND_X_K,
  OPERAND_X_JUMP,
  OPERAND_X_PROTO,
  OPERAND_X_SIZE
} OperandKind;

typedef enum JumpKind { FLOW_NEXT, FLOW_JUMP, FLOW_BRANCH, FLOW_END, FLOW_SKIP } JumpKind;

typedef struct OpcodeInfo {
  const char *name;
  uint8_t words;
  uint8_t a, b, c, x; /* OperandKind */
  uint8_t flow;       /* JumpKind */
  const char *effect;
} OpcodeInfo;

extern const OpcodeInfo rl_opcodes[OPCODE_COUNT];
/* By the byte in a word: the instruction; of a pair (bytecode/fused.def) its first. Of what is neither, OPCODE_COUNT.
 */
extern const uint8_t rl_plain_opcodes[256];

_Static_assert(OP_EQ == 0 && (OP_NTESTSET & 1) == 1, "conditional jumps come in pairs");

/* Where in a word's memory its n-th byte (0: the operation, then A, B, C) lies, and its high half. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define INSTRUCTION_BYTE(n)   (n)
#define INSTRUCTION_HIGH_HALF 2
#else
#define INSTRUCTION_BYTE(n)   (3 - (n))
#define INSTRUCTION_HIGH_HALF 0
#endif

/* The instruction, whether it is fused with the next one or not. */
static inline Opcode instruction_op(Instruction word) {
  return (Opcode)rl_plain_opcodes[word & 0xff];
}
static inline Instruction instruction_plain(Instruction word) {
  return (word & ~(Instruction)0xff) | rl_plain_opcodes[word & 0xff];
}
static inline uint32_t instruction_a(Instruction word) {
  return (word >> 8) & 0xff;
}
static inline uint32_t instruction_b(Instruction word) {
  return (word >> 16) & 0xff;
}
static inline uint32_t instruction_c(Instruction word) {
  return word >> 24;
}
static inline uint32_t instruction_bx(Instruction word) {
  return word >> 16;
}
static inline int32_t instruction_signed_bx(Instruction word) {
  return (int32_t)word >> 16;
}
static inline int32_t instruction_signed_b(Instruction word) {
  return (int8_t)(word >> 16);
}
static inline int32_t instruction_signed_c(Instruction word) {
  return (int32_t)word >> 24;
}
static inline int32_t instruction_jump(Instruction word) {
  return (int32_t)word >> 8;
}
static inline uint32_t field_constant(Instruction extra) {
  return extra & 0xffff;
}
/* Inline caches lie in front of the constants. The high half of the extra word names one by its distance from there, in
 * 8-byte words and below zero, so that it can be added as it is (bytecode/caches.h). */
static inline void *instruction_cache(const Value *constants, const Instruction *extra) {
  int16_t distance;
  __builtin_memcpy(&distance, (const char *)extra + INSTRUCTION_HIGH_HALF, sizeof distance);
  return (void *)((intptr_t)constants + (intptr_t)distance * 8);
}
static inline uint32_t instruction_words(Instruction word) {
  return rl_opcodes[instruction_op(word)].words;
}

static inline Instruction instruction_abc(Opcode op, uint32_t a, uint32_t b, uint32_t c) {
  return (Instruction)op | a << 8 | (b & 0xff) << 16 | (c & 0xff) << 24;
}
static inline Instruction instruction_abx(Opcode op, uint32_t a, uint32_t bx) {
  return (Instruction)op | a << 8 | bx << 16;
}
static inline Instruction instruction_with_jump(Opcode op, int32_t jump) {
  return (Instruction)op | (uint32_t)jump << 8;
}

#define MAX_OPERAND        255 /* of A, B, C */
#define MAX_JUMP           0x7fffff
#define MIN_SIGNED_OPERAND (-128)
#define MAX_SIGNED_OPERAND 127

/* Does the instruction take its last operands from the list that the one before left, up to the top of the stack? */
static inline bool instruction_takes_open_list(Instruction word) {
  switch (instruction_op(word)) {
    case OP_CALL:
    case OP_TAILCALL:
    case OP_RETURN:
    case OP_SETLIST: return instruction_b(word) == 0;
    default: return false;
  }
}

#endif

#include "bytecode/fuse.h"

#define FIRST_FUSED OPCODE_COUNT

typedef enum Link { LINK_NONE, LINK_A, LINK_B, LINK_C } Link;

typedef struct FusedPair {
  uint8_t first, second, link;
} FusedPair;

static const FusedPair pairs[] = {
#define FUSED(first, second, link, counts) {OP_##first, OP_##second, LINK_##link},
#include "bytecode/fused.def"
#undef FUSED
};
#define PAIR_COUNT ((int)(sizeof(pairs) / sizeof(pairs[0])))

_Static_assert(OPCODE_COUNT + sizeof(pairs) / sizeof(pairs[0]) <= 256, "the opcode is a byte");

/* By first and second: the number of their last pair, plus one. Pairs that differ only in their link are neighbours,
 * the one without a link in front. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverride-init"
static const uint8_t last_pair[OPCODE_COUNT][OPCODE_COUNT] = {
#define FUSED(first, second, link, counts) [OP_##first][OP_##second] = OP_##first##_##second##_##link - FIRST_FUSED + 1,
#include "bytecode/fused.def"
#undef FUSED
};
#pragma GCC diagnostic pop

static bool is_linked(Link link, uint32_t result, Instruction second) {
  switch (link) {
    case LINK_NONE: return true;
    case LINK_A: return instruction_a(second) == result;
    case LINK_B: return instruction_b(second) == result;
    case LINK_C: return instruction_c(second) == result;
  }
  return false;
}

/* The pair of two neighbours, or -1. */
static int find_pair(Instruction first, Instruction second) {
  uint8_t first_op = (uint8_t)instruction_op(first), second_op = (uint8_t)instruction_op(second);
  for (int n = last_pair[first_op][second_op] - 1; n >= 0; n--) {
    if (pairs[n].first != first_op || pairs[n].second != second_op) return -1;
    if (is_linked((Link)pairs[n].link, instruction_a(first), second)) return n;
  }
  return -1;
}

void rl_fuse(Instruction *code, uint32_t count) {
  uint32_t pc = 0;
  while (pc < count) {
    uint32_t next = pc + instruction_words(code[pc]);
    int pair = next < count ? find_pair(code[pc], code[next]) : -1;
    if (pair >= 0) {
      code[pc] = (code[pc] & ~(Instruction)0xff) | (Instruction)(FIRST_FUSED + pair);
      next += instruction_words(code[next]);
    }
    pc = next;
  }
}

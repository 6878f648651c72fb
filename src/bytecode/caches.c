/* Places of inline caches: 1, 2, 3 ... in 8-byte words below the constants, by kind of different size. */
#include "bytecode/caches.h"

#define WORDS(type)  ((uint32_t)(sizeof(type) / 8))
#define MAX_END      0x8000u /* what 16 bits with a sign can name */
#define SHARED_WORDS (WORDS(FieldCache) + WORDS(MethodCache) + WORDS(SiteCache))

/* Words of an instruction's cache; 0: it has none. */
static uint32_t cache_words(Instruction word) {
  Opcode op = instruction_op(word);
  if (op == OP_SELF) return WORDS(MethodCache);
  if (op == OP_NEWTABLE) return instruction_c(word) != 0 ? WORDS(SiteCache) : 0;
  return rl_opcodes[op].x == OPERAND_X_FIELD ? WORDS(FieldCache) : 0;
}

/* The end of the cache that all of a kind share. */
static uint32_t shared_end(uint32_t words) {
  if (words == WORDS(FieldCache)) return words;
  if (words == WORDS(MethodCache)) return WORDS(FieldCache) + words;
  return SHARED_WORDS;
}

uint32_t rl_caches_assign(Instruction *code, uint32_t count) {
  uint32_t total = 0;
  for (uint32_t pc = 0; pc < count; pc += instruction_words(code[pc])) total += cache_words(code[pc]);
  bool shares = total > MAX_END;
  uint32_t end = shares ? SHARED_WORDS : 0;
  for (uint32_t pc = 0; pc < count; pc += instruction_words(code[pc])) {
    uint32_t words = cache_words(code[pc]);
    if (words == 0) continue;
    bool fits = end + words <= MAX_END;
    if (fits) end += words;
    code[pc + 1] = (code[pc + 1] & 0xffff) | -(fits ? end : shared_end(words)) << 16;
  }
  return end;
}

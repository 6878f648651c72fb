/* Which instructions are fused (src/bytecode/fuse.c), and what is left of that in their words. */
#include "support.h"

#include "bytecode/encode.h"
#include "bytecode/fuse.h"

#define I(name, a, b, c) instruction_abc(OP_##name, a, b, c)
#define RAW(word)        ((word) & 0xff)

static void test_pairs_are_found(void **state) {
  (void)state;
  Instruction code[] = {I(MUL, 3, 1, 2), I(ADD, 0, 0, 3), I(FORLOOP, 4, 0, 0), (Instruction)-4, I(RETURN0, 0, 0, 0)};
  rl_fuse(code, 5);
  assert_int_equal(RAW(code[0]), OP_MUL_ADD_C);
  assert_int_equal(code[0] >> 8, I(MUL, 3, 1, 2) >> 8);
  assert_int_equal(code[1], I(ADD, 0, 0, 3));
  assert_int_equal(instruction_op(code[0]), OP_MUL);
  assert_int_equal(instruction_plain(code[0]), I(MUL, 3, 1, 2));
}

static void test_links_decide(void **state) {
  (void)state;
  Instruction left[] = {I(MUL, 3, 1, 2), I(ADD, 0, 3, 1), I(RETURN0, 0, 0, 0)};
  Instruction right[] = {I(MUL, 3, 1, 2), I(ADD, 0, 1, 3), I(RETURN0, 0, 0, 0)};
  Instruction both[] = {I(MUL, 3, 1, 2), I(ADD, 0, 3, 3), I(RETURN0, 0, 0, 0)};
  Instruction none[] = {I(MUL, 3, 1, 2), I(ADD, 0, 1, 2), I(RETURN0, 0, 0, 0)};
  rl_fuse(left, 3), rl_fuse(right, 3), rl_fuse(both, 3), rl_fuse(none, 3);
  assert_int_equal(RAW(left[0]), OP_MUL_ADD_B);
  assert_int_equal(RAW(right[0]), OP_MUL_ADD_C);
  assert_true(RAW(both[0]) == OP_MUL_ADD_B || RAW(both[0]) == OP_MUL_ADD_C);
  assert_int_equal(RAW(none[0]), OP_MUL);
}

/* Extra words are no instructions, whatever their bits are. */
static void test_extra_words_are_left_alone(void **state) {
  (void)state;
  Instruction code[] = {I(EQ, 0, 1, 0), I(MOVE, 0, 1, 0), I(MOVE, 1, 2, 0), I(MOVE, 2, 3, 0), I(RETURN0, 0, 0, 0)};
  rl_fuse(code, 5);
  assert_int_equal(code[1], I(MOVE, 0, 1, 0));
  assert_int_equal(RAW(code[2]), OP_MOVE_MOVE_NONE);
  assert_int_equal(RAW(code[3]), OP_MOVE);
}

/* Every pair of the table can come about. */
static void test_all_pairs(void **state) {
  (void)state;
  enum { LINKED_NONE, LINKED_A, LINKED_B, LINKED_C };
  int count = 0;
#define FUSED(first, second, link, counts)                                                                             \
  {                                                                                                                    \
    uint32_t first_words = rl_opcodes[OP_##first].words;                                                               \
    Instruction code[4] = {0};                                                                                         \
    code[0] = I(first, 7, 1, 2);                                                                                       \
    code[first_words] = instruction_abc(OP_##second, LINKED_##link == LINKED_A ? 7 : 3,                                \
                                        LINKED_##link == LINKED_B ? 7 : 4, LINKED_##link == LINKED_C ? 7 : 5);         \
    rl_fuse(code, first_words + rl_opcodes[OP_##second].words);                                                        \
    assert_int_equal(RAW(code[0]), OP_##first##_##second##_##link);                                                    \
    assert_int_equal(instruction_op(code[0]), OP_##first);                                                             \
    count++;                                                                                                           \
  }
#include "bytecode/fused.def"
#undef FUSED
  assert_int_equal(count, OPCODE_ALL_COUNT - OPCODE_COUNT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_pairs_are_found),
    cmocka_unit_test(test_links_decide),
    cmocka_unit_test(test_extra_words_are_left_alone),
    cmocka_unit_test(test_all_pairs),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Slow paths of the interpreter: everything that may raise, allocate, collect, call or leave. Each receives the
 * instruction; L's current record has pc behind it (extra word included). Each returns the thread whose current record
 * goes on, or NULL to leave the interpreter. */
#ifndef RL_VM_SLOW_H
#define RL_VM_SLOW_H

#include "bytecode/encode.h"
#include "value/global.h"

// clang-format off
#define SLOW_PATHS(S)                                                                                                  \
  S(get_upvalue_field, 2) S(get_table, 1) S(get_integer, 1) S(get_field, 2) S(self, 2)                                 \
  S(set_upvalue_field, 2) S(set_table, 1) S(set_integer, 1) S(set_field, 2) S(set_upvalue, 1)                          \
  S(new_table, 2) S(set_list, 2) S(closure, 2) S(vararg, 1)                                                            \
  S(arith, 1) S(arith_immediate, 1) S(unary, 1) S(length, 1) S(concat, 1)                                              \
  S(equal, 2) S(less, 2) S(less_equal, 2) S(order_immediate, 2)                                                        \
  S(call, 1) S(tail_call, 1) S(return_values, 1) S(return_none, 1) S(return_one, 1) S(hook_yield, 1)                   \
  S(close, 1) S(mark_close, 1) S(for_prepare, 2) S(generic_prepare, 2) S(generic_call, 1)
// clang-format on

/* (words: the length of the instructions that take this path) */
#define S(name, words) State *rl_slow_##name(State *L, Instruction i);
SLOW_PATHS(S)
#undef S

enum {
#define S(name, words) slow_words_##name = (words),
  SLOW_PATHS(S)
#undef S
};

#endif

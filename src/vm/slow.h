/* Slow paths of the interpreter: everything that may raise, allocate, collect, call or leave. Each receives the
 * instruction; L's current record has pc behind it (extra word included). Each returns the thread whose current record
 * goes on, or NULL to leave the interpreter. */
#ifndef RL_VM_SLOW_H
#define RL_VM_SLOW_H

#include "bytecode/encode.h"
#include "value/global.h"

// clang-format off
#define SLOW_PATHS(S)                                                                                                  \
  S(get_upvalue_field) S(get_table) S(get_integer) S(get_field) S(self)                                                \
  S(set_upvalue_field) S(set_table) S(set_integer) S(set_field) S(set_upvalue)                                         \
  S(new_table) S(set_list) S(closure) S(vararg)                                                                        \
  S(arith) S(arith_immediate) S(unary) S(length) S(concat)                                                             \
  S(equal) S(less) S(less_equal) S(order_immediate)                                                                    \
  S(call) S(tail_call) S(return_values) S(return_none) S(return_one) S(hook_yield)                                     \
  S(close) S(mark_close) S(for_prepare) S(generic_prepare) S(generic_call)
// clang-format on

#define S(name) State *rl_slow_##name(State *L, Instruction i);
SLOW_PATHS(S)
#undef S

#endif

/* Emitting code: instructions, constants, registers, jumps, operations. */
#ifndef RL_COMPILE_EMIT_H
#define RL_COMPILE_EMIT_H

#include "bytecode/encode.h"
#include "compile/scope.h"

#define NO_REGISTER       MAX_OPERAND
#define ITEMS_PER_SETLIST 50
#define ALL_VALUES        (-1) /* number of results: as many as there are */

/* ---- emit.c: words and lines. All that emit may allocate and raise; they return the pc of the instruction. ---- */

uint32_t rl_emit(FunctionState *function, Instruction word);
uint32_t rl_emit_with_extra(FunctionState *function, Instruction word, Instruction extra);
/* Gives the last instruction another line. */
void rl_emit_fix_line(FunctionState *function, int line);
/* Takes back the last instruction, a one-word one. */
void rl_emit_remove_last(FunctionState *function);
/* The last instruction, or NULL when something may jump behind it. */
Instruction *rl_emit_previous(FunctionState *function);
void rl_emit_nil(FunctionState *function, uint32_t first, uint32_t count);
/* Loads constant `index` into the register. */
uint32_t rl_emit_constant(FunctionState *function, uint32_t reg, uint32_t index);
void rl_emit_return(FunctionState *function, uint32_t first, int count);
/* When the code is complete: threads jumps, makes returns close variables where the function needs it. */
void rl_emit_finish(FunctionState *function);

static inline uint32_t emit_abc(FunctionState *function, Opcode op, uint32_t a, uint32_t b, uint32_t c) {
  return rl_emit(function, instruction_abc(op, a, b, c));
}
static inline Instruction *code_at(FunctionState *function, uint32_t pc) {
  return &function->prototype->code[pc];
}
static inline void code_set_a(FunctionState *function, uint32_t pc, uint32_t a) {
  Instruction *word = code_at(function, pc);
  *word = (*word & ~(Instruction)0xff00) | a << 8;
}
static inline void code_set_b(FunctionState *function, uint32_t pc, uint32_t b) {
  Instruction *word = code_at(function, pc);
  *word = (*word & ~(Instruction)0xff0000) | b << 16;
}
static inline void code_set_c(FunctionState *function, uint32_t pc, uint32_t c) {
  Instruction *word = code_at(function, pc);
  *word = (*word & ~(Instruction)0xff000000) | c << 24;
}
static inline void code_set_op(FunctionState *function, uint32_t pc, Opcode op) {
  Instruction *word = code_at(function, pc);
  *word = (*word & ~(Instruction)0xff) | op;
}

/* ---- constants.c: index of the constant in the function; equal ones share it. May allocate, raise. ---- */

uint32_t rl_constant_string(FunctionState *function, String *string);
uint32_t rl_constant_integer(FunctionState *function, int64_t integer);
uint32_t rl_constant_float(FunctionState *function, double number);
/* Of a literal. */
uint32_t rl_constant_literal(FunctionState *function, const Expression *e);
/* The value of a literal or folded variable; false for other expressions. */
bool rl_expression_constant(FunctionState *function, const Expression *e, Value *value);
/* The literal for a constant's value. */
Expression rl_expression_of_value(const Value *value);

/* ---- registers.c ---- */

/* Notes that `count` registers above the used ones are needed. Raises "function or expression needs too many
 * registers". */
void rl_registers_check(FunctionState *function, uint32_t count);
void rl_registers_reserve(FunctionState *function, uint32_t count);
/* Frees the register(s) of the expression when they are temporary. */
void rl_expression_free(FunctionState *function, const Expression *e);
void rl_expressions_free(FunctionState *function, const Expression *a, const Expression *b);
/* Variables, places, calls become values: REGISTER or PENDING. */
void rl_expression_settle(FunctionState *function, Expression *e);
/* Into the next free register. */
void rl_expression_to_next(FunctionState *function, Expression *e);
/* Into some register; returns it. */
uint32_t rl_expression_to_register(FunctionState *function, Expression *e);
/* Into some register without the jumps of the expression being resolved; for tests. */
uint32_t rl_expression_to_register_open(FunctionState *function, Expression *e);
/* Settled, in a register when it has jumps. */
void rl_expression_to_value(FunctionState *function, Expression *e);
/* A table that is indexed may stay an upvalue. */
void rl_expression_to_table(FunctionState *function, Expression *e);
/* A literal with a constant index of 8 bits (returned in *index): true; else it is in the register *index. */
bool rl_expression_to_operand(FunctionState *function, Expression *e, uint32_t *index);
/* An open expression (call, vararg) gives that many values, ALL_VALUES: all. */
void rl_expression_set_count(FunctionState *function, Expression *e, int count);
/* variable/place := e */
void rl_expression_store(FunctionState *function, const Expression *place, Expression *e);
/* `table` becomes table[key]; both have been prepared (to_table, to_value). */
void rl_expression_index(FunctionState *function, Expression *table, Expression *key);
/* `object` becomes the method in its register, the object behind it. */
void rl_expression_method(FunctionState *function, Expression *object, String *name);

/* ---- jumps.c ---- */

/* A JMP to an open target. */
uint32_t rl_jump_emit(FunctionState *function);
/* A JMP back to pc. */
void rl_jump_back(FunctionState *function, uint32_t target);
/* Marks the current position as a target and returns it. */
uint32_t rl_jump_here(FunctionState *function);
/* Appends `list` to `*more`, which is walked: let it be the short one. */
void rl_jump_join(FunctionState *function, uint32_t *more, uint32_t list);
/* All jumps of the list go to `target`; values of TESTSETs are dropped. */
void rl_jump_resolve(FunctionState *function, uint32_t list, uint32_t target);
void rl_jump_resolve_here(FunctionState *function, uint32_t list);
/* Jumps that carry a value store it in `reg` and go to `with_value`; the others go to `without`. */
void rl_jump_resolve_values(FunctionState *function, uint32_t list, uint32_t reg, uint32_t with_value,
                            uint32_t without);
/* True when some jump of the list carries no value. */
bool rl_jump_needs_value(FunctionState *function, uint32_t list);
void rl_jump_drop_values(FunctionState *function, uint32_t list);
/* Sets the target of one jump (JMP, conditional, for). */
void rl_jump_set_target(FunctionState *function, uint32_t pc, uint32_t target);
/* A conditional jump is emitted (the X word is open). */
uint32_t rl_jump_emit_conditional(FunctionState *function, Opcode op, uint32_t a, uint32_t b);
/* Goes on when the expression is true (false); the jumps of the other case are in e->when_false (when_true). */
void rl_jump_unless(FunctionState *function, Expression *e);
void rl_jump_if(FunctionState *function, Expression *e);

/* ---- operators.c ---- */

typedef enum UnaryOperator { UNARY_MINUS, UNARY_BNOT, UNARY_NOT, UNARY_LENGTH, UNARY_NONE } UnaryOperator;

/* The first twelve in the order of opcodes.def. */
typedef enum BinaryOperator {
  BINARY_ADD,
  BINARY_SUB,
  BINARY_MUL,
  BINARY_MOD,
  BINARY_POW,
  BINARY_DIV,
  BINARY_IDIV,
  BINARY_BAND,
  BINARY_BOR,
  BINARY_BXOR,
  BINARY_SHL,
  BINARY_SHR,
  BINARY_CONCAT,
  BINARY_EQ,
  BINARY_LT,
  BINARY_LE,
  BINARY_NE,
  BINARY_GT,
  BINARY_GE,
  BINARY_AND,
  BINARY_OR,
  BINARY_NONE
} BinaryOperator;

void rl_operator_unary(FunctionState *function, UnaryOperator op, Expression *e, int line);
/* The left operand has been parsed, the right one not yet. */
void rl_operator_left(FunctionState *function, BinaryOperator op, Expression *left);
/* `left` becomes the result. */
void rl_operator_binary(FunctionState *function, BinaryOperator op, Expression *left, Expression *right, int line);

/* fold.c: replaces `left` by the value when it can be computed now as it would be at run time. */
bool rl_fold_binary(BinaryOperator op, Expression *left, const Expression *right);
bool rl_fold_unary(UnaryOperator op, Expression *e);

#endif

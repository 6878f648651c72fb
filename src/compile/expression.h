/* What the compiler knows about an expression whose value is not in a register yet.
 *
 * Code is emitted as late as possible: `1 + 2`, `t.x`, `a < b` are only described when they have been parsed; how they
 * are used decides what is emitted. An expression also carries two lists of conditional jumps that have been emitted
 * already and whose targets are still open: those taken when it is known to be true (left operands of `or`) and to be
 * false (left operands of `and`). */
#ifndef RL_COMPILE_EXPRESSION_H
#define RL_COMPILE_EXPRESSION_H

#include "value/function.h"

typedef enum ExpressionKind {
  EXPR_NONE, /* an empty list */
  /* literals; their order matters to rl_expression_is_literal */
  EXPR_NIL,
  EXPR_FALSE,
  EXPR_TRUE,
  EXPR_INTEGER,
  EXPR_FLOAT,
  EXPR_STRING,
  EXPR_FOLDED,   /* a constant variable whose value is known: `at` is its index among the variables */
  EXPR_REGISTER, /* in register `at` */
  EXPR_LOCAL,    /* a local variable: register `at`, index `variable` */
  EXPR_UPVALUE,  /* upvalue `at` */
  /* places: table and key */
  EXPR_GLOBAL,    /* upvalue `table`, constant `key` */
  EXPR_FIELD,     /* register `table`, constant `key` (a short string) */
  EXPR_ELEMENT,   /* register `table`, integer `key` */
  EXPR_INDEXED,   /* register `table`, register `key` */
  EXPR_CONDITION, /* the conditional jump at `at` is taken when it is true */
  EXPR_PENDING,   /* the instruction at `at` computes it; its A is still open */
  EXPR_CALL,      /* the CALL at `at` */
  EXPR_VARARG     /* the VARARG at `at` */
} ExpressionKind;

#define NOWHERE UINT32_MAX /* the empty list of jumps; no instruction */

typedef struct Expression {
  ExpressionKind kind;
  uint32_t when_true;
  uint32_t when_false;
  union {
    int64_t integer;
    double number;
    String *string;
    struct {
      uint32_t at;
      uint32_t variable;
    };
    struct {
      uint32_t table;
      uint32_t key;
    };
  };
} Expression;

static inline Expression expression_at(ExpressionKind kind, uint32_t at) {
  return (Expression){.kind = kind, .when_true = NOWHERE, .when_false = NOWHERE, .at = at};
}
static inline Expression expression_of(ExpressionKind kind) {
  return expression_at(kind, 0);
}
static inline bool expression_has_jumps(const Expression *e) {
  return e->when_true != e->when_false;
}
static inline bool expression_is_open(const Expression *e) {
  return e->kind == EXPR_CALL || e->kind == EXPR_VARARG;
}
static inline bool expression_is_literal(const Expression *e) {
  return e->kind >= EXPR_NIL && e->kind <= EXPR_STRING && !expression_has_jumps(e);
}
static inline bool expression_is_numeral(const Expression *e) {
  return (e->kind == EXPR_INTEGER || e->kind == EXPR_FLOAT) && !expression_has_jumps(e);
}
static inline bool expression_is_small_integer(const Expression *e) {
  return e->kind == EXPR_INTEGER && !expression_has_jumps(e) && e->integer >= -128 && e->integer <= 127;
}

#endif

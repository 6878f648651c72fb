/* From descriptions to values in registers. Registers are a stack: variables below, temporaries above, freed in reverse
 * order. */
#include <math.h>

#include "base/config.h"
#include "compile/emit.h"

void rl_registers_check(FunctionState *function, uint32_t count) {
  uint32_t needed = function->free_register + count;
  if (needed <= function->prototype->max_stack) return;
  if (needed >= RL_MAX_REGISTERS)
    rl_syntax_error(&function->compiler->lexer, "function or expression needs too many registers");
  function->prototype->max_stack = (uint8_t)needed;
}

void rl_registers_reserve(FunctionState *function, uint32_t count) {
  rl_registers_check(function, count);
  function->free_register += count;
}

static void free_register(FunctionState *function, uint32_t reg) {
  if (reg >= active_registers(function)) function->free_register = reg;
}

static void free_two(FunctionState *function, uint32_t a, uint32_t b) {
  free_register(function, a > b ? a : b);
  free_register(function, a > b ? b : a);
}

void rl_expression_free(FunctionState *function, const Expression *e) {
  if (e->kind == EXPR_REGISTER) free_register(function, e->at);
}

void rl_expressions_free(FunctionState *function, const Expression *a, const Expression *b) {
  if (a->kind == EXPR_REGISTER && b->kind == EXPR_REGISTER) {
    free_two(function, a->at, b->at);
  } else {
    rl_expression_free(function, a);
    rl_expression_free(function, b);
  }
}

/* ---- values ---- */

static void become(Expression *e, ExpressionKind kind, uint32_t at) {
  e->kind = kind;
  e->at = at;
}

static void become_pending(FunctionState *function, Expression *e, Opcode op, uint32_t b, uint32_t c) {
  become(e, EXPR_PENDING, emit_abc(function, op, 0, b, c));
}

static void read_field(FunctionState *function, Expression *e, Opcode op) {
  Instruction field = e->key;
  become(e, EXPR_PENDING, rl_emit_with_extra(function, instruction_abc(op, 0, e->table, 0), field));
}

static void become_folded_value(FunctionState *function, Expression *e) {
  Expression literal = rl_expression_of_value(&function->compiler->variables[e->at].value);
  literal.when_true = e->when_true;
  literal.when_false = e->when_false;
  *e = literal;
}

void rl_expression_settle(FunctionState *function, Expression *e) {
  switch (e->kind) {
    case EXPR_FOLDED: become_folded_value(function, e); break;
    case EXPR_LOCAL: e->kind = EXPR_REGISTER; break;
    case EXPR_UPVALUE: become_pending(function, e, OP_GETUPVAL, e->at, 0); break;
    case EXPR_GLOBAL: read_field(function, e, OP_GETTABUP); break;
    case EXPR_FIELD:
      free_register(function, e->table);
      read_field(function, e, OP_GETFIELD);
      break;
    case EXPR_ELEMENT:
      free_register(function, e->table);
      become_pending(function, e, OP_GETINT, e->table, e->key);
      break;
    case EXPR_INDEXED:
      free_two(function, e->table, e->key);
      become_pending(function, e, OP_GETTABLE, e->table, e->key);
      break;
    case EXPR_CALL: become(e, EXPR_REGISTER, instruction_a(*code_at(function, e->at))); break;
    case EXPR_VARARG:
      code_set_b(function, e->at, 2);
      e->kind = EXPR_PENDING;
      break;
    default: break;
  }
}

static void load_integer(FunctionState *function, uint32_t reg, int64_t integer) {
  if (integer >= INT16_MIN && integer <= INT16_MAX)
    rl_emit(function, instruction_abx(OP_LOADI, reg, (uint16_t)integer));
  else
    rl_emit_constant(function, reg, rl_constant_integer(function, integer));
}

static void load_float(FunctionState *function, uint32_t reg, double number) {
  if (number >= INT16_MIN && number <= INT16_MAX && number == floor(number) && !signbit(number == 0 ? number : 1))
    rl_emit(function, instruction_abx(OP_LOADF, reg, (uint16_t)(int16_t)number));
  else
    rl_emit_constant(function, reg, rl_constant_float(function, number));
}

/* The value without its jumps; a condition is left as it is. */
static void load_into(FunctionState *function, Expression *e, uint32_t reg) {
  rl_expression_settle(function, e);
  switch (e->kind) {
    case EXPR_NIL: rl_emit_nil(function, reg, 1); break;
    case EXPR_FALSE: emit_abc(function, OP_LOADFALSE, reg, 0, 0); break;
    case EXPR_TRUE: emit_abc(function, OP_LOADTRUE, reg, 0, 0); break;
    case EXPR_INTEGER: load_integer(function, reg, e->integer); break;
    case EXPR_FLOAT: load_float(function, reg, e->number); break;
    case EXPR_STRING: rl_emit_constant(function, reg, rl_constant_string(function, e->string)); break;
    case EXPR_PENDING: code_set_a(function, e->at, reg); break;
    case EXPR_REGISTER:
      if (e->at != reg) emit_abc(function, OP_MOVE, reg, e->at, 0);
      break;
    default: return;
  }
  become(e, EXPR_REGISTER, reg);
}

uint32_t rl_expression_to_register_open(FunctionState *function, Expression *e) {
  if (e->kind != EXPR_REGISTER) {
    rl_registers_reserve(function, 1);
    load_into(function, e, function->free_register - 1);
  }
  return e->at;
}

/* Jumps that carry no value need places where `false` and `true` are loaded. */
static void join_jumps(FunctionState *function, Expression *e, uint32_t reg) {
  uint32_t load_false = NOWHERE, load_true = NOWHERE;
  if (rl_jump_needs_value(function, e->when_true) || rl_jump_needs_value(function, e->when_false)) {
    uint32_t skip = e->kind == EXPR_CONDITION ? NOWHERE : rl_jump_emit(function);
    load_false = rl_jump_here(function);
    emit_abc(function, OP_FALSESKIP, reg, 0, 0);
    load_true = rl_jump_here(function);
    emit_abc(function, OP_LOADTRUE, reg, 0, 0);
    rl_jump_resolve_here(function, skip);
  }
  uint32_t end = rl_jump_here(function);
  rl_jump_resolve_values(function, e->when_false, reg, end, load_false);
  rl_jump_resolve_values(function, e->when_true, reg, end, load_true);
}

/* The complete value in that very register. */
static void to_given_register(FunctionState *function, Expression *e, uint32_t reg) {
  load_into(function, e, reg);
  if (e->kind == EXPR_CONDITION) {
    uint32_t jump = e->at;
    rl_jump_join(function, &jump, e->when_true);
    e->when_true = jump;
  }
  if (expression_has_jumps(e)) join_jumps(function, e, reg);
  *e = expression_at(EXPR_REGISTER, reg);
}

void rl_expression_to_next(FunctionState *function, Expression *e) {
  rl_expression_settle(function, e);
  rl_expression_free(function, e);
  rl_registers_reserve(function, 1);
  to_given_register(function, e, function->free_register - 1);
}

uint32_t rl_expression_to_register(FunctionState *function, Expression *e) {
  rl_expression_settle(function, e);
  if (e->kind == EXPR_REGISTER) {
    if (!expression_has_jumps(e)) return e->at;
    if (e->at >= active_registers(function)) { /* a temporary may be overwritten by the other outcomes */
      to_given_register(function, e, e->at);
      return e->at;
    }
  }
  rl_expression_to_next(function, e);
  return e->at;
}

void rl_expression_to_value(FunctionState *function, Expression *e) {
  if (expression_has_jumps(e))
    rl_expression_to_register(function, e);
  else
    rl_expression_settle(function, e);
}

void rl_expression_to_table(FunctionState *function, Expression *e) {
  if (e->kind != EXPR_UPVALUE || expression_has_jumps(e)) rl_expression_to_register(function, e);
}

bool rl_expression_to_operand(FunctionState *function, Expression *e, uint32_t *index) {
  rl_expression_settle(function, e);
  if (expression_is_literal(e)) {
    *index = rl_constant_literal(function, e);
    if (*index <= MAX_OPERAND) return true;
  }
  *index = rl_expression_to_register(function, e);
  return false;
}

void rl_expression_set_count(FunctionState *function, Expression *e, int count) {
  if (e->kind == EXPR_CALL) {
    code_set_c(function, e->at, (uint32_t)(count + 1));
  } else {
    code_set_b(function, e->at, (uint32_t)(count + 1));
    code_set_a(function, e->at, function->free_register);
    rl_registers_reserve(function, 1);
  }
}

/* ---- places ---- */

static void store_field(FunctionState *function, Opcode op, const Expression *place, Expression *e) {
  uint32_t operand;
  bool is_constant = rl_expression_to_operand(function, e, &operand);
  Opcode with_constant = op == OP_SETTABUP ? OP_SETTABUPK : OP_SETFIELDK;
  Instruction field = place->key;
  rl_emit_with_extra(function, instruction_abc(is_constant ? with_constant : op, place->table, operand, 0), field);
}

static void store_indexed(FunctionState *function, Opcode op, Opcode with_constant, const Expression *place,
                          Expression *e) {
  uint32_t operand;
  bool is_constant = rl_expression_to_operand(function, e, &operand);
  emit_abc(function, is_constant ? with_constant : op, place->table, place->key, operand);
}

void rl_expression_store(FunctionState *function, const Expression *place, Expression *e) {
  switch (place->kind) {
    case EXPR_LOCAL:
      rl_expression_free(function, e);
      to_given_register(function, e, place->at);
      return;
    case EXPR_UPVALUE: emit_abc(function, OP_SETUPVAL, rl_expression_to_register(function, e), place->at, 0); break;
    case EXPR_GLOBAL: store_field(function, OP_SETTABUP, place, e); break;
    case EXPR_FIELD: store_field(function, OP_SETFIELD, place, e); break;
    case EXPR_ELEMENT: store_indexed(function, OP_SETINT, OP_SETINTK, place, e); break;
    default: store_indexed(function, OP_SETTABLE, OP_SETTABLEK, place, e); break;
  }
  rl_expression_free(function, e);
}

void rl_expression_index(FunctionState *function, Expression *table, Expression *key) {
  bool is_field = key->kind == EXPR_STRING && !expression_has_jumps(key) && string_is_short(key->string);
  uint32_t index = is_field ? rl_constant_string(function, key->string) : 0;
  is_field = is_field && index <= UINT16_MAX;
  bool is_global = is_field && table->kind == EXPR_UPVALUE;
  if (table->kind == EXPR_UPVALUE && !is_field) rl_expression_to_register(function, table);
  uint32_t holder = table->at;
  if (is_field) {
    table->kind = is_global ? EXPR_GLOBAL : EXPR_FIELD;
  } else if (key->kind == EXPR_INTEGER && !expression_has_jumps(key) && key->integer >= 0 &&
             key->integer <= MAX_OPERAND) {
    table->kind = EXPR_ELEMENT;
    index = (uint32_t)key->integer;
  } else {
    table->kind = EXPR_INDEXED;
    index = rl_expression_to_register(function, key);
  }
  table->table = holder;
  table->key = index;
}

void rl_expression_method(FunctionState *function, Expression *object, String *name) {
  uint32_t self = rl_expression_to_register(function, object);
  rl_expression_free(function, object);
  uint32_t base = function->free_register;
  rl_registers_reserve(function, 2);
  uint32_t constant = rl_constant_string(function, name);
  if (string_is_short(name) && constant <= UINT16_MAX) {
    Instruction field = constant;
    rl_emit_with_extra(function, instruction_abc(OP_SELF, base, self, 0), field);
  } else {
    emit_abc(function, OP_MOVE, base + 1, self, 0);
    rl_emit_constant(function, base, constant);
    emit_abc(function, OP_GETTABLE, base, base + 1, base);
  }
  *object = expression_at(EXPR_REGISTER, base);
}

/* Table constructors. Items of the list part wait in registers and are stored some dozens at a time. */
#include <limits.h>

#include "compile/parser.h"

typedef struct Constructor {
  Expression table;
  Expression item;  /* the last item of the list, not in a register yet; NONE: there is none */
  uint32_t waiting; /* items of the list that are not stored, `item` included */
  uint32_t stored;
  uint32_t fields;
} Constructor;

void rl_parse_index(Compiler *compiler, Expression *key) {
  rl_lexer_next(&compiler->lexer);
  *key = rl_parse_expression(compiler);
  rl_expression_to_value(compiler->function, key);
  rl_parse_expect(compiler, ']');
}

/* `count` may be ALL_VALUES. */
static void store_items(FunctionState *function, Constructor *constructor, int count) {
  uint32_t base = constructor->table.at;
  rl_emit_with_extra(function, instruction_abc(OP_SETLIST, base, (uint32_t)(count + 1), 0), constructor->stored);
  function->free_register = base + 1;
}

/* Another item or the end comes: the item goes to a register. */
static void settle_item(FunctionState *function, Constructor *constructor) {
  if (constructor->item.kind == EXPR_NONE) return;
  rl_expression_to_next(function, &constructor->item);
  constructor->item.kind = EXPR_NONE;
  if (constructor->waiting < ITEMS_PER_SETLIST) return;
  store_items(function, constructor, (int)constructor->waiting);
  constructor->stored += constructor->waiting;
  constructor->waiting = 0;
}

static void finish_items(FunctionState *function, Constructor *constructor) {
  if (constructor->waiting == 0) return;
  if (expression_is_open(&constructor->item)) {
    rl_expression_set_count(function, &constructor->item, ALL_VALUES);
    store_items(function, constructor, ALL_VALUES);
    constructor->waiting--; /* nobody knows how many they are */
  } else {
    if (constructor->item.kind != EXPR_NONE) rl_expression_to_next(function, &constructor->item);
    store_items(function, constructor, (int)constructor->waiting);
  }
  constructor->stored += constructor->waiting;
}

static void parse_record_field(Compiler *compiler, Constructor *constructor) {
  FunctionState *function = compiler->function;
  uint32_t free_register = function->free_register;
  Expression key = expression_of(EXPR_STRING), place = constructor->table;
  if (current_token(compiler) == TOKEN_NAME)
    key.string = rl_parse_name(compiler);
  else
    rl_parse_index(compiler, &key);
  constructor->fields++;
  rl_parse_expect(compiler, '=');
  rl_expression_index(function, &place, &key);
  Expression value = rl_parse_expression(compiler);
  rl_expression_store(function, &place, &value);
  function->free_register = free_register;
}

static void parse_item(Compiler *compiler, Constructor *constructor) {
  int kind = current_token(compiler);
  uint32_t items = constructor->stored + constructor->waiting + constructor->fields;
  rl_limit_check(compiler->function, items, INT_MAX - 1, "items in a constructor");
  if (kind == '[' || (kind == TOKEN_NAME && rl_lexer_peek(&compiler->lexer) == '=')) {
    parse_record_field(compiler, constructor);
  } else {
    constructor->item = rl_parse_expression(compiler);
    constructor->waiting++;
  }
}

/* The number itself, or 128 and the logarithm of the next power of two. */
static uint32_t encode_fields(uint32_t fields) {
  uint32_t power = 0;
  if (fields < 128) return fields;
  while ((UINT64_C(1) << power) < fields) power++;
  return 128 + power;
}

Expression rl_parse_constructor(Compiler *compiler) {
  FunctionState *function = compiler->function;
  int line = compiler->lexer.line;
  uint32_t pc = rl_emit_with_extra(function, instruction_abc(OP_NEWTABLE, 0, 0, 0), 0);
  Constructor constructor = {.table = expression_at(EXPR_REGISTER, function->free_register),
                             .item = expression_of(EXPR_NONE)};
  rl_registers_reserve(function, 1);
  code_set_a(function, pc, constructor.table.at);
  rl_parse_expect(compiler, '{');
  while (current_token(compiler) != '}') {
    settle_item(function, &constructor);
    parse_item(compiler, &constructor);
    if (!rl_parse_accept(compiler, ',') && !rl_parse_accept(compiler, ';')) break;
  }
  rl_parse_close(compiler, '}', '{', line);
  finish_items(function, &constructor);
  code_set_b(function, pc, encode_fields(constructor.fields));
  if (constructor.stored == 0) code_set_c(function, pc, 1);
  *code_at(function, pc + 1) = constructor.stored;
  return constructor.table;
}

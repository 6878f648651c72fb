/* Symbolic execution, a very small one: walk the code from the beginning to the instruction in question and remember
 * the last one that wrote the register. A write inside a region that a forward jump can skip tells nothing after the
 * region's end, unless it is the only way to get there; as in every such scheme, "unknown" is the answer when in doubt.
 */
#include "vm/register_name.h"

#include <string.h>

#include "bytecode/encode.h"
#include "object/functions.h"
#include "object/metatable.h"
#include "value/string.h"

#define NOWHERE UINT32_MAX

static bool writes_group(Instruction word, uint32_t reg) {
  uint32_t a = instruction_a(word);
  switch (instruction_op(word)) {
    case OP_LOADNIL: return reg >= a && reg < a + instruction_b(word);
    case OP_SELF: return reg == a || reg == a + 1;
    case OP_TFORCALL: return reg >= a + 4;
    case OP_FORPREP:
    case OP_FORLOOP: return reg >= a && reg <= a + 3;
    case OP_TFORLOOP: return reg == a + 2;
    case OP_CALL:
    case OP_TAILCALL:
    case OP_VARARG:
    case OP_CONCAT: return reg >= a;
    default: return false;
  }
}

static bool writes(Instruction word, uint32_t reg) {
  uint8_t kind = rl_opcodes[instruction_op(word)].a;
  return kind == OPERAND_RG ? writes_group(word, reg) : kind == OPERAND_WR && instruction_a(word) == reg;
}

/* Where the instruction at `pc` may jump to, forward or backward; NOWHERE when it does not. */
static uint32_t jump_target(const Prototype *prototype, uint32_t pc) {
  Instruction word = prototype->code[pc];
  const OpcodeInfo *info = &rl_opcodes[instruction_op(word)];
  if (info->a == OPERAND_SJ) return pc + 1 + (uint32_t)instruction_jump(word);
  if (info->x == OPERAND_X_JUMP) return pc + 2 + prototype->code[pc + 1];
  if (info->flow == FLOW_SKIP) return pc + 2;
  return NOWHERE;
}

/* First word of the instruction that `pc` belongs to. */
static uint32_t instruction_start(const Prototype *prototype, uint32_t pc) {
  uint32_t start = 0;
  for (;;) {
    uint32_t next = start + instruction_words(prototype->code[start]);
    if (next > pc) return start;
    start = next;
  }
}

/* The instruction before `last` (the start of one) whose result the register holds there. */
static uint32_t find_writer(const Prototype *prototype, uint32_t last, uint32_t reg) {
  uint32_t writer = NOWHERE;
  uint32_t region_end = 0; /* code before this address may have been jumped over */
  for (uint32_t pc = 0; pc < last; pc += instruction_words(prototype->code[pc])) {
    uint32_t target = jump_target(prototype, pc);
    if (target != NOWHERE && target > pc && target <= last && target > region_end) region_end = target;
    if (writes(prototype->code[pc], reg)) writer = pc < region_end ? NOWHERE : pc;
  }
  return writer;
}

const char *rl_upvalue_name(const Prototype *prototype, uint32_t index) {
  const String *name = prototype->upvalues[index].name;
  return name == NULL ? "?" : string_bytes(name);
}

static const char *constant_name(const Prototype *prototype, uint32_t index) {
  const Value *constant = &prototype->constants[index];
  return value_is_string(constant) ? string_bytes(value_string(constant)) : "?";
}

static const char *field_or_global(bool of_environment) {
  return of_environment ? "global" : "field";
}

static const char *plain_name(const Prototype *prototype, uint32_t pc, uint32_t reg, const char **name);

static bool is_environment_register(const Prototype *prototype, uint32_t pc, uint32_t reg) {
  const char *name = NULL;
  const char *kind = plain_name(prototype, pc, reg, &name);
  return kind != NULL && strcmp(kind, "constant") != 0 && strcmp(name, "_ENV") == 0;
}

/* The key of a GETTABLE when it is known to be a constant string. */
static const char *key_name(const Prototype *prototype, uint32_t pc, uint32_t reg) {
  const char *name = NULL;
  const char *kind = plain_name(prototype, pc, reg, &name);
  return kind != NULL && strcmp(kind, "constant") == 0 ? name : "?";
}

static const char *loaded_constant(const Prototype *prototype, uint32_t index, const char **name) {
  if (!value_is_string(&prototype->constants[index])) return NULL;
  *name = constant_name(prototype, index);
  return "constant";
}

/* Kind and name of what an instruction produced that reads no table. */
static const char *plain_product(const Prototype *prototype, uint32_t pc, const char **name) {
  Instruction word = prototype->code[pc];
  switch (instruction_op(word)) {
    case OP_GETUPVAL: *name = rl_upvalue_name(prototype, instruction_b(word)); return "upvalue";
    case OP_LOADK: return loaded_constant(prototype, instruction_bx(word), name);
    case OP_LOADKX: return loaded_constant(prototype, prototype->code[pc + 1], name);
    default: return NULL;
  }
}

/* Name of the local variable in the register, or *writer: the instruction that its value comes from, behind all moves
 * (a move to a lower register is the end of a block, and tells nothing). */
static const char *trace(const Prototype *prototype, uint32_t pc, uint32_t reg, uint32_t *writer) {
  for (;;) {
    const char *local = rl_prototype_local_name(prototype, (int)reg + 1, pc);
    if (local != NULL) return local;
    *writer = find_writer(prototype, instruction_start(prototype, pc), reg);
    if (*writer == NOWHERE || instruction_op(prototype->code[*writer]) != OP_MOVE) return NULL;
    pc = *writer;
    if (instruction_b(prototype->code[pc]) >= reg) {
      *writer = NOWHERE;
      return NULL;
    }
    reg = instruction_b(prototype->code[pc]);
  }
}

/* As rl_register_name, but blind for what comes out of tables. The table and the key of an access are asked with it:
 * otherwise a chunk that indexes the same register again and again would make two questions of each. */
static const char *plain_name(const Prototype *prototype, uint32_t pc, uint32_t reg, const char **name) {
  uint32_t writer;
  *name = trace(prototype, pc, reg, &writer);
  if (*name != NULL) return "local";
  return writer == NOWHERE ? NULL : plain_product(prototype, writer, name);
}

/* Kind and name of what the instruction at `pc` produced. */
static const char *product_name(const Prototype *prototype, uint32_t pc, const char **name) {
  Instruction word = prototype->code[pc];
  switch (instruction_op(word)) {
    case OP_GETTABUP:
      *name = constant_name(prototype, field_constant(prototype->code[pc + 1]));
      return field_or_global(strcmp(rl_upvalue_name(prototype, instruction_b(word)), "_ENV") == 0);
    case OP_GETTABLE:
      *name = key_name(prototype, pc, instruction_c(word));
      return field_or_global(is_environment_register(prototype, pc, instruction_b(word)));
    case OP_GETINT: *name = "integer index"; return "field";
    case OP_GETFIELD:
      *name = constant_name(prototype, field_constant(prototype->code[pc + 1]));
      return field_or_global(is_environment_register(prototype, pc, instruction_b(word)));
    case OP_SELF: *name = constant_name(prototype, field_constant(prototype->code[pc + 1])); return "method";
    default: return plain_product(prototype, pc, name);
  }
}

const char *rl_register_name(const Prototype *prototype, uint32_t pc, uint32_t reg, const char **name) {
  uint32_t writer;
  *name = trace(prototype, pc, reg, &writer);
  if (*name != NULL) return "local";
  return writer == NOWHERE ? NULL : product_name(prototype, writer, name);
}

/* The event that an instruction may call a metamethod for; EVENT_COUNT: none. */
static Event instruction_event(Opcode op) {
  if (op >= OP_ADD && op <= OP_SHRKR) return (Event)(EVENT_ADD + (op - OP_ADD) % (OP_SHR - OP_ADD + 1));
  switch (op) {
    case OP_SELF:
    case OP_GETTABUP:
    case OP_GETTABLE:
    case OP_GETINT:
    case OP_GETFIELD: return EVENT_INDEX;
    case OP_SETTABUP:
    case OP_SETTABUPK:
    case OP_SETTABLE:
    case OP_SETTABLEK:
    case OP_SETINT:
    case OP_SETINTK:
    case OP_SETFIELD:
    case OP_SETFIELDK: return EVENT_NEWINDEX;
    case OP_ADDI: return EVENT_ADD;
    case OP_SUBI: return EVENT_SUB;
    case OP_UNM: return EVENT_UNM;
    case OP_BNOT: return EVENT_BNOT;
    case OP_LEN: return EVENT_LEN;
    case OP_CONCAT: return EVENT_CONCAT;
    case OP_EQ:
    case OP_NE: return EVENT_EQ;
    case OP_LT:
    case OP_NLT:
    case OP_LTI:
    case OP_NLTI:
    case OP_GTI:
    case OP_NGTI: return EVENT_LT;
    case OP_LE:
    case OP_NLE:
    case OP_LEI:
    case OP_NLEI:
    case OP_GEI:
    case OP_NGEI: return EVENT_LE;
    case OP_CLOSE:
    case OP_RETURN: return EVENT_CLOSE;
    default: return EVENT_COUNT;
  }
}

const char *rl_called_name(const Prototype *prototype, uint32_t pc, const char **name) {
  static const char *const event_names[] = {
#define M(event, text) text,
    METAMETHODS(M)
#undef M
  };
  uint32_t start = instruction_start(prototype, pc);
  Instruction word = prototype->code[start];
  Opcode op = instruction_op(word);
  if (op == OP_CALL || op == OP_TAILCALL) return rl_register_name(prototype, pc, instruction_a(word), name);
  if (op == OP_TFORCALL) return *name = "for iterator";
  Event event = instruction_event(op);
  if (event == EVENT_COUNT) return NULL;
  *name = event_names[event] + 2;
  return "metamethod";
}

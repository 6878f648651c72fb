/* Checking of bytecode that was not made by our compiler in this process.
 *
 * The interpreter trusts its code: registers lie in the frame, constants and upvalues exist, jumps land on
 * instructions, a field's constant is a short string. This is the list of what it trusts, checked once when a chunk is
 * loaded:
 *  - every word belongs to a known instruction, the last one does not fall off the end, jumps land on first words of
 * instructions;
 *  - every operand is in range, by its kind in opcodes.def; groups of registers lie in the frame;
 *  - whoever consumes an open list of values stands right behind the instruction that leaves it, above its own
 * registers, and is no jump target; the test of a generic loop stands so behind its call;
 *  - a function that captures its registers in closures or has variables to be closed leaves only by instructions that
 * close. What registers hold is not checked: handlers look at tags before they look at payloads, and a stack slot never
 * dangles (value/thread.h). */
#include "bytecode/dump.h"
#include "bytecode/encode.h"
#include "heap/account.h"

#define IS_START  1u
#define IS_TARGET 2u

typedef struct Verifier {
  const Prototype *prototype;
  uint8_t *marks; /* for each word: IS_* */
  bool must_close;
  const char *fault;
} Verifier;

static bool fails(Verifier *verifier, bool good, const char *fault) {
  if (!good && verifier->fault == NULL) verifier->fault = fault;
  return !good;
}

/* ---- first pass: where instructions begin ---- */

static void find_starts(Verifier *verifier) {
  const Prototype *prototype = verifier->prototype;
  uint32_t pc = 0;
  Opcode last = OP_MOVE;
  while (pc < prototype->code_count) {
    last = (Opcode)(prototype->code[pc] & 0xff); /* (a chunk has no fused instructions) */
    if (fails(verifier, (uint32_t)last < OPCODE_COUNT, "invalid instruction")) return;
    verifier->marks[pc] = IS_START;
    pc += rl_opcodes[last].words;
  }
  fails(verifier, pc == prototype->code_count, "truncated instruction");
  fails(verifier, rl_opcodes[last].flow == FLOW_END || last == OP_JMP, "function without return");
}

static void mark_target(Verifier *verifier, int64_t target) {
  bool good = target >= 0 && target < verifier->prototype->code_count && (verifier->marks[target] & IS_START);
  if (!fails(verifier, good, "jump to nowhere")) verifier->marks[target] |= IS_TARGET;
}

static void find_targets(Verifier *verifier, uint32_t pc) {
  Instruction word = verifier->prototype->code[pc];
  const OpcodeInfo *info = &rl_opcodes[instruction_op(word)];
  if (info->a == OPERAND_SJ) mark_target(verifier, (int64_t)pc + 1 + instruction_jump(word));
  if (info->x == OPERAND_X_JUMP) mark_target(verifier, (int64_t)pc + 2 + (int32_t)verifier->prototype->code[pc + 1]);
  if (info->flow == FLOW_SKIP) mark_target(verifier, (int64_t)pc + 2);
}

/* ---- second pass: operands ---- */

static bool is_constant(const Prototype *prototype, uint32_t index) {
  return index < prototype->constant_count;
}

static bool operand_is_valid(const Prototype *prototype, uint8_t kind, uint32_t operand, Instruction word) {
  switch ((OperandKind)kind) {
    case OPERAND_NONE: return operand == 0;
    case OPERAND_WR:
    case OPERAND_RD:
    case OPERAND_RW:
    case OPERAND_RG: return operand < prototype->max_stack;
    case OPERAND_UPV: return operand < prototype->upvalue_count;
    case OPERAND_FLAG: return operand <= 1;
    case OPERAND_K: return is_constant(prototype, operand);
    case OPERAND_KS: return is_constant(prototype, operand) && value_is_short_string(&prototype->constants[operand]);
    case OPERAND_KN: return is_constant(prototype, operand) && value_is_number(&prototype->constants[operand]);
    case OPERAND_BX_K: return is_constant(prototype, instruction_bx(word));
    default: return true;
  }
}

static bool extra_is_valid(const Prototype *prototype, uint8_t kind, Instruction extra) {
  switch ((OperandKind)kind) {
    case OPERAND_X_FIELD:
      return is_constant(prototype, field_constant(extra)) &&
             value_is_short_string(&prototype->constants[field_constant(extra)]);
    case OPERAND_X_K: return is_constant(prototype, extra);
    case OPERAND_X_PROTO: return extra < prototype->nested_count;
    default: return true;
  }
}

static bool operands_are_valid(const Prototype *prototype, uint32_t pc) {
  Instruction word = prototype->code[pc];
  const OpcodeInfo *info = &rl_opcodes[instruction_op(word)];
  bool b_is_wide = info->b == OPERAND_BX_K || info->b == OPERAND_BX_INT;
  if (info->a == OPERAND_SJ) return true;
  return operand_is_valid(prototype, info->a, instruction_a(word), word) &&
         operand_is_valid(prototype, info->b, instruction_b(word), word) &&
         (b_is_wide || operand_is_valid(prototype, info->c, instruction_c(word), word)) &&
         (info->words == 1 || extra_is_valid(prototype, info->x, prototype->code[pc + 1]));
}

static uint32_t larger(uint32_t x, uint32_t y) {
  return x > y ? x : y;
}

/* The registers that an instruction with a group uses from A on. */
static uint32_t group_size(Instruction word) {
  uint32_t b = instruction_b(word);
  uint32_t c = instruction_c(word);
  switch (instruction_op(word)) {
    case OP_LOADNIL:
    case OP_CONCAT: return b;
    case OP_SELF: return 2;
    case OP_SETLIST: return b == 0 ? 1 : b;
    case OP_CALL: return larger(b == 0 ? 1 : b, c == 0 ? 0 : c - 1);
    case OP_TAILCALL: return b == 0 ? 1 : b;
    case OP_RETURN:
    case OP_VARARG: return b == 0 ? 0 : b - 1;
    case OP_FORPREP:
    case OP_FORLOOP:
    case OP_TFORPREP: return 4;
    case OP_TFORLOOP: return 5;
    case OP_TFORCALL: return 4 + larger(b, 3);
    default: return 1;
  }
}

static bool counts_are_valid(const Prototype *prototype, Instruction word) {
  switch (instruction_op(word)) {
    case OP_LOADNIL:
    case OP_TFORCALL: return instruction_b(word) >= 1;
    case OP_CONCAT: return instruction_b(word) >= 2;
    case OP_NEWTABLE: return instruction_b(word) <= 128 + 30;
    case OP_VARARG: return prototype->is_vararg;
    default: return true;
  }
}

/* ---- open lists ---- */

static bool leaves_open_list(Instruction word) {
  Opcode op = instruction_op(word);
  return (op == OP_CALL && instruction_c(word) == 0) || (op == OP_VARARG && instruction_b(word) == 0) ||
         op == OP_TAILCALL;
}

static bool list_fits(Instruction producer, Instruction consumer) {
  uint32_t own = instruction_op(consumer) == OP_RETURN ? 0 : 1;
  return leaves_open_list(producer) && instruction_a(consumer) + own <= instruction_a(producer);
}

static void check_lists(Verifier *verifier, uint32_t previous, uint32_t pc) {
  const Instruction *code = verifier->prototype->code;
  bool takes = instruction_takes_open_list(code[pc]);
  bool is_first = pc == 0;
  if (takes)
    fails(verifier, !is_first && !(verifier->marks[pc] & IS_TARGET) && list_fits(code[previous], code[pc]),
          "open list of values without its source");
  else if (!is_first)
    fails(verifier, !leaves_open_list(code[previous]), "open list of values that nobody takes");
}

/* The test of a generic loop comes behind its call, from nowhere else: hooks take both for one step (vm/hook.c), so
 * code that runs in circles through tests alone could not be stopped. */
static void check_loop(Verifier *verifier, uint32_t previous, uint32_t pc) {
  const Instruction *code = verifier->prototype->code;
  if (instruction_op(code[pc]) != OP_TFORLOOP) return;
  bool follows = pc > 0 && instruction_op(code[previous]) == OP_TFORCALL && !(verifier->marks[pc] & IS_TARGET);
  fails(verifier, follows, "generic loop without its call");
}

/* ---- closing ---- */

static bool captures_registers(const Prototype *prototype) {
  for (uint32_t i = 0; i < prototype->nested_count; i++)
    for (uint32_t n = 0; n < prototype->nested[i]->upvalue_count; n++)
      if (prototype->nested[i]->upvalues[n].in_stack) return true;
  return false;
}

static bool has_variables_to_close(const Verifier *verifier) {
  const Prototype *prototype = verifier->prototype;
  for (uint32_t pc = 0; pc < prototype->code_count; pc++) {
    if (!(verifier->marks[pc] & IS_START)) continue;
    Opcode op = instruction_op(prototype->code[pc]);
    if (op == OP_TBC || op == OP_TFORPREP) return true;
  }
  return false;
}

static bool closes(Instruction word) {
  switch (instruction_op(word)) {
    case OP_RETURN0:
    case OP_RETURN1: return false;
    case OP_RETURN:
    case OP_TAILCALL: return instruction_c(word) != 0;
    default: return true;
  }
}

/* ---- the whole ---- */

static bool nested_are_valid(const Prototype *prototype) {
  for (uint32_t i = 0; i < prototype->nested_count; i++) {
    const Prototype *nested = prototype->nested[i];
    for (uint32_t n = 0; n < nested->upvalue_count; n++) {
      const UpvalueDescription *upvalue = &nested->upvalues[n];
      if (upvalue->index >= (upvalue->in_stack ? prototype->max_stack : prototype->upvalue_count)) return false;
    }
  }
  return true;
}

static void check_instruction(Verifier *verifier, uint32_t previous, uint32_t pc) {
  const Prototype *prototype = verifier->prototype;
  Instruction word = prototype->code[pc];
  if (fails(verifier, operands_are_valid(prototype, pc), "invalid operand")) return;
  fails(verifier,
        rl_opcodes[instruction_op(word)].a != OPERAND_RG ||
          instruction_a(word) + group_size(word) <= prototype->max_stack,
        "registers outside the frame");
  fails(verifier, counts_are_valid(prototype, word), "invalid count");
  fails(verifier, !verifier->must_close || closes(word), "function does not close its variables");
  check_lists(verifier, previous, pc);
  check_loop(verifier, previous, pc);
}

static void check_code(Verifier *verifier) {
  const Prototype *prototype = verifier->prototype;
  find_starts(verifier);
  if (verifier->fault != NULL) return;
  for (uint32_t pc = 0; pc < prototype->code_count; pc += instruction_words(prototype->code[pc]))
    find_targets(verifier, pc);
  verifier->must_close = captures_registers(prototype) || has_variables_to_close(verifier);
  uint32_t previous = 0;
  for (uint32_t pc = 0; pc < prototype->code_count && verifier->fault == NULL;) {
    check_instruction(verifier, previous, pc);
    previous = pc;
    pc += instruction_words(prototype->code[pc]);
  }
  /* A tail call of a C function goes on behind itself. */
  fails(verifier, !leaves_open_list(prototype->code[previous]), "open list of values that nobody takes");
}

const char *rl_verify(State *L, const Prototype *prototype) {
  Verifier verifier = {.prototype = prototype};
  if (prototype->max_stack < 1 || prototype->parameter_count > prototype->max_stack) return "invalid frame size";
  if (prototype->code_count == 0) return "empty function";
  if (!nested_are_valid(prototype)) return "invalid upvalue";
  verifier.marks = rl_memory_allocate(L, prototype->code_count);
  __builtin_memset(verifier.marks, 0, prototype->code_count);
  check_code(&verifier);
  rl_memory_free(L->global, verifier.marks, prototype->code_count);
  return verifier.fault;
}

/* Words of code and the lines they belong to. */
#include "compile/emit.h"

#include "base/invariant.h"
#include "heap/account.h"

#define MAX_CODE      (UINT32_C(1) << 30)
#define MAX_JUMP_HOPS 100 /* a jump to itself would be followed for ever */

static void append_word(FunctionState *function, Instruction word) {
  Prototype *prototype = function->prototype;
  if (function->code_count == prototype->code_count)
    prototype->code = rl_memory_grow_array(function->compiler->L, prototype->code, &prototype->code_count,
                                           function->code_count + 1, sizeof(Instruction), MAX_CODE, "opcodes");
  RL_ASSERT(prototype->code != NULL, "there is room for a word");
  prototype->code[function->code_count++] = word;
}

/* Words from pc on belong to the line. */
static void note_line(FunctionState *function, uint32_t pc, int line) {
  Prototype *prototype = function->prototype;
  if (function->line_count > 0 && prototype->lines[function->line_count - 1].line == line) return;
  if (function->line_count == prototype->line_count)
    prototype->lines = rl_memory_grow_array(function->compiler->L, prototype->lines, &prototype->line_count,
                                            function->line_count + 1, sizeof(LineEntry), MAX_CODE, "opcodes");
  prototype->lines[function->line_count++] = (LineEntry){.pc = pc, .line = line};
}

uint32_t rl_emit(FunctionState *function, Instruction word) {
  uint32_t pc = function->code_count;
  append_word(function, word);
  note_line(function, pc, function->compiler->lexer.last_line);
  return function->last_pc = pc;
}

uint32_t rl_emit_with_extra(FunctionState *function, Instruction word, Instruction extra) {
  uint32_t pc = rl_emit(function, word);
  append_word(function, extra);
  return pc;
}

static void forget_line_of_last(FunctionState *function) {
  uint32_t count = function->line_count;
  if (count > 0 && function->prototype->lines[count - 1].pc >= function->last_pc) function->line_count--;
}

void rl_emit_fix_line(FunctionState *function, int line) {
  forget_line_of_last(function);
  note_line(function, function->last_pc, line);
}

void rl_emit_remove_last(FunctionState *function) {
  forget_line_of_last(function);
  function->code_count = function->last_pc;
  function->last_pc = NOWHERE;
}

Instruction *rl_emit_previous(FunctionState *function) {
  if (function->last_pc == NOWHERE || function->code_count <= function->last_target) return NULL;
  return code_at(function, function->last_pc);
}

/* Neighbouring runs of nil are one instruction. */
void rl_emit_nil(FunctionState *function, uint32_t first, uint32_t count) {
  Instruction *previous = rl_emit_previous(function);
  if (previous != NULL && instruction_op(*previous) == OP_LOADNIL) {
    uint32_t old_first = instruction_a(*previous), old_end = old_first + instruction_b(*previous);
    uint32_t end = first + count;
    if (first <= old_end && old_first <= end) {
      if (old_first < first) first = old_first;
      if (old_end > end) end = old_end;
      *previous = instruction_abc(OP_LOADNIL, first, end - first, 0);
      return;
    }
  }
  emit_abc(function, OP_LOADNIL, first, count, 0);
}

uint32_t rl_emit_constant(FunctionState *function, uint32_t reg, uint32_t index) {
  if (index <= UINT16_MAX) return rl_emit(function, instruction_abx(OP_LOADK, reg, index));
  return rl_emit_with_extra(function, instruction_abc(OP_LOADKX, reg, 0, 0), index);
}

void rl_emit_return(FunctionState *function, uint32_t first, int count) {
  if (count == 0)
    emit_abc(function, OP_RETURN0, 0, 0, 0);
  else if (count == 1)
    emit_abc(function, OP_RETURN1, first, 0, 0);
  else
    emit_abc(function, OP_RETURN, first, (uint32_t)(count + 1), 0);
}

/* ---- completion ---- */

static bool is_conditional(Opcode op) {
  return op < OP_JMP;
}

static uint32_t jump_target(FunctionState *function, uint32_t pc) {
  Instruction word = *code_at(function, pc);
  int32_t distance = instruction_op(word) == OP_JMP ? instruction_jump(word) : (int32_t)*code_at(function, pc + 1);
  return pc + instruction_words(word) + (uint32_t)distance;
}

static void thread_jump(FunctionState *function, uint32_t pc) {
  uint32_t target = jump_target(function, pc);
  for (int hops = 0; hops < MAX_JUMP_HOPS && instruction_op(*code_at(function, target)) == OP_JMP; hops++) {
    target = jump_target(function, target);
    int64_t distance = (int64_t)target - pc;
    if (distance < -MAX_JUMP || distance > MAX_JUMP) return;
  }
  rl_jump_set_target(function, pc, target);
}

static Instruction closing_return(Instruction word) {
  switch (instruction_op(word)) {
    case OP_RETURN0: return instruction_abc(OP_RETURN, 0, 1, 1);
    case OP_RETURN1: return instruction_abc(OP_RETURN, instruction_a(word), 2, 1);
    default: return instruction_abc(instruction_op(word), instruction_a(word), instruction_b(word), 1);
  }
}

void rl_emit_finish(FunctionState *function) {
  for (uint32_t pc = 0; pc < function->code_count; pc += instruction_words(*code_at(function, pc))) {
    Opcode op = instruction_op(*code_at(function, pc));
    if (is_conditional(op) || op == OP_JMP)
      thread_jump(function, pc);
    else if (function->needs_close && (op == OP_RETURN0 || op == OP_RETURN1 || op == OP_RETURN || op == OP_TAILCALL))
      *code_at(function, pc) = closing_return(*code_at(function, pc));
  }
}

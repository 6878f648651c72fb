/* Listing of bytecode for people. */
#include <ctype.h>

#include "bytecode/dump.h"
#include "bytecode/encode.h"
#include "object/functions.h"
#include "object/strings.h"

static void print_text(FILE *out, const String *string) {
  fputc('"', out);
  for (size_t i = 0; i < string_length(string); i++) {
    unsigned char byte = (unsigned char)string_bytes(string)[i];
    switch (byte) {
      case '"': fputs("\\\"", out); break;
      case '\\': fputs("\\\\", out); break;
      case '\n': fputs("\\n", out); break;
      case '\t': fputs("\\t", out); break;
      case '\r': fputs("\\r", out); break;
      default:
        if (isprint(byte))
          fputc(byte, out);
        else
          fprintf(out, "\\%03d", byte);
    }
  }
  fputc('"', out);
}

static void print_constant(FILE *out, const Prototype *prototype, uint32_t index) {
  const Value *constant = &prototype->constants[index];
  switch (constant->tag) {
    case TAG_NIL: fputs("nil", out); break;
    case TAG_FALSE: fputs("false", out); break;
    case TAG_TRUE: fputs("true", out); break;
    case TAG_INTEGER: fprintf(out, LUA_INTEGER_FMT, (LUAI_UACINT)constant->as.integer); break;
    case TAG_FLOAT: fprintf(out, "%.14g", constant->as.number); break;
    default: print_text(out, value_string(constant));
  }
}

static const char *upvalue_name(const Prototype *prototype, uint32_t index) {
  const String *name = prototype->upvalues[index].name;
  return name != NULL ? string_bytes(name) : "-";
}

/* ---- one instruction ---- */

static void print_operand(FILE *out, uint8_t kind, uint32_t byte, Instruction word) {
  switch ((OperandKind)kind) {
    case OPERAND_NONE: break;
    case OPERAND_WR:
    case OPERAND_RD:
    case OPERAND_RW:
    case OPERAND_RG: fprintf(out, " r%u", byte); break;
    case OPERAND_UPV: fprintf(out, " u%u", byte); break;
    case OPERAND_K:
    case OPERAND_KS:
    case OPERAND_KN: fprintf(out, " k%u", byte); break;
    case OPERAND_INT: fprintf(out, " #%d", (int8_t)byte); break;
    case OPERAND_BX_K: fprintf(out, " k%u", instruction_bx(word)); break;
    case OPERAND_BX_INT: fprintf(out, " #%d", instruction_signed_bx(word)); break;
    default: fprintf(out, " %u", byte);
  }
}

static void print_extra(FILE *out, uint8_t kind, Instruction extra) {
  switch ((OperandKind)kind) {
    case OPERAND_X_FIELD: fprintf(out, " k%u", field_constant(extra)); break;
    case OPERAND_X_K: fprintf(out, " k%u", extra); break;
    case OPERAND_X_PROTO: fprintf(out, " p%u", extra); break;
    case OPERAND_X_SIZE: fprintf(out, " %u", extra); break;
    default: break;
  }
}

static void explain_constant(FILE *out, const Prototype *prototype, uint8_t kind, uint32_t index) {
  if (kind != OPERAND_K && kind != OPERAND_KS && kind != OPERAND_KN) return;
  fputs(" ", out);
  print_constant(out, prototype, index);
}

/* What the operands refer to, as a comment. */
static void explain(FILE *out, const Prototype *prototype, uint32_t pc) {
  Instruction word = prototype->code[pc];
  const OpcodeInfo *info = &rl_opcodes[instruction_op(word)];
  Instruction extra = info->words == 2 ? prototype->code[pc + 1] : 0;
  if (info->a == OPERAND_SJ) fprintf(out, " to %d", (int)pc + 1 + instruction_jump(word) + 1);
  if (info->x == OPERAND_X_JUMP) fprintf(out, " to %d", (int)pc + 2 + (int32_t)extra + 1);
  if (info->a == OPERAND_UPV) fprintf(out, " %s", upvalue_name(prototype, instruction_a(word)));
  if (info->b == OPERAND_UPV) fprintf(out, " %s", upvalue_name(prototype, instruction_b(word)));
  if (info->x == OPERAND_X_FIELD) explain_constant(out, prototype, OPERAND_KS, field_constant(extra));
  if (info->x == OPERAND_X_K) explain_constant(out, prototype, OPERAND_K, extra);
  if (info->b == OPERAND_BX_K) explain_constant(out, prototype, OPERAND_K, instruction_bx(word));
  explain_constant(out, prototype, info->b, instruction_b(word));
  explain_constant(out, prototype, info->c, instruction_c(word));
  if (info->x == OPERAND_X_PROTO) fprintf(out, " <line %d>", prototype->nested[extra]->line_defined);
}

static void print_instruction(FILE *out, const Prototype *prototype, uint32_t pc) {
  Instruction word = prototype->code[pc];
  const OpcodeInfo *info = &rl_opcodes[instruction_op(word)];
  int line = rl_prototype_line(prototype, pc);
  if (line > 0)
    fprintf(out, "\t%u\t[%d]\t%-10s", pc + 1, line, info->name);
  else
    fprintf(out, "\t%u\t[-]\t%-10s", pc + 1, info->name);
  if (info->a != OPERAND_SJ) print_operand(out, info->a, instruction_a(word), word);
  print_operand(out, info->b, instruction_b(word), word);
  print_operand(out, info->c, instruction_c(word), word);
  if (info->words == 2) print_extra(out, info->x, prototype->code[pc + 1]);
  fputs("\t;", out);
  explain(out, prototype, pc);
  fputc('\n', out);
}

/* ---- a function ---- */

static void print_header(FILE *out, const Prototype *prototype) {
  char name[LUA_IDSIZE] = "?";
  if (prototype->source != NULL) rl_chunk_name(name, string_bytes(prototype->source), string_length(prototype->source));
  fprintf(out, "\n%s <%s:%d,%d> (%u words at %p)\n", prototype->line_defined == 0 ? "main" : "function", name,
          prototype->line_defined, prototype->last_line_defined, prototype->code_count, (const void *)prototype);
  fprintf(out, "%u%s parameter%s, %u registers, %u upvalue%s, %u local%s, %u constant%s, %u function%s\n",
          prototype->parameter_count, prototype->is_vararg ? "+" : "", prototype->parameter_count == 1 ? "" : "s",
          prototype->max_stack, prototype->upvalue_count, prototype->upvalue_count == 1 ? "" : "s",
          prototype->local_count, prototype->local_count == 1 ? "" : "s", prototype->constant_count,
          prototype->constant_count == 1 ? "" : "s", prototype->nested_count, prototype->nested_count == 1 ? "" : "s");
}

static void print_tables(FILE *out, const Prototype *prototype) {
  fprintf(out, "constants (%u):\n", prototype->constant_count);
  for (uint32_t i = 0; i < prototype->constant_count; i++) {
    fprintf(out, "\tk%u\t", i);
    print_constant(out, prototype, i);
    fputc('\n', out);
  }
  fprintf(out, "locals (%u):\n", prototype->local_count);
  for (uint32_t i = 0; i < prototype->local_count; i++) {
    const LocalDescription *local = &prototype->locals[i];
    fprintf(out, "\t%u\t%s\t%u\t%u\n", i, string_bytes(local->name), local->first_pc + 1, local->end_pc + 1);
  }
  fprintf(out, "upvalues (%u):\n", prototype->upvalue_count);
  for (uint32_t i = 0; i < prototype->upvalue_count; i++) {
    const UpvalueDescription *upvalue = &prototype->upvalues[i];
    fprintf(out, "\tu%u\t%s\t%s %u\n", i, upvalue_name(prototype, i), upvalue->in_stack ? "register" : "upvalue",
            upvalue->index);
  }
}

void rl_list(FILE *out, const Prototype *prototype, bool full) {
  print_header(out, prototype);
  for (uint32_t pc = 0; pc < prototype->code_count; pc += instruction_words(prototype->code[pc]))
    print_instruction(out, prototype, pc);
  if (full) print_tables(out, prototype);
  for (uint32_t i = 0; i < prototype->nested_count; i++) rl_list(out, prototype->nested[i], full);
}

#include "bytecode/dump.h"

#include <string.h>

#include "bytecode/chunk_format.h"
#include "bytecode/encode.h"
#include "value/string.h"

typedef struct Dump {
  State *L;
  lua_Writer writer;
  void *data;
  int status; /* what the writer said first that was not 0; then nothing more is written */
  bool strip;
} Dump;

static void write_block(Dump *dump, const void *bytes, size_t size) {
  if (dump->status == 0 && size > 0) dump->status = dump->writer(dump->L, bytes, size, dump->data);
}

static void write_byte(Dump *dump, int byte) {
  unsigned char value = (unsigned char)byte;
  write_block(dump, &value, 1);
}

static void write_size(Dump *dump, uint64_t size) {
  unsigned char bytes[10];
  size_t at = sizeof bytes;
  bytes[--at] = (unsigned char)(0x80 | (size & 0x7f));
  while ((size >>= 7) != 0) bytes[--at] = (unsigned char)(size & 0x7f);
  write_block(dump, bytes + at, sizeof bytes - at);
}

static void write_string(Dump *dump, const String *string) {
  if (string == NULL) {
    write_size(dump, 0);
    return;
  }
  write_size(dump, (uint64_t)string_length(string) + 1);
  write_block(dump, string_bytes(string), string_length(string));
}

static void write_constant(Dump *dump, const Value *constant) {
  switch (constant->tag) {
    case TAG_FALSE: write_byte(dump, CONSTANT_FALSE); break;
    case TAG_TRUE: write_byte(dump, CONSTANT_TRUE); break;
    case TAG_INTEGER:
      write_byte(dump, CONSTANT_INTEGER);
      write_block(dump, &constant->as.integer, sizeof constant->as.integer);
      break;
    case TAG_FLOAT:
      write_byte(dump, CONSTANT_FLOAT);
      write_block(dump, &constant->as.number, sizeof constant->as.number);
      break;
    case TAG_SHORT_STRING:
    case TAG_LONG_STRING:
      write_byte(dump, CONSTANT_STRING);
      write_string(dump, value_string(constant));
      break;
    default: write_byte(dump, CONSTANT_NIL);
  }
}

static void write_upvalues(Dump *dump, const Prototype *prototype) {
  write_byte(dump, prototype->upvalue_count);
  for (uint32_t i = 0; i < prototype->upvalue_count; i++) {
    const UpvalueDescription *upvalue = &prototype->upvalues[i];
    write_byte(dump, upvalue->in_stack);
    write_byte(dump, upvalue->index);
    write_byte(dump, upvalue->kind);
  }
}

static void write_debug(Dump *dump, const Prototype *prototype) {
  write_size(dump, prototype->line_count);
  for (uint32_t i = 0; i < prototype->line_count; i++) {
    write_size(dump, prototype->lines[i].pc);
    write_size(dump, (uint32_t)prototype->lines[i].line);
  }
  write_size(dump, prototype->local_count);
  for (uint32_t i = 0; i < prototype->local_count; i++) {
    write_string(dump, prototype->locals[i].name);
    write_size(dump, prototype->locals[i].first_pc);
    write_size(dump, prototype->locals[i].end_pc);
  }
  for (uint32_t i = 0; i < prototype->upvalue_count; i++) write_string(dump, prototype->upvalues[i].name);
}

/* Which instructions are fused is no part of a chunk. */
static void write_code(Dump *dump, const Prototype *prototype) {
  const Instruction *code = prototype->code;
  write_size(dump, prototype->code_count);
  for (uint32_t pc = 0; pc < prototype->code_count; pc++) {
    Instruction plain = instruction_plain(code[pc]);
    write_block(dump, &plain, sizeof plain);
    if (instruction_words(plain) == 2 && ++pc < prototype->code_count) write_block(dump, &code[pc], sizeof code[pc]);
  }
}

/* A nested function from the same source as its parent does not repeat the name. */
static void write_function(Dump *dump, const Prototype *prototype, const String *parent_source) {
  write_byte(dump, (dump->strip ? CHUNK_STRIPPED : 0) | (prototype->is_vararg ? CHUNK_VARARG : 0));
  write_string(dump, dump->strip || prototype->source == parent_source ? NULL : prototype->source);
  write_size(dump, (uint32_t)prototype->line_defined);
  write_size(dump, (uint32_t)prototype->last_line_defined);
  write_byte(dump, prototype->parameter_count);
  write_byte(dump, prototype->max_stack);
  write_code(dump, prototype);
  write_size(dump, prototype->constant_count);
  for (uint32_t i = 0; i < prototype->constant_count; i++) write_constant(dump, &prototype->constants[i]);
  write_upvalues(dump, prototype);
  write_size(dump, prototype->nested_count);
  for (uint32_t i = 0; i < prototype->nested_count; i++) write_function(dump, prototype->nested[i], prototype->source);
  if (!dump->strip) write_debug(dump, prototype);
}

static void write_header(Dump *dump) {
  int64_t integer = CHUNK_INTEGER;
  double number = CHUNK_FLOAT;
  write_block(dump, LUA_SIGNATURE, sizeof(LUA_SIGNATURE) - 1);
  write_byte(dump, CHUNK_VERSION);
  write_byte(dump, CHUNK_FORMAT);
  write_block(dump, CHUNK_CHECK, CHUNK_CHECK_SIZE);
  write_byte(dump, sizeof(Instruction));
  write_byte(dump, sizeof(int64_t));
  write_byte(dump, sizeof(double));
  write_block(dump, &integer, sizeof integer);
  write_block(dump, &number, sizeof number);
}

int rl_dump(State *L, const Prototype *prototype, lua_Writer writer, void *data, bool strip) {
  Dump dump = {.L = L, .writer = writer, .data = data, .strip = strip};
  write_header(&dump);
  write_byte(&dump, prototype->upvalue_count);
  write_function(&dump, prototype, NULL);
  return dump.status;
}

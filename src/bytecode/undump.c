/* Reading binary chunks. Nothing in a chunk is believed: arrays grow as their elements arrive (a false size costs no
 * memory), every function is checked by rl_verify before anybody can call it. What is half read is always a valid
 * object: counts grow with the elements. */
#include <string.h>

#include "base/config.h"
#include "bytecode/caches.h"
#include "bytecode/chunk_format.h"
#include "bytecode/dump.h"
#include "bytecode/fuse.h"
#include "heap/account.h"
#include "heap/barrier.h"
#include "object/functions.h"
#include "object/stack.h"
#include "object/strings.h"
#include "raise/raise.h"

typedef struct Undump {
  State *L;
  Input *input;
  const char *name;
  uint32_t depth;
} Undump;

static RL_NORETURN void fail(const Undump *undump, const char *why) {
  rl_push_formatted(undump->L, "%s: bad binary format (%s)", undump->name, why);
  rl_throw(undump->L, LUA_ERRSYNTAX);
}

static void read_block(Undump *undump, void *to, size_t size) {
  if (rl_input_read(undump->input, to, size) != 0) fail(undump, "truncated chunk");
}

static int read_byte(Undump *undump) {
  int byte = input_byte(undump->input);
  if (byte == INPUT_END) fail(undump, "truncated chunk");
  return byte;
}

static uint64_t read_size(Undump *undump, uint64_t limit) {
  uint64_t size = 0;
  int byte;
  do {
    byte = read_byte(undump);
    if (size >= limit >> 7) {
      if (size > limit >> 7) fail(undump, "integer overflow");
    }
    size = size << 7 | (uint64_t)(byte & 0x7f);
  } while ((byte & 0x80) == 0);
  if (size > limit) fail(undump, "integer overflow");
  return size;
}

static uint32_t read_count(Undump *undump) {
  return (uint32_t)read_size(undump, INT32_MAX);
}

#define STRING_PIECE 4096

/* A long string of unknown truth: its bytes are collected piece by piece in a buffer that grows (anchored as a string
 * on the stack). */
static String *read_long_string(Undump *undump, size_t length) {
  State *L = undump->L;
  size_t have = length < STRING_PIECE ? length : STRING_PIECE;
  String *string = rl_string_new_long(L, have < RL_MAX_SHORT_STRING + 1 ? RL_MAX_SHORT_STRING + 1 : have);
  value_set_object(L->top++, string);
  read_block(undump, string->bytes, have);
  while (have < length) {
    size_t more = length - have < have ? length - have : have;
    String *larger = rl_string_new_long(L, have + more);
    memcpy(larger->bytes, string->bytes, have);
    value_set_object(L->top - 1, larger);
    string = larger;
    read_block(undump, string->bytes + have, more);
    have += more;
  }
  L->top--;
  return string;
}

/* The caller anchors the result. NULL: no string. */
static String *read_string(Undump *undump) {
  size_t size = (size_t)read_size(undump, PTRDIFF_MAX / 4);
  if (size == 0) return NULL;
  size--;
  if (size > RL_MAX_SHORT_STRING) return read_long_string(undump, size);
  char buffer[RL_MAX_SHORT_STRING];
  read_block(undump, buffer, size);
  return rl_string_new(undump->L, buffer, size);
}

/* Room for one more element of an array of the prototype: doubles, never beyond `total`. New elements are zero. */
static void *grow(Undump *undump, void *array, uint32_t *count, uint32_t index, uint32_t total, size_t size) {
  if (index < *count) return array;
  uint32_t larger = *count == 0 ? 16 : *count * 2;
  if (larger > total) larger = total;
  char *grown = rl_memory_resize(undump->L, array, *count * size, larger * size);
  memset(grown + *count * size, 0, (larger - *count) * size);
  *count = larger;
  return grown;
}

static void read_code(Undump *undump, Prototype *prototype) {
  uint32_t total = read_count(undump);
  if (total == 0) fail(undump, "empty function");
  for (uint32_t done = 0; done < total;) {
    prototype->code = grow(undump, prototype->code, &prototype->code_count, done, total, sizeof(Instruction));
    read_block(undump, prototype->code + done, (prototype->code_count - done) * sizeof(Instruction));
    done = prototype->code_count;
  }
}

static void read_constant(Undump *undump, Prototype *prototype, uint32_t index) {
  Value value = {.tag = TAG_NIL};
  switch (read_byte(undump)) {
    case CONSTANT_NIL: break;
    case CONSTANT_FALSE: value.tag = TAG_FALSE; break;
    case CONSTANT_TRUE: value.tag = TAG_TRUE; break;
    case CONSTANT_INTEGER: {
      int64_t integer;
      read_block(undump, &integer, sizeof integer);
      value_set_integer(&value, integer);
      break;
    }
    case CONSTANT_FLOAT: {
      double number;
      read_block(undump, &number, sizeof number);
      value_set_float(&value, number);
      break;
    }
    case CONSTANT_STRING: {
      String *string = read_string(undump);
      if (string == NULL) fail(undump, "bad format for constant string");
      value_set_object(&value, string);
      break;
    }
    default: fail(undump, "invalid constant");
  }
  value_copy(&prototype->constants[index], &value);
  barrier_forward(undump->L, prototype, &value);
}

static void read_constants(Undump *undump, Prototype *prototype) {
  uint32_t total = read_count(undump);
  for (uint32_t i = 0; i < total; i++) {
    prototype->constants = grow(undump, prototype->constants, &prototype->constant_count, i, total, sizeof(Value));
    read_constant(undump, prototype, i);
  }
}

static void read_upvalues(Undump *undump, Prototype *prototype) {
  uint32_t total = (uint32_t)read_byte(undump);
  uint32_t count = 0;
  for (uint32_t i = 0; i < total; i++) {
    prototype->upvalues = grow(undump, prototype->upvalues, &count, i, total, sizeof(UpvalueDescription));
    prototype->upvalue_count = (uint8_t)count;
    prototype->upvalues[i].in_stack = (uint8_t)read_byte(undump);
    prototype->upvalues[i].index = (uint8_t)read_byte(undump);
    prototype->upvalues[i].kind = (uint8_t)read_byte(undump);
    if (prototype->upvalues[i].in_stack > 1) fail(undump, "invalid upvalue");
  }
}

static void read_lines(Undump *undump, Prototype *prototype) {
  uint32_t total = read_count(undump);
  for (uint32_t i = 0; i < total; i++) {
    prototype->lines = grow(undump, prototype->lines, &prototype->line_count, i, total, sizeof(LineEntry));
    prototype->lines[i].pc = read_count(undump);
    prototype->lines[i].line = (int32_t)read_count(undump);
    if (i > 0 && prototype->lines[i].pc <= prototype->lines[i - 1].pc) fail(undump, "invalid line information");
  }
}

static void read_locals(Undump *undump, Prototype *prototype) {
  uint32_t total = read_count(undump);
  for (uint32_t i = 0; i < total; i++) {
    prototype->locals = grow(undump, prototype->locals, &prototype->local_count, i, total, sizeof(LocalDescription));
    String *name = read_string(undump);
    if (name == NULL) fail(undump, "local variable without name");
    prototype->locals[i].name = name;
    barrier_forward_object(undump->L, prototype, name);
    prototype->locals[i].first_pc = read_count(undump);
    prototype->locals[i].end_pc = read_count(undump);
  }
}

static void read_upvalue_names(Undump *undump, Prototype *prototype) {
  for (uint32_t i = 0; i < prototype->upvalue_count; i++) {
    String *name = read_string(undump);
    prototype->upvalues[i].name = name;
    if (name != NULL) barrier_forward_object(undump->L, prototype, name);
  }
}

static void read_function(Undump *undump, Prototype *prototype, String *parent_source);

static void read_nested(Undump *undump, Prototype *prototype) {
  uint32_t total = read_count(undump);
  if (total > 0 && ++undump->depth > RL_MAX_C_CALLS) fail(undump, "functions nested too deeply");
  for (uint32_t i = 0; i < total; i++) {
    prototype->nested = grow(undump, prototype->nested, &prototype->nested_count, i, total, sizeof(Prototype *));
    Prototype *nested = rl_prototype_new(undump->L);
    prototype->nested[i] = nested;
    barrier_forward_object(undump->L, prototype, nested);
    read_function(undump, nested, prototype->source);
  }
  if (total > 0) undump->depth--;
}

static void read_function(Undump *undump, Prototype *prototype, String *parent_source) {
  int flags = read_byte(undump);
  String *source = read_string(undump);
  prototype->source = source != NULL ? source : parent_source;
  if (prototype->source != NULL) barrier_forward_object(undump->L, prototype, prototype->source);
  prototype->is_vararg = (flags & CHUNK_VARARG) != 0;
  prototype->line_defined = (int32_t)read_count(undump);
  prototype->last_line_defined = (int32_t)read_count(undump);
  prototype->parameter_count = (uint8_t)read_byte(undump);
  prototype->max_stack = (uint8_t)read_byte(undump);
  read_code(undump, prototype);
  read_constants(undump, prototype);
  read_upvalues(undump, prototype);
  read_nested(undump, prototype);
  if ((flags & CHUNK_STRIPPED) == 0) {
    read_lines(undump, prototype);
    read_locals(undump, prototype);
    read_upvalue_names(undump, prototype);
  }
  const char *fault = rl_verify(undump->L, prototype);
  if (fault != NULL) fail(undump, fault);
  prototype_set_frame(prototype);
  rl_prototype_add_caches(undump->L, prototype, rl_caches_assign(prototype->code, prototype->code_count));
  rl_fuse(prototype->code, prototype->code_count);
}

static void check_header(Undump *undump) {
  char signature[sizeof(LUA_SIGNATURE) - 2];
  char check[CHUNK_CHECK_SIZE];
  int64_t integer;
  double number;
  read_block(undump, signature, sizeof signature);
  if (memcmp(signature, &LUA_SIGNATURE[1], sizeof signature) != 0) fail(undump, "not a binary chunk");
  if (read_byte(undump) != CHUNK_VERSION) fail(undump, "version mismatch");
  if (read_byte(undump) != CHUNK_FORMAT) fail(undump, "format mismatch");
  read_block(undump, check, sizeof check);
  if (memcmp(check, CHUNK_CHECK, sizeof check) != 0) fail(undump, "corrupted chunk");
  if (read_byte(undump) != sizeof(Instruction)) fail(undump, "Instruction size mismatch");
  if (read_byte(undump) != sizeof(int64_t)) fail(undump, "lua_Integer size mismatch");
  if (read_byte(undump) != sizeof(double)) fail(undump, "lua_Number size mismatch");
  read_block(undump, &integer, sizeof integer);
  if (integer != CHUNK_INTEGER) fail(undump, "integer format mismatch");
  read_block(undump, &number, sizeof number);
  if (number != CHUNK_FLOAT) fail(undump, "float format mismatch");
}

/* The name in messages: of a file or of a piece of text, never the binary itself. */
static const char *message_name(const char *chunk_name) {
  if (*chunk_name == '@' || *chunk_name == '=') return chunk_name + 1;
  return *chunk_name == LUA_SIGNATURE[0] ? "binary string" : chunk_name;
}

void rl_undump(State *L, Input *input, const char *chunk_name) {
  Undump undump = {.L = L, .input = input, .name = message_name(chunk_name)};
  check_header(&undump);
  uint32_t upvalues = (uint32_t)read_byte(&undump);
  stack_ensure(L, 4);
  LuaClosure *closure = rl_lua_closure_new(L, NULL, upvalues);
  value_set_object(L->top++, closure);
  Prototype *prototype = rl_prototype_new(L);
  closure->prototype = prototype;
  barrier_forward_object(L, closure, prototype);
  read_function(&undump, prototype, NULL);
  if (prototype->upvalue_count != upvalues) fail(&undump, "wrong number of upvalues");
  rl_lua_closure_fill_upvalues(L, closure);
}

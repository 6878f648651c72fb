/* Beginning and completing functions. */
#include <string.h>

#include "bytecode/caches.h"
#include "bytecode/fuse.h"
#include "compile/emit.h"
#include "heap/account.h"
#include "heap/barrier.h"
#include "object/functions.h"

#define MAX_NESTED (UINT32_C(1) << 30)

Prototype *rl_function_new_nested(FunctionState *function, uint32_t *index) {
  State *L = function->compiler->L;
  Prototype *outer = function->prototype;
  uint32_t capacity = outer->nested_count;
  if (function->nested_count == capacity) {
    outer->nested = rl_memory_grow_array(L, outer->nested, &capacity, function->nested_count + 1, sizeof(Prototype *),
                                         MAX_NESTED, "functions");
    memset(outer->nested + function->nested_count, 0, (capacity - function->nested_count) * sizeof(Prototype *));
    outer->nested_count = capacity;
  }
  Prototype *nested = rl_prototype_new(L);
  outer->nested[function->nested_count] = nested;
  barrier_forward_object(L, outer, nested);
  *index = function->nested_count++;
  return nested;
}

void rl_function_open(Compiler *compiler, FunctionState *function, BlockScope *block, Prototype *prototype) {
  *function = (FunctionState){.prototype = prototype,
                              .outer = compiler->function,
                              .compiler = compiler,
                              .serial = ++compiler->function_count,
                              .last_pc = NOWHERE,
                              .first_variable = compiler->variable_count,
                              .first_label = compiler->labels.count};
  prototype->source = compiler->lexer.source;
  barrier_forward_object(compiler->L, prototype, prototype->source);
  compiler->function = function;
  rl_block_enter(function, block, false);
}

static void *shrink(State *L, void *array, uint32_t capacity, uint32_t count, size_t element_size) {
  return capacity == count ? array : rl_memory_resize(L, array, capacity * element_size, count * element_size);
}

/* The capacities become the counts in use. */
static void trim(FunctionState *function) {
  State *L = function->compiler->L;
  Prototype *p = function->prototype;
  p->code = shrink(L, p->code, p->code_count, function->code_count, sizeof(Instruction));
  p->code_count = function->code_count;
  p->constants = shrink(L, p->constants, p->constant_count, function->constant_count, sizeof(Value));
  p->constant_count = function->constant_count;
  rl_prototype_add_caches(L, p, rl_caches_assign(p->code, p->code_count));
  rl_fuse(p->code, p->code_count);
  p->nested = shrink(L, p->nested, p->nested_count, function->nested_count, sizeof(Prototype *));
  p->nested_count = function->nested_count;
  p->upvalues = shrink(L, p->upvalues, p->upvalue_count, function->upvalue_count, sizeof(UpvalueDescription));
  p->upvalue_count = (uint8_t)function->upvalue_count;
  p->lines = shrink(L, p->lines, p->line_count, function->line_count, sizeof(LineEntry));
  p->line_count = function->line_count;
  p->locals = shrink(L, p->locals, p->local_count, function->local_count, sizeof(LocalDescription));
  p->local_count = function->local_count;
}

void rl_function_close(FunctionState *function) {
  rl_emit_return(function, active_registers(function), 0);
  rl_block_leave(function);
  rl_emit_finish(function);
  trim(function);
  prototype_set_frame(function->prototype);
  function->compiler->function = function->outer;
}

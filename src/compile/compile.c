/* The entry: what is anchored where while a chunk is compiled.
 *
 * On the stack: the main closure (its prototype holds the nested ones as they come), the lexer's table of strings and
 * constants, and the scratch memory. Nothing else is owned, so an error may jump out at any point. */
#include "compile/compile.h"

#include <string.h>

#include "compile/parser.h"
#include "heap/barrier.h"
#include "object/functions.h"
#include "object/stack.h"
#include "object/strings.h"

static LuaClosure *push_main_closure(State *L, const char *chunk_name) {
  stack_ensure(L, 1);
  Prototype *prototype = rl_prototype_new(L);
  value_set_object(L->top++, prototype);
  LuaClosure *closure = rl_lua_closure_new(L, prototype, 1);
  value_set_object(L->top - 1, closure);
  rl_lua_closure_fill_upvalues(L, closure);
  prototype->source = rl_string_from_c(L, chunk_name);
  barrier_forward_object(L, prototype, prototype->source);
  prototype->is_vararg = 1;
  return closure;
}

static void open_compiler(State *L, Compiler *compiler, Input *input, String *source, int first) {
  *compiler = (Compiler){.L = L};
  rl_lexer_open(L, &compiler->lexer, input, source, first);
  rl_scratch_open(L, &compiler->variable_memory);
  rl_scratch_open(L, &compiler->labels.memory);
  rl_scratch_open(L, &compiler->jumps.memory);
  compiler->environment_name = rl_lexer_string(&compiler->lexer, "_ENV", 4);
}

static void compile_main(Compiler *compiler, Prototype *prototype) {
  FunctionState function;
  BlockScope block;
  rl_function_open(compiler, &function, &block, prototype);
  rl_upvalue_add(&function, (UpvalueDescription){.name = compiler->environment_name, .in_stack = 1});
  rl_lexer_next(&compiler->lexer);
  rl_parse_statements(compiler);
  if (current_token(compiler) != TOKEN_END_OF_TEXT) rl_expected_error(&compiler->lexer, TOKEN_END_OF_TEXT);
  rl_function_close(&function);
}

void rl_compile(State *L, Input *input, const char *chunk_name, int first) {
  Compiler compiler;
  LuaClosure *closure = push_main_closure(L, chunk_name);
  ptrdiff_t bottom = stack_save(L, L->top);
  open_compiler(L, &compiler, input, closure->prototype->source, first);
  compile_main(&compiler, closure->prototype);
  L->top = stack_restore(L, bottom);
}

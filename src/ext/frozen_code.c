#include "ext/frozen_code.h"

#include <string.h>

#include "heap/account.h"
#include "heap/barrier.h"
#include "lauxlib.h"
#include "object/functions.h"
#include "object/stack.h"
#include "object/strings.h"
#include "object/table.h"

typedef struct FrozenUpvalue {
  const FrozenString *name; /* NULL: stripped */
  uint8_t in_stack, index, kind;
} FrozenUpvalue;

typedef struct FrozenLocal {
  const FrozenString *name;
  uint32_t first_pc, end_pc;
} FrozenLocal;

struct FrozenCode {
  Prototype shape; /* the numbers; of its pointers only `code` and `lines` mean anything */
  FrozenValue *constants;
  const FrozenCode **nested;
  FrozenUpvalue *upvalues;
  FrozenLocal *locals;
  const FrozenString *source;
};

/* ---- out of a state ---- */

static void *copy_array(Frozen *frozen, const void *items, size_t size) {
  void *copy = rl_frozen_allocate(frozen, size);
  if (copy != NULL && size > 0) memcpy(copy, items, size);
  return copy;
}

static bool copy_name(Frozen *frozen, const FrozenString **to, const String *name) {
  if (name == NULL) return true;
  *to = rl_frozen_string(frozen, string_bytes(name), string_length(name));
  return *to != NULL;
}

static bool copy_constant(Frozen *frozen, FrozenValue *to, const Value *constant) {
  switch (constant->tag) {
    case TAG_FALSE: to->tag = MESSAGE_FALSE; break;
    case TAG_TRUE: to->tag = MESSAGE_TRUE; break;
    case TAG_INTEGER: *to = (FrozenValue){.tag = MESSAGE_INTEGER, .integer = constant->as.integer}; break;
    case TAG_FLOAT: *to = (FrozenValue){.tag = MESSAGE_FLOAT, .number = constant->as.number}; break;
    case TAG_SHORT_STRING:
    case TAG_LONG_STRING: to->tag = MESSAGE_STRING; return copy_name(frozen, &to->string, value_string(constant));
    default: to->tag = MESSAGE_NIL; break;
  }
  return true;
}

static bool copy_names(Frozen *frozen, FrozenCode *code, const Prototype *prototype) {
  for (uint32_t i = 0; i < prototype->constant_count; i++)
    if (!copy_constant(frozen, &code->constants[i], &prototype->constants[i])) return false;
  for (uint32_t i = 0; i < prototype->upvalue_count; i++) {
    const UpvalueDescription *upvalue = &prototype->upvalues[i];
    code->upvalues[i] = (FrozenUpvalue){NULL, upvalue->in_stack, upvalue->index, upvalue->kind};
    if (!copy_name(frozen, &code->upvalues[i].name, upvalue->name)) return false;
  }
  for (uint32_t i = 0; i < prototype->local_count; i++) {
    const LocalDescription *local = &prototype->locals[i];
    code->locals[i] = (FrozenLocal){NULL, local->first_pc, local->end_pc};
    if (!copy_name(frozen, &code->locals[i].name, local->name)) return false;
  }
  return copy_name(frozen, &code->source, prototype->source);
}

const FrozenCode *rl_frozen_code(Frozen *frozen, const Prototype *prototype) {
  FrozenCode *code = rl_frozen_allocate(frozen, sizeof *code);
  if (code == NULL) return NULL;
  code->shape = *prototype;
  code->shape.code = copy_array(frozen, prototype->code, prototype->code_count * sizeof(Instruction));
  code->shape.lines = copy_array(frozen, prototype->lines, prototype->line_count * sizeof(LineEntry));
  code->constants = rl_frozen_allocate(frozen, prototype->constant_count * sizeof(FrozenValue));
  code->nested = rl_frozen_allocate(frozen, prototype->nested_count * sizeof(FrozenCode *));
  code->upvalues = rl_frozen_allocate(frozen, prototype->upvalue_count * sizeof(FrozenUpvalue));
  code->locals = rl_frozen_allocate(frozen, prototype->local_count * sizeof(FrozenLocal));
  if (code->shape.code == NULL || code->shape.lines == NULL || code->constants == NULL || code->nested == NULL ||
      code->upvalues == NULL || code->locals == NULL || !copy_names(frozen, code, prototype))
    return NULL;
  for (uint32_t i = 0; i < prototype->nested_count; i++)
    if ((code->nested[i] = rl_frozen_code(frozen, prototype->nested[i])) == NULL) return NULL;
  return code;
}

/* ---- into a state ---- */

/* The string, which nothing holds yet but `prototype` when the caller has stored it. */
static String *take_string(State *L, Frozen *frozen, const FrozenString *string) {
  rl_frozen_push_string(L, frozen, string);
  L->top--;
  return value_string(L->top);
}

/* An array of the prototype, zeroed: a collection in between finds nothing or what is there already. */
static void *new_array(State *L, size_t count, size_t size) {
  if (count == 0) return NULL;
  void *array = rl_memory_allocate(L, count * size);
  memset(array, 0, count * size);
  return array;
}

static void make_constants(State *L, Frozen *frozen, Prototype *prototype, const FrozenCode *code) {
  uint32_t count = code->shape.constant_count;
  prototype->constants = new_array(L, count + 1, sizeof(Value));
  prototype->constant_count = count + 1;
  for (uint32_t i = 0; i <= count; i++) {
    /* The last one, which no instruction names, keeps the code alive. */
    if (i < count)
      rl_frozen_push(L, frozen, &code->constants[i]);
    else
      rl_frozen_push_string(L, frozen, frozen->anchor);
    value_copy(&prototype->constants[i], L->top - 1);
    barrier_forward(L, prototype, L->top - 1);
    L->top--;
  }
}

static void make_names(State *L, Frozen *frozen, Prototype *prototype, const FrozenCode *code) {
  prototype->upvalues = new_array(L, code->shape.upvalue_count, sizeof(UpvalueDescription));
  prototype->upvalue_count = code->shape.upvalue_count;
  for (uint32_t i = 0; i < prototype->upvalue_count; i++) {
    const FrozenUpvalue *from = &code->upvalues[i];
    UpvalueDescription *upvalue = &prototype->upvalues[i];
    *upvalue = (UpvalueDescription){NULL, from->in_stack, from->index, from->kind};
    if (from->name == NULL) continue;
    upvalue->name = take_string(L, frozen, from->name);
    barrier_forward_object(L, prototype, upvalue->name);
  }
  prototype->locals = new_array(L, code->shape.local_count, sizeof(LocalDescription));
  prototype->local_count = code->shape.local_count;
  for (uint32_t i = 0; i < prototype->local_count; i++) {
    LocalDescription *local = &prototype->locals[i];
    *local = (LocalDescription){NULL, code->locals[i].first_pc, code->locals[i].end_pc};
    local->name = take_string(L, frozen, code->locals[i].name);
    barrier_forward_object(L, prototype, local->name);
  }
  if (code->source == NULL) return;
  prototype->source = take_string(L, frozen, code->source);
  barrier_forward_object(L, prototype, prototype->source);
}

/* `prototype` is new and anchored. Functions are nested as deeply as the compiler allows, at most. */
static void fill(State *L, Frozen *frozen, Prototype *prototype, const FrozenCode *code) {
  prototype->header.own = PROTOTYPE_SHARED;
  make_constants(L, frozen, prototype, code);
  make_names(L, frozen, prototype, code);
  prototype->is_vararg = code->shape.is_vararg;
  prototype->parameter_count = code->shape.parameter_count;
  prototype->max_stack = code->shape.max_stack;
  prototype_set_frame(prototype);
  prototype->line_defined = code->shape.line_defined;
  prototype->last_line_defined = code->shape.last_line_defined;
  prototype->code = code->shape.code;
  prototype->code_count = code->shape.code_count;
  prototype->lines = code->shape.lines;
  prototype->line_count = code->shape.line_count;
  prototype->nested = new_array(L, code->shape.nested_count, sizeof(Prototype *));
  prototype->nested_count = code->shape.nested_count;
  for (uint32_t i = 0; i < prototype->nested_count; i++) {
    Prototype *nested = rl_prototype_new(L);
    prototype->nested[i] = nested;
    barrier_forward_object(L, prototype, nested);
    fill(L, frozen, nested, code->nested[i]);
  }
  rl_prototype_add_caches(L, prototype, code->shape.cache_words);
}

void rl_frozen_push_function(State *L, Frozen *frozen, const FrozenCode *code) {
  luaL_checkstack(L, 8, NULL);
  LuaClosure *closure = rl_lua_closure_new(L, NULL, code->shape.upvalue_count);
  value_set_object(L->top, closure);
  L->top++;
  Prototype *prototype = rl_prototype_new(L);
  closure->prototype = prototype;
  barrier_forward_object(L, closure, prototype);
  fill(L, frozen, prototype, code);
  rl_lua_closure_fill_upvalues(L, closure);
  if (code->shape.upvalue_count == 0) return;
  UpValue *upvalue = closure->upvalues[0]; /* there is one at most: who freezes has seen to it */
  rl_table_get_integer(value_table(&L->global->registry), LUA_RIDX_GLOBALS, upvalue->value);
  barrier_forward(L, upvalue, upvalue->value);
}

/* Prototypes: what the compiler and the loader of binary chunks fill in. */
#include <string.h>

#include "heap/account.h"
#include "heap/block.h"
#include "object/functions.h"
#include "value/string.h"

Prototype *rl_prototype_new(State *L) {
  Prototype *prototype = rl_heap_new(L, TAG_PROTOTYPE, sizeof(Prototype));
  Object header = prototype->header;
  *prototype = (Prototype){.header = header, .max_stack = 2};
  return prototype;
}

/* Bytes of the caches, and of the buffer that holds them and the constants. */
static size_t cache_bytes(const Prototype *prototype) {
  return prototype->cache_words * sizeof(uint64_t);
}
static size_t constant_buffer_bytes(const Prototype *prototype) {
  return cache_bytes(prototype) + prototype->constant_count * sizeof(Value);
}

void rl_prototype_add_caches(State *L, Prototype *prototype, uint32_t words) {
  size_t caches = words * sizeof(uint64_t), constants = constant_buffer_bytes(prototype);
  if (words == 0) return;
  char *buffer = rl_memory_allocate(L, caches + constants);
  memset(buffer, 0, caches);
  if (constants > 0) memcpy(buffer + caches, prototype->constants, constants);
  rl_memory_free(L->global, prototype->constants, constants);
  prototype->constants = (Value *)(void *)(buffer + caches);
  prototype->cache_words = words;
}

static bool is_shared(const Prototype *prototype) {
  return prototype->header.own == PROTOTYPE_SHARED;
}
static size_t own_code_bytes(const Prototype *prototype) {
  return is_shared(prototype) ? 0 : prototype->code_count * sizeof(Instruction);
}
static size_t own_line_bytes(const Prototype *prototype) {
  return is_shared(prototype) ? 0 : prototype->line_count * sizeof(LineEntry);
}

void rl_prototype_release(Global *global, Prototype *prototype) {
  if (!is_shared(prototype)) {
    rl_memory_free(global, prototype->code, own_code_bytes(prototype));
    rl_memory_free(global, prototype->lines, own_line_bytes(prototype));
  }
  char *caches = (char *)prototype->constants;
  if (caches != NULL) rl_memory_free(global, caches - cache_bytes(prototype), constant_buffer_bytes(prototype));
  rl_memory_free(global, prototype->nested, prototype->nested_count * sizeof(Prototype *));
  rl_memory_free(global, prototype->upvalues, prototype->upvalue_count * sizeof(UpvalueDescription));
  rl_memory_free(global, prototype->locals, prototype->local_count * sizeof(LocalDescription));
}

size_t rl_prototype_buffer_bytes(const Prototype *prototype) {
  return own_code_bytes(prototype) + own_line_bytes(prototype) + constant_buffer_bytes(prototype) +
         prototype->nested_count * sizeof(Prototype *) + prototype->upvalue_count * sizeof(UpvalueDescription) +
         prototype->local_count * sizeof(LocalDescription);
}

/* The last entry that begins at or before pc. */
int rl_prototype_line(const Prototype *prototype, uint32_t pc) {
  uint32_t low = 0, high = prototype->line_count;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (prototype->lines[middle].pc <= pc)
      low = middle + 1;
    else
      high = middle;
  }
  return low == 0 ? -1 : prototype->lines[low - 1].line;
}

/* Descriptions are ordered by first_pc, so those active at pc are met in the order of their registers. */
const char *rl_prototype_local_name(const Prototype *prototype, int number, uint32_t pc) {
  for (uint32_t i = 0; i < prototype->local_count && prototype->locals[i].first_pc <= pc; i++) {
    const LocalDescription *local = &prototype->locals[i];
    if (pc < local->end_pc && --number == 0) return local->name == NULL ? NULL : string_bytes(local->name);
  }
  return NULL;
}

#include "compile/scratch.h"

#include <string.h>

#include "object/stack.h"
#include "object/userdata.h"

#define SMALLEST 512

void rl_scratch_open(State *L, Scratch *scratch) {
  stack_ensure(L, 1);
  value_set_nil(L->top);
  *scratch = (Scratch){.slot = stack_save(L, L->top)};
  L->top++;
}

void rl_scratch_grow(State *L, Scratch *scratch, size_t needed) {
  size_t capacity = scratch->capacity == 0 ? SMALLEST : scratch->capacity;
  while (capacity < needed) capacity *= 2;
  Userdata *userdata = rl_userdata_new(L, capacity, 0);
  void *bytes = userdata_block(userdata);
  if (scratch->capacity > 0) memcpy(bytes, scratch->bytes, scratch->capacity);
  value_set_object(stack_restore(L, scratch->slot), userdata);
  scratch->bytes = bytes;
  scratch->capacity = capacity;
}

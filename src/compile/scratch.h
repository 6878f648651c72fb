/* Growing arrays that only live while a chunk is compiled.
 *
 * Their memory is a userdata in a stack slot of the compiler: an error that jumps out of the compiler leaves nothing
 * behind that the collector would not find. The collector does not look inside; what the elements refer to must be
 * anchored elsewhere (the lexer's table). */
#ifndef RL_COMPILE_SCRATCH_H
#define RL_COMPILE_SCRATCH_H

#include "value/global.h"

typedef struct Scratch {
  ptrdiff_t slot;  /* stack offset of the userdata (nil while nothing is held) */
  size_t capacity; /* bytes */
  void *bytes;
} Scratch;

/* Pushes the slot. May grow (move) the stack; may raise. */
void rl_scratch_open(State *L, Scratch *scratch);
/* Room for at least `needed` bytes, contents kept; `bytes` changes. May allocate, collect (emergency), raise a memory
 * error. */
void rl_scratch_grow(State *L, Scratch *scratch, size_t needed);

static inline void scratch_ensure(State *L, Scratch *scratch, size_t needed) {
  if (__builtin_expect(needed > scratch->capacity, 0)) rl_scratch_grow(L, scratch, needed);
}

#endif

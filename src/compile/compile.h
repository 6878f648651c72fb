/* The compiler: source text to prototype, in one pass. */
#ifndef RL_COMPILE_COMPILE_H
#define RL_COMPILE_COMPILE_H

#include "object/input.h"

/* Compiles the whole text of `input`; `first` is its first byte, already read. Pushes the main function's closure,
 * whose single upvalue (_ENV) is a new closed upvalue with nil. Raises LUA_ERRSYNTAX with the message on top
 * (chunk:line: text near 'token'), memory errors, and whatever the reader raises. May allocate and collect at safe
 * points (everything the compiler holds is anchored on L's stack). Moves the stack. */
void rl_compile(State *L, Input *input, const char *chunk_name, int first);

#endif

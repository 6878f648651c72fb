/* A chunk being read piece by piece through a lua_Reader. */
#ifndef RL_OBJECT_INPUT_H
#define RL_OBJECT_INPUT_H

#include "value/global.h"

#define INPUT_END (-1)

typedef struct Input {
  const char *next;
  size_t left;
  lua_Reader reader;
  void *data;
  State *L;
} Input;

static inline void input_init(Input *input, State *L, lua_Reader reader, void *data) {
  *input = (Input){.reader = reader, .data = data, .L = L};
}

/* Asks the reader for the next piece; returns its first byte (consumed) or INPUT_END. The reader may raise and call
 * Lua. */
int rl_input_refill(Input *input);

static inline int input_byte(Input *input) {
  return input->left > 0 ? (input->left--, (unsigned char)*input->next++) : rl_input_refill(input);
}

/* Copies `size` bytes; returns how many were missing at the end. */
size_t rl_input_read(Input *input, void *to, size_t size);

#endif

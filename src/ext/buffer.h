/* The module "rille.buffer": bytes that can be changed, and go to other states without being copied. */
#ifndef RL_EXT_BUFFER_H
#define RL_EXT_BUFFER_H

#include "ext/bytes.h"
#include "rille.h"

/* What a buffer is in a message. */
typedef struct BufferCopy {
  SharedBytes *bytes; /* NULL: empty */
  size_t length;
  int is_frozen;
  struct Buffer *origin; /* in the sender's state */
} BufferCopy;

extern const rille_CopyHandler rl_buffer_handler;

/* Pushes a new buffer with a copy of those bytes. May raise. */
void rl_buffer_push(lua_State *L, const void *bytes, size_t length, int is_frozen);

#endif

/* Bytes that several states of the process may hold: counted, freed by whoever drops the last reference. Who holds the
 * only reference may write; bytes that have become a string, or that were frozen, are never written again. */
#ifndef RL_EXT_BYTES_H
#define RL_EXT_BYTES_H

#include <stddef.h>
#include <stdint.h>

typedef struct SharedBytes {
  uint32_t references; /* atomic */
  size_t length;
  char bytes[]; /* and a zero byte behind them */
} SharedBytes;

/* One reference, contents not initialised but for the zero byte behind; NULL without memory. */
SharedBytes *rl_bytes_new(size_t length);
/* The only reference's holder changes the length; the contents stay, new ones are zero. NULL without memory: `bytes` is
 * untouched. */
SharedBytes *rl_bytes_resize(SharedBytes *bytes, size_t length);
SharedBytes *rl_bytes_retain(SharedBytes *bytes);
void rl_bytes_release(SharedBytes *bytes); /* NULL is allowed */

#endif

#include "ext/bytes.h"

#include <stdlib.h>
#include <string.h>

static size_t block_size(size_t length) {
  return sizeof(SharedBytes) + length + 1;
}

SharedBytes *rl_bytes_new(size_t length) {
  if (length > PTRDIFF_MAX / 2) return NULL;
  SharedBytes *bytes = malloc(block_size(length));
  if (bytes == NULL) return NULL;
  bytes->references = 1;
  bytes->length = length;
  bytes->bytes[length] = '\0';
  return bytes;
}

SharedBytes *rl_bytes_resize(SharedBytes *bytes, size_t length) {
  if (length > PTRDIFF_MAX / 2) return NULL;
  size_t old_length = bytes->length;
  SharedBytes *resized = realloc(bytes, block_size(length));
  if (resized == NULL) return NULL;
  if (length > old_length) memset(resized->bytes + old_length, 0, length - old_length);
  resized->length = length;
  resized->bytes[length] = '\0';
  return resized;
}

SharedBytes *rl_bytes_retain(SharedBytes *bytes) {
  __atomic_add_fetch(&bytes->references, 1, __ATOMIC_RELAXED);
  return bytes;
}

void rl_bytes_release(SharedBytes *bytes) {
  if (bytes != NULL && __atomic_sub_fetch(&bytes->references, 1, __ATOMIC_ACQ_REL) == 0) free(bytes);
}

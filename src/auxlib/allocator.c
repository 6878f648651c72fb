/* The default allocator of states. It stands alone so that another source of memory can take its place. */
#include "auxlib/allocator.h"

#include <stdlib.h>

void *rl_allocator_resize(void *context, void *block, size_t old_size, size_t new_size) {
  (void)context;
  (void)old_size;
  if (new_size != 0) return realloc(block, new_size);
  free(block);
  return NULL;
}

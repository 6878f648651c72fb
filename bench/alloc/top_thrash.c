/* Trimming and faulting the same pages again and again: each request of a server takes some hundred kB to some MB in middling blocks
 * and frees all of it. One that gives the pages back each time pays for it the next time. */
#include "support.h"

enum { BLOCKS = 64 };

/* A request is worked on: its bytes are read. */
static uint64_t sum_of(const char *bytes, size_t size) {
  uint64_t sum = 0;
  for (size_t i = 0; i < size; i++) sum += (unsigned char)bytes[i];
  return sum;
}

int main(int argc, char **argv) {
  size_t requests = scaled(argc, argv, 500);
  Random random = random_seeded(10);
  char *blocks[BLOCKS];
  size_t sizes[BLOCKS];
  uint64_t sum = 0;
  for (size_t request = 0; request < requests; request++) {
    for (size_t i = 0; i < BLOCKS; i++) {
      size_t size = 4096 + random_below(&random, 28672);
      blocks[i] = block_new(size, request + i);
      memset(blocks[i], (int)request, size);
      sizes[i] = size;
    }
    for (size_t i = BLOCKS; i-- > 0;) {
      sum += sum_of(blocks[i], sizes[i]);
      free(blocks[i]);
    }
  }
  return report(sum);
}

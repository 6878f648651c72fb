/* A pair of 16 bytes: the least an allocator can be asked for. */
#include "support.h"

int main(int argc, char **argv) {
  size_t pairs = scaled(argc, argv, 20000000);
  uint64_t sum = 0;
  for (size_t i = 0; i < pairs; i++) {
    void *block = block_new(16, i);
    sum += block_delete(block, 16);
  }
  return report(sum);
}

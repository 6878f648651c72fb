/* A batch of 64 blocks of 64 bytes taken, then freed in the order of their making; and in the opposite order. */
#include "support.h"

enum { BATCH = 64, SIZE = 64 };

int main(int argc, char **argv) {
  size_t rounds = scaled(argc, argv, 250000);
  void *blocks[BATCH];
  uint64_t sum = 0;
  for (size_t round = 0; round < rounds; round++) {
    for (size_t i = 0; i < BATCH; i++) blocks[i] = block_new(SIZE, round + i);
    if (round % 2 == 0) {
      for (size_t i = 0; i < BATCH; i++) sum += block_delete(blocks[i], SIZE);
    } else {
      for (size_t i = BATCH; i-- > 0;) sum += block_delete(blocks[i], SIZE);
    }
  }
  return report(sum);
}

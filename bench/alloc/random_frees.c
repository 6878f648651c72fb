/* 100,000 live blocks, freed in random order and made again: locality of what the allocator hands out is all that counts. */
#include "support.h"

enum { LIVE = 100000, SIZE = 64 };

static void shuffle(uint32_t *order, Random *random) {
  for (uint32_t i = LIVE - 1; i > 0; i--) {
    uint32_t other = random_below(random, i + 1);
    uint32_t kept = order[i];
    order[i] = order[other];
    order[other] = kept;
  }
}

int main(int argc, char **argv) {
  size_t rounds = scaled(argc, argv, 25);
  Random random = random_seeded(1);
  void **blocks = array_new(LIVE, sizeof *blocks);
  uint32_t *order = array_new(LIVE, sizeof *order);
  uint64_t sum = 0;
  for (uint32_t i = 0; i < LIVE; i++) order[i] = i;
  for (size_t round = 0; round < rounds; round++) {
    for (uint32_t i = 0; i < LIVE; i++) blocks[i] = block_new(SIZE, round + i);
    shuffle(order, &random);
    for (uint32_t i = 0; i < LIVE; i++) sum += block_delete(blocks[order[i]], SIZE);
  }
  free(order);
  free(blocks);
  return report(sum);
}

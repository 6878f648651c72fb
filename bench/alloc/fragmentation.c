/* Fragmentation: generations of blocks of mixed sizes, of which a few survive for long; between the survivors the next generation's
 * sizes, which are different ones, must find room. Peak memory tells more than time. */
#include "support.h"

enum { GENERATIONS = 12, PER_GENERATION = 120000, SURVIVORS = 40 /* one in */ };

typedef struct Block {
  void *bytes;
  size_t size;
} Block;

/* Generations like different sizes: what was freed by one must serve another. */
static size_t size_of_generation(Random *random, size_t generation) {
  size_t base = 16 + (generation * 56) % 400;
  return base + random_below(random, 120);
}

int main(int argc, char **argv) {
  size_t rounds = scaled(argc, argv, 2);
  Random random = random_seeded(9);
  Block *young = array_new(PER_GENERATION, sizeof *young);
  Block *old = array_new(rounds * GENERATIONS * (PER_GENERATION / SURVIVORS), sizeof *old);
  size_t kept = 0;
  uint64_t sum = 0;
  for (size_t generation = 0; generation < rounds * GENERATIONS; generation++) {
    for (size_t i = 0; i < PER_GENERATION; i++) {
      young[i].size = size_of_generation(&random, generation);
      young[i].bytes = block_new(young[i].size, i);
    }
    for (size_t i = 0; i < PER_GENERATION; i++) {
      if (i % SURVIVORS == 0) {
        old[kept++] = young[i];
      } else {
        sum += block_delete(young[i].bytes, young[i].size);
      }
    }
  }
  for (size_t i = 0; i < kept; i++) sum += block_delete(old[i].bytes, old[i].size);
  free(old);
  free(young);
  return report(sum);
}

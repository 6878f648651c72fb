/* calloc: small records mostly, arrays sometimes. What is fresh from the system needs no clearing, and what is small little. */
#include "support.h"

enum { SLOTS = 3000 };

int main(int argc, char **argv) {
  size_t count = scaled(argc, argv, 3000000);
  Random random = random_seeded(12);
  uint64_t **blocks = array_new(SLOTS, sizeof *blocks);
  uint64_t sum = 0;
  for (size_t i = 0; i < count; i++) {
    uint64_t **place = &blocks[random_below(&random, SLOTS)];
    size_t size = random_below(&random, 200) == 0 ? random_size(&random, 12, 18) : 8 * (1 + random_below(&random, 40));
    free(*place);
    *place = calloc(1, size);
    if (*place == NULL) out_of_memory();
    sum += (*place)[0] + (*place)[size / 8 - 1] + size; /* zeros, or the sum is another */
    (*place)[0] = (*place)[size / 8 - 1] = i;
  }
  for (size_t i = 0; i < SLOTS; i++) free(blocks[i]);
  free(blocks);
  return report(sum);
}

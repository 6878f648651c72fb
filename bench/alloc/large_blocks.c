/* Large blocks: images and buffers from 64 kB to 8 MB, a few alive at a time, a part of each used. */
#include "support.h"

enum { LIVE = 12 };

int main(int argc, char **argv) {
  size_t count = scaled(argc, argv, 30000);
  Random random = random_seeded(8);
  char *blocks[LIVE] = {0};
  uint64_t sum = 0;
  for (size_t i = 0; i < count; i++) {
    char **place = &blocks[random_below(&random, LIVE)];
    if (*place != NULL) sum += (unsigned char)(*place)[0];
    free(*place);
    size_t size = random_size(&random, 16, 23);
    *place = block_new(size, i);
    memset(*place, (int)i, 32768);
  }
  for (size_t i = 0; i < LIVE; i++) free(blocks[i]);
  return report(sum);
}

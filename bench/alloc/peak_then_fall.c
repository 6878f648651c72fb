/* A peak of about 60 MB of small blocks of which nine in ten are freed at random, then steady work on little. With --resident it says
 * on standard error what is resident at the peak, after the steady work, and after malloc_trim. */
#include "support.h"

#include <malloc.h>
#include <time.h>

enum { PEAK = 400000, STEADY = 3000 };

typedef struct Block {
  void *bytes;
  uint32_t size;
} Block;

static void replace(Block *block, Random *random, uint64_t *sum) {
  if (block->bytes != NULL) *sum += block_delete(block->bytes, block->size);
  block->size = 16 + random_below(random, 240);
  block->bytes = block_new(block->size, block->size);
}

static void fall(Block *blocks, Random *random, uint64_t *sum) {
  for (size_t i = PEAK - 1; i > 0; i--) { /* a random order */
    uint32_t other = random_below(random, (uint32_t)i + 1);
    Block kept = blocks[i];
    blocks[i] = blocks[other];
    blocks[other] = kept;
  }
  for (size_t i = PEAK / 10; i < PEAK; i++) {
    *sum += block_delete(blocks[i].bytes, blocks[i].size);
    blocks[i].bytes = NULL;
  }
}

/* Work on the few that are left, for so many rounds; with pauses in between, as decay needs time to act. */
static void steady(Block *blocks, Random *random, size_t rounds, bool pauses, uint64_t *sum) {
  const struct timespec pause = {0, 20000000};
  for (size_t round = 0; round < rounds; round++) {
    for (size_t i = 0; i < 100000; i++) replace(&blocks[random_below(random, STEADY)], random, sum);
    if (pauses) nanosleep(&pause, NULL);
  }
}

int main(int argc, char **argv) {
  bool tell = argc > 1 && strcmp(argv[1], "--resident") == 0;
  if (tell) argc--, argv++;
  Random random = random_seeded(11);
  Block *blocks = array_new(PEAK, sizeof *blocks);
  uint64_t sum = 0;
  for (size_t i = 0; i < PEAK; i++) replace(&blocks[i], &random, &sum);
  long peak = resident_kilobytes();
  fall(blocks, &random, &sum);
  for (size_t i = STEADY; i < PEAK / 10; i++) sum += block_delete(blocks[i].bytes, blocks[i].size), blocks[i].bytes = NULL;
  steady(blocks, &random, scaled(argc, argv, 60), tell, &sum);
  if (tell) {
    long fallen = resident_kilobytes();
    malloc_trim(0);
    fprintf(stderr, "%ld %ld %ld\n", peak, fallen, resident_kilobytes());
  }
  for (size_t i = 0; i < STEADY; i++)
    if (blocks[i].bytes != NULL) sum += block_delete(blocks[i].bytes, blocks[i].size);
  free(blocks);
  return report(sum);
}

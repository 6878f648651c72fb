/* Aligned blocks: cache lines, vectors and pages, beside plain ones. */
#include "support.h"

enum { SLOTS = 4000 };

int main(int argc, char **argv) {
  static const size_t alignments[] = {32, 64, 64, 64, 128, 256, 4096};
  size_t count = scaled(argc, argv, 2500000);
  Random random = random_seeded(13);
  void **blocks = array_new(SLOTS, sizeof *blocks);
  size_t *sizes = array_new(SLOTS, sizeof *sizes);
  uint64_t sum = 0;
  for (size_t i = 0; i < count; i++) {
    uint32_t slot = random_below(&random, SLOTS);
    if (blocks[slot] != NULL) sum += block_delete(blocks[slot], sizes[slot]);
    size_t alignment = random_below(&random, 64) == 0 ? alignments[6] : alignments[random_below(&random, 6)];
    size_t size = alignment + random_below(&random, 4) * alignment / 2;
    if (i % 4 == 0) {
      blocks[slot] = malloc(size);
    } else if (posix_memalign(&blocks[slot], alignment, size) != 0 || (uintptr_t)blocks[slot] % alignment != 0) {
      out_of_memory();
    }
    sizes[slot] = size;
    block_fill(blocks[slot], size, i);
  }
  for (size_t i = 0; i < SLOTS; i++)
    if (blocks[i] != NULL) sum += block_delete(blocks[i], sizes[i]);
  free(sizes);
  free(blocks);
  return report(sum);
}

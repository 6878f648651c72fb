/* Phases of one size each, in which everything of the phase before is freed: memory of small blocks must serve other sizes. */
#include "support.h"

#define PHASE_BYTES ((size_t)48 << 20)

int main(int argc, char **argv) {
  static const size_t sizes[] = {32, 48, 80, 144, 272, 528, 1040, 2064, 4112, 24, 8208, 64};
  size_t bytes = scaled(argc, argv, PHASE_BYTES);
  void **blocks = array_new(bytes / 24 + 1, sizeof *blocks);
  uint64_t sum = 0;
  for (size_t phase = 0; phase < sizeof sizes / sizeof sizes[0]; phase++) {
    size_t size = sizes[phase], count = bytes / size;
    for (size_t i = 0; i < count; i++) blocks[i] = block_new(size, i);
    for (size_t i = 0; i < count; i += 2) sum += block_delete(blocks[i], size);
    for (size_t i = 1; i < count; i += 2) sum += block_delete(blocks[i], size);
  }
  free(blocks);
  return report(sum);
}

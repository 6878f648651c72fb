/* Random sizes from 8 bytes to 8 kB with random lifetimes: a table of slots, each of which is replaced now and then. */
#include "support.h"

enum { SLOTS = 20000 };

typedef struct Slot {
  void *block;
  size_t size;
} Slot;

int main(int argc, char **argv) {
  size_t replacements = scaled(argc, argv, 5000000);
  Random random = random_seeded(3);
  Slot *slots = array_new(SLOTS, sizeof *slots);
  uint64_t sum = 0;
  for (size_t i = 0; i < replacements; i++) {
    Slot *slot = &slots[random_below(&random, SLOTS)];
    if (slot->block != NULL) sum += block_delete(slot->block, slot->size);
    slot->size = random_size(&random, 3, 13);
    slot->block = block_new(slot->size, i);
  }
  for (size_t i = 0; i < SLOTS; i++)
    if (slots[i].block != NULL) sum += block_delete(slots[i].block, slots[i].size);
  free(slots);
  return report(sum);
}

/* Many threads, each for itself: nothing is shared but the allocator. */
#include "support.h"

enum { THREADS = 8, SLOTS = 4000 };

typedef struct Worker {
  Random random;
  size_t operations;
  uint64_t sum;
} Worker;

static void *work(void *data) {
  Worker *worker = data;
  void *blocks[SLOTS] = {0};
  uint16_t sizes[SLOTS];
  for (size_t i = 0; i < worker->operations; i++) {
    uint32_t slot = random_below(&worker->random, SLOTS);
    if (blocks[slot] != NULL) worker->sum += block_delete(blocks[slot], sizes[slot]);
    sizes[slot] = (uint16_t)random_size(&worker->random, 3, 11);
    blocks[slot] = block_new(sizes[slot], i);
  }
  for (size_t i = 0; i < SLOTS; i++)
    if (blocks[i] != NULL) worker->sum += block_delete(blocks[i], sizes[i]);
  return NULL;
}

int main(int argc, char **argv) {
  Worker workers[THREADS];
  uint64_t sum = 0;
  for (size_t i = 0; i < THREADS; i++) workers[i] = (Worker){random_seeded(i), scaled(argc, argv, 900000), 0};
  threads_run(THREADS, work, workers, sizeof workers[0]);
  for (size_t i = 0; i < THREADS; i++) sum += workers[i].sum;
  return report(sum);
}

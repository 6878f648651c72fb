/* Many threads with bleeding: each works on blocks of its own, but one operation in eight swaps a block with a place that all
 * threads share, so that much is freed by another thread than the one that made it; and threads end and are made anew. */
#include "support.h"

#include <stdatomic.h>

enum { THREADS = 8, GENERATIONS = 6, PLACES = 2048, SLOTS = 1500 };

typedef struct Block {
  uint64_t value;
  size_t size;
} Block;

static _Atomic(Block *) places[PLACES];
static _Atomic uint64_t made, seen;

typedef struct Worker {
  Random random;
  size_t operations;
} Worker;

static Block *make(Random *random) {
  size_t size = sizeof(Block) + (random_below(random, 20) == 0 ? random_size(random, 7, 12) : random_size(random, 3, 7));
  uint64_t value = random_next(random);
  Block *block = block_new(size, value);
  block->value = value;
  block->size = size;
  return block;
}

/* Returns the value of the block that ends here. */
static uint64_t drop(Block *block) {
  if (block == NULL) return 0;
  uint64_t value = block->value;
  free(block);
  return value;
}

static void *work(void *data) {
  Worker *worker = data;
  Random *random = &worker->random;
  Block *slots[SLOTS] = {0};
  uint64_t plus = 0, minus = 0;
  for (size_t i = 0; i < worker->operations; i++) {
    Block **slot = &slots[random_below(random, SLOTS)];
    if (random_below(random, 8) == 0) {
      *slot = atomic_exchange(&places[random_below(random, PLACES)], *slot);
    } else {
      minus += drop(*slot);
      *slot = make(random);
      plus += (*slot)->value;
    }
  }
  for (size_t i = 0; i < SLOTS; i++) minus += drop(slots[i]);
  atomic_fetch_add(&made, plus);
  atomic_fetch_add(&seen, minus);
  return NULL;
}

int main(int argc, char **argv) {
  Worker workers[THREADS];
  for (size_t generation = 0; generation < GENERATIONS; generation++) {
    for (size_t i = 0; i < THREADS; i++) {
      workers[i].random = random_seeded(generation * THREADS + i);
      workers[i].operations = scaled(argc, argv, 200000);
    }
    threads_run(THREADS, work, workers, sizeof workers[0]);
  }
  for (size_t i = 0; i < PLACES; i++) seen += drop(places[i]);
  if (made != seen) { /* whatever is made is seen once */
    fputs("a block was lost, or changed\n", stderr);
    return 1;
  }
  return report(made);
}

/* The same thrash in threads: each takes a megabyte and a half in middling blocks and frees it, again and again. */
#include "support.h"

enum { THREADS = 4, BLOCKS = 96 };

/* A request is worked on: its bytes are read. */
static uint64_t sum_of(const char *bytes, size_t size) {
  uint64_t sum = 0;
  for (size_t i = 0; i < size; i++) sum += (unsigned char)bytes[i];
  return sum;
}

typedef struct Worker {
  Random random;
  size_t requests;
  uint64_t sum;
} Worker;

static void *serve(void *data) {
  Worker *worker = data;
  char *blocks[BLOCKS];
  size_t sizes[BLOCKS];
  for (size_t request = 0; request < worker->requests; request++) {
    for (size_t i = 0; i < BLOCKS; i++) {
      size_t size = 4096 + random_below(&worker->random, 28672);
      blocks[i] = block_new(size, request + i);
      memset(blocks[i], (int)request, size);
      sizes[i] = size;
    }
    for (size_t i = 0; i < BLOCKS; i++) {
      worker->sum += sum_of(blocks[i], sizes[i]);
      free(blocks[i]);
    }
  }
  return NULL;
}

int main(int argc, char **argv) {
  Worker workers[THREADS];
  uint64_t sum = 0;
  for (size_t i = 0; i < THREADS; i++) workers[i] = (Worker){random_seeded(i), scaled(argc, argv, 200), 0};
  threads_run(THREADS, serve, workers, sizeof workers[0]);
  for (size_t i = 0; i < THREADS; i++) sum += workers[i].sum;
  return report(sum);
}

/* One thread works; that a second one merely exists should cost nothing. Small sizes with lifetimes longer than a thread's cache is deep. */
#include "support.h"

enum { LIVE = 20000 };

static pthread_mutex_t door = PTHREAD_MUTEX_INITIALIZER;

static void *idle(void *data) {
  pthread_mutex_lock(&door);
  pthread_mutex_unlock(&door);
  return data;
}

int main(int argc, char **argv) {
  size_t operations = scaled(argc, argv, 10000000);
  Random random = random_seeded(6);
  void **blocks = array_new(LIVE, sizeof *blocks);
  uint64_t sum = 0;
  pthread_mutex_lock(&door);
  pthread_t second = thread_start(idle, NULL);
  for (size_t i = 0; i < operations; i++) {
    uint32_t slot = random_below(&random, LIVE);
    size_t size = 16 + slot % 15 * 16;
    if (blocks[slot] != NULL) sum += block_delete(blocks[slot], size);
    blocks[slot] = block_new(size, i);
  }
  for (uint32_t slot = 0; slot < LIVE; slot++)
    if (blocks[slot] != NULL) sum += block_delete(blocks[slot], 16 + slot % 15 * 16);
  pthread_mutex_unlock(&door);
  pthread_join(second, NULL);
  free(blocks);
  return report(sum);
}

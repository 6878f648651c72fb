/* Small fixed sizes: queues, stacks and pools of nodes of five sizes, as containers of a program have them. */
#include "support.h"

enum { WINDOW = 4096 };

/* First in, first out. */
static uint64_t queue(size_t size, size_t count) {
  void *window[WINDOW] = {0};
  uint64_t sum = 0;
  for (size_t i = 0; i < count; i++) {
    void **place = &window[i % WINDOW];
    if (*place != NULL) sum += block_delete(*place, size);
    *place = block_new(size, i);
  }
  for (size_t i = 0; i < WINDOW; i++)
    if (window[i] != NULL) sum += block_delete(window[i], size);
  return sum;
}

/* A stack whose depth wanders. */
static uint64_t stack(size_t size, size_t count, Random *random) {
  void *window[WINDOW];
  size_t depth = 0;
  uint64_t sum = 0;
  for (size_t i = 0; i < count; i++) {
    bool push = depth == 0 || (depth < WINDOW && random_below(random, 100) < 52);
    if (push) {
      window[depth++] = block_new(size, i);
    } else {
      sum += block_delete(window[--depth], size);
    }
  }
  while (depth > 0) sum += block_delete(window[--depth], size);
  return sum;
}

int main(int argc, char **argv) {
  static const size_t sizes[] = {16, 24, 40, 64, 120};
  size_t count = scaled(argc, argv, 2200000);
  Random random = random_seeded(2);
  uint64_t sum = 0;
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    sum += queue(sizes[i], count);
    sum += stack(sizes[i], count, &random);
  }
  return report(sum);
}

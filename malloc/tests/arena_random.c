/* Random bytes for fuzz/allocator.c, which checks itself: arena_random SECONDS [SEED]. Also where there is no
 * libFuzzer. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static double seconds_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static uint32_t next(uint64_t *state) {
  *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (uint32_t)(*state >> 33);
}

int main(int argc, char **argv) {
  static uint8_t bytes[6000];
  double end = seconds_now() + (argc > 1 ? strtod(argv[1], NULL) : 2);
  uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : (uint64_t)time(NULL);
  unsigned long inputs = 0;
  printf("seed %llu\n", (unsigned long long)seed);
  fflush(stdout);
  while (seconds_now() < end) {
    uint64_t state = seed + inputs++;
    size_t size = next(&state) % sizeof bytes + 1;
    unsigned bias = next(&state) % 3; /* of the shapes of sizes: all, mostly small, mostly middling */
    for (size_t i = 0; i < size; i++) {
      bytes[i] = (uint8_t)next(&state);
      if (bias == 1) bytes[i] &= 0x77;
      if (bias == 2) bytes[i] = (uint8_t)(bytes[i] % 200);
    }
    LLVMFuzzerTestOneInput(bytes, size);
  }
  printf("%lu inputs\n", inputs);
  return 0;
}

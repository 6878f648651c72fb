/* What the programs of this folder share. Each is one process that calls malloc and its family, prints a checksum that must be
 * the same under every allocator, and takes a scale (1 by default: a few tenths of a second under glibc).
 *
 * A block is written when it is new and read before it goes: first and last word at least, so that an allocator pays for the
 * cache lines that it hands out, and one that hands the same memory out twice changes the checksum. */
#ifndef BENCH_ALLOC_SUPPORT_H
#define BENCH_ALLOC_SUPPORT_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Random {
  uint64_t state;
} Random;

/* xorshift64* (Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled"). */
static inline uint32_t random_next(Random *random) {
  uint64_t x = random->state;
  x ^= x >> 12;
  x ^= x << 25;
  x ^= x >> 27;
  random->state = x;
  return (uint32_t)((x * UINT64_C(0x2545F4914F6CDD1D)) >> 32);
}

static inline Random random_seeded(uint64_t seed) {
  return (Random){(seed + 1) * UINT64_C(0x9E3779B97F4A7C15)};
}

/* Uniform below `bound`. */
static inline uint32_t random_below(Random *random, uint32_t bound) {
  return (uint32_t)(((uint64_t)random_next(random) * bound) >> 32);
}

/* Small numbers often, large ones seldom: each power of two between the bounds is as likely as another. */
static inline size_t random_size(Random *random, unsigned lowest_bit, unsigned highest_bit) {
  unsigned bit = lowest_bit + random_below(random, highest_bit - lowest_bit);
  return ((size_t)1 << bit) + random_below(random, 1u << bit);
}

static inline void out_of_memory(void) {
  fputs("out of memory\n", stderr);
  exit(1);
}

/* Writes what block_check reads. Blocks have at least 8 bytes. */
static inline void *block_fill(void *block, size_t size, uint64_t value) {
  if (block == NULL) out_of_memory();
  memcpy(block, &value, sizeof value);
  memcpy((char *)block + size - sizeof value, &value, sizeof value);
  return block;
}

static inline void *block_new(size_t size, uint64_t value) {
  return block_fill(malloc(size), size, value);
}

static inline uint64_t block_check(const void *block, size_t size) {
  uint64_t first, last;
  memcpy(&first, block, sizeof first);
  memcpy(&last, (const char *)block + size - sizeof last, sizeof last);
  return first ^ (last << 1);
}

static inline uint64_t block_delete(void *block, size_t size) {
  uint64_t checked = block_check(block, size);
  free(block);
  return checked;
}

static inline void *array_new(size_t count, size_t size) {
  void *array = calloc(count, size);
  if (array == NULL) out_of_memory();
  return array;
}

/* The scale of the run: the first argument. */
static inline size_t scaled(int argc, char **argv, size_t count) {
  double scale = argc > 1 ? strtod(argv[1], NULL) : 1;
  size_t result = (size_t)((double)count * scale);
  return result == 0 ? 1 : result;
}

static inline int report(uint64_t checksum) {
  printf("%016llx\n", (unsigned long long)checksum);
  return 0;
}

/* Kilobytes that are resident now. */
static inline long resident_kilobytes(void) {
  long pages = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  if (file == NULL || fscanf(file, "%*d %ld", &pages) != 1) pages = 0;
  if (file != NULL) fclose(file);
  return pages * 4;
}

static inline pthread_t thread_start(void *(*body)(void *), void *data) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, body, data) != 0) {
    fputs("no thread\n", stderr);
    exit(1);
  }
  return thread;
}

/* Runs `body` in `count` threads, with the elements of an array as their data, and waits for all. */
static inline void threads_run(size_t count, void *(*body)(void *), void *array, size_t element) {
  pthread_t threads[64];
  if (count > 64) count = 64;
  for (size_t i = 0; i < count; i++) threads[i] = thread_start(body, (char *)array + i * element);
  for (size_t i = 0; i < count; i++) pthread_join(threads[i], NULL);
}

#endif

/* Growth by realloc: doubling to 16 MB, buffers that grow by a line at a time side by side, and shrinking to fit at the end. */
#include "support.h"

enum { BUFFERS = 200, LARGEST = 16 << 20 };

typedef struct Buffer {
  char *bytes;
  size_t length, capacity;
} Buffer;

static void buffer_reserve(Buffer *buffer, size_t capacity) {
  buffer->bytes = realloc(buffer->bytes, capacity);
  if (buffer->bytes == NULL) out_of_memory();
  buffer->capacity = capacity;
}

static uint64_t doubling(size_t rounds) {
  uint64_t sum = 0;
  for (size_t round = 0; round < rounds; round++) {
    Buffer buffer = {0};
    for (size_t size = 64; size <= LARGEST; size *= 2) {
      buffer_reserve(&buffer, size);
      memset(buffer.bytes + buffer.length, (int)round, size < 65536 ? size - buffer.length : 64);
      buffer.length = size;
      sum += (unsigned char)buffer.bytes[0];
    }
    free(buffer.bytes);
  }
  return sum;
}

/* Each buffer grows by half when a line does not fit. */
static uint64_t lines(size_t count, Random *random) {
  Buffer *buffers = array_new(BUFFERS, sizeof *buffers);
  uint64_t sum = 0;
  for (size_t i = 0; i < count; i++) {
    Buffer *buffer = &buffers[random_below(random, BUFFERS)];
    size_t length = 20 + random_below(random, 100);
    if (buffer->length + length > buffer->capacity) buffer_reserve(buffer, (buffer->length + length) * 3 / 2);
    memset(buffer->bytes + buffer->length, (int)length, length);
    buffer->length += length;
    if (buffer->length < 200000) continue;
    buffer_reserve(buffer, buffer->length);
    sum += (unsigned char)buffer->bytes[buffer->length / 2];
    free(buffer->bytes);
    *buffer = (Buffer){0};
  }
  for (size_t i = 0; i < BUFFERS; i++) free(buffers[i].bytes);
  free(buffers);
  return sum;
}

/* One element more each time: realloc within the block's slack, or not. */
static uint64_t by_ones(size_t rounds) {
  uint64_t sum = 0;
  for (size_t round = 0; round < rounds; round++) {
    uint64_t *elements = NULL;
    for (size_t i = 0; i < 2000; i++) {
      elements = realloc(elements, (i + 1) * sizeof *elements);
      if (elements == NULL) out_of_memory();
      elements[i] = i;
    }
    sum += elements[1000];
    free(elements);
  }
  return sum;
}

int main(int argc, char **argv) {
  Random random = random_seeded(7);
  uint64_t sum = doubling(scaled(argc, argv, 500));
  sum += lines(scaled(argc, argv, 3000000), &random);
  sum += by_ones(scaled(argc, argv, 4000));
  return report(sum);
}

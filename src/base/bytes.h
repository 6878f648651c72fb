/* Short runs of bytes, a word at a time: a call of memcpy or memcmp would cost more than the work. Where the length is
 * no multiple of a word, the last word overlaps the one before it. */
#ifndef RL_BASE_BYTES_H
#define RL_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t bytes_load_8(const char *bytes) {
  uint64_t word;
  memcpy(&word, bytes, sizeof word);
  return word;
}
/* A word whose order as a number is that of its bytes. */
static inline uint64_t bytes_order_8(uint64_t word) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  return __builtin_bswap64(word);
#else
  return word;
#endif
}
/* A word whose first byte in memory is the number's lowest. */
static inline uint64_t bytes_from_little(uint64_t number) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  return number;
#else
  return __builtin_bswap64(number);
#endif
}
static inline uint32_t bytes_load_4(const char *bytes) {
  uint32_t word;
  memcpy(&word, bytes, sizeof word);
  return word;
}

static inline bool bytes_equal(const char *a, const char *b, size_t length) {
  if (length >= 8) {
    for (size_t i = 0; i < length - 8; i += 8)
      if (bytes_load_8(a + i) != bytes_load_8(b + i)) return false;
    return bytes_load_8(a + length - 8) == bytes_load_8(b + length - 8);
  }
  if (length >= 4)
    return bytes_load_4(a) == bytes_load_4(b) && bytes_load_4(a + length - 4) == bytes_load_4(b + length - 4);
  if (length == 0) return true;
  return a[0] == b[0] && a[length / 2] == b[length / 2] && a[length - 1] == b[length - 1];
}

/* The runs must not overlap. `from` may be anything when length is 0. */
static inline void bytes_copy(char *to, const char *from, size_t length) {
  if (length > 64) {
    memcpy(to, from, length);
  } else if (length >= 16) {
    for (size_t i = 0; i < length - 16; i += 16) memcpy(to + i, from + i, 16);
    memcpy(to + length - 16, from + length - 16, 16);
  } else if (length >= 8) {
    memcpy(to, from, 8);
    memcpy(to + length - 8, from + length - 8, 8);
  } else if (length >= 4) {
    memcpy(to, from, 4);
    memcpy(to + length - 4, from + length - 4, 4);
  } else if (length > 0) {
    to[0] = from[0];
    to[length / 2] = from[length / 2];
    to[length - 1] = from[length - 1];
  }
}

#endif

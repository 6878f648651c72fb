/* Single-character items of patterns: `a`, `.`, `%a`, `[set]`. An item is prepared once and then asked about many
 * bytes. Public headers only. */
#ifndef RL_STDLIB_CHARACTER_TEST_H
#define RL_STDLIB_CHARACTER_TEST_H

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* A set as 256 bits; `item` is the position of its `[`, which is what it is found by. */
typedef struct CharacterSet {
  const char *item;
  uint64_t bits[4];
} CharacterSet;

typedef enum CharacterTestKind {
  CHARACTER_ANY,
  CHARACTER_BYTE,   /* `byte` */
  CHARACTER_CLASS,  /* what the C library's table says; `sense` */
  CHARACTER_LETTER, /* a class without such a table: by its letter, `byte` */
  CHARACTER_SET,    /* [item, last]: `last` is the position of the `]` */
  CHARACTER_BITS    /* the same, as bits */
} CharacterTestKind;

typedef struct CharacterTest {
  CharacterTestKind kind;
  unsigned char byte;
  bool sense;
  unsigned short mask;
  const unsigned short *table;
  const char *item;
  const char *last;
  const uint64_t *bits;
} CharacterTest;

/* The current locale's table of classes; NULL: none. Another locale has another one, and tests that were prepared
 * before must not be used any more. No effects. */
const unsigned short *rl_character_table(void);

/* Prepares the test of the well-formed item [item, end). No effects. */
void rl_character_test_init(CharacterTest *test, const char *item, const char *end);

/* Is `byte` in the set whose `[` is at `set` and whose `]` at `last`? No effects. */
bool rl_character_in_set(int byte, const char *set, const char *last);
bool rl_character_in_class(int byte, int letter);

/* Writes the set of a test of kind CHARACTER_SET as bits. No effects. */
void rl_character_set_fill(CharacterSet *set, const CharacterTest *test);

static inline bool character_has_bit(const uint64_t *bits, unsigned char byte) {
  return bits[byte >> 6] >> (byte & 63) & 1;
}

static inline bool character_passes(const CharacterTest *test, unsigned char byte) {
  switch (test->kind) {
    case CHARACTER_ANY: return true;
    case CHARACTER_BYTE: return byte == test->byte;
    case CHARACTER_CLASS: return ((test->table[byte] & test->mask) != 0) == test->sense;
    case CHARACTER_LETTER: return rl_character_in_class(byte, test->byte);
    case CHARACTER_SET: return rl_character_in_set(byte, test->item, test->last);
    default: return character_has_bit(test->bits, byte);
  }
}

/* Returns the position of the first such byte in [at, stop), or `stop`. */
static inline const char *rl_character_find(int byte, const char *at, const char *stop) {
  const char *found = at < stop ? memchr(at, byte, (size_t)(stop - at)) : NULL;
  return found != NULL ? found : stop;
}

/* Returns the first position from `at` on, `stop` at the latest, whose byte does not pass (`passing`), or passes
 * (otherwise). No effects. */
const char *rl_character_skip(const CharacterTest *test, const char *at, const char *stop, bool passing);

#endif

#include "stdlib/character_test.h"

#define ESCAPE '%'

/* Does `byte` belong to the class of the letter? A letter that names none, and any other byte, means itself. */
bool rl_character_in_class(int byte, int letter) {
  int found;
  switch (tolower(letter)) {
    case 'a': found = isalpha(byte); break;
    case 'c': found = iscntrl(byte); break;
    case 'd': found = isdigit(byte); break;
    case 'g': found = isgraph(byte); break;
    case 'l': found = islower(byte); break;
    case 'p': found = ispunct(byte); break;
    case 's': found = isspace(byte); break;
    case 'u': found = isupper(byte); break;
    case 'w': found = isalnum(byte); break;
    case 'x': found = isxdigit(byte); break;
    case 'z': found = byte == 0; break; /* deprecated, but still there */
    default: return letter == byte;
  }
  return (found != 0) != (isupper(letter) != 0);
}

bool rl_character_in_set(int byte, const char *set, const char *last) {
  bool positive = set[1] != '^';
  for (const char *p = set + (positive ? 1 : 2); p < last; p++) {
    if (*p == ESCAPE) {
      p++;
      if (rl_character_in_class(byte, (unsigned char)*p)) return positive;
    } else if (p[1] == '-' && p + 2 < last) {
      if ((unsigned char)p[0] <= byte && byte <= (unsigned char)p[2]) return positive;
      p += 2;
    } else if ((unsigned char)*p == byte) {
      return positive;
    }
  }
  return !positive;
}

/* The bits of a class in the C library's table of the locale, 0 when it has none. */
#ifdef __GLIBC__
static unsigned short class_mask(int letter) {
  switch (letter | 0x20) {
    case 'a': return (unsigned short)_ISalpha;
    case 'c': return (unsigned short)_IScntrl;
    case 'd': return (unsigned short)_ISdigit;
    case 'g': return (unsigned short)_ISgraph;
    case 'l': return (unsigned short)_ISlower;
    case 'p': return (unsigned short)_ISpunct;
    case 's': return (unsigned short)_ISspace;
    case 'u': return (unsigned short)_ISupper;
    case 'w': return (unsigned short)_ISalnum;
    case 'x': return (unsigned short)_ISxdigit;
    default: return 0;
  }
}

const unsigned short *rl_character_table(void) {
  return *__ctype_b_loc();
}
#else
static unsigned short class_mask(int letter) {
  (void)letter;
  return 0;
}

const unsigned short *rl_character_table(void) {
  return NULL;
}
#endif

static bool is_ascii_letter(unsigned char byte) {
  return (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
}

static void init_escape(CharacterTest *test, unsigned char letter) {
  test->byte = letter;
  test->kind = CHARACTER_BYTE;
  if (!is_ascii_letter(letter)) return;
  test->kind = CHARACTER_LETTER;
  test->mask = class_mask(letter);
  if (test->mask == 0) return;
  test->kind = CHARACTER_CLASS;
  test->table = rl_character_table();
  test->sense = (letter & 0x20) != 0;
}

void rl_character_test_init(CharacterTest *test, const char *item, const char *end) {
  switch (*item) {
    case '.': test->kind = CHARACTER_ANY; break;
    case ESCAPE: init_escape(test, (unsigned char)item[1]); break;
    case '[':
      test->kind = CHARACTER_SET;
      test->item = item;
      test->last = end - 1;
      break;
    default:
      test->kind = CHARACTER_BYTE;
      test->byte = (unsigned char)*item;
      break;
  }
}

static void add_bit(CharacterSet *set, unsigned byte) {
  set->bits[byte >> 6] |= UINT64_C(1) << (byte & 63);
}

static void add_class(CharacterSet *set, unsigned char letter) {
  CharacterTest test = {.kind = CHARACTER_BYTE};
  init_escape(&test, letter);
  for (unsigned byte = 0; byte < 256; byte++)
    if (character_passes(&test, (unsigned char)byte)) add_bit(set, byte);
}

/* Reads the set as rl_character_in_set does. */
void rl_character_set_fill(CharacterSet *set, const CharacterTest *test) {
  bool positive = test->item[1] != '^';
  set->item = test->item;
  memset(set->bits, 0, sizeof set->bits);
  for (const char *p = test->item + (positive ? 1 : 2); p < test->last; p++) {
    if (*p == ESCAPE) {
      add_class(set, (unsigned char)*++p);
    } else if (p[1] == '-' && p + 2 < test->last) {
      for (unsigned byte = (unsigned char)p[0]; byte <= (unsigned char)p[2]; byte++) add_bit(set, byte);
      p += 2;
    } else {
      add_bit(set, (unsigned char)*p);
    }
  }
  if (positive) return;
  for (int word = 0; word < 4; word++) set->bits[word] = ~set->bits[word];
}

static const char *skip_byte(const char *at, const char *stop, int byte, bool passing) {
  if (!passing) return rl_character_find(byte, at, stop);
  while (at < stop && (unsigned char)*at == byte) at++;
  return at;
}

const char *rl_character_skip(const CharacterTest *test, const char *at, const char *stop, bool passing) {
  switch (test->kind) {
    case CHARACTER_ANY: return passing ? stop : at;
    case CHARACTER_BYTE: return skip_byte(at, stop, test->byte, passing);
    case CHARACTER_CLASS: {
      const unsigned short *table = test->table;
      unsigned mask = test->mask;
      bool wanted = test->sense == passing;
      while (at < stop && ((table[(unsigned char)*at] & mask) != 0) == wanted) at++;
      return at;
    }
    case CHARACTER_BITS: {
      const uint64_t *bits = test->bits;
      while (at < stop && character_has_bit(bits, (unsigned char)*at) == passing) at++;
      return at;
    }
    default:
      while (at < stop && character_passes(test, (unsigned char)*at) == passing) at++;
      return at;
  }
}

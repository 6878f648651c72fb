/* `table.sort` without order function where all elements are integers, floats, or short strings: the elements are
 * compared and exchanged where they are.
 *
 * The order of comparisons and exchanges is that of stdlib/sort.c, which explains it: what ends up where must not
 * depend on the way in, not even for 0.0 and -0.0, or for NaN, which makes the order no order. */
#include <locale.h>
#include <string.h>
#include <time.h>

#include "base/bytes.h"
#include "base/compiler.h"
#include "direct/sort.h"
#include "heap/barrier.h"
#include "object/strings.h"
#include "object/table.h"

typedef bool Less(const Payload *a, const Payload *b);

/* ---- orders ---- */

static inline bool less_integer(const Payload *a, const Payload *b) {
  return a->integer < b->integer;
}

static inline bool less_float(const Payload *a, const Payload *b) {
  return a->number < b->number;
}

/* By bytes: in the C locale strcoll does the same. */
static inline bool less_bytes(const Payload *a, const Payload *b) {
  const String *x = (const String *)a->object, *y = (const String *)b->object;
  size_t x_length = string_length(x), y_length = string_length(y);
  if (x_length >= 8 && y_length >= 8) {
    uint64_t x_word = bytes_load_8(x->bytes), y_word = bytes_load_8(y->bytes);
    if (x_word != y_word) return bytes_order_8(x_word) < bytes_order_8(y_word);
  }
  int order = memcmp(x->bytes, y->bytes, x_length < y_length ? x_length : y_length);
  return order != 0 ? order < 0 : x_length < y_length;
}

static bool less_text(const Payload *a, const Payload *b) {
  return rl_string_compare((const String *)a->object, (const String *)b->object) < 0;
}

static bool texts_are_bytes(void) {
  const char *name = setlocale(LC_COLLATE, NULL);
  return name != NULL && (strcmp(name, "C") == 0 || strcmp(name, "POSIX") == 0);
}

/* ---- sorting ---- */

static inline void exchange(Payload *a, Payload *b) {
  Payload held = *a;
  *a = *b;
  *b = held;
}

/* The pivot is parked at high - 1. Returns where it belongs, or 0: the order is none. */
static RL_ALWAYS_INLINE unsigned partition(Payload *list, unsigned low, unsigned high, Less *less) {
  const Payload pivot = list[high - 1];
  unsigned left = low, right = high - 1;
  for (;;) {
    while (less(&list[++left], &pivot))
      if (RL_UNLIKELY(left == high - 1)) return 0;
    while (less(&pivot, &list[--right]))
      if (RL_UNLIKELY(right < left)) return 0;
    if (right < left) break;
    exchange(&list[left], &list[right]);
  }
  exchange(&list[high - 1], &list[left]);
  return left;
}

/* Sorts a range of up to three elements and returns 1, or chooses a pivot and parks it at high - 1. */
static RL_ALWAYS_INLINE bool settle(Payload *list, const SortRange *range, Less *less) {
  unsigned low = range->low, high = range->high;
  if (low >= high) return true;
  if (less(&list[high], &list[low])) exchange(&list[low], &list[high]);
  if (high - low == 1) return true;
  unsigned middle = sort_choose_middle(range);
  if (less(&list[middle], &list[low]))
    exchange(&list[middle], &list[low]);
  else if (less(&list[high], &list[middle]))
    exchange(&list[middle], &list[high]);
  if (high - low == 2) return true;
  exchange(&list[middle], &list[high - 1]);
  return false;
}

#define SORTED_AT_ONCE 10000 /* elements: larger ranges look at interrupts before they are split */

/* `list[1]` is the first element. Returns what rl_direct_sort does. */
static RL_ALWAYS_INLINE int sort(const Global *global, Payload *list, unsigned count, Less *less) {
  SortRange waiting[SORT_MAX_WAITING], range = {1, count, 0};
  int waiting_count = 0;
  for (;;) {
    if (!settle(list, &range, less)) {
      if (range.high - range.low > SORTED_AT_ONCE && interrupt_wants_end(global)) return -1;
      unsigned place = partition(list, range.low, range.high, less);
      if (place == 0) return 0;
      waiting[waiting_count++] = sort_divide(&range, place);
    } else if (waiting_count > 0) {
      range = waiting[--waiting_count];
    } else {
      return 1;
    }
  }
}

static RL_NOINLINE int sort_integers(const Global *global, Payload *list, unsigned count) {
  return sort(global, list, count, less_integer);
}
static RL_NOINLINE int sort_floats(const Global *global, Payload *list, unsigned count) {
  return sort(global, list, count, less_float);
}
static RL_NOINLINE int sort_by_bytes(const Global *global, Payload *list, unsigned count) {
  return sort(global, list, count, less_bytes);
}
static RL_NOINLINE int sort_by_text(const Global *global, Payload *list, unsigned count) {
  return sort(global, list, count, less_text);
}

unsigned rl_sort_random(void) {
  struct timespec now = {0};
  clock_gettime(CLOCK_MONOTONIC, &now);
  unsigned long long mixed = (unsigned long long)now.tv_nsec + (unsigned long long)now.tv_sec;
  mixed *= 0x9E3779B97F4A7C15ull; /* the golden ratio spreads the fast low bits */
  return (unsigned)(mixed >> 32) | 1;
}

/* The payloads, counted from 1, if the elements 1..count lie in the array part and all have one tag. */
static Payload *uniform_run(const Table *table, unsigned count, uint8_t *tag) {
  if (count > table->array_capacity) return NULL;
  *tag = *table_array_tag(table, 0);
  for (unsigned i = 1; i < count; i++)
    if (*table_array_tag(table, i) != *tag) return NULL;
  return table->array - 1;
}

int rl_direct_sort(State *L, int argument, unsigned count) {
  const Value *value = L->call_info->base + argument - 1;
  if (!value_is_table(value) || value_table(value)->metatable != NULL) return -1;
  Table *table = value_table(value);
  uint8_t tag;
  Payload *list = uniform_run(table, count, &tag);
  if (list == NULL) return -1;
  switch (tag) {
    case TAG_INTEGER: return sort_integers(L->global, list, count);
    case TAG_FLOAT: return sort_floats(L->global, list, count);
    case TAG_SHORT_STRING:
      barrier_moved(L, table);
      return texts_are_bytes() ? sort_by_bytes(L->global, list, count) : sort_by_text(L->global, list, count);
    default: return -1;
  }
}

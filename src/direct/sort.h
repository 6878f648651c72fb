/* What the two ways of `table.sort` share: the elements in place (direct/sort_run.c), or through the API, with an order
 * function or metamethods (stdlib/sort.c, which explains the algorithm). */
#ifndef RL_DIRECT_SORT_H
#define RL_DIRECT_SORT_H

#include <stdbool.h>

#include "value/value.h"

#define SORT_LARGE       100u /* ranges from this size on may take a random pivot */
#define SORT_BAD_SPLIT   128u /* a part more than so many times larger than the other */
#define SORT_MAX_WAITING 32   /* logarithm of INT_MAX */

typedef struct SortRange {
  unsigned low, high;
  unsigned random; /* chooses the pivot; 0: the middle */
} SortRange;

/* An odd number from the clock. */
unsigned rl_sort_random(void);

/* The middle, or a place in the middle half of the range. */
static inline unsigned sort_choose_middle(const SortRange *range) {
  unsigned size = range->high - range->low;
  if (size < SORT_LARGE || range->random == 0) return range->low + size / 2;
  unsigned quarter = size / 4;
  return range->random % (quarter * 2) + range->low + quarter;
}

/* The element at `place` is in its place: the smaller part is to be sorted next, the larger one is returned. */
static inline SortRange sort_divide(SortRange *range, unsigned place) {
  SortRange below = {range->low, place - 1, range->random}, above = {place + 1, range->high, range->random};
  bool below_is_smaller = place - range->low < range->high - place;
  unsigned smaller_size = below_is_smaller ? place - range->low : range->high - place;
  SortRange larger = below_is_smaller ? above : below;
  *range = below_is_smaller ? below : above;
  if ((larger.high - larger.low) / SORT_BAD_SPLIT > smaller_size) larger.random = rl_sort_random();
  return larger;
}

/* Sorts the elements 1..count (>= 2) of a table argument without order function. Returns 1; 0 when the order
 * contradicts itself (NaN), the elements being wherever they had come; -1, nothing done, when they are not all
 * integers, all floats or all short strings in the array part of a table without metatable, or when it was given up
 * because somebody wants the program to end: then they lie in some order. No effects else. */
int rl_direct_sort(State *L, int argument, unsigned count);

#endif

/* `table.sort`: quicksort with the median of three as pivot (R. Sedgewick, "Implementing Quicksort programs", CACM 21,
 * 1978).
 *
 * The order of comparisons and exchanges is that of stock Lua, because programs see it: where equal elements end up,
 * and which calls an order function gets.
 *
 * A range is split like this. Its first, middle and last element are put in order; with up to three elements that is
 * all. Otherwise the middle one is the pivot P, and is parked just before the last:
 *
 *     low            left ->        <- right          high - 1  high
 *     [ <= P ]       [ not yet seen ]                 [ P ]     [ >= P ]
 *
 * `left` stops at elements that are not less than P, `right` at those that are not greater; they are exchanged until
 * both have met, and P goes between. The ends stop the two by themselves, if the order is one: an order function that
 * contradicts itself would let them run out of the range, so both check for that, and no element outside 1..n is ever
 * touched.
 *
 * The smaller part is sorted first and the other one waits on a list, which is thus never longer than the binary
 * logarithm of n. Large ranges that turn out to be split badly choose their pivots at random from then on, so that no
 * prepared input makes sorting quadratic. */
#include <limits.h>
#include <time.h>

#include "lauxlib.h"
#include "stdlib/table.h"

#define LARGE       100u /* ranges from this size on may take a random pivot */
#define BAD_SPLIT   128u /* a part more than so many times larger than the other */
#define MAX_WAITING 32   /* logarithm of INT_MAX */

typedef struct Range {
  unsigned low, high;
  unsigned random; /* chooses the pivot; 0: the middle */
} Range;

/* Whether the value at stack index `a` comes before that at `b` (both negative). Calls Lua code. */
static int is_before(lua_State *L, int a, int b) {
  if (lua_isnil(L, 2)) return lua_compare(L, a, b, LUA_OPLT);
  lua_pushvalue(L, 2);
  lua_pushvalue(L, a - 1);
  lua_pushvalue(L, b - 2);
  lua_call(L, 2, 1);
  int before = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return before;
}

/* Stores the two values on top: t[i] = top, t[j] = the one below. */
static void store_two(lua_State *L, unsigned i, unsigned j) {
  lua_seti(L, 1, i);
  lua_seti(L, 1, j);
}

/* Puts two elements, i < j, in order. */
static void order_two(lua_State *L, unsigned i, unsigned j) {
  lua_geti(L, 1, i);
  lua_geti(L, 1, j);
  if (is_before(L, -1, -2))
    store_two(L, i, j);
  else
    lua_pop(L, 2);
}

/* Puts the middle element in its place between two ends that are in order. */
static void order_middle(lua_State *L, unsigned low, unsigned middle, unsigned high) {
  lua_geti(L, 1, middle);
  lua_geti(L, 1, low);
  if (is_before(L, -2, -1)) {
    store_two(L, middle, low);
    return;
  }
  lua_pop(L, 1);
  lua_geti(L, 1, high);
  if (is_before(L, -1, -2))
    store_two(L, middle, high);
  else
    lua_pop(L, 2);
}

static unsigned random_number(void) {
  struct timespec now = {0};
  clock_gettime(CLOCK_MONOTONIC, &now);
  unsigned long long mixed = (unsigned long long)now.tv_nsec + (unsigned long long)now.tv_sec;
  mixed *= 0x9E3779B97F4A7C15ull; /* the golden ratio spreads the fast low bits */
  return (unsigned)(mixed >> 32) | 1;
}

/* A place in the middle half of the range. */
static unsigned choose_middle(const Range *range) {
  unsigned size = range->high - range->low;
  if (size < LARGE) return range->low + size / 2;
  unsigned quarter = size / 4;
  return range->random % (quarter * 2) + range->low + quarter;
}

static int invalid_order(lua_State *L) {
  return luaL_error(L, "invalid order function for sorting");
}

/* Partitions around the pivot, which is on top of the stack and parked at high - 1. Pops it; returns where it belongs.
 */
static unsigned partition(lua_State *L, unsigned low, unsigned high) {
  unsigned left = low, right = high - 1;
  for (;;) {
    while (lua_geti(L, 1, ++left), is_before(L, -1, -2)) {
      if (left == high - 1) invalid_order(L);
      lua_pop(L, 1);
    }
    while (lua_geti(L, 1, --right), is_before(L, -3, -1)) {
      if (right < left) invalid_order(L);
      lua_pop(L, 1);
    }
    if (right < left) break;
    store_two(L, left, right);
  }
  lua_pop(L, 1);
  store_two(L, high - 1, left);
  return left;
}

/* Sorts a range of up to three elements, or splits it in two around an element that is in its place. False if nothing
 * is left. */
static int split(lua_State *L, Range *range, Range *larger) {
  unsigned low = range->low, high = range->high;
  if (low >= high) return 0;
  order_two(L, low, high);
  if (high - low == 1) return 0;
  unsigned middle = choose_middle(range);
  order_middle(L, low, middle, high);
  if (high - low == 2) return 0;
  lua_geti(L, 1, middle);
  lua_pushvalue(L, -1);
  lua_geti(L, 1, high - 1);
  store_two(L, middle, high - 1);
  unsigned place = partition(L, low, high);
  Range below = {low, place - 1, range->random}, above = {place + 1, high, range->random};
  int below_is_smaller = place - low < high - place;
  unsigned smaller_size = below_is_smaller ? place - low : high - place;
  *larger = below_is_smaller ? above : below;
  *range = below_is_smaller ? below : above;
  if ((larger->high - larger->low) / BAD_SPLIT > smaller_size) larger->random = random_number();
  return 1;
}

static void sort_elements(lua_State *L, unsigned count) {
  Range waiting[MAX_WAITING];
  int waiting_count = 0;
  Range range = {1, count, 0}, larger;
  for (;;) {
    if (split(L, &range, &larger))
      waiting[waiting_count++] = larger;
    else if (waiting_count > 0)
      range = waiting[--waiting_count];
    else
      return;
  }
}

int rl_list_sort(lua_State *L) {
  lua_Integer count = rl_list_length(L, RL_NEEDS_READ | RL_NEEDS_WRITE);
  if (count < 2) return 0;
  luaL_argcheck(L, count < INT_MAX, 1, "array too big");
  if (!lua_isnoneornil(L, 2)) luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_settop(L, 2);
  sort_elements(L, (unsigned)count);
  return 0;
}

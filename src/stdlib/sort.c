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

#include "direct/library.h"
#include "direct/sort.h"
#include "lauxlib.h"
#include "stdlib/table.h"
#include "vm/callback.h"
#include "vm/work.h"

/* Whether the value at stack index `a` comes before that at `b` (both negative). Calls Lua code. */
static inline int is_before(lua_State *L, int a, int b) {
  if (lua_isnil(L, 2)) return lua_compare(L, a, b, LUA_OPLT);
  return rl_callback_of_two(L, L->call_info->base + 1, L->top + a, L->top + b);
}

/* Pushes t[i]. */
static inline void push_element(lua_State *L, unsigned i) {
  if (!rl_direct_push_element(L, 1, i)) lua_geti(L, 1, i);
}

/* t[i] = the value on top, which is popped. */
static inline void pop_element(lua_State *L, unsigned i) {
  if (!rl_direct_pop_element(L, 1, i)) lua_seti(L, 1, i);
}

/* Stores the two values on top: t[i] = top, t[j] = the one below. */
static void store_two(lua_State *L, unsigned i, unsigned j) {
  pop_element(L, i);
  pop_element(L, j);
}

/* Puts two elements, i < j, in order. */
static void order_two(lua_State *L, unsigned i, unsigned j) {
  push_element(L, i);
  push_element(L, j);
  if (is_before(L, -1, -2))
    store_two(L, i, j);
  else
    lua_pop(L, 2);
}

/* Puts the middle element in its place between two ends that are in order. */
static void order_middle(lua_State *L, unsigned low, unsigned middle, unsigned high) {
  push_element(L, middle);
  push_element(L, low);
  if (is_before(L, -2, -1)) {
    store_two(L, middle, low);
    return;
  }
  lua_pop(L, 1);
  push_element(L, high);
  if (is_before(L, -1, -2))
    store_two(L, middle, high);
  else
    lua_pop(L, 2);
}

static int invalid_order(lua_State *L) {
  return luaL_error(L, "invalid order function for sorting");
}

/* Partitions around the pivot, which is on top of the stack and parked at high - 1. Pops it; returns where it belongs.
 */
static unsigned partition(lua_State *L, unsigned low, unsigned high) {
  unsigned left = low, right = high - 1;
  for (;;) {
    while (push_element(L, ++left), is_before(L, -1, -2)) {
      if (left == high - 1) invalid_order(L);
      lua_pop(L, 1);
    }
    while (push_element(L, --right), is_before(L, -3, -1)) {
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

/* Sorts a range of up to three elements, or splits it in two around an element that is in its place, which is returned.
 * 0 if nothing is left. */
static unsigned split(lua_State *L, const SortRange *range) {
  unsigned low = range->low, high = range->high;
  if (low >= high) return 0;
  rl_work(L, (size_t)(high - low) * 8);
  order_two(L, low, high);
  if (high - low == 1) return 0;
  unsigned middle = sort_choose_middle(range);
  order_middle(L, low, middle, high);
  if (high - low == 2) return 0;
  push_element(L, middle);
  lua_pushvalue(L, -1);
  push_element(L, high - 1);
  store_two(L, middle, high - 1);
  return partition(L, low, high);
}

static void sort_elements(lua_State *L, unsigned count) {
  SortRange waiting[SORT_MAX_WAITING], range = {1, count, 0};
  int waiting_count = 0;
  for (;;) {
    unsigned place = split(L, &range);
    if (place != 0)
      waiting[waiting_count++] = sort_divide(&range, place);
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
  rl_work(L, (size_t)count * 16);
  int done = lua_isnil(L, 2) ? rl_direct_sort(L, 1, (unsigned)count) : -1;
  if (done == 0) return invalid_order(L);
  if (done < 0) sort_elements(L, (unsigned)count);
  return 0;
}

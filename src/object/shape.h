/* Shapes: the key layout that record-like tables share (hidden classes: Chambers, Ungar, Lee, "An efficient
 * implementation of SELF", 1989).
 *
 * A table that a constructor made with room for fields keeps its first few constant-name fields in slots inside the
 * object. Which name has which slot is the same for all tables that got the same names in the same order: their shape.
 * Adding a name leads to another shape, always the same one, so shapes form a tree whose root is the empty shape. An
 * instruction remembers shape and slot, and the next table of that shape is answered by one comparison.
 *
 * Shapes live as long as the state, and their names with them. They are made for names that stand in the source of a
 * program only, never for computed keys, and there is a limit (SHAPE_LIMIT); a field that finds no shape goes to the
 * hash part. A removed field keeps its slot, with the value nil. */
#ifndef RL_OBJECT_SHAPE_H
#define RL_OBJECT_SHAPE_H

#include "value/global.h"
#include "value/string.h"

#define SHAPE_MAX_KEYS 8u
#define SHAPE_LIMIT    16384u

struct Shape {
  const Shape *parent; /* without the last name; NULL: the empty shape */
  uint32_t count;      /* names */
  uint32_t hash;       /* of parent and last name */
  String *keys[];      /* by slot */
};

/* No names. The same for all states. */
extern const Shape rl_shape_empty;

/* The shape with one name more (a short string that `shape` does not have); NULL when there can be none: no memory, or
 * enough shapes. May collect (emergency), never raises. The string becomes a fixed one. */
const Shape *rl_shape_extend(State *L, const Shape *shape, String *key);
/* Frees all shapes (closing a state). */
void rl_shape_close(Global *global);

/* The slot of a short string, or -1. */
static inline int shape_find(const Shape *shape, const String *key) {
  for (uint32_t i = 0; i < shape->count; i++)
    if (shape->keys[i] == key) return (int)i;
  return -1;
}

/* ---- construction sites ----
 *
 * An empty constructor does not say how many fields its tables will get, so the place where it stands is given a
 * number, its tables carry that number, and when one of them has no slot left for a constant name the place learns. */

#define SITE_LIMIT 4095u /* numbers fit into 12 bits; 0: no site */

/* A new site; 0 when there can be none. As rl_shape_extend. */
uint32_t rl_site_new(State *L);
/* The slots that tables of the site should have. */
static inline uint32_t site_demand(const Global *global, uint32_t site) {
  return site == 0 ? 0 : global->shapes.demands[site];
}
/* A table of the site needs `slots`. */
static inline void site_learn(Global *global, uint32_t site, uint32_t slots) {
  if (slots > SHAPE_MAX_KEYS) slots = SHAPE_MAX_KEYS;
  if (site != 0 && global->shapes.demands[site] < slots) global->shapes.demands[site] = (uint8_t)slots;
}

#endif

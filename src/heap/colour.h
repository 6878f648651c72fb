/* Colours of the tri-colour invariant, kept in an object's mark byte.
 *
 * white: not reached in this cycle; grey (no colour bit): reached, its references not yet; black: reached, and so are
 * its references. While marking, no black object refers to a white one.
 *
 * White and black are two bits that change their meaning: when marking is complete, what is black becomes the white of
 * the next cycle by exchanging the names, so that nobody has to visit the living. What has the old white then is dead
 * (`Collector.dead`, until the sweep is over), and what is born has the new one. The generational mode does not
 * exchange them: there black between two collections means old. Age bits: gc/generational.c. */
#ifndef RL_HEAP_COLOUR_H
#define RL_HEAP_COLOUR_H

#include "value/global.h"

#define MARK_COLOUR0     0x01u
#define MARK_COLOUR1     0x02u
#define MARK_COLOURS     (MARK_COLOUR0 | MARK_COLOUR1)
#define MARK_FINALIZABLE 0x08u /* has been registered with a __gc */
#define MARK_FIXED       0x80u /* never freed: it is on the list `fixed` */
#define MARK_AGE         0x70u /* AGE_* of gc/generational.c */

static inline uint8_t collector_white(const Global *global) {
  return global->collector.current_white;
}
static inline uint8_t collector_black(const Global *global) {
  return global->collector.current_white ^ (uint8_t)MARK_COLOURS;
}
static inline bool object_is_white(const Global *global, const Object *object) {
  return (object->mark & collector_white(global)) != 0;
}
static inline bool object_is_black(const Global *global, const Object *object) {
  return (object->mark & collector_black(global)) != 0;
}
static inline bool object_is_grey(const Object *object) {
  return (object->mark & MARK_COLOURS) == 0;
}
/* True for what the running sweep is going to free. Only met by those who find objects through weak means: the string
 * table, the list of open upvalues. */
static inline bool object_is_dead(const Global *global, const Object *object) {
  return (object->mark & global->collector.dead) != 0;
}

#endif

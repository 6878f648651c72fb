/* Colours of the tri-colour invariant, kept in an object's mark byte.
 *
 * white: not reached in this cycle (two whites alternate: during the sweep the other white is dead, the current one
 * new); grey (no colour bit): reached, its references not yet; black: reached, and so are its references. While
 * marking, no black object refers to a white one. Age bits are there for the generational mode. */
#ifndef RL_HEAP_COLOUR_H
#define RL_HEAP_COLOUR_H

#include "value/global.h"

#define MARK_WHITE0      0x01u
#define MARK_WHITE1      0x02u
#define MARK_BLACK       0x04u
#define MARK_FINALIZABLE 0x08u /* has been registered with a __gc */
#define MARK_AGE         0x70u /* three bits */
#define MARK_FIXED       0x80u /* never collected: names of events, the memory message */
#define MARK_WHITES      (MARK_WHITE0 | MARK_WHITE1)
#define MARK_COLOURS     (MARK_WHITES | MARK_BLACK)

static inline bool object_is_white(const Object *object) {
  return (object->mark & MARK_WHITES) != 0;
}
static inline bool object_is_black(const Object *object) {
  return (object->mark & MARK_BLACK) != 0;
}
static inline bool object_is_grey(const Object *object) {
  return (object->mark & MARK_COLOURS) == 0;
}
static inline uint8_t collector_other_white(const Global *global) {
  return global->collector.current_white ^ (uint8_t)MARK_WHITES;
}
/* True for what the running sweep is going to free. Only meaningful for objects found through weak means (string
 * table). */
static inline bool object_is_dead(const Global *global, const Object *object) {
  return (object->mark & collector_other_white(global)) != 0 && (object->mark & MARK_FIXED) == 0;
}
/* Gives an unmarked, dead-white object the current white again (an interned string that is found during the sweep). */
static inline void object_revive(const Global *global, Object *object) {
  object->mark = (uint8_t)((object->mark & ~MARK_WHITES) | global->collector.current_white);
}

#endif

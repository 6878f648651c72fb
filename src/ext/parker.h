/* A parker is where one operating-system thread sleeps until another one has something for it. A post is remembered, so
 * that one that comes before the sleep ends it at once; several posts are one. A sleep may also end for no reason. */
#ifndef RL_EXT_PARKER_H
#define RL_EXT_PARKER_H

#include <stdbool.h>
#include <stdint.h>

typedef struct Parker {
  uint32_t posted; /* atomic */
} Parker;

/* Nanoseconds of the monotonic clock. */
#define RL_NO_DEADLINE INT64_MAX
int64_t rl_clock_now(void);
/* The deadline so many seconds from now; none for a huge number. */
int64_t rl_clock_deadline(double seconds);

/* Sleeps until a post, the deadline, or a signal. True when there was a post (which is used up). */
bool rl_parker_sleep(Parker *parker, int64_t deadline);
/* Posting in two halves: `set` while a lock keeps the parker alive, `wake` when the lock has been released: it only
 * uses the address, which may belong to somebody else by then. */
void rl_parker_set(Parker *parker);
void rl_parker_wake(const Parker *parker);

#endif

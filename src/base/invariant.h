/* Assertions at three prices, each with a text. RL_CHECK_LEVEL: 0 none; 1 cheap (debug builds); 2 internal (tests); 3
 * walks whole structures. */
#ifndef RL_BASE_INVARIANT_H
#define RL_BASE_INVARIANT_H

#include <stdio.h>
#include <stdlib.h>

#ifndef RL_CHECK_LEVEL
#define RL_CHECK_LEVEL 0
#endif

#define RL_INVARIANT(level, condition, text)                                                                           \
  do {                                                                                                                 \
    if (RL_CHECK_LEVEL >= (level) && !(condition)) {                                                                   \
      fprintf(stderr, "%s:%d: %s: invariant broken: %s (%s)\n", __FILE__, __LINE__, __func__, text, #condition);       \
      abort();                                                                                                         \
    }                                                                                                                  \
  } while (0)

#define RL_ASSERT(condition, text)          RL_INVARIANT(1, condition, text)
#define RL_CHECK_INTERNAL(condition, text)  RL_INVARIANT(2, condition, text)
#define RL_CHECK_EXPENSIVE(condition, text) RL_INVARIANT(3, condition, text)

#endif

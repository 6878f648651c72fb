/* Completion of names at the prompt. */
#ifndef RL_CLI_COMPLETION_H
#define RL_CLI_COMPLETION_H

#include <stddef.h>

#include "lua.h"

typedef struct Completion {
  int count;          /* names that fit */
  const char **names; /* sorted */
  size_t widest;      /* length of the longest name */
  const char *shared; /* what all of them add to the word, maybe "" */
  lua_State *owner;   /* the strings live on its stack, above `base` */
  int base;
} Completion;

/* Finds the names that can end the text before the cursor (`length` bytes): globals and keywords, or after "a.b." the
 * fields of a.b, after "a:" its functions. Runs no metamethods. Returns 0, with nothing to release, if there are none.
 * Allocates on `L`; never raises. */
int rl_completion_find(lua_State *L, const char *text, size_t length, Completion *completion);

/* Gives back what `completion` holds. */
void rl_completion_release(Completion *completion);

#endif

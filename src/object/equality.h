/* Raw equality (manual 3.4.4 without __eq): never raises, never allocates. */
#ifndef RL_OBJECT_EQUALITY_H
#define RL_OBJECT_EQUALITY_H

#include "object/strings.h"
#include "value/value.h"

/* Different tags: an integer and a float of the same mathematical value, else false. */
bool rl_values_equal_raw(const Value *a, const Value *b);

#endif

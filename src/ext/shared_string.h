/* Large strings that are shared by states without a copy: their bytes lie outside of every heap. */
#ifndef RL_EXT_SHARED_STRING_H
#define RL_EXT_SHARED_STRING_H

#include "ext/bytes.h"
#include "rille.h"
#include "value/string.h"

/* From this length on a string travels as shared bytes. */
#define RL_SHARED_STRING_MINIMUM 8192

/* A reference to shared bytes equal to the string's: its own when it is made of such, else a new copy. NULL without
 * memory. */
SharedBytes *rl_shared_string_bytes(const String *string);
/* Pushes a string made of the bytes, with a reference of its own; a short one is copied. May raise. Counts with its
 * length in the collector's pacing, so that many of them are noticed. */
void rl_shared_string_push(State *L, SharedBytes *bytes);

/* Carries SharedBytes in messages. */
extern const rille_CopyHandler rl_string_handler;

#endif

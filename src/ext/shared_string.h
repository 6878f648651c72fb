/* Large strings that are shared by states without a copy: their bytes lie outside of every heap. */
#ifndef RL_EXT_SHARED_STRING_H
#define RL_EXT_SHARED_STRING_H

#include "ext/bytes.h"
#include "rille.h"
#include "value/string.h"

/* From this length on a string travels as shared bytes. */
#define RL_SHARED_STRING_MINIMUM RL_TWIN_MINIMUM

/* A reference to shared bytes equal to the string's: its own when it is made of such, else those of its twin, which is
 * made when there is none: the one copy that is ever made. `is_kept` false: a new one that the string does not keep.
 * NULL without memory. Counts a twin in the collector's pacing. */
SharedBytes *rl_shared_string_bytes(State *L, String *string, bool is_kept);
/* Pushes a string made of the bytes, with a reference of its own; a short one is copied. May raise. Counts with its
 * length in the collector's pacing, so that many of them are noticed. */
void rl_shared_string_push(State *L, SharedBytes *bytes);

/* Carries SharedBytes in messages. */
extern const rille_CopyHandler rl_string_handler;

#endif

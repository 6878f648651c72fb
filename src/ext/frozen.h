/* Frozen values: immutable trees and graphs of values outside of every state, read by all without a copy.
 *
 * A value is frozen by making a message of it and a Frozen of the message: tables become sequences and hashed pairs,
 * strings lie once in the Frozen's memory, functions become shared code (ext/frozen_code.h). In a state a frozen table
 * is a userdata that reads in there: `t.x`, `t[1]`, `#t`, `pairs(t)`, `ipairs(t)` work, assignments raise an error. A
 * longer string that is read out is an external string whose bytes are the Frozen's own; only short ones are interned,
 * as every state must. A table in it is one userdata in each state as long as somebody holds it there.
 *
 * A Frozen never changes once it is made, so reading needs no lock; it is counted, by userdata, strings, functions,
 * messages and the names it is published under. */
#ifndef RL_EXT_FROZEN_H
#define RL_EXT_FROZEN_H

#include "ext/message.h"

typedef struct Frozen Frozen;
typedef struct FrozenCode FrozenCode;

typedef struct FrozenString {
  size_t length;
  uint64_t hash;
  char bytes[]; /* and a zero byte */
} FrozenString;

typedef struct FrozenValue {
  uint8_t tag; /* MessageTag: NIL FALSE TRUE INTEGER FLOAT STRING TABLE FUNCTION ATTACHMENT POINTER C_FUNCTION */
  union {
    int64_t integer;
    double number;
    const FrozenString *string;
    const struct FrozenTable *table;
    const FrozenCode *code;
    uint32_t attachment; /* of the message; a large string too */
    uintptr_t address;
  };
} FrozenValue;

typedef struct FrozenPair {
  FrozenValue key, value;
  uint32_t next; /* of the same bucket, + 1; 0: last */
} FrozenPair;

typedef struct FrozenTable {
  uint32_t sequence_count; /* the values of 1, 2, ... */
  uint32_t pair_count;
  uint32_t bucket_mask;
  FrozenValue *sequence;
  FrozenPair *pairs;
  uint32_t *buckets; /* index of the first pair + 1 */
} FrozenTable;

struct Frozen {
  uint32_t references; /* atomic */
  Message *message;    /* holds the attachments */
  FrozenValue root;
  const FrozenString *anchor; /* a long string: who holds it in a state holds the Frozen */
  struct FrozenChunk *chunks; /* where everything lies */
};

/* Makes one of a message of one value (MESSAGE_FREEZES), which it takes over when it succeeds; L helps to read
 * functions. May raise: no memory. */
Frozen *rl_frozen_new(State *L, Message *message);
Frozen *rl_frozen_retain(Frozen *frozen);
void rl_frozen_release(Frozen *frozen);
/* For those who build: memory of the Frozen, zeroed; NULL without memory. A string there. */
void *rl_frozen_allocate(Frozen *frozen, size_t size);
const FrozenString *rl_frozen_string(Frozen *frozen, const char *bytes, size_t length);

/* The value of the key; tag MESSAGE_NIL when there is none. */
FrozenValue rl_frozen_get(const FrozenTable *table, const FrozenValue *key);
/* The value of a string key. */
FrozenValue rl_frozen_get_string(const FrozenTable *table, const char *bytes, size_t length);

/* Pushes a value of the Frozen. May raise, allocate, collect. */
void rl_frozen_push(State *L, Frozen *frozen, const FrozenValue *value);
/* Pushes a string of it, which keeps the Frozen alive when it is long. */
void rl_frozen_push_string(State *L, Frozen *frozen, const FrozenString *string);

/* "rille.isolate": freeze(value), publish(name, value), published(name). */
void rl_frozen_open(State *L);
int rl_frozen_freeze(State *L);
int rl_frozen_publish(State *L);
int rl_frozen_published(State *L);

#endif

/* Full userdata: a block of bytes for C, with a metatable and a fixed number of user values.
 * Layout: header, metatable, size, user values, then the block, aligned to 16. */
#ifndef RL_VALUE_USERDATA_H
#define RL_VALUE_USERDATA_H

#include "value/value.h"

struct Userdata {
  Object header; /* own: number of user values */
  Table *metatable;
  size_t size;      /* bytes of the block */
  uint64_t padding; /* keeps user values and block at multiples of 16 from the object's start */
  Value user_values[];
};

_Static_assert(sizeof(Userdata) == 32, "the block behind the user values is aligned to 16");

static inline uint32_t userdata_user_value_count(const Userdata *userdata) {
  return userdata->header.own;
}
static inline void *userdata_block(Userdata *userdata) {
  return userdata->user_values + userdata->header.own;
}
static inline size_t userdata_size(size_t bytes, uint32_t user_values) {
  return sizeof(Userdata) + user_values * sizeof(Value) + bytes;
}

#endif

#include "object/userdata.h"

#include "heap/block.h"
#include "raise/raise.h"

Userdata *rl_userdata_new(State *L, size_t size, uint32_t user_values) {
  if (size > (size_t)PTRDIFF_MAX - userdata_size(16, user_values)) rl_raise(L, ERROR_BLOCK_TOO_BIG);
  Userdata *userdata = rl_heap_new(L, TAG_USERDATA, userdata_size(size, user_values));
  userdata->header.own = user_values;
  userdata->metatable = NULL;
  userdata->size = size;
  userdata->padding = 0;
  for (uint32_t i = 0; i < user_values; i++) value_set_nil(&userdata->user_values[i]);
  return userdata;
}

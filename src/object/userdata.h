/* Making full userdata. */
#ifndef RL_OBJECT_USERDATA_H
#define RL_OBJECT_USERDATA_H

#include "value/global.h"
#include "value/userdata.h"

/* A userdata of `size` bytes, user values nil, no metatable. May allocate, collect, raise a memory error; the caller
 * anchors it. */
Userdata *rl_userdata_new(State *L, size_t size, uint32_t user_values);

#endif

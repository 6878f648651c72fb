/* What the source calls the value in a register, found by looking at the code that put it there. */
#ifndef RL_VM_REGISTER_NAME_H
#define RL_VM_REGISTER_NAME_H

#include "value/function.h"

/* Kind ("local", "upvalue", "global", "field", "method", "constant") and name of the value that `reg` holds when the
 * instruction that word `pc` belongs to is executed; NULL when unknown. */
const char *rl_register_name(const Prototype *prototype, uint32_t pc, uint32_t reg, const char **name);
/* How the instruction that word `pc` belongs to calls: kind and name of the function, or "metamethod" and the event. */
const char *rl_called_name(const Prototype *prototype, uint32_t pc, const char **name);
const char *rl_upvalue_name(const Prototype *prototype, uint32_t index);

#endif

/* The narrow door through which the standard library, and whoever else loops for long in C, takes part in the limits of
 * vm/budget.h, and hears of interrupts that want to end the program (vm/interrupt.h). Nothing happens while there are
 * neither. */
#ifndef RL_VM_WORK_H
#define RL_VM_WORK_H

#include <stddef.h>

#include "lua.h"

/* Work that is worth `units` instructions has been done or is about to be. May raise the error of a limit, or what an
 * interrupt raises. */
void rl_work(lua_State *L, size_t units);
/* In a loop whose work was announced as a whole: in every `step`-th pass, a power of two. May raise like rl_work. */
static inline void rl_work_pass(lua_State *L, size_t pass, size_t step) {
  if ((pass & (step - 1)) == 0) rl_work(L, 1);
}
/* The same for `bytes` that are read or written one by one, or that are copied as a block. */
static inline void rl_work_on_bytes(lua_State *L, size_t bytes) {
  rl_work(L, bytes / 2);
}
static inline void rl_work_copied(lua_State *L, size_t bytes) {
  rl_work(L, bytes / 32);
}
/* Before `bytes` leave the program. May raise. */
void rl_work_output(lua_State *L, size_t bytes);

#endif

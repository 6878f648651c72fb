/* Direct entries: second bodies of library functions that programs call all the time.
 *
 * A C function of the library is called with a record, a frame and the API in between. Its direct entry works on the
 * caller's registers instead. It handles the plain case only (right types, no metamethods, no error) and declines
 * everything else, whereupon the ordinary function is called and does what the manual says. So a direct entry never
 * raises (but for memory), never calls Lua, never yields.
 *
 * A light function's payload carries its direct number above the address (bits 48 and up), so that the call
 * instruction finds the entry by one test. lua_pushcclosure puts it there: every value of the function has it, and
 * equality stays identity. A program that replaces a library function calls another value and never gets here. */
#ifndef RL_DIRECT_DIRECT_H
#define RL_DIRECT_DIRECT_H

#include "value/global.h"

/* Arguments are function[1] to function[count], L->top is behind them. Results go to function[0] and up, at most
 * count + 1 of them unless it makes sure of the room. Returns their number, or -1: nothing was done, call the function
 * itself. May allocate, may reach a safe point when the results are in place (then the stack may move). */
typedef int DirectFunction(State *L, Value *function, ptrdiff_t count);

// clang-format off
#define DIRECT_FUNCTIONS(D)                                                                                            \
  D(next) D(ipairs_step)                                                                                               \
  D(type) D(select) D(rawget) D(rawset) D(rawlen) D(rawequal) D(assert) D(setmetatable) D(getmetatable)                \
  D(ipairs) D(pairs) D(tonumber) D(tostring)                                                                           \
  D(floor) D(ceil) D(abs) D(sqrt) D(max) D(min) D(sin) D(cos) D(fmod) D(tointeger) D(math_type)                        \
  D(byte) D(char) D(sub) D(len)                                                                                        \
  D(insert) D(remove) D(unpack)
// clang-format on

typedef enum DirectNumber {
  DIRECT_NONE,
#define D(name) DIRECT_##name,
  DIRECT_FUNCTIONS(D)
#undef D
    DIRECT_COUNT
} DirectNumber;

#define D(name) DirectFunction rl_direct_##name;
DIRECT_FUNCTIONS(D)
#undef D

/* By DirectNumber. */
extern DirectFunction *const rl_direct_functions[DIRECT_COUNT];

/* Which library function has which direct entry. A list ends with a NULL. */
struct DirectName {
  lua_CFunction function;
  uint32_t number; /* DirectNumber */
};

/* Makes the list (constant, alive as long as the state) known under `library`, before its functions are pushed. */
void rl_direct_define(State *L, DirectLibrary library, const DirectName *names);
/* The light function value of a C function, with its direct number if it has one. */
void rl_direct_set_function(const State *L, Value *value, lua_CFunction function);

#endif

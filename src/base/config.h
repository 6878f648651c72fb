/* Limits. Those that programs can see are stock Lua's. */
#ifndef RL_BASE_CONFIG_H
#define RL_BASE_CONFIG_H

#define RL_MAX_SHORT_STRING 40  /* bytes up to which strings are interned */
#define RL_MAX_REGISTERS    255 /* of a function */
#define RL_MAX_LOCALS       200
#define RL_MAX_UPVALUES     255
#define RL_MAX_C_CALLS      200   /* C calls and parser levels, nested */
#define RL_MAX_RESUMES      10000 /* coroutines resumed one inside another by the interpreter */
#define RL_MIN_STACK        20    /* slots that a C function may use without asking */
#define RL_BASIC_STACK      40    /* slots of a new thread */
#define RL_EXTRA_STACK      5     /* slots beyond the limit, for pushing a metamethod call without a check */
#define RL_MAX_STACK        1000000
#define RL_MAX_META_CHAIN   2000 /* __index and __newindex */

#endif

/* Stack indices of the C API, and checks of its use.
 *
 * The checks cost one predictable branch while they are off. They are switched on by RILLE_CHECK_API=1 in the
 * environment when a state is made, or by rille_checkapi(); a misuse then ends the program with a line that names the
 * function, the argument and what was expected. */
#ifndef RL_API_SLOT_H
#define RL_API_SLOT_H

#include "base/compiler.h"
#include "base/config.h"
#include "gc/collect.h"
#include "value/global.h"

/* The value at a pseudo-index (the registry, or an upvalue of the running C function); a TAG_NONE value when there is
 * none. */
Value *rl_api_pseudo_slot(State *L, int index);
/* The value at an acceptable index; a TAG_NONE value when there is none. */
static RL_ALWAYS_INLINE Value *rl_api_slot(State *L, int index) {
  if (index > 0) {
    Value *slot = L->call_info->base + (index - 1);
    return slot < L->top ? slot : &L->global->none_value;
  }
  return RL_LIKELY(index > LUA_REGISTRYINDEX) ? L->top + index : rl_api_pseudo_slot(L, index);
}
bool rl_api_is_upvalue_index(int index);

RL_NORETURN RL_COLD void rl_api_misuse(State *L, const char *function, const char *argument, long long given,
                                       const char *expected);

#define API_CHECK(L, condition, argument, given, expected)                                                             \
  do {                                                                                                                 \
    if (RL_UNLIKELY((L)->global->api_checks) && !(condition))                                                          \
      rl_api_misuse(L, __func__, argument, (long long)(given), expected);                                              \
  } while (0)

/* At least `count` values on the running function's stack. */
#define API_CHECK_VALUES(L, count)                                                                                     \
  API_CHECK(L, (L)->top - (L)->call_info->base >= (count), "stack", (L)->top - (L)->call_info->base,                   \
            "more values than the function's stack holds")
static inline bool rl_api_is_at_limit(const State *L) {
  return L->top - L->stack > RL_MAX_STACK - LUA_MINSTACK * 2;
}
/* Room for one more value. Where the stack has reached its limit nobody can ask for more: the error about that is
 * pushed into the reserve. */
#define API_CHECK_ROOM(L)                                                                                              \
  API_CHECK(L, (L)->top < (L)->call_info->top || rl_api_is_at_limit(L), "stack", (L)->top - (L)->call_info->base,      \
            "a free slot (lua_checkstack has not been asked for enough)")
#define API_CHECK_VALID(L, value, index) API_CHECK(L, (value)->tag != TAG_NONE, "idx", index, "a valid index")
#define API_CHECK_STACK_INDEX(L, index)                                                                                \
  API_CHECK(L, rl_api_is_stack_index(L, index), "idx", index, "the index of a value on the stack")

bool rl_api_is_stack_index(State *L, int index);
/* Ends the program unless `index` is acceptable in the running function; `function` is the one of the API. */
void rl_api_check_index(State *L, int index, const char *function);

/* The slot at an index that was given to the function it stands in. */
#define API_SLOT(L, index) api_slot_checked(L, index, __func__)

static RL_ALWAYS_INLINE Value *api_slot_checked(State *L, int index, const char *function) {
  if (RL_UNLIKELY(L->global->api_checks)) rl_api_check_index(L, index, function);
  return rl_api_slot(L, index);
}

/* The value written to L->top becomes the top one. */
#define API_PUSH(L)                                                                                                    \
  do {                                                                                                                 \
    API_CHECK_ROOM(L);                                                                                                 \
    (L)->top++;                                                                                                        \
    stack_changes(L);                                                                                                  \
  } while (0)

#endif

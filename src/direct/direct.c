/* The table of direct entries, and the way from a C function to its number. */
#include "direct/direct.h"

DirectFunction *const rl_direct_functions[DIRECT_COUNT] = {[DIRECT_NONE] = NULL,
#define D(name) [DIRECT_##name] = rl_direct_##name,
                                                           DIRECT_FUNCTIONS(D)
#undef D
};

void rl_direct_define(State *L, DirectLibrary library, const DirectName *names) {
  L->global->direct_names[library] = names;
}

static uint32_t number_in(const DirectName *names, lua_CFunction function) {
  if (names == NULL) return DIRECT_NONE;
  for (; names->function != NULL; names++)
    if (names->function == function) return names->number;
  return DIRECT_NONE;
}

void rl_direct_set_function(const State *L, Value *value, lua_CFunction function) {
  value_set_light_function(value, function);
  if (sizeof(lua_CFunction) != 8 || value->as.bits >> LIGHT_FUNCTION_BITS != 0) return;
  uint64_t number = DIRECT_NONE;
  for (int library = 0; library < DIRECT_LIBRARIES && number == DIRECT_NONE; library++)
    number = number_in(L->global->direct_names[library], function);
  value->as.bits |= number << LIGHT_FUNCTION_BITS;
}

#include "vm/warn.h"

#include "object/strings.h"

void rl_warn(State *L, const char *message, int to_continue) {
  lua_WarnFunction warn = L->global->warn;
  if (warn != NULL) warn(L->global->warn_data, message, to_continue);
}

void rl_warn_error(State *L, const char *where) {
  const Value *error = L->top - 1;
  const char *message = value_is_string(error) ? string_bytes(value_string(error)) : "error object is not a string";
  rl_warn(L, "error in ", 1);
  rl_warn(L, where, 1);
  rl_warn(L, " (", 1);
  rl_warn(L, message, 1);
  rl_warn(L, ")", 0);
  L->top--;
}

#include "raise/raise.h"

#include <stdlib.h>

#include "raise/protect.h"

void rl_raise(State *L, ErrorCode code, ...) {
  va_list arguments;
  va_start(arguments, code);
  L->global->hooks->raise(L, (int)code, arguments);
  va_end(arguments);
  abort();
}

void rl_raise_memory(State *L) {
  Global *global = L->global;
  if (L->stack != NULL) { /* else the state is being made, and nobody looks at the error value */
    if (global->memory_message != NULL)
      value_set_object(L->top, global->memory_message);
    else
      value_set_nil(L->top);
    L->top++;
  }
  rl_throw(L, global->hooks->memory_status(L));
}

void rl_throw(State *L, int status) {
  Global *global = L->global;
  if (global->entry != NULL) rl_throw_to(L, global->entry, status);
  if (global->panic != NULL) global->panic(L);
  abort();
}

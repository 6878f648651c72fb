#include "raise/protect.h"

#include <setjmp.h>

int rl_protect(State *L, Entry *entry, ProtectedBody *body, void *data) {
  jmp_buf jump;
  Global *global = L->global;
  entry->previous = global->entry;
  entry->jump = &jump;
  entry->thrower = NULL;
  entry->status = LUA_OK;
  entry->c_depth = global->c_depth;
  entry->run_depth = global->run_depth;
  global->entry = entry;
  if (_setjmp(jump) == 0) body(L, data);
  Global *after = L->global;
  after->entry = entry->previous;
  after->c_depth = entry->c_depth;
  after->run_depth = entry->run_depth;
  return entry->status;
}

void rl_throw_to(State *L, Entry *entry, int status) {
  entry->thrower = L;
  entry->status = status;
  _longjmp(*(jmp_buf *)entry->jump, 1);
}

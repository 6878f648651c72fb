#include "bytecode/dump.h"
#include "rille.h"
#include "value/global.h"

LUA_API int rille_list(lua_State *L, FILE *out) {
  const Value *value = L->top - 1;
  if (L->top > L->call_info->base && value_is_lua_closure(value))
    rl_list(out, value_lua_closure(value)->prototype, true);
  return LUA_OK;
}

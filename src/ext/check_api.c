#include "rille.h"
#include "value/global.h"

LUA_API int rille_checkapi(lua_State *L, int on) {
  int before = L->global->api_checks;
  L->global->api_checks = on != 0;
  return before;
}

/* The modules that Rille adds, by name. `require` asks here after package.preload (stdlib/searchers.c), so that nothing
 * of them lies in a table that programs can see. */
#include "ext/modules.h"

#include <string.h>

#include "rille.h"

static const struct {
  const char *name;
  lua_CFunction opener;
} modules[] = {
  {"rille.buffer", rl_open_buffer},       {"rille.channel", rl_open_channel}, {"rille.gc", rl_open_gc},
  {"rille.hotreload", rl_open_hotreload}, {"rille.isolate", rl_open_isolate}, {"rille.limits", rl_open_limits},
  {"rille.lproc", rl_open_lproc},         {"rille.sandbox", rl_open_sandbox},
};

LUA_API lua_CFunction rille_findmodule(const char *name) {
  if (strncmp(name, "rille.", 6) != 0) return NULL;
  for (size_t i = 0; i < sizeof modules / sizeof modules[0]; i++)
    if (strcmp(name, modules[i].name) == 0) return modules[i].opener;
  return NULL;
}

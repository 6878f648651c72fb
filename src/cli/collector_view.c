#include "cli/collector_view.h"

#include "cli/report.h"
#include "rille.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A program may end the process without coming back (os.exit), so the state that is looked at is known here. */
static lua_State *viewed;
static int reports;

void rl_view_finish(void) {
  lua_State *L = viewed;
  if (L == NULL) return;
  viewed = NULL;
  if (reports) rille_gc_report(L, stderr);
  rille_gc_tracefile(L, NULL);
}

int rl_view_start(lua_State *L, const char *program, const Options *options) {
  if (!options->gc_stats && options->gc_trace == NULL) return 1;
  if (options->gc_trace != NULL) {
    int error = rille_gc_tracefile(L, options->gc_trace);
    if (error != 0) {
      lua_pushfstring(L, "cannot write %s: %s", options->gc_trace, strerror(error));
      rl_report_message(program, lua_tostring(L, -1));
      lua_pop(L, 1);
      return 0;
    }
  }
  rille_gc_measure(L, 1);
  reports = options->gc_stats;
  viewed = L;
  atexit(rl_view_finish);
  return 1;
}

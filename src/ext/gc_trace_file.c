/* Traces of the collector as a file in Chrome's trace-event format: an array of objects, one for each piece of work,
 * and a counter of the bytes in use. The file belongs to a userdata in the registry, so it is finished when the state
 * is closed. */
#include <errno.h>
#include <stdio.h>

#include "lauxlib.h"
#include "rille.h"

#define KEY "rille.gc.trace"

typedef struct TraceFile {
  FILE *file; /* NULL: finished */
  unsigned long long origin;
  int has_events;
} TraceFile;

static void write_event(void *data, const rille_gc_Event *event) {
  TraceFile *trace = data;
  if (!trace->has_events) trace->origin = event->start;
  double start = (double)(event->start - trace->origin) / 1000.0, duration = (double)event->duration / 1000.0;
  fprintf(trace->file,
          "%s{\"name\":\"%s\",\"cat\":\"gc\",\"ph\":\"X\",\"pid\":1,\"tid\":1,\"ts\":%.3f,\"dur\":%.3f,"
          "\"args\":{\"bytes\":%zu}},\n"
          "{\"name\":\"heap\",\"ph\":\"C\",\"pid\":1,\"ts\":%.3f,\"args\":{\"bytes\":%zu}}",
          trace->has_events ? ",\n" : "", event->name, start, duration, event->bytes, start + duration, event->bytes);
  trace->has_events = 1;
}

static void finish(lua_State *L, TraceFile *trace) {
  if (trace->file == NULL) return;
  rille_gc_trace(L, NULL, NULL);
  fputs("\n]\n", trace->file);
  fclose(trace->file);
  trace->file = NULL;
}

static int finish_by_collector(lua_State *L) {
  finish(L, lua_touserdata(L, 1));
  return 0;
}

/* Pushes a new one, which is not in use. */
static TraceFile *push_trace(lua_State *L) {
  TraceFile *trace = lua_newuserdatauv(L, sizeof *trace, 0);
  *trace = (TraceFile){.file = NULL};
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, finish_by_collector);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, -2);
  return trace;
}

LUA_API int rille_gc_tracefile(lua_State *L, const char *path) {
  luaL_checkstack(L, 4, NULL);
  if (lua_getfield(L, LUA_REGISTRYINDEX, KEY) == LUA_TUSERDATA) finish(L, lua_touserdata(L, -1));
  lua_pop(L, 1);
  lua_pushnil(L);
  lua_setfield(L, LUA_REGISTRYINDEX, KEY);
  if (path == NULL) return 0;
  TraceFile *trace = push_trace(L);
  lua_pushvalue(L, -1);
  lua_setfield(L, LUA_REGISTRYINDEX, KEY);
  lua_pop(L, 1);
  trace->file = fopen(path, "w");
  if (trace->file == NULL) return errno != 0 ? errno : -1;
  fputs("[\n", trace->file);
  rille_gc_trace(L, write_event, trace);
  return 0;
}

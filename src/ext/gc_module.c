/* The module `rille.gc`: the collector's figures and steps for Lua programs. Requiring it switches measuring on.
 *
 *   stats()               table of figures; times in seconds; `pauses`: list of {below = seconds, count = n}
 *   objects()             table from type to {count = n, bytes = n}
 *   classes()             list of {cell, blocks, bytes, cells, used}
 *   step{us = n}          works for n microseconds; true when that completed a cycle
 *   limit([us])           bound of automatic steps in microseconds (0: none); returns the one before
 *   collectinsteps([on])  collectgarbage("collect") only makes a step; returns what was before
 *   measure([on])         measures times; returns what was before
 *   trace([path])         writes a trace file (Chrome's format); without path: finishes it
 *   report()              the figures as a text */
#include <stdio.h>
#include <string.h>

#include "ext/modules.h"
#include "lauxlib.h"
#include "rille.h"

static const char *const phase_names[RILLE_GC_ACTIVITIES] = {"pause",    "mark",  "atomic", "sweep",
                                                             "finalize", "minor", "major"};

static void set_count(lua_State *L, const char *name, unsigned long long count) {
  lua_pushinteger(L, (lua_Integer)count);
  lua_setfield(L, -2, name);
}

static void set_seconds(lua_State *L, const char *name, unsigned long long nanoseconds) {
  lua_pushnumber(L, (lua_Number)nanoseconds / 1e9);
  lua_setfield(L, -2, name);
}

static void set_times(lua_State *L, const rille_gc_Stats *stats) {
  lua_createtable(L, 0, RILLE_GC_ACTIVITIES - 1);
  for (int i = RILLE_GC_MARK; i < RILLE_GC_ACTIVITIES; i++) set_seconds(L, phase_names[i], stats->time[i]);
  lua_setfield(L, -2, "time");
  set_seconds(L, "longest", stats->longest);
}

static void set_pauses(lua_State *L, const rille_gc_Stats *stats) {
  lua_newtable(L);
  for (int i = 0, n = 0; i < RILLE_GC_BUCKETS; i++) {
    if (stats->pauses[i] == 0) continue;
    lua_createtable(L, 0, 2);
    set_seconds(L, "below", rille_gc_bound(i));
    set_count(L, "count", stats->pauses[i]);
    lua_rawseti(L, -2, ++n);
  }
  lua_setfield(L, -2, "pauses");
}

static int gc_stats(lua_State *L) {
  rille_gc_Stats stats;
  rille_gc_stats(L, &stats);
  lua_createtable(L, 0, 16);
  lua_pushstring(L, phase_names[stats.phase]);
  lua_setfield(L, -2, "phase");
  lua_pushstring(L, stats.mode == LUA_GCGEN ? "generational" : "incremental");
  lua_setfield(L, -2, "mode");
  set_count(L, "bytes", stats.bytes);
  set_count(L, "held", stats.held);
  set_count(L, "estimate", stats.estimate);
  set_count(L, "threshold", stats.threshold);
  lua_pushinteger(L, stats.debt);
  lua_setfield(L, -2, "debt");
  set_count(L, "cycles", stats.cycles);
  set_count(L, "steps", stats.steps);
  set_count(L, "minors", stats.minors);
  set_count(L, "majors", stats.majors);
  set_count(L, "emergencies", stats.emergencies);
  lua_pushboolean(L, stats.measures);
  lua_setfield(L, -2, "measures");
  set_times(L, &stats);
  set_pauses(L, &stats);
  return 1;
}

static int gc_objects(lua_State *L) {
  rille_gc_TypeUse types[RILLE_GC_TYPES];
  rille_gc_types(L, types);
  lua_createtable(L, 0, RILLE_GC_TYPES);
  for (int i = 0; i < RILLE_GC_TYPES; i++) {
    lua_createtable(L, 0, 2);
    set_count(L, "count", types[i].count);
    set_count(L, "bytes", types[i].bytes);
    lua_setfield(L, -2, types[i].name);
  }
  return 1;
}

static int gc_classes(lua_State *L) {
  rille_gc_ClassUse classes[RILLE_GC_CLASSES];
  rille_gc_classes(L, classes);
  lua_createtable(L, RILLE_GC_CLASSES, 0);
  for (int i = 0; i < RILLE_GC_CLASSES; i++) {
    lua_createtable(L, 0, 5);
    set_count(L, "cell", classes[i].cell);
    set_count(L, "blocks", classes[i].blocks);
    set_count(L, "bytes", classes[i].bytes);
    set_count(L, "cells", classes[i].cells);
    set_count(L, "used", classes[i].used);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

static int check_microseconds(lua_State *L, int arg) {
  lua_Integer value = luaL_checkinteger(L, arg);
  luaL_argcheck(L, value >= 0 && value <= 1000000000, arg, "time out of range");
  return (int)value;
}

static int gc_step(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  lua_getfield(L, 1, "us");
  if (!lua_isinteger(L, 2)) return luaL_argerror(L, 1, "field 'us' is not an integer");
  lua_pushboolean(L, rille_gc_step(L, check_microseconds(L, 2)));
  return 1;
}

static int gc_limit(lua_State *L) {
  if (!lua_isnoneornil(L, 1)) {
    lua_pushinteger(L, rille_gc_limit(L, check_microseconds(L, 1)));
  } else {
    int before = rille_gc_limit(L, 0);
    rille_gc_limit(L, before);
    lua_pushinteger(L, before);
  }
  return 1;
}

static int change_switch(lua_State *L, int (*change)(lua_State *, int)) {
  int before = change(L, lua_toboolean(L, 1));
  if (lua_isnoneornil(L, 1)) change(L, before);
  lua_pushboolean(L, before);
  return 1;
}

static int gc_collectinsteps(lua_State *L) {
  return change_switch(L, rille_gc_collect_in_steps);
}

static int gc_measure(lua_State *L) {
  return change_switch(L, rille_gc_measure);
}

static int gc_trace(lua_State *L) {
  const char *path = luaL_optstring(L, 1, NULL);
  int error = rille_gc_tracefile(L, path);
  if (error == 0) {
    lua_pushboolean(L, 1);
    return 1;
  }
  luaL_pushfail(L);
  lua_pushfstring(L, "%s: %s", path, strerror(error));
  lua_pushinteger(L, error);
  return 3;
}

static int close_stream(lua_State *L) {
  luaL_Stream *stream = lua_touserdata(L, 1);
  return luaL_fileresult(L, fclose(stream->f) == 0, NULL);
}

static int gc_report(lua_State *L) {
  luaL_Stream *stream =
    lua_newuserdatauv(L, sizeof *stream, 0); /* closed by its metatable if pushing the text raises */
  stream->closef = NULL;
  luaL_setmetatable(L, LUA_FILEHANDLE);
  stream->f = tmpfile();
  if (stream->f == NULL) return luaL_fileresult(L, 0, NULL);
  stream->closef = close_stream;
  rille_gc_report(L, stream->f);
  luaL_Buffer buffer;
  char piece[512];
  rewind(stream->f);
  luaL_buffinit(L, &buffer);
  for (size_t count; (count = fread(piece, 1, sizeof piece, stream->f)) > 0;) luaL_addlstring(&buffer, piece, count);
  luaL_pushresult(&buffer);
  fclose(stream->f);
  stream->closef = NULL;
  return 1;
}

int rl_open_gc(lua_State *L) {
  static const luaL_Reg functions[] = {
    {"stats", gc_stats},     {"objects", gc_objects},
    {"classes", gc_classes}, {"step", gc_step},
    {"limit", gc_limit},     {"collectinsteps", gc_collectinsteps},
    {"measure", gc_measure}, {"trace", gc_trace},
    {"report", gc_report},   {NULL, NULL},
  };
  rille_gc_measure(L, 1);
  luaL_newlib(L, functions);
  return 1;
}

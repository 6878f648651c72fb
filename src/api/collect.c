/* lua_gc (manual 4.6). */
#include <stdarg.h>

#include "api/slot.h"
#include "gc/collect.h"
#include "heap/account.h"

static int change_mode(State *L, int mode) {
  int before = L->global->collector.mode;
  rl_gc_change_mode(L, mode);
  return before;
}

/* Pause and step multiplier are percentages of at most 1000 (manual 2.5.1), kept in steps of 4 as stock keeps them: a
 * program that sets one and asks for it later gets the same number. */
static int percentage(int value) {
  if (value < 0) return 0;
  return value > 1000 ? 1000 : value / 4 * 4;
}

static int set_incremental(State *L, int pause, int step_multiplier, int step_size) {
  Collector *collector = &L->global->collector;
  if (pause != 0) collector->pause = percentage(pause);
  if (step_multiplier != 0) collector->step_multiplier = percentage(step_multiplier);
  if (step_size != 0) collector->step_size_log2 = step_size;
  return change_mode(L, LUA_GCINC);
}

static int set_generational(State *L, int minor, int major) {
  Collector *collector = &L->global->collector;
  if (minor != 0) collector->minor_multiplier = minor;
  if (major != 0) collector->major_multiplier = major;
  return change_mode(L, LUA_GCGEN);
}

static int exchange_percentage(int *place, int value) {
  int before = *place;
  *place = percentage(value);
  return before;
}

/* Options that take numbers. */
static int with_arguments(State *L, int what, va_list arguments) {
  Global *global = L->global;
  int first = va_arg(arguments, int);
  switch (what) {
    case LUA_GCSTEP: return rl_gc_step_explicit(L, first);
    case LUA_GCSETPAUSE: return exchange_percentage(&global->collector.pause, first);
    case LUA_GCSETSTEPMUL: return exchange_percentage(&global->collector.step_multiplier, first);
    case LUA_GCGEN: return set_generational(L, first, va_arg(arguments, int));
    default: {
      int step_multiplier = va_arg(arguments, int);
      return set_incremental(L, first, step_multiplier, va_arg(arguments, int));
    }
  }
}

/* The embedder may have asked for steps (rille_gc_collect_in_steps): then the cycle begins, and goes on by itself. */
static void collect(State *L) {
  if (L->global->collector.collects_in_steps && L->global->collector.mode == LUA_GCINC)
    rl_gc_step_explicit(L, 0);
  else
    rl_gc_full(L, false);
}

LUA_API int lua_gc(lua_State *L, int what, ...) {
  Global *global = L->global;
  if (global->collector.stopped & (GC_STOPPED_INTERNAL | GC_STOPPED_CLOSING)) return -1;
  switch (what) {
    case LUA_GCSTOP: global->collector.stopped |= GC_STOPPED_USER; return 0;
    case LUA_GCRESTART:
      rl_gc_set_debt(global, 0);
      global->collector.stopped &= (uint8_t)~GC_STOPPED_USER;
      return 0;
    case LUA_GCCOLLECT: collect(L); return 0;
    case LUA_GCCOUNT: return (int)(memory_in_use(global) >> 10);
    case LUA_GCCOUNTB: return (int)(memory_in_use(global) & 0x3ff);
    case LUA_GCISRUNNING: return global->collector.stopped == 0;
    case LUA_GCSTEP:
    case LUA_GCSETPAUSE:
    case LUA_GCSETSTEPMUL:
    case LUA_GCGEN:
    case LUA_GCINC: {
      va_list arguments;
      va_start(arguments, what);
      int result = with_arguments(L, what, arguments);
      va_end(arguments);
      return result;
    }
    default: return -1;
  }
}

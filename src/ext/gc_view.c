/* The collector as seen by its embedder: figures, objects by type, blocks by class, steps on demand. */
#include <string.h>

#include "gc/collect.h"
#include "gc/trace.h"
#include "heap/account.h"
#include "heap/block.h"
#include "rille.h"

/* ---- figures ---- */

static int public_phase(const Collector *collector) {
  switch ((CollectorPhase)collector->phase) {
    case PHASE_PROPAGATE: return RILLE_GC_MARK;
    case PHASE_ATOMIC: return RILLE_GC_ATOMIC;
    case PHASE_CLEAR: return RILLE_GC_ATOMIC;
    case PHASE_SWEEP: return RILLE_GC_SWEEP;
    case PHASE_FINALIZE: return RILLE_GC_FINALIZE;
    default: return RILLE_GC_PAUSE;
  }
}

LUA_API void rille_gc_stats(lua_State *L, rille_gc_Stats *stats) {
  const Global *global = L->global;
  const Collector *collector = &global->collector;
  const CollectorFigures *figures = &collector->figures;
  size_t bytes = memory_in_use(global);
  long long debt = (long long)(global->account.debt - (ptrdiff_t)memory_in_cursors(global));
  *stats = (rille_gc_Stats){.phase = public_phase(collector),
                            .mode = collector->mode,
                            .bytes = bytes,
                            .held = global->account.total_bytes,
                            .estimate = collector->estimate,
                            .threshold = debt < 0 ? bytes + (size_t)-debt : bytes,
                            .debt = debt,
                            .cycles = figures->cycles,
                            .minors = figures->minors,
                            .majors = figures->majors,
                            .emergencies = figures->emergencies,
                            .steps = figures->steps,
                            .measures = figures->measures,
                            .longest = figures->longest};
  for (int i = 0; i < RILLE_GC_ACTIVITIES; i++) stats->time[i] = figures->time[i];
  if (figures->pauses != NULL) memcpy(stats->pauses, figures->pauses, sizeof stats->pauses);
}

LUA_API int rille_gc_measure(lua_State *L, int on) {
  int before = L->global->collector.figures.measures;
  rl_trace_measure(L->global, on != 0);
  return before;
}

/* ---- objects and blocks ---- */

static const char *const type_names[RILLE_GC_TYPES] = {
  "short string", "long string", "table", "Lua function", "C function", "userdata", "thread", "prototype", "upvalue"};

_Static_assert(TAG_UPVALUE - TAG_FIRST_COLLECTABLE + 1 == RILLE_GC_TYPES, "a name for each type of object");

static void count_object(Global *global, Object *object, void *data) {
  rille_gc_TypeUse *use = (rille_gc_TypeUse *)data + (object->type - TAG_FIRST_COLLECTABLE);
  use->count++;
  use->bytes += rl_heap_object_bytes(object) + rl_gc_buffer_bytes(global, object);
}

LUA_API void rille_gc_types(lua_State *L, rille_gc_TypeUse types[RILLE_GC_TYPES]) {
  for (int i = 0; i < RILLE_GC_TYPES; i++) types[i] = (rille_gc_TypeUse){.name = type_names[i]};
  rl_heap_walk_all(L->global, count_object, types);
}

_Static_assert(RILLE_GC_CLASSES == RL_SIZE_CLASSES, "as many classes");

LUA_API void rille_gc_classes(lua_State *L, rille_gc_ClassUse classes[RILLE_GC_CLASSES]) {
  for (unsigned i = 0; i < RL_SIZE_CLASSES; i++) {
    HeapClassUse use;
    rl_heap_class_use(L->global, i, &use);
    classes[i] = (rille_gc_ClassUse){use.cell_bytes, use.blocks, use.block_bytes, use.cells, use.used};
  }
}

/* ---- steering ---- */

LUA_API int rille_gc_step(lua_State *L, int microseconds) {
  return rl_gc_step_timed(L, microseconds > 0 ? (uint64_t)microseconds * 1000 : 0);
}

LUA_API int rille_gc_limit(lua_State *L, int microseconds) {
  int before = (int)L->global->collector.step_limit;
  L->global->collector.step_limit = microseconds > 0 ? (uint32_t)microseconds : 0;
  return before;
}

LUA_API int rille_gc_collect_in_steps(lua_State *L, int on) {
  int before = L->global->collector.collects_in_steps;
  L->global->collector.collects_in_steps = on != 0;
  return before;
}

LUA_API void rille_gc_trace(lua_State *L, rille_gc_Tracer tracer, void *data) {
  CollectorFigures *figures = &L->global->collector.figures;
  figures->tracer = tracer;
  figures->tracer_data = data;
  if (tracer != NULL) rl_trace_measure(L->global, true);
}

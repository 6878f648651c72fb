/* The figures of the collector for people (`rille --gc-stats`). */
#include "lua.h"
#include "rille.h"

static const char *const activity_names[RILLE_GC_ACTIVITIES] = {NULL,       "mark",  "atomic", "sweep",
                                                                "finalize", "minor", "major"};

static double in_milliseconds(unsigned long long nanoseconds) {
  return (double)nanoseconds / 1e6;
}

static void report_memory(FILE *out, const rille_gc_Stats *stats) {
  fprintf(out, "collector (%s)\n", stats->mode == LUA_GCGEN ? "generational" : "incremental");
  fprintf(out, "  bytes in use     %12zu\n  bytes held       %12zu\n", stats->bytes, stats->held);
  fprintf(out, "  cycles %llu, steps %llu, minor %llu, major %llu, emergencies %llu\n", stats->cycles, stats->steps,
          stats->minors, stats->majors, stats->emergencies);
}

static void report_time(FILE *out, const rille_gc_Stats *stats) {
  fputs("  time in ms      ", out);
  for (int i = RILLE_GC_MARK; i < RILLE_GC_ACTIVITIES; i++)
    fprintf(out, " %s %.2f", activity_names[i], in_milliseconds(stats->time[i]));
  fprintf(out, "\n  longest pause    %12.3f ms\n  pauses shorter than\n", in_milliseconds(stats->longest));
  for (int i = 0; i < RILLE_GC_BUCKETS; i++)
    if (stats->pauses[i] != 0)
      fprintf(out, "    %12.4f ms %10llu\n", in_milliseconds(rille_gc_bound(i)), stats->pauses[i]);
}

static void report_types(lua_State *L, FILE *out) {
  rille_gc_TypeUse types[RILLE_GC_TYPES];
  rille_gc_types(L, types);
  fputs("  objects                 count        bytes\n", out);
  for (int i = 0; i < RILLE_GC_TYPES; i++)
    if (types[i].count != 0) fprintf(out, "    %-14s %10zu %12zu\n", types[i].name, types[i].count, types[i].bytes);
}

static void report_classes(lua_State *L, FILE *out) {
  rille_gc_ClassUse classes[RILLE_GC_CLASSES];
  rille_gc_classes(L, classes);
  fputs("  blocks of cells     blocks        bytes   in use\n", out);
  for (int i = 0; i < RILLE_GC_CLASSES; i++)
    if (classes[i].blocks != 0)
      fprintf(out, "    %5zu bytes    %8zu %12zu %7.1f%%\n", classes[i].cell, classes[i].blocks, classes[i].bytes,
              100.0 * (double)classes[i].used / (double)classes[i].cells);
}

LUA_API void rille_gc_report(lua_State *L, FILE *out) {
  rille_gc_Stats stats;
  rille_gc_stats(L, &stats);
  report_memory(out, &stats);
  if (stats.measures) report_time(out, &stats);
  report_types(L, out);
  report_classes(L, out);
}

/* Pauses and pieces of work. A pause is the time from the collector's begin to its return to the program, less the time
 * of finalizers, which are the program's. A piece is a part of a pause with one activity. Figures are of the thread's
 * processor time, so that a busy machine does not spoil them; the tracer is told what a clock on the wall shows. */
#include "gc/trace.h"

#include <string.h>
#include <time.h>

#include "heap/account.h"

#define HISTOGRAM_BYTES (RILLE_GC_BUCKETS * sizeof(uint64_t))

static const char *const names[RILLE_GC_ACTIVITIES] = {"pause",    "mark",  "atomic", "sweep",
                                                       "finalize", "minor", "major"};

static uint64_t read_clock(clockid_t clock) {
  struct timespec now = {0};
  clock_gettime(clock, &now);
  return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

uint64_t rl_trace_clock(void) {
  return read_clock(CLOCK_MONOTONIC);
}

static void begin_piece(CollectorFigures *figures, int activity) {
  figures->activity = (uint8_t)activity;
  figures->piece_work = read_clock(CLOCK_THREAD_CPUTIME_ID);
  if (figures->tracer != NULL) figures->piece_start = rl_trace_clock();
}

LUA_API unsigned long long rille_gc_bound(int bucket) {
  if (bucket < 0) return 0;
  unsigned long long octave = 1000ull << (bucket / 2);
  return bucket % 2 == 0 ? octave : octave + octave / 2;
}

static int bucket_of(uint64_t nanoseconds) {
  int bucket = 0;
  while (bucket < RILLE_GC_BUCKETS - 1 && nanoseconds >= rille_gc_bound(bucket)) bucket++;
  return bucket;
}

static void end_piece(Global *global) {
  CollectorFigures *figures = &global->collector.figures;
  uint64_t work = read_clock(CLOCK_THREAD_CPUTIME_ID) - figures->piece_work;
  figures->time[figures->activity] += work;
  if (figures->activity != RILLE_GC_FINALIZE) figures->pause_time += work;
  if (figures->tracer == NULL) return;
  rille_gc_Event event = {.activity = figures->activity,
                          .name = names[figures->activity],
                          .start = figures->piece_start,
                          .duration = rl_trace_clock() - figures->piece_start,
                          .bytes = memory_in_use(global)};
  figures->tracer(figures->tracer_data, &event);
}

void rl_trace_start(CollectorFigures *figures, int activity) {
  if (figures->depth++ != 0) return;
  figures->pause_time = 0;
  begin_piece(figures, activity);
}

void rl_trace_stop(Global *global) {
  CollectorFigures *figures = &global->collector.figures;
  if (--figures->depth != 0) return;
  end_piece(global);
  figures->activity = RILLE_GC_PAUSE;
  if (figures->pause_time > figures->longest) figures->longest = figures->pause_time;
  if (figures->pauses != NULL) figures->pauses[bucket_of(figures->pause_time)]++;
}

void rl_trace_measure(Global *global, bool on) {
  CollectorFigures *figures = &global->collector.figures;
  figures->measures = on;
  if (!on || figures->pauses != NULL) return;
  figures->pauses = rl_memory_try_resize_quietly(global, NULL, 0, HISTOGRAM_BYTES);
  if (figures->pauses != NULL) memset(figures->pauses, 0, HISTOGRAM_BYTES);
}

void rl_trace_close(Global *global) {
  CollectorFigures *figures = &global->collector.figures;
  rl_memory_free(global, figures->pauses, HISTOGRAM_BYTES);
  figures->pauses = NULL;
}

void rl_trace_change(Global *global, int activity) {
  end_piece(global);
  begin_piece(&global->collector.figures, activity);
}

/* Measuring the collector: pieces of work, pauses, and a tracer that is told of them. Everything is free of charge
 * while nobody measures. */
#ifndef RL_GC_TRACE_H
#define RL_GC_TRACE_H

#include "value/global.h"

void rl_trace_start(CollectorFigures *figures, int activity);
void rl_trace_stop(Global *global);
void rl_trace_change(Global *global, int activity);
/* Switches measuring on or off. The histogram of pauses is made when it is first wanted; without memory there is none.
 */
void rl_trace_measure(Global *global, bool on);
void rl_trace_close(Global *global);
/* Nanoseconds of the monotonic clock. */
uint64_t rl_trace_clock(void);

/* The collector begins to work, with this; pairs may lie one in another. */
static inline void trace_begin(Global *global, int activity) {
  CollectorFigures *figures = &global->collector.figures;
  if (__builtin_expect(figures->measures, 0)) rl_trace_start(figures, activity);
}
static inline void trace_end(Global *global) {
  if (__builtin_expect(global->collector.figures.depth != 0, 0)) rl_trace_stop(global);
}
/* It goes on with something else. Returns what it did before. */
static inline int trace_activity(Global *global, int activity) {
  CollectorFigures *figures = &global->collector.figures;
  int before = figures->activity;
  if (__builtin_expect(figures->depth != 0, 0) && before != activity) rl_trace_change(global, activity);
  return before;
}

#endif

/* What glibc offers beside the family: parameters, trimming, and figures. Structures and numbers are those of glibc's
 * <malloc.h>. */
#include "process/process.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>

#include "core/bins.h"
#include "core/fault.h"
#include "core/purge.h"

#undef mallinfo
RLM_PUBLIC int RLM_NAME(mallopt)(int parameter, int value);
RLM_PUBLIC int RLM_NAME(malloc_trim)(size_t pad);
RLM_PUBLIC struct mallinfo RLM_NAME(mallinfo)(void);
RLM_PUBLIC struct mallinfo2 RLM_NAME(mallinfo2)(void);
RLM_PUBLIC void RLM_NAME(malloc_stats)(void);
RLM_PUBLIC int RLM_NAME(malloc_info)(int options, FILE *file);

/* ---- parameters ---- */

/* 1: done, 0: the value makes no sense, or this allocator has nothing that the parameter could change. */
int RLM_NAME(mallopt)(int parameter, int value) {
  Settings settings = rlm_process_settings();
  switch (parameter) {
    case M_MMAP_THRESHOLD:
      if (value < 0 || (size_t)value > RLM_CHUNK_MAX) return 0;
      settings.map_threshold = (size_t)value;
      settings.threshold_is_fixed = true;
      break;
    case M_MMAP_MAX: /* none at all, or as many as there may be */
      if (value < 0) return 0;
      settings.map_threshold = value == 0 ? SIZE_MAX : RLM_MAP_THRESHOLD;
      settings.threshold_is_fixed = true;
      break;
    case M_TRIM_THRESHOLD: /* negative: never */
      settings.trim_threshold = value < 0 ? SIZE_MAX : value == 0 ? 1 : (size_t)value;
      settings.threshold_is_fixed = true;
      break;
    case M_TOP_PAD:
      if (value < 0) return 0;
      settings.top_pad = (size_t)value;
      settings.threshold_is_fixed = true;
      break;
    case M_ARENA_MAX:
      if (value < 0) return 0;
      settings.arena_limit = (unsigned)value;
      break;
    case M_ARENA_TEST: return value > 0;
    default: return 0;
  }
  rlm_process_set(&settings);
  return 1;
}

int RLM_NAME(malloc_trim)(size_t pad) {
  size_t bytes = 0;
  rlm_caches_trim();
  for (unsigned i = 0; i < rlm_process_arena_count(); i++) {
    Arena *arena = rlm_process_arena(i);
    lock_take(&arena->lock);
    bytes += rlm_purge_all(arena, i == 0 ? pad : 0);
    lock_leave(&arena->lock);
  }
  return bytes != 0;
}

/* ---- figures ---- */

typedef struct Figures {
  rille_arena_statistics sum;
  size_t free_chunks;
} Figures;

static size_t count_free_chunks(const Arena *arena) {
  size_t count = 0;
  for (unsigned bin = 0; bin < RLM_BIN_COUNT; bin++)
    for (const Chunk *chunk = arena->bins[bin]; chunk != NULL; chunk = chunk->next) count++;
  return count;
}

static void add(Figures *figures, const rille_arena_statistics *one) {
  figures->sum.held += one->held;
  figures->sum.peak_held += one->peak_held;
  figures->sum.live += one->live;
  figures->sum.free_in_runs += one->free_in_runs;
  figures->sum.free_in_bins += one->free_in_bins;
  figures->sum.free_at_top += one->free_at_top;
  figures->sum.mapped += one->mapped;
  figures->sum.administration += one->administration;
  figures->sum.live_blocks += one->live_blocks;
  figures->sum.heaps += one->heaps;
  figures->sum.runs += one->runs;
  figures->sum.mapped_blocks += one->mapped_blocks;
}

static rille_arena_statistics look_at(Arena *arena, Figures *figures) {
  rille_arena_statistics one;
  lock_take(&arena->lock);
  rlm_arena_statistics(arena, &one);
  figures->free_chunks += count_free_chunks(arena);
  lock_leave(&arena->lock);
  add(figures, &one);
  return one;
}

static Figures look_at_all(void) {
  Figures figures;
  memset(&figures, 0, sizeof figures);
  for (unsigned i = 0; i < rlm_process_arena_count(); i++) look_at(rlm_process_arena(i), &figures);
  return figures;
}

struct mallinfo2 RLM_NAME(mallinfo2)(void) {
  Figures figures = look_at_all();
  const rille_arena_statistics *sum = &figures.sum;
  return (struct mallinfo2){
    .arena = sum->held - sum->mapped,
    .ordblks = figures.free_chunks + sum->heaps, /* glibc counts the tops, too */
    .hblks = sum->mapped_blocks,
    .hblkhd = sum->mapped,
    .uordblks = sum->live + sum->administration > sum->mapped ? sum->live + sum->administration - sum->mapped : 0,
    .fordblks = sum->free_in_runs + sum->free_in_bins + sum->free_at_top,
    .keepcost = sum->free_at_top,
  };
}

struct mallinfo RLM_NAME(mallinfo)(void) {
  struct mallinfo2 wide = RLM_NAME(mallinfo2)();
  return (struct mallinfo){
    .arena = (int)wide.arena,
    .ordblks = (int)wide.ordblks,
    .hblks = (int)wide.hblks,
    .hblkhd = (int)wide.hblkhd,
    .uordblks = (int)wide.uordblks,
    .fordblks = (int)wide.fordblks,
    .keepcost = (int)wide.keepcost,
  };
}

static void say(const char *label, uint64_t number) {
  TextLine line = {.length = 0};
  rlm_text_add(&line, label);
  rlm_text_add_number(&line, number);
  rlm_text_add(&line, "\n");
  rlm_system_write(2, line.bytes, line.length);
}

void RLM_NAME(malloc_stats)(void) {
  Figures figures;
  memset(&figures, 0, sizeof figures);
  for (unsigned i = 0; i < rlm_process_arena_count(); i++) {
    rille_arena_statistics one = look_at(rlm_process_arena(i), &figures);
    say("Arena ", i);
    say("  system bytes = ", one.held - one.mapped);
    say("  in use bytes = ", one.live > one.mapped ? one.live - one.mapped : 0);
    say("  free in runs = ", one.free_in_runs);
    say("  free in bins = ", one.free_in_bins);
    say("  free at top  = ", one.free_at_top);
    say("  heaps        = ", one.heaps);
    say("  runs         = ", one.runs);
  }
  rlm_system_write(2, "Total (with mapped blocks)\n", 27);
  say("  system bytes = ", figures.sum.held);
  say("  in use bytes = ", figures.sum.live);
  say("  blocks       = ", figures.sum.live_blocks);
  say("  mapped       = ", figures.sum.mapped_blocks);
  say("  mapped bytes = ", figures.sum.mapped);
}

static void print_arena(FILE *file, const rille_arena_statistics *one) {
  fprintf(file, "<total type=\"runs\" count=\"%zu\" size=\"%zu\"/>\n", one->runs, one->free_in_runs);
  fprintf(file, "<total type=\"rest\" count=\"%zu\" size=\"%zu\"/>\n", one->heaps,
          one->free_in_bins + one->free_at_top);
  fprintf(file, "<total type=\"mmap\" count=\"%zu\" size=\"%zu\"/>\n", one->mapped_blocks, one->mapped);
  fprintf(file, "<system type=\"current\" size=\"%zu\"/>\n", one->held);
  fprintf(file, "<system type=\"max\" size=\"%zu\"/>\n", one->peak_held);
  fprintf(file, "<aspace type=\"total\" size=\"%zu\"/>\n", one->held - one->mapped);
}

int RLM_NAME(malloc_info)(int options, FILE *file) {
  if (options != 0) {
    errno = EINVAL;
    return -1;
  }
  Figures figures;
  memset(&figures, 0, sizeof figures);
  fputs("<malloc version=\"1\">\n", file);
  for (unsigned i = 0; i < rlm_process_arena_count(); i++) {
    rille_arena_statistics one = look_at(rlm_process_arena(i), &figures);
    fprintf(file, "<heap nr=\"%u\">\n<sizes>\n</sizes>\n", i);
    print_arena(file, &one);
    fputs("</heap>\n", file);
  }
  print_arena(file, &figures.sum);
  fputs("</malloc>\n", file);
  return 0;
}

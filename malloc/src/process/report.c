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
    case M_ARENA_TEST: return value > 0;              /* there is nothing to be tested: the limit is known */
    case M_MXFAST: return value >= 0 && value <= 160; /* page runs serve these sizes, whatever it says */
    case M_CHECK_ACTION: return 1;                    /* glibc, too, always ends the program now */
    case RILLE_M_BACKGROUND: rlm_helper_want(value != 0); return 1;
    case M_PERTURB: rlm_checked_perturb((unsigned char)value); return 1;
    default: return 0;
  }
  rlm_process_set(&settings);
  return 1;
}

int RLM_NAME(malloc_trim)(size_t pad) {
  rlm_cache_trim_own();
  rlm_caches_reclaim();
  return rlm_process_trim(pad) != 0;
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

static void say(int descriptor, const char *label, uint64_t number, const char *end) {
  TextLine line = {.length = 0};
  rlm_text_add(&line, label);
  rlm_text_add_number(&line, number);
  rlm_text_add(&line, end);
  rlm_system_write(descriptor, line.bytes, line.length);
}

static void say_figures(int descriptor, const rille_arena_statistics *figures) {
  say(descriptor, "system bytes     = ", figures->held, "\n");
  say(descriptor, "in use bytes     = ", figures->live, "\n");
  say(descriptor, "blocks           = ", figures->live_blocks, "\n");
  say(descriptor, "free in runs     = ", figures->free_in_runs, "\n");
  say(descriptor, "free in bins     = ", figures->free_in_bins, "\n");
  say(descriptor, "free at top      = ", figures->free_at_top, "\n");
  say(descriptor, "heaps            = ", figures->heaps, "\n");
  say(descriptor, "runs             = ", figures->runs, "\n");
}

void rlm_report_statistics(int descriptor) {
  Figures figures;
  memset(&figures, 0, sizeof figures);
  for (unsigned i = 0; i < rlm_process_arena_count(); i++) {
    rille_arena_statistics one = look_at(rlm_process_arena(i), &figures);
    one.held -= one.mapped;
    one.live -= one.live > one.mapped ? one.mapped : one.live;
    say(descriptor, "Arena ", i, ":\n");
    say_figures(descriptor, &one);
  }
  rlm_system_write(descriptor, "Total (incl. mmap):\n", 20);
  say_figures(descriptor, &figures.sum);
  say(descriptor, "mapped blocks    = ", figures.sum.mapped_blocks, "\n");
  say(descriptor, "mapped bytes     = ", figures.sum.mapped, "\n");
}

void RLM_NAME(malloc_stats)(void) {
  rlm_report_statistics(2);
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
  if (options != 0) return EINVAL;
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

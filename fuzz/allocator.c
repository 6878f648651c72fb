/* Bytes as a sequence of calls on private arenas (malloc/include/rille_arena.h), against a shadow that knows what every
 * block must hold: blocks may not overlap, must be aligned and keep their bytes, and the figures of the arena must
 * agree with it. The first byte chooses the arena's options, each call takes one byte for what to do and one to three
 * for with what. malloc/tests/arena_random.c feeds the same function with random bytes. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rille_arena.h"

enum { SLOTS = 128, PAGE = 4096, LARGEST = 1 << 20, HELD_AT_MOST = 6 << 20 };

typedef struct Block {
  unsigned char *bytes; /* NULL: none */
  size_t size;          /* as it was last asked for */
  size_t filled;        /* bytes with the pattern, up to what is usable */
  unsigned tag;
} Block;

typedef struct Shadow {
  rille_arena *arena;
  Block blocks[SLOTS];
  size_t limit; /* 0: none */
  size_t total; /* of sizes */
  unsigned next_tag;
} Shadow;

typedef struct Input {
  const uint8_t *bytes;
  size_t left;
} Input;

static void blame(const char *what) {
  fprintf(stderr, "WRONG: %s\n", what);
  abort();
}

static unsigned next_byte(Input *input) {
  if (input->left == 0) return 0;
  input->left--;
  return *input->bytes++;
}

/* Each order of magnitude from the same number of bytes: two. */
static size_t next_size(Input *input) {
  unsigned shape = next_byte(input), value = next_byte(input);
  switch (shape % 8) {
    case 0: return value;
    case 1: return value * 4;
    case 2: return 1000 + value;
    case 3: return value * 33;
    case 4: return value * 257;
    case 5: return (size_t)PAGE * (1 + value % 64) + shape / 8 - 16;
    case 6: return (size_t)value * 1031;
    default: return (size_t)value * 12007 % LARGEST;
  }
}

/* ---- contents ---- */

static unsigned char pattern(unsigned tag, size_t at) {
  return (unsigned char)(tag * 89 + at * 31 + (at >> 8));
}

static size_t step_of(size_t filled) {
  return filled <= 2048 ? 1 : 251;
}

static void fill(Block *block, size_t filled) {
  block->filled = filled;
  for (size_t i = 0; i < filled; i += step_of(filled)) block->bytes[i] = pattern(block->tag, i);
  if (filled != 0) block->bytes[filled - 1] = pattern(block->tag, filled - 1);
}

static void check_bytes(const Block *block, size_t size) {
  size_t step = step_of(block->filled);
  for (size_t i = 0; i < size && i < block->filled; i += step)
    if (block->bytes[i] != pattern(block->tag, i)) blame("a byte of a block changed");
  if (block->filled != 0 && size >= block->filled &&
      block->bytes[block->filled - 1] != pattern(block->tag, block->filled - 1))
    blame("a block's last byte changed");
}

/* ---- the shadow ---- */

static void check_overlap(const Shadow *shadow, const Block *new_block, size_t bytes) {
  uintptr_t start = (uintptr_t)new_block->bytes, end = start + (bytes == 0 ? 1 : bytes);
  for (size_t i = 0; i < SLOTS; i++) {
    const Block *other = &shadow->blocks[i];
    if (other->bytes == NULL || other == new_block) continue;
    uintptr_t other_start = (uintptr_t)other->bytes, other_end = other_start + (other->filled == 0 ? 1 : other->filled);
    if (start < other_end && other_start < end) blame("two blocks overlap");
  }
}

static void adopt(Shadow *shadow, Block *block, void *bytes, size_t size, size_t alignment) {
  if ((uintptr_t)bytes % alignment != 0) blame("not aligned");
  size_t usable = rille_arena_usable_size(shadow->arena, bytes, size);
  if (usable < size) blame("usable size below what was asked for");
  block->bytes = bytes;
  block->size = size;
  block->tag = shadow->next_tag++;
  check_overlap(shadow, block, usable);
  shadow->total += size;
  fill(block, usable);
}

static void drop(Shadow *shadow, Block *block) {
  if (block->bytes == NULL) return;
  check_bytes(block, block->filled);
  rille_arena_free(shadow->arena, block->bytes, block->size);
  shadow->total -= block->size;
  *block = (Block){0};
}

static void allocate(Shadow *shadow, Block *block, Input *input, unsigned kind) {
  drop(shadow, block);
  size_t size = next_size(input), alignment = 16;
  if (shadow->total + size > HELD_AT_MOST) return;
  void *bytes;
  if (kind == 0) {
    bytes = rille_arena_allocate(shadow->arena, size);
  } else if (kind == 1) {
    bytes = rille_arena_allocate_zeroed(shadow->arena, size);
    for (size_t i = 0; bytes != NULL && i < size; i++)
      if (((char *)bytes)[i] != 0) blame("not zeroed");
  } else {
    alignment = (size_t)16 << next_byte(input) % 14;
    bytes = rille_arena_allocate_aligned(shadow->arena, alignment, size);
  }
  if (bytes != NULL)
    adopt(shadow, block, bytes, size, alignment);
  else if (shadow->limit == 0)
    blame("no memory without a limit");
}

static void resize(Shadow *shadow, Block *block, Input *input, bool as_lua) {
  size_t size = next_size(input);
  if (shadow->total + size > HELD_AT_MOST) return;
  if (as_lua && size == 0) {
    if (rille_arena_lua_alloc(shadow->arena, block->bytes, block->size, 0) != NULL)
      blame("lua_Alloc frees, and returns NULL");
    shadow->total -= block->size;
    *block = (Block){0};
    return;
  }
  size_t old_size = block->bytes == NULL && as_lua ? 5 : block->size; /* Lua's type tag */
  void *bytes = as_lua ? rille_arena_lua_alloc(shadow->arena, block->bytes, old_size, size)
                       : rille_arena_resize(shadow->arena, block->bytes, old_size, size);
  if (bytes == NULL) {
    if (shadow->limit == 0) blame("no memory without a limit");
    if (block->bytes != NULL && size <= block->size) blame("shrinking failed");
    if (block->bytes != NULL) check_bytes(block, block->filled);
    return;
  }
  Block moved = *block;
  moved.bytes = bytes;
  if (moved.filled > block->size) moved.filled = block->size; /* what was beyond the asked size may be lost */
  if (block->bytes != NULL) {
    size_t kept = size < block->size ? size : block->size, step = step_of(block->filled);
    for (size_t i = 0; i < kept; i += step)
      if (moved.bytes[i] != pattern(block->tag, i)) blame("a byte changed when a block was resized");
  }
  shadow->total -= block->size;
  *block = (Block){0};
  adopt(shadow, block, bytes, size, 16);
}

/* ---- figures ---- */

typedef struct Visit {
  const Shadow *shadow;
  size_t count;
  size_t bytes;
  size_t stop_at; /* 0: never */
} Visit;

static int visit(void *data, void *block, size_t bytes) {
  Visit *walk = data;
  walk->bytes += bytes;
  if (++walk->count == walk->stop_at) return 17;
  for (size_t i = 0; i < SLOTS; i++) {
    if (walk->shadow->blocks[i].bytes != block) continue;
    if (bytes < walk->shadow->blocks[i].size) blame("walk: fewer bytes than the block has");
    return 0;
  }
  blame("walk: a block that is not live");
  return 1;
}

static size_t count_live(const Shadow *shadow) {
  size_t count = 0;
  for (size_t i = 0; i < SLOTS; i++) count += shadow->blocks[i].bytes != NULL;
  return count;
}

static void check_figures(Shadow *shadow) {
  rille_arena_statistics now;
  rille_arena_get_statistics(shadow->arena, &now);
  if (now.live_blocks != count_live(shadow)) blame("statistics: number of live blocks");
  if (now.live < shadow->total) blame("statistics: live bytes");
  if (now.held < now.live || now.peak_held < now.held || now.held % PAGE != 0) blame("statistics: held");
  if (now.live + now.free_in_runs + now.free_in_bins + now.free_at_top + now.administration > now.held)
    blame("statistics: parts exceed held");
  if (now.limit != shadow->limit) blame("statistics: limit");
  if (now.mapped > now.held || now.mapped_blocks > now.live_blocks) blame("statistics: mapped");
}

static void check_walk(Shadow *shadow, unsigned stop_at) {
  Visit walk = {shadow, 0, 0, 0};
  if (rille_arena_walk(shadow->arena, visit, &walk) != 0) blame("walk: result");
  if (walk.count != count_live(shadow)) blame("walk: number of blocks");
  if (walk.bytes < shadow->total) blame("walk: bytes");
  Visit stopped = {shadow, 0, 0, stop_at};
  int result = rille_arena_walk(shadow->arena, visit, &stopped);
  if (stop_at != 0 && (result == 17) != (stop_at <= walk.count)) blame("walk: does not stop");
}

static void trim(Shadow *shadow, unsigned keep) {
  rille_arena_statistics before, after;
  rille_arena_get_statistics(shadow->arena, &before);
  rille_arena_trim(shadow->arena, (size_t)keep * PAGE);
  rille_arena_get_statistics(shadow->arena, &after);
  if (after.held > before.held || after.live != before.live) blame("trim: figures");
}

static void change_limit(Shadow *shadow, unsigned choice) {
  rille_arena_statistics now;
  rille_arena_get_statistics(shadow->arena, &now);
  if (choice % 4 == 0) shadow->limit = 0;
  if (choice % 4 == 1) shadow->limit = now.held + choice / 4 * PAGE;
  if (choice % 4 == 2) shadow->limit = (size_t)(choice + 1) << 14;
  rille_arena_set_limit(shadow->arena, shadow->limit);
}

/* With a limit nothing may be held beyond it, unless it was lowered. */
static void step(Shadow *shadow, Input *input) {
  unsigned choice = next_byte(input);
  Block *block = &shadow->blocks[next_byte(input) % SLOTS];
  rille_arena_statistics before = {0}, after;
  if (shadow->limit != 0) rille_arena_get_statistics(shadow->arena, &before);
  switch (choice % 16) {
    case 0:
    case 1:
    case 2:
    case 3: allocate(shadow, block, input, 0); break;
    case 4: allocate(shadow, block, input, 1); break;
    case 5: allocate(shadow, block, input, 2); break;
    case 6:
    case 7: resize(shadow, block, input, false); break;
    case 8: resize(shadow, block, input, true); break;
    case 9: rille_arena_verify(shadow->arena); break;
    case 10: check_figures(shadow); break;
    case 11:
      if (choice >= 128)
        check_walk(shadow, choice % 8);
      else
        trim(shadow, choice / 16 * 8);
      break;
    case 12:
      if (choice >= 192)
        change_limit(shadow, next_byte(input));
      else
        drop(shadow, block);
      break;
    default: drop(shadow, block); break;
  }
  if (before.limit == 0 || before.limit != shadow->limit) return;
  rille_arena_get_statistics(shadow->arena, &after);
  if (after.held > shadow->limit && after.held > before.held) blame("grown beyond the limit");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static Shadow shadow;
  Input input = {data, size};
  unsigned choice = next_byte(&input);
  memset(&shadow, 0, sizeof shadow);
  shadow.limit = choice % 4 == 0 ? (size_t)(choice + 1) << 14 : 0;
  rille_arena_options options = {shadow.limit, "fuzz",
                                 choice & 128 ? RILLE_ARENA_THREAD_SAFE : RILLE_ARENA_SINGLE_OWNER};
  shadow.arena = rille_arena_create(&options);
  if (shadow.arena == NULL) {
    if (shadow.limit == 0 || shadow.limit > 65536) blame("no arena");
    return 0;
  }
  while (input.left > 0) step(&shadow, &input);
  for (size_t i = 0; i < SLOTS; i++) {
    if (shadow.blocks[i].bytes != NULL) check_bytes(&shadow.blocks[i], shadow.blocks[i].filled);
    if (choice & 64) drop(&shadow, &shadow.blocks[i]); /* or destroying the arena frees them */
  }
  check_figures(&shadow);
  rille_arena_verify(shadow.arena);
  rille_arena_destroy(shadow.arena);
  return 0;
}

/* Lua's patterns (manual 6.4.1): matching one pattern against one subject. The theory stands in pattern.c. */
#ifndef RL_STDLIB_PATTERN_H
#define RL_STDLIB_PATTERN_H

#include "lua.h"

#include <stddef.h>

#include "stdlib/character_test.h"

enum {
  RL_PATTERN_CAPTURES = 32, /* more in one pattern are an error */
  RL_PATTERN_LEVELS = 200,  /* open choices, and the match itself: beyond, a pattern is too complex */
  RL_PATTERN_SETS = 4       /* sets of a pattern that are kept as bits */
};

/* What a capture holds instead of a length. */
enum { RL_CAPTURE_OPEN = -1, RL_CAPTURE_POSITION = -2 };

typedef struct PatternCapture {
  const char *start;
  ptrdiff_t length; /* or one of the above */
} PatternCapture;

/* A pattern, a subject, and after a match the captures. Both texts are borrowed: their strings must stay alive. */
typedef struct Matcher {
  lua_State *L; /* where errors are raised */
  const char *subject;
  const char *subject_end;
  const char *pattern;
  const char *pattern_end;
  int capture_count;
  bool is_prepared;  /* the rest has been found out, by the first search */
  const void *table; /* the locale's table of classes then; another one makes it wrong */
  bool has_first;    /* every match begins with a byte that passes `first` */
  bool is_byte;      /* and is that byte alone, */
  bool is_run;       /* or as many such bytes as there are; no captures */
  CharacterTest first;
  int set_count;
  size_t set_work; /* bytes that were looked for in sets byte by byte */
  CharacterSet sets[RL_PATTERN_SETS];
  size_t work; /* items looked at, or as much, since somebody heard of it */
  PatternCapture captures[RL_PATTERN_CAPTURES];
} Matcher;

/* Prepares a matcher; a `^` that is an anchor must have been taken off the pattern. No effects. */
void rl_matcher_init(Matcher *matcher, lua_State *L, const char *subject, size_t subject_length, const char *pattern,
                     size_t pattern_length);

/* Matches at `at`, a position of the subject (its end included). Returns the end of the match, or NULL. Raises errors
 * of the pattern; neither allocates nor calls. Uses a bounded piece of the C stack (about 10 KB). */
const char *rl_matcher_match(Matcher *matcher, const char *at);

/* Finds the first match that begins at `*at` or later and does not end at `last_end` (NULL: any match), which is how
 * repeated searches avoid an empty match just behind the previous one. Returns its end and sets `*at` to its
 * beginning, or returns NULL. Effects as of rl_matcher_match. */
const char *rl_matcher_search(Matcher *matcher, const char **at, const char *last_end);

/* Returns how many values rl_matcher_push_captures pushes: the captures, or one for the whole match. No effects. */
static inline int rl_matcher_value_count(const Matcher *matcher) {
  return matcher->capture_count == 0 ? 1 : matcher->capture_count;
}

/* Looks up capture `index` (0 the first) of the match [start, end); a match without captures has itself as the first.
 * Sets `*text` and returns the length, or RL_CAPTURE_POSITION. Raises if there is no such capture or it is open. */
ptrdiff_t rl_matcher_capture(Matcher *matcher, int index, const char *start, const char *end, const char **text);

/* Pushes capture `index`, a string or for a position capture an integer. Raises like rl_matcher_capture, and when out
 * of memory; needs one free slot. */
void rl_matcher_push_capture(Matcher *matcher, int index, const char *start, const char *end);

/* Pushes all captures, or the whole match if the pattern has none, and returns their number. Raises like
 * rl_matcher_push_capture; grows the stack. */
int rl_matcher_push_captures(Matcher *matcher, const char *start, const char *end);

#endif

/* The matcher of Lua's patterns.
 *
 * A pattern is read from left to right together with the subject; it is never compiled. Backtracking is explicit:
 * whenever there is more than one way to go on, or something to undo, a Choice is pushed; when an item fails, the
 * newest choice is asked for another way, and dropped when it has none left. No choice left means no match here. The
 * stack of choices has a fixed size, so neither pattern nor subject can use up the C stack; a pattern that needs more
 * is "too complex".
 *
 * Choices and what they do when asked:
 *   FEWER   after `*` and `+`: as many single characters as possible were taken; give one back, down to `low`
 *   MORE    after `-`: as few as possible were taken; take one more, if it matches
 *   WITHOUT after `?`: go on without the optional character
 *   OPEN    a capture was begun: forget it
 *   CLOSE   a capture was ended: it is open again
 *
 * Why it ends: every choice is asked at most as often as there are positions left in the subject, and no item moves
 * back. Why it stays inside: `item` is at most pattern_end and is compared with it before every read; `at` lies between
 * subject and subject_end. Malformed patterns are noticed when the item is reached, so that an item that is never
 * reached raises nothing, as in stock Lua. */
#include "stdlib/pattern.h"

#include "lauxlib.h"
#include "vm/work.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#define ESCAPE          '%'
#define WORK_UNREPORTED 255 /* items */

/* Where the match stands: the next byte of the subject and the next item of the pattern. */
typedef struct Cursor {
  const char *at;
  const char *item;
} Cursor;

typedef enum ChoiceKind { CHOICE_FEWER, CHOICE_MORE, CHOICE_WITHOUT, CHOICE_OPEN, CHOICE_CLOSE } ChoiceKind;

typedef struct Choice {
  ChoiceKind kind;
  int detail;       /* FEWER, MORE: the byte that must follow, or -1; CLOSE: the capture */
  const char *at;   /* the position to go on from; FEWER: the one behind it */
  const char *low;  /* FEWER: the lowest such position */
  const char *item; /* MORE: the repeated item */
  const char *rest; /* the pattern behind the repeated item and its suffix */
} Choice;

typedef struct ChoiceStack {
  int count;
  Choice choices[RL_PATTERN_LEVELS - 1];
} ChoiceStack;

static Choice *push_choice(Matcher *matcher, ChoiceStack *stack, ChoiceKind kind, const char *at, const char *rest) {
  if (luai_unlikely(stack->count == RL_PATTERN_LEVELS - 1)) luaL_error(matcher->L, "pattern too complex");
  Choice *choice = &stack->choices[stack->count++];
  choice->kind = kind;
  choice->at = at;
  choice->rest = rest;
  return choice;
}

/* ---- single characters ---- */

#define SET_WORK 64 /* bytes looked for in sets one by one, before bits are made of the next */

/* A set that is asked about many bytes becomes bits, which the matcher keeps. */
static void improve_set(Matcher *matcher, CharacterTest *test) {
  const CharacterSet *set = matcher->sets, *end = set + matcher->set_count;
  while (set < end && set->item != test->item) set++;
  if (set == end) {
    if (matcher->set_work < SET_WORK || matcher->set_count == RL_PATTERN_SETS) return;
    rl_character_set_fill(&matcher->sets[matcher->set_count++], test);
    matcher->set_work = 0;
  }
  test->kind = CHARACTER_BITS;
  test->bits = set->bits;
}

static inline void prepare_test(Matcher *matcher, CharacterTest *test, const char *item, const char *end) {
  rl_character_test_init(test, item, end);
  if (test->kind == CHARACTER_SET) improve_set(matcher, test);
}

static inline bool passes_at(const Matcher *matcher, const CharacterTest *test, const char *at) {
  return at < matcher->subject_end && character_passes(test, (unsigned char)*at);
}

/* As rl_character_skip, to the end of the subject. */
static const char *skip(Matcher *matcher, const CharacterTest *test, const char *at, bool passing) {
  const char *end = rl_character_skip(test, at, matcher->subject_end, passing);
  if (test->kind == CHARACTER_SET) matcher->set_work += (size_t)(end - at) + 1;
  return end;
}

/* Returns the end of the set whose `[` is at `set`. The first byte (after `^`) belongs to it even if it is a `]`. */
static const char *set_end(Matcher *matcher, const char *set) {
  const char *end = matcher->pattern_end;
  const char *p = set + 1;
  if (p < end && *p == '^') p++;
  const char *first = p;
  for (; p < end; p++) {
    if (*p == ']' && p > first) return p + 1;
    if (*p == ESCAPE) p++;
  }
  luaL_error(matcher->L, "malformed pattern (missing ']')");
  return NULL;
}

/* Returns the end of the single-character item at `item`. */
static const char *single_end(Matcher *matcher, const char *item) {
  if (*item == '[') return set_end(matcher, item);
  if (*item != ESCAPE) return item + 1;
  if (luai_unlikely(item + 1 == matcher->pattern_end)) luaL_error(matcher->L, "malformed pattern (ends with '%%')");
  return item + 2;
}

static bool makes_optional(char suffix) {
  return suffix == '*' || suffix == '?' || suffix == '-';
}

/* If whatever matches the pattern from `item` on must begin with one certain byte, returns that byte, otherwise -1. */
static int leading_byte(const char *item, const char *end) {
  if (item == end) return -1;
  switch (*item) {
    case '(':
    case ')':
    case '.':
    case '[': return -1;
    case '$':
      if (item + 1 == end) return -1;
      break;
    case ESCAPE:
      item++;
      if (item == end || isalnum((unsigned char)*item)) return -1;
      break;
    default: break;
  }
  if (item + 1 < end && makes_optional(item[1])) return -1;
  return (unsigned char)*item;
}

static int open_capture_index(const Matcher *matcher) {
  int index = matcher->capture_count - 1;
  while (index >= 0 && matcher->captures[index].length != RL_CAPTURE_OPEN) index--;
  return index;
}

/* The byte that must follow for the rest to match, also behind the end of an open capture; or -1. */
static int byte_behind(const Matcher *matcher, const char *rest) {
  if (rest < matcher->pattern_end && *rest == ')' && open_capture_index(matcher) >= 0) rest++;
  return leading_byte(rest, matcher->pattern_end);
}

/* Items. Each function moves the cursor over the item and what it matches; false: it does not match. */

static bool open_capture(Matcher *matcher, ChoiceStack *stack, Cursor *cursor) {
  bool position = cursor->item + 1 < matcher->pattern_end && cursor->item[1] == ')';
  if (luai_unlikely(matcher->capture_count == RL_PATTERN_CAPTURES)) luaL_error(matcher->L, "too many captures");
  PatternCapture *capture = &matcher->captures[matcher->capture_count++];
  capture->start = cursor->at;
  capture->length = position ? RL_CAPTURE_POSITION : RL_CAPTURE_OPEN;
  cursor->item += position ? 2 : 1;
  push_choice(matcher, stack, CHOICE_OPEN, cursor->at, cursor->item);
  return true;
}

static bool close_capture(Matcher *matcher, ChoiceStack *stack, Cursor *cursor) {
  int index = open_capture_index(matcher);
  if (luai_unlikely(index < 0)) luaL_error(matcher->L, "invalid pattern capture");
  matcher->captures[index].length = cursor->at - matcher->captures[index].start;
  cursor->item++;
  push_choice(matcher, stack, CHOICE_CLOSE, cursor->at, cursor->item)->detail = index;
  return true;
}

/* `%bxy`: from an x to the y that balances it. */
static bool match_balanced(Matcher *matcher, Cursor *cursor) {
  if (luai_unlikely(matcher->pattern_end - cursor->item < 4))
    luaL_error(matcher->L, "malformed pattern (missing arguments to '%%b')");
  char opening = cursor->item[2], closing = cursor->item[3];
  const char *at = cursor->at;
  if (at == matcher->subject_end || *at != opening) return false;
  for (size_t depth = 1; ++at < matcher->subject_end;) {
    if (*at == closing) {
      if (--depth == 0) {
        cursor->at = at + 1;
        cursor->item += 4;
        return true;
      }
    } else if (*at == opening) {
      depth++;
    }
  }
  matcher->work += (size_t)(at - cursor->at) / 8;
  return false;
}

/* `%f[set]`: between a byte outside the set and one in it; both ends of the subject count as zero bytes. */
static bool match_frontier(Matcher *matcher, Cursor *cursor) {
  const char *set = cursor->item + 2;
  if (luai_unlikely(set == matcher->pattern_end || *set != '['))
    luaL_error(matcher->L, "missing '[' after '%%f' in pattern");
  const char *end = set_end(matcher, set);
  int before = cursor->at == matcher->subject ? 0 : (unsigned char)cursor->at[-1];
  int after = cursor->at == matcher->subject_end ? 0 : (unsigned char)*cursor->at;
  cursor->item = end;
  return !rl_character_in_set(before, set, end - 1) && rl_character_in_set(after, set, end - 1);
}

/* `%1`: what the capture holds, again. A position capture holds no text and matches nothing. */
static bool match_back_reference(Matcher *matcher, Cursor *cursor) {
  int index = cursor->item[1] - '1';
  if (luai_unlikely(index < 0 || index >= matcher->capture_count || matcher->captures[index].length == RL_CAPTURE_OPEN))
    luaL_error(matcher->L, "invalid capture index %%%d", index + 1);
  PatternCapture capture = matcher->captures[index];
  if (capture.length == RL_CAPTURE_POSITION || matcher->subject_end - cursor->at < capture.length) return false;
  matcher->work += (size_t)capture.length / 32;
  if (memcmp(capture.start, cursor->at, (size_t)capture.length) != 0) return false;
  cursor->at += capture.length;
  cursor->item += 2;
  return true;
}

/* Lets a FEWER choice, whose `at` is behind the positions left, go on from the last from which the rest can match. */
static bool resume_fewer(const Matcher *matcher, Choice *choice, Cursor *cursor) {
  while (choice->at > choice->low) {
    const char *at = --choice->at;
    if (choice->detail < 0 || (at < matcher->subject_end && (unsigned char)*at == choice->detail)) {
      cursor->at = at;
      cursor->item = choice->rest;
      return true;
    }
  }
  return false;
}

/* An item with `*` or `+`; `low` is the position after the fewest it may take. With nothing behind it there is nothing
 * to choose. */
static bool match_many(Matcher *matcher, ChoiceStack *stack, Cursor *cursor, const CharacterTest *test,
                       const char *rest, const char *low) {
  const char *end = skip(matcher, test, low, true);
  if (rest == matcher->pattern_end) {
    if (luai_unlikely(stack->count == RL_PATTERN_LEVELS - 1)) luaL_error(matcher->L, "pattern too complex");
    cursor->at = end;
    cursor->item = rest;
    return true;
  }
  Choice *choice =
    push_choice(matcher, stack, CHOICE_FEWER, end + 1, rest); /* the zero behind the subject makes it valid */
  choice->low = low;
  choice->detail = byte_behind(matcher, rest);
  matcher->work += (size_t)(end - low) / 8 + 1;
  return resume_fewer(matcher, choice, cursor);
}

/* Lets a MORE choice take bytes until the rest can match; at least one. */
static bool resume_more(Matcher *matcher, Choice *choice, Cursor *cursor) {
  CharacterTest test;
  prepare_test(matcher, &test, choice->item, choice->rest - 1);
  const char *at = choice->at;
  do {
    if (!passes_at(matcher, &test, at)) return false;
    at++;
    if (test.kind == CHARACTER_ANY && choice->detail >= 0)
      at = rl_character_find(choice->detail, at, matcher->subject_end);
  } while (choice->detail >= 0 && (at == matcher->subject_end || (unsigned char)*at != choice->detail));
  if (test.kind == CHARACTER_SET) matcher->set_work += (size_t)(at - choice->at);
  choice->at = cursor->at = at;
  cursor->item = choice->rest;
  return true;
}

static bool match_few(Matcher *matcher, ChoiceStack *stack, Cursor *cursor, const char *rest) {
  Choice *choice = push_choice(matcher, stack, CHOICE_MORE, cursor->at, rest);
  choice->item = cursor->item;
  choice->detail = byte_behind(matcher, rest);
  cursor->item = rest;
  return true;
}

/* A single-character item with its suffix, if it has one. Where not even one character matches there is nothing to
 * choose. */
static bool match_single(Matcher *matcher, ChoiceStack *stack, Cursor *cursor) {
  const char *item = cursor->item;
  const char *end = single_end(matcher, item);
  int suffix = end < matcher->pattern_end ? *end : 0;
  CharacterTest test;
  prepare_test(matcher, &test, item, end);
  bool matches = passes_at(matcher, &test, cursor->at);
  matcher->work += (size_t)(end - item) / 8;
  switch (suffix) {
    case '+':
      if (!matches) return false;
      return match_many(matcher, stack, cursor, &test, end + 1, cursor->at + 1);
    case '*':
      if (matches) return match_many(matcher, stack, cursor, &test, end + 1, cursor->at);
      cursor->item = end + 1;
      return true;
    case '-':
      if (matches) return match_few(matcher, stack, cursor, end + 1);
      cursor->item = end + 1;
      return true;
    case '?':
      if (matches) push_choice(matcher, stack, CHOICE_WITHOUT, cursor->at++, end + 1);
      cursor->item = end + 1;
      return true;
    default:
      cursor->item = end;
      cursor->at++;
      return matches;
  }
}

/* Matches the item at the cursor, which is not at the pattern's end. */
static bool match_item(Matcher *matcher, ChoiceStack *stack, Cursor *cursor) {
  const char *item = cursor->item;
  switch (*item) {
    case '(': return open_capture(matcher, stack, cursor);
    case ')': return close_capture(matcher, stack, cursor);
    case '$':
      if (item + 1 != matcher->pattern_end) break; /* elsewhere it means itself */
      cursor->item++;
      return cursor->at == matcher->subject_end;
    case ESCAPE:
      if (item + 1 == matcher->pattern_end) break;
      if (item[1] == 'b') return match_balanced(matcher, cursor);
      if (item[1] == 'f') return match_frontier(matcher, cursor);
      if (isdigit((unsigned char)item[1])) return match_back_reference(matcher, cursor);
      break;
    default: break;
  }
  return match_single(matcher, stack, cursor);
}

/* Asks the newest choice for another way. Returns whether it gave one; if not, it is to be dropped. */
static bool retry(Matcher *matcher, Choice *choice, Cursor *cursor) {
  switch (choice->kind) {
    case CHOICE_FEWER: return resume_fewer(matcher, choice, cursor);
    case CHOICE_MORE: return resume_more(matcher, choice, cursor);
    case CHOICE_OPEN: matcher->capture_count--; return false;
    case CHOICE_CLOSE: matcher->captures[choice->detail].length = RL_CAPTURE_OPEN; return false;
    default: return false;
  }
}

/* Puts the cursor where the newest open choice says. False: none is left. */
static bool backtrack(Matcher *matcher, ChoiceStack *stack, Cursor *cursor) {
  for (; stack->count > 0; stack->count--) {
    Choice *choice = &stack->choices[stack->count - 1];
    if (choice->kind == CHOICE_WITHOUT) { /* has one other way, and is then done */
      cursor->at = choice->at;
      cursor->item = choice->rest;
      stack->count--;
      return true;
    }
    if (retry(matcher, choice, cursor)) return true;
  }
  return false;
}

/* ---- matching and searching ---- */

void rl_matcher_init(Matcher *matcher, lua_State *L, const char *subject, size_t subject_length, const char *pattern,
                     size_t pattern_length) {
  matcher->L = L;
  matcher->subject = subject;
  matcher->subject_end = subject + subject_length;
  matcher->pattern = pattern;
  matcher->pattern_end = pattern + pattern_length;
  matcher->capture_count = 0;
  matcher->is_prepared = false;
  matcher->set_count = 0;
  matcher->set_work = 0;
  matcher->work = 0;
}

/* A long match takes part in the limits (vm/work.h). May raise their error. */
static void report_work(Matcher *matcher) {
  rl_work(matcher->L, matcher->work * 4);
  matcher->work = 0;
}

const char *rl_matcher_match(Matcher *matcher, const char *at) {
  ChoiceStack stack;
  Cursor cursor = {at, matcher->pattern};
  stack.count = 0;
  matcher->capture_count = 0;
  while (cursor.item < matcher->pattern_end) {
    if (luai_unlikely(++matcher->work > WORK_UNREPORTED)) report_work(matcher);
    if (!match_item(matcher, &stack, &cursor) && !backtrack(matcher, &stack, &cursor)) return NULL;
  }
  return cursor.at;
}

/* Finds out what every match must begin with: a pattern whose first item, maybe behind the beginnings of captures, is a
 * single character that is not optional says so. Raises if that item is malformed, as a match would. */
static void prepare_search(Matcher *matcher) {
  const char *item = matcher->pattern, *pattern_end = matcher->pattern_end;
  matcher->is_prepared = true;
  matcher->has_first = matcher->is_byte = matcher->is_run = false;
  matcher->table = rl_character_table();
  matcher->set_count = 0;
  while (item + 1 < pattern_end && item[0] == '(' && item[1] != ')') item++;
  if (item == pattern_end || *item == '(' || *item == ')') return;
  if (*item == '$' && item + 1 == pattern_end) return;
  if (*item == ESCAPE && item + 1 < pattern_end &&
      (item[1] == 'b' || item[1] == 'f' || isdigit((unsigned char)item[1])))
    return;
  if (item - matcher->pattern > RL_PATTERN_CAPTURES) return; /* an error, which the match will raise */
  const char *end = single_end(matcher, item);
  if (end < pattern_end && makes_optional(*end)) return;
  matcher->has_first = true;
  matcher->is_byte = item == matcher->pattern && end == pattern_end;
  matcher->is_run = item == matcher->pattern && end + 1 == pattern_end && *end == '+';
  rl_character_test_init(&matcher->first, item, end);
}

/* The match at `start`, where the first byte passes if there is a test of it. */
static const char *match_from(Matcher *matcher, const char *start) {
  if (!matcher->is_byte && !matcher->is_run) return rl_matcher_match(matcher, start);
  matcher->capture_count = 0;
  const char *end = matcher->is_byte ? start + 1 : skip(matcher, &matcher->first, start + 1, true);
  matcher->work += (size_t)(end - start) / 8 + 1;
  if (luai_unlikely(matcher->work > WORK_UNREPORTED)) report_work(matcher);
  return end;
}

const char *rl_matcher_search(Matcher *matcher, const char **at, const char *last_end) {
  if (!matcher->is_prepared || matcher->table != rl_character_table()) prepare_search(matcher);
  for (const char *start = *at; start <= matcher->subject_end; start++) {
    if (matcher->has_first) {
      if (matcher->first.kind == CHARACTER_SET) improve_set(matcher, &matcher->first);
      const char *candidate = skip(matcher, &matcher->first, start, false);
      matcher->work += (size_t)(candidate - start) / 8;
      if (candidate == matcher->subject_end) {
        report_work(matcher);
        return NULL;
      }
      start = candidate;
    }
    const char *end = match_from(matcher, start);
    if (end != NULL && end != last_end) {
      *at = start;
      return end;
    }
  }
  return NULL;
}

/* ---- captures ---- */

ptrdiff_t rl_matcher_capture(Matcher *matcher, int index, const char *start, const char *end, const char **text) {
  if (index >= matcher->capture_count) {
    if (luai_unlikely(index != 0)) luaL_error(matcher->L, "invalid capture index %%%d", index + 1);
    *text = start;
    return end - start;
  }
  PatternCapture capture = matcher->captures[index];
  if (luai_unlikely(capture.length == RL_CAPTURE_OPEN)) luaL_error(matcher->L, "unfinished capture");
  *text = capture.start;
  return capture.length;
}

void rl_matcher_push_capture(Matcher *matcher, int index, const char *start, const char *end) {
  const char *text;
  ptrdiff_t length = rl_matcher_capture(matcher, index, start, end, &text);
  if (length == RL_CAPTURE_POSITION) {
    lua_pushinteger(matcher->L, text - matcher->subject + 1);
  } else {
    lua_pushlstring(matcher->L, text, (size_t)length);
  }
}

int rl_matcher_push_captures(Matcher *matcher, const char *start, const char *end) {
  int count = rl_matcher_value_count(matcher);
  if (count > LUA_MINSTACK / 2) luaL_checkstack(matcher->L, count, "too many captures"); /* a few fit every frame */
  for (int i = 0; i < count; i++) rl_matcher_push_capture(matcher, i, start, end);
  return count;
}

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

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#define ESCAPE '%'

/* Where the match stands: the next byte of the subject and the next item of the pattern. */
typedef struct Cursor {
  const char *at;
  const char *item;
} Cursor;

typedef enum ChoiceKind { CHOICE_FEWER, CHOICE_MORE, CHOICE_WITHOUT, CHOICE_OPEN, CHOICE_CLOSE } ChoiceKind;

typedef struct Choice {
  ChoiceKind kind;
  int detail;       /* FEWER: the byte that must follow, or -1; CLOSE: the capture */
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

/* Does `byte` belong to the class of letter `class`? A letter that names none, and any other byte, means itself. */
static bool in_class(int byte, int class) {
  int found;
  switch (tolower(class)) {
    case 'a': found = isalpha(byte); break;
    case 'c': found = iscntrl(byte); break;
    case 'd': found = isdigit(byte); break;
    case 'g': found = isgraph(byte); break;
    case 'l': found = islower(byte); break;
    case 'p': found = ispunct(byte); break;
    case 's': found = isspace(byte); break;
    case 'u': found = isupper(byte); break;
    case 'w': found = isalnum(byte); break;
    case 'x': found = isxdigit(byte); break;
    case 'z': found = byte == 0; break; /* deprecated, but still there */
    default: return class == byte;
  }
  return (found != 0) != (isupper(class) != 0);
}

/* Is `byte` in the set whose `[` is at `set` and whose `]` at `last`? */
static bool in_set(int byte, const char *set, const char *last) {
  bool positive = set[1] != '^';
  for (const char *p = set + (positive ? 1 : 2); p < last; p++) {
    if (*p == ESCAPE) {
      p++;
      if (in_class(byte, (unsigned char)*p)) return positive;
    } else if (p[1] == '-' && p + 2 < last) {
      if ((unsigned char)p[0] <= byte && byte <= (unsigned char)p[2]) return positive;
      p += 2;
    } else if ((unsigned char)*p == byte) {
      return positive;
    }
  }
  return !positive;
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

/* Does the byte `at` match the single-character item [item, end)? */
static bool single_matches(const Matcher *matcher, const char *at, const char *item, const char *end) {
  if (at >= matcher->subject_end) return false;
  int byte = (unsigned char)*at;
  switch (*item) {
    case '.': return true;
    case ESCAPE: return in_class(byte, (unsigned char)item[1]);
    case '[': return in_set(byte, item, end - 1);
    default: return (unsigned char)*item == byte;
  }
}

/* Returns the end of the longest run from `at` of bytes that match the item [item, end). */
static const char *run_end(const Matcher *matcher, const char *at, const char *item, const char *end) {
  const char *stop = matcher->subject_end;
  switch (*item) {
    case '.': return stop;
    case ESCAPE:
      while (at < stop && in_class((unsigned char)*at, (unsigned char)item[1])) at++;
      return at;
    case '[':
      while (at < stop && in_set((unsigned char)*at, item, end - 1)) at++;
      return at;
    default:
      while (at < stop && *at == *item) at++;
      return at;
  }
}

/* If whatever matches the pattern from `item` on must begin with one certain byte, returns that byte, otherwise -1. */
static int leading_byte(const char *item, const char *end) {
  if (item == end || strchr("().[", *item) != NULL) return -1; /* a zero byte too, for strchr finds it; no harm */
  if (*item == '$' && item + 1 == end) return -1;
  if (*item == ESCAPE) {
    item++;
    if (item == end || isalnum((unsigned char)*item)) return -1;
  }
  if (item + 1 < end && strchr("*?-", item[1]) != NULL) return -1;
  return (unsigned char)*item;
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
  int index = matcher->capture_count - 1;
  while (index >= 0 && matcher->captures[index].length != RL_CAPTURE_OPEN) index--;
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
  return !in_set(before, set, end - 1) && in_set(after, set, end - 1);
}

/* `%1`: what the capture holds, again. A position capture holds no text and matches nothing. */
static bool match_back_reference(Matcher *matcher, Cursor *cursor) {
  int index = cursor->item[1] - '1';
  if (luai_unlikely(index < 0 || index >= matcher->capture_count || matcher->captures[index].length == RL_CAPTURE_OPEN))
    luaL_error(matcher->L, "invalid capture index %%%d", index + 1);
  PatternCapture capture = matcher->captures[index];
  if (capture.length == RL_CAPTURE_POSITION || matcher->subject_end - cursor->at < capture.length) return false;
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

/* An item with `*` or `+`; `low` is the position after the fewest it may take. */
static bool match_many(Matcher *matcher, ChoiceStack *stack, Cursor *cursor, const char *item_end, const char *low) {
  Choice *choice = push_choice(matcher, stack, CHOICE_FEWER, NULL, item_end + 1);
  choice->low = low;
  choice->detail = leading_byte(item_end + 1, matcher->pattern_end);
  choice->at = run_end(matcher, low, cursor->item, item_end) + 1; /* the zero behind the subject makes this valid */
  return resume_fewer(matcher, choice, cursor);
}

/* A single-character item with its suffix, if it has one. Where not even one character matches there is nothing to
 * choose. */
static bool match_single(Matcher *matcher, ChoiceStack *stack, Cursor *cursor) {
  const char *item = cursor->item;
  const char *end = single_end(matcher, item);
  int suffix = end < matcher->pattern_end ? *end : 0;
  bool matches = single_matches(matcher, cursor->at, item, end);
  switch (suffix) {
    case '+':
      if (!matches) return false;
      return match_many(matcher, stack, cursor, end, cursor->at + 1);
    case '*':
      if (matches) return match_many(matcher, stack, cursor, end, cursor->at);
      cursor->item = end + 1;
      return true;
    case '-':
      if (matches) push_choice(matcher, stack, CHOICE_MORE, cursor->at, end + 1)->item = item;
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
    case CHOICE_MORE:
      if (!single_matches(matcher, choice->at, choice->item, choice->rest - 1)) return false;
      cursor->at = ++choice->at;
      cursor->item = choice->rest;
      return true;
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
  matcher->first_byte = leading_byte(pattern, matcher->pattern_end);
  matcher->capture_count = 0;
}

const char *rl_matcher_match(Matcher *matcher, const char *at) {
  ChoiceStack stack;
  Cursor cursor = {at, matcher->pattern};
  stack.count = 0;
  matcher->capture_count = 0;
  while (cursor.item < matcher->pattern_end) {
    if (!match_item(matcher, &stack, &cursor) && !backtrack(matcher, &stack, &cursor)) return NULL;
  }
  return cursor.at;
}

const char *rl_matcher_search(Matcher *matcher, const char **at, const char *last_end) {
  for (const char *start = *at; start <= matcher->subject_end; start++) {
    if (matcher->first_byte >= 0) {
      /* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): `at` is inside the subject, never null */
      const char *candidate = memchr(start, matcher->first_byte, (size_t)(matcher->subject_end - start));
      if (candidate == NULL) return NULL;
      start = candidate;
    }
    const char *end = rl_matcher_match(matcher, start);
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
  luaL_checkstack(matcher->L, count, "too many captures");
  for (int i = 0; i < count; i++) rl_matcher_push_capture(matcher, i, start, end);
  return count;
}

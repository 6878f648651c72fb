/* Direct entries of the string library (manual 6.4). */
#include "base/bytes.h"
#include "base/config.h"
#include "direct/direct.h"
#include "gc/collect.h"
#include "object/strings.h"

int rl_direct_len(State *L, Value *function, ptrdiff_t count) {
  (void)L;
  if (count < 1 || !value_is_string(function + 1)) return -1;
  value_set_integer(function, (int64_t)string_length(value_string(function + 1)));
  return 1;
}

/* A few bytes; one is what is asked for nearly always. */
int rl_direct_byte(State *L, Value *function, ptrdiff_t count) {
  (void)L;
  if (count < 1 || count > 3 || !value_is_string(function + 1)) return -1;
  const String *string = value_string(function + 1);
  int64_t first = 1, length = (int64_t)string_length(string);
  if (count >= 2) {
    if (!value_is_integer(function + 2)) return -1;
    first = function[2].as.integer;
    if (first < 0) first += length + 1;
  }
  if (first < 1) return -1;
  if (count == 3) {
    if (!value_is_integer(function + 3)) return -1;
    int64_t last = function[3].as.integer;
    if (last < 0) last += length + 1;
    if (last < first) return 0;
    if (last > length || last - first > 3) return -1; /* there is room for four results */
    const unsigned char *bytes = (const unsigned char *)string_bytes(string) + first - 1;
    for (int64_t i = 0; i <= last - first; i++) value_set_integer(function + i, bytes[i]);
    return (int)(last - first) + 1;
  }
  if (first > length) return 0;
  value_set_integer(function, (unsigned char)string_bytes(string)[first - 1]);
  return 1;
}

/* A safe point behind a new string at function[0]. */
static int finish_string(State *L, Value *function) {
  L->top = function + 1;
  gc_check(L);
  return 1;
}

/* Up to eight bytes are put together in a register: hashing reads them as a word, which could not be had from single
 * stores at once. */
static int make_few(State *L, Value *function, ptrdiff_t count) {
  uint64_t word = 0;
  char bytes[8];
  for (ptrdiff_t i = count; i >= 1; i--) {
    if (!value_is_integer(function + i) || (uint64_t)function[i].as.integer > 255) return -1;
    word = word << 8 | (uint64_t)function[i].as.integer;
  }
  word = bytes_from_little(word);
  memcpy(bytes, &word, sizeof bytes);
  value_set_object(function, rl_string_new(L, bytes, (size_t)count));
  return finish_string(L, function);
}

int rl_direct_char(State *L, Value *function, ptrdiff_t count) {
  char bytes[RL_MAX_SHORT_STRING];
  if (count > RL_MAX_SHORT_STRING) return -1;
  if (count <= 8) return make_few(L, function, count);
  for (ptrdiff_t i = 0; i < count; i++) {
    const Value *byte = function + 1 + i;
    if (!value_is_integer(byte) || (uint64_t)byte->as.integer > 255) return -1;
    bytes[i] = (char)byte->as.integer;
  }
  value_set_object(function, rl_string_new(L, bytes, (size_t)count));
  return finish_string(L, function);
}

int rl_direct_sub(State *L, Value *function, ptrdiff_t count) {
  if (count < 2 || count > 3 || !value_is_string(function + 1) || !value_is_integer(function + 2)) return -1;
  const String *string = value_string(function + 1);
  int64_t length = (int64_t)string_length(string), first = function[2].as.integer, last = length;
  if (count == 3) {
    if (!value_is_integer(function + 3)) return -1;
    last = function[3].as.integer;
  }
  if (first < 0) first = first < -length ? 1 : first + length + 1;
  if (first == 0) first = 1;
  if (last < 0) last = last < -length ? 0 : last + length + 1;
  if (last > length) last = length;
  if (first == 1 && last == length) {
    value_copy(function, function + 1);
    return 1;
  }
  size_t size = first > last ? 0 : (size_t)(last - first + 1);
  value_set_object(function, rl_string_new(L, size == 0 ? "" : string_bytes(string) + first - 1, size));
  return finish_string(L, function);
}

/* Hashing. Keys of tables come from outside (a parsed document, a request), so an attacker must not be able to make
 * many strings that share a hash: every byte takes part, and the state's secret seed goes into the multiplier of each
 * round, not only into the starting value, so that two texts that collide under one seed do not collide under another.
 * A round takes eight bytes, multiplies them to 128 bits and folds the halves together. */
#include "object/strings.h"

#include <string.h>

#include "base/bytes.h"
#include "base/config.h"
#include "heap/block.h"
#include "raise/raise.h"

#define MAX_STRING_LENGTH ((size_t)PTRDIFF_MAX / 2 - sizeof(String) - 16)

#define SEED_SPREAD UINT64_C(0xd1b54a32d192ed03)
#define ROUND_SALT  UINT64_C(0x8cb92ba72f3d8dd7)
#define END_SALT    UINT64_C(0xaaf0c4b1e6a7d2c5)

static uint64_t fold_product(uint64_t a, uint64_t b) {
  unsigned __int128 product = (unsigned __int128)a * b;
  return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* The last `length` (0 to 7) bytes as one word; from four bytes on two loads that may overlap. */
static uint64_t load_rest(const char *bytes, size_t length) {
  if (length >= 4) return (uint64_t)bytes_load_4(bytes) << 32 | bytes_load_4(bytes + length - 4);
  if (length == 0) return 0;
  return (uint64_t)(unsigned char)bytes[0] << 16 | (uint64_t)(unsigned char)bytes[length / 2] << 8 |
         (unsigned char)bytes[length - 1];
}

static uint32_t hash_bytes(const char *bytes, size_t length, uint32_t seed) {
  uint64_t secret = (seed + UINT64_C(1)) * SEED_SPREAD;
  uint64_t hash = secret ^ length;
  for (; length >= 8; bytes += 8, length -= 8) hash = fold_product(hash ^ bytes_load_8(bytes), secret ^ ROUND_SALT);
  hash = fold_product(hash ^ load_rest(bytes, length), secret ^ END_SALT);
  return (uint32_t)(hash ^ hash >> 32);
}

String *rl_string_new(State *L, const char *bytes, size_t length) {
  if (length <= RL_MAX_SHORT_STRING)
    return rl_string_table_intern(L, bytes, length, hash_bytes(bytes, length, L->global->hash_seed));
  String *string = rl_string_new_long(L, length);
  memcpy(string->bytes, bytes, length);
  return string;
}

/* Until the hash is computed its place holds the seed, so that a table can hash a key without knowing the state. */
String *rl_string_new_long(State *L, size_t length) {
  if (length > MAX_STRING_LENGTH) rl_raise(L, ERROR_BLOCK_TOO_BIG);
  String *string = rl_heap_new(L, TAG_LONG_STRING, string_size(length));
  string->header.own = L->global->hash_seed;
  string->length_bits = length << 2;
  string->bytes[length] = '\0';
  if (length >= RL_TWIN_MINIMUM) string_twin(string)->owner = NULL;
  return string;
}

String *rl_string_new_external(State *L, size_t length, const StringOwner *owner) {
  String *string = rl_heap_new(L, TAG_LONG_STRING, sizeof(String) + sizeof(StringOwner));
  string->header.own = L->global->hash_seed;
  string->length_bits = length << 2 | STRING_EXTERNAL;
  *string_owner(string) = *owner;
  rl_heap_note_owner(&string->header);
  return string;
}

uint32_t rl_string_hash(String *string) {
  if (!string_is_short(string) && (string->length_bits & STRING_HASHED) == 0) {
    string->header.own = hash_bytes(string_bytes(string), string_length(string), string->header.own);
    string->length_bits |= STRING_HASHED;
  }
  return string->header.own;
}

bool rl_string_equal_long(const String *a, const String *b) {
  if (a == b) return true;
  size_t length = string_length(a);
  if (length != string_length(b)) return false;
  if ((a->length_bits & b->length_bits & STRING_HASHED) != 0 && a->header.own != b->header.own) return false;
  return memcmp(string_bytes(a), string_bytes(b), length) == 0;
}

/* strcoll stops at a zero byte, so strings are compared piece by piece between zero bytes. Pieces that the locale calls
 * equal may differ in length. */
int rl_string_compare(const String *a, const String *b) {
  const char *left = string_bytes(a), *left_end = left + string_length(a);
  const char *right = string_bytes(b), *right_end = right + string_length(b);
  for (;;) {
    int order = strcoll(left, right);
    if (order != 0) return order;
    left += strlen(left);
    right += strlen(right);
    if (right == right_end) return left != left_end;
    if (left == left_end) return -1;
    left++;
    right++;
  }
}

/* The intern table: open addressing with linear probing. A string sits in the first free slot from its home on, so a
 * search ends at the first free slot; at least one is always free. Beside the slots lie their marks, hashes with the
 * lowest bit set: searches, removals and growth read those, a run of neighbours, and look at a string itself only when
 * it is most likely the one. Removal shifts the entries behind the gap back where that brings them nearer to their
 * home, so no tombstones are needed and searches stay short however many strings come and go. The table does not keep
 * strings alive: a string found during a sweep that has not reached it yet is revived. */
#include <string.h>

#include "base/bytes.h"
#include "base/config.h"
#include "heap/account.h"
#include "heap/block.h"
#include "heap/colour.h"
#include "object/strings.h"
#include "raise/raise.h"

#define FIRST_CAPACITY 128u
#define MAX_CAPACITY   (UINT32_C(1) << 31)

static inline uint32_t mark_of(uint32_t hash) {
  return hash | 1;
}

/* Without the lowest bit, which a mark has lost. */
static inline uint32_t home_of(uint32_t mark, uint32_t capacity) {
  return (mark >> 1) & (capacity - 1);
}

static void place(StringTable *table, String *string, uint32_t mark) {
  uint32_t index = home_of(mark, table->capacity);
  while (table->marks[index] != 0) index = (index + 1) & (table->capacity - 1);
  table->slots[index] = string;
  table->marks[index] = mark;
}

static inline String *find(const StringTable *table, const char *bytes, size_t length, uint32_t hash) {
  uint32_t mask = table->capacity - 1, wanted = mark_of(hash);
  for (uint32_t index = home_of(wanted, table->capacity);; index = (index + 1) & mask) {
    uint32_t mark = table->marks[index];
    if (mark == 0) return NULL;
    if (mark != wanted) continue;
    String *string = table->slots[index];
    if (string_length(string) == length && bytes_equal(string->bytes, bytes, length)) return string;
  }
}

/* Slots and marks are one buffer. */
static size_t slots_bytes(uint32_t capacity) {
  return capacity * (sizeof(String *) + sizeof(uint32_t));
}

static void use_slots(StringTable *table, String **slots, uint32_t capacity) {
  table->slots = slots;
  table->marks = (uint32_t *)(slots + capacity);
  table->capacity = capacity;
  memset(table->marks, 0, capacity * sizeof(uint32_t));
}

/* Moves all strings into `slots`, which becomes the table's. */
static void replace_slots(Global *global, String **slots, uint32_t capacity) {
  StringTable *table = &global->strings, old = *table;
  use_slots(table, slots, capacity);
  for (uint32_t i = 0; i < old.capacity; i++)
    if (old.marks[i] != 0) place(table, old.slots[i], old.marks[i]);
  rl_memory_free(global, old.slots, slots_bytes(old.capacity));
}

/* The first table holds the names of a fresh state, and is fuller than others may be.
 *
 * Before the new string exists: there is nothing to undo when memory is short. Without memory for a larger table a
 * fuller one still works, as long as one slot stays free. */
static void make_room(State *L) {
  StringTable *table = &L->global->strings;
  if (table->count < table->capacity / 8 * (table->capacity <= FIRST_CAPACITY ? 7 : 6)) return;
  String **slots = NULL;
  if (table->capacity < MAX_CAPACITY) slots = rl_memory_try_resize(L, NULL, 0, slots_bytes(table->capacity * 2));
  if (slots != NULL)
    replace_slots(L->global, slots, table->capacity * 2);
  else if (table->count + 2 > table->capacity)
    rl_raise_memory(L);
}

String *rl_string_table_intern(State *L, const char *bytes, size_t length, uint32_t hash) {
  Global *global = L->global;
  String *string = find(&global->strings, bytes, length, hash);
  if (string != NULL) {
    if (object_is_dead(global, &string->header)) rl_heap_revive(global, &string->header);
    return string;
  }
  make_room(L);
  string = rl_heap_new(L, TAG_SHORT_STRING, string_size(length));
  string->header.own = hash;
  string->length_bits = length << 2;
  bytes_copy(string->bytes, bytes, length);
  string->bytes[length] = '\0';
  place(&global->strings, string, mark_of(hash));
  global->strings.count++;
  return string;
}

/* Slots behind `gap` up to the next free one: each entry whose way from its home leads over the gap moves into it. */
static void close_gap(StringTable *table, uint32_t gap) {
  uint32_t mask = table->capacity - 1;
  for (uint32_t index = (gap + 1) & mask; table->marks[index] != 0; index = (index + 1) & mask) {
    uint32_t distance = (index - home_of(table->marks[index], table->capacity)) & mask;
    if (distance < ((index - gap) & mask)) continue;
    table->slots[gap] = table->slots[index];
    table->marks[gap] = table->marks[index];
    gap = index;
  }
  table->marks[gap] = 0;
}

void rl_string_table_remove(Global *global, String *string) {
  StringTable *table = &global->strings;
  if (table->capacity == 0) return;
  uint32_t mask = table->capacity - 1, mark = mark_of(string->header.own);
  uint32_t index = home_of(mark, table->capacity);
  while (table->marks[index] != mark || table->slots[index] != string) {
    if (table->marks[index] == 0) return;
    index = (index + 1) & mask;
  }
  close_gap(table, index);
  table->count--;
}

void rl_string_table_open(State *L) {
  StringTable *table = &L->global->strings;
  *table = (StringTable){0};
  use_slots(table, rl_memory_allocate(L, slots_bytes(FIRST_CAPACITY)), FIRST_CAPACITY);
}

void rl_string_table_shrink(State *L) {
  StringTable *table = &L->global->strings;
  uint32_t capacity = table->capacity;
  while (capacity > FIRST_CAPACITY && table->count < capacity / 4) capacity /= 2;
  if (capacity == table->capacity) return;
  String **slots = rl_memory_try_resize_quietly(L->global, NULL, 0, slots_bytes(capacity));
  if (slots != NULL) replace_slots(L->global, slots, capacity);
}

void rl_string_table_close(Global *global) {
  StringTable *table = &global->strings;
  if (table->slots != NULL) rl_memory_free(global, table->slots, slots_bytes(table->capacity));
  *table = (StringTable){0};
}

bool rl_string_table_is_valid(const Global *global) {
  const StringTable *table = &global->strings;
  uint32_t count = 0;
  for (uint32_t i = 0; i < table->capacity; i++) {
    if (table->marks[i] == 0) continue;
    const String *string = table->slots[i];
    count++;
    if (table->marks[i] != mark_of(string->header.own)) return false;
    if (!string_is_short(string) || string_length(string) > RL_MAX_SHORT_STRING) return false;
    if (string->bytes[string_length(string)] != '\0') return false;
    if (find(table, string->bytes, string_length(string), string->header.own) != string) return false;
  }
  return count == table->count && count < table->capacity;
}

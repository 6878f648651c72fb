/* The intern table: open addressing with linear probing. A string sits in the first free slot from `hash & mask` on, so
 * a search ends at the first free slot; at least one is always free. Removal shifts the entries behind the gap back
 * where that brings them nearer to their home, so no tombstones are needed and searches stay short however many strings
 * come and go. The table does not keep strings alive: a string found during a sweep that has not reached it yet is
 * revived. */
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

static uint32_t home_of(const String *string, uint32_t capacity) {
  return string->header.own & (capacity - 1);
}

static void place(String **slots, uint32_t capacity, String *string) {
  uint32_t index = home_of(string, capacity);
  while (slots[index] != NULL) index = (index + 1) & (capacity - 1);
  slots[index] = string;
}

static inline String *find(const StringTable *table, const char *bytes, size_t length, uint32_t hash) {
  uint32_t mask = table->capacity - 1;
  for (uint32_t index = hash & mask;; index = (index + 1) & mask) {
    String *string = table->slots[index];
    if (string == NULL) return NULL;
    if (string->header.own == hash && string_length(string) == length && bytes_equal(string->bytes, bytes, length))
      return string;
  }
}

static size_t slots_bytes(uint32_t capacity) {
  return capacity * sizeof(String *);
}

/* Moves all strings into `slots`, which becomes the table's. */
static void replace_slots(Global *global, String **slots, uint32_t capacity) {
  StringTable *table = &global->strings;
  memset(slots, 0, slots_bytes(capacity));
  for (uint32_t i = 0; i < table->capacity; i++)
    if (table->slots[i] != NULL) place(slots, capacity, table->slots[i]);
  rl_memory_free(global, table->slots, slots_bytes(table->capacity));
  table->slots = slots;
  table->capacity = capacity;
}

/* Before the new string exists: there is nothing to undo when memory is short. Without memory for a larger table a
 * fuller one still works, as long as one slot stays free. */
static void make_room(State *L) {
  StringTable *table = &L->global->strings;
  if (table->count < table->capacity / 4 * 3) return;
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
    if (object_is_dead(global, &string->header)) object_revive(global, &string->header);
    return string;
  }
  make_room(L);
  string = rl_heap_new(L, TAG_SHORT_STRING, string_size(length));
  string->header.own = hash;
  string->length_bits = length << 1;
  bytes_copy(string->bytes, bytes, length);
  string->bytes[length] = '\0';
  place(global->strings.slots, global->strings.capacity, string);
  global->strings.count++;
  return string;
}

/* Slots behind `gap` up to the next free one: each entry whose way from its home leads over the gap moves into it. */
static void close_gap(StringTable *table, uint32_t gap) {
  uint32_t mask = table->capacity - 1;
  table->slots[gap] = NULL;
  for (uint32_t index = (gap + 1) & mask; table->slots[index] != NULL; index = (index + 1) & mask) {
    uint32_t distance = (index - home_of(table->slots[index], table->capacity)) & mask;
    if (distance < ((index - gap) & mask)) continue;
    table->slots[gap] = table->slots[index];
    table->slots[index] = NULL;
    gap = index;
  }
}

void rl_string_table_remove(Global *global, String *string) {
  StringTable *table = &global->strings;
  if (table->capacity == 0) return;
  uint32_t mask = table->capacity - 1;
  uint32_t index = home_of(string, table->capacity);
  while (table->slots[index] != string) {
    if (table->slots[index] == NULL) return;
    index = (index + 1) & mask;
  }
  close_gap(table, index);
  table->count--;
}

void rl_string_table_open(State *L) {
  StringTable *table = &L->global->strings;
  *table = (StringTable){0};
  table->slots = rl_memory_allocate(L, slots_bytes(FIRST_CAPACITY));
  memset(table->slots, 0, slots_bytes(FIRST_CAPACITY));
  table->capacity = FIRST_CAPACITY;
}

void rl_string_table_shrink(State *L) {
  StringTable *table = &L->global->strings;
  if (table->capacity <= FIRST_CAPACITY || table->count >= table->capacity / 4) return;
  uint32_t capacity = table->capacity / 2;
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
    const String *string = table->slots[i];
    if (string == NULL) continue;
    count++;
    if (!string_is_short(string) || string_length(string) > RL_MAX_SHORT_STRING) return false;
    if (string->bytes[string_length(string)] != '\0') return false;
    if (find(table, string->bytes, string_length(string), string->header.own) != string) return false;
  }
  return count == table->count && count < table->capacity;
}

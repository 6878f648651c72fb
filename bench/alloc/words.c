/* Strings: words are copied, joined into lines and counted in a chained hash table that grows; lines live shortly, the table long. */
#include "support.h"

enum { WORDS = 30000, LINES = 64 };

typedef struct Entry {
  struct Entry *next;
  char *word;
  size_t count;
  uint64_t hash;
} Entry;

typedef struct Table {
  Entry **chains;
  size_t size, used;
} Table;

static uint64_t hash_of(const char *word) {
  uint64_t hash = UINT64_C(14695981039346656037);
  for (; *word != 0; word++) hash = (hash ^ (unsigned char)*word) * UINT64_C(1099511628211);
  return hash ^ (hash >> 29);
}

static char *copy_of(const char *text) {
  size_t length = strlen(text) + 1;
  char *copy = malloc(length);
  if (copy == NULL) out_of_memory();
  return memcpy(copy, text, length);
}

static void table_grow(Table *table) {
  size_t size = table->size == 0 ? 16 : table->size * 2;
  Entry **chains = array_new(size, sizeof *chains);
  for (size_t i = 0; i < table->size; i++) {
    for (Entry *entry = table->chains[i], *next; entry != NULL; entry = next) {
      next = entry->next;
      entry->next = chains[entry->hash % size];
      chains[entry->hash % size] = entry;
    }
  }
  free(table->chains);
  table->chains = chains;
  table->size = size;
}

static size_t table_count(Table *table, const char *word) {
  if (table->used == table->size) table_grow(table);
  uint64_t hash = hash_of(word);
  Entry **chain = &table->chains[hash % table->size];
  for (Entry *entry = *chain; entry != NULL; entry = entry->next)
    if (entry->hash == hash && strcmp(entry->word, word) == 0) return ++entry->count;
  Entry *entry = malloc(sizeof *entry);
  if (entry == NULL) out_of_memory();
  *entry = (Entry){*chain, copy_of(word), 1, hash};
  *chain = entry;
  table->used++;
  return 1;
}

static uint64_t table_clear(Table *table) {
  uint64_t sum = 0;
  for (size_t i = 0; i < table->size; i++) {
    for (Entry *entry = table->chains[i], *next; entry != NULL; entry = next) {
      next = entry->next;
      sum += entry->count * entry->hash;
      free(entry->word);
      free(entry);
    }
  }
  free(table->chains);
  *table = (Table){0};
  return sum;
}

/* A new line with one word more; the old one goes. */
static char *append(char *line, const char *word) {
  size_t length = line == NULL ? 0 : strlen(line), more = strlen(word);
  char *longer = malloc(length + more + 2);
  if (longer == NULL) out_of_memory();
  if (line != NULL) memcpy(longer, line, length);
  longer[length] = ' ';
  memcpy(longer + length + 1, word, more + 1);
  free(line);
  return longer;
}

static uint64_t text(size_t words, Random *random) {
  Table table = {0};
  char *lines[LINES] = {0};
  uint64_t sum = 0;
  for (size_t i = 0; i < words; i++) {
    char word[48];
    uint32_t number = random_below(random, WORDS) * 7919 % WORDS;
    snprintf(word, sizeof word, number % 3 == 0 ? "word%u" : "a-longer-word-%u-with-a-tail", number);
    char *copy = copy_of(word);
    sum += table_count(&table, copy);
    char **line = &lines[random_below(random, LINES)];
    *line = append(*line, copy);
    free(copy);
    if (strlen(*line) > 300) {
      sum += (unsigned char)(*line)[150];
      free(*line);
      *line = NULL;
    }
  }
  for (size_t i = 0; i < LINES; i++) free(lines[i]);
  return sum + table_clear(&table);
}

int main(int argc, char **argv) {
  size_t words = scaled(argc, argv, 300000);
  Random random = random_seeded(14);
  uint64_t sum = 0;
  for (int chapter = 0; chapter < 4; chapter++) sum += text(words, &random);
  return report(sum);
}

/* A cache of values of variable size with a bound on their bytes: the least recently used go when there is no room (a key-value server). */
#include "support.h"

#define BOUND ((size_t)32 << 20)
enum { KEYS = 60000 };

typedef struct Links {
  struct Links *newer, *older;
} Links;

typedef struct Item {
  Links links; /* first: a pointer to the links is one to the item */
  uint32_t key;
  uint32_t size;
  char bytes[];
} Item;

typedef struct Cache {
  Item *items[KEYS];
  Links list; /* list.newer is the oldest */
  size_t bytes;
  uint64_t sum;
} Cache;

static void unlink_item(Item *item) {
  item->links.newer->older = item->links.older;
  item->links.older->newer = item->links.newer;
}

static void link_newest(Cache *cache, Item *item) {
  item->links.older = cache->list.older;
  item->links.newer = &cache->list;
  item->links.older->newer = &item->links;
  cache->list.older = &item->links;
}

static void evict(Cache *cache, Item *item) {
  unlink_item(item);
  cache->items[item->key] = NULL;
  cache->bytes -= item->size;
  cache->sum += (unsigned char)item->bytes[0] + (unsigned char)item->bytes[item->size - 1];
  free(item);
}

static void insert(Cache *cache, uint32_t key, uint32_t size) {
  Item *item = malloc(sizeof *item + size);
  if (item == NULL) out_of_memory();
  item->key = key;
  item->size = size;
  item->bytes[0] = item->bytes[size - 1] = (char)key;
  link_newest(cache, item);
  cache->items[key] = item;
  cache->bytes += size;
  while (cache->bytes > BOUND) evict(cache, (Item *)cache->list.newer);
}

int main(int argc, char **argv) {
  size_t requests = scaled(argc, argv, 3000000);
  Random random = random_seeded(15);
  Cache *cache = array_new(1, sizeof *cache);
  cache->list.newer = cache->list.older = &cache->list;
  for (size_t i = 0; i < requests; i++) {
    uint32_t key = random_below(&random, random_below(&random, KEYS) + 1);
    Item *item = cache->items[key];
    if (item != NULL && i % 4 != 0) {
      unlink_item(item);
      link_newest(cache, item);
      continue;
    }
    if (item != NULL) evict(cache, item);
    insert(cache, key, (uint32_t)random_size(&random, 5, 12)); /* sizes drift: the same key is another size next time */
  }
  while (cache->list.newer != &cache->list) evict(cache, (Item *)cache->list.newer);
  uint64_t sum = cache->sum;
  free(cache);
  return report(sum);
}

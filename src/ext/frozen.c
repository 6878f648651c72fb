#include "ext/frozen.h"

#include <stdlib.h>
#include <string.h>

#include "ext/frozen_code.h"
#include "lauxlib.h"
#include "object/stack.h"
#include "object/strings.h"

/* ---- memory ---- */

#define CHUNK_SIZE ((size_t)16 << 10)

typedef struct FrozenChunk {
  struct FrozenChunk *next;
  size_t used, size;
  char bytes[];
} FrozenChunk;

void *rl_frozen_allocate(Frozen *frozen, size_t size) {
  size = (size + 15) & ~(size_t)15;
  if (size == 0) size = 16;
  FrozenChunk *chunk = frozen->chunks;
  if (chunk == NULL || chunk->size - chunk->used < size) {
    size_t bytes = size > CHUNK_SIZE ? size : CHUNK_SIZE;
    chunk = calloc(1, sizeof *chunk + bytes);
    if (chunk == NULL) return NULL;
    chunk->size = bytes;
    chunk->next = frozen->chunks;
    frozen->chunks = chunk;
  }
  void *memory = chunk->bytes + chunk->used;
  chunk->used += size;
  return memory;
}

Frozen *rl_frozen_retain(Frozen *frozen) {
  __atomic_add_fetch(&frozen->references, 1, __ATOMIC_RELAXED);
  return frozen;
}

void rl_frozen_release(Frozen *frozen) {
  if (__atomic_sub_fetch(&frozen->references, 1, __ATOMIC_ACQ_REL) != 0) return;
  for (FrozenChunk *chunk = frozen->chunks, *next; chunk != NULL; chunk = next) {
    next = chunk->next;
    free(chunk);
  }
  rl_message_free(frozen->message);
  free(frozen);
}

/* ---- keys ---- */

static uint64_t mix(uint64_t hash) {
  hash *= UINT64_C(0x9e3779b97f4a7c15);
  return hash ^ hash >> 32;
}

static uint64_t hash_bytes(const char *bytes, size_t length) {
  uint64_t hash = length;
  for (; length >= 8; bytes += 8, length -= 8) {
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    hash = mix(hash ^ word);
  }
  for (; length > 0; bytes++, length--) hash = (hash ^ (unsigned char)*bytes) * UINT64_C(0x100000001b3);
  return mix(hash);
}

static uint64_t hash_key(const FrozenValue *key) {
  if (key->tag == MESSAGE_STRING) return key->string->hash;
  return mix((uint64_t)key->integer ^ key->tag); /* the union's 8 bytes, whatever they are */
}

const FrozenString *rl_frozen_string(Frozen *frozen, const char *bytes, size_t length) {
  FrozenString *string = rl_frozen_allocate(frozen, sizeof *string + length + 1);
  if (string == NULL) return NULL;
  string->length = length;
  string->hash = hash_bytes(bytes, length);
  if (length > 0) memcpy(string->bytes, bytes, length);
  return string;
}

static bool has_bytes(const FrozenValue *key, uint64_t hash, const char *bytes, size_t length) {
  return key->tag == MESSAGE_STRING && key->string->hash == hash && key->string->length == length &&
         memcmp(key->string->bytes, bytes, length) == 0;
}

FrozenValue rl_frozen_get_string(const FrozenTable *table, const char *bytes, size_t length) {
  if (table->pair_count == 0) return (FrozenValue){.tag = MESSAGE_NIL};
  uint64_t hash = hash_bytes(bytes, length);
  uint32_t at = table->buckets[hash & table->bucket_mask];
  for (; at != 0; at = table->pairs[at - 1].next)
    if (has_bytes(&table->pairs[at - 1].key, hash, bytes, length)) return table->pairs[at - 1].value;
  return (FrozenValue){.tag = MESSAGE_NIL};
}

FrozenValue rl_frozen_get(const FrozenTable *table, const FrozenValue *key) {
  if (key->tag == MESSAGE_INTEGER && (uint64_t)key->integer - 1 < table->sequence_count)
    return table->sequence[key->integer - 1];
  if (table->pair_count == 0) return (FrozenValue){.tag = MESSAGE_NIL};
  uint32_t at = table->buckets[hash_key(key) & table->bucket_mask];
  for (; at != 0; at = table->pairs[at - 1].next) {
    const FrozenValue *found = &table->pairs[at - 1].key;
    if (found->tag == key->tag &&
        (key->tag == MESSAGE_FLOAT ? found->number == key->number : found->integer == key->integer))
      return table->pairs[at - 1].value;
  }
  return (FrozenValue){.tag = MESSAGE_NIL};
}

/* ---- building ---- */

/* Reads our own message: it need not be checked. */
typedef struct Builder {
  State *L;
  Frozen *frozen;
  const unsigned char *at;
  FrozenValue *objects; /* by number */
  size_t object_count, object_capacity;
  FrozenTable **tables; /* in the order of their contents */
  size_t table_count, table_capacity;
} Builder;

static uint64_t get_number(Builder *builder) {
  uint64_t number = 0;
  for (unsigned shift = 0;; shift += 7) {
    unsigned char byte = *builder->at++;
    number |= (uint64_t)(byte & 0x7f) << shift;
    if (byte < 0x80) return number;
  }
}

static uint64_t get_word(Builder *builder, size_t size) {
  uint64_t word = 0;
  for (size_t i = 0; i < size; i++) word |= (uint64_t)*builder->at++ << 8 * i;
  return word;
}

/* Room for one more of an array of malloc; false without memory. */
static bool grow(void **items, size_t count, size_t *capacity, size_t size) {
  if (count < *capacity) return true;
  size_t wanted = *capacity == 0 ? 16 : *capacity * 2;
  void *grown = realloc(*items, wanted * size);
  if (grown == NULL) return false;
  *items = grown;
  *capacity = wanted;
  return true;
}

static bool remember(Builder *builder, const FrozenValue *value) {
  if (!grow((void **)&builder->objects, builder->object_count, &builder->object_capacity, sizeof *value)) return false;
  builder->objects[builder->object_count++] = *value;
  return true;
}

static const char *read_code(lua_State *L, void *data, size_t *size) {
  FrozenValue *piece = data; /* borrowed: address and size of the code */
  (void)L;
  *size = (size_t)piece[1].integer;
  piece[1].integer = 0;
  return *size > 0 ? (const char *)piece[0].address : NULL;
}

static bool build_function(Builder *builder, FrozenValue *value) {
  State *L = builder->L;
  FrozenValue piece[2];
  piece[1].integer = (int64_t)get_word(builder, 4);
  piece[0].address = (uintptr_t)builder->at;
  builder->at += piece[1].integer;
  if (lua_load(L, read_code, piece, "=frozen", "b") != LUA_OK) {
    lua_pop(L, 1);
    return false;
  }
  value->code = rl_frozen_code(builder->frozen, value_lua_closure(L->top - 1)->prototype);
  lua_pop(L, 1);
  return value->code != NULL && remember(builder, value);
}

static bool build_table(Builder *builder, FrozenValue *value) {
  FrozenTable *table = rl_frozen_allocate(builder->frozen, sizeof *table);
  if (table == NULL) return false;
  if (!grow((void **)&builder->tables, builder->table_count, &builder->table_capacity, sizeof table)) return false;
  builder->tables[builder->table_count++] = table;
  value->table = table;
  return remember(builder, value);
}

static bool build_string(Builder *builder, FrozenValue *value, bool is_object) {
  size_t length = (size_t)get_number(builder);
  value->tag = MESSAGE_STRING;
  value->string = rl_frozen_string(builder->frozen, (const char *)builder->at, length);
  builder->at += length;
  return value->string != NULL && (!is_object || remember(builder, value));
}

/* False: no memory. */
static bool build_value(Builder *builder, FrozenValue *value) {
  uint64_t number;
  *value = (FrozenValue){.tag = *builder->at++};
  switch (value->tag) {
    case MESSAGE_INTEGER:
      number = get_number(builder);
      value->integer = (int64_t)(number >> 1 ^ -(number & 1));
      return true;
    case MESSAGE_FLOAT:
    case MESSAGE_POINTER:
    case MESSAGE_C_FUNCTION: value->integer = (int64_t)get_word(builder, 8); return true;
    case MESSAGE_STRING: return build_string(builder, value, false);
    case MESSAGE_LONG_STRING: return build_string(builder, value, true);
    case MESSAGE_TABLE: return build_table(builder, value);
    case MESSAGE_FUNCTION: return build_function(builder, value);
    case MESSAGE_OBJECT: *value = builder->objects[get_number(builder)]; return true;
    case MESSAGE_ATTACHMENT: value->attachment = (uint32_t)get_number(builder); return remember(builder, value);
    default: return true;
  }
}

static void hash_pairs(FrozenTable *table) {
  for (uint32_t i = 0; i < table->pair_count; i++) {
    uint32_t *bucket = &table->buckets[hash_key(&table->pairs[i].key) & table->bucket_mask];
    table->pairs[i].next = *bucket;
    *bucket = i + 1;
  }
}

static bool build_contents(Builder *builder, FrozenTable *table) {
  Frozen *frozen = builder->frozen;
  uint32_t buckets = 1;
  builder->at++; /* the class: none */
  table->sequence_count = (uint32_t)get_word(builder, 4);
  table->pair_count = (uint32_t)get_word(builder, 4);
  while (buckets < table->pair_count && buckets < UINT32_C(1) << 30) buckets *= 2;
  table->bucket_mask = buckets - 1;
  table->sequence = rl_frozen_allocate(frozen, table->sequence_count * sizeof(FrozenValue));
  table->pairs = rl_frozen_allocate(frozen, table->pair_count * sizeof(FrozenPair));
  table->buckets = rl_frozen_allocate(frozen, buckets * sizeof(uint32_t));
  if (table->sequence == NULL || table->pairs == NULL || table->buckets == NULL) return false;
  for (uint32_t i = 0; i < table->sequence_count; i++)
    if (!build_value(builder, &table->sequence[i])) return false;
  for (uint32_t i = 0; i < table->pair_count; i++)
    if (!build_value(builder, &table->pairs[i].key) || !build_value(builder, &table->pairs[i].value)) return false;
  hash_pairs(table);
  return true;
}

static const char anchor_text[] = "the string that keeps the shared code of a function alive";

Frozen *rl_frozen_new(State *L, Message *message) {
  Frozen *frozen = calloc(1, sizeof *frozen);
  if (frozen == NULL) luaL_error(L, "not enough memory");
  frozen->references = 1;
  Builder builder = {.L = L, .frozen = frozen, .at = message_bytes(message)};
  luaL_checkstack(L, LUA_MINSTACK, NULL);
  frozen->anchor = rl_frozen_string(frozen, anchor_text, sizeof anchor_text - 1);
  bool is_built = frozen->anchor != NULL && build_value(&builder, &frozen->root);
  for (size_t i = 0; is_built && i < builder.table_count; i++) is_built = build_contents(&builder, builder.tables[i]);
  free(builder.objects);
  free(builder.tables);
  if (!is_built) {
    rl_frozen_release(frozen);
    luaL_error(L, "not enough memory");
  }
  frozen->message = message;
  return frozen;
}

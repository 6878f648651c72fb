/* Reading messages: see message.h. Nothing in a message that came from a network is believed. */
#include <stdlib.h>
#include <string.h>

#include "ext/buffer.h"
#include "ext/message.h"
#include "gc/collect.h"
#include "lauxlib.h"
#include "object/stack.h"
#include "object/strings.h"
#include "object/table.h"
#include "raise/raise.h"
#include "value/userdata.h"

#define OWN_OBJECTS 16

typedef struct PendingClass {
  Table *table;
  Table *metatable;
} PendingClass;

typedef struct Decoder {
  State *L;
  const Message *message;
  const unsigned char *at, *end;
  Value *objects; /* everything that has a number; what is anchored in the values keeps them alive */
  size_t object_count, object_capacity;
  Table *anchor;  /* holds all objects of a message from a network; lies at the bottom of the stack */
  Table **tables; /* their contents are read in this order */
  size_t table_count, table_capacity;
  PendingClass *classes; /* metatables are set when everything is read: one may make its table weak */
  size_t class_count, class_capacity;
  Value first_objects[OWN_OBJECTS];
  Table *first_tables[OWN_OBJECTS];
} Decoder;

static RL_NORETURN void malformed(const Decoder *decoder) {
  luaL_error(decoder->L, "malformed message");
  abort();
}

/* ---- bytes ---- */

static size_t bytes_left(const Decoder *decoder) {
  return (size_t)(decoder->end - decoder->at);
}

static uint64_t get_number(Decoder *decoder) {
  uint64_t number = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (decoder->at == decoder->end) malformed(decoder);
    unsigned char byte = *decoder->at++;
    number |= (uint64_t)(byte & 0x7f) << shift;
    if (byte < 0x80) return number;
  }
  malformed(decoder);
}

static const unsigned char *get_bytes(Decoder *decoder, uint64_t count) {
  if (count > bytes_left(decoder)) malformed(decoder);
  const unsigned char *bytes = decoder->at;
  decoder->at += count;
  return bytes;
}

static uint64_t get_word(Decoder *decoder, size_t size) {
  const unsigned char *bytes = get_bytes(decoder, size);
  uint64_t word = 0;
  for (size_t i = 0; i < size; i++) word |= (uint64_t)bytes[i] << 8 * i;
  return word;
}

/* ---- objects ---- */

/* Larger arrays; the first ones lie in the decoder itself. */
static void *grow(Decoder *decoder, void *items, const void *own, size_t *capacity, size_t item_size) {
  void *grown = realloc(items == own ? NULL : items, *capacity * 2 * item_size);
  if (grown == NULL) rl_raise_memory(decoder->L);
  if (items == own) memcpy(grown, own, *capacity * item_size);
  *capacity *= 2;
  return grown;
}

static void remember(Decoder *decoder, const Value *value) {
  if (decoder->object_count == decoder->object_capacity)
    decoder->objects =
      grow(decoder, decoder->objects, decoder->first_objects, &decoder->object_capacity, sizeof(Value));
  value_copy(&decoder->objects[decoder->object_count++], value);
  /* What a false message stores and then overwrites must not die while it can still be named. */
  if (decoder->anchor != NULL) rl_table_set_integer(decoder->L, decoder->anchor, (int64_t)decoder->object_count, value);
}

static void push_object(State *L, void *object) {
  value_set_object(L->top, object);
  L->top++;
}

static void push_table(Decoder *decoder) {
  State *L = decoder->L;
  push_object(L, rl_table_new(L));
  remember(decoder, L->top - 1);
  if (decoder->table_count == decoder->table_capacity)
    decoder->tables = grow(decoder, decoder->tables, decoder->first_tables, &decoder->table_capacity, sizeof(Table *));
  decoder->tables[decoder->table_count++] = value_table(L->top - 1);
}

typedef struct CodePiece {
  const unsigned char *bytes;
  size_t size;
} CodePiece;

static const char *read_code(lua_State *L, void *data, size_t *size) {
  CodePiece *piece = data;
  (void)L;
  *size = piece->size;
  piece->size = 0;
  return *size > 0 ? (const char *)piece->bytes : NULL;
}

static void push_function(Decoder *decoder) {
  State *L = decoder->L;
  CodePiece piece = {.size = (size_t)get_word(decoder, 4)};
  piece.bytes = get_bytes(decoder, piece.size);
  if (lua_load(L, read_code, &piece, "=message", "b") != LUA_OK) lua_error(L);
  /* A function of which more could be reached than the globals has been refused by the sender. */
  if (value_lua_closure(L->top - 1)->header.own > 1) malformed(decoder);
  remember(decoder, L->top - 1);
}

static void push_attachment(Decoder *decoder) {
  State *L = decoder->L;
  uint64_t number = get_number(decoder);
  if (number >= decoder->message->attachment_count) malformed(decoder);
  const Attachment *attachment = &decoder->message->attachments[number];
  int before = lua_gettop(L);
  attachment->handler->copy_in(L, attachment->copy);
  if (lua_gettop(L) != before + 1) luaL_error(L, "the copy handler of a %s pushed no value", attachment->handler->name);
  remember(decoder, L->top - 1);
}

static void push_string(Decoder *decoder, MessageTag tag) {
  State *L = decoder->L;
  uint64_t length = get_number(decoder);
  const unsigned char *bytes = get_bytes(decoder, length);
  push_object(L, rl_string_new(L, (const char *)bytes, (size_t)length));
  if (tag == MESSAGE_LONG_STRING) remember(decoder, L->top - 1);
}

static void push_known(Decoder *decoder) {
  uint64_t number = get_number(decoder);
  if (number >= decoder->object_count) malformed(decoder);
  value_copy(decoder->L->top, &decoder->objects[number]);
  decoder->L->top++;
}

/* Addresses stay within the process. */
static uintptr_t get_address(Decoder *decoder) {
  if (decoder->message->is_foreign) malformed(decoder);
  return (uintptr_t)get_word(decoder, 8);
}

static void push_buffer(Decoder *decoder) {
  int is_frozen = *get_bytes(decoder, 1) != 0;
  uint64_t length = get_number(decoder);
  const unsigned char *bytes = get_bytes(decoder, length);
  rl_buffer_push(decoder->L, bytes, (size_t)length, is_frozen);
  remember(decoder, decoder->L->top - 1);
}

static void push_value(Decoder *decoder) {
  State *L = decoder->L;
  MessageTag tag = (MessageTag)*get_bytes(decoder, 1);
  switch (tag) {
    case MESSAGE_NIL: value_set_nil(L->top++); break;
    case MESSAGE_FALSE: value_set_boolean(L->top++, false); break;
    case MESSAGE_TRUE: value_set_boolean(L->top++, true); break;
    case MESSAGE_INTEGER: {
      uint64_t number = get_number(decoder);
      value_set_integer(L->top++, (int64_t)(number >> 1 ^ -(number & 1)));
      break;
    }
    case MESSAGE_FLOAT: {
      L->top->as.bits = get_word(decoder, 8);
      L->top->tag = TAG_FLOAT;
      L->top++;
      break;
    }
    case MESSAGE_STRING:
    case MESSAGE_LONG_STRING: push_string(decoder, tag); break;
    case MESSAGE_TABLE: push_table(decoder); break;
    case MESSAGE_FUNCTION: push_function(decoder); break;
    case MESSAGE_OBJECT: push_known(decoder); break;
    case MESSAGE_ATTACHMENT: push_attachment(decoder); break;
    case MESSAGE_POINTER: lua_pushlightuserdata(L, (void *)get_address(decoder)); break;
    case MESSAGE_C_FUNCTION: lua_pushcfunction(L, (lua_CFunction)get_address(decoder)); break;
    case MESSAGE_BUFFER: push_buffer(decoder); break;
    default: malformed(decoder);
  }
}

/* ---- tables ---- */

static void read_class(Decoder *decoder, Table *table) {
  State *L = decoder->L;
  size_t length = (size_t)get_number(decoder);
  if (length == 0) return;
  const char *name = (const char *)get_bytes(decoder, length);
  if (!rl_class_find(L, name, length)) {
    lua_pushlstring(L, name, length);
    luaL_error(L, "class '%s' of a received table is not registered here", lua_tostring(L, -1));
  }
  if (decoder->class_count == decoder->class_capacity) {
    size_t capacity = decoder->class_capacity == 0 ? 8 : decoder->class_capacity * 2;
    PendingClass *grown = realloc(decoder->classes, capacity * sizeof *grown);
    if (grown == NULL) rl_raise_memory(L);
    decoder->classes = grown;
    decoder->class_capacity = capacity;
  }
  decoder->classes[decoder->class_count++] = (PendingClass){table, value_table(L->top - 1)}; /* registered: anchored */
  lua_pop(L, 1);
}

static void read_contents(Decoder *decoder, Table *table) {
  State *L = decoder->L;
  read_class(decoder, table);
  uint32_t sequence = (uint32_t)get_word(decoder, 4);
  uint32_t pairs = (uint32_t)get_word(decoder, 4);
  if ((uint64_t)sequence + 2 * (uint64_t)pairs > bytes_left(decoder)) malformed(decoder);
  rl_table_reserve(L, table, sequence, pairs);
  for (uint32_t i = 1; i <= sequence; i++) {
    push_value(decoder);
    rl_table_set_integer(L, table, i, L->top - 1);
    L->top--;
  }
  for (uint32_t i = 0; i < pairs; i++) {
    push_value(decoder);
    push_value(decoder);
    rl_table_set(L, table, L->top - 2, L->top - 1);
    L->top -= 2;
  }
}

static void set_classes(Decoder *decoder) {
  State *L = decoder->L;
  for (size_t i = 0; i < decoder->class_count; i++) {
    push_object(L, decoder->classes[i].table);
    push_object(L, decoder->classes[i].metatable);
    lua_setmetatable(L, -2);
    lua_pop(L, 1);
  }
}

static int decode(lua_State *L) {
  Decoder *decoder = lua_touserdata(L, 1);
  int count = (int)decoder->message->value_count;
  lua_settop(L, 0);
  luaL_checkstack(L, count + 2 * LUA_MINSTACK, "too many values in a message");
  if (decoder->message->is_foreign) {
    lua_newtable(L);
    decoder->anchor = value_table(L->top - 1);
  }
  for (int i = 0; i < count; i++) push_value(decoder);
  for (size_t i = 0; i < decoder->table_count; i++) read_contents(decoder, decoder->tables[i]);
  set_classes(decoder);
  gc_check(L);
  return count;
}

int rl_message_decode(State *L, const Message *message) {
  Decoder decoder = {.L = L, .message = message};
  decoder.at = message_bytes(message);
  decoder.end = decoder.at + message->size;
  decoder.objects = decoder.first_objects;
  decoder.tables = decoder.first_tables;
  decoder.object_capacity = decoder.table_capacity = OWN_OBJECTS;
  int before = lua_gettop(L);
  int status = LUA_ERRMEM;
  if (message->value_count > INT32_MAX / 2 || !lua_checkstack(L, (int)message->value_count + LUA_MINSTACK)) {
    lua_pushliteral(L, "too many values in a message");
  } else {
    lua_pushcfunction(L, decode);
    lua_pushlightuserdata(L, &decoder);
    status = lua_pcall(L, 1, LUA_MULTRET, 0);
  }
  if (decoder.objects != decoder.first_objects) free(decoder.objects);
  if (decoder.tables != decoder.first_tables) free(decoder.tables);
  free(decoder.classes);
  return status == LUA_OK ? lua_gettop(L) - before : -1;
}

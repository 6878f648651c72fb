/* Writing messages: see message.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/slot.h"
#include "bytecode/dump.h"
#include "ext/buffer.h"
#include "ext/message.h"
#include "ext/shared_string.h"
#include "lauxlib.h"
#include "object/stack.h"
#include "object/strings.h"
#include "object/table.h"
#include "raise/raise.h"
#include "value/function.h"
#include "value/userdata.h"

/* A table whose contents are to be written, and where it was met. */
typedef struct WorkItem {
  const Table *table;
  uint32_t parent; /* index of the item in whose table it was met + 1; 0: it is one of the message's values */
  uint32_t is_key;
  Value key; /* there; for a value of the message itself its number, an integer from 1 on */
} WorkItem;

typedef struct IdentitySlot {
  const void *object; /* NULL: free */
  uint32_t number;
} IdentitySlot;

struct Encoder {
  State *L;
  const char *what;
  int value_count;
  unsigned char *bytes;
  size_t size, capacity;
  Attachment *attachments;
  size_t attachment_count, attachment_capacity;
  WorkItem *work;
  size_t work_count, work_capacity;
  IdentitySlot *identities;
  size_t identity_count, identity_capacity; /* capacity: a power of two, at most half of it in use */
  Message *unsent;                          /* made by this encoder, not departed yet; linked by `next` */
  Value *classes;                           /* NULL: this state has no registered classes */
  Value classes_table;
  bool in_handler;
  MessageMode mode;
};

Encoder *rl_encoder_new(void) {
  return calloc(1, sizeof(Encoder));
}

static void drop_attachments(Encoder *encoder) {
  for (size_t i = 0; i < encoder->attachment_count; i++)
    encoder->attachments[i].handler->drop(encoder->attachments[i].copy);
  encoder->attachment_count = 0;
}

static void give_back(const Attachment *attachments, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (attachments[i].handler->give_back != NULL) attachments[i].handler->give_back(attachments[i].copy);
}

/* No message comes of it: the sender keeps everything, also what is in messages that were to be sent together with this
 * one. */
static void abandon(Encoder *encoder) {
  give_back(encoder->attachments, encoder->attachment_count);
  drop_attachments(encoder);
  for (const Message *message = encoder->unsent; message != NULL; message = message->next)
    give_back(message->attachments, message->attachment_count);
  encoder->unsent = NULL;
}

void rl_encoder_free(Encoder *encoder) {
  if (encoder == NULL) return;
  drop_attachments(encoder);
  free(encoder->bytes);
  free(encoder->attachments);
  free(encoder->work);
  free(encoder->identities);
  free(encoder);
}

/* ---- growing ---- */

static RL_NORETURN void fail_for_memory(Encoder *encoder) {
  abandon(encoder);
  rl_raise_memory(encoder->L);
}

static RL_NOINLINE void *grow(Encoder *encoder, void *items, size_t *capacity, size_t needed, size_t item_size) {
  size_t wanted = *capacity * 2 > needed ? *capacity * 2 : needed;
  if (wanted < 16) wanted = 16;
  void *grown = wanted > PTRDIFF_MAX / item_size ? NULL : realloc(items, wanted * item_size);
  if (grown == NULL) fail_for_memory(encoder);
  *capacity = wanted;
  return grown;
}

#define RESERVE(encoder, items, count, capacity, more)                                                                 \
  do {                                                                                                                 \
    if ((encoder)->count + (more) > (encoder)->capacity)                                                               \
      (encoder)->items =                                                                                               \
        grow(encoder, (encoder)->items, &(encoder)->capacity, (encoder)->count + (more), sizeof *(encoder)->items);    \
  } while (0)

static unsigned char *reserve_bytes(Encoder *encoder, size_t count) {
  RESERVE(encoder, bytes, size, capacity, count);
  return encoder->bytes + encoder->size;
}

static void put_tag(Encoder *encoder, MessageTag tag) {
  *reserve_bytes(encoder, 1) = (unsigned char)tag;
  encoder->size++;
}

static void put_number(Encoder *encoder, uint64_t number) {
  unsigned char *at = reserve_bytes(encoder, 10);
  size_t count = 0;
  for (; number >= 0x80; number >>= 7) at[count++] = (unsigned char)(number | 0x80);
  at[count++] = (unsigned char)number;
  encoder->size += count;
}

static void put_bytes(Encoder *encoder, const void *bytes, size_t count) {
  memcpy(reserve_bytes(encoder, count), bytes, count);
  encoder->size += count;
}

static void put_word(Encoder *encoder, uint64_t word) {
  unsigned char *at = reserve_bytes(encoder, 8);
  for (int i = 0; i < 8; i++) at[i] = (unsigned char)(word >> 8 * i);
  encoder->size += 8;
}

static void patch_count(Encoder *encoder, size_t at, uint32_t count) {
  for (int i = 0; i < 4; i++) encoder->bytes[at + (size_t)i] = (unsigned char)(count >> 8 * i);
}

/* ---- identities ---- */

static size_t identity_hash(const void *object) {
  return (size_t)(((uint64_t)(uintptr_t)object >> 4) * UINT64_C(0x9e3779b97f4a7c15) >> 20);
}

static IdentitySlot *find_identity(IdentitySlot *slots, size_t capacity, const void *object) {
  size_t index = identity_hash(object) & (capacity - 1);
  while (slots[index].object != NULL && slots[index].object != object) index = (index + 1) & (capacity - 1);
  return &slots[index];
}

static void grow_identities(Encoder *encoder) {
  size_t capacity = encoder->identity_capacity == 0 ? 32 : encoder->identity_capacity * 2;
  IdentitySlot *slots = calloc(capacity, sizeof *slots);
  if (slots == NULL) fail_for_memory(encoder);
  for (size_t i = 0; i < encoder->identity_capacity; i++) {
    const IdentitySlot *slot = &encoder->identities[i];
    if (slot->object != NULL) *find_identity(slots, capacity, slot->object) = *slot;
  }
  free(encoder->identities);
  encoder->identities = slots;
  encoder->identity_capacity = capacity;
}

/* True, and written, when the object was met before; else it gets the next number, which its reader gives it too. */
static bool put_known_object(Encoder *encoder, const void *object) {
  if ((encoder->identity_count + 1) * 2 > encoder->identity_capacity) grow_identities(encoder);
  IdentitySlot *slot = find_identity(encoder->identities, encoder->identity_capacity, object);
  if (slot->object != NULL) {
    put_tag(encoder, MESSAGE_OBJECT);
    put_number(encoder, slot->number);
    return true;
  }
  if (encoder->identity_count == UINT32_MAX) rl_raise(encoder->L, ERROR_BLOCK_TOO_BIG);
  *slot = (IdentitySlot){object, (uint32_t)encoder->identity_count++};
  return false;
}

/* A large map is given back, so that a small message after a huge one need not clear it. */
static void forget_identities(Encoder *encoder) {
  if (encoder->identity_capacity > 4096) {
    free(encoder->identities);
    encoder->identities = NULL;
    encoder->identity_capacity = 0;
  } else if (encoder->identity_count > 0) {
    memset(encoder->identities, 0, encoder->identity_capacity * sizeof *encoder->identities);
  }
  encoder->identity_count = 0;
}

/* ---- what cannot be sent ---- */

static bool is_name(const char *text, size_t length) {
  if (length == 0 || length > 40 || (text[0] >= '0' && text[0] <= '9')) return false;
  for (size_t i = 0; i < length; i++) {
    unsigned char byte = (unsigned char)text[i];
    bool is_letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_';
    if (!is_letter && !(byte >= '0' && byte <= '9')) return false;
  }
  return true;
}

static void add_key(luaL_Buffer *buffer, const Value *key) {
  char text[64];
  if (value_is_string(key)) {
    size_t length = string_length(value_string(key));
    const char *bytes = string_bytes(value_string(key));
    if (is_name(bytes, length)) {
      luaL_addchar(buffer, '.');
      luaL_addlstring(buffer, bytes, length);
    } else {
      luaL_addstring(buffer, "[\"");
      luaL_addlstring(buffer, bytes, length < 40 ? length : 40);
      luaL_addstring(buffer, length < 40 ? "\"]" : "...\"]");
    }
    return;
  }
  switch (key->tag) {
    case TAG_INTEGER: snprintf(text, sizeof text, "[" LUA_INTEGER_FMT "]", (LUAI_UACINT)key->as.integer); break;
    case TAG_FLOAT: snprintf(text, sizeof text, "[" LUA_NUMBER_FMT "]", (LUAI_UACNUMBER)key->as.number); break;
    case TAG_TRUE: snprintf(text, sizeof text, "[true]"); break;
    case TAG_FALSE: snprintf(text, sizeof text, "[false]"); break;
    default: snprintf(text, sizeof text, "[%s]", lua_typename(buffer->L, value_type(key)));
  }
  luaL_addstring(buffer, text);
}

#define SHOWN_STEPS 20

/* `what`, the steps of the path (of a long one its end), and whether it is a key that is meant. */
static void add_path(luaL_Buffer *buffer, const Encoder *encoder, const WorkItem *place) {
  const WorkItem *steps[SHOWN_STEPS];
  size_t count = 0;
  const WorkItem *item = place;
  for (; item->parent != 0; item = &encoder->work[item->parent - 1], count++)
    if (count < SHOWN_STEPS) steps[count] = item; /* the innermost come first */
  luaL_addstring(buffer, encoder->what);
  if (encoder->value_count > 1) {
    char text[32];
    snprintf(text, sizeof text, " #" LUA_INTEGER_FMT, (LUAI_UACINT)item->key.as.integer);
    luaL_addstring(buffer, text);
  }
  size_t shown = count < SHOWN_STEPS ? count : SHOWN_STEPS;
  if (shown < count) luaL_addstring(buffer, "...");
  while (shown > 0) add_key(buffer, &steps[--shown]->key);
  if (place->is_key) luaL_addstring(buffer, " (a key)");
}

/* Raises: the value at `place` cannot be sent, because of `reason` (an own text or the one on top of the stack). */
static RL_NORETURN void refuse(Encoder *encoder, const WorkItem *place, const char *reason) {
  State *L = encoder->L;
  luaL_Buffer buffer;
  abandon(encoder);
  luaL_checkstack(L, LUA_MINSTACK, "too many values");
  luaL_buffinit(L, &buffer);
  add_path(&buffer, encoder, place);
  luaL_addstring(&buffer, ": ");
  luaL_addstring(&buffer, reason);
  luaL_pushresult(&buffer);
  lua_error(L);
  abort();
}

/* ---- values ---- */

static void put_attachment(Encoder *encoder, const rille_CopyHandler *handler, void *copy) {
  encoder->attachments[encoder->attachment_count++] = (Attachment){handler, copy};
  put_tag(encoder, MESSAGE_ATTACHMENT);
  put_number(encoder, encoder->attachment_count - 1);
}

static void put_string(Encoder *encoder, String *string) {
  size_t length = string_length(string);
  if (length > RL_MAX_SHORT_STRING) {
    if (put_known_object(encoder, string)) return;
    if (length >= RL_SHARED_STRING_MINIMUM) {
      RESERVE(encoder, attachments, attachment_count, attachment_capacity, 1);
      SharedBytes *bytes = rl_shared_string_bytes(encoder->L, string, encoder->mode != MESSAGE_LEAVES);
      if (bytes == NULL) fail_for_memory(encoder);
      put_attachment(encoder, &rl_string_handler, bytes);
      return;
    }
  }
  put_tag(encoder, length > RL_MAX_SHORT_STRING ? MESSAGE_LONG_STRING : MESSAGE_STRING);
  put_number(encoder, length);
  put_bytes(encoder, string_bytes(string), length);
}

static void put_table(Encoder *encoder, const Table *table, const WorkItem *place) {
  if (put_known_object(encoder, table)) return;
  put_tag(encoder, MESSAGE_TABLE);
  WorkItem item = *place;
  item.table = table;
  RESERVE(encoder, work, work_count, work_capacity, 1);
  encoder->work[encoder->work_count++] = item;
}

static int write_code(lua_State *L, const void *piece, size_t size, void *data) {
  (void)L;
  put_bytes(data, piece, size);
  return 0;
}

/* Code only: the one upvalue that may be there is the table of globals, in whose place the reader's comes. */
static void put_function(Encoder *encoder, const LuaClosure *closure, const WorkItem *place) {
  State *L = encoder->L;
  char reason[160];
  Value globals;
  if (encoder->mode == MESSAGE_ESCAPES) refuse(encoder, place, "a function cannot leave a sandbox");
  rl_table_get_integer(value_table(&L->global->registry), LUA_RIDX_GLOBALS, &globals);
  for (uint32_t i = 0; i < closure_upvalue_count(closure); i++) {
    const Value *value = closure->upvalues[i]->value;
    if (i == 0 && closure_upvalue_count(closure) == 1 && value->tag == TAG_TABLE &&
        value->as.object == globals.as.object)
      continue;
    const String *name = closure->prototype->upvalues[i].name;
    if (value->tag == TAG_TABLE && value->as.object == globals.as.object) continue;
    snprintf(reason, sizeof reason, "a function with upvalue '%.60s' cannot be sent",
             name == NULL ? "?" : string_bytes(name));
    refuse(encoder, place, reason);
  }
  if (closure_upvalue_count(closure) > 1) refuse(encoder, place, "a function with several environments cannot be sent");
  if (put_known_object(encoder, closure)) return;
  put_tag(encoder, MESSAGE_FUNCTION);
  /* The size is not known in advance: five bytes, the last four of which are written later. */
  size_t at = encoder->size;
  memset(reserve_bytes(encoder, 4), 0, 4);
  encoder->size += 4;
  rl_dump(L, closure->prototype, write_code, encoder, false);
  size_t size = encoder->size - at - 4;
  if (size > INT32_MAX) rl_raise(L, ERROR_BLOCK_TOO_BIG);
  patch_count(encoder, at, (uint32_t)size);
}

typedef struct CopyRequest {
  const rille_CopyHandler *handler;
  void *copy;
} CopyRequest;

static int call_copy_out(lua_State *L) {
  CopyRequest *request = lua_touserdata(L, 2);
  lua_settop(L, 1);
  request->copy = request->handler->copy_out(L, 1);
  return 0;
}

static void put_userdata(Encoder *encoder, const Value *value, const WorkItem *place) {
  State *L = encoder->L;
  CopyRequest request = {rl_copy_handler_of(L, value), NULL};
  if (request.handler == NULL) refuse(encoder, place, "a userdata without copy handler cannot be sent");
  if (encoder->mode == MESSAGE_LEAVES && request.handler != &rl_buffer_handler) {
    char reason[100];
    snprintf(reason, sizeof reason, "a userdata of kind '%.40s' cannot leave the process", request.handler->name);
    refuse(encoder, place, reason);
  }
  if (put_known_object(encoder, value->as.object)) return;
  RESERVE(encoder, attachments, attachment_count, attachment_capacity, 1);
  WorkItem here = *place;
  if (!lua_checkstack(L, LUA_MINSTACK)) fail_for_memory(encoder);
  lua_pushcfunction(L, call_copy_out);
  value_copy(L->top, value);
  L->top++;
  lua_pushlightuserdata(L, &request);
  encoder->in_handler = 1;
  int status = lua_pcall(L, 2, 0, 0);
  encoder->in_handler = 0;
  if (status != LUA_OK) refuse(encoder, &here, luaL_tolstring(L, -1, NULL));
  put_attachment(encoder, request.handler, request.copy);
}

static void put_value(Encoder *encoder, const Value *value, const WorkItem *place) {
  switch (value->tag) {
    case TAG_NIL: put_tag(encoder, MESSAGE_NIL); break;
    case TAG_FALSE: put_tag(encoder, MESSAGE_FALSE); break;
    case TAG_TRUE: put_tag(encoder, MESSAGE_TRUE); break;
    case TAG_INTEGER:
      put_tag(encoder, MESSAGE_INTEGER);
      put_number(encoder, (uint64_t)value->as.integer << 1 ^ (uint64_t)(value->as.integer >> 63));
      break;
    case TAG_FLOAT:
      put_tag(encoder, MESSAGE_FLOAT);
      put_word(encoder, value->as.bits);
      break;
    case TAG_SHORT_STRING:
    case TAG_LONG_STRING: put_string(encoder, value_string(value)); break;
    case TAG_TABLE: put_table(encoder, value_table(value), place); break;
    case TAG_LUA_CLOSURE: put_function(encoder, value_lua_closure(value), place); break;
    case TAG_USERDATA: put_userdata(encoder, value, place); break;
    case TAG_LIGHT_USERDATA:
      if (encoder->mode == MESSAGE_LEAVES) refuse(encoder, place, "a light userdata cannot leave the process");
      put_tag(encoder, MESSAGE_POINTER);
      put_word(encoder, value->as.bits);
      break;
    case TAG_LIGHT_FUNCTION:
      if (encoder->mode == MESSAGE_LEAVES) refuse(encoder, place, "a C function cannot leave the process");
      if (encoder->mode == MESSAGE_ESCAPES) refuse(encoder, place, "a function cannot leave a sandbox");
      put_tag(encoder, MESSAGE_C_FUNCTION);
      put_word(encoder, (uint64_t)(uintptr_t)value_light_function(value));
      break;
    case TAG_C_CLOSURE: refuse(encoder, place, "a C function with upvalues cannot be sent");
    case TAG_THREAD: refuse(encoder, place, "a coroutine cannot be sent");
    default: refuse(encoder, place, "a value of an unknown type cannot be sent");
  }
}

/* The name under which the table's metatable is registered; an empty one for a table without. */
static void put_class(Encoder *encoder, const Table *table, const WorkItem *place) {
  Value metatable, name;
  if (table->metatable == NULL) {
    put_number(encoder, 0);
    return;
  }
  if (encoder->mode == MESSAGE_FREEZES) refuse(encoder, place, "a table with a metatable cannot be frozen");
  value_set_object(&metatable, table->metatable);
  if (encoder->classes == NULL || rl_table_get(value_table(encoder->classes), &metatable, &name) != TAG_SHORT_STRING)
    refuse(encoder, place, "a table with a metatable that is no registered class cannot be sent");
  put_number(encoder, string_length(value_string(&name)));
  put_bytes(encoder, string_bytes(value_string(&name)), string_length(value_string(&name)));
}

/* The elements 1, 2, ... come first in the walk, as far as they lie in the array part. */
static void put_contents(Encoder *encoder, uint32_t index) {
  const Table *table = encoder->work[index].table;
  WorkItem place = encoder->work[index];
  put_class(encoder, table, &place);
  table_complete(encoder->L, table);
  size_t counts = encoder->size;
  memset(reserve_bytes(encoder, 8), 0, 8);
  encoder->size += 8;
  uint64_t position = 0;
  uint32_t sequence = 0, pairs = 0;
  Value entry[2];
  place.parent = index + 1;
  while (rl_table_next_at(encoder->L, table, &position, entry)) {
    place.key = entry[0];
    place.is_key = 0;
    if (pairs == 0 && entry[0].tag == TAG_INTEGER && entry[0].as.integer == (int64_t)sequence + 1) {
      sequence++;
    } else {
      pairs++;
      place.is_key = 1;
      put_value(encoder, &entry[0], &place);
      place.is_key = 0;
    }
    put_value(encoder, &entry[1], &place);
  }
  patch_count(encoder, counts, sequence);
  patch_count(encoder, counts + 4, pairs);
}

/* ---- messages ---- */

static Message *make_message(Encoder *encoder) {
  size_t attachments = encoder->attachment_count * sizeof(Attachment);
  Message *message = malloc(sizeof(Message) + attachments + encoder->size);
  if (message == NULL) fail_for_memory(encoder);
  *message = (Message){.size = encoder->size,
                       .value_count = (uint32_t)encoder->value_count,
                       .attachment_count = (uint32_t)encoder->attachment_count};
  if (attachments > 0) memcpy(message->attachments, encoder->attachments, attachments);
  if (encoder->size > 0) memcpy(message->attachments + encoder->attachment_count, encoder->bytes, encoder->size);
  encoder->attachment_count = 0;
  message->next = encoder->unsent;
  encoder->unsent = message;
  return message;
}

static void find_classes(Encoder *encoder);

Message *rl_message_encode(State *L, Encoder *encoder, int first, int count, const char *what, MessageMode mode) {
  if (encoder->in_handler) luaL_error(L, "a copy handler cannot send messages");
  drop_attachments(encoder); /* an error may have ended the last one halfway */
  forget_identities(encoder);
  encoder->L = L;
  encoder->what = what;
  encoder->value_count = count;
  encoder->mode = mode;
  encoder->size = 0;
  encoder->work_count = 0;
  find_classes(encoder);
  for (int i = 0; i < count; i++) {
    WorkItem place = {.key = {.as.integer = i + 1, .tag = TAG_INTEGER}};
    Value value;
    value_copy(&value, API_SLOT(L, first + i));
    put_value(encoder, &value, &place);
  }
  for (uint32_t i = 0; i < encoder->work_count; i++) put_contents(encoder, i);
  return make_message(encoder);
}

void rl_message_abandon(Encoder *encoder) {
  abandon(encoder);
}

void rl_message_departed(Encoder *encoder) {
  encoder->unsent = NULL;
}

void rl_message_take_back(Message *message) {
  if (message == NULL) return;
  const Message *made_of = message->original != NULL ? message->original : message;
  give_back(made_of->attachments, made_of->attachment_count);
  rl_message_free(message);
}

void rl_message_free(Message *message) {
  if (message == NULL) return;
  for (uint32_t i = 0; i < message->attachment_count; i++)
    message->attachments[i].handler->drop(message->attachments[i].copy);
  rl_message_free(message->original);
  free(message);
}

/* ---- copy handlers and classes ---- */

static const char handler_key, classes_key;

LUA_API void rille_setcopyhandler(lua_State *L, int index, const rille_CopyHandler *handler) {
  index = lua_absindex(L, index);
  lua_pushlightuserdata(L, (void *)handler);
  lua_rawsetp(L, index, &handler_key);
}

const rille_CopyHandler *rl_copy_handler_of(State *L, const Value *userdata) {
  (void)L;
  const Table *metatable = value_userdata(userdata)->metatable;
  Value key, handler;
  if (metatable == NULL) return NULL;
  value_set_light_userdata(&key, (void *)&handler_key);
  return rl_table_get(metatable, &key, &handler) == TAG_LIGHT_USERDATA ? handler.as.pointer : NULL;
}

static void find_classes(Encoder *encoder) {
  Value key;
  value_set_light_userdata(&key, (void *)&classes_key);
  uint32_t tag = rl_table_get(value_table(&encoder->L->global->registry), &key, &encoder->classes_table);
  encoder->classes = tag == TAG_TABLE ? &encoder->classes_table : NULL;
}

void rl_class_register(State *L, int name, int metatable) {
  name = lua_absindex(L, name);
  metatable = lua_absindex(L, metatable);
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &classes_key) != LUA_TTABLE) {
    lua_pop(L, 1);
    lua_newtable(L);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &classes_key);
  }
  lua_pushvalue(L, name);
  lua_pushvalue(L, metatable);
  lua_rawset(L, -3);
  lua_pushvalue(L, metatable);
  lua_pushvalue(L, name);
  lua_rawset(L, -3);
  lua_pop(L, 1);
}

bool rl_class_find(State *L, const char *name, size_t length) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &classes_key) == LUA_TTABLE) {
    lua_pushlstring(L, name, length);
    lua_rawget(L, -2);
    lua_remove(L, -2);
    if (lua_istable(L, -1)) return true;
  }
  lua_pop(L, 1);
  return false;
}

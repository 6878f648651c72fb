/* Messages for a network: shared bytes are spelled out, a prefix says what comes. See message.h. */
#include <stdlib.h>
#include <string.h>

#include "ext/buffer.h"
#include "ext/message.h"
#include "ext/shared_string.h"

static const unsigned char mark[4] = {'R', 'l', 'm', 1};

/* The original is our own: it need not be checked. */
typedef struct Flattener {
  const Message *message;
  const unsigned char *at;
  unsigned char *out;
  size_t size, capacity;
  size_t tables;
  bool failed; /* no memory; nothing is written any more */
} Flattener;

static void put(Flattener *flattener, const void *bytes, size_t count) {
  if (flattener->failed) return;
  if (flattener->size + count > flattener->capacity) {
    size_t capacity = flattener->capacity * 2 + count;
    unsigned char *out = realloc(flattener->out, capacity);
    flattener->failed = out == NULL;
    if (out == NULL) return;
    flattener->out = out;
    flattener->capacity = capacity;
  }
  if (count > 0) memcpy(flattener->out + flattener->size, bytes, count);
  flattener->size += count;
}

static void put_number(Flattener *flattener, uint64_t number) {
  unsigned char groups[10];
  size_t count = 0;
  for (; number >= 0x80; number >>= 7) groups[count++] = (unsigned char)(number | 0x80);
  groups[count++] = (unsigned char)number;
  put(flattener, groups, count);
}

static uint64_t get_number(Flattener *flattener) {
  uint64_t number = 0;
  for (unsigned shift = 0;; shift += 7) {
    unsigned char byte = *flattener->at++;
    number |= (uint64_t)(byte & 0x7f) << shift;
    if (byte < 0x80) return number;
  }
}

static uint32_t get_count(Flattener *flattener) {
  const unsigned char *at = flattener->at;
  flattener->at += 4;
  put(flattener, at, 4);
  return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static void copy(Flattener *flattener, size_t count) {
  put(flattener, flattener->at, count);
  flattener->at += count;
}

static void copy_sized(Flattener *flattener) {
  uint64_t size = get_number(flattener);
  put_number(flattener, size);
  copy(flattener, (size_t)size);
}

static void put_tag(Flattener *flattener, MessageTag tag) {
  unsigned char byte = (unsigned char)tag;
  put(flattener, &byte, 1);
}

static void copy_attachment(Flattener *flattener) {
  const Attachment *attachment = &flattener->message->attachments[get_number(flattener)];
  if (attachment->handler == &rl_string_handler) {
    const SharedBytes *bytes = attachment->copy;
    put_tag(flattener, MESSAGE_LONG_STRING);
    put_number(flattener, bytes->length);
    put(flattener, bytes->bytes, bytes->length);
  } else {
    const BufferCopy *buffer = attachment->copy;
    unsigned char is_frozen = buffer->is_frozen != 0;
    put_tag(flattener, MESSAGE_BUFFER);
    put(flattener, &is_frozen, 1);
    put_number(flattener, buffer->length);
    if (buffer->length > 0) put(flattener, buffer->bytes->bytes, buffer->length);
  }
}

static void copy_value(Flattener *flattener) {
  MessageTag tag = (MessageTag)*flattener->at++;
  if (tag == MESSAGE_ATTACHMENT) {
    copy_attachment(flattener);
    return;
  }
  put_tag(flattener, tag);
  switch (tag) {
    case MESSAGE_INTEGER:
    case MESSAGE_OBJECT: put_number(flattener, get_number(flattener)); break;
    case MESSAGE_FLOAT: copy(flattener, 8); break;
    case MESSAGE_STRING:
    case MESSAGE_LONG_STRING: copy_sized(flattener); break;
    case MESSAGE_FUNCTION: copy(flattener, get_count(flattener)); break;
    case MESSAGE_TABLE: flattener->tables++; break;
    default: break;
  }
}

static void copy_contents(Flattener *flattener) {
  copy_sized(flattener);
  uint32_t sequence = get_count(flattener);
  uint32_t pairs = get_count(flattener);
  for (uint64_t i = 0; i < sequence + 2 * (uint64_t)pairs; i++) copy_value(flattener);
}

static Message *new_flat(const void *bytes, size_t size, uint32_t value_count) {
  Message *message = malloc(sizeof *message + size);
  if (message == NULL) return NULL;
  *message = (Message){.size = size, .value_count = value_count, .is_foreign = 1};
  if (size > 0) memcpy(message->attachments, bytes, size);
  return message;
}

Message *rl_message_flatten(Message *original) {
  Flattener flattener = {.message = original, .at = message_bytes(original)};
  for (uint32_t i = 0; i < original->value_count; i++) copy_value(&flattener);
  for (size_t i = 0; i < flattener.tables; i++) copy_contents(&flattener);
  Message *flat = flattener.failed ? NULL : new_flat(flattener.out, flattener.size, original->value_count);
  free(flattener.out);
  if (flat != NULL) flat->original = original;
  return flat;
}

void rl_message_prefix(const Message *flat, unsigned char prefix[MESSAGE_PREFIX_SIZE]) {
  memcpy(prefix, mark, sizeof mark);
  for (int i = 0; i < 4; i++) prefix[4 + i] = (unsigned char)(flat->value_count >> 8 * i);
}

Message *rl_message_unflatten(const void *bytes, size_t size, bool *is_known) {
  const unsigned char *at = bytes;
  *is_known = size >= MESSAGE_PREFIX_SIZE && memcmp(at, mark, sizeof mark) == 0;
  if (!*is_known) return NULL;
  uint32_t count = (uint32_t)at[4] | (uint32_t)at[5] << 8 | (uint32_t)at[6] << 16 | (uint32_t)at[7] << 24;
  *is_known = count <= size; /* every value takes a byte */
  return *is_known ? new_flat(at + MESSAGE_PREFIX_SIZE, size - MESSAGE_PREFIX_SIZE, count) : NULL;
}

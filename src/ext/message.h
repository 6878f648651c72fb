/* Messages: deep copies of Lua values on their way from one state to another, in memory that belongs to neither.
 *
 * A message is a run of bytes and a list of attachments. The bytes describe the values; whoever reads them makes new
 * objects in its own state. Attachments are what is not copied: large strings (shared bytes), and userdata in the form
 * that their copy handler (rille.h) gave them. A message has one owner at a time, is never changed, and can be read any
 * number of times.
 *
 * Tables are written breadth first: the values themselves, then the contents of every table in the order in which the
 * tables were met. So depth costs no stack, every table of a message is reachable from one of its values as soon as it
 * exists, and a table, function or long string that was met before is a number ("object n"): cycles and shared
 * references come out as they went in.
 *
 *   value    := MESSAGE_NIL | FALSE | TRUE | INTEGER zigzag | FLOAT 8 bytes | STRING size bytes
 *             | LONG_STRING size bytes | TABLE | FUNCTION size:4 bytes | OBJECT number | ATTACHMENT number
 *             | POINTER 8 bytes | C_FUNCTION 8 bytes
 *   contents := class (size bytes) sequence-count:4 pair-count:4 value... (value value)...
 *
 * Sizes and numbers are little-endian groups of seven bits. TABLE, FUNCTION, LONG_STRING and ATTACHMENT make the next
 * object. Pointers and attachments never leave the process: rl_message_flatten writes bytes for a network, in which
 * shared bytes are spelled out, and refuses everything else; what comes from a network is checked wherever it is read.
 */
#ifndef RL_EXT_MESSAGE_H
#define RL_EXT_MESSAGE_H

#include <stdbool.h>

#include "ext/bytes.h"
#include "rille.h"
#include "value/value.h"

typedef enum MessageTag {
  MESSAGE_NIL,
  MESSAGE_FALSE,
  MESSAGE_TRUE,
  MESSAGE_INTEGER,
  MESSAGE_FLOAT,
  MESSAGE_STRING,
  MESSAGE_LONG_STRING,
  MESSAGE_TABLE,
  MESSAGE_FUNCTION,
  MESSAGE_OBJECT,
  MESSAGE_ATTACHMENT,
  MESSAGE_POINTER,
  MESSAGE_C_FUNCTION,
  MESSAGE_BUFFER /* on a network only: is-frozen:1 size bytes */
} MessageTag;

typedef struct Attachment {
  const rille_CopyHandler *handler;
  void *copy;
} Attachment;

typedef struct Message {
  struct Message *next; /* of the queue it lies in */
  size_t size;          /* of `bytes` */
  uint32_t value_count;
  uint32_t attachment_count;
  uint8_t is_foreign;       /* came from a network: may hold anything; or is made for one: no attachments */
  struct Message *original; /* of one made for a network: what it was made of; NULL */
  Attachment attachments[];
  /* the bytes follow */
} Message;

static inline const unsigned char *message_bytes(const Message *message) {
  return (const unsigned char *)(message->attachments + message->attachment_count);
}

typedef enum MessageMode {
  MESSAGE_STAYS,
  MESSAGE_LEAVES,  /* the process */
  MESSAGE_FREEZES, /* becomes a frozen value */
  MESSAGE_ESCAPES  /* a sandbox: data only, no functions */
} MessageMode;

/* The scratch memory of making messages; one for each state (ext/context.h). All zero is an empty one. */
typedef struct Encoder Encoder;
Encoder *rl_encoder_new(void); /* NULL without memory */
void rl_encoder_free(Encoder *encoder);

/* Makes a message of the `count` values from stack index `first` on. Raises an error that names the path to what cannot
 * be sent (`<what>.config.on_close: a coroutine cannot be sent`), and memory errors; nothing has changed then. Runs no
 * Lua code but that of copy handlers. The caller owns the message. */
Message *rl_message_encode(State *L, Encoder *encoder, int first, int count, const char *what, MessageMode mode);
/* No message is sent: what those made so far have taken over is given back (they stay their owner's, to be freed). */
void rl_message_abandon(Encoder *encoder);
/* The messages made so far have left: an error in making another one does not concern them any more. */
void rl_message_departed(Encoder *encoder);
/* Frees a message that could not be delivered, while the values that it was made of still exist: handlers take back
 * what they have handed over. NULL is allowed. */
void rl_message_take_back(Message *message);

/* Pushes the values and returns how many, or -1 and an error message on top of the stack when memory does not suffice,
 * an own handler fails or the bytes are malformed. Never raises; the message stays the caller's. */
int rl_message_decode(State *L, const Message *message);

/* NULL is allowed. */
void rl_message_free(Message *message);

/* The message in the form for a network, which holds the original; NULL without memory (the original stays the
 * caller's). It must have been made with MESSAGE_LEAVES. */
Message *rl_message_flatten(Message *original);
/* A message of bytes that came from a network; NULL without memory, or when they are no message of ours (`*is_known`).
 */
Message *rl_message_unflatten(const void *bytes, size_t size, bool *is_known);
/* What stands in front of the bytes on a network. */
#define MESSAGE_PREFIX_SIZE 8
void rl_message_prefix(const Message *flat, unsigned char prefix[MESSAGE_PREFIX_SIZE]);

/* ---- userdata that can be sent ---- */

/* The handler of the metatable of the userdata, or NULL. */
const rille_CopyHandler *rl_copy_handler_of(State *L, const Value *userdata);

/* ---- classes: metatables that have a name in the states that exchange messages ---- */

/* Registers the metatable under the name (a short string) in this state: both at stack indices. */
void rl_class_register(State *L, int name, int metatable);
/* Pushes the metatable of that name and returns true, or pushes nothing. */
bool rl_class_find(State *L, const char *name, size_t length);

#endif

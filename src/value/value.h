/* A Lua value: an 8-byte payload and a tag.
 *
 * Tags are numbered so that the frequent questions are single comparisons: everything up to TAG_FALSE is false in a
 * condition, everything from TAG_SHORT_STRING on is an object of the collector. Payload and tag are always written and
 * read each at its own width, never as one 16-byte block: a block load that follows two narrower stores cannot be
 * forwarded from the store buffer. */
#ifndef RL_VALUE_VALUE_H
#define RL_VALUE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lua.h"

typedef struct lua_State State;
typedef struct Global Global;
typedef struct Object Object;
typedef struct String String;
typedef struct Table Table;
typedef struct Prototype Prototype;
typedef struct LuaClosure LuaClosure;
typedef struct CClosure CClosure;
typedef struct UpValue UpValue;
typedef struct Userdata Userdata;
typedef struct Thread Thread;
typedef struct CallInfo CallInfo;

typedef enum ValueTag {
  TAG_NIL,
  TAG_FALSE,
  TAG_TRUE,
  TAG_INTEGER,
  TAG_FLOAT,
  TAG_LIGHT_USERDATA,
  TAG_LIGHT_FUNCTION, /* a C function without upvalues */
  TAG_SHORT_STRING,   /* first collectable tag */
  TAG_LONG_STRING,
  TAG_TABLE,
  TAG_LUA_CLOSURE,
  TAG_C_CLOSURE,
  TAG_USERDATA,
  TAG_THREAD,
  TAG_PROTOTYPE, /* the rest is never seen by Lua code */
  TAG_UPVALUE,
  TAG_DEAD_KEY, /* key of an entry whose value is nil and whose key object may be gone */
  TAG_NONE      /* what an API index that names no slot refers to */
} ValueTag;

#define TAG_COUNT             (TAG_NONE + 1)
#define TAG_FIRST_COLLECTABLE TAG_SHORT_STRING

typedef union Payload {
  int64_t integer;
  double number;
  Object *object;
  void *pointer;
  lua_CFunction function;
  uint64_t bits;
} Payload;

typedef struct Value {
  Payload as;
  uint32_t tag;
  uint32_t note; /* of the slot, not of the value: never copied, may be anything; the generic `for` keeps a position */
} Value;

_Static_assert(sizeof(Value) == 16, "a value is 16 bytes");

/* The type byte in front of every object is the tag of values that refer to it. */
struct Object {
  uint8_t type;  /* ValueTag */
  uint8_t mark;  /* colour and age, see heap/colour.h */
  uint16_t cell; /* distance to the start of the block in 16-byte granules; 0: an allocation of its own */
  uint32_t own;  /* small fields of the type: a string's hash, a table's flags */
};

_Static_assert(sizeof(Object) == 8, "an object header is 8 bytes");

/* LUA_T* of each tag; the internal ones give LUA_TNONE. */
extern const int8_t rl_value_types[TAG_COUNT];

static inline int value_type(const Value *value) {
  return rl_value_types[value->tag];
}

static inline bool value_is_nil(const Value *value) {
  return value->tag == TAG_NIL;
}
static inline bool value_is_falsy(const Value *value) {
  return value->tag <= TAG_FALSE;
}
static inline bool value_is_boolean(const Value *value) {
  return value->tag == TAG_FALSE || value->tag == TAG_TRUE;
}
static inline bool value_is_integer(const Value *value) {
  return value->tag == TAG_INTEGER;
}
static inline bool value_is_float(const Value *value) {
  return value->tag == TAG_FLOAT;
}
static inline bool value_is_number(const Value *value) {
  return value->tag == TAG_INTEGER || value->tag == TAG_FLOAT;
}
static inline bool value_is_short_string(const Value *value) {
  return value->tag == TAG_SHORT_STRING;
}
static inline bool value_is_string(const Value *value) {
  return value->tag == TAG_SHORT_STRING || value->tag == TAG_LONG_STRING;
}
static inline bool value_is_table(const Value *value) {
  return value->tag == TAG_TABLE;
}
static inline bool value_is_lua_closure(const Value *value) {
  return value->tag == TAG_LUA_CLOSURE;
}
static inline bool value_is_c_closure(const Value *value) {
  return value->tag == TAG_C_CLOSURE;
}
static inline bool value_is_light_function(const Value *value) {
  return value->tag == TAG_LIGHT_FUNCTION;
}
static inline bool value_is_function(const Value *value) {
  return value->tag == TAG_LUA_CLOSURE || value->tag == TAG_C_CLOSURE || value->tag == TAG_LIGHT_FUNCTION;
}
static inline bool value_is_userdata(const Value *value) {
  return value->tag == TAG_USERDATA;
}
static inline bool value_is_thread(const Value *value) {
  return value->tag == TAG_THREAD;
}
static inline bool value_is_collectable(const Value *value) {
  return value->tag >= TAG_FIRST_COLLECTABLE && value->tag <= TAG_UPVALUE;
}

static inline String *value_string(const Value *value) {
  return (String *)value->as.object;
}
static inline Table *value_table(const Value *value) {
  return (Table *)value->as.object;
}
static inline LuaClosure *value_lua_closure(const Value *value) {
  return (LuaClosure *)value->as.object;
}
static inline CClosure *value_c_closure(const Value *value) {
  return (CClosure *)value->as.object;
}
static inline Userdata *value_userdata(const Value *value) {
  return (Userdata *)value->as.object;
}
static inline Thread *value_thread(const Value *value) {
  return (Thread *)value->as.object;
}

static inline void value_set_nil(Value *value) {
  value->tag = TAG_NIL;
}
static inline void value_set_boolean(Value *value, bool truth) {
  value->tag = truth ? TAG_TRUE : TAG_FALSE;
}
static inline void value_set_integer(Value *value, int64_t integer) {
  value->as.integer = integer;
  value->tag = TAG_INTEGER;
}
static inline void value_set_float(Value *value, double number) {
  value->as.number = number;
  value->tag = TAG_FLOAT;
}
static inline void value_set_light_userdata(Value *value, void *pointer) {
  value->as.pointer = pointer;
  value->tag = TAG_LIGHT_USERDATA;
}
/* A light function's payload: the address, and above it the number of its direct entry (direct/direct.h; 0: none). */
#define LIGHT_FUNCTION_BITS 48
static inline void value_set_light_function(Value *value, lua_CFunction function) {
  value->as.bits = 0;
  value->as.function = function;
  value->tag = TAG_LIGHT_FUNCTION;
}
static inline lua_CFunction value_light_function(const Value *value) {
  Payload payload = value->as;
  if (sizeof(lua_CFunction) == 8) payload.bits &= (UINT64_C(1) << LIGHT_FUNCTION_BITS) - 1;
  return payload.function;
}
static inline uint32_t value_direct_number(const Value *value) {
  return sizeof(lua_CFunction) == 8 ? (uint32_t)(value->as.bits >> LIGHT_FUNCTION_BITS) : 0;
}
/* Any pointer to a structure that begins with an Object header. */
static inline void value_set_object(Value *value, void *object) {
  value->as.object = (Object *)object;
  value->tag = ((Object *)object)->type;
}
static inline void value_copy(Value *to, const Value *from) {
  to->as = from->as;
  to->tag = from->tag;
}

/* The value as a C boolean would be false only for nil and false. Raw equality is in object/equality.h. */

#endif

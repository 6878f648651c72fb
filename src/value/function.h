/* Functions: prototypes (what the compiler makes), closures (prototypes with upvalues) and upvalues. */
#ifndef RL_VALUE_FUNCTION_H
#define RL_VALUE_FUNCTION_H

#include "value/value.h"

typedef uint32_t Instruction;

/* Where a closure finds its upvalue when it is made. */
typedef struct UpvalueDescription {
  String *name;     /* NULL when stripped */
  uint8_t in_stack; /* 1: register `index` of the enclosing function; 0: its upvalue `index` */
  uint8_t index;
  uint8_t kind; /* VARIABLE_* of compile/: regular 0, const 1, to-be-closed 2, compile-time constant 3 */
} UpvalueDescription;

/* A local variable is visible for instructions first_pc <= pc < end_pc (word indices into `code`). */
typedef struct LocalDescription {
  String *name;
  uint32_t first_pc;
  uint32_t end_pc;
} LocalDescription;

/* Word `pc` and those after it belong to `line`, until the next entry. Ordered by pc. */
typedef struct LineEntry {
  uint32_t pc;
  int32_t line;
} LineEntry;

/* Prototype.header.own: code and lines belong to somebody outside of the heap, whom a constant keeps alive. */
#define PROTOTYPE_SHARED 1u

struct Prototype {
  Object header; /* own: 0 or PROTOTYPE_SHARED */
  uint8_t parameter_count;
  uint8_t is_vararg;
  uint8_t max_stack; /* registers needed, at least 2 */
  uint8_t upvalue_count;
  uint32_t frame_bytes; /* of max_stack registers, or FRAME_VARIADIC */
  Instruction *code;
  Value *constants;    /* NULL when there are neither constants nor caches */
  uint32_t code_count; /* words, extra words included */
  uint32_t constant_count;
  uint32_t nested_count;
  uint32_t line_count; /* 0 when stripped */
  uint32_t local_count;
  uint32_t cache_words; /* of inline caches, which lie in front of the constants */
  int32_t line_defined; /* 0 for a main chunk */
  int32_t last_line_defined;
  Prototype **nested;
  UpvalueDescription *upvalues;
  LineEntry *lines;
  LocalDescription *locals;
  String *source; /* NULL when stripped */
};

/* A frame that the call instruction cannot lay out by itself: larger than every stack. */
#define FRAME_VARIADIC UINT32_MAX

/* To be called when max_stack and is_vararg are final. */
static inline void prototype_set_frame(Prototype *prototype) {
  prototype->frame_bytes = prototype->is_vararg ? FRAME_VARIADIC : (uint32_t)(prototype->max_stack * sizeof(Value));
}

/* Open while `value` points into a stack; closed when it points to its own `closed`. Open upvalues of a thread form a
 * list from the highest stack slot to the lowest. */
struct UpValue {
  Object header;
  Value *value;
  union {
    Value closed;
    struct {
      UpValue *next;
      UpValue **previous; /* the link that points here */
    } open;
  };
};

struct LuaClosure {
  Object header; /* own: number of upvalues */
  Prototype *prototype;
  UpValue *upvalues[];
};

struct CClosure {
  Object header; /* own: number of upvalues */
  lua_CFunction function;
  Value upvalues[];
};

static inline bool upvalue_is_open(const UpValue *upvalue) {
  return upvalue->value != &upvalue->closed;
}
static inline uint32_t closure_upvalue_count(const void *closure) {
  return ((const Object *)closure)->own;
}
static inline size_t lua_closure_size(uint32_t count) {
  return sizeof(LuaClosure) + count * sizeof(UpValue *);
}
static inline size_t c_closure_size(uint32_t count) {
  return sizeof(CClosure) + count * sizeof(Value);
}

#endif

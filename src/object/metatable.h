/* Metatables and the names of their fields. */
#ifndef RL_OBJECT_METATABLE_H
#define RL_OBJECT_METATABLE_H

#include "object/table.h"
#include "value/global.h"

/* Order matters: the first eight have a bit in a metatable that says "known to be absent"; the arithmetic ones follow
 * lua.h's LUA_OPADD... order. */
#define METAMETHODS(M)                                                                                                 \
  M(INDEX, "__index")                                                                                                  \
  M(NEWINDEX, "__newindex")                                                                                            \
  M(GC, "__gc")                                                                                                        \
  M(MODE, "__mode")                                                                                                    \
  M(LEN, "__len")                                                                                                      \
  M(EQ, "__eq")                                                                                                        \
  M(CALL, "__call")                                                                                                    \
  M(NAME, "__name")                                                                                                    \
  M(ADD, "__add")                                                                                                      \
  M(SUB, "__sub")                                                                                                      \
  M(MUL, "__mul")                                                                                                      \
  M(MOD, "__mod")                                                                                                      \
  M(POW, "__pow")                                                                                                      \
  M(DIV, "__div")                                                                                                      \
  M(IDIV, "__idiv")                                                                                                    \
  M(BAND, "__band")                                                                                                    \
  M(BOR, "__bor")                                                                                                      \
  M(BXOR, "__bxor")                                                                                                    \
  M(SHL, "__shl")                                                                                                      \
  M(SHR, "__shr")                                                                                                      \
  M(UNM, "__unm")                                                                                                      \
  M(BNOT, "__bnot")                                                                                                    \
  M(LT, "__lt")                                                                                                        \
  M(LE, "__le")                                                                                                        \
  M(CONCAT, "__concat")                                                                                                \
  M(CLOSE, "__close")                                                                                                  \
  M(METATABLE, "__metatable")                                                                                          \
  M(PAIRS, "__pairs")                                                                                                  \
  M(TOSTRING, "__tostring")

typedef enum Event {
#define M(name, text) EVENT_##name,
  METAMETHODS(M)
#undef M
    EVENT_COUNT
} Event;

_Static_assert((int)EVENT_COUNT == RL_EVENT_COUNT, "value/global.h has room for the names");
_Static_assert(EVENT_BNOT - EVENT_ADD == LUA_OPBNOT, "arithmetic events follow lua.h");

/* Makes the names (fixed strings). May raise. */
void rl_metatable_open(State *L);
/* The metatable of any value, or NULL. */
Table *rl_metatable_of(State *L, const Value *value);
/* The metamethod of a value; nil when there is none. Returns its tag. */
uint32_t rl_metamethod_of(State *L, const Value *value, Event event, Value *result);
/* The field of one of the first eight events in a metatable, remembering absence. */
uint32_t rl_metatable_event(State *L, Table *metatable, Event event, Value *result);
/* The names that lua_typename gives, LUA_TNONE first: rl_type_names[type + 1]. */
extern const char *const rl_type_names[LUA_NUMTYPES + 1];
/* The type name for error messages: `__name` when it is a string (tables and full userdata), else the type's. */
const char *rl_value_type_name(State *L, const Value *value);

/* True when `metatable` is NULL or known not to have the event (one of the first eight). */
static inline bool metatable_lacks(const Table *metatable, Event event) {
  return metatable == NULL || (metatable->header.own & (1u << event)) != 0;
}

#endif

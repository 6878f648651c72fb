/* Operations with metamethods (manual 2.4), called from C: they may call Lua (by recursion), move the stack and raise.
 * Results go to a stack slot or to L->top as said. Operands given as pointers into the stack are copied before anything
 * moves. */
#ifndef RL_VM_METAMETHOD_H
#define RL_VM_METAMETHOD_H

#include "object/metatable.h"
#include "value/global.h"

/* object[key] into the slot `result` (a stack slot; corrected when the stack moves). Returns the tag. */
uint32_t rl_vm_get(State *L, const Value *object, const Value *key, Value *result);
/* object[key] = value */
void rl_vm_set(State *L, const Value *object, const Value *key, const Value *value);
bool rl_vm_equal(State *L, const Value *a, const Value *b);
bool rl_vm_less(State *L, const Value *a, const Value *b);
bool rl_vm_less_equal(State *L, const Value *a, const Value *b);
/* The `count` (>= 0) values on top become one. Collects at a safe point. */
void rl_vm_concat(State *L, int count);
/* #object into the slot */
void rl_vm_length(State *L, const Value *object, Value *result);
/* op: LUA_OPADD...; for unary ones b is a again. */
void rl_vm_arith(State *L, int op, const Value *a, const Value *b, Value *result);

/* ---- resolution, shared by the slow paths of the interpreter and the functions above ---- */

/* Follows __index from `object`: true: `out` is the value; false: `out` is a function to be called with `receiver` and
 * the key. Raises; may allocate, and so collect (emergency), for a library's table: the operands are anchored. */
bool rl_index_resolve(State *L, const Value *object, const Value *key, Value *out, Value *receiver);
/* A field that its holder does not have, looked for along __index as long as that is a table. False, and `result`
 * untouched: something else must be asked. Raises nothing, allocates nothing, calls nothing. */
bool rl_index_through_tables(State *L, Table *metatable, const String *key, Value *result);
/* The method of an object: its own, or along __index. Fills in the cache; every table on the way is marked as searched,
 * so that what was found can be remembered. As rl_index_through_tables. */
bool rl_method_find(State *L, const Value *object, const String *key, MethodCache *cache, Value *method);
/* Follows __newindex: true: done; false: call `out` with receiver, key, value. */
bool rl_newindex_resolve(State *L, const Value *object, const Value *key, const Value *value, Value *out,
                         Value *receiver);
/* Without metamethods: 1/0. Else RESOLVE_CALL: `out` is a metamethod to call with (a, b); RESOLVE_CALL_REVERSED: a <= b
 * is to be found as not (b < a), with (b, a) (as stock's default build, which keeps this of 5.3). Raises when there is
 * none. */
#define RESOLVE_CALL          (-1)
#define RESOLVE_CALL_REVERSED (-2)
int rl_less_resolve(State *L, const Value *a, const Value *b, Value *out);
int rl_less_equal_resolve(State *L, const Value *a, const Value *b, Value *out);
int rl_equal_resolve(State *L, const Value *a, const Value *b, Value *out); /* never raises */
/* False: `out` is the length; true: `out` is the __len to call. Raises. */
bool rl_length_resolve(State *L, const Value *object, Value *out);
/* True: `out` is the result; false: `out` is the metamethod of `event` to call with (a, b). Raises. */
bool rl_arith_resolve(State *L, Event event, const Value *a, const Value *b, Value *out);

#endif

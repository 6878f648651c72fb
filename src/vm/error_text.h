/* Run-time errors with variable names. The name of the culprit is found by symbolic execution of the running function's
 * code up to the failing instruction: "(local 'x')", "(upvalue 'x')", "(global 'x')", "(field 'x')", "(method 'x')",
 * "(constant 'x')". All raise; the message handler has run. */
#ifndef RL_VM_ERROR_TEXT_H
#define RL_VM_ERROR_TEXT_H

#include <stdarg.h>

#include "base/compiler.h"
#include "raise/raise.h"

/* For Global.hooks->raise. */
void rl_error_raise(State *L, int code, va_list arguments);
/* Raises the value on top (lua_error): handler, then throw. */
RL_NORETURN void rl_error_throw(State *L);
/* "attempt to <operation> a <type> value <variable info>". `culprit` may be a register, a constant or an upvalue's
 * value of the running Lua function, or anything else (then no info). */
RL_NORETURN void rl_error_operation(State *L, const Value *culprit, const char *operation);
RL_NORETURN void rl_error_call(State *L, const Value *function);
RL_NORETURN void rl_error_concat(State *L, const Value *a, const Value *b);
RL_NORETURN void rl_error_arith(State *L, const Value *a, const Value *b, bool bitwise);
RL_NORETURN void rl_error_no_integer(State *L, const Value *a, const Value *b);
RL_NORETURN void rl_error_compare(State *L, const Value *a, const Value *b);
RL_NORETURN void rl_error_for(State *L, const Value *value,
                              const char *what); /* "'for' initial value must be a number" */
/* Name of the local variable in the register, for "variable 'x' got a non-closable value". */
const char *rl_error_local_name(State *L, const Value *slot);
/* How the function of the record was called: kind ("global", "method", "metamethod", "for iterator", "hook",
 * "finalizer"...) and name; NULL when unknown. */
const char *rl_error_call_name(State *L, CallInfo *call_info, const char **name);

#endif

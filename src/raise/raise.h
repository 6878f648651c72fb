/* Raising errors. An error is a value on top of the raising thread's stack and a status; it travels by a jump to the
 * innermost protected entry (raise/protect.h). Texts are made above, through Global.hooks. */
#ifndef RL_RAISE_RAISE_H
#define RL_RAISE_RAISE_H

#include "base/compiler.h"
#include "value/global.h"

/* The status of an error that nobody but the owner of a limit (vm/budget.h) may catch. It never leaves the runtime. */
#define RL_STATUS_LIMIT 7

typedef enum ErrorCode {
#define ERROR(name, status, format) ERROR_##name,
#include "raise/errors.def"
#undef ERROR
  ERROR_COUNT
} ErrorCode;

typedef struct ErrorText {
  int status;
  const char *format;
} ErrorText;
extern const ErrorText rl_error_texts[ERROR_COUNT];

/* Raises the error with its text and the running function's position; the message handler has run when it arrives. */
RL_NORETURN void rl_raise(State *L, ErrorCode code, ...);
/* Raises LUA_ERRMEM; allocates nothing and runs no handler. */
RL_NORETURN void rl_raise_memory(State *L);
/* Throws: the error value is at L->top - 1 (for LUA_YIELD: nothing). No handler is run. Without a protected entry it
 * calls the panic function, then abort(). */
RL_NORETURN void rl_throw(State *L, int status);

#endif

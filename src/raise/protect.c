/* One C frame that errors land in. RL_ERRORS_ARE_EXCEPTIONS chooses how they get there: by a jump, or (in the C++ twin
 * of the library) by a C++ exception. */
#include "raise/protect.h"

#include "base/compiler.h"

#ifdef RL_ERRORS_ARE_EXCEPTIONS
#include "raise/exception.h"
#else
#include <setjmp.h>
/* ThreadSanitizer (of clang 19) loses count of its shadow stack at _longjmp, though not at longjmp, which in the GNU C
 * library is the same function. */
#if defined(__clang__) && RL_THREAD_SANITIZER
#define JUMP longjmp
#else
#define JUMP _longjmp
#endif
#endif

static void enter(Global *global, Entry *entry) {
  entry->previous = global->entry;
  entry->thrower = NULL;
  entry->status = LUA_OK;
  entry->c_depth = global->c_depth;
  entry->run_depth = global->run_depth;
  global->entry = entry;
}

static int leave(Global *global, const Entry *entry) {
  global->entry = entry->previous;
  global->c_depth = entry->c_depth;
  global->run_depth = entry->run_depth;
  return entry->status;
}

#ifdef RL_ERRORS_ARE_EXCEPTIONS

typedef struct Call {
  State *L;
  ProtectedBody *body;
  void *data;
} Call;

static void run(void *data) {
  const Call *call = data;
  call->body(call->L, call->data);
}

static void push_text(State *L, void *text) {
  L->global->hooks->push_text(L, text);
}

/* An exception of the host's own becomes an error with what it says, raised by the thread that ran. */
static void adopt_foreign(State *L, Entry *entry, char *text) {
  Global *global = L->global;
  State *thrower = global->current != NULL ? global->current : L;
  Entry inner;
  int status = rl_protect(thrower, &inner, push_text, text[0] != '\0' ? text : "C++ exception");
  entry->thrower = status == LUA_OK ? thrower : inner.thrower;
  entry->status = status == LUA_OK ? LUA_ERRRUN : status;
}

int rl_protect(State *L, Entry *entry, ProtectedBody *body, void *data) {
  Global *global = L->global;
  Call call = {L, body, data};
  char text[RL_EXCEPTION_TEXT];
  enter(global, entry);
  ExceptionKind kind = rl_exception_try(run, &call, entry, text);
  int status = leave(global, entry);
  if (kind != EXCEPTION_FOREIGN) return status;
  adopt_foreign(L, entry, text);
  return entry->status;
}

void rl_throw_to(State *L, Entry *entry, int status) {
  entry->thrower = L;
  entry->status = status;
  rl_exception_throw(entry);
}

#else

int rl_protect(State *L, Entry *entry, ProtectedBody *body, void *data) {
  jmp_buf jump;
  Global *global = L->global;
  enter(global, entry);
  entry->jump = &jump;
  if (_setjmp(jump) == 0) body(L, data);
  return leave(L->global, entry);
}

void rl_throw_to(State *L, Entry *entry, int status) {
  entry->thrower = L;
  entry->status = status;
  JUMP(*(jmp_buf *)entry->jump, 1);
}

#endif

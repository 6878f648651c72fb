/* The steps of the call engine (vm/call.h), shared by call.c, unwind.c and coroutine.c.
 *
 * A step says what is to happen next in thread L. rl_engine_drive takes steps until a Lua function is to go on (it
 * returns its thread) or the running interpreter entry is done (NULL). Steps replace recursion: a C function that
 * returns, a
 * __close method that ends, a coroutine that yields each leave the next step behind. */
#ifndef RL_VM_ENGINE_H
#define RL_VM_ENGINE_H

#include "raise/protect.h"
#include "value/global.h"

typedef enum StepKind {
  STEP_CALL,       /* call the value at `slot` with the arguments up to L->top */
  STEP_FINISH,     /* the current record returns `count` values at `slot` */
  STEP_REQUEST,    /* the current C record's function has returned with L->request filled in */
  STEP_UNWIND,     /* the current record is protected and has caught an error */
  STEP_WRAP_ERROR, /* the coroutine `other` died; its waiting wrap record raises the error again */
  STEP_CONTINUE,   /* resume L with `count` arguments on its top */
  STEP_YIELDED,    /* L has become suspended with `count` values on top: hand them to its resumer */
  STEP_RUN,        /* the current record is a Lua function: interpret */
  STEP_LEAVE       /* the interpreter entry is done */
} StepKind;

typedef struct Step {
  State *L;
  Value *slot;
  State *other;
  ptrdiff_t count;
  int32_t wanted;
  int32_t target;
  uint16_t flags;
  uint8_t action; /* ReturnAction */
  uint8_t kind;   /* StepKind */
} Step;

typedef enum RequestKind {
  REQUEST_NONE,
  REQUEST_PCALL,
  REQUEST_XPCALL,
  REQUEST_RESUME,
  REQUEST_WRAP,
  REQUEST_YIELD
} RequestKind;

/* What a C function returns after filling in L->request. */
#define REQUEST_RESULT (-0x52)

State *rl_engine_drive(Step *step);

/* The C function or continuation of the current record has returned `count`. */
void rl_engine_after_c(Step *step, int count);
/* step becomes: the current record returns `count` values at `first`. */
static inline void step_finish(Step *step, State *L, Value *first, ptrdiff_t count) {
  step->kind = STEP_FINISH;
  step->L = L;
  step->slot = first;
  step->count = count;
}
static inline void step_call(Step *step, State *L, Value *function, int wanted, uint8_t action) {
  step->kind = STEP_CALL;
  step->L = L;
  step->slot = function;
  step->wanted = wanted;
  step->action = action;
  step->target = 0;
  step->flags = 0;
}

/* coroutine.c */
void rl_engine_resume(Step *step);     /* REQUEST_RESUME and REQUEST_WRAP */
void rl_engine_continue(Step *step);   /* STEP_CONTINUE */
void rl_engine_yield(Step *step);      /* REQUEST_YIELD */
void rl_engine_yielded(Step *step);    /* STEP_YIELDED */
void rl_engine_wrap_error(Step *step); /* STEP_WRAP_ERROR */
/* The usual switch from Lua code to Lua code, without steps: from the record that waits in resume or wrap to the one
 * that waits in yield, and back. NULL, and nothing done: something is unusual. */
State *rl_coroutine_enter(State *L);
State *rl_coroutine_leave(State *L);
void rl_engine_coroutine_done(Step *step); /* the first function of step->L has returned */

/* unwind.c: runs `first` and all that follows protected, catching errors at the protected records of this entry: those
 * of `base` from index `base_index` on and those of coroutines resumed inside. Returns LUA_OK, or the status of an
 * error nobody caught (or of a yield of `base` itself): entry->thrower then has the value. */
int rl_engine_run_protected(State *base, ptrdiff_t base_index, const Step *first, Entry *entry);
void rl_engine_unwind(Step *step); /* STEP_UNWIND */

/* close.c: prepares the __close call of the newest pending slot at or above `level`: function, value, error on L->top;
 * `error` may be NULL (nil). Returns the function's slot, or NULL when nothing is pending. */
Value *rl_close_prepare(State *L, Value *level, const Value *error);
static inline bool close_is_pending(const State *L, const Value *level) {
  return L->close_count > 0 && L->stack + L->close_slots[L->close_count - 1] >= level;
}

#endif

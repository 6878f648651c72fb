/* Budgets: limits on what a call may use, and on what a whole state may.
 *
 * Budgets nest; the innermost is Global.budget.innermost, and what is used counts for it and for all outer ones. The
 * interpreter counts through a dispatch table of its own: a jump backward costs the length of its loop, a call the
 * length of the function that is called, so that a count is never less than the instructions that were executed. C
 * functions cost a fixed amount, and say through vm/work.h when they do more. Whenever the counter runs out, the
 * budgets are settled, the clocks are read if a budget has a time, and what may be used until the next look is granted.
 *
 * A limit that is reached raises an error. A final budget throws RL_STATUS_LIMIT: it passes every pcall, coroutine and
 * message handler of Lua up to the call that the budget belongs to. Where C code catches it (lua_pcall), it looks like
 * an ordinary error, but the budget stays spent, and the next call or loop raises it again. A budget that is not final
 * raises an ordinary error first, which leaves whoever catches it a grace, and becomes final when that is used up.
 * While the stack is unwound, to-be-closed variables are closed as long as a small allowance lasts. */
#ifndef RL_VM_BUDGET_H
#define RL_VM_BUDGET_H

#include "value/global.h"
#include "vm/work.h"

typedef enum LimitKind {
  LIMIT_NONE,
  LIMIT_INSTRUCTIONS,
  LIMIT_WALL,
  LIMIT_CPU,
  LIMIT_MEMORY,
  LIMIT_OUTPUT,
  LIMIT_DEPTH,
  LIMIT_INTERRUPT, /* none: whoever waits for the call has something else to do (Budget.host) */
  LIMIT_COUNT
} LimitKind;

#define LIMIT_OFF INT64_MAX

typedef enum BudgetState { BUDGET_OPEN, BUDGET_GRACE, BUDGET_SPENT } BudgetState;

/* All zero but for the limits that are wanted: use budget_init. Lives in its owner's memory, which must not move while
 * the budget is in the chain. */
typedef struct Budget {
  struct Budget *outer;
  int64_t instructions, instructions_used; /* left, used */
  int64_t wall, wall_used, wall_since;     /* nanoseconds; _since: the clock when they were last settled */
  int64_t cpu, cpu_used, cpu_since, cpu_wall_since;
  int64_t output, output_used;      /* bytes */
  int64_t memory;                   /* bytes that may be held beyond memory_base */
  size_t memory_base, memory_bound; /* base: what was held at the call, or the least since then */
  int64_t depth;                    /* C calls nested beyond the depth at the call */
  uint32_t depth_base;
  const State *host;    /* NULL, or of another state, in which a C function waits for the call: when somebody wants that
                           program to end, or a signal has set a hook there, the budget is spent */
  int host_hooks;       /* its main thread's hook_mask at the call */
  uint32_t host_limits; /* bits by LimitKind: limits that are the host's */
  bool is_final;        /* its errors cannot be caught inside */
  bool is_entered;      /* stands in the chain */
  uint8_t state;        /* BudgetState */
  uint8_t reached;      /* LimitKind: the limit that was reached first */
} Budget;

static inline void budget_init(Budget *budget) {
  *budget = (Budget){.instructions = LIMIT_OFF,
                     .wall = LIMIT_OFF,
                     .cpu = LIMIT_OFF,
                     .output = LIMIT_OFF,
                     .memory = LIMIT_OFF,
                     .depth = LIMIT_OFF,
                     .is_final = true};
}

/* "instruction", "wall time", ... */
extern const char *const rl_limit_names[LIMIT_COUNT];

/* Calls the value at `function` with the arguments up to L->top under the budget, which must not be entered: protected,
 * not yieldable. The results, or the error, are at `function`; returns the status. When the budget is spent, whatever
 * the function did is taken for an error that says so. Raises when an outer budget is spent. `handler`: as for
 * rl_call_protected. */
int rl_budget_call(State *L, Budget *budget, Value *function, int wanted, ptrdiff_t handler);
/* Puts a budget around everything that the state does, until it is taken out. Raises nothing. */
void rl_budget_add_outermost(State *L, Budget *budget);
void rl_budget_remove(State *L, Budget *budget);
/* Of a budget for a call in another state, on behalf of a C function of this one: may use no more than what is left
 * here. Its memory is that of the other state as a whole. Raises nothing. */
void rl_budget_nest(State *L, Budget *inner, const State *other);
/* What the call has used is used here as well. Raises when that is too much, or when it was a limit of ours that has
 * ended the call. */
void rl_budget_charge_nested(State *L, const Budget *inner);
/* Brings the used and left amounts up to date. */
void rl_budget_settle(State *L);
/* For C code that sleeps: the nanoseconds that it may, LIMIT_OFF: for ever. Raises nothing. And: it has slept that
 * long, and nothing has come. Raises, in general. */
int64_t rl_budget_sleep_left(State *L);
void rl_budget_slept(State *L);
/* Calls `tick` every few thousand instructions, between two of them; NULL: no longer. May allocate, raise, call Lua. */
void rl_budget_set_tick(State *L, void (*tick)(State *L));
/* Nothing is counted or limited until the same number of resumes (C code that must not be interrupted). */
void rl_budget_suspend(State *L);
void rl_budget_resume(State *L);
/* For lua_close: no limits any more, except that in a state that was limited as a whole the finalizers together have an
 * allowance. */
void rl_budget_close(State *L);
/* A full collection has been made because an allocation failed; somebody looks when it is convenient. */
void rl_budget_charge_collection(State *L);
/* For Global.hooks->memory_status. */
int rl_budget_memory_status(State *L);

/* ---- for the interpreter, hooks and coroutines ---- */

/* The counter has run out before the instruction at pc - 1 of the running Lua function. May raise, call Lua. */
void rl_budget_look_between(State *L);
/* The counter has run out, or C calls are nested too deep, at the record that was just pushed. May raise. */
void rl_budget_look_in_call(State *L);
#define C_CALL_COST 16 /* of a C function, in instructions; a Lua function costs its length */
/* Charges for the record that was just pushed. (The interpreter does so itself where it pushes one.) May raise. */
static inline void budget_count_call(State *L, uint32_t cost) {
  Global *global = L->global;
  if (__builtin_expect((global->budget.steps -= cost) < 0 || global->c_depth > global->budget.depth_bound, 0))
    rl_budget_look_in_call(L);
}
/* Charges the instruction at pc - 1, in a table where each is traced. May raise. */
void rl_budget_count_traced(State *L);
/* Makes a thread count, or not, like the rest of its state. */
void rl_budget_follow(State *L);
static inline void budget_follow(State *L) {
  if (__builtin_expect((L->hook_mask & HOOK_BUDGET) != L->global->budget.hook_bit, 0)) rl_budget_follow(L);
}

#endif

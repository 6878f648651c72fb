#include "vm/budget.h"

#include <time.h>

#include "bytecode/encode.h"
#include "object/stack.h"
#include "object/strings.h"
#include "raise/raise.h"
#include "vm/call.h"
#include "vm/debug_info.h"
#include "vm/error_text.h"
#include "vm/hook.h"
#include "vm/interp.h"
#include "vm/interrupt.h"

#define LOOK_INTERVAL     4096    /* instructions between two looks at the clock: some microseconds */
#define CLOSING_ALLOWANCE 10000   /* for __close methods, while a final error unwinds */
#define CLOSE_ALLOWANCE   1000000 /* for finalizers, when a limited state is closed */
#define UNCOUNTED         (INT64_MAX / 2)

const char *const rl_limit_names[LIMIT_COUNT] = {[LIMIT_NONE] = "no",
                                                 [LIMIT_INSTRUCTIONS] = "instruction",
                                                 [LIMIT_WALL] = "wall time",
                                                 [LIMIT_CPU] = "CPU time",
                                                 [LIMIT_MEMORY] = "memory",
                                                 [LIMIT_OUTPUT] = "output",
                                                 [LIMIT_DEPTH] = "C call depth",
                                                 [LIMIT_INTERRUPT] = "interrupt"};

/* ---- settling what has been used ---- */

static int64_t read_clock(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void take(int64_t *left, int64_t *used, int64_t amount) {
  *used += amount;
  if (*left != LIMIT_OFF) *left -= amount;
}

static void settle_steps(BudgetAccount *account) {
  int64_t used = account->granted - account->steps;
  account->granted = account->steps;
  if (account->suspended > 0) return;
  for (Budget *budget = account->innermost; budget != NULL; budget = budget->outer)
    take(&budget->instructions, &budget->instructions_used, used);
}

/* The processor's clock costs a system call. It cannot run faster than the wall's, so it is asked only when a budget
 * might have used up its time since it was asked last, or for an `exact` account. */
static void settle_times(const BudgetAccount *account, bool exact) {
  int64_t wall = read_clock(CLOCK_MONOTONIC);
  for (Budget *budget = account->innermost; budget != NULL; budget = budget->outer) {
    take(&budget->wall, &budget->wall_used, wall - budget->wall_since);
    budget->wall_since = wall;
    exact = exact || (budget->cpu != LIMIT_OFF && wall - budget->cpu_wall_since >= budget->cpu);
  }
  if (!exact) return;
  int64_t cpu = read_clock(CLOCK_THREAD_CPUTIME_ID);
  for (Budget *budget = account->innermost; budget != NULL; budget = budget->outer) {
    take(&budget->cpu, &budget->cpu_used, cpu - budget->cpu_since);
    budget->cpu_since = cpu;
    budget->cpu_wall_since = wall;
  }
}

void rl_budget_settle(State *L) {
  settle_steps(&L->global->budget);
  settle_times(&L->global->budget, true);
}

/* ---- granting ---- */

static bool has_times(const BudgetAccount *account) {
  for (const Budget *budget = account->innermost; budget != NULL; budget = budget->outer)
    if (budget->wall != LIMIT_OFF || budget->cpu != LIMIT_OFF || budget->host != NULL) return true;
  return false;
}

static void grant(BudgetAccount *account) {
  int64_t steps = has_times(account) || account->tick != NULL ? LOOK_INTERVAL : UNCOUNTED;
  for (const Budget *budget = account->innermost; budget != NULL; budget = budget->outer)
    if (budget->instructions < steps) steps = budget->instructions;
  account->steps = account->granted = account->suspended > 0 ? UNCOUNTED : steps;
}

void rl_budget_suspend(State *L) {
  settle_steps(&L->global->budget);
  L->global->budget.suspended++;
  grant(&L->global->budget);
}

void rl_budget_resume(State *L) {
  BudgetAccount *account = &L->global->budget;
  settle_steps(account);
  account->suspended--;
  grant(account);
}

/* ---- reaching a limit ---- */

/* The state in which somebody waits has to go on, or the one that waits for that. */
static bool is_called_away(const State *host, int hooks) {
  if (interrupt_wants_end(host->global) || host->global->main_state->hook_mask != hooks) return true;
  for (const Budget *budget = host->global->budget.innermost; budget != NULL; budget = budget->outer)
    if (budget->host != NULL && is_called_away(budget->host, budget->host_hooks)) return true;
  return false;
}

static LimitKind exhausted(const Budget *budget) {
  if (budget->state == BUDGET_SPENT) return budget->instructions < 0 ? (LimitKind)budget->reached : LIMIT_NONE;
  if (budget->host != NULL && is_called_away(budget->host, budget->host_hooks)) return LIMIT_INTERRUPT;
  if (budget->instructions < 0) return LIMIT_INSTRUCTIONS;
  if (budget->wall < 0) return LIMIT_WALL;
  return budget->cpu < 0 ? LIMIT_CPU : LIMIT_NONE;
}

static void spend(State *L, Budget *budget, LimitKind kind) {
  if (budget->state == BUDGET_SPENT) return;
  L->global->budget.is_spent = 1;
  budget->state = BUDGET_SPENT;
  if (budget->reached == LIMIT_NONE) budget->reached = (uint8_t)kind;
  budget->instructions = CLOSING_ALLOWANCE;
  budget->wall = budget->cpu = budget->output = budget->memory = budget->depth = LIMIT_OFF;
}

/* A tenth of what there was at first, and not less than `least`. */
static int64_t grace(int64_t used, int64_t least) {
  return used / 10 > least ? used / 10 : least;
}

static void allow_grace(Budget *budget, LimitKind kind) {
  budget->state = BUDGET_GRACE;
  budget->reached = (uint8_t)kind;
  if (kind == LIMIT_INSTRUCTIONS) budget->instructions = grace(budget->instructions_used, 1000);
  if (kind == LIMIT_WALL) budget->wall = grace(budget->wall_used, 1000000);
  if (kind == LIMIT_CPU) budget->cpu = grace(budget->cpu_used, 1000000);
}

/* The text lies on the stack, where a few slots are always free. Its making may collect, but never fails for the sake
 * of the limit that it tells about. */
static void push_message(State *L, LimitKind kind) {
  BudgetAccount *account = &L->global->budget;
  size_t bound = account->memory_bound;
  account->memory_bound = SIZE_MAX;
  rl_debug_push_where(L, call_is_lua(L->call_info) ? 0 : 1, false);
  const char *format = kind == LIMIT_INTERRUPT ? "%sinterrupted" : "%s%s limit reached";
  rl_push_formatted(L, format, string_bytes(value_string(L->top - 1)), rl_limit_names[kind]);
  value_copy(L->top - 2, L->top - 1);
  L->top--;
  account->memory_bound = bound;
}

static RL_NORETURN void throw_final(State *L, Budget *budget, LimitKind kind) {
  spend(L, budget, kind);
  grant(&L->global->budget);
  push_message(L, (LimitKind)budget->reached);
  rl_throw(L, RL_STATUS_LIMIT);
}

static void reach(State *L, Budget *budget, LimitKind kind) {
  if (budget->is_final || budget->state != BUDGET_OPEN || kind == LIMIT_INTERRUPT) throw_final(L, budget, kind);
  allow_grace(budget, kind);
  grant(&L->global->budget);
  push_message(L, kind);
  rl_error_throw(L);
}

/* A limit that refuses, each time, and leaves the rest of the budget as it is. */
static void refuse(State *L, Budget *budget, LimitKind kind) {
  if (budget->is_final) throw_final(L, budget, kind);
  budget->reached = (uint8_t)kind;
  push_message(L, kind);
  rl_error_throw(L);
}

/* The outermost budget decides: its error goes farthest. */
static void look(State *L) {
  BudgetAccount *account = &L->global->budget;
  Budget *found = NULL;
  settle_steps(account);
  if (has_times(account)) settle_times(account, false);
  if (account->suspended == 0)
    for (Budget *budget = account->innermost; budget != NULL; budget = budget->outer)
      if (exhausted(budget) != LIMIT_NONE) found = budget;
  if (found != NULL) reach(L, found, exhausted(found));
  grant(account);
}

/* Where the tick cannot be called: it is due before the next counted instruction. */
static void look_within(State *L) {
  BudgetAccount *account = &L->global->budget;
  look(L);
  if (account->tick != NULL && account->suspended == 0) account->steps = account->granted = 0;
}

/* ---- counting ---- */

static void charge(State *L, int64_t cost) {
  BudgetAccount *account = &L->global->budget;
  account->steps -= cost;
  if (account->steps < 0) look_within(L);
}

static void check_depth(State *L) {
  Budget *found = NULL;
  int64_t depth = L->global->c_depth;
  for (Budget *budget = L->global->budget.innermost; budget != NULL; budget = budget->outer)
    if (budget->depth != LIMIT_OFF && depth - budget->depth_base > budget->depth) found = budget;
  if (found != NULL && L->global->budget.suspended == 0) refuse(L, found, LIMIT_DEPTH);
}

void rl_budget_look_in_call(State *L) {
  if (L->global->c_depth > L->global->budget.depth_bound) check_depth(L);
  if (L->global->budget.steps < 0) look_within(L);
}

/* L->top is exact before an instruction that takes an open list; elsewhere the whole frame counts. */
static void keep_frame(State *L) {
  const CallInfo *record = L->call_info;
  if (!instruction_takes_open_list(record->pc[-1])) L->top = record->top;
}

void rl_budget_count_traced(State *L) {
  const Instruction *pc = L->call_info->pc;
  const OpcodeInfo *info = &rl_opcodes[instruction_op(pc[-1])];
  int32_t jump = info->flow != FLOW_BRANCH && info->flow != FLOW_JUMP ? 0
                 : info->words == 1                                   ? instruction_jump(pc[-1])
                                                                      : (int32_t)pc[0];
  if (jump >= 0 || (L->global->budget.steps += jump) >= 0) return;
  keep_frame(L);
  look(L);
}

void rl_budget_look_between(State *L) {
  BudgetAccount *account = &L->global->budget;
  keep_frame(L);
  look(L);
  if (account->tick == NULL || account->suspended > 0) return;
  CallInfo *record = L->call_info;
  ptrdiff_t index = record - L->call_base, top = stack_save(L, L->top), record_top = stack_save(L, record->top);
  if (L->top < record->top) L->top = record->top;
  stack_ensure(L, LUA_MINSTACK);
  record->top = L->top + LUA_MINSTACK;
  rl_budget_suspend(L);
  record->flags |= CALL_HOOKED;
  account->tick(L);
  rl_budget_resume(L);
  record = L->call_base + index;
  record->flags &= (uint16_t)~CALL_HOOKED;
  record->top = stack_restore(L, record_top);
  L->top = stack_restore(L, top);
}

/* ---- the libraries' door ---- */

void rl_work(lua_State *L, size_t units) {
  if (interrupt_wants_end(L->global)) L->global->interrupt.on_work(L, units);
  if (RL_LIKELY((L->hook_mask & HOOK_BUDGET) == 0)) return;
  charge(L, units > (size_t)UNCOUNTED ? UNCOUNTED : (int64_t)units);
}

void rl_work_output(lua_State *L, size_t bytes) {
  if (RL_LIKELY((L->hook_mask & HOOK_BUDGET) == 0)) return;
  int64_t amount = bytes > (size_t)UNCOUNTED ? UNCOUNTED : (int64_t)bytes;
  Budget *found = NULL;
  for (Budget *budget = L->global->budget.innermost; budget != NULL; budget = budget->outer)
    if (budget->output < amount) found = budget;
  if (found != NULL && L->global->budget.suspended == 0) refuse(L, found, LIMIT_OUTPUT);
  for (Budget *budget = L->global->budget.innermost; budget != NULL; budget = budget->outer)
    take(&budget->output, &budget->output_used, amount);
  charge(L, amount / 2);
}

/* ---- sleeping ---- */

/* The outermost budget that is spent, or NULL. What runs under it is being unwound, and has no time to wait. */
static Budget *find_spent(const BudgetAccount *account) {
  Budget *found = NULL;
  for (Budget *budget = account->innermost; budget != NULL; budget = budget->outer)
    if (budget->state == BUDGET_SPENT) found = budget;
  return found;
}

int64_t rl_budget_sleep_left(State *L) {
  BudgetAccount *account = &L->global->budget;
  int64_t least = LIMIT_OFF;
  if (account->innermost == NULL || account->suspended > 0) return LIMIT_OFF;
  if (find_spent(account) != NULL) return 0;
  settle_times(account, false);
  for (const Budget *budget = account->innermost; budget != NULL; budget = budget->outer)
    if (budget->wall < least) least = budget->wall;
  return least > 0 ? least : 0;
}

void rl_budget_slept(State *L) {
  Budget *spent = find_spent(&L->global->budget);
  if (spent != NULL && L->global->budget.suspended == 0) throw_final(L, spent, (LimitKind)spent->reached);
  look(L);
}

/* ---- memory ---- */

static void find_bound(BudgetAccount *account) {
  account->memory_bound = SIZE_MAX;
  for (Budget *budget = account->innermost; budget != NULL; budget = budget->outer) {
    if (budget->memory == LIMIT_OFF) continue;
    size_t room = SIZE_MAX - budget->memory_base;
    budget->memory_bound = budget->memory_base + ((uint64_t)budget->memory < room ? (size_t)budget->memory : room);
    if (budget->memory_bound < account->memory_bound) account->memory_bound = budget->memory_bound;
  }
}

/* What was held at a call may have been garbage, which is nothing that the call may use. */
static void lower_bounds(BudgetAccount *account, size_t total) {
  account->memory_low = total;
  for (Budget *budget = account->innermost; budget != NULL; budget = budget->outer)
    if (total < budget->memory_base) budget->memory_base = total;
  find_bound(account);
}

/* lua_Alloc while there is a bound. */
static void *allocate_bounded(void *data, void *buffer, size_t old_size, size_t new_size) {
  Global *global = data;
  BudgetAccount *account = &global->budget;
  size_t held = buffer != NULL ? old_size : 0;
  if (new_size > held) {
    size_t total = global->account.total_bytes;
    account->refused = NULL;
    if (RL_UNLIKELY(total < account->memory_low)) lower_bounds(account, total);
    if (new_size - held > account->memory_bound - (total < account->memory_bound ? total : account->memory_bound)) {
      for (Budget *budget = account->innermost; budget != NULL; budget = budget->outer)
        if (budget->memory_bound <= total || new_size - held > budget->memory_bound - total)
          if (budget->memory != LIMIT_OFF && budget->is_final) account->refused = budget;
      return NULL;
    }
  }
  return account->allocate(account->allocate_data, buffer, old_size, new_size);
}

void rl_budget_charge_collection(State *L) {
  L->global->budget.steps -= (int64_t)(L->global->account.total_bytes / 64);
}

int rl_budget_memory_status(State *L) {
  Budget *budget = L->global->budget.refused;
  if (budget == NULL) return LUA_ERRMEM;
  L->global->budget.refused = NULL;
  settle_steps(&L->global->budget);
  spend(L, budget, LIMIT_MEMORY);
  grant(&L->global->budget);
  return RL_STATUS_LIMIT;
}

static void bound_memory(Global *global) {
  BudgetAccount *account = &global->budget;
  account->memory_low = global->account.total_bytes;
  find_bound(account);
  bool wanted = account->memory_bound != SIZE_MAX;
  if (wanted == (account->allocate != NULL)) return;
  if (wanted) {
    account->allocate = global->account.allocate;
    account->allocate_data = global->account.allocate_data;
    global->account.allocate = allocate_bounded;
    global->account.allocate_data = global;
  } else {
    global->account.allocate = account->allocate;
    global->account.allocate_data = account->allocate_data;
    account->allocate = NULL;
    account->refused = NULL;
  }
}

/* ---- the chain ---- */

void rl_budget_follow(State *L) {
  L->hook_mask = (L->hook_mask & ~HOOK_BUDGET) | L->global->budget.hook_bit;
  rl_hook_choose_dispatch(L);
}

/* After a change of the chain or the tick: what follows from it. */
static void chain_changed(State *L) {
  Global *global = L->global;
  BudgetAccount *account = &global->budget;
  bound_memory(global);
  account->depth_bound = UINT32_MAX;
  account->is_spent = 0;
  for (const Budget *budget = account->innermost; budget != NULL; budget = budget->outer)
    if (budget->state == BUDGET_SPENT) account->is_spent = 1;
  for (const Budget *budget = account->innermost; budget != NULL; budget = budget->outer)
    if (budget->depth != LIMIT_OFF && budget->depth_base + (uint64_t)budget->depth < account->depth_bound)
      account->depth_bound = budget->depth_base + (uint32_t)budget->depth;
  account->hook_bit = account->innermost != NULL || account->tick != NULL ? HOOK_BUDGET : 0;
  grant(account);
  for (State *thread = L; thread != NULL; thread = thread->resumer) rl_budget_follow(thread);
  for (State *thread = global->current; thread != NULL; thread = thread->resumer) rl_budget_follow(thread);
  rl_budget_follow(global->main_state);
}

static void begin(State *L, Budget *budget, bool whole_state) {
  Global *global = L->global;
  size_t total = global->account.total_bytes;
  if (budget->memory_base == 0 && !whole_state) budget->memory_base = total;
  budget->depth_base = whole_state ? 0 : global->c_depth;
  budget->wall_since = budget->cpu_wall_since = read_clock(CLOCK_MONOTONIC);
  budget->cpu_since = read_clock(CLOCK_THREAD_CPUTIME_ID);
  budget->is_entered = true;
}

static void enter(State *L, Budget *budget) {
  BudgetAccount *account = &L->global->budget;
  settle_steps(account);
  begin(L, budget, false);
  budget->outer = account->innermost;
  account->innermost = budget;
  chain_changed(L);
}

void rl_budget_add_outermost(State *L, Budget *budget) {
  Budget **link = &L->global->budget.innermost;
  settle_steps(&L->global->budget);
  begin(L, budget, true);
  while (*link != NULL) link = &(*link)->outer;
  budget->outer = NULL;
  *link = budget;
  chain_changed(L);
}

void rl_budget_remove(State *L, Budget *budget) {
  Budget **link = &L->global->budget.innermost;
  rl_budget_settle(L);
  while (*link != NULL && *link != budget) link = &(*link)->outer;
  if (*link == budget) *link = budget->outer;
  budget->is_entered = false;
  chain_changed(L);
}

void rl_budget_set_tick(State *L, void (*tick)(State *L)) {
  settle_steps(&L->global->budget);
  L->global->budget.tick = tick;
  chain_changed(L);
}

void rl_budget_close(State *L) {
  BudgetAccount *account = &L->global->budget;
  Budget *budget = account->innermost;
  while (budget != NULL && budget->outer != NULL) budget = budget->outer;
  if (budget != NULL) {
    budget_init(budget);
    budget->instructions = CLOSE_ALLOWANCE;
    budget->is_entered = true;
  }
  account->innermost = budget;
  account->tick = NULL;
  account->suspended = 0;
  chain_changed(L);
}

/* ---- calling ---- */

typedef struct Call {
  Value *function;
  int wanted;
} Call;

static void call_body(State *L, void *data) {
  const Call *call = data;
  rl_call_no_yield(L, call->function, call->wanted);
}

/* The thrown text tells where; what C code has made of the error, and the text of a memory error, do not. */
static void put_message(State *L, ptrdiff_t place, const Budget *budget, bool was_thrown) {
  Value *slot = stack_restore(L, place);
  if (was_thrown && budget->reached != LIMIT_MEMORY && value_is_string(slot)) return;
  L->top = slot;
  push_message(L, (LimitKind)budget->reached);
}

int rl_budget_call(State *L, Budget *budget, Value *function, int wanted, ptrdiff_t handler) {
  ptrdiff_t place = stack_save(L, function);
  int status = LUA_ERRRUN;
  if (budget->state != BUDGET_SPENT) {
    Call call = {function, wanted};
    enter(L, budget);
    status = rl_call_protected(L, call_body, &call, place, handler);
    rl_budget_remove(L, budget);
  }
  if (budget->state == BUDGET_SPENT) {
    put_message(L, place, budget, status == RL_STATUS_LIMIT);
    return LUA_ERRRUN;
  }
  if (status == RL_STATUS_LIMIT) rl_throw(L, status);
  return status;
}

/* ---- calls in another state ---- */

/* What is left of the limit for a call; depth and memory are counted from where we are: the other state continues our
 * depth, and takes its memory from us. */
static int64_t left_for_call(const Global *global, const Budget *budget, LimitKind kind) {
  switch (kind) {
    case LIMIT_INSTRUCTIONS: return budget->instructions;
    case LIMIT_WALL: return budget->wall;
    case LIMIT_CPU: return budget->cpu;
    case LIMIT_OUTPUT: return budget->output;
    case LIMIT_DEPTH:
      return budget->depth == LIMIT_OFF ? LIMIT_OFF : budget->depth + budget->depth_base - (int64_t)global->c_depth;
    default:
      return budget->memory == LIMIT_OFF ? LIMIT_OFF : (int64_t)(budget->memory_bound - global->account.total_bytes);
  }
}

/* The budget that leaves least of the limit, or NULL. Of equal ones the outermost. */
static Budget *tightest(const Global *global, LimitKind kind) {
  Budget *found = NULL;
  int64_t least = LIMIT_OFF - 1;
  for (Budget *budget = global->budget.innermost; budget != NULL; budget = budget->outer) {
    int64_t left = left_for_call(global, budget, kind);
    if (left > least) continue;
    least = left;
    found = budget;
  }
  return found;
}

static int64_t *limit_of(Budget *budget, LimitKind kind) {
  switch (kind) {
    case LIMIT_INSTRUCTIONS: return &budget->instructions;
    case LIMIT_WALL: return &budget->wall;
    case LIMIT_CPU: return &budget->cpu;
    case LIMIT_OUTPUT: return &budget->output;
    case LIMIT_DEPTH: return &budget->depth;
    default: return &budget->memory;
  }
}

void rl_budget_nest(State *L, Budget *inner, const State *other) {
  const Global *global = L->global;
  rl_budget_settle(L);
  inner->host = L;
  inner->host_hooks = global->main_state->hook_mask;
  inner->host_limits = 0;
  if (global->budget.suspended > 0) return;
  for (int kind = LIMIT_INSTRUCTIONS; kind <= LIMIT_DEPTH; kind++) {
    const Budget *budget = tightest(global, (LimitKind)kind);
    if (budget == NULL) continue;
    int64_t left = left_for_call(global, budget, (LimitKind)kind);
    if (left < 0) left = 0;
    if (kind == LIMIT_MEMORY) left += (int64_t)other->global->account.total_bytes;
    if (left >= *limit_of(inner, (LimitKind)kind)) continue;
    *limit_of(inner, (LimitKind)kind) = left;
    inner->host_limits |= 1u << kind;
    inner->is_final = true;
  }
}

void rl_budget_charge_nested(State *L, const Budget *inner) {
  BudgetAccount *account = &L->global->budget;
  LimitKind kind = (LimitKind)inner->reached;
  if (account->innermost == NULL || account->suspended > 0) return;
  for (Budget *budget = account->innermost; budget != NULL; budget = budget->outer)
    take(&budget->output, &budget->output_used, inner->output_used);
  charge(L, inner->instructions_used);
  if (inner->state != BUDGET_SPENT || (inner->host_limits & 1u << kind) == 0) return;
  Budget *budget = tightest(L->global, kind);
  if (budget == NULL) return;
  if (kind == LIMIT_MEMORY) {
    if (budget->is_final) account->refused = budget;
    rl_raise_memory(L);
  }
  if (kind == LIMIT_OUTPUT || kind == LIMIT_DEPTH) refuse(L, budget, kind);
  look(L);
}

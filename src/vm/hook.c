#include "vm/hook.h"

#include "base/config.h"
#include "bytecode/encode.h"
#include "object/functions.h"
#include "object/stack.h"
#include "vm/budget.h"
#include "vm/debug_info.h"
#include "vm/interp.h"
#include "vm/interrupt.h"

void rl_hook_choose_dispatch(State *L) {
  int mask = L->hook_mask;
  if (interrupt_is_requested(L->global)) mask |= LUA_MASKCOUNT;
  state_set_dispatch(L, rl_interpret_dispatch(mask));
}

void rl_hook_set(State *L, lua_Hook hook, int mask, int count) {
  if (hook == NULL || mask == 0) {
    mask = 0;
    hook = NULL;
  }
  L->hook = hook;
  L->base_hook_count = count;
  L->hook_count = count;
  mask |= L->hook_mask & HOOK_BUDGET;
  L->hook_mask = mask;
  rl_hook_choose_dispatch(L);
}

static void call_function(State *L, lua_Hook hook, int event, int line, int transfer_first, int transfer_count) {
  CallInfo *record = L->call_info;
  ptrdiff_t index = record - L->call_base;
  ptrdiff_t top = stack_save(L, L->top);
  ptrdiff_t record_top = stack_save(L, record->top);
  lua_Debug info = {.event = event, .currentline = line};
  rl_debug_bind(L, &info, record);
  L->transfer_first = (uint16_t)transfer_first;
  L->transfer_count = (uint16_t)transfer_count;
  if (call_is_lua(record) && L->top < record->top) L->top = record->top;
  stack_ensure(L, LUA_MINSTACK);
  if (record->top < L->top + LUA_MINSTACK) record->top = L->top + LUA_MINSTACK;
  uint8_t allow_hook = L->allow_hook;
  L->allow_hook = 0;
  record->flags |= CALL_HOOKED;
  hook(L, &info);
  record = L->call_base + index;
  L->allow_hook = allow_hook;
  record->flags &= (uint16_t)~CALL_HOOKED;
  record->top = stack_restore(L, record_top);
  L->top = stack_restore(L, top);
}

void rl_hook_call(State *L, int event, int line, int transfer_first, int transfer_count) {
  lua_Hook hook = L->hook;
  if (hook != NULL && L->allow_hook) call_function(L, hook, event, line, transfer_first, transfer_count);
}

/* The handler is called in finalizers and hooks too. Without a request, and without hooks, this thread of the state was
 * the last to hear that it is over. */
static void look_for_interrupt(State *L, const CallInfo *record) {
  Global *global = L->global;
  if (interrupt_is_requested(global)) {
    if (record->flags & CALL_HELD) return;
    if (!instruction_takes_open_list(record->pc[-1])) L->top = record->top;
    call_function(L, global->interrupt.handler, LUA_HOOKCOUNT, -1, 0, 0);
  } else if ((L->hook_mask & ~HOOK_BUDGET) == 0) {
    rl_hook_choose_dispatch(L);
  }
}

static uint32_t pc_index(const CallInfo *record) {
  return (uint32_t)(record->pc - call_closure(record)->prototype->code) - 1;
}

/* Whether the current instruction is the RETURN that passes on what a tail-called C function returned. To programs it
 * is a part of the call: it is no step of its own, and the return happens on the line of the call. */
static bool ends_tail_call(const CallInfo *record) {
  const Instruction *pc = record->pc;
  if (instruction_op(pc[-1]) != OP_RETURN || instruction_b(pc[-1]) != 0 || pc_index(record) == 0) return false;
  return instruction_op(pc[-2]) == OP_TAILCALL;
}

void rl_hook_on_call(State *L) {
  CallInfo *record = L->call_info;
  bool is_lua = call_is_lua(record);
  if (is_lua) L->hook_old_pc = 0;
  if (!(L->hook_mask & LUA_MASKCALL)) return;
  int count = is_lua ? call_closure(record)->prototype->parameter_count : (int)(L->top - record->base);
  ptrdiff_t index = record - L->call_base;
  if (is_lua) record->pc++; /* a record's pc is always behind the current instruction */
  rl_hook_call(L, record->flags & CALL_TAIL ? LUA_HOOKTAILCALL : LUA_HOOKCALL, -1, 1, count);
  if (is_lua) L->call_base[index].pc--;
}

Value *rl_hook_on_return(State *L, Value *first, ptrdiff_t count) {
  CallInfo *record = L->call_info;
  if (L->hook_mask & LUA_MASKRET) {
    ptrdiff_t offset = stack_save(L, first);
    if (call_is_lua(record) && ends_tail_call(record)) record->pc--;
    L->top = first + count;
    rl_hook_call(L, LUA_HOOKRET, -1, (int)(first - record->base) + 1, (int)count);
    first = stack_restore(L, offset);
    record = L->call_info;
  }
  if (call_is_lua(record - 1)) L->hook_old_pc = pc_index(record - 1);
  return first;
}

/* A new line begins: at the first instruction of a function, on another line than before, and after a jump backward. */
static bool starts_line(State *L, const Prototype *prototype, uint32_t pc) {
  uint32_t old = L->hook_old_pc < prototype->code_count ? L->hook_old_pc : 0;
  L->hook_old_pc = pc;
  return pc <= old || rl_prototype_line(prototype, pc) != rl_prototype_line(prototype, old);
}

/* Instructions that stock Lua takes together with the one before: the end of a tail call, the call of a generic `for`
 * after its preparation, and its test after the call. */
static bool continues_step(const State *L, const CallInfo *record) {
  const Prototype *prototype = call_closure(record)->prototype;
  switch (instruction_op(record->pc[-1])) {
    case OP_RETURN: return ends_tail_call(record);
    case OP_TFORLOOP: return true;
    case OP_TFORCALL:
      return L->hook_old_pc < prototype->code_count && instruction_op(prototype->code[L->hook_old_pc]) == OP_TFORPREP;
    default: return false;
  }
}

bool rl_hook_trace(State *L) {
  look_for_interrupt(L, L->call_info);
  if (L->hook_mask & HOOK_BUDGET) rl_budget_count_traced(L);
  CallInfo *record = L->call_info;
  int mask = L->hook_mask;
  if (!(mask & (LUA_MASKLINE | LUA_MASKCOUNT)) || (record->flags & CALL_HELD)) return true;
  if (continues_step(L, record)) return true;
  bool count_due = (mask & LUA_MASKCOUNT) && --L->hook_count == 0;
  if (count_due)
    L->hook_count = L->base_hook_count;
  else if (!(mask & LUA_MASKLINE))
    return true;
  if (!instruction_takes_open_list(record->pc[-1])) L->top = record->top;
  if (record->flags & CALL_HOOK_YIELD) {
    record->flags &= (uint16_t)~CALL_HOOK_YIELD;
    return true;
  }
  if (count_due) rl_hook_call(L, LUA_HOOKCOUNT, -1, 0, 0);
  if (mask & LUA_MASKLINE) {
    const Prototype *prototype = call_closure(L->call_info)->prototype;
    uint32_t pc = pc_index(L->call_info);
    if (starts_line(L, prototype, pc)) rl_hook_call(L, LUA_HOOKLINE, rl_prototype_line(prototype, pc), 0, 0);
  }
  if (L->status != LUA_YIELD) return true;
  if (count_due) L->hook_count = 1;
  return false;
}

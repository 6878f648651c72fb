/* The value stack and the call records of a thread.
 *
 * Both are arrays that move when they grow. The new array is allocated first, then filled, and while the old one is
 * still there every pointer into it is carried over: top, the records' function, base and top, the open upvalues.
 * Everything else that speaks of the stack (to-be-closed list, message handlers) holds offsets.
 *
 * Overflow: a stack may grow to RL_MAX_STACK slots. The request that goes beyond gets ERROR_SLOTS more, so that the
 * message handler has room to run, and raises "stack overflow"; a request that does not fit into these either is an
 * error while handling an error. When the stack shrinks again the zone is gone. Call records have the same two limits.
 */
#include "object/stack.h"

#include <string.h>

#include "heap/account.h"
#include "object/functions.h"
#include "object/strings.h"
#include "raise/raise.h"

#define ERROR_SLOTS      200u
#define FIRST_RECORDS    8u
#define MAX_RECORDS      RL_MAX_STACK
#define CLOSE_LIST_LIMIT (RL_MAX_STACK + ERROR_SLOTS + RL_EXTRA_STACK)

static size_t stack_bytes(size_t size) {
  return (size + RL_EXTRA_STACK) * sizeof(Value);
}
static size_t record_count(const State *L) {
  return (size_t)(L->call_end - L->call_base);
}

RL_NORETURN static void raise_in_error_handling(State *L) {
  String *message = rl_string_from_c(L, "error in error handling");
  value_set_object(L->top, message);
  L->top++;
  rl_throw(L, LUA_ERRERR);
}

/* ---- moving the value stack ---- */

static Value *carried_over(Value *fresh, const Value *old, const Value *pointer) {
  return fresh + (pointer - old);
}

static void carry_pointers(State *L, Value *fresh) {
  const Value *old = L->stack;
  L->top = carried_over(fresh, old, L->top);
  for (UpValue *upvalue = L->open_upvalues; upvalue != NULL; upvalue = upvalue->open.next)
    upvalue->value = carried_over(fresh, old, upvalue->value);
  for (CallInfo *record = L->call_base; record <= L->call_info; record++) {
    record->function = carried_over(fresh, old, record->function);
    record->base = carried_over(fresh, old, record->base);
    record->top = carried_over(fresh, old, record->top);
  }
}

/* False without memory. All slots in use must fit. */
static bool move_stack(State *L, size_t size) {
  size_t old_size = state_stack_size(L), total = size + RL_EXTRA_STACK;
  size_t common = (size < old_size ? size : old_size) + RL_EXTRA_STACK;
  Value *fresh = rl_memory_try_resize(L, NULL, 0, stack_bytes(size));
  if (fresh == NULL) return false;
  memcpy(fresh, L->stack, common * sizeof(Value));
  for (size_t i = common; i < total; i++) value_set_nil(&fresh[i]);
  carry_pointers(L, fresh);
  rl_memory_free(L->global, L->stack, stack_bytes(old_size));
  L->stack = fresh;
  L->stack_limit = fresh + size;
  return true;
}

/* Size of a stack with room for `count` more slots: doubled, at most RL_MAX_STACK; 0 when that is not enough. */
static size_t size_for(const State *L, size_t count) {
  if (count >= RL_MAX_STACK) return 0;
  size_t needed = (size_t)(L->top - L->stack) + count;
  size_t doubled = state_stack_size(L) * 2;
  if (needed > RL_MAX_STACK) return 0;
  if (doubled > RL_MAX_STACK) doubled = RL_MAX_STACK;
  return needed > doubled ? needed : doubled;
}

bool rl_stack_try_grow(State *L, size_t count) {
  if (state_stack_size(L) > RL_MAX_STACK) return false;
  size_t size = size_for(L, count);
  return size != 0 && move_stack(L, size);
}

void rl_stack_grow(State *L, size_t count) {
  if (state_stack_size(L) > RL_MAX_STACK) raise_in_error_handling(L);
  size_t size = size_for(L, count);
  if (!move_stack(L, size != 0 ? size : RL_MAX_STACK + ERROR_SLOTS)) rl_raise_memory(L);
  if (size == 0) rl_raise(L, ERROR_STACK_OVERFLOW);
}

/* Slots from the bottom that some active function owns. */
static size_t slots_in_use(const State *L) {
  const Value *end = L->top;
  for (const CallInfo *record = L->call_base; record <= L->call_info; record++)
    if (record->top > end) end = record->top;
  return (size_t)(end - L->stack);
}

/* ---- moving the call records ---- */

static bool move_records(State *L, size_t count) {
  CallInfo *fresh = rl_memory_try_resize(L, NULL, 0, count * sizeof(CallInfo));
  if (fresh == NULL) return false;
  size_t old_count = record_count(L), current = (size_t)(L->call_info - L->call_base);
  memcpy(fresh, L->call_base, (count < old_count ? count : old_count) * sizeof(CallInfo));
  rl_memory_free(L->global, L->call_base, old_count * sizeof(CallInfo));
  L->call_base = fresh;
  L->call_info = fresh + current;
  L->call_end = fresh + count;
  return true;
}

CallInfo *rl_call_push_slow(State *L) {
  size_t count = record_count(L);
  if (count > MAX_RECORDS) raise_in_error_handling(L);
  size_t wanted = count * 2 < MAX_RECORDS ? count * 2 : MAX_RECORDS;
  if (count == MAX_RECORDS) wanted = MAX_RECORDS + ERROR_SLOTS;
  if (!move_records(L, wanted)) rl_raise_memory(L);
  if (count == MAX_RECORDS) rl_raise(L, ERROR_STACK_OVERFLOW);
  return L->call_info + 1;
}

/* ---- shrinking ---- */

/* A third in use, or less, is little; afterwards half of it is. Failing to shrink is no error. */
void rl_stack_shrink(State *L) {
  size_t used = slots_in_use(L), size = state_stack_size(L);
  if (used <= RL_MAX_STACK && (size > RL_MAX_STACK || size / 3 > used) && size > RL_BASIC_STACK) {
    size_t wanted = used * 2;
    if (wanted > RL_MAX_STACK) wanted = RL_MAX_STACK;
    if (wanted < RL_BASIC_STACK) wanted = RL_BASIC_STACK;
    (void)move_stack(L, wanted);
  }
  size_t active = (size_t)(L->call_info - L->call_base) + 1, count = record_count(L);
  if (active <= MAX_RECORDS && (count > MAX_RECORDS || count / 4 > active) && count > FIRST_RECORDS) {
    size_t wanted = active * 2 < MAX_RECORDS ? active * 2 : MAX_RECORDS;
    (void)move_records(L, wanted > FIRST_RECORDS ? wanted : FIRST_RECORDS);
  }
}

void rl_stack_leave_error_zone(State *L) {
  if (state_stack_size(L) > RL_MAX_STACK || record_count(L) > MAX_RECORDS) rl_stack_shrink(L);
}

/* ---- life ---- */

static void init_base_record(State *L) {
  CallInfo *base = L->call_base;
  *base = (CallInfo){.kind = CALL_BASE};
  base->function = L->stack;
  base->base = L->stack + 1;
  base->top = base->base + LUA_MINSTACK;
  L->call_info = base;
  L->top = base->base;
}

/* Both buffers are asked for through `L`, the thread that runs: `fresh` is not one that a collection could look at yet.
 */
static bool init_stack(State *L, State *fresh) {
  Value *stack = rl_memory_try_resize(L, NULL, 0, stack_bytes(RL_BASIC_STACK));
  if (stack == NULL) return false;
  CallInfo *records = rl_memory_try_resize(L, NULL, 0, FIRST_RECORDS * sizeof(CallInfo));
  if (records == NULL) {
    rl_memory_free(L->global, stack, stack_bytes(RL_BASIC_STACK));
    return false;
  }
  for (size_t i = 0; i < RL_BASIC_STACK + RL_EXTRA_STACK; i++) value_set_nil(&stack[i]);
  fresh->stack = stack;
  fresh->stack_limit = stack + RL_BASIC_STACK;
  fresh->call_base = records;
  fresh->call_end = records + FIRST_RECORDS;
  init_base_record(fresh);
  return true;
}

bool rl_stack_init(State *L) {
  return init_stack(L, L);
}
bool rl_stack_init_through(State *L, State *fresh) {
  return init_stack(L, fresh);
}

void rl_stack_release(State *L) {
  Global *global = L->global;
  if (L->stack != NULL) rl_memory_free(global, L->stack, stack_bytes(state_stack_size(L)));
  if (L->call_base != NULL) rl_memory_free(global, L->call_base, record_count(L) * sizeof(CallInfo));
  if (L->close_slots != NULL) rl_memory_free(global, L->close_slots, L->close_capacity * sizeof(uint32_t));
  L->stack = L->stack_limit = L->top = NULL;
  L->call_base = L->call_end = L->call_info = NULL;
  L->close_slots = NULL;
  L->close_count = L->close_capacity = 0;
}

size_t rl_stack_bytes(const State *L) {
  return stack_bytes(state_stack_size(L)) + record_count(L) * sizeof(CallInfo) + L->close_capacity * sizeof(uint32_t);
}

void rl_close_list_add(State *L, Value *slot) {
  if (L->close_count == L->close_capacity)
    L->close_slots = rl_memory_grow_array(L, L->close_slots, &L->close_capacity, L->close_count + 1, sizeof(uint32_t),
                                          CLOSE_LIST_LIMIT, "to-be-closed variables");
  L->close_slots[L->close_count++] = (uint32_t)(slot - L->stack);
}

/* ---- checking ---- */

static bool records_are_valid(const State *L) {
  if (L->call_info < L->call_base || L->call_info >= L->call_end) return false;
  const Value *end = L->stack_limit + RL_EXTRA_STACK;
  for (const CallInfo *record = L->call_base; record <= L->call_info; record++) {
    if (record->function < L->stack || record->function >= record->base) return false;
    if (record->base > end || record->top > end || record->top < record->function) return false;
    if (record > L->call_base && record->function < record[-1].function) return false;
  }
  return true;
}

static bool open_upvalues_are_valid(const State *L) {
  UpValue *const *link = &L->open_upvalues;
  const Value *above = L->stack_limit + RL_EXTRA_STACK;
  for (; *link != NULL; link = &(*link)->open.next) {
    const UpValue *upvalue = *link;
    if (upvalue->open.previous != link || upvalue->value >= above || upvalue->value < L->stack) return false;
    above = upvalue->value;
  }
  return true;
}

bool rl_stack_is_valid(const State *L) {
  if (L->top < L->stack || L->top > L->stack_limit + RL_EXTRA_STACK) return false;
  for (uint32_t i = 0; i < L->close_count; i++) {
    if (L->close_slots[i] >= state_stack_size(L) + RL_EXTRA_STACK) return false;
    if (i > 0 && L->close_slots[i] <= L->close_slots[i - 1]) return false;
  }
  return records_are_valid(L) && open_upvalues_are_valid(L);
}

/* The value stack and the call records (src/object/stack.h): growing, moving, overflow, shrinking. */
#include "support.h"

#include "object/functions.h"
#include "object/stack.h"

/* Pushes a thread and returns its state. */
static lua_State *push_thread(lua_State *L) {
  Thread *thread = rl_thread_new(L);
  value_set_object(L->top, thread);
  L->top++;
  return thread->state;
}

static void test_new_threads(void **state) {
  lua_State *L = *state;
  memset(lua_getextraspace(L), 0x5a, LUA_EXTRASPACE);
  lua_State *thread = push_thread(L);
  assert_true(rl_stack_is_valid(thread));
  assert_memory_equal(lua_getextraspace(thread), lua_getextraspace(L), LUA_EXTRASPACE);
  assert_int_equal(thread->call_info->kind, CALL_BASE);
  assert_int_equal(thread->non_yieldable, 0);
  assert_int_equal(lua_gettop(thread), 0);
  lua_settop(L, 0);
}

static void test_moving_carries_values(void **state) {
  lua_State *L = *state;
  lua_State *thread = push_thread(L);
  for (int64_t i = 1; i <= 30000; i++) {
    stack_ensure(thread, 1);
    value_set_integer(thread->top, i);
    thread->top++;
  }
  assert_true(rl_stack_is_valid(thread));
  for (int64_t i = 1; i <= 30000; i++) assert_int_equal(thread->stack[i].as.integer, i);
  for (const Value *slot = thread->top; slot < thread->stack_limit + RL_EXTRA_STACK; slot++)
    assert_int_equal(slot->tag, TAG_NIL);
  thread->top = thread->stack + 1;
  lua_settop(L, 0);
}

/* The top of a frame that calls a metamethod may lie in the slots beyond the limit; it counts as full there. */
static void test_room_behind_the_limit_is_none(void **state) {
  lua_State *L = *state;
  lua_State *thread = push_thread(L);
  for (ptrdiff_t beyond = 0; beyond <= RL_EXTRA_STACK; beyond++) {
    size_t size = state_stack_size(thread);
    thread->top = thread->stack_limit + beyond;
    stack_ensure(thread, 1);
    assert_true(state_stack_size(thread) > size);
    assert_true(thread->stack_limit - thread->top >= 1);
  }
  thread->top = thread->stack + 1;
  lua_settop(L, 0);
}

static void push_record(lua_State *thread) {
  stack_ensure(thread, 2);
  value_set_integer(thread->top, thread->call_info - thread->call_base);
  thread->top++;
  CallInfo *record = call_next(thread);
  *record = (CallInfo){.kind = CALL_C, .function = thread->top - 1, .base = thread->top, .top = thread->top + 1};
  thread->call_info = record;
}

static void test_records_move_with_their_contents(void **state) {
  lua_State *L = *state;
  lua_State *thread = push_thread(L);
  for (int i = 0; i < 5000; i++) push_record(thread);
  assert_true(rl_stack_is_valid(thread));
  for (int i = 1; i <= 5000; i++) assert_int_equal(thread->call_base[i].function->as.integer, i - 1);
  thread->call_info = thread->call_base;
  thread->top = thread->stack + 1;
  lua_settop(L, 0);
}

static void test_shrinking_keeps_what_is_in_use(void **state) {
  lua_State *L = *state;
  lua_State *thread = push_thread(L);
  for (int i = 0; i < 5000; i++) push_record(thread);
  size_t size = state_stack_size(thread), records = (size_t)(thread->call_end - thread->call_base);
  thread->call_info = thread->call_base + 100;
  thread->top = thread->call_info->base;
  rl_stack_shrink(thread);
  assert_true(state_stack_size(thread) < size / 4);
  assert_true((size_t)(thread->call_end - thread->call_base) < records / 4);
  assert_true(rl_stack_is_valid(thread));
  for (int i = 1; i <= 100; i++) assert_int_equal(thread->call_base[i].function->as.integer, i - 1);
  thread->call_info = thread->call_base;
  thread->top = thread->stack + 1;
  lua_settop(L, 0);
}

static void test_close_list_holds_offsets(void **state) {
  lua_State *L = *state;
  lua_State *thread = push_thread(L);
  thread->top = thread->stack + 30;
  for (int i = 1; i < 20; i++) rl_close_list_add(thread, thread->stack + i);
  rl_stack_grow(thread, 1000);
  assert_true(rl_stack_is_valid(thread));
  for (uint32_t i = 0; i < 19; i++) assert_int_equal(thread->close_slots[i], i + 1);
  thread->close_count = 0;
  thread->top = thread->stack + 1;
  lua_settop(L, 0);
}

/* ---- overflow ---- */

static void test_the_stack_has_a_limit(void **state) {
  lua_State *L = *state;
  lua_State *thread = push_thread(L);
  assert_false(rl_stack_try_grow(thread, RL_MAX_STACK));
  assert_false(rl_stack_try_grow(thread, SIZE_MAX));
  assert_true(rl_stack_try_grow(thread, RL_MAX_STACK - 100));
  assert_true(state_stack_size(thread) <= RL_MAX_STACK);
  assert_true(rl_stack_is_valid(thread));
  lua_settop(L, 0);
}

static int grow_beyond(lua_State *L) {
  rl_stack_grow(L, RL_MAX_STACK);
  return 0;
}

static void test_overflow_is_an_error(void **state) {
  lua_State *L = *state;
  assert_int_equal(call_protected(L, grow_beyond, NULL), LUA_ERRRUN);
  assert_message(L, "stack overflow");
  rl_stack_shrink(L);
  assert_true(state_stack_size(L) < 1000);
  assert_int_equal(call_protected(L, grow_beyond, NULL), LUA_ERRRUN);
  lua_settop(L, 0);
}

/* The message handler has the zone behind the limit; an overflow in there is an error while handling an error. */
static void test_overflow_in_a_message_handler(void **state) {
  lua_State *L = *state;
  lua_pushcfunction(L, grow_beyond);
  lua_pushcfunction(L, grow_beyond);
  assert_int_equal(lua_pcall(L, 0, 0, 1), LUA_ERRERR);
  lua_settop(L, 0);
  rl_stack_shrink(L);
  assert_true(state_stack_size(L) < 1000);
  assert_true(lua_checkstack(L, 1000));
  assert_true(rl_stack_is_valid(L));
}

/* ---- memory errors ---- */

static int make_thread(lua_State *L) {
  push_thread(L);
  return 0;
}

static int grow_some(lua_State *L) {
  rl_stack_grow(L, 5000);
  return 0;
}

static void test_every_allocation_of_a_thread_fails_once(void **state) {
  lua_State *L = *state;
  Dry dry;
  int status = LUA_ERRMEM;
  for (long request = 1; status != LUA_OK; request++) {
    lua_gc(L, LUA_GCCOLLECT);
    dry_begin(L, &dry);
    dry.fail_from = request;
    status = call_protected(L, make_thread, NULL);
    dry.fail_from = 0;
    lua_settop(L, 0);
    lua_gc(L, LUA_GCCOLLECT);
    dry_end(L, &dry);
    assert_true(request < 20);
  }
}

static void test_failed_growth_keeps_the_stack(void **state) {
  lua_State *L = *state;
  Dry dry;
  dry_begin(L, &dry);
  dry.fail_from = 1;
  assert_int_equal(call_protected(L, grow_some, NULL), LUA_ERRMEM);
  dry.fail_from = 0;
  assert_true(rl_stack_is_valid(L));
  dry_end(L, &dry);
  lua_settop(L, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_new_threads),
    cmocka_unit_test(test_moving_carries_values),
    cmocka_unit_test(test_room_behind_the_limit_is_none),
    cmocka_unit_test(test_records_move_with_their_contents),
    cmocka_unit_test(test_shrinking_keeps_what_is_in_use),
    cmocka_unit_test(test_close_list_holds_offsets),
    cmocka_unit_test(test_the_stack_has_a_limit),
    cmocka_unit_test(test_overflow_is_an_error),
    cmocka_unit_test(test_overflow_in_a_message_handler),
    cmocka_unit_test(test_every_allocation_of_a_thread_fails_once),
    cmocka_unit_test(test_failed_growth_keeps_the_stack),
  };
  return cmocka_run_group_tests(tests, new_state, close_state);
}

/* Upvalues and closures (src/object/functions.h). */
#include "support.h"

#include "object/functions.h"
#include "object/stack.h"
#include "object/strings.h"

#define SLOTS 2000

static lua_State *push_thread_with_slots(lua_State *L, int count) {
  lua_State *thread = lua_newthread(L);
  stack_ensure(thread, (size_t)count);
  for (int64_t i = 0; i < count; i++) {
    value_set_integer(thread->top, i);
    thread->top++;
  }
  return thread;
}

/* Nothing but this closure keeps an upvalue alive. */
static UpValue *push_captured(lua_State *L, lua_State *thread, int slot) {
  Prototype *prototype = rl_prototype_new(L);
  assert_true(lua_checkstack(L, 2));
  LuaClosure *closure = rl_lua_closure_new(L, prototype, 1);
  value_set_object(L->top, closure);
  L->top++;
  closure->upvalues[0] = rl_upvalue_find(thread, thread->stack + 1 + slot);
  return closure->upvalues[0];
}

static void test_closures_share_the_upvalue_of_a_slot(void **state) {
  lua_State *L = *state;
  lua_State *thread = push_thread_with_slots(L, 10);
  UpValue *five = push_captured(L, thread, 5), *three = push_captured(L, thread, 3),
          *seven = push_captured(L, thread, 7);
  assert_ptr_equal(five, push_captured(L, thread, 5));
  assert_ptr_equal(three, push_captured(L, thread, 3));
  assert_ptr_equal(seven, push_captured(L, thread, 7));
  assert_true(rl_stack_is_valid(thread));
  assert_ptr_equal(thread->open_upvalues, seven);
  lua_settop(L, 0);
}

static void test_open_upvalues_follow_a_moving_stack(void **state) {
  lua_State *L = *state;
  lua_State *thread = push_thread_with_slots(L, SLOTS);
  static UpValue *upvalues[SLOTS];
  uint64_t random = 99;
  lua_gc(L, LUA_GCSTOP);
  for (int i = 0; i < SLOTS; i++) {
    int slot = (int)random_below(&random, SLOTS);
    upvalues[slot] = push_captured(L, thread, slot);
    if (i % 100 == 0) rl_stack_grow(thread, state_stack_size(thread) / 8 + 1);
    if (i % 100 == 50) assert_true(rl_stack_is_valid(thread));
  }
  for (int i = 0; i < SLOTS; i++) {
    if (upvalues[i] == NULL) continue;
    assert_ptr_equal(upvalues[i]->value, thread->stack + 1 + i);
    assert_int_equal(upvalues[i]->value->as.integer, i);
  }
  lua_gc(L, LUA_GCRESTART);
  lua_settop(L, 0);
  lua_gc(L, LUA_GCCOLLECT);
}

static void test_closing_takes_the_values_along(void **state) {
  lua_State *L = *state;
  lua_State *thread = push_thread_with_slots(L, 100);
  UpValue *upvalues[100];
  lua_gc(L, LUA_GCSTOP);
  for (int i = 99; i >= 0; i--) upvalues[i] = push_captured(L, thread, i);
  rl_upvalue_close(thread, thread->stack + 1 + 40);
  assert_true(rl_stack_is_valid(thread));
  for (int i = 0; i < 100; i++) {
    assert_int_equal(upvalue_is_open(upvalues[i]), i < 40);
    value_set_nil(&thread->stack[1 + i]);
    assert_int_equal(upvalues[i]->value->tag, i < 40 ? TAG_NIL : TAG_INTEGER);
    if (i >= 40) assert_int_equal(upvalues[i]->value->as.integer, i);
  }
  lua_gc(L, LUA_GCRESTART);
  lua_settop(L, 0);
  lua_gc(L, LUA_GCCOLLECT);
}

static void test_a_dead_thread_leaves_its_values(void **state) {
  lua_State *L = *state;
  lua_State *thread = push_thread_with_slots(L, 10);
  const char *text = "a string that only the upvalue will refer to in the end";
  lua_pushstring(L, text);
  value_copy(&thread->stack[1 + 4], L->top - 1);
  lua_pop(L, 1);
  UpValue *upvalue = push_captured(L, thread, 4);
  lua_remove(L, 1); /* the thread */
  lua_gc(L, LUA_GCCOLLECT);
  lua_gc(L, LUA_GCCOLLECT);
  assert_false(upvalue_is_open(upvalue));
  assert_string_equal(string_bytes(value_string(upvalue->value)), text);
  lua_settop(L, 0);
}

static void test_dead_upvalues_leave_the_list(void **state) {
  lua_State *L = *state;
  lua_State *thread = push_thread_with_slots(L, 50);
  for (int i = 0; i < 50; i++) {
    push_captured(L, thread, i);
    if (i % 2 == 0) lua_pop(L, 1);
  }
  lua_gc(L, LUA_GCCOLLECT);
  assert_true(rl_stack_is_valid(thread));
  for (const UpValue *upvalue = thread->open_upvalues; upvalue != NULL; upvalue = upvalue->open.next)
    assert_int_equal(upvalue->value->as.integer, upvalue->value - thread->stack - 1);
  lua_settop(L, 0);
  lua_gc(L, LUA_GCCOLLECT);
}

static void test_main_chunks_get_closed_upvalues(void **state) {
  lua_State *L = *state;
  Prototype *prototype = rl_prototype_new(L);
  LuaClosure *closure = rl_lua_closure_new(L, prototype, 3);
  value_set_object(L->top, closure);
  L->top++;
  rl_lua_closure_fill_upvalues(L, closure);
  for (int i = 0; i < 3; i++) {
    assert_false(upvalue_is_open(closure->upvalues[i]));
    assert_int_equal(closure->upvalues[i]->value->tag, TAG_NIL);
  }
  lua_settop(L, 0);
}

static void test_lines_and_locals(void **state) {
  lua_State *L = *state;
  Prototype *prototype = rl_prototype_new(L);
  LineEntry lines[] = {{0, 3}, {4, 5}, {9, 4}};
  LocalDescription locals[] = {{rl_string_from_c(L, "a"), 0, 10}, {rl_string_from_c(L, "b"), 2, 5}, {NULL, 5, 10}};
  assert_int_equal(rl_prototype_line(prototype, 0), -1);
  prototype->lines = lines;
  prototype->line_count = 3;
  prototype->locals = locals;
  prototype->local_count = 3;
  assert_int_equal(rl_prototype_line(prototype, 3), 3);
  assert_int_equal(rl_prototype_line(prototype, 4), 5);
  assert_int_equal(rl_prototype_line(prototype, 1000), 4);
  assert_string_equal(rl_prototype_local_name(prototype, 1, 0), "a");
  assert_null(rl_prototype_local_name(prototype, 2, 1));
  assert_string_equal(rl_prototype_local_name(prototype, 2, 4), "b");
  assert_null(rl_prototype_local_name(prototype, 2, 5));
  prototype->lines = NULL;
  prototype->locals = NULL;
  prototype->line_count = prototype->local_count = 0;
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_closures_share_the_upvalue_of_a_slot),
    cmocka_unit_test(test_open_upvalues_follow_a_moving_stack),
    cmocka_unit_test(test_closing_takes_the_values_along),
    cmocka_unit_test(test_a_dead_thread_leaves_its_values),
    cmocka_unit_test(test_dead_upvalues_leave_the_list),
    cmocka_unit_test(test_main_chunks_get_closed_upvalues),
    cmocka_unit_test(test_lines_and_locals),
  };
  return cmocka_run_group_tests(tests, new_state, close_state);
}

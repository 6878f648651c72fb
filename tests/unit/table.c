/* Tables (src/object/table.h) against a plain model, and the costs that the header promises. */
#include "support.h"

#include <math.h>

#include "object/equality.h"
#include "object/strings.h"
#include "object/table.h"

#define KEY_COUNT 320

typedef struct Model {
  Table *table;
  Value keys[KEY_COUNT];
  int64_t values[KEY_COUNT]; /* 0: absent */
  uint64_t random;
} Model;

/* Pushes a new table, which stays on the stack. */
static Table *push_table(lua_State *L) {
  lua_newtable(L);
  return value_table(L->top - 1);
}

static Value integer_value(int64_t integer) {
  Value value;
  value_set_integer(&value, integer);
  return value;
}

static Value float_value(double number) {
  Value value;
  value_set_float(&value, number);
  return value;
}

static const Value nil = {.tag = TAG_NIL};

/* A key of each kind in turn; objects are anchored in a table on the stack. */
static Value make_key(lua_State *L, int anchor, int index, bool only_integers) {
  Value key;
  switch (only_integers ? 0 : index % 8) {
    case 0:
    case 1: return integer_value(index / 2 + 1);
    case 2: return float_value(index + 0.5);
    case 3: lua_pushfstring(L, "field%d", index); break;
    case 4: lua_pushfstring(L, "a field whose name does not fit into a short string %d", index); break;
    case 5: lua_newtable(L); break;
    case 6: value_set_light_userdata(&key, (void *)(uintptr_t)(index * 4096)); return key;
    default: return integer_value(index % 16 < 8 ? INT64_MAX - index : INT64_MIN + index);
  }
  value_copy(&key, L->top - 1);
  lua_rawseti(L, anchor, index + 1);
  return key;
}

static void model_init(lua_State *L, Model *model, uint64_t seed, bool only_integers) {
  memset(model, 0, sizeof *model);
  model->random = seed;
  lua_newtable(L);
  int anchor = lua_gettop(L);
  for (int i = 0; i < KEY_COUNT; i++) model->keys[i] = make_key(L, anchor, only_integers ? i * 2 : i, only_integers);
  if (!only_integers) value_set_boolean(&model->keys[0], true);
  if (!only_integers) value_set_boolean(&model->keys[8], false);
  model->table = push_table(L);
}

static int key_index(const Model *model, const Value *key) {
  for (int i = 0; i < KEY_COUNT; i++)
    if (model->keys[i].tag == key->tag && rl_values_equal_raw(&model->keys[i], key)) return i;
  return -1;
}

/* The first of the keys that are equal stands for all of them. */
static int random_key(Model *model, uint32_t range) {
  return key_index(model, &model->keys[random_below(&model->random, range)]);
}

static int present_count(const Model *model) {
  int count = 0;
  for (int i = 0; i < KEY_COUNT; i++) count += model->values[i] != 0;
  return count;
}

static void check_against_table(lua_State *L, const Model *model) {
  assert_true(rl_table_is_valid(model->table));
  for (int i = 0; i < KEY_COUNT; i++) {
    if (key_index(model, &model->keys[i]) != i) continue;
    Value found;
    rl_table_get(model->table, &model->keys[i], &found);
    assert_int_equal(found.tag, model->values[i] != 0 ? TAG_INTEGER : TAG_NIL);
    if (model->values[i] != 0) assert_int_equal(found.as.integer, model->values[i]);
  }
  Value entry[2] = {nil, nil};
  int count = 0;
  while (rl_table_next(L, model->table, entry)) {
    int index = key_index(model, &entry[0]);
    assert_true(index >= 0);
    assert_int_equal(entry[1].as.integer, model->values[index]);
    count++;
  }
  assert_int_equal(count, present_count(model));
}

static void check_border(Table *table) {
  uint64_t length = rl_table_length(table);
  Value value;
  if (length > 0) assert_int_not_equal(rl_table_get_integer(table, (int64_t)length, &value), TAG_NIL);
  if (length < INT64_MAX) assert_int_equal(rl_table_get_integer(table, (int64_t)length + 1, &value), TAG_NIL);
}

/* Visits everything once while fields are changed and cleared, with the collector in between. */
static void check_traversal_with_assignment(lua_State *L, Model *model) {
  Value entry[2] = {nil, nil};
  int count = 0, expected = present_count(model);
  while (rl_table_next(L, model->table, entry)) {
    int index = key_index(model, &entry[0]);
    assert_true(index >= 0);
    model->values[index] = random_below(&model->random, 3) == 0 ? 0 : 1 + random_below(&model->random, 1000);
    Value value = model->values[index] == 0 ? nil : integer_value(model->values[index]);
    rl_table_set(L, model->table, &entry[0], &value);
    if (count++ % 64 == 0) lua_gc(L, LUA_GCCOLLECT);
  }
  assert_int_equal(count, expected);
}

static void run_model(lua_State *L, uint64_t seed, bool only_integers, long steps) {
  Model model;
  model_init(L, &model, seed, only_integers);
  uint32_t range = 1 + random_below(&model.random, KEY_COUNT), removals = random_below(&model.random, 9);
  for (long step = 0; step < steps; step++) {
    int index = random_key(&model, range);
    bool removes = random_below(&model.random, 10) < removals;
    model.values[index] = removes ? 0 : 1 + step;
    Value value = removes ? nil : integer_value(1 + step);
    rl_table_set(L, model.table, &model.keys[index], &value);
    if (step % 3 == 0) check_border(model.table);
    if (step % 500 == 0) check_against_table(L, &model);
    if (step % 1500 == 0) check_traversal_with_assignment(L, &model);
  }
  check_against_table(L, &model);
  lua_settop(L, 0);
}

static void test_random_mixed_keys(void **state) {
  for (uint64_t seed = 1; seed <= 20; seed++) run_model(*state, seed * 7919, false, 5000);
}

static void test_random_integer_keys(void **state) {
  for (uint64_t seed = 1; seed <= 20; seed++) run_model(*state, seed * 104729, true, 5000);
}

/* ---- memory errors ---- */

typedef struct Store {
  Table *table;
  const Value *key;
  Value value;
} Store;

static int store(lua_State *L) {
  Store *request = lua_touserdata(L, 1);
  rl_table_set(L, request->table, request->key, &request->value);
  return 0;
}

static void test_failed_growth_changes_nothing(void **state) {
  lua_State *L = *state;
  Model model;
  Dry dry;
  model_init(L, &model, 4711, false);
  dry_begin(L, &dry);
  int failures = 0;
  for (int step = 0; step < 3000; step++) {
    int index = random_key(&model, KEY_COUNT);
    Store request = {model.table, &model.keys[index], integer_value(step + 1)};
    if (step % 1000 == 999) {
      model.table = push_table(L);
      request.table = model.table;
      memset(model.values, 0, sizeof model.values);
    }
    assert_true(lua_checkstack(L, 10));
    dry.fail_from = 1 + step % 2;
    int status = call_protected(L, store, &request);
    dry.fail_from = 0;
    if (status == LUA_OK) {
      model.values[index] = step + 1;
    } else {
      failures++;
      assert_int_equal(status, LUA_ERRMEM);
      assert_message(L, "not enough memory");
      check_against_table(L, &model);
      dry.fail_from = 0;
      rl_table_set(L, model.table, &model.keys[index], &request.value);
      model.values[index] = step + 1;
    }
  }
  assert_true(failures > 5);
  check_against_table(L, &model);
  dry_end(L, &dry);
  lua_settop(L, 0);
}

/* ---- wrong input ---- */

static void expect_error(lua_State *L, Value key, const char *message) {
  Store request = {push_table(L), &key, integer_value(1)};
  assert_int_equal(call_protected(L, store, &request), LUA_ERRRUN);
  assert_message(L, message);
  request.value = nil;
  assert_int_equal(call_protected(L, store, &request), LUA_ERRRUN);
  lua_settop(L, 0);
}

static void test_nil_is_no_key(void **state) {
  expect_error(*state, nil, "table index is nil");
}
static void test_nan_is_no_key(void **state) {
  expect_error(*state, float_value(NAN), "table index is NaN");
}

static int go_on_from_unknown(lua_State *L) {
  Value entry[2] = {*(const Value *)lua_touserdata(L, 1), nil};
  lua_newtable(L);
  rl_table_next(L, value_table(L->top - 1), entry);
  return 0;
}

static void test_next_refuses_unknown_keys(void **state) {
  lua_State *L = *state;
  Value keys[] = {integer_value(1), float_value(0.5), integer_value(INT64_MIN), {.tag = TAG_TRUE}};
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
    assert_int_equal(call_protected(L, go_on_from_unknown, &keys[i]), LUA_ERRRUN);
    assert_message(L, "invalid key to 'next'");
  }
}

static int reserve_too_much(lua_State *L) {
  const size_t *sizes = lua_touserdata(L, 1);
  lua_newtable(L);
  rl_table_reserve(L, value_table(L->top - 1), sizes[0], sizes[1]);
  return 0;
}

static void test_sizes_have_a_limit(void **state) {
  lua_State *L = *state;
  size_t sizes[][2] = {{(size_t)TABLE_MAX_ARRAY + 1, 0}, {0, ((size_t)1 << 30) + 1}, {SIZE_MAX, SIZE_MAX}};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    assert_int_equal(call_protected(L, reserve_too_much, sizes[i]), LUA_ERRRUN);
    assert_message(L, "table overflow");
  }
}

/* ---- keys ---- */

static void test_float_keys_with_integer_values_are_integers(void **state) {
  lua_State *L = *state;
  Table *table = push_table(L);
  const double numbers[] = {1.0, 2.0, -0.0, -7.0, 0x1p53, -0x1p63, 0x1p62};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    Value key = float_value(numbers[i]), value = integer_value((int64_t)i + 1), found;
    rl_table_set(L, table, &key, &value);
    rl_table_get_integer(table, (int64_t)numbers[i], &found);
    assert_int_equal(found.as.integer, i + 1);
  }
  Value entry[2] = {nil, nil};
  while (rl_table_next(L, table, entry)) assert_int_equal(entry[0].tag, TAG_INTEGER);
  Value beyond = float_value(0x1p63), value = integer_value(1), found;
  rl_table_set(L, table, &beyond, &value);
  assert_int_equal(rl_table_get(table, &beyond, &found), TAG_INTEGER);
  assert_int_equal(rl_table_get_integer(table, INT64_MAX, &found), TAG_NIL);
  lua_settop(L, 0);
}

static void test_storing_a_field_forgets_absent_events(void **state) {
  lua_State *L = *state;
  Table *table = push_table(L);
  table->header.own |= TABLE_ABSENT_EVENTS;
  Value value = integer_value(1);
  rl_table_set_integer(L, table, 1, &value);
  assert_int_equal(table->header.own & TABLE_ABSENT_EVENTS, TABLE_ABSENT_EVENTS);
  rl_table_set_string(L, table, rl_string_from_c(L, "x"), &value);
  assert_int_equal(table->header.own & TABLE_ABSENT_EVENTS, 0);
  lua_settop(L, 0);
}

/* ---- length ---- */

static void test_length_of_reserved_arrays_with_holes(void **state) {
  lua_State *L = *state;
  Table *table = push_table(L);
  Value value = integer_value(1);
  rl_table_reserve(L, table, 3, 0);
  rl_table_set_integer(L, table, 1, &value);
  rl_table_set_integer(L, table, 3, &value);
  assert_int_equal(rl_table_length(table), 3); /* what stock Lua says of {1, nil, 1} */
  lua_settop(L, 0);
}

static void test_length_at_the_largest_integer(void **state) {
  lua_State *L = *state;
  Table *table = push_table(L);
  Value value = integer_value(1);
  for (int shift = 0; shift < 63; shift++) rl_table_set_integer(L, table, INT64_C(1) << shift, &value);
  check_border(table);
  rl_table_set_integer(L, table, INT64_MAX, &value);
  check_border(table);
  assert_true(rl_table_is_valid(table));
  lua_settop(L, 0);
}

static void test_filling_backward_ends_in_the_array(void **state) {
  lua_State *L = *state;
  Table *table = push_table(L);
  Value value = integer_value(1);
  for (int64_t key = 5000; key >= 1; key--) rl_table_set_integer(L, table, key, &value);
  assert_int_equal(rl_table_length(table), 5000);
  assert_true(table->array_capacity >= 5000);
  assert_true(rl_table_is_valid(table));
  lua_settop(L, 0);
}

/* ---- cost: allocations stand for rehashes ---- */

/* Nodes that rehashes have moved for each step of a queue of that length. */
static double queue_cost(lua_State *L, int64_t length, int64_t steps) {
  Dry dry;
  Table *table = push_table(L);
  Value value = integer_value(1);
  dry_begin(L, &dry);
  for (int64_t tail = 1; tail <= steps; tail++) {
    rl_table_set_integer(L, table, tail, &value);
    if (tail > length) rl_table_set_integer(L, table, tail - length, &nil);
  }
  dry_end(L, &dry);
  assert_true(rl_table_is_valid(table));
  assert_true(rl_table_buffer_bytes(table) < 48 * 4 * (size_t)length + 1000);
  double cost = (double)dry.requests * (table_node_mask(table) + 1) / (double)steps;
  lua_settop(L, 0);
  return cost;
}

static void test_a_moving_queue_seldom_rehashes(void **state) {
  const int64_t lengths[] = {1, 2, 3, 4, 5, 7, 8, 9, 63, 64, 65, 100, 127, 128, 1000, 1023, 1024, 1025, 1600, 1650};
  for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) assert_true(queue_cost(*state, lengths[i], 50000) < 8);
}

static void test_appending_allocates_geometrically(void **state) {
  lua_State *L = *state;
  Dry dry;
  Table *table = push_table(L);
  Value value = integer_value(1);
  dry_begin(L, &dry);
  for (int i = 0; i < 100000; i++) rl_table_set_integer(L, table, (int64_t)rl_table_length(table) + 1, &value);
  for (int i = 0; i < 50000; i++) rl_table_set_integer(L, table, (int64_t)rl_table_length(table), &nil);
  dry_end(L, &dry);
  assert_int_equal(rl_table_length(table), 50000);
  assert_true(dry.requests < 25);
  lua_settop(L, 0);
}

static void test_reserved_room_is_enough(void **state) {
  lua_State *L = *state;
  Dry dry;
  Table *table = push_table(L);
  String *names[5];
  for (int i = 0; i < 5; i++) {
    lua_pushfstring(L, "name%d", i);
    names[i] = value_string(L->top - 1);
  }
  rl_table_reserve(L, table, 100, 5);
  dry_begin(L, &dry);
  Value value = integer_value(1);
  for (int64_t key = 1; key <= 100; key++) rl_table_set_integer(L, table, key, &value);
  for (int i = 0; i < 5; i++) rl_table_set_string(L, table, names[i], &value);
  dry_end(L, &dry);
  assert_int_equal(dry.requests, 0);
  assert_int_equal(table->array_capacity, 100);
  lua_settop(L, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_random_mixed_keys),
    cmocka_unit_test(test_random_integer_keys),
    cmocka_unit_test(test_failed_growth_changes_nothing),
    cmocka_unit_test(test_nil_is_no_key),
    cmocka_unit_test(test_nan_is_no_key),
    cmocka_unit_test(test_next_refuses_unknown_keys),
    cmocka_unit_test(test_sizes_have_a_limit),
    cmocka_unit_test(test_float_keys_with_integer_values_are_integers),
    cmocka_unit_test(test_storing_a_field_forgets_absent_events),
    cmocka_unit_test(test_length_of_reserved_arrays_with_holes),
    cmocka_unit_test(test_length_at_the_largest_integer),
    cmocka_unit_test(test_filling_backward_ends_in_the_array),
    cmocka_unit_test(test_a_moving_queue_seldom_rehashes),
    cmocka_unit_test(test_appending_allocates_geometrically),
    cmocka_unit_test(test_reserved_room_is_enough),
  };
  return cmocka_run_group_tests(tests, new_state, close_state);
}

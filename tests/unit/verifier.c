/* What the verifier refuses and accepts (src/bytecode/verify.c), by functions made word by word, and what the
 * interpreter makes of hand-made code that is accepted. Each goes the whole way: dump, load, call. */
#define _GNU_SOURCE /* memmem */
#include "support.h"

#include "bytecode/encode.h"
#include "heap/account.h"
#include "object/functions.h"
#include "object/stack.h"

typedef struct Bytes {
  char data[8192];
  size_t size;
} Bytes;

static int append(lua_State *L, const void *piece, size_t size, void *data) {
  Bytes *bytes = data;
  (void)L;
  assert_true(bytes->size + size <= sizeof bytes->data);
  memcpy(bytes->data + bytes->size, piece, size);
  bytes->size += size;
  return 0;
}

typedef struct Made {
  uint8_t parameters, max_stack;
  bool is_vararg;
  uint32_t count;
  Instruction code[80];
} Made;

static void dump_made(lua_State *L, const Made *made, Bytes *bytes) {
  Prototype *prototype = rl_prototype_new(L);
  LuaClosure *closure = rl_lua_closure_new(L, prototype, 0);
  value_set_object(L->top, closure);
  L->top++;
  prototype->parameter_count = made->parameters;
  prototype->max_stack = made->max_stack;
  prototype->is_vararg = made->is_vararg;
  prototype->code = rl_memory_allocate(L, made->count * sizeof(Instruction));
  prototype->code_count = made->count;
  memcpy(prototype->code, made->code, made->count * sizeof(Instruction));
  lua_dump(L, append, bytes, 1);
  lua_pop(L, 1);
}

/* Loads the function; leaves it, or the message, on the stack. */
static int load_made(lua_State *L, const Made *made) {
  Bytes bytes = {.size = 0};
  dump_made(L, made, &bytes);
  return luaL_loadbufferx(L, bytes.data, bytes.size, "=made", "b");
}

static void expect_refused(lua_State *L, const char *why, const Made *made) {
  char expected[200];
  assert_int_equal(load_made(L, made), LUA_ERRSYNTAX);
  snprintf(expected, sizeof expected, "made: bad binary format (%s)", why);
  assert_string_equal(lua_tostring(L, -1), expected);
  lua_pop(L, 1);
}

#define CODE(...)        .count = sizeof((Instruction[]){__VA_ARGS__}) / sizeof(Instruction), .code = {__VA_ARGS__}
#define I(name, a, b, c) instruction_abc(OP_##name, a, b, c)

/* No chunk that we write has such a byte: it is put into one. Those of fused pairs are as foreign as those of nothing.
 */
static void test_unknown_instructions_are_refused(void **state) {
  lua_State *L = *state;
  for (int opcode = OPCODE_COUNT; opcode < 256; opcode++) {
    Bytes bytes = {.size = 0};
    dump_made(L, &(Made){.max_stack = 99, CODE(I(MOVE, 97, 98, 0), I(RETURN0, 0, 0, 0))}, &bytes);
    char *word = memmem(bytes.data, bytes.size, &(Instruction){I(MOVE, 97, 98, 0)}, sizeof(Instruction));
    assert_non_null(word);
    memcpy(word, &(Instruction){(I(MOVE, 97, 98, 0) & ~(Instruction)0xff) | (Instruction)opcode}, sizeof(Instruction));
    assert_int_equal(luaL_loadbufferx(L, bytes.data, bytes.size, "=made", "b"), LUA_ERRSYNTAX);
    assert_string_equal(lua_tostring(L, -1), "made: bad binary format (invalid instruction)");
    lua_pop(L, 1);
  }
}

static void test_wrong_code_is_refused(void **state) {
  lua_State *L = *state;
  static const char lost[] = "open list of values that nobody takes";
  static const char sourceless[] = "open list of values without its source";
  expect_refused(L, "function without return", &(Made){.max_stack = 2, CODE(I(MOVE, 0, 1, 0))});
  expect_refused(L, "truncated instruction", &(Made){.max_stack = 2, CODE(I(RETURN0, 0, 0, 0), I(EQ, 0, 1, 0))});
  expect_refused(L, "invalid operand", &(Made){.max_stack = 2, CODE(I(MOVE, 0, 2, 0), I(RETURN0, 0, 0, 0))});
  expect_refused(L, "invalid operand",
                 &(Made){.max_stack = 2, CODE(instruction_abx(OP_LOADK, 0, 0), I(RETURN0, 0, 0, 0))});
  expect_refused(L, "registers outside the frame",
                 &(Made){.max_stack = 2, CODE(I(LOADNIL, 1, 2, 0), I(RETURN0, 0, 0, 0))});
  expect_refused(L, "invalid count", &(Made){.max_stack = 2, CODE(I(VARARG, 0, 1, 0), I(RETURN0, 0, 0, 0))});
  expect_refused(L, "jump to nowhere", &(Made){.max_stack = 2, CODE(instruction_with_jump(OP_JMP, 0))});
  expect_refused(L, "jump to nowhere", /* into an extra word */
                 &(Made){.max_stack = 2, CODE(I(EQ, 0, 1, 0), 0, instruction_with_jump(OP_JMP, -2))});
  expect_refused(L, "jump to nowhere", &(Made){.max_stack = 2, CODE(I(FALSESKIP, 0, 0, 0), I(RETURN0, 0, 0, 0))});
  expect_refused(L, "function does not close its variables",
                 &(Made){.max_stack = 2, CODE(I(TBC, 0, 0, 0), I(RETURN0, 0, 0, 0))});
  expect_refused(L, sourceless, &(Made){.max_stack = 2, CODE(I(RETURN, 0, 0, 0))});
  expect_refused(L, sourceless, /* the list begins below the place from which it is taken */
                 &(Made){.max_stack = 3, .is_vararg = true, CODE(I(VARARG, 0, 0, 0), I(RETURN, 1, 0, 0))});
  expect_refused(L, "generic loop without its call", /* jumps to itself, and no hook would see it */
                 &(Made){.max_stack = 5, CODE(I(TFORLOOP, 0, 0, 0), (Instruction)-2, I(RETURN0, 0, 0, 0))});
  expect_refused(
    L, "generic loop without its call",
    &(Made){.max_stack = 7, CODE(I(TFORCALL, 0, 1, 0), I(TFORLOOP, 0, 0, 0), (Instruction)-2, I(RETURN0, 0, 0, 0))});
  expect_refused(L, lost, &(Made){.max_stack = 2, CODE(I(CALL, 0, 1, 0), I(RETURN0, 0, 0, 0))});
  expect_refused(L, lost, &(Made){.max_stack = 2, CODE(I(TAILCALL, 0, 1, 0), I(RETURN0, 0, 0, 0))});
  expect_refused(L, lost, /* a C function's results would come back behind the end */
                 &(Made){.max_stack = 2, CODE(I(TAILCALL, 0, 1, 0))});
}

static int seven(lua_State *L) {
  lua_pushinteger(L, 7);
  return 1;
}

static int note_closed(lua_State *L) {
  lua_getglobal(L, "closed");
  lua_pushinteger(L, lua_tointeger(L, -1) + 1);
  lua_setglobal(L, "closed");
  return 0;
}

static void push_closable(lua_State *L) {
  lua_newtable(L);
  lua_newtable(L);
  lua_pushcfunction(L, note_closed);
  lua_setfield(L, -2, "__close");
  lua_setmetatable(L, -2);
}

/* The compiler makes no tail call while a variable is to be closed; hand-made code may. It is closed all the same. */
static void test_tail_calls_close(void **state) {
  lua_State *L = *state;
  const Made tail = {
    .parameters = 2,
    .max_stack = 3,
    CODE(I(TBC, 1, 0, 0), I(MOVE, 2, 0, 0), I(TAILCALL, 2, 1, 1), I(RETURN, 2, 0, 1)),
  };
  for (lua_Integer round = 1; round <= 2; round++) {
    assert_int_equal(load_made(L, &tail), LUA_OK);
    if (round == 1)
      lua_pushcfunction(L, seven);
    else
      assert_int_equal(luaL_loadstring(L, "return 7"), LUA_OK);
    push_closable(L);
    assert_int_equal(lua_pcall(L, 2, 1, 0), LUA_OK);
    assert_int_equal(lua_tointeger(L, -1), 7);
    lua_getglobal(L, "closed");
    assert_int_equal(lua_tointeger(L, -1), round);
    assert_int_equal(L->close_count, 0);
    lua_settop(L, 0);
  }
}

/* Naming the value in an error looks where it came from: here by 60 accesses, each of which has the one before as its
 * table and as its key. */
static void test_names_are_found_quickly(void **state) {
  lua_State *L = *state;
  Made made = {.parameters = 1, .max_stack = 2, .count = 62};
  for (int i = 0; i < 60; i++) made.code[i] = I(GETTABLE, 0, 0, 0);
  made.code[60] = I(CALL, 0, 1, 1);
  made.code[61] = I(RETURN0, 0, 0, 0);
  assert_int_equal(load_made(L, &made), LUA_OK);
  lua_newtable(L);
  lua_pushvalue(L, -1);
  lua_pushvalue(L, -1);
  lua_settable(L, -3); /* it is its own field under itself */
  assert_int_equal(lua_pcall(L, 1, 0, 0), LUA_ERRRUN);
  assert_string_equal(lua_tostring(L, -1), "?:-1: attempt to call a table value (field '?')");
  lua_pop(L, 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(test_unknown_instructions_are_refused, new_state, close_state),
    cmocka_unit_test_setup_teardown(test_wrong_code_is_refused, new_state, close_state),
    cmocka_unit_test_setup_teardown(test_tail_calls_close, new_state, close_state),
    cmocka_unit_test_setup_teardown(test_names_are_found_quickly, new_state, close_state),
  };
  return cmocka_run_group_tests_name("verifier", tests, NULL, NULL);
}

/* The collector and its heap, through the C API and the verifier: random graphs against a model of reachability, weak
 * tables, finalizers, pacing, and an allocator that checks sizes and fails on demand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gc/collect.h"
#include "heap/account.h"
#include "heap/block.h"
#include "lauxlib.h"
#include "lua.h"

/* ---- a hostile allocator: guards, poison, exact old sizes, failures ---- */

#define GUARD 16

typedef struct Memory {
  size_t bytes;
  size_t requests;   /* that could fail */
  size_t fail_first; /* requests fail_first <= n < fail_end fail */
  size_t fail_end;
} Memory;

static void check_guard(const unsigned char *block, size_t size) {
  for (int i = 0; i < GUARD; i++)
    if (block[size + (size_t)i] != 0xA5) fail_msg("a guard behind %zu bytes was overwritten", size);
}

static void *allocate(void *data, void *pointer, size_t old_size, size_t size) {
  Memory *memory = data;
  unsigned char *old = pointer;
  if (old != NULL) check_guard(old, old_size);
  if (size == 0) {
    if (old == NULL) return NULL;
    memory->bytes -= old_size;
    memset(old, 0xDD, old_size);
    free(old);
    return NULL;
  }
  memory->requests++;
  if (memory->requests >= memory->fail_first && memory->requests < memory->fail_end) return NULL;
  unsigned char *fresh = malloc(size + GUARD);
  if (fresh == NULL) return NULL;
  memset(fresh, 0xCD, size);
  memset(fresh + size, 0xA5, GUARD);
  memory->bytes += size;
  if (old != NULL) {
    memcpy(fresh, old, old_size < size ? old_size : size);
    memory->bytes -= old_size;
    memset(old, 0xDD, old_size);
    free(old);
  }
  return fresh;
}

static void assert_valid(lua_State *L) {
  const char *fault = rl_gc_fault(L);
  if (fault != NULL) fail_msg("%s", fault);
}

static lua_State *open_state(Memory *memory) {
  *memory = (Memory){0};
  lua_State *L = lua_newstate(allocate, memory);
  assert_non_null(L);
  return L;
}

static void close_state(lua_State *L, Memory *memory) {
  assert_int_equal(memory->bytes, L->global->account.total_bytes);
  lua_close(L);
  assert_int_equal(memory->bytes, 0);
}

/* ---- random graphs ---- */

#define NODES 400
#define EDGES 4

typedef enum NodeKind { NODE_TABLE, NODE_FIELDS, NODE_USERDATA, NODE_CLOSURE, NODE_THREAD, NODE_KINDS } NodeKind;

typedef struct Model {
  lua_State *L;
  uint64_t random;
  int kind[NODES];         /* -1: no node */
  int edges[NODES][EDGES]; /* node, or -1 */
  bool is_root[NODES];
} Model;

/* Stack of the state: 1 the weak table from number to node, 2 the roots. */
#define WEAK  1
#define ROOTS 2

static unsigned pick(Model *model, unsigned limit) {
  model->random ^= model->random << 13;
  model->random ^= model->random >> 7;
  model->random ^= model->random << 17;
  return (unsigned)((model->random >> 32) % limit);
}

static int nothing(lua_State *L) {
  (void)L;
  return 0;
}

static void push_new(lua_State *L, int kind) {
  switch (kind) {
    case NODE_TABLE:
    case NODE_FIELDS: lua_newtable(L); break;
    case NODE_USERDATA: lua_newuserdatauv(L, 8, EDGES); break;
    case NODE_CLOSURE:
      for (int i = 0; i < EDGES; i++) lua_pushnil(L);
      lua_pushcclosure(L, nothing, EDGES);
      break;
    default: {
      lua_State *thread = lua_newthread(L);
      for (int i = 0; i < EDGES; i++) lua_pushnil(thread);
    }
  }
}

static void make_node(Model *model, int node) {
  lua_State *L = model->L;
  model->kind[node] = (int)pick(model, NODE_KINDS);
  for (int i = 0; i < EDGES; i++) model->edges[node][i] = -1;
  model->is_root[node] = true;
  push_new(L, model->kind[node]);
  lua_pushvalue(L, -1);
  lua_rawseti(L, ROOTS, node + 1);
  lua_rawseti(L, WEAK, node + 1);
}

/* Stores the value on top into an edge of the holder below it; pops both. */
static void store_edge(lua_State *L, int kind, int edge) {
  switch (kind) {
    case NODE_TABLE: lua_rawseti(L, -2, edge + 1); break;
    case NODE_FIELDS:
      lua_pushfstring(L, "edge%d", edge);
      lua_insert(L, -2);
      lua_rawset(L, -3);
      break;
    case NODE_USERDATA: lua_setiuservalue(L, -2, edge + 1); break;
    case NODE_CLOSURE: lua_setupvalue(L, -2, edge + 1); break;
    default: {
      lua_State *thread = lua_tothread(L, -2);
      lua_xmove(L, thread, 1);
      lua_replace(thread, edge + 1);
    }
  }
  lua_pop(L, 1);
}

static void mark_model(const Model *model, int node, bool *reached) {
  if (node < 0 || reached[node]) return;
  reached[node] = true;
  for (int i = 0; i < EDGES; i++) mark_model(model, model->edges[node][i], reached);
}

/* Every node that the model reaches is there; `exact`: and no other. Forgets those that are gone. */
static void compare(Model *model, bool exact) {
  bool reached[NODES] = {false};
  for (int node = 0; node < NODES; node++)
    if (model->kind[node] >= 0 && model->is_root[node]) mark_model(model, node, reached);
  for (int node = 0; node < NODES; node++) {
    bool exists = lua_rawgeti(model->L, WEAK, node + 1) != LUA_TNIL;
    lua_pop(model->L, 1);
    if (reached[node]) assert_true(exists);
    if (exact && !reached[node]) assert_false(exists);
    if (!reached[node]) {
      model->kind[node] = -1;
      lua_pushnil(model->L); /* the model forgets it, so nothing may take it up again */
      lua_rawseti(model->L, WEAK, node + 1);
    }
  }
}

static void change_edge(Model *model, int node, int target) {
  lua_State *L = model->L;
  int edge = (int)pick(model, EDGES);
  if (lua_rawgeti(L, WEAK, node + 1) == LUA_TNIL) {
    lua_pop(L, 1);
    return;
  }
  bool removes = target < 0 || lua_rawgeti(L, WEAK, target + 1) == LUA_TNIL;
  if (target < 0) lua_pushnil(L);
  model->edges[node][edge] = removes ? -1 : target;
  store_edge(L, model->kind[node], edge);
}

static void mutate(Model *model) {
  int node = (int)pick(model, NODES), target = (int)pick(model, NODES);
  unsigned action = pick(model, 16);
  if (model->kind[node] < 0)
    make_node(model, node);
  else if (action < 2) {
    model->is_root[node] = false;
    lua_pushnil(model->L);
    lua_rawseti(model->L, ROOTS, node + 1);
  } else if (action < 13 && model->kind[target] >= 0)
    change_edge(model, node, target);
  else
    change_edge(model, node, -1);
}

/* `mode`: LUA_GCINC, LUA_GCGEN, or -1: changes all the time. */
static void run_model(uint64_t seed, int rounds, int step_multiplier, int step_size, int mode) {
  Memory memory;
  Model *model = calloc(1, sizeof *model);
  lua_State *L = model->L = open_state(&memory);
  model->random = seed;
  for (int i = 0; i < NODES; i++) model->kind[i] = -1;
  lua_newtable(L);
  lua_newtable(L);
  lua_pushliteral(L, "v");
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, WEAK);
  lua_newtable(L);
  lua_gc(L, LUA_GCINC, 120, step_multiplier, step_size);
  if (mode == LUA_GCGEN) lua_gc(L, LUA_GCGEN, 5, 40);
  for (int i = 0; i < rounds; i++) {
    mutate(model);
    unsigned dice = pick(model, 4096);
    if (mode == -1 && dice > 4090) lua_gc(L, dice % 2 == 0 ? LUA_GCINC : LUA_GCGEN, 0, 0, 0);
    if (dice < 400) lua_gc(L, LUA_GCSTEP, 0);
    if (dice == 500) {
      lua_gc(L, LUA_GCCOLLECT);
      compare(model, true);
      assert_valid(L);
    }
    if (dice > 4080) {
      compare(model, false);
      assert_valid(L);
    }
  }
  close_state(L, &memory);
  free(model);
}

static void test_random_graphs(void **state) {
  (void)state;
  run_model(1, 100000, 100, 13, LUA_GCINC);
  run_model(2, 100000, 1, 5, LUA_GCINC); /* tiny steps: the program runs in every phase */
  run_model(3, 100000, 4, 7, LUA_GCINC);
}

static void test_random_graphs_in_generations(void **state) {
  (void)state;
  run_model(4, 100000, 100, 13, LUA_GCGEN);
  run_model(5, 100000, 1, 5, -1);
}

/* The lists cannot grow while the collector works: everything must be found by walking. */
static void test_no_memory_for_lists(void **state) {
  (void)state;
  Memory memory;
  lua_State *L = open_state(&memory);
  lua_newtable(L);
  for (int i = 1; i <= 3000; i++) {
    lua_newtable(L);
    for (int j = 1; j <= 3; j++) {
      if (j == 2)
        lua_newthread(L);
      else
        lua_newtable(L);
      lua_pushinteger(L, i);
      if (j == 2)
        lua_pop(L, 1);
      else
        lua_rawseti(L, -2, 1);
      lua_rawseti(L, -2, j);
    }
    if (i % 3 == 0) {
      lua_newtable(L);
      lua_pushstring(L, i % 2 ? "k" : "v");
      lua_setfield(L, -2, "__mode");
      lua_setmetatable(L, -2);
    }
    lua_rawseti(L, 1, i);
  }
  for (int round = 0; round < 3; round++) {
    memory.fail_first = memory.requests + 1;
    memory.fail_end = SIZE_MAX;
    if (round == 2)
      for (int i = 0; i < 20000 && lua_gc(L, LUA_GCSTEP, 0) == 0; i++) lua_gc(L, LUA_GCINC, 0, 1, 4);
    else
      lua_gc(L, LUA_GCCOLLECT);
    memory.fail_end = 0;
    assert_valid(L);
  }
  for (int i = 1; i <= 3000; i++) {
    lua_rawgeti(L, 1, i);
    lua_rawgeti(L, -1, 1);
    bool weak_values = i % 3 == 0 && i % 2 == 0;
    assert_int_equal(lua_type(L, -1), weak_values ? LUA_TNIL : LUA_TTABLE);
    lua_pop(L, 2);
  }
  close_state(L, &memory);
}

/* ---- weak tables ---- */

static void push_weak(lua_State *L, const char *mode) {
  lua_newtable(L);
  lua_newtable(L);
  lua_pushstring(L, mode);
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, -2);
}

static int count_entries(lua_State *L, int index) {
  int count = 0;
  for (lua_pushnil(L); lua_next(L, index) != 0; lua_pop(L, 1)) count++;
  return count;
}

static void test_weak_values(void **state) {
  (void)state;
  Memory memory;
  lua_State *L = open_state(&memory);
  push_weak(L, "v");
  lua_newtable(L);
  lua_pushvalue(L, -1);
  lua_rawseti(L, 1, 1);
  lua_newtable(L);
  lua_rawseti(L, 1, 2);
  lua_pushliteral(L, "a string is a value, not an object, however long it is");
  lua_rawseti(L, 1, 3);
  lua_pushcfunction(L, nothing);
  lua_setfield(L, 1, "light");
  lua_newtable(L);
  lua_setfield(L, 1, "dead");
  lua_gc(L, LUA_GCCOLLECT);
  assert_int_equal(count_entries(L, 1), 3);
  assert_int_equal(lua_rawgeti(L, 1, 2), LUA_TNIL);
  assert_valid(L);
  lua_settop(L, 1);
  lua_gc(L, LUA_GCCOLLECT);
  assert_int_equal(count_entries(L, 1), 2);
  close_state(L, &memory);
}

/* A chain through one ephemeron table, in an order that favours neither direction. */
static void test_ephemerons(void **state) {
  (void)state;
  Memory memory;
  lua_State *L = open_state(&memory);
  push_weak(L, "k");
  lua_newtable(L); /* 2: the first key */
  lua_pushvalue(L, 2);
  for (int i = 0; i < 500; i++) {
    lua_newtable(L);
    lua_pushvalue(L, -2);
    lua_pushvalue(L, -2);
    lua_rawset(L, 1);
    lua_remove(L, -2);
  }
  lua_settop(L, 2);
  lua_newtable(L); /* a cycle from value to key keeps nothing alive */
  lua_pushvalue(L, -1);
  lua_rawset(L, 1);
  lua_gc(L, LUA_GCCOLLECT);
  assert_int_equal(count_entries(L, 1), 500);
  lua_settop(L, 1);
  lua_gc(L, LUA_GCCOLLECT);
  assert_int_equal(count_entries(L, 1), 0);
  assert_valid(L);
  close_state(L, &memory);
}

static void test_all_weak(void **state) {
  (void)state;
  Memory memory;
  lua_State *L = open_state(&memory);
  push_weak(L, "kv");
  lua_newtable(L);
  lua_pushvalue(L, 2);
  lua_newtable(L);
  lua_rawset(L, 1); /* the value dies */
  lua_newtable(L);
  lua_pushvalue(L, 2);
  lua_rawset(L, 1); /* the key dies */
  lua_pushfstring(L, "key%d", 1);
  lua_pushvalue(L, 2);
  lua_rawset(L, 1); /* stays */
  lua_gc(L, LUA_GCCOLLECT);
  assert_int_equal(count_entries(L, 1), 1);
  assert_int_equal(lua_getfield(L, 1, "key1"), LUA_TTABLE);
  close_state(L, &memory);
}

/* ---- finalizers ---- */

/* __gc: appends the object's [1] to the registry's `order`, and keeps the object as `saved`. */
static int note_order(lua_State *L) {
  lua_getfield(L, LUA_REGISTRYINDEX, "order");
  lua_rawgeti(L, 1, 1);
  lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
  lua_pushvalue(L, 1);
  lua_setfield(L, LUA_REGISTRYINDEX, "saved");
  return 0;
}

static void push_finalizable(lua_State *L, int number, lua_CFunction finalizer) {
  lua_newtable(L);
  lua_pushinteger(L, number);
  lua_rawseti(L, -2, 1);
  lua_newtable(L);
  lua_pushcfunction(L, finalizer);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, -2);
}

static void test_finalizer_order(void **state) {
  (void)state;
  Memory memory;
  lua_State *L = open_state(&memory);
  lua_newtable(L);
  lua_setfield(L, LUA_REGISTRYINDEX, "order");
  luaL_checkstack(L, 30, "objects");
  push_finalizable(L, 99, note_order); /* stays alive */
  for (int i = 1; i <= 25; i++) push_finalizable(L, i, note_order);
  lua_pop(L, 25);
  lua_gc(L, LUA_GCCOLLECT);
  lua_getfield(L, LUA_REGISTRYINDEX, "order");
  assert_int_equal(lua_rawlen(L, -1), 25);
  for (int i = 1; i <= 25; i++) {
    lua_rawgeti(L, -1, i);
    assert_int_equal(lua_tointeger(L, -1), 26 - i);
    lua_pop(L, 1);
  }
  lua_gc(L, LUA_GCCOLLECT); /* a second time does not call them again */
  assert_int_equal(lua_rawlen(L, -1), 25);
  assert_valid(L);
  close_state(L, &memory);
}

/* Resurrected objects leave weak values before their finalizer runs, weak keys after. */
static void test_resurrection(void **state) {
  (void)state;
  Memory memory;
  lua_State *L = open_state(&memory);
  lua_newtable(L);
  lua_setfield(L, LUA_REGISTRYINDEX, "order");
  push_weak(L, "v");
  push_weak(L, "k");
  push_finalizable(L, 7, note_order);
  lua_pushvalue(L, -1);
  lua_rawseti(L, 1, 1);
  lua_pushinteger(L, 42);
  lua_rawset(L, 2);
  lua_gc(L, LUA_GCCOLLECT);
  assert_int_equal(lua_rawgeti(L, 1, 1), LUA_TNIL);
  lua_getfield(L, LUA_REGISTRYINDEX, "saved");
  lua_rawget(L, 2);
  assert_int_equal(lua_tointeger(L, -1), 42);
  lua_pushnil(L);
  lua_setfield(L, LUA_REGISTRYINDEX, "saved");
  lua_settop(L, 2);
  lua_gc(L, LUA_GCCOLLECT);
  assert_int_equal(count_entries(L, 2), 0);
  assert_valid(L);
  close_state(L, &memory);
}

static int count_calls(lua_State *L) {
  lua_getfield(L, LUA_REGISTRYINDEX, "calls");
  lua_pushinteger(L, lua_tointeger(L, -1) + 1);
  lua_setfield(L, LUA_REGISTRYINDEX, "calls");
  lua_getmetatable(L, 1);
  lua_setmetatable(L, 1);                         /* registers the object anew */
  assert_int_equal(lua_gc(L, LUA_GCCOLLECT), -1); /* the collector does not run inside a finalizer */
  return 0;
}

static void test_registered_anew(void **state) {
  (void)state;
  Memory memory;
  lua_State *L = open_state(&memory);
  push_finalizable(L, 1, count_calls);
  lua_pop(L, 1);
  for (int i = 1; i <= 5; i++) {
    lua_gc(L, LUA_GCCOLLECT);
    lua_getfield(L, LUA_REGISTRYINDEX, "calls");
    assert_int_equal(lua_tointeger(L, -1), i);
    lua_pop(L, 1);
  }
  close_state(L, &memory);
}

static int raise_error(lua_State *L) {
  return luaL_error(L, "from a finalizer");
}

static void note_warning(void *data, const char *message, int to_continue) {
  char *text = data;
  (void)to_continue;
  if (strlen(text) + strlen(message) < 200) strcat(text, message);
}

static void test_error_in_finalizer(void **state) {
  (void)state;
  Memory memory;
  char text[200] = "";
  lua_State *L = open_state(&memory);
  lua_setwarnf(L, note_warning, text);
  push_finalizable(L, 1, raise_error);
  lua_pop(L, 1);
  lua_gc(L, LUA_GCCOLLECT);
  assert_non_null(strstr(text, "from a finalizer"));
  assert_non_null(strstr(text, "__gc"));
  assert_int_equal(lua_gettop(L), 0);
  close_state(L, &memory);
}

/* ---- steering ---- */

static void test_stop_and_steps(void **state) {
  (void)state;
  Memory memory;
  lua_State *L = open_state(&memory);
  lua_gc(L, LUA_GCINC, 0, 0, 0); /* torture begins in either mode */
  lua_gc(L, LUA_GCSTOP);
  assert_int_equal(lua_gc(L, LUA_GCISRUNNING), 0);
  int before = lua_gc(L, LUA_GCCOUNT);
  for (int i = 0; i < 20000; i++) {
    lua_newtable(L);
    lua_pop(L, 1);
  }
  assert_true(lua_gc(L, LUA_GCCOUNT) > before + 500);
  int steps = 1;
  while (lua_gc(L, LUA_GCSTEP, 8) == 0) steps++;
  assert_true(steps < 1000);
  assert_int_equal(lua_gc(L, LUA_GCISRUNNING), 0);
  assert_true(lua_gc(L, LUA_GCCOUNT) < before + 100);
  lua_gc(L, LUA_GCRESTART);
  assert_int_equal(lua_gc(L, LUA_GCISRUNNING), 1);
  for (int i = 0; i < 200000; i++) {
    lua_newtable(L);
    lua_pop(L, 1);
  }
  assert_true(lua_gc(L, LUA_GCCOUNT) < before + 200);
  assert_int_equal(lua_gc(L, LUA_GCGEN, 0, 0), LUA_GCINC);
  assert_int_equal(lua_gc(L, LUA_GCINC, 0, 0, 0), LUA_GCGEN);
  close_state(L, &memory);
}

/* After many objects of one size, others of another size find room in the blocks that became empty. */
static void test_blocks_are_reused(void **state) {
  (void)state;
  Memory memory;
  lua_State *L = open_state(&memory);
  lua_newtable(L);
  for (int round = 0; round < 8; round++) {
    for (int i = 1; i <= 5000; i++) {
      lua_newuserdatauv(L, (size_t)(8 + round * 48), 0);
      lua_rawseti(L, 1, i);
    }
    assert_valid(L);
  }
  lua_settop(L, 0);
  lua_gc(L, LUA_GCCOLLECT);
  assert_valid(L);
  assert_true(L->global->account.idle_bytes < 64 * 1024);
  close_state(L, &memory);
}

static void test_large_objects(void **state) {
  (void)state;
  Memory memory;
  lua_State *L = open_state(&memory);
  lua_newtable(L);
  for (int i = 0; i < 2000; i++) {
    char *block = lua_newuserdatauv(L, (size_t)(400 + i * 7), 1);
    memset(block, i, (size_t)(400 + i * 7));
    lua_rawseti(L, 1, 1 + i % 50);
    if (i % 100 == 0) assert_valid(L);
  }
  close_state(L, &memory);
}

/* ---- every request fails once ---- */

static int scenario(lua_State *L) {
  lua_newtable(L);
  push_weak(L, "k");
  for (int i = 1; i <= 60; i++) {
    lua_pushfstring(L, "a key that is short %d", i);
    lua_newtable(L);
    lua_pushinteger(L, i);
    lua_setfield(L, -2, "field");
    lua_pushvalue(L, -1);
    lua_pushvalue(L, -1);
    lua_rawset(L, 2);
    lua_rawset(L, 1);
    lua_State *thread = lua_newthread(L);
    lua_checkstack(thread, 100);
    lua_pushfstring(thread, "a longer string, which is not interned because of its length: %d", i);
    lua_rawseti(L, 1, i);
    lua_newuserdatauv(L, (size_t)i * 20, 2);
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, -2, 1);
    lua_pushcclosure(L, nothing, 1);
    lua_rawseti(L, 1, 100 - i);
    push_finalizable(L, i, nothing);
    lua_pop(L, 1);
  }
  for (int i = 1; i <= 60; i++) {
    lua_pushfstring(L, "a key that is short %d", i);
    if (lua_rawget(L, 1) != LUA_TTABLE) return luaL_error(L, "a field was lost");
    if (lua_getfield(L, -1, "field") != LUA_TNUMBER || lua_tointeger(L, -1) != i)
      return luaL_error(L, "a value was lost");
    lua_pop(L, 2);
  }
  return 0;
}

/* `window` requests fail from the k-th on: with one, the retry after the emergency collection succeeds. */
static void fail_each(size_t window, int mode) {
  for (size_t k = 1;; k++) {
    Memory memory = {.fail_first = k, .fail_end = k + window};
    lua_State *L = lua_newstate(allocate, &memory);
    bool failed = memory.requests >= k;
    if (L == NULL) {
      assert_int_equal(memory.bytes, 0);
      continue;
    }
    lua_gc(L, mode, 0, 0, 0);
    lua_pushcfunction(L, scenario);
    int status = lua_pcall(L, 0, 0, 0);
    failed = memory.requests >= k;
    memory.fail_end = 0;
    if (window == 1 || !failed) assert_int_equal(status, LUA_OK);
    if (status != LUA_OK) {
      assert_int_equal(status, LUA_ERRMEM);
      assert_string_equal(lua_tostring(L, -1), "not enough memory");
    }
    assert_valid(L);
    lua_settop(L, 0);
    lua_pushcfunction(L, scenario);
    assert_int_equal(lua_pcall(L, 0, 0, 0), LUA_OK);
    lua_gc(L, LUA_GCCOLLECT);
    assert_valid(L);
    close_state(L, &memory);
    if (!failed) return;
  }
}

static void test_fail_once(void **state) {
  (void)state;
  fail_each(1, LUA_GCINC);
  fail_each(1, LUA_GCGEN);
}

static void test_fail_for_a_while(void **state) {
  (void)state;
  fail_each(12, LUA_GCINC);
  fail_each(12, LUA_GCGEN);
  fail_each(1000000, LUA_GCINC);
  fail_each(1000000, LUA_GCGEN);
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_random_graphs),       cmocka_unit_test(test_random_graphs_in_generations),
    cmocka_unit_test(test_no_memory_for_lists), cmocka_unit_test(test_weak_values),
    cmocka_unit_test(test_ephemerons),          cmocka_unit_test(test_all_weak),
    cmocka_unit_test(test_finalizer_order),     cmocka_unit_test(test_resurrection),
    cmocka_unit_test(test_registered_anew),     cmocka_unit_test(test_error_in_finalizer),
    cmocka_unit_test(test_stop_and_steps),      cmocka_unit_test(test_blocks_are_reused),
    cmocka_unit_test(test_large_objects),       cmocka_unit_test(test_fail_once),
    cmocka_unit_test(test_fail_for_a_while),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

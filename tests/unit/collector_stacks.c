/* Stacks that a host writes between the portions of a collection: threads that do not run are black, and every function
 * of the API that writes on them has to tell. A model knows the number in the table that each slot refers to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "gc/collect.h"
#include "gc/phases.h"
#include "lauxlib.h"
#include "lua.h"
#include "lualib.h"

#define THREADS 6
#define DEPTH   12
#define STORE   40

typedef struct Model {
  lua_State *L;
  lua_State *threads[THREADS];
  int slots[THREADS][DEPTH];
  int heights[THREADS];
  int stored[STORE]; /* tables that only the list at index 1 of L refers to */
  int last;
  uint64_t seed;
} Model;

static unsigned draw(Model *model, unsigned limit) {
  model->seed = model->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (unsigned)(model->seed >> 33) % limit;
}

static void push_fresh(lua_State *L, int number) {
  lua_createtable(L, 1, 0);
  lua_pushinteger(L, number);
  lua_rawseti(L, -2, 1);
}

static void store_fresh(Model *model, unsigned place) {
  push_fresh(model->L, model->stored[place] = ++model->last);
  lua_rawseti(model->L, 1, (lua_Integer)place + 1);
}

static void check_slot(const Model *model, unsigned thread, int slot) {
  lua_State *L = model->threads[thread];
  if (lua_type(L, slot + 1) != LUA_TTABLE) fail_msg("slot %d of thread %u is no table", slot, thread);
  lua_rawgeti(L, slot + 1, 1);
  int number = (int)lua_tointeger(L, -1);
  lua_pop(L, 1);
  if (number != model->slots[thread][slot]) fail_msg("slot %d of thread %u has another table", slot, thread);
}

static void push_number(Model *model, unsigned thread, int number) {
  model->slots[thread][model->heights[thread]++] = number;
}

static int pop_number(Model *model, unsigned thread) {
  return model->slots[thread][--model->heights[thread]];
}

/* From the list to the thread, and the list forgets it. */
static void fetch(Model *model, unsigned thread, bool by_next) {
  lua_State *L = model->threads[thread];
  unsigned place = by_next ? 0 : draw(model, STORE);
  lua_pushvalue(model->L, 1);
  lua_xmove(model->L, L, 1);
  if (by_next) {
    lua_pushnil(L);
    lua_next(L, -2);
    lua_copy(L, -1, -3);
    lua_pop(L, 2);
  } else if (draw(model, 2) == 0) {
    lua_rawgeti(L, -1, (lua_Integer)place + 1);
    lua_replace(L, -2);
  } else {
    lua_pushinteger(L, (lua_Integer)place + 1);
    lua_gettable(L, -2);
    lua_remove(L, -2);
  }
  push_number(model, thread, model->stored[place]);
  store_fresh(model, place);
}

static void move_between(Model *model, unsigned from, unsigned to) {
  if (from == to || model->heights[from] == 0) return;
  lua_xmove(model->threads[from], model->threads[to], 1);
  push_number(model, to, pop_number(model, from));
}

static void rotate(Model *model, unsigned thread) {
  int height = model->heights[thread], *slots = model->slots[thread];
  if (height < 2) return;
  int first = (int)draw(model, (unsigned)height - 1), last = slots[height - 1];
  lua_insert(model->threads[thread], first + 1);
  for (int i = height - 1; i > first; i--) slots[i] = slots[i - 1];
  slots[first] = last;
}

static void overwrite(Model *model, unsigned thread) {
  int height = model->heights[thread];
  if (height == 0) return;
  int slot = (int)draw(model, (unsigned)height);
  push_fresh(model->threads[thread], model->slots[thread][slot] = ++model->last);
  lua_replace(model->threads[thread], slot + 1);
}

static int give_back(lua_State *L) {
  return lua_gettop(L);
}

/* A call of a C function on the thread itself: its argument comes back. */
static void call_on(Model *model, unsigned thread) {
  lua_State *L = model->threads[thread];
  lua_pushcfunction(L, give_back);
  push_fresh(L, ++model->last);
  lua_call(L, 1, 1);
  push_number(model, thread, model->last);
}

static void change(Model *model) {
  unsigned thread = draw(model, THREADS);
  lua_State *L = model->threads[thread];
  if (model->heights[thread] >= DEPTH - 2) {
    model->heights[thread] = (int)draw(model, DEPTH);
    if (model->heights[thread] > lua_gettop(L)) model->heights[thread] = lua_gettop(L);
    lua_settop(L, model->heights[thread]);
    return;
  }
  switch (draw(model, 7)) {
    case 0:
      push_fresh(L, ++model->last);
      push_number(model, thread, model->last);
      break;
    case 1: fetch(model, thread, false); break;
    case 2: fetch(model, thread, true); break;
    case 3: move_between(model, draw(model, THREADS), thread); break;
    case 4: rotate(model, thread); break;
    case 5: overwrite(model, thread); break;
    default: call_on(model, thread); break;
  }
}

static void open_model(Model *model, uint64_t seed) {
  *model = (Model){.L = luaL_newstate(), .seed = seed};
  lua_State *L = model->L;
  assert_non_null(L);
  lua_gc(L, LUA_GCINC, 0, 0, 0); /* torture begins in either mode */
  lua_settop(L, 0);
  lua_newtable(L);
  for (unsigned i = 0; i < STORE; i++) store_fresh(model, i);
  for (int i = 0; i < THREADS; i++) model->threads[i] = lua_newthread(L);
}

static void work_off(Model *model, int rounds) {
  for (int i = 0; i < rounds; i++) {
    unsigned kind = draw(model, 100);
    for (unsigned n = draw(model, 4); n > 0; n--) change(model);
    rl_collect_advance(model->L);
    if (i % 16 == 0) {
      const char *fault = rl_gc_fault(model->L);
      if (fault != NULL) fail_msg("%s", fault);
    }
    if (kind == 0) lua_gc(model->L, LUA_GCCOLLECT);
    unsigned thread = draw(model, THREADS);
    for (int slot = 0; slot < model->heights[thread]; slot++) check_slot(model, thread, slot);
  }
}

static void while_it_marks(void **state) {
  (void)state;
  for (uint64_t seed = 1; seed <= 6; seed++) {
    Model model;
    open_model(&model, seed);
    lua_gc(model.L, LUA_GCSTOP);
    work_off(&model, 4000);
    lua_close(model.L);
  }
}

static void between_minor_collections(void **state) {
  (void)state;
  for (uint64_t seed = 1; seed <= 6; seed++) {
    Model model;
    open_model(&model, seed);
    lua_gc(model.L, LUA_GCGEN, 0, 0);
    for (int round = 0; round < 200; round++) {
      for (unsigned n = draw(&model, 8); n > 0; n--) change(&model);
      lua_gc(model.L, LUA_GCSTEP, 0);
      const char *fault = rl_gc_fault(model.L);
      if (fault != NULL) fail_msg("%s", fault);
      for (unsigned thread = 0; thread < THREADS; thread++)
        for (int slot = 0; slot < model.heights[thread]; slot++) check_slot(&model, thread, slot);
    }
    lua_close(model.L);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
    cmocka_unit_test(while_it_marks),
    cmocka_unit_test(between_minor_collections),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}

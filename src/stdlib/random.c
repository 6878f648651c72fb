/* Pseudo-random numbers: xoshiro256** (D. Blackman, S. Vigna, 2018), with the same seeding and the same projections as
 * stock Lua, so that a seed gives the same sequence. The generator is a userdata that both functions have as an
 * upvalue. */
#include "stdlib/random.h"

#include <stdint.h>
#include <time.h>

#include "lauxlib.h"

#define DISCARDED 16 /* first numbers after seeding */

typedef struct Generator {
  uint64_t state[4];
} Generator;

static uint64_t rotate_left(uint64_t x, int count) {
  return x << count | x >> (64 - count);
}

static uint64_t next_number(Generator *generator) {
  uint64_t *state = generator->state;
  uint64_t result = rotate_left(state[1] * 5, 7) * 9;
  uint64_t shifted = state[1] << 17;
  state[2] ^= state[0];
  state[3] ^= state[1];
  state[1] ^= state[2];
  state[0] ^= state[3];
  state[2] ^= shifted;
  state[3] = rotate_left(state[3], 45);
  return result;
}

/* The high 53 bits as a float in [0, 1). */
static lua_Number to_unit_interval(uint64_t number) {
  return (lua_Number)(number >> 11) * 0x1p-53;
}

/* A number in [0, limit]: masked to the smallest 2^b - 1 that is not below the limit, and drawn again while it is
 * above. */
static uint64_t project(Generator *generator, uint64_t number, uint64_t limit) {
  if ((limit & (limit + 1)) == 0) return number & limit;
  uint64_t mask = UINT64_MAX >> __builtin_clzll(limit);
  while ((number &= mask) > limit) number = next_number(generator);
  return number;
}

static void seed(lua_State *L, Generator *generator, lua_Unsigned first, lua_Unsigned second) {
  generator->state[0] = first;
  generator->state[1] = 0xff;
  generator->state[2] = second;
  generator->state[3] = 0;
  for (int i = 0; i < DISCARDED; i++) next_number(generator);
  lua_pushinteger(L, (lua_Integer)first);
  lua_pushinteger(L, (lua_Integer)second);
}

static void seed_randomly(lua_State *L, Generator *generator) {
  struct timespec now = {0};
  clock_gettime(CLOCK_REALTIME, &now);
  lua_Unsigned first = (lua_Unsigned)now.tv_sec * UINT64_C(1000000000) + (lua_Unsigned)now.tv_nsec;
  seed(L, generator, first, (lua_Unsigned)(uintptr_t)L);
}

static Generator *own_generator(lua_State *L) {
  return lua_touserdata(L, lua_upvalueindex(1));
}

static int random_number(lua_State *L) {
  Generator *generator = own_generator(L);
  uint64_t number = next_number(generator);
  lua_Integer low = 1, high;
  switch (lua_gettop(L)) {
    case 0: lua_pushnumber(L, to_unit_interval(number)); return 1;
    case 1:
      high = luaL_checkinteger(L, 1);
      if (high == 0) {
        lua_pushinteger(L, (lua_Integer)number);
        return 1;
      }
      break;
    case 2:
      low = luaL_checkinteger(L, 1);
      high = luaL_checkinteger(L, 2);
      break;
    default: return luaL_error(L, "wrong number of arguments");
  }
  luaL_argcheck(L, low <= high, 1, "interval is empty");
  uint64_t distance = project(generator, number, (lua_Unsigned)high - (lua_Unsigned)low);
  lua_pushinteger(L, (lua_Integer)(distance + (lua_Unsigned)low));
  return 1;
}

/* Returns the two parts of the seed. */
static int set_seed(lua_State *L) {
  Generator *generator = own_generator(L);
  if (lua_isnone(L, 1)) {
    seed_randomly(L, generator);
  } else {
    lua_Integer first = luaL_checkinteger(L, 1);
    lua_Integer second = luaL_optinteger(L, 2, 0);
    seed(L, generator, (lua_Unsigned)first, (lua_Unsigned)second);
  }
  return 2;
}

void rl_random_push(lua_State *L) {
  Generator *generator = lua_newuserdatauv(L, sizeof(Generator), 0);
  seed_randomly(L, generator);
  lua_pop(L, 2);
  lua_pushvalue(L, -1);
  lua_pushcclosure(L, random_number, 1);
  lua_insert(L, -2);
  lua_pushcclosure(L, set_seed, 1);
}

/* The module rille.limits: budgets for Lua programs. What a budget is stands in vm/budget.h; here are its options, its
 * methods, and the functions of rille.h. */
#include "ext/limits.h"

#include <math.h>
#include <string.h>

#include "ext/modules.h"
#include "lauxlib.h"
#include "object/stack.h"
#include "rille.h"

#define BUDGET_TYPE "rille.budget"

/* ---- options ---- */

/* The names of the limits in tables, by LimitKind. The last is no option. */
static const char *const option_names[LIMIT_COUNT] = {"none",   "instructions", "wall",  "cpu",
                                                      "memory", "output",       "depth", "interrupt"};

/* Seconds as nanoseconds; more than a clock can count is no limit. */
static int64_t nanoseconds(double seconds) {
  return seconds * 1e9 >= 9e18 ? LIMIT_OFF : (int64_t)(seconds * 1e9);
}

static double seconds(int64_t nanoseconds) {
  return (double)nanoseconds / 1e9;
}

static bool is_time(LimitKind kind) {
  return kind == LIMIT_WALL || kind == LIMIT_CPU;
}

static int64_t *amount_left(Budget *budget, LimitKind kind) {
  switch (kind) {
    case LIMIT_INSTRUCTIONS: return &budget->instructions;
    case LIMIT_WALL: return &budget->wall;
    case LIMIT_CPU: return &budget->cpu;
    case LIMIT_MEMORY: return &budget->memory;
    case LIMIT_OUTPUT: return &budget->output;
    default: return &budget->depth;
  }
}

static LimitKind kind_of(lua_State *L, const char *name) {
  for (int kind = LIMIT_INSTRUCTIONS; kind <= LIMIT_DEPTH; kind++)
    if (strcmp(name, option_names[kind]) == 0) return (LimitKind)kind;
  return (LimitKind)luaL_error(L, "unknown limit '%s'", name);
}

/* The value on top as an amount of the limit. */
static int64_t read_amount(lua_State *L, LimitKind kind) {
  const char *name = option_names[kind];
  if (is_time(kind)) {
    int is_number;
    double value = lua_tonumberx(L, -1, &is_number);
    if (!is_number || !(value >= 0)) luaL_error(L, "limit '%s' must be a number of seconds", name);
    return nanoseconds(value);
  }
  int is_integer;
  lua_Integer value = lua_tointegerx(L, -1, &is_integer);
  if (!is_integer && lua_isnumber(L, -1) && lua_tonumber(L, -1) == HUGE_VAL) return LIMIT_OFF;
  if (!is_integer || value < 0) luaL_error(L, "limit '%s' must be a non-negative integer", name);
  return value;
}

const char *rl_limits_name(LimitKind kind) {
  return option_names[kind];
}

static void read_options(lua_State *L, int options, Budget *budget) {
  for (lua_pushnil(L); lua_next(L, options) != 0; lua_pop(L, 1)) {
    if (lua_type(L, -2) != LUA_TSTRING) luaL_error(L, "unknown limit (a %s)", luaL_typename(L, -2));
    const char *name = lua_tostring(L, -2);
    if (strcmp(name, "catchable") == 0) {
      budget->is_final = !lua_toboolean(L, -1);
      continue;
    }
    LimitKind kind = kind_of(L, name);
    *amount_left(budget, kind) = read_amount(L, kind);
  }
}

static Budget *new_budget(lua_State *L) {
  Budget *budget = lua_newuserdatauv(L, sizeof(Budget), 0);
  budget_init(budget);
  luaL_setmetatable(L, BUDGET_TYPE);
  return budget;
}

Budget *rl_limits_push_budget(lua_State *L, int options) {
  Budget *budget = new_budget(L);
  read_options(L, options, budget);
  return budget;
}

/* ---- calling ---- */

int rl_limits_call(lua_State *L, Budget *budget, int place) {
  if (budget->is_entered) return luaL_error(L, "this budget is in use");
  int status = rl_budget_call(L, budget, L->call_info->base + place, LUA_MULTRET, 0);
  if (L->call_info->top < L->top) L->call_info->top = L->top;
  luaL_checkstack(L, 2, "too many results");
  lua_pushboolean(L, status == LUA_OK);
  lua_replace(L, place);
  if (status == LUA_OK) return lua_gettop(L) - place + 1;
  lua_settop(L, place + 1);
  if (budget->reached == LIMIT_NONE) return 2;
  lua_pushstring(L, option_names[budget->reached]);
  return 3;
}

static Budget *check_budget(lua_State *L) {
  return luaL_checkudata(L, 1, BUDGET_TYPE);
}

/* limits.call(options, f, ...) */
static int call_with_options(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_checkany(L, 2);
  Budget *budget = rl_limits_push_budget(L, 1);
  lua_replace(L, 1);
  return rl_limits_call(L, budget, 1);
}

/* budget:call(f, ...) */
static int call_with_budget(lua_State *L) {
  Budget *budget = check_budget(L);
  luaL_checkany(L, 2);
  return rl_limits_call(L, budget, 1);
}

/* ---- asking ---- */

static void set_amount(lua_State *L, LimitKind kind, int64_t amount) {
  if (is_time(kind))
    lua_pushnumber(L, seconds(amount));
  else
    lua_pushinteger(L, amount);
  lua_setfield(L, -2, option_names[kind]);
}

static int64_t memory_used(lua_State *L, const Budget *budget) {
  size_t total = L->global->account.total_bytes;
  return budget->is_entered ? (int64_t)(total - budget->memory_base) : 0;
}

static void push_used(lua_State *L, Budget *budget) {
  if (budget->is_entered) rl_budget_settle(L);
  lua_createtable(L, 0, 5);
  set_amount(L, LIMIT_INSTRUCTIONS, budget->instructions_used);
  set_amount(L, LIMIT_WALL, budget->wall_used);
  set_amount(L, LIMIT_CPU, budget->cpu_used);
  set_amount(L, LIMIT_OUTPUT, budget->output_used);
  if (budget->is_entered) set_amount(L, LIMIT_MEMORY, memory_used(L, budget));
}

/* budget:used(): a table with what has been used. */
static int used(lua_State *L) {
  push_used(L, check_budget(L));
  return 1;
}

/* budget:left(): a table with what is left of each limit that there is. */
static int left(lua_State *L) {
  Budget *budget = check_budget(L);
  if (budget->is_entered) rl_budget_settle(L);
  lua_createtable(L, 0, 4);
  for (int kind = LIMIT_INSTRUCTIONS; kind <= LIMIT_DEPTH; kind++) {
    int64_t amount = *amount_left(budget, (LimitKind)kind);
    if (amount == LIMIT_OFF) continue;
    if (kind == LIMIT_MEMORY) amount -= memory_used(L, budget);
    set_amount(L, (LimitKind)kind, amount > 0 && budget->state != BUDGET_SPENT ? amount : 0);
  }
  return 1;
}

/* budget:reached(): the name of the limit that has been reached, or nil. */
static int reached(lua_State *L) {
  const Budget *budget = check_budget(L);
  if (budget->reached == LIMIT_NONE)
    lua_pushnil(L);
  else
    lua_pushstring(L, option_names[budget->reached]);
  return 1;
}

static int make(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  rl_limits_push_budget(L, 1);
  return 1;
}

/* ---- the whole state ---- */

/* The registry holds the state's budget under this address. */
static const char state_key;

static Budget *state_budget(lua_State *L) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &state_key);
  Budget *budget = lua_touserdata(L, -1);
  lua_pop(L, 1);
  return budget;
}

/* Takes the old budget out and puts the one on top, which it pops, around everything; nil: none. */
static void set_state_budget(lua_State *L) {
  Budget *old = state_budget(L), *fresh = lua_touserdata(L, -1);
  if (old != NULL) rl_budget_remove(L, old);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &state_key);
  if (fresh != NULL) rl_budget_add_outermost(L, fresh);
}

/* limits.state([options]): limits the state, nil: no longer. Returns what the old limits' budget has used, or nil. */
static int limit_state(lua_State *L) {
  Budget *old = state_budget(L);
  if (!lua_isnoneornil(L, 1)) luaL_checktype(L, 1, LUA_TTABLE);
  if (old != NULL)
    push_used(L, old);
  else
    lua_pushnil(L);
  if (lua_isnoneornil(L, 1))
    lua_pushnil(L);
  else
    rl_limits_push_budget(L, 1);
  set_state_budget(L);
  return 1;
}

/* ---- rille.h ---- */

static int64_t or_off(int64_t amount) {
  return amount <= 0 ? LIMIT_OFF : amount;
}

void rl_limits_fill(Budget *budget, const rille_Limits *limits) {
  budget_init(budget);
  budget->instructions = or_off(limits->instructions);
  budget->wall = or_off(nanoseconds(limits->wall));
  budget->cpu = or_off(nanoseconds(limits->cpu));
  budget->memory = or_off(limits->memory > INT64_MAX ? 0 : (int64_t)limits->memory);
  budget->output = or_off(limits->output > INT64_MAX ? 0 : (int64_t)limits->output);
  budget->depth = or_off(limits->depth);
  budget->is_final = !limits->catchable;
}

int rl_limits_call_budget(State *L, int nargs, int nresults, int msgh, Budget *budget, int *reached) {
  ptrdiff_t handler = 0;
  if (msgh != 0) {
    const Value *slot = msgh > 0 ? L->call_info->base + (msgh - 1) : L->top + msgh;
    handler = stack_save(L, slot);
  }
  int status = rl_budget_call(L, budget, L->top - (nargs + 1), nresults, handler);
  if (nresults == LUA_MULTRET && L->call_info->top < L->top) L->call_info->top = L->top;
  if (reached != NULL) *reached = budget->reached;
  return status;
}

LUA_API int rille_limitcall(lua_State *L, int nargs, int nresults, int msgh, const rille_Limits *limits, int *reached) {
  Budget budget;
  rl_limits_fill(&budget, limits);
  return rl_limits_call_budget(L, nargs, nresults, msgh, &budget, reached);
}

/* The registry gets its entry before the chain changes: a memory error changes nothing. */
LUA_API void rille_limitstate(lua_State *L, const rille_Limits *limits) {
  luaL_checkstack(L, 3, NULL);
  if (limits == NULL) {
    lua_pushnil(L);
  } else {
    Budget *budget = lua_newuserdatauv(L, sizeof(Budget), 0);
    rl_limits_fill(budget, limits);
  }
  set_state_budget(L);
}

LUA_API int rille_limitreached(lua_State *L) {
  const Budget *budget = state_budget(L);
  return budget == NULL ? RILLE_LIMIT_NONE : budget->reached;
}

LUA_API void rille_limitwork(lua_State *L, size_t units) {
  rl_work(L, units);
}

_Static_assert((int)RILLE_LIMIT_DEPTH == (int)LIMIT_DEPTH && (int)RILLE_LIMIT_INTERRUPT == (int)LIMIT_INTERRUPT &&
                 (int)RILLE_LIMIT_MEMORY == (int)LIMIT_MEMORY,
               "rille.h numbers the limits as vm/budget.h does");

/* ---- opening ---- */

void rl_limits_open_type(lua_State *L) {
  static const luaL_Reg methods[] = {
    {"call", call_with_budget}, {"used", used}, {"left", left}, {"reached", reached}, {NULL, NULL}};
  luaL_newmetatable(L, BUDGET_TYPE);
  luaL_newlib(L, methods);
  lua_setfield(L, -2, "__index");
  lua_pushliteral(L, "budget");
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 1);
}

int rl_open_limits(lua_State *L) {
  static const luaL_Reg functions[] = {
    {"call", call_with_options}, {"new", make}, {"state", limit_state}, {NULL, NULL}};
  rl_limits_open_type(L);
  luaL_newlib(L, functions);
  return 1;
}

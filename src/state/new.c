/* Making and closing Lua states: the one place that knows every floor, and wires the hooks through which lower floors
 * reach up. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "direct/library_table.h"
#include "gc/collect.h"
#include "gc/trace.h"
#include "heap/account.h"
#include "heap/block.h"
#include "heap/colour.h"
#include "object/functions.h"
#include "object/metatable.h"
#include "object/stack.h"
#include "object/strings.h"
#include "object/shape.h"
#include "object/table.h"
#include "raise/protect.h"
#include "vm/budget.h"
#include "vm/call.h"
#include "vm/close.h"
#include "vm/error_text.h"
#include "vm/interp.h"
#include "vm/warn.h"

/* The main thread's State and the Global are one allocation, with the extra space in front. */
typedef struct MainBlock {
  char prefix[STATE_PREFIX];
  State state;
  Global global;
} MainBlock;

_Static_assert(offsetof(MainBlock, state) == STATE_PREFIX, "the extra space lies right before the state");

/* ---- finalizers ---- */

static void call_finalizer_body(State *L, void *data) {
  (void)data;
  rl_call_no_yield(L, L->top - 2, 0);
}

static int call_finalizer(State *L) {
  uint8_t allow_hook = L->allow_hook;
  CallInfo *record = L->call_info;
  ptrdiff_t index = record - L->call_base;
  bool is_lua = value_is_lua_closure(L->top - 2);
  if (!is_lua) rl_budget_suspend(L); /* C code frees what it holds, whatever the program has used up */
  L->allow_hook = 0;
  record->flags |= CALL_FINALIZER;
  int status = rl_call_protected(L, call_finalizer_body, NULL, stack_save(L, L->top - 2), 0);
  L->call_base[index].flags &= (uint16_t)~CALL_FINALIZER;
  L->allow_hook = allow_hook;
  if (!is_lua) rl_budget_resume(L);
  return status;
}

static void push_text(State *L, const char *text) {
  value_set_object(L->top, rl_string_from_c(L, text));
  L->top++;
}

/* A program at its limit of memory may cause one after the other: they have their price. */
static void collect_emergency(State *L) {
  rl_budget_charge_collection(L);
  rl_gc_collect_emergency(L);
}

static const RuntimeHooks runtime_hooks = {
  .raise = rl_error_raise,
  .collect_emergency = collect_emergency,
  .mark_forward = rl_gc_mark_forward,
  .mark_back = rl_gc_mark_back,
  .release_objects = rl_gc_release_objects,
  .call_finalizer = call_finalizer,
  .warn_error = rl_warn_error,
  .memory_status = rl_budget_memory_status,
  .complete_table = rl_library_complete,
  .push_text = push_text,
};

/* ---- making ---- */

/* Bytes that a new state allocates before its first cycle begins: opening the libraries leaves no garbage. */
#define FIRST_CYCLE ((ptrdiff_t)24 * 1024)

static uint32_t make_seed(const void *address) {
  uint64_t seed = (uint64_t)(uintptr_t)address ^ (uint64_t)(uintptr_t)&make_seed << 17;
  struct timespec now;
  if (clock_gettime(CLOCK_REALTIME, &now) == 0)
    seed ^= (uint64_t)now.tv_nsec * UINT64_C(0x9e3779b97f4a7c15) ^ (uint64_t)now.tv_sec << 32;
  seed ^= seed >> 31;
  seed *= UINT64_C(0xd6e8feb86659fd93);
  return (uint32_t)(seed >> 32);
}

static void set_field(State *L, Table *table, int64_t key, const Value *value) {
  rl_table_set_integer(L, table, key, value);
}

static void make_registry(State *L) {
  Global *global = L->global;
  Value globals;
  value_set_object(&global->registry, rl_table_new(L));
  rl_table_reserve(L, value_table(&global->registry), LUA_RIDX_LAST, 0);
  set_field(L, value_table(&global->registry), LUA_RIDX_MAINTHREAD, &global->main_thread);
  value_set_object(L->top, rl_table_new(L));
  value_copy(&globals, L->top++);
  set_field(L, value_table(&global->registry), LUA_RIDX_GLOBALS, &globals);
  L->top--;
}

/* Everything that may fail for want of memory. */
static void build(State *L, void *data) {
  (void)data;
  Global *global = L->global;
  if (!rl_stack_init(L)) rl_raise_memory(L);
  Thread *thread = rl_heap_new(L, TAG_THREAD, sizeof(Thread));
  thread->state = L;
  L->thread = thread;
  value_set_object(&global->main_thread, thread);
  rl_string_table_open(L);
  global->memory_message = rl_string_from_c(L, "not enough memory");
  if (!rl_heap_fix(L, &global->memory_message->header)) rl_raise_memory(L);
  rl_metatable_open(L);
  make_registry(L);
  global->is_complete = 1;
  global->collector.stopped = 0;
  rl_gc_set_debt(global, -FIRST_CYCLE);
}

static void init_collector(Collector *collector) {
  collector->current_white = collector->unreached = MARK_COLOUR0;
  collector->mode = LUA_GCINC;
#ifdef RL_STRESS_GC /* the whole test suite in either mode */
  const char *mode = getenv("RILLE_STRESS_MODE");
  if (mode != NULL && mode[0] == 'g') collector->mode = LUA_GCGEN;
#endif
  collector->stopped = GC_STOPPED_INTERNAL;
  collector->pause = 200;
  collector->step_multiplier = 100;
  collector->step_size_log2 = 13;
  collector->minor_multiplier = 20;
  collector->major_multiplier = 100;
}

static void init_global(Global *global, State *L, lua_Alloc f, void *ud) {
  const char *check = getenv("RILLE_CHECK_API");
  memset(global, 0, sizeof *global);
  global->account.allocate = f;
  global->account.allocate_data = ud;
  global->account.total_bytes = sizeof(MainBlock);
  init_collector(&global->collector);
  global->hooks = &runtime_hooks;
  global->hash_seed = make_seed(global);
  global->main_state = L;
  global->current = L;
  global->api_checks = check != NULL && check[0] == '1';
  global->none_value.tag = TAG_NONE;
}

static void free_everything(State *L) {
  Global *global = L->global;
  lua_Alloc allocate = global->account.allocate;
  void *data = global->account.allocate_data;
  if (L->thread != NULL) L->thread->state = NULL;
  rl_gc_free_all(L);
  rl_stack_release(L);
  rl_shape_close(global);
  if (global->methods != NULL) rl_memory_free(global, global->methods, METHOD_ENTRIES * sizeof(MethodEntry));
  rl_trace_close(global);
  rl_heap_close(global);
  allocate(data, (char *)L - STATE_PREFIX, sizeof(MainBlock), 0);
}

LUA_API lua_State *lua_newstate(lua_Alloc f, void *ud) {
  MainBlock *block = f(ud, NULL, LUA_TTHREAD, sizeof(MainBlock));
  if (block == NULL) return NULL;
  State *L = &block->state;
  Entry entry;
  memset(block->prefix, 0, sizeof block->prefix);
  init_global(&block->global, L, f, ud);
  rl_state_init(L, &block->global, NULL);
  L->non_yieldable = 1;
  L->dispatch = rl_interpret_dispatch(0);
  if (rl_protect(L, &entry, build, NULL) == LUA_OK) return L;
  free_everything(L);
  return NULL;
}

/* ---- closing ---- */

LUA_API void lua_close(lua_State *L) {
  L = L->global->main_state;
  Global *global = L->global;
  rl_budget_close(L);
  L->call_info = L->call_base;
  L->non_yieldable = 1;
  L->error_handler = 0;
  L->status = LUA_OK;
  L->top = L->stack + 1 > L->top ? L->stack + 1 : L->top;
  value_set_nil(L->top);
  L->top++;
  rl_close_after_error(L, (ptrdiff_t)sizeof(Value), LUA_OK);
  L->top = L->stack + 1;
  global->collector.stopped |= GC_STOPPED_CLOSING;
  rl_gc_call_all_finalizers(L);
  free_everything(L);
}

/* ---- the state's own settings ---- */

LUA_API lua_CFunction lua_atpanic(lua_State *L, lua_CFunction panicf) {
  lua_CFunction before = L->global->panic;
  L->global->panic = panicf;
  return before;
}

LUA_API lua_Number lua_version(lua_State *L) {
  (void)L;
  return LUA_VERSION_NUM;
}

/* While memory is limited, the user's allocator stands behind the one that keeps the limit. */
LUA_API lua_Alloc lua_getallocf(lua_State *L, void **ud) {
  const Global *global = L->global;
  bool is_bounded = global->budget.allocate != NULL;
  if (ud != NULL) *ud = is_bounded ? global->budget.allocate_data : global->account.allocate_data;
  return is_bounded ? global->budget.allocate : global->account.allocate;
}

LUA_API void lua_setallocf(lua_State *L, lua_Alloc f, void *ud) {
  Global *global = L->global;
  bool is_bounded = global->budget.allocate != NULL;
  *(is_bounded ? &global->budget.allocate : &global->account.allocate) = f;
  *(is_bounded ? &global->budget.allocate_data : &global->account.allocate_data) = ud;
}

/* The limit of C calls is fixed (LUAI_MAXCCALLS); kept for compatibility, as in stock 5.4.3 and later. */
LUA_API int lua_setcstacklimit(lua_State *L, unsigned int limit) {
  (void)L;
  (void)limit;
  return 200;
}

const char lua_ident[] = "$LuaVersion: Lua 5.4 (Rille) $";

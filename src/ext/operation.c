#include "ext/operation.h"

#include <stdlib.h>
#include <string.h>

#include "ext/pool.h"
#include "vm/budget.h"

WaitNode *rl_operation_begin(State *L, Context *context, size_t count) {
  if (context->isolate != NULL) rl_isolate_check_cancelled(L, context->isolate);
  /* An error may have ended the last operation while it was being prepared (the encoder has given back already). */
  rl_message_departed(context->encoder);
  for (size_t i = 0; i < context->node_count; i++) rl_message_free(context->nodes[i].message);
  context->node_count = 0;
  if (count > context->node_capacity) {
    WaitNode *nodes = realloc(context->nodes, count * sizeof *nodes);
    if (nodes == NULL) luaL_error(L, "not enough memory");
    context->nodes = nodes;
    context->node_capacity = count;
  }
  if (count > 0) memset(context->nodes, 0, count * sizeof *context->nodes);
  context->node_count = count;
  return context->nodes;
}

void rl_operation_message(State *L, Context *context, WaitNode *node, int first, int count) {
  bool leaves_process = node->channel->remote != NULL;
  node->is_send = 1;
  node->message =
    rl_message_encode(L, context->encoder, first, count, "message", leaves_process ? MESSAGE_LEAVES : MESSAGE_STAYS);
  if (!leaves_process) return;
  Message *flat = rl_message_flatten(node->message);
  if (flat == NULL) {
    rl_message_abandon(context->encoder);
    luaL_error(L, "not enough memory");
  }
  node->message = flat;
}

int64_t rl_operation_deadline(State *L, int index) {
  if (lua_isnoneornil(L, index)) return RL_NO_DEADLINE;
  lua_Number seconds = luaL_checknumber(L, index);
  return seconds > 0 ? rl_clock_deadline(seconds) : 0;
}

/* ---- results ---- */

static int push_failure(lua_State *L, const char *why) {
  luaL_pushfail(L);
  lua_pushstring(L, why);
  return 2;
}

/* The values of the message; one that cannot be read here, for want of memory say, goes back to the channel, and the
 * error is raised. What a network has sent and nobody can read is dropped. */
static int push_message(lua_State *L, WaitNode *node) {
  Message *message = node->message;
  node->message = NULL;
  int count = rl_message_decode(L, message);
  if (count >= 0 || message->is_foreign)
    rl_message_free(message);
  else
    rl_channel_put_back(node->channel, message);
  return count < 0 ? lua_error(L) : count;
}

static void forget_name_if_done(Channel *channel) {
  bool is_closed;
  if (channel->name != NULL && rl_channel_count(channel, &is_closed) == 0 && is_closed) rl_domain_forget_name(channel);
}

static int push_node(lua_State *L, WaitNode *node) {
  if (node->result == CHANNEL_CLOSED) {
    rl_message_take_back(node->message);
    node->message = NULL;
    forget_name_if_done(node->channel);
    return push_failure(L, "closed");
  }
  if (!node->is_send) return push_message(L, node);
  lua_pushboolean(L, 1);
  return 1;
}

static void drop_messages(Context *context, size_t except) {
  for (size_t i = 0; i < context->node_count; i++) {
    if (i == except) continue;
    rl_message_take_back(context->nodes[i].message); /* only one that was to be sent can be there */
    context->nodes[i].message = NULL;
  }
}

static int push_results(lua_State *L, Context *context) {
  if (context->result == CHANNEL_TIMEOUT || context->result == CHANNEL_WAITS) {
    bool is_send = context->node_count > 0 && context->nodes[0].is_send;
    drop_messages(context, context->node_count);
    context->node_count = 0;
    if (context->operation == OPERATION_SLEEP) {
      lua_pushboolean(L, 1);
      return 1;
    }
    if (context->result == CHANNEL_TIMEOUT || context->operation == OPERATION_SELECT) return push_failure(L, "timeout");
    return push_failure(L, context->operation == OPERATION_JOIN ? "timeout" : is_send ? "full" : "empty");
  }
  drop_messages(context, context->index);
  WaitNode node = context->nodes[context->index];
  context->node_count = 0;
  switch (context->operation) {
    case OPERATION_JOIN: return rl_isolate_push_results(L, context->joined);
    case OPERATION_SELECT: lua_pushinteger(L, (lua_Integer)context->index + 1); return 1 + push_node(L, &node);
    default: return push_node(L, &node);
  }
}

/* ---- waiting ---- */

static Parker *notify_state(Waiter *waiter) {
  Context *context = (Context *)waiter;
  rl_parker_set(&context->parker);
  return &context->parker;
}

/* A signal handler may have set a hook (the command does for Ctrl-C): it is called here, for the program does not run.
 */
static void call_signal_hook(lua_State *L) {
  lua_Hook hook = lua_gethook(L);
  lua_Debug activation;
  if (hook == NULL || !(lua_gethookmask(L) & LUA_MASKCOUNT)) return;
  memset(&activation, 0, sizeof activation);
  activation.event = LUA_HOOKCOUNT;
  activation.currentline = -1;
  hook(L, &activation);
}

static bool is_cancelled(const Context *context) {
  return context->isolate != NULL && rl_isolate_is_cancelled(context->isolate);
}

/* The wait is over, or given up. */
static void finish_wait(Context *context) {
  if (rl_channel_finish(context->nodes, context->node_count, &context->waiter, &context->index))
    context->result = context->nodes[context->index].result;
  else
    context->result = CHANNEL_TIMEOUT;
}

/* Nothing has come before a limit's time was up. */
static void end_bounded_wait(lua_State *L, Context *context) {
  drop_messages(context, context->node_count);
  context->node_count = 0;
  rl_budget_slept(L);
}

/* What was claimed is delivered even to an isolate that has been cancelled meanwhile: its message is not lost. */
static int end_wait(lua_State *L, Context *context) {
  finish_wait(context);
  if (context->isolate != NULL) rl_isolate_set_waiting(context->isolate, false);
  if (context->result == CHANNEL_TIMEOUT && context->is_bounded && !is_cancelled(context)) end_bounded_wait(L, context);
  if (context->result == CHANNEL_TIMEOUT && is_cancelled(context)) {
    drop_messages(context, context->node_count);
    context->node_count = 0;
    rl_isolate_check_cancelled(L, context->isolate);
  }
  return push_results(L, context);
}

static void sleep_until_claimed(lua_State *L, Context *context) {
  int hook_mask = lua_gethookmask(L);
  Isolate *isolate = context->isolate;
  Pool *pool = isolate == NULL ? NULL : isolate->pool;
  if (pool != NULL) rl_pool_block(pool, true);
  while (__atomic_load_n(&context->waiter.outcome, __ATOMIC_ACQUIRE) == WAITER_WAITS && !is_cancelled(context)) {
    if (context->deadline != RL_NO_DEADLINE && rl_clock_now() >= context->deadline) break;
    if (!rl_parker_sleep(&context->parker, context->deadline) && lua_gethookmask(L) != hook_mask) break;
  }
  if (pool != NULL) rl_pool_block(pool, false);
  if (lua_gethookmask(L) == hook_mask) return;
  size_t index;
  if (!rl_channel_finish(context->nodes, context->node_count, &context->waiter, &index)) call_signal_hook(L);
}

/* What the caller has to do: nothing more, sleep, or yield to the pool. */
typedef enum NextStep { STEP_DONE, STEP_SLEEP, STEP_PARK } NextStep;

#define LIMIT_MARGIN 1000000 /* nanoseconds: the limit is over when we wake up, by every clock */

/* A limit of time ends every wait; whoever does not wait has no use for it. */
static void set_deadline(lua_State *L, Context *context, int64_t deadline) {
  int64_t left = deadline == 0 ? LIMIT_OFF : rl_budget_sleep_left(L);
  int64_t now = rl_clock_now();
  int64_t bound = left < RL_NO_DEADLINE - now - LIMIT_MARGIN ? now + left + LIMIT_MARGIN : RL_NO_DEADLINE;
  context->is_bounded = bound < deadline;
  context->deadline = context->is_bounded ? bound : deadline;
}

static NextStep start(lua_State *L, Context *context, OperationKind kind, int64_t deadline, bool may_park) {
  if (context->is_guest && deadline != 0) {
    drop_messages(context, context->node_count);
    context->node_count = 0;
    luaL_error(L, "a sandbox cannot wait");
  }
  rl_message_departed(context->encoder);
  context->operation = (uint8_t)kind;
  set_deadline(L, context, deadline);
  size_t start_at = context->node_count > 1 ? context->turn++ % context->node_count : 0;
  context->waiter.notify = notify_state;
  bool is_parked = may_park && deadline != 0 && context->isolate != NULL && rl_pool_can_park(L, context->isolate);
  if (is_parked) context->waiter.notify = rl_pool_notify;
  Waiter *waiter = deadline == 0 ? NULL : &context->waiter;
  if (waiter != NULL && context->isolate != NULL) rl_isolate_set_waiting(context->isolate, true);
  context->result = (uint8_t)rl_channel_select(context->nodes, context->node_count, start_at, waiter, &context->index);
  if (context->result == CHANNEL_WAITS && waiter != NULL) return is_parked ? STEP_PARK : STEP_SLEEP;
  if (waiter != NULL && context->isolate != NULL) rl_isolate_set_waiting(context->isolate, false);
  return STEP_DONE;
}

static int park(lua_State *L, Context *context);

/* A worker has taken the isolate up again. That may be for nothing: a wake-up that belonged to the wait before. */
static int go_on(lua_State *L, int status, lua_KContext pointer) {
  (void)status;
  Context *context = (Context *)pointer;
  context->is_parked = 0;
  bool waits = __atomic_load_n(&context->waiter.outcome, __ATOMIC_ACQUIRE) == WAITER_WAITS;
  if (waits && !is_cancelled(context) && (context->deadline == RL_NO_DEADLINE || rl_clock_now() < context->deadline))
    return park(L, context);
  return end_wait(L, context);
}

static int park(lua_State *L, Context *context) {
  context->is_parked = 1;
  return lua_yieldk(L, 0, (lua_KContext)context, go_on);
}

int rl_operation_run(State *L, Context *context, OperationKind kind, int64_t deadline) {
  switch (start(L, context, kind, deadline, true)) {
    case STEP_DONE: return push_results(L, context);
    case STEP_SLEEP: sleep_until_claimed(L, context); return end_wait(L, context);
    default: return park(L, context);
  }
}

int rl_operation_run_blocking(State *L, Context *context, OperationKind kind, int64_t deadline) {
  if (start(L, context, kind, deadline, false) == STEP_DONE) return push_results(L, context);
  sleep_until_claimed(L, context);
  return end_wait(L, context);
}

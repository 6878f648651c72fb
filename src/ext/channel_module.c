/* The module "rille.channel". */
#include "ext/channel_module.h"

#include <stdlib.h>

#include "ext/modules.h"
#include "ext/operation.h"
#include "ext/remote.h"

#define CHANNEL_CLASS    "rille.channel"
#define MAXIMAL_CAPACITY (INT64_C(1) << 40)

static void open_class(lua_State *L);

static const char handles_key; /* registry: channel -> handle, weak */

/* ---- handles ---- */

ChannelHandle *rl_channel_test(State *L, int index) {
  ChannelHandle *handle = luaL_testudata(L, index, CHANNEL_CLASS);
  return handle != NULL && handle->in != NULL ? handle : NULL;
}

static ChannelHandle *check_channel(lua_State *L, int index) {
  ChannelHandle *handle = luaL_checkudata(L, index, CHANNEL_CLASS);
  if (handle->in == NULL) luaL_error(L, "the channel's handle has been finalized");
  return handle;
}

static void push_handles(lua_State *L) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &handles_key) == LUA_TTABLE) return;
  lua_pop(L, 1);
  lua_newtable(L);
  lua_createtable(L, 0, 1);
  lua_pushliteral(L, "v");
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, -2);
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &handles_key);
}

void rl_channel_push(State *L, Channel *out, Channel *in) {
  luaL_checkstack(L, 6, NULL);
  push_handles(L);
  if (lua_rawgetp(L, -1, in) != LUA_TUSERDATA) {
    lua_pop(L, 1);
    ChannelHandle *handle = lua_newuserdatauv(L, sizeof *handle, 0);
    *handle = (ChannelHandle){NULL, NULL};
    if (luaL_getmetatable(L, CHANNEL_CLASS) == LUA_TNIL) { /* it came in a message before the module was opened */
      lua_pop(L, 1);
      open_class(L);
      luaL_getmetatable(L, CHANNEL_CLASS);
    }
    lua_setmetatable(L, -2);
    *handle = (ChannelHandle){rl_channel_retain(out), rl_channel_retain(in)};
    lua_pushvalue(L, -1);
    lua_rawsetp(L, -3, in);
  }
  lua_remove(L, -2);
}

static int finalize(lua_State *L) {
  ChannelHandle *handle = luaL_checkudata(L, 1, CHANNEL_CLASS);
  ChannelHandle old = *handle;
  *handle = (ChannelHandle){NULL, NULL};
  if (old.out != NULL) rl_channel_release(old.out);
  if (old.in != NULL) rl_channel_release(old.in);
  return 0;
}

static void *copy_out(lua_State *L, int index) {
  const ChannelHandle *handle = check_channel(L, index);
  ChannelHandle *copy = malloc(sizeof *copy);
  if (copy == NULL) luaL_error(L, "not enough memory");
  *copy = (ChannelHandle){rl_channel_retain(handle->out), rl_channel_retain(handle->in)};
  return copy;
}

static void copy_in(lua_State *L, void *data) {
  const ChannelHandle *copy = data;
  rl_channel_push(L, copy->out, copy->in);
}

static void drop(void *data) {
  ChannelHandle *copy = data;
  rl_channel_release(copy->out);
  rl_channel_release(copy->in);
  free(copy);
}

static const rille_CopyHandler channel_handler = {"channel", copy_out, copy_in, drop, NULL};

/* ---- making ---- */

static size_t check_capacity(lua_State *L, int index) {
  lua_Integer capacity = luaL_optinteger(L, index, RL_CHANNEL_CAPACITY);
  luaL_argcheck(L, capacity >= 0 && capacity <= MAXIMAL_CAPACITY, index, "not a capacity");
  return (size_t)capacity;
}

/* An invisible handle that will hold the first reference of a channel, so that it is not lost if the real one cannot be
 * made. */
static ChannelHandle *push_owner(lua_State *L) {
  luaL_checkstack(L, 8, NULL);
  ChannelHandle *owner = lua_newuserdatauv(L, sizeof *owner, 0);
  *owner = (ChannelHandle){NULL, NULL};
  if (luaL_getmetatable(L, CHANNEL_CLASS) == LUA_TNIL) { /* lproc alone has been opened */
    lua_pop(L, 1);
    open_class(L);
    luaL_getmetatable(L, CHANNEL_CLASS);
  }
  lua_setmetatable(L, -2);
  return owner;
}

static void push_owned(lua_State *L, ChannelHandle *owner, Channel *channel) {
  if (channel == NULL) luaL_error(L, "not enough memory");
  owner->in = channel;
  rl_channel_push(L, channel, channel);
  lua_remove(L, -2);
}

void rl_channel_push_named(State *L, const Context *context, const char *name, size_t capacity) {
  ChannelHandle *owner = push_owner(L);
  push_owned(L, owner, rl_domain_open_channel(context->domain, name, capacity));
}

ChannelHandle *rl_channel_push_pair(State *L, const Context *context, size_t capacity) {
  ChannelHandle *owner = push_owner(L);
  owner->out = rl_channel_new(context->domain, NULL, capacity);
  if (owner->out != NULL) owner->in = rl_channel_new(context->domain, NULL, capacity);
  if (owner->in == NULL) luaL_error(L, "not enough memory");
  rl_channel_push(L, owner->out, owner->in);
  lua_remove(L, -2);
  return rl_channel_test(L, -1);
}

void rl_channel_push_new(State *L, const Context *context, size_t capacity) {
  ChannelHandle *owner = push_owner(L);
  push_owned(L, owner, rl_channel_new(context->domain, NULL, capacity));
}

static int new_channel(lua_State *L) {
  rl_channel_push_new(L, rl_context_of(L), check_capacity(L, 1));
  return 1;
}

static int open_channel(lua_State *L) {
  const Context *context = rl_context_of(L);
  const char *name = luaL_checkstring(L, 1);
  rl_channel_push_named(L, context, name, check_capacity(L, 2));
  return 1;
}

/* ---- sending and receiving ---- */

/* Stack: channel, ..., values from `first` on. */
static int send_values(lua_State *L, int first, int64_t deadline) {
  Context *context = rl_context_of(L);
  const ChannelHandle *handle = check_channel(L, 1);
  WaitNode *node = rl_operation_begin(L, context, 1);
  node->channel = handle->out;
  rl_operation_message(L, context, node, first, lua_gettop(L) - first + 1);
  return rl_operation_run(L, context, OPERATION_SEND, deadline);
}

static int channel_send(lua_State *L) {
  return send_values(L, 2, RL_NO_DEADLINE);
}

static int try_send(lua_State *L) {
  return send_values(L, 2, 0);
}

static int send_within(lua_State *L) {
  luaL_checknumber(L, 2);
  return send_values(L, 3, rl_operation_deadline(L, 2));
}

static int receive_value(lua_State *L, int64_t deadline) {
  Context *context = rl_context_of(L);
  const ChannelHandle *handle = check_channel(L, 1);
  WaitNode *node = rl_operation_begin(L, context, 1);
  node->channel = handle->in;
  return rl_operation_run(L, context, OPERATION_RECEIVE, deadline);
}

static int channel_receive(lua_State *L) {
  return receive_value(L, rl_operation_deadline(L, 2));
}

static int try_receive(lua_State *L) {
  return receive_value(L, 0);
}

/* The step of `for message in channel:messages() do`. */
static int next_message(lua_State *L) {
  lua_settop(L, 1);
  return receive_value(L, RL_NO_DEADLINE);
}

static int messages(lua_State *L) {
  check_channel(L, 1);
  lua_pushcfunction(L, next_message);
  lua_pushvalue(L, 1);
  return 2;
}

/* ---- select ---- */

/* The case at the top of the stack, which is the list's element `number`. */
static void prepare_case(lua_State *L, Context *context, WaitNode *node, lua_Integer number) {
  const ChannelHandle *handle = rl_channel_test(L, -1);
  if (handle != NULL) {
    node->channel = handle->in;
    return;
  }
  Isolate *isolate = rl_isolate_test(L, -1);
  if (isolate != NULL) {
    node->channel = isolate->done;
    return;
  }
  if (!lua_istable(L, -1)) luaL_error(L, "case %I is neither a channel nor a list of a channel and values", number);
  int list = lua_gettop(L);
  lua_rawgeti(L, list, 1);
  handle = rl_channel_test(L, -1);
  if (handle == NULL) luaL_error(L, "case %I does not begin with a channel", number);
  node->channel = handle->out;
  lua_getfield(L, list, "n");
  int count = lua_isinteger(L, -1) ? (int)lua_tointeger(L, -1) : (int)lua_rawlen(L, list);
  lua_pop(L, 1);
  luaL_checkstack(L, count + 1, "too many values");
  for (int i = 2; i <= count; i++) lua_rawgeti(L, list, i);
  rl_operation_message(L, context, node, list + 2, count > 1 ? count - 1 : 0);
  lua_settop(L, list);
}

/* Everything that is named in the cases lives as long as the list, which stays on the stack. */
int rl_channel_select_cases(State *L) {
  Context *context = rl_context_of(L);
  luaL_checktype(L, 1, LUA_TTABLE);
  int64_t deadline = rl_operation_deadline(L, 2);
  size_t count = (size_t)lua_rawlen(L, 1);
  luaL_argcheck(L, count >= 1, 1, "no cases");
  lua_settop(L, 1);
  rl_operation_begin(L, context, count);
  for (size_t i = 0; i < count; i++) {
    lua_rawgeti(L, 1, (lua_Integer)i + 1);
    prepare_case(L, context, &context->nodes[i], (lua_Integer)i + 1);
    lua_pop(L, 1);
  }
  return rl_operation_run(L, context, OPERATION_SELECT, deadline);
}

/* ---- the rest ---- */

void rl_channel_shut(const ChannelHandle *handle) {
  bool is_closed;
  if (handle->out->remote != NULL) rl_remote_stop(handle->out->remote);
  rl_channel_close(handle->out);
  if (rl_channel_count(handle->in, &is_closed) == 0) rl_domain_forget_name(handle->in);
}

static int close_channel(lua_State *L) {
  rl_channel_shut(check_channel(L, 1));
  return 0;
}

static int is_closed(lua_State *L) {
  bool closed;
  rl_channel_count(check_channel(L, 1)->in, &closed);
  lua_pushboolean(L, closed);
  return 1;
}

static int count_messages(lua_State *L) {
  bool closed;
  lua_pushinteger(L, (lua_Integer)rl_channel_count(check_channel(L, 1)->in, &closed));
  return 1;
}

static int get_capacity(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)check_channel(L, 1)->in->capacity);
  return 1;
}

static int get_name(lua_State *L) {
  lua_pushstring(L, check_channel(L, 1)->in->name);
  return 1;
}

static int to_string(lua_State *L) {
  const ChannelHandle *handle = check_channel(L, 1);
  if (handle->in->name != NULL)
    lua_pushfstring(L, "channel '%s'", handle->in->name);
  else
    lua_pushfstring(L, "channel: %p", (void *)handle->in);
  return 1;
}

static void open_class(lua_State *L) {
  static const luaL_Reg methods[] = {
    {"send", channel_send},       {"try_send", try_send},       {"send_within", send_within},
    {"receive", channel_receive}, {"try_receive", try_receive}, {"messages", messages},
    {"close", close_channel},     {"is_closed", is_closed},     {"count", count_messages},
    {"capacity", get_capacity},   {"name", get_name},           {"__len", count_messages},
    {"__tostring", to_string},    {"__gc", finalize},           {NULL, NULL},
  };
  rl_context_new_class(L, CHANNEL_CLASS, methods, &channel_handler);
}

int rl_open_channel(lua_State *L) {
  static const luaL_Reg functions[] = {
    {"new", new_channel},         {"open", open_channel},   {"select", rl_channel_select_cases},
    {"listen", rl_remote_listen}, {"dial", rl_remote_dial}, {NULL, NULL},
  };
  open_class(L);
  rl_context_new_library(L, functions);
  return 1;
}

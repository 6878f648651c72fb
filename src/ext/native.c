/* The C interface of isolates and channels: rille.h. */
#include <stdlib.h>

#include "ext/channel_module.h"
#include "ext/operation.h"

struct rille_Channel {
  ChannelHandle handle;
};

/* ---- channels ---- */

static rille_Channel *new_handle(lua_State *L, Channel *out, Channel *in) {
  rille_Channel *channel = malloc(sizeof *channel);
  if (channel == NULL) luaL_error(L, "not enough memory");
  channel->handle = (ChannelHandle){rl_channel_retain(out), rl_channel_retain(in)};
  return channel;
}

LUA_API rille_Channel *rille_openchannel(lua_State *L, const char *name, size_t capacity) {
  const Context *context = rl_context_of(L);
  if (name != NULL)
    rl_channel_push_named(L, context, name, capacity);
  else
    rl_channel_push_new(L, context, capacity);
  rille_Channel *channel = rille_tochannel(L, -1);
  lua_pop(L, 1);
  return channel;
}

LUA_API rille_Channel *rille_tochannel(lua_State *L, int index) {
  const ChannelHandle *handle = rl_channel_test(L, index);
  return handle == NULL ? NULL : new_handle(L, handle->out, handle->in);
}

LUA_API void rille_pushchannel(lua_State *L, const rille_Channel *channel) {
  rl_context_of(L);
  rl_channel_push(L, channel->handle.out, channel->handle.in);
}

LUA_API void rille_releasechannel(rille_Channel *channel) {
  rl_channel_release(channel->handle.out);
  rl_channel_release(channel->handle.in);
  free(channel);
}

LUA_API void rille_closechannel(rille_Channel *channel) {
  rl_channel_shut(&channel->handle);
}

static int64_t deadline_in(double seconds) {
  return seconds > 0 ? rl_clock_deadline(seconds) : 0;
}

static int result_code(const Context *context) {
  return context->result == CHANNEL_DONE     ? RILLE_DONE
         : context->result == CHANNEL_CLOSED ? RILLE_CLOSED
                                             : RILLE_TIMEOUT;
}

LUA_API int rille_send(lua_State *L, rille_Channel *channel, int count, double seconds) {
  Context *context = rl_context_of(L);
  int first = lua_gettop(L) - count + 1;
  luaL_checkstack(L, LUA_MINSTACK, NULL);
  WaitNode *node = rl_operation_begin(L, context, 1);
  node->channel = channel->handle.out;
  rl_operation_message(L, context, node, first, count);
  rl_operation_run_blocking(L, context, OPERATION_SEND, deadline_in(seconds));
  lua_settop(L, first - 1);
  return result_code(context);
}

LUA_API int rille_receive(lua_State *L, rille_Channel *channel, int *count, double seconds) {
  Context *context = rl_context_of(L);
  luaL_checkstack(L, LUA_MINSTACK, NULL);
  WaitNode *node = rl_operation_begin(L, context, 1);
  node->channel = channel->handle.in;
  *count = rl_operation_run_blocking(L, context, OPERATION_RECEIVE, deadline_in(seconds));
  int code = result_code(context);
  if (code == RILLE_DONE) return code;
  lua_pop(L, *count);
  *count = 0;
  return code;
}

/* ---- isolates ---- */

LUA_API rille_Isolate *rille_spawn(lua_State *L, const char *name, int nargs) {
  Context *context = rl_context_of(L);
  int first = lua_gettop(L) - nargs;
  IsolateOptions options = {.name = name};
  Isolate *isolate = rl_isolate_retain(rl_isolate_spawn(L, context, &options, first, nargs + 1));
  lua_settop(L, first - 1);
  return (rille_Isolate *)isolate;
}

LUA_API int rille_join(lua_State *L, rille_Isolate *handle, double seconds) {
  Context *context = rl_context_of(L);
  Isolate *isolate = (Isolate *)handle;
  luaL_checkstack(L, LUA_MINSTACK, NULL);
  WaitNode *node = rl_operation_begin(L, context, 1);
  node->channel = isolate->done;
  context->joined = isolate;
  int count = rl_operation_run_blocking(L, context, OPERATION_JOIN, deadline_in(seconds));
  if (context->result == CHANNEL_CLOSED) return count;
  lua_pop(L, count);
  return 0;
}

LUA_API void rille_cancel(rille_Isolate *isolate) {
  rl_isolate_cancel((Isolate *)isolate);
}

LUA_API void rille_pushisolate(lua_State *L, rille_Isolate *isolate) {
  rl_context_of(L);
  rl_isolate_push_handle(L, (Isolate *)isolate);
}

LUA_API void rille_releaseisolate(rille_Isolate *isolate) {
  rl_isolate_release((Isolate *)isolate);
}

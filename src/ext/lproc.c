/* The module "rille.lproc": the classic example of Lua processes, under its old names. start(code) runs a text in a new
 * process; send(channel, values...) and receive(channel) meet: each waits for the other; exit() ends the calling
 * process, and in the main program waits for all others. */
#include <stdlib.h>

#include "ext/channel_module.h"
#include "ext/modules.h"
#include "ext/operation.h"
#include "lualib.h"

static int start(lua_State *L) {
  Context *context = rl_context_of(L);
  size_t length;
  const char *code = luaL_checklstring(L, 1, &length);
  if (luaL_loadbuffer(L, code, length, code) != LUA_OK)
    return luaL_error(L, "error starting process: %s", lua_tostring(L, -1));
  lua_settop(L, 1);
  IsolateOptions options = {.reports = true};
  rl_isolate_spawn(L, context, &options, 1, 1);
  return 0;
}

/* Puts the channel in the place of its name (it stays alive there) and in the node: rendezvous, under a name of its own
 * kind. Named channels live as long as their domain. */
static void set_channel(lua_State *L, const Context *context, WaitNode *node) {
  const char *name = lua_pushfstring(L, "lproc: %s", luaL_checkstring(L, 1));
  rl_channel_push_named(L, context, name, 0);
  node->channel = rl_channel_test(L, -1)->in;
  lua_replace(L, 1);
  lua_pop(L, 1);
}

static int send(lua_State *L) {
  Context *context = rl_context_of(L);
  luaL_checkstring(L, 1);
  WaitNode *node = rl_operation_begin(L, context, 1);
  set_channel(L, context, node);
  rl_operation_message(L, context, node, 2, lua_gettop(L) - 1);
  return rl_operation_run(L, context, OPERATION_SEND, RL_NO_DEADLINE);
}

static int receive(lua_State *L) {
  Context *context = rl_context_of(L);
  luaL_checkstring(L, 1);
  lua_settop(L, 1);
  WaitNode *node = rl_operation_begin(L, context, 1);
  set_channel(L, context, node);
  return rl_operation_run(L, context, OPERATION_RECEIVE, RL_NO_DEADLINE);
}

static int leave(lua_State *L) {
  Context *context = rl_context_of(L);
  if (context->isolate != NULL) rl_isolate_exit(L, context->isolate);
  rl_domain_stop(context->domain, false, 1e9, NULL);
  lua_close(L);
  exit(EXIT_SUCCESS);
}

int rl_open_lproc(lua_State *L) {
  static const luaL_Reg functions[] = {
    {"start", start}, {"send", send}, {"receive", receive}, {"exit", leave}, {NULL, NULL}};
  rl_context_new_library(L, functions);
  return 1;
}

#include "ext/context.h"

#include <stdlib.h>
#include <string.h>

static const char context_key;

/* Closing the state that began the domain ends what it has started: nothing of it could reach anybody any more. A
 * program that sits in a C function and cannot be interrupted is left behind after a while. */
#define CLOSING_PATIENCE 2.0 /* seconds */

static int finalize(lua_State *L) {
  Context *context = lua_touserdata(L, 1);
  Domain *domain = context->domain;
  if (domain == NULL) return 0;
  if (context->isolate == NULL && !context->is_guest) rl_domain_stop(domain, true, CLOSING_PATIENCE, NULL);
  context->domain = NULL;
  rl_encoder_free(context->encoder);
  context->encoder = NULL;
  for (size_t i = 0; i < context->node_count; i++) rl_message_free(context->nodes[i].message);
  context->node_count = 0;
  free(context->nodes);
  context->nodes = NULL;
  rl_domain_leave(domain);
  return 0;
}

/* The metatable is set before there is anything to finalize. */
static Context *push_empty(lua_State *L) {
  Context *context = lua_newuserdatauv(L, sizeof *context, 0);
  memset(context, 0, sizeof *context);
  lua_createtable(L, 0, 2);
  lua_pushcfunction(L, finalize);
  lua_setfield(L, -2, "__gc");
  lua_pushliteral(L, "rille.context");
  lua_setfield(L, -2, "__name");
  lua_setmetatable(L, -2);
  return context;
}

static Context *create(lua_State *L, Domain *domain, Isolate *isolate) {
  luaL_checkstack(L, 4, NULL);
  Context *context = push_empty(L);
  context->encoder = rl_encoder_new();
  if (context->encoder != NULL) context->domain = domain == NULL ? rl_domain_new() : rl_domain_enter(domain);
  if (context->domain == NULL) {
    rl_encoder_free(context->encoder);
    context->encoder = NULL;
    luaL_error(L, "not enough memory");
  }
  context->isolate = isolate;
  lua_rawsetp(L, LUA_REGISTRYINDEX, &context_key);
  return context;
}

Context *rl_context_create(State *L, Domain *domain, Isolate *isolate) {
  return create(L, domain, isolate);
}

void rl_context_create_guest(State *L, Domain *domain) {
  create(L, domain, NULL)->is_guest = 1;
}

Context *rl_context_of(State *L) {
  luaL_checkstack(L, 4, NULL);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &context_key);
  Context *context = lua_touserdata(L, -1);
  lua_pop(L, 1);
  if (context == NULL) context = create(L, NULL, NULL);
  if (context->domain == NULL) luaL_error(L, "the state is being closed");
  return context;
}

void rl_context_new_library(State *L, const luaL_Reg *functions) {
  rl_context_of(L);
  lua_newtable(L);
  luaL_setfuncs(L, functions, 0);
}

void rl_context_new_class(State *L, const char *name, const luaL_Reg *functions, const rille_CopyHandler *handler) {
  rl_context_of(L);
  luaL_checkstack(L, 4, NULL);
  if (luaL_newmetatable(L, name)) {
    luaL_setfuncs(L, functions, 0);
    if (lua_getfield(L, -1, "__index") == LUA_TNIL) {
      lua_pushvalue(L, -2);
      lua_setfield(L, -3, "__index");
    }
    lua_pop(L, 1);
    if (handler != NULL) rille_setcopyhandler(L, -1, handler);
  }
  lua_pop(L, 1);
}

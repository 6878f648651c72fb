/* Frozen values as Lua sees them. */
#include <stdlib.h>

#include "ext/context.h"
#include "ext/frozen.h"
#include "ext/frozen_code.h"
#include "ext/modules.h"
#include "object/stack.h"
#include "object/strings.h"

#define FROZEN_CLASS "rille.frozen"

/* A frozen table. */
typedef struct View {
  Frozen *frozen;
  const FrozenTable *table;
} View;

static const char views_key; /* registry: address of a table or code -> its view or function in this state, weak */

/* ---- pushing ---- */

static void release_owner(void *owner) {
  rl_frozen_release(owner);
}

void rl_frozen_push_string(State *L, Frozen *frozen, const FrozenString *string) {
  String *fresh;
  stack_ensure(L, 1);
  if (string->length <= RL_MAX_SHORT_STRING) {
    fresh = rl_string_new(L, string->bytes, string->length);
  } else {
    StringOwner owner = {.bytes = string->bytes, .release = release_owner, .owner = frozen};
    fresh = rl_string_new_external(L, string->length, &owner);
    rl_frozen_retain(frozen);
  }
  value_set_object(L->top, fresh);
  L->top++;
}

/* A state that has only received a frozen value has not opened the module yet. */
static void push_class(lua_State *L) {
  if (luaL_getmetatable(L, FROZEN_CLASS) != LUA_TNIL) return;
  lua_pop(L, 1);
  rl_frozen_open(L);
  luaL_getmetatable(L, FROZEN_CLASS);
}

static void push_view(lua_State *L, Frozen *frozen, const FrozenTable *table) {
  View *view = lua_newuserdatauv(L, sizeof *view, 0);
  *view = (View){NULL, table};
  push_class(L);
  lua_setmetatable(L, -2);
  view->frozen = rl_frozen_retain(frozen);
}

static void push_views(lua_State *L) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &views_key) == LUA_TTABLE) return;
  lua_pop(L, 1);
  lua_newtable(L);
  lua_createtable(L, 0, 1);
  lua_pushliteral(L, "v");
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, -2);
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &views_key);
}

/* The state's object for a table or a function in the frozen value, made when there is none. It keeps the frozen value
 * alive, so that the address cannot become that of something else while the object exists. */
static void push_unique(lua_State *L, Frozen *frozen, const FrozenValue *value) {
  const void *address = (const void *)value->address;
  luaL_checkstack(L, 10, NULL);
  push_views(L);
  if (lua_rawgetp(L, -1, address) == LUA_TNIL) {
    lua_pop(L, 1);
    if (value->tag == MESSAGE_TABLE)
      push_view(L, frozen, value->table);
    else
      rl_frozen_push_function(L, frozen, value->code);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, -3, address);
  }
  lua_remove(L, -2);
}

static void push_attachment(lua_State *L, const Attachment *attachment) {
  luaL_checkstack(L, 10, NULL);
  attachment->handler->copy_in(L, attachment->copy);
}

void rl_frozen_push(State *L, Frozen *frozen, const FrozenValue *value) {
  switch (value->tag) {
    case MESSAGE_FALSE: lua_pushboolean(L, 0); break;
    case MESSAGE_TRUE: lua_pushboolean(L, 1); break;
    case MESSAGE_INTEGER: lua_pushinteger(L, value->integer); break;
    case MESSAGE_FLOAT: lua_pushnumber(L, value->number); break;
    case MESSAGE_STRING: rl_frozen_push_string(L, frozen, value->string); break;
    case MESSAGE_TABLE:
    case MESSAGE_FUNCTION: push_unique(L, frozen, value); break;
    case MESSAGE_ATTACHMENT: push_attachment(L, &frozen->message->attachments[value->attachment]); break;
    case MESSAGE_POINTER: lua_pushlightuserdata(L, (void *)value->address); break;
    case MESSAGE_C_FUNCTION: lua_pushcfunction(L, (lua_CFunction)value->address); break;
    default: lua_pushnil(L);
  }
}

/* ---- reading ---- */

static View *check_view(lua_State *L, int index) {
  View *view = luaL_checkudata(L, index, FROZEN_CLASS);
  if (view->frozen == NULL) luaL_error(L, "the frozen value has been finalized");
  return view;
}

/* The key at the stack index as it would be in a frozen value; keys that none can have are nil. */
static FrozenValue read_key(lua_State *L, int index) {
  FrozenValue key = {.tag = MESSAGE_NIL};
  int is_integer;
  switch (lua_type(L, index)) {
    case LUA_TBOOLEAN: key.tag = lua_toboolean(L, index) ? MESSAGE_TRUE : MESSAGE_FALSE; break;
    case LUA_TNUMBER:
      key = (FrozenValue){.tag = MESSAGE_INTEGER, .integer = lua_tointegerx(L, index, &is_integer)};
      if (!is_integer) key = (FrozenValue){.tag = MESSAGE_FLOAT, .number = lua_tonumber(L, index)};
      break;
    case LUA_TLIGHTUSERDATA:
      key = (FrozenValue){.tag = MESSAGE_POINTER, .address = (uintptr_t)lua_touserdata(L, index)};
      break;
    case LUA_TUSERDATA: {
      const View *view = luaL_testudata(L, index, FROZEN_CLASS);
      if (view != NULL) key = (FrozenValue){.tag = MESSAGE_TABLE, .table = view->table};
      break;
    }
    case LUA_TFUNCTION:
      if (lua_iscfunction(L, index))
        key = (FrozenValue){.tag = MESSAGE_C_FUNCTION, .address = (uintptr_t)lua_tocfunction(L, index)};
      break;
    default: break;
  }
  return key;
}

static int get_index(lua_State *L) {
  const View *view = check_view(L, 1);
  FrozenValue found;
  if (lua_type(L, 2) == LUA_TSTRING) {
    size_t length;
    const char *bytes = lua_tolstring(L, 2, &length);
    found = rl_frozen_get_string(view->table, bytes, length);
  } else {
    FrozenValue key = read_key(L, 2);
    found = rl_frozen_get(view->table, &key);
  }
  rl_frozen_push(L, view->frozen, &found);
  return 1;
}

static int refuse_change(lua_State *L) {
  return luaL_error(L, "attempt to change a frozen table");
}

static int get_length(lua_State *L) {
  lua_pushinteger(L, check_view(L, 1)->table->sequence_count);
  return 1;
}

/* The step of pairs: the position is an upvalue, so that no key has to be looked up. */
static int next_pair(lua_State *L) {
  const View *view = check_view(L, lua_upvalueindex(1));
  const FrozenTable *table = view->table;
  lua_Integer at = lua_tointeger(L, lua_upvalueindex(2));
  lua_pushinteger(L, at + 1);
  lua_replace(L, lua_upvalueindex(2));
  if (at < table->sequence_count) {
    lua_pushinteger(L, at + 1);
    rl_frozen_push(L, view->frozen, &table->sequence[at]);
    return 2;
  }
  at -= table->sequence_count;
  if (at >= table->pair_count) return 0;
  rl_frozen_push(L, view->frozen, &table->pairs[at].key);
  rl_frozen_push(L, view->frozen, &table->pairs[at].value);
  return 2;
}

static int get_pairs(lua_State *L) {
  check_view(L, 1);
  lua_pushvalue(L, 1);
  lua_pushinteger(L, 0);
  lua_pushcclosure(L, next_pair, 2);
  lua_pushvalue(L, 1);
  return 2;
}

static int finalize(lua_State *L) {
  View *view = luaL_checkudata(L, 1, FROZEN_CLASS);
  Frozen *frozen = view->frozen;
  view->frozen = NULL;
  if (frozen != NULL) rl_frozen_release(frozen);
  return 0;
}

/* ---- messages ---- */

static void *copy_out(lua_State *L, int index) {
  const View *view = check_view(L, index);
  View *copy = malloc(sizeof *copy);
  if (copy == NULL) luaL_error(L, "not enough memory");
  *copy = (View){rl_frozen_retain(view->frozen), view->table};
  return copy;
}

static void copy_in(lua_State *L, void *data) {
  const View *copy = data;
  FrozenValue value = {.tag = MESSAGE_TABLE, .table = copy->table};
  rl_frozen_push(L, copy->frozen, &value);
}

static void drop(void *data) {
  View *copy = data;
  rl_frozen_release(copy->frozen);
  free(copy);
}

static const rille_CopyHandler frozen_handler = {"frozen table", copy_out, copy_in, drop, NULL};

/* ---- making ---- */

/* Holds a message or a frozen value while something may fail. */
typedef struct Holder {
  Message *message;
  Frozen *frozen;
} Holder;

static int release_holder(lua_State *L) {
  Holder *holder = lua_touserdata(L, 1);
  rl_message_free(holder->message);
  if (holder->frozen != NULL) rl_frozen_release(holder->frozen);
  *holder = (Holder){NULL, NULL};
  return 0;
}

static Holder *push_holder(lua_State *L) {
  Holder *holder = lua_newuserdatauv(L, sizeof *holder, 0);
  *holder = (Holder){NULL, NULL};
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, release_holder);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, -2);
  return holder;
}

/* Pushes a holder of the frozen value at the index. */
static Holder *freeze(lua_State *L, int index) {
  const Context *context = rl_context_of(L);
  Holder *holder = push_holder(L);
  holder->message = rl_message_encode(L, context->encoder, index, 1, "value", MESSAGE_FREEZES);
  rl_message_departed(context->encoder);
  holder->frozen = rl_frozen_new(L, holder->message);
  holder->message = NULL;
  return holder;
}

int rl_frozen_freeze(State *L) {
  luaL_checkany(L, 1);
  const Holder *holder = freeze(L, 1);
  rl_frozen_push(L, holder->frozen, &holder->frozen->root);
  return 1;
}

int rl_frozen_publish(State *L) {
  const Context *context = rl_context_of(L);
  const char *name = luaL_checkstring(L, 1);
  luaL_checkany(L, 2);
  const Holder *holder = freeze(L, 2);
  switch (rl_domain_publish(context->domain, name, holder->frozen)) {
    case PUBLISH_TAKEN: luaL_error(L, "'%s' has been published already", name); break;
    case PUBLISH_NO_MEMORY: luaL_error(L, "not enough memory"); break;
    default: break;
  }
  rl_frozen_push(L, holder->frozen, &holder->frozen->root);
  return 1;
}

int rl_frozen_published(State *L) {
  const Context *context = rl_context_of(L);
  const char *name = luaL_checkstring(L, 1);
  Holder *holder = push_holder(L);
  holder->frozen = rl_domain_published(context->domain, name);
  if (holder->frozen == NULL)
    luaL_pushfail(L);
  else
    rl_frozen_push(L, holder->frozen, &holder->frozen->root);
  return 1;
}

void rl_frozen_open(State *L) {
  static const luaL_Reg methods[] = {
    {"__index", get_index}, {"__newindex", refuse_change},
    {"__len", get_length},  {"__pairs", get_pairs},
    {"__gc", finalize},     {NULL, NULL},
  };
  rl_context_new_class(L, FROZEN_CLASS, methods, &frozen_handler);
}

#include "ext/remote.h"

#include "ext/channel_module.h"

#if RILLE_HAVE_NNG

#include <dlfcn.h>
#include <nng/nng.h>
#include <nng/protocol/pair0/pair.h>
#include <nng/protocol/pipeline0/pull.h>
#include <nng/protocol/pipeline0/push.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ext/thread.h"

#define NNG_LIBRARY "libnng.so.1"

/* The functions we use, by their names in the library: programs that open no remote channel do not load it. */
#define NNG_FUNCTIONS(F)                                                                                               \
  F(nng_pair0_open)                                                                                                    \
  F(nng_push0_open)                                                                                                    \
  F(nng_pull0_open)                                                                                                    \
  F(nng_listen)                                                                                                        \
  F(nng_dial)                                                                                                          \
  F(nng_close)                                                                                                         \
  F(nng_socket_set_size)                                                                                               \
  F(nng_socket_set_int)                                                                                                \
  F(nng_recvmsg)                                                                                                       \
  F(nng_sendmsg)                                                                                                       \
  F(nng_msg_alloc)                                                                                                     \
  F(nng_msg_free)                                                                                                      \
  F(nng_msg_body)                                                                                                      \
  F(nng_msg_len)                                                                                                       \
  F(nng_strerror)

typedef struct MessagingLibrary {
  void *handle;
#define F(name) __typeof__(name) *name;
  NNG_FUNCTIONS(F)
#undef F
} MessagingLibrary;

struct Remote {
  uint32_t references; /* atomic: the two channels */
  Channel *out, *in;   /* valid until the remote is stopped */
  MessagingLibrary library;
  nng_socket socket;
  bool sends, receives;
  Parker send_parker, receive_parker;
  pthread_mutex_t lock;
  pthread_cond_t changed;
  int running; /* threads */
  bool sender_is_done;
  bool is_stopping, is_stopped;
  int64_t last_send;
};

/* What the kernel has not taken over yet when a socket is closed is lost; NNG cannot tell. */
#define SETTLING_TIME 100000000 /* nanoseconds after the last message */

/* ---- the library ---- */

/* NULL, or why it cannot be used. */
static const char *load_library(MessagingLibrary *library) {
  library->handle = dlopen(NNG_LIBRARY, RTLD_NOW | RTLD_LOCAL);
  if (library->handle == NULL) return dlerror();
#define F(name)                                                                                                        \
  *(void **)&library->name = dlsym(library->handle, #name);                                                            \
  if (library->name == NULL) return NNG_LIBRARY " lacks " #name;
  NNG_FUNCTIONS(F)
#undef F
  return NULL;
}

/* ---- threads ---- */

static void thread_ends(Remote *remote, bool is_sender) {
  pthread_mutex_lock(&remote->lock);
  remote->running--;
  if (is_sender) remote->sender_is_done = true;
  pthread_cond_broadcast(&remote->changed); /* under the lock: the remote is freed by who waits for this */
  pthread_mutex_unlock(&remote->lock);
}

static bool send_flat(Remote *remote, const Message *flat) {
  const MessagingLibrary *library = &remote->library;
  nng_msg *packet;
  if (library->nng_msg_alloc(&packet, MESSAGE_PREFIX_SIZE + flat->size) != 0) return false;
  unsigned char *body = library->nng_msg_body(packet);
  rl_message_prefix(flat, body);
  memcpy(body + MESSAGE_PREFIX_SIZE, message_bytes(flat), flat->size);
  if (library->nng_sendmsg(remote->socket, packet, 0) == 0) return true;
  library->nng_msg_free(packet);
  return false;
}

static void *carry_out(void *data) {
  Remote *remote = data;
  for (;;) {
    WaitNode node = {.channel = remote->out};
    if (rl_channel_operate(&node, RL_NO_DEADLINE, &remote->send_parker) != CHANNEL_DONE) break;
    bool is_sent = send_flat(remote, node.message);
    rl_message_free(node.message);
    if (!is_sent) break;
    pthread_mutex_lock(&remote->lock);
    remote->last_send = rl_clock_now();
    pthread_mutex_unlock(&remote->lock);
  }
  rl_channel_close(remote->out);
  thread_ends(remote, true);
  return NULL;
}

/* What is no message of ours is dropped; what looks like one is checked when it is read. */
static bool deliver(Remote *remote, nng_msg *packet) {
  const MessagingLibrary *library = &remote->library;
  bool is_known;
  Message *message = rl_message_unflatten(library->nng_msg_body(packet), library->nng_msg_len(packet), &is_known);
  library->nng_msg_free(packet);
  if (message == NULL) return !is_known;
  WaitNode node = {.channel = remote->in, .message = message, .is_send = 1};
  if (rl_channel_operate(&node, RL_NO_DEADLINE, &remote->receive_parker) == CHANNEL_DONE) return true;
  rl_message_free(message);
  return false;
}

static void *carry_in(void *data) {
  Remote *remote = data;
  nng_msg *packet;
  while (remote->library.nng_recvmsg(remote->socket, &packet, 0) == 0)
    if (!deliver(remote, packet)) break;
  rl_channel_close(remote->in);
  thread_ends(remote, false);
  return NULL;
}

/* ---- life ---- */

static void wait_until(Remote *remote, int64_t deadline) {
  struct timespec limit = {deadline / 1000000000, deadline % 1000000000};
  pthread_cond_timedwait(&remote->changed, &remote->lock, &limit);
}

static void let_sender_finish(Remote *remote) {
  int64_t deadline = rl_clock_deadline(RL_REMOTE_LINGER);
  pthread_mutex_lock(&remote->lock);
  while (!remote->sender_is_done && rl_clock_now() < deadline) wait_until(remote, deadline);
  int64_t settled = remote->last_send + SETTLING_TIME;
  pthread_mutex_unlock(&remote->lock);
  int64_t left = remote->last_send == 0 ? 0 : settled - rl_clock_now();
  struct timespec pause = {0, left > 0 ? (long)left : 0};
  if (left > 0) nanosleep(&pause, NULL);
}

void rl_remote_stop(Remote *remote) {
  pthread_mutex_lock(&remote->lock);
  bool is_mine = !remote->is_stopping;
  remote->is_stopping = true;
  while (!is_mine && !remote->is_stopped) pthread_cond_wait(&remote->changed, &remote->lock);
  pthread_mutex_unlock(&remote->lock);
  if (!is_mine) return;
  rl_channel_close(remote->out);
  let_sender_finish(remote);
  rl_channel_close(remote->in);
  remote->library.nng_close(remote->socket);
  pthread_mutex_lock(&remote->lock);
  while (remote->running > 0) pthread_cond_wait(&remote->changed, &remote->lock);
  remote->is_stopped = true;
  pthread_cond_broadcast(&remote->changed);
  pthread_mutex_unlock(&remote->lock);
}

/* The library stays loaded: it has threads of its own. */
void rl_remote_release(Remote *remote) {
  if (remote == NULL || __atomic_sub_fetch(&remote->references, 1, __ATOMIC_ACQ_REL) != 0) return;
  pthread_cond_destroy(&remote->changed);
  pthread_mutex_destroy(&remote->lock);
  free(remote);
}

static Remote *new_remote(void) {
  Remote *remote = calloc(1, sizeof *remote);
  if (remote == NULL) return NULL;
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_mutex_init(&remote->lock, NULL);
  pthread_cond_init(&remote->changed, &attributes);
  pthread_condattr_destroy(&attributes);
  remote->references = 1;
  return remote;
}

/* A socket for the role that is bound to the address. Returns NULL or what is wrong. Listening fails at once, dialling
 * goes on in the background until somebody listens. */
static const char *open_socket(Remote *remote, const char *address, bool listens) {
  const MessagingLibrary *library = &remote->library;
  int status = !remote->receives ? library->nng_push0_open(&remote->socket)
               : !remote->sends  ? library->nng_pull0_open(&remote->socket)
                                 : library->nng_pair0_open(&remote->socket);
  if (status != 0) return library->nng_strerror(status);
  library->nng_socket_set_size(remote->socket, NNG_OPT_RECVMAXSZ, 0); /* no limit but memory */
  status = listens ? library->nng_listen(remote->socket, address, NULL, 0)
                   : library->nng_dial(remote->socket, address, NULL, NNG_FLAG_NONBLOCK);
  if (status == 0) return NULL;
  library->nng_close(remote->socket);
  return library->nng_strerror(status);
}

static bool start_thread(Remote *remote, void *(*function)(void *)) {
  remote->running++;
  if (rl_thread_start(function, remote, 0)) return true;
  remote->running--;
  return false;
}

static const char *start_threads(Remote *remote) {
  pthread_mutex_lock(&remote->lock);
  bool is_started = true;
  if (remote->sends)
    is_started = start_thread(remote, carry_out);
  else
    remote->sender_is_done = true;
  if (!is_started) remote->sender_is_done = true;
  if (is_started && remote->receives) is_started = start_thread(remote, carry_in);
  pthread_mutex_unlock(&remote->lock);
  if (!remote->sends) rl_channel_close(remote->out);
  if (!remote->receives) rl_channel_close(remote->in);
  return is_started ? NULL : "cannot start a thread";
}

static void read_role(lua_State *L, Remote *remote, size_t *capacity) {
  static const char *const roles[] = {"both", "send", "receive", NULL};
  int role = 0;
  *capacity = RL_CHANNEL_CAPACITY;
  if (!lua_isnoneornil(L, 2)) {
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_getfield(L, 2, "role");
    role = luaL_checkoption(L, -1, "both", roles);
    lua_getfield(L, 2, "capacity");
    lua_Integer wanted = luaL_optinteger(L, -1, RL_CHANNEL_CAPACITY);
    if (wanted < 0) luaL_error(L, "'capacity' must not be negative");
    *capacity = (size_t)wanted;
    lua_pop(L, 2);
  }
  remote->sends = role != 2;
  remote->receives = role != 1;
}

static int finalize_remote(lua_State *L) {
  Remote **owner = lua_touserdata(L, 1);
  rl_remote_release(*owner);
  *owner = NULL;
  return 0;
}

/* A remote that is freed with the userdata which is pushed, until channels own it. */
static Remote *push_remote(lua_State *L) {
  Remote **owner = lua_newuserdatauv(L, sizeof *owner, 0);
  *owner = NULL;
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, finalize_remote);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, -2);
  *owner = new_remote();
  if (*owner == NULL) luaL_error(L, "not enough memory");
  return *owner;
}

static Remote *retain(Remote *remote) {
  __atomic_add_fetch(&remote->references, 1, __ATOMIC_RELAXED);
  return remote;
}

static int open_remote(lua_State *L, bool listens) {
  const Context *context = rl_context_of(L);
  const char *address = luaL_checkstring(L, 1);
  size_t capacity;
  lua_settop(L, 2);
  Remote *remote = push_remote(L);
  read_role(L, remote, &capacity);
  ChannelHandle *handle = rl_channel_push_pair(L, context, capacity);
  remote->out = handle->out;
  remote->in = handle->in;
  const char *fault = load_library(&remote->library);
  if (fault == NULL) fault = open_socket(remote, address, listens);
  if (fault != NULL) return luaL_error(L, "cannot %s '%s': %s", listens ? "listen at" : "dial", address, fault);
  remote->out->remote = retain(remote); /* from here on the channels' end is the remote's */
  remote->in->remote = retain(remote);
  fault = start_threads(remote);
  if (fault != NULL) return luaL_error(L, "cannot use '%s': %s", address, fault);
  return 1;
}

#else

struct Remote {
  int none;
};

void rl_remote_stop(Remote *remote) {
  (void)remote;
}
void rl_remote_release(Remote *remote) {
  (void)remote;
}

static int open_remote(lua_State *L, bool listens) {
  const char *address = luaL_checkstring(L, 1);
  return luaL_error(L, "cannot %s '%s': built without NNG", listens ? "listen at" : "dial", address);
}

#endif

int rl_remote_listen(lua_State *L) {
  return open_remote(L, true);
}

int rl_remote_dial(lua_State *L) {
  return open_remote(L, false);
}

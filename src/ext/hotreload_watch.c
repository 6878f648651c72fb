/* Watching files (inotify). Editors write a file anew or put another one in its place, so the directories are watched,
 * not the files. */
#include "ext/hotreload.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lauxlib.h"
#include "vm/budget.h"

#define WATCHER_TYPE "rille.hotreload.watcher"
#define EVENTS       (IN_CLOSE_WRITE | IN_MOVED_TO)

typedef struct Watcher {
  int queue; /* of inotify; -1: closed */
} Watcher;

static Watcher *check_watcher(lua_State *L) {
  Watcher *watcher = luaL_checkudata(L, 1, WATCHER_TYPE);
  if (watcher->queue < 0) luaL_error(L, "the watcher is closed");
  return watcher;
}

static int close_watcher(lua_State *L) {
  Watcher *watcher = luaL_checkudata(L, 1, WATCHER_TYPE);
  if (watcher->queue >= 0) close(watcher->queue);
  watcher->queue = -1;
  return 0;
}

/* ---- what is watched: the user value is a table of directories by number ---- */

static void watch_directory(lua_State *L, const Watcher *watcher, const char *directory) {
  int number = inotify_add_watch(watcher->queue, directory, EVENTS | IN_ONLYDIR);
  if (number < 0) luaL_error(L, "cannot watch '%s': %s", directory, strerror(errno));
  lua_pushstring(L, directory);
  lua_rawseti(L, -2, number);
}

/* Watches a directory, or the one that the file is in. The table of directories is on top. */
static void watch_path(lua_State *L, const Watcher *watcher, const char *path) {
  struct stat status;
  if (stat(path, &status) != 0) luaL_error(L, "cannot watch '%s': %s", path, strerror(errno));
  if (S_ISDIR(status.st_mode)) {
    watch_directory(L, watcher, path);
    return;
  }
  const char *slash = strrchr(path, '/');
  if (slash == NULL)
    lua_pushliteral(L, ".");
  else
    lua_pushlstring(L, path, slash == path ? 1 : (size_t)(slash - path));
  lua_insert(L, -2);
  watch_directory(L, watcher, lua_tostring(L, -2));
  lua_remove(L, -2);
}

static void watch_tracked(lua_State *L, const Watcher *watcher) {
  rl_reload_push_tracked(L);
  lua_insert(L, -2);
  for (lua_pushnil(L); lua_next(L, -3) != 0; lua_pop(L, 1)) {
    lua_getfield(L, -1, "path");
    lua_pushvalue(L, -4);
    watch_path(L, watcher, lua_tostring(L, -2));
    lua_pop(L, 2);
  }
  lua_remove(L, -2);
}

/* hotreload.watch(paths...): directories and files; without any, those of all tracked modules. */
int rl_reload_watch(lua_State *L) {
  int count = lua_gettop(L);
  for (int i = 1; i <= count; i++) luaL_checkstring(L, i);
  Watcher *watcher = lua_newuserdatauv(L, sizeof(Watcher), 1);
  watcher->queue = -1;
  luaL_setmetatable(L, WATCHER_TYPE);
  watcher->queue = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (watcher->queue < 0) return luaL_error(L, "cannot watch: %s", strerror(errno));
  lua_newtable(L);
  lua_pushvalue(L, -1);
  lua_setiuservalue(L, -3, 1);
  for (int i = 1; i <= count; i++) watch_path(L, watcher, lua_tostring(L, i));
  if (count == 0) watch_tracked(L, watcher);
  lua_pop(L, 1);
  return 1;
}

/* ---- what has happened ---- */

static int same_file(const char *a, const char *b) {
  struct stat x, y;
  if (strcmp(a, b) == 0) return 1;
  return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* Adds the names of tracked modules whose file is the one on top to the set at `names`. */
static void note_file(lua_State *L, int names) {
  const char *path = lua_tostring(L, -1);
  rl_reload_push_tracked(L);
  for (lua_pushnil(L); lua_next(L, -2) != 0; lua_pop(L, 1)) {
    lua_getfield(L, -1, "path");
    int same = same_file(path, lua_tostring(L, -1));
    lua_pop(L, 1);
    if (!same) continue;
    lua_pushvalue(L, -2);
    lua_pushboolean(L, 1);
    lua_rawset(L, names);
  }
  lua_pop(L, 1);
}

static void note_events(lua_State *L, const char *bytes, ssize_t length, int directories, int names) {
  for (const char *at = bytes; at < bytes + length;) {
    const struct inotify_event *event = (const struct inotify_event *)at;
    at += sizeof(struct inotify_event) + event->len;
    if (event->len == 0 || lua_rawgeti(L, directories, event->wd) != LUA_TSTRING) continue;
    lua_pushfstring(L, "%s/%s", lua_tostring(L, -1), event->name);
    note_file(L, names);
    lua_settop(L, names);
  }
}

/* Pushes a list of the reports of all modules whose files have changed; of one that could not be reloaded it is a table
 * with name and error. The watcher is at the index. */
static void push_reports(lua_State *L, Watcher *watcher, int index) {
  char bytes[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
  lua_newtable(L);
  int reports = lua_gettop(L);
  lua_getiuservalue(L, index, 1);
  lua_newtable(L);
  int names = lua_gettop(L);
  for (ssize_t length; (length = read(watcher->queue, bytes, sizeof bytes)) > 0;)
    note_events(L, bytes, length, names - 1, names);
  for (lua_pushnil(L); lua_next(L, names) != 0;) {
    lua_pop(L, 1);
    int name = lua_gettop(L);
    if (rl_reload_module(L, lua_tostring(L, name), 0) != 1) {
      lua_createtable(L, 0, 2);
      lua_pushvalue(L, -2);
      lua_setfield(L, -2, "error");
      lua_pushvalue(L, name);
      lua_setfield(L, -2, "name");
    }
    lua_rawseti(L, reports, (lua_Integer)lua_rawlen(L, reports) + 1);
    lua_settop(L, name);
  }
  lua_settop(L, reports);
}

/* watcher:poll() */
static int poll_watcher(lua_State *L) {
  push_reports(L, check_watcher(L), 1);
  return 1;
}

/* watcher:wait([seconds]): the same, but waits until something has happened. */
static int wait_for_change(lua_State *L) {
  Watcher *watcher = check_watcher(L);
  lua_Number seconds = luaL_optnumber(L, 2, -1);
  struct pollfd wanted = {.fd = watcher->queue, .events = POLLIN};
  poll(&wanted, 1, seconds < 0 ? -1 : seconds > 1e6 ? INT_MAX : (int)(seconds * 1000));
  push_reports(L, watcher, 1);
  return 1;
}

/* ---- reloading by itself ---- */

/* The registry has the watcher and the function for reports under this address. */
static const char auto_key;

typedef struct AutoState {
  int64_t due; /* when to look again, in nanoseconds */
} AutoState;

static int64_t clock_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Modules may have been loaded since: their directories join. */
static int look_for_changes(lua_State *L) {
  lua_settop(L, 0);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &auto_key);
  lua_rawgeti(L, 1, 2);
  Watcher *watcher = lua_touserdata(L, 2);
  lua_getiuservalue(L, 2, 1);
  watch_tracked(L, watcher);
  push_reports(L, watcher, 2);
  lua_Integer count = (lua_Integer)lua_rawlen(L, -1);
  int reports = lua_gettop(L);
  for (lua_Integer i = 1; i <= count; i++) {
    lua_rawgeti(L, 1, 3);
    lua_rawgeti(L, reports, i);
    lua_call(L, 1, 0);
  }
  return 0;
}

static void tick(State *L) {
  luaL_checkstack(L, 4, NULL);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &auto_key);
  lua_rawgeti(L, -1, 1);
  AutoState *state = lua_touserdata(L, -1);
  lua_pop(L, 2);
  int64_t now = clock_now();
  if (state == NULL || now < state->due) return;
  state->due = now + 50000000;
  lua_pushcfunction(L, look_for_changes);
  if (lua_pcall(L, 0, 0, 0) != LUA_OK) lua_pop(L, 1);
}

/* hotreload.auto(f): from now on changed modules are reloaded while the program runs, between two instructions; `f`
 * gets the reports. auto(nil) ends that. */
int rl_reload_auto(lua_State *L) {
  lua_settop(L, 1);
  if (lua_isnil(L, 1)) {
    rl_budget_set_tick(L, NULL);
    lua_pushnil(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &auto_key);
    return 0;
  }
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_createtable(L, 3, 0);
  AutoState *state = lua_newuserdatauv(L, sizeof(AutoState), 0);
  state->due = 0;
  lua_rawseti(L, 2, 1);
  lua_pushcfunction(L, rl_reload_watch);
  lua_call(L, 0, 1);
  lua_rawseti(L, 2, 2);
  lua_pushvalue(L, 1);
  lua_rawseti(L, 2, 3);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &auto_key);
  rl_budget_set_tick(L, tick);
  return 0;
}

void rl_reload_open_watcher(lua_State *L) {
  static const luaL_Reg methods[] = {
    {"close", close_watcher}, {"poll", poll_watcher}, {"wait", wait_for_change}, {NULL, NULL}};
  luaL_newmetatable(L, WATCHER_TYPE);
  luaL_newlib(L, methods);
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, close_watcher);
  lua_setfield(L, -2, "__gc");
  lua_pushcfunction(L, close_watcher);
  lua_setfield(L, -2, "__close");
  lua_pop(L, 1);
}

/* Frames, hooks, message handlers, panics, memory limits and the end of a state as C sees them. With stock's library
 * and with ours it must print the same. */
#include <setjmp.h>

#include "probe.h"

static void show_locals(lua_State *L, lua_Debug *ar) {
  for (int n = -3; n <= 5; n++) {
    const char *name = lua_getlocal(L, ar, n);
    if (!name) continue;
    if (strcmp(name, "(temporary)") != 0) { /* (how many of them there are is the compiler's business) */
      printf(" %d=%s", n, name);
      show_value(L, -1);
    }
    lua_pop(L, 1);
  }
}

static int show_levels(lua_State *L) {
  lua_Debug ar;
  for (int level = -1; level < 6; level++) {
    memset(&ar, 0, sizeof ar);
    int found = lua_getstack(L, level, &ar);
    printf("  level %d: %d", level, found);
    if (found) {
      lua_getinfo(L, "nSltuf", &ar);
      lua_pop(L, 1);
      printf(" %s '%s' %s %s:%d-%d line %d tail %d", ar.namewhat, ar.name ? ar.name : "-", ar.what, ar.short_src,
             ar.linedefined, ar.lastlinedefined, ar.currentline, ar.istailcall != 0);
      show_locals(L, &ar);
    }
    printf("\n");
  }
  return 0;
}

static int show_tracebacks(lua_State *L) {
  for (int level = 0; level < 4; level++) {
    luaL_traceback(L, L, level & 1 ? "message" : NULL, level);
    printf("%s\n", lua_tostring(L, -1));
    lua_pop(L, 1);
  }
  return 0;
}

static int show_function(lua_State *L) {
  lua_Debug ar;
  memset(&ar, 0, sizeof ar);
  lua_pushvalue(L, 1);
  int known = lua_getinfo(L, ">Slnu", &ar);
  printf("  %d %s %s %d-%d line %d upvalues %d parameters %d vararg %d source %zu\n", known, ar.what, ar.short_src,
         ar.linedefined, ar.lastlinedefined, ar.currentline, ar.nups, ar.nparams, ar.isvararg, ar.srclen);
  lua_pushvalue(L, 1);
  printf("  with an unknown option %d", lua_getinfo(L, ">zS", &ar));
  lua_pushvalue(L, 1);
  lua_getinfo(L, ">Lf", &ar);
  printf(", pushed %s and %s", luaL_typename(L, -2), luaL_typename(L, -1));
  for (int i = 0; i <= 3; i++) {
    lua_pushvalue(L, 1);
    const char *name = lua_getlocal(L, NULL, i);
    printf(", parameter %s", name ? name : "-");
  }
  printf("\n");
  return 0;
}

static void show_event(lua_State *L, lua_Debug *ar) {
  int line = ar->currentline;
  lua_getinfo(L, "nSlutr", ar);
  printf("  [%d line %d/%d name %s %s %s tail %d parameters %d upvalues %d transfer %d %d]\n", ar->event, line,
         ar->currentline, ar->name ? ar->name : "-", ar->namewhat, ar->what, ar->istailcall != 0, ar->nparams, ar->nups,
         ar->ftransfer, ar->ntransfer);
}

static void fail_in_hook(lua_State *L, lua_Debug *ar) {
  show_event(L, ar);
  luaL_error(L, "hook error");
}

static int run(lua_State *L, const char *code) {
  return luaL_loadstring(L, code) || lua_pcall(L, 0, LUA_MULTRET, 0);
}

static void every_mask(lua_State *L) {
  for (int mask = 1; mask <= 15; mask++) {
    printf("mask %d\n", mask);
    lua_sethook(L, show_event, mask, 7);
    printf("  %d %d %d\n", lua_gethook(L) == show_event, lua_gethookmask(L), lua_gethookcount(L));
    /* (instructions are counted, and they are not stock's: nothing is shown of the count) */
    run(L, mask & LUA_MASKCOUNT
             ? "return 1"
             : "local function f(a, ...)\n return a\nend\nlocal t = {f(1, 2)}\nfor i = 1, 2 do f(i) end\nreturn f(3)");
    lua_sethook(L, NULL, 0, 0);
    lua_settop(L, 0);
  }
  printf("off %d %d %d\n", lua_gethook(L) == NULL, lua_gethookmask(L), lua_gethookcount(L));
  lua_sethook(L, fail_in_hook, LUA_MASKLINE, 0);
  printf("failing %d", run(L, "local a = 1\nreturn a"));
  lua_sethook(L, NULL, 0, 0);
  show(L, "");
}

static int describe(lua_State *L) {
  lua_pushfstring(L, "described(%s)", luaL_tolstring(L, 1, NULL));
  return 1;
}

static void every_handler(lua_State *L) {
  for (int which = 0; which < 5; which++) {
    lua_settop(L, 0);
    switch (which) {
      case 0: lua_pushcfunction(L, describe); break;
      case 1: luaL_loadstring(L, "error('in handler: ' .. tostring(...):sub(1, 40), 0)"); break;
      case 2: lua_pushinteger(L, 5); break;
      case 3: luaL_loadstring(L, "return 1, 2"); break;
      default: luaL_loadstring(L, "if depth > 0 then depth = depth - 1 error(depth, 0) end return 'settled'"); break;
    }
    lua_pushinteger(L, 3);
    lua_setglobal(L, "depth");
    luaL_loadstring(L, "local t = {} t.x.y = 1");
    int status = lua_pcall(L, 0, 3, 1);
    printf("handler %d: status %d, top %d", which, status, lua_gettop(L));
    show_value(L, -1);
    printf("\n");
  }
  lua_settop(L, 0);
}

static int fail(lua_State *L) {
  return luaL_error(L, "failed with %d", lua_gettop(L));
}

static jmp_buf saved;

static int panic(lua_State *L) {
  printf("panic: %s, top %d\n", lua_tostring(L, -1), lua_gettop(L));
  longjmp(saved, 1);
}

static void every_panic(lua_State *L) {
  lua_CFunction old = lua_atpanic(L, panic);
  printf("a function before: %d\n", old != NULL);
  if (setjmp(saved) == 0) {
    lua_pushliteral(L, "bad");
    lua_error(L);
  }
  printf("back, top %d\n", lua_gettop(L));
  lua_settop(L, 0);
  if (setjmp(saved) == 0) {
    lua_pushcfunction(L, fail);
    lua_call(L, 0, 0);
  }
  lua_settop(L, 0);
  printf("usable: %d", run(L, "return 1 + 1"));
  show(L, "");
}

static void *limited(void *data, void *block, size_t old_size, size_t new_size) {
  size_t *left = data;
  size_t old = block ? old_size : 0;
  if (new_size == 0) {
    free(block);
    *left += old;
    return NULL;
  }
  if (new_size > old && new_size - old > *left) return NULL;
  void *moved = realloc(block, new_size);
  if (moved) *left = *left + old - new_size;
  return moved;
}

static void small_states(void) {
  int made = 0;
  for (size_t room = 0; room < 40000; room += 100) {
    size_t left = room;
    lua_State *L = lua_newstate(limited, &left);
    if (L) {
      made = 1;
      lua_close(L);
    }
    if (left != room) printf("%zu of %zu were not given back\n", room - left, room);
  }
  printf("made %d\n", made);
}

static void out_of_memory(void) {
  static const char *const codes[] = {
    "local t = {} for i = 1, 1e6 do t[i] = {} end",
    "return string.rep('x', 1e6)",
    "return pcall(string.rep, 'x', 1e6)",
    "local co = coroutine.wrap(function() return ('x'):rep(1e6) end) return pcall(co)",
    "local s = 'x' while true do s = s .. s end",
    "local t = {} while true do t[#t + 1] = coroutine.create(print) end",
    "return xpcall(string.rep, function(m) return 'handler was called with ' .. m end, 'x', 1e6)",
    "local t <close> = setmetatable({}, {__close = function(_, e) print('closed with', e) end}) return string.rep('x', "
    "1e6)",
    "return select('#', table.unpack({}, 1, 1e5))",
    "return load(string.rep('x = 1 ', 1e5))",
    "return 1 + 1",
  };
  size_t left = 300000;
  lua_State *L = lua_newstate(limited, &left);
  luaL_openlibs(L);
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
    printf("memory %d", run(L, codes[i]));
    show(L, "");
    lua_gc(L, LUA_GCCOLLECT);
  }
  lua_close(L);
  printf("left %zu\n", left);
}

static int close_quietly(lua_State *L) {
  printf("<close");
  show_value(L, 2);
  printf(">\n");
  return 0;
}

static int close_failing(lua_State *L) {
  close_quietly(L);
  return luaL_error(L, "close error");
}

/* What is open, suspended or to be finalized when the state is closed. */
static void leave_open(lua_State *L) {
  run(L, "co = coroutine.create(function()\n"
         "  local y <close> = setmetatable({}, {__close = function() print('not closed with the state') end})\n"
         "  coroutine.yield()\n"
         "end)\n"
         "coroutine.resume(co)\n"
         "setmetatable({}, {__gc = function() print('finalized second') end})\n"
         "setmetatable({}, {__gc = function()\n"
         "  print('finalized first')\n"
         "  setmetatable({}, {__gc = function() print('created while closing') end})\n"
         "end})\n");
  lua_settop(L, 0);
  push_with_metamethod(L, "__close", close_quietly);
  lua_toclose(L, 1);
  push_with_metamethod(L, "__close", close_failing);
  lua_toclose(L, 2);
}

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  lua_State *L = luaL_newstate();
  luaL_openlibs(L);
  lua_settop(L, 0);
  lua_register(L, "levels", show_levels);
  lua_register(L, "tracebacks", show_tracebacks);
  lua_register(L, "show", show_function);
  static const char *const codes[] = {
    "local a, b = 1, 2 local function f(x, ...) local y = 3 levels(x) end f(10, 20, 30)",
    "local t = {m = function(self) levels() return 1 end} t:m() t.m() return t.m()",
    "local _ = setmetatable({}, {__index = function(t, k) levels() end}).x",
    "for k in function() levels() end do end",
    "local x <close> = setmetatable({}, {__close = function() levels() end})",
    "coroutine.wrap(function(a) levels() tracebacks() end)(7)",
    "local function f() tracebacks() end f() (function() return tracebacks() end)()",
    "show(print) show(show) show(function(a, b, ...) return a end) show(load('return ...'))",
    "show(function() local a end) show(function(a, b, c) end) show(string.gmatch('', ''))",
  };
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
    printf("%s: %d\n", codes[i], luaL_loadbuffer(L, codes[i], strlen(codes[i]), "=code") || lua_pcall(L, 0, 0, 0));
    lua_settop(L, 0);
  }
  every_mask(L);
  every_handler(L);
  every_panic(L);
  small_states();
  out_of_memory();
  leave_open(L);
  lua_close(L);
  return 0;
}

/* A host program for stock Lua: it uses what depends on layouts and constants of the headers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lauxlib.h"
#include "lua.h"
#include "lualib.h"

typedef struct Meter {
  size_t live;
  size_t calls;
} Meter;

static void *metered(void *data, void *block, size_t old_size, size_t new_size) {
  Meter *meter = data;
  meter->calls++;
  meter->live += new_size - (block ? old_size : 0);
  if (new_size == 0) {
    free(block);
    return NULL;
  }
  return realloc(block, new_size);
}

static int build_text(lua_State *L) {
  luaL_Buffer buffer;
  luaL_buffinitsize(L, &buffer, 16);
  for (int i = 0; i < 3000; i++) {
    luaL_addchar(&buffer, (char)('a' + i % 26));
    if (i % 100 == 0) luaL_addstring(&buffer, "<hundred>");
    if (i % 500 == 0) {
      lua_pushfstring(L, "%d:%f:%s:%c:%%:%U", i, i / 2.0, "s", 'x', 0x20ACL);
      luaL_addvalue(&buffer);
    }
  }
  luaL_buffsub(&buffer, 2);
  memcpy(luaL_prepbuffsize(&buffer, 4), "tail", 4);
  luaL_addsize(&buffer, 4);
  luaL_pushresult(&buffer);
  return 1;
}

static int resume_here(lua_State *L, int status, lua_KContext context) {
  lua_pushfstring(L, "status %d, context %d, %d values", status, (int)context, lua_gettop(L));
  return 1;
}

static int yield_twice(lua_State *L) {
  lua_settop(L, 0);
  lua_pushinteger(L, 10);
  lua_pushinteger(L, 20);
  return lua_yieldk(L, 2, 77, resume_here);
}

static int finish_call(lua_State *L, int status, lua_KContext context) {
  lua_pushinteger(L, status);
  lua_pushinteger(L, (lua_Integer)context);
  return lua_gettop(L);
}

static int protect_with_continuation(lua_State *L) {
  return finish_call(L, lua_pcallk(L, lua_gettop(L) - 1, LUA_MULTRET, 0, 5, finish_call), 5);
}

static void count_events(lua_State *L, lua_Debug *ar) {
  int *counts = *(int **)lua_getextraspace(L);
  counts[ar->event]++;
  if (ar->event == LUA_HOOKLINE) {
    lua_getinfo(L, "Sl", ar);
    counts[7] += ar->currentline;
  }
}

static void show_frames(lua_State *L) {
  lua_Debug ar;
  memset(&ar, 0, sizeof ar);
  for (int level = 0; lua_getstack(L, level, &ar); level++) {
    lua_getinfo(L, "nSlutr", &ar);
    printf("level %d: %s %s [%s] %s:%d %d-%d up %d par %d vararg %d tail %d srclen %d\n", level,
           ar.name ? ar.name : "-", ar.namewhat, ar.what, ar.short_src, ar.currentline, ar.linedefined,
           ar.lastlinedefined, ar.nups, ar.nparams, ar.isvararg, ar.istailcall, (int)ar.srclen);
    const char *name;
    for (int i = 1; (name = lua_getlocal(L, &ar, i)) != NULL; i++) {
      if (name[0] != '(')
        printf("  local %s %s\n", name, luaL_typename(L, -1)); /* temporaries are the compiler's own affair */
      lua_pop(L, 1);
    }
  }
}

static int frames(lua_State *L) {
  show_frames(L);
  return 0;
}

static int use_stream(lua_State *L) {
  luaL_Stream *stream = luaL_checkudata(L, 1, LUA_FILEHANDLE);
  lua_pushboolean(L, stream->f != NULL && stream->closef != NULL);
  return 1;
}

static const luaL_Reg functions[] = {
  {"build_text", build_text},
  {"yield_twice", yield_twice},
  {"protect", protect_with_continuation},
  {"frames", frames},
  {"use_stream", use_stream},
  {"later", NULL},
  {NULL, NULL},
};

static void run(lua_State *L, const char *source) {
  int status = luaL_loadbufferx(L, source, strlen(source), "=host", "t") || lua_pcall(L, 0, LUA_MULTRET, 0);
  int count = lua_gettop(L);
  printf("%d:", status);
  for (int i = 1; i <= count; i++) {
    printf(" %s", luaL_tolstring(L, i, NULL));
    lua_pop(L, 1);
  }
  printf("\n");
  lua_settop(L, 0);
}

static void use_values(lua_State *L) {
  printf("%g %d %d %d\n", lua_version(L), LUA_REGISTRYINDEX, lua_upvalueindex(1), (int)LUAL_NUMSIZES);
  luaL_checkversion(L);
  lua_pushinteger(L, 7);
  lua_pushnumber(L, 3.0);
  lua_arith(L, LUA_OPIDIV);
  printf("%s %d %d\n", lua_tostring(L, -1), lua_isinteger(L, -1), lua_compare(L, -1, -1, LUA_OPEQ));
  int *block = lua_newuserdatauv(L, sizeof(int) * 4, 3);
  block[3] = 42;
  lua_pushliteral(L, "user value");
  printf("%d", lua_setiuservalue(L, -2, 3));
  lua_pushnil(L);
  printf(" %d", lua_setiuservalue(L, -2, 4));
  printf(" %d", lua_getiuservalue(L, -1, 3));
  printf(" %s %d\n", lua_tostring(L, -1), ((int *)lua_touserdata(L, -2))[3]);
  lua_settop(L, 0);
  lua_newtable(L);
  int reference = luaL_ref(L, LUA_REGISTRYINDEX);
  printf("%d %d\n", reference > 0, lua_rawgeti(L, LUA_REGISTRYINDEX, reference));
  printf("%d", lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD));
  printf(" %d\n", lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS));
  luaL_unref(L, LUA_REGISTRYINDEX, reference);
  lua_settop(L, 0);
}

static void resume_coroutine(lua_State *L) {
  lua_State *thread = lua_newthread(L);
  luaL_loadstring(thread, "local a = ... local b, c = coroutine.yield(a + 1) return host.yield_twice(), b, c");
  int results = 0;
  lua_pushinteger(thread, 1);
  printf("resume %d", lua_resume(thread, L, 1, &results));
  printf(" %d %d |", results, (int)lua_tointeger(thread, -1));
  lua_pop(thread, results);
  lua_pushliteral(thread, "b");
  lua_pushliteral(thread, "c");
  printf(" %d", lua_resume(thread, L, 2, &results));
  printf(" %d %d |", results, (int)lua_tointeger(thread, -1));
  lua_pop(thread, results);
  printf(" %d", lua_resume(thread, L, 0, &results));
  printf(" %d %s\n", results, lua_tostring(thread, -results));
  lua_settop(L, 0);
}

int main(void) {
  Meter meter = {0, 0};
  int counts[8] = {0};
  lua_State *L = lua_newstate(metered, &meter);
  if (!L) return 1;
  *(int **)lua_getextraspace(L) = counts;
  luaL_openlibs(L);
  luaL_newlib(L, functions);
  lua_setglobal(L, "host");
  use_values(L);
  run(L, "local s = host.build_text() return #s, s:sub(1, 60), s:sub(-20), host.later");
  run(L, "local f = coroutine.wrap(function(...) return host.protect(function(...) local x = coroutine.yield(...) "
         "error({x}) end, ...) end)"
         "local a, b = f(1, 2) local e, s, c = f('sent') return a, b, type(e), e[1], s, c");
  run(L, "local function inner(a, ...) local b = a host.frames() return b end\nlocal r = inner(1, 2, 3)\nreturn r");
  run(L, "return host.use_stream(io.stdout), pcall(host.use_stream, {})");
  run(L, "return nothing.x");
  run(L, "return select('#', table.unpack({}, 1, 200)), string.format('%5.1f|%q', 1.25, 'a\\nb')");
  run(L, "local t = setmetatable({}, {__gc = function() GONE = true end}) t = nil collectgarbage() collectgarbage() "
         "return collectgarbage('count') > 1");
  resume_coroutine(L);
  lua_sethook(L, count_events, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 1000);
  run(L, "local function f(n)\n  if n > 0 then\n    return f(n - 1)\n  end\n  return n\nend\nfor i = 1, 3 do\n  "
         "f(2)\nend\nreturn math.floor(1.5)");
  lua_sethook(L, NULL, 0, 0);
  printf("calls %d returns %d lines %d tail calls %d sum %d\n", counts[LUA_HOOKCALL], counts[LUA_HOOKRET],
         counts[LUA_HOOKLINE], counts[LUA_HOOKTAILCALL], counts[7]);
  luaL_traceback(L, L, "message", 0);
  printf("%s\n", lua_tostring(L, -1));
  printf("%s\n", luaL_gsub(L, "a.b.c", ".", "::"));
  printf("gc %d", lua_gc(L, LUA_GCISRUNNING));
  printf(" %d", lua_gc(L, LUA_GCSTOP));
  printf(" %d\n", lua_gc(L, LUA_GCISRUNNING));
  lua_close(L);
  printf("%zu bytes left, %d\n", meter.live, meter.calls > 0);
  return meter.live != 0;
}

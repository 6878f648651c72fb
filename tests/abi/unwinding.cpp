// A host in C++: when a Lua error, a yield or an exception of the host's own leaves its frames, destructors run. Linked with
// Debian's liblua5.4-c++ and run with it and with ours in its place (drop_in.sh): both must print the same.
#include <cstdio>
#include <stdexcept>
#include <string>

extern "C" {
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
}

namespace {

int alive = 0;

struct Guard {
  explicit Guard(const char *name) : name_(name) { alive++; }
  Guard(const Guard &) = delete;
  Guard &operator=(const Guard &) = delete;
  ~Guard() {
    alive--;
    std::printf("  destroyed %s\n", name_);
  }
  const char *name_;
};

int raise_text(lua_State *L) {
  Guard guard("raise_text");
  std::string text(1000, 'x');
  return luaL_error(L, "error number %d", (int)luaL_checkinteger(L, 1) + (int)text.size());
}

int raise_object(lua_State *L) {
  Guard guard("raise_object");
  lua_settop(L, 1);
  return lua_error(L);
}

int wrong_argument(lua_State *L) {
  Guard guard("wrong_argument");
  luaL_checktype(L, 1, LUA_TTABLE);
  return 0;
}

int call_back(lua_State *L) {
  Guard guard("call_back");
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  return lua_gettop(L);
}

int call_protected(lua_State *L) {
  Guard guard("call_protected");
  int status = lua_pcall(L, lua_gettop(L) - 1, 1, 0);
  lua_pushinteger(L, status);
  return 2;
}

int throw_standard(lua_State *) {
  Guard guard("throw_standard");
  throw std::runtime_error("thrown by the host");
}

int throw_number(lua_State *) {
  Guard guard("throw_number");
  throw 42;
}

int yield_here(lua_State *L) {
  Guard guard("yield_here");
  return lua_yield(L, lua_gettop(L));
}

int continue_here(lua_State *L, int status, lua_KContext context) {
  Guard guard("continue_here");
  lua_pushinteger(L, status);
  lua_pushinteger(L, (lua_Integer)context);
  return 2;
}

int call_with_continuation(lua_State *L) {
  Guard guard("call_with_continuation");
  lua_callk(L, lua_gettop(L) - 1, LUA_MULTRET, 7, continue_here);
  return continue_here(L, LUA_OK, 7);
}

int catch_itself(lua_State *L) {
  Guard guard("catch_itself");
  try {
    Guard inner("inside try");
    lua_call(L, lua_gettop(L) - 1, 0);
  } catch (...) {
    std::printf("  passed through catch\n");
    throw;
  }
  return 0;
}

const luaL_Reg functions[] = {{"raise_text", raise_text},
                              {"raise_object", raise_object},
                              {"wrong_argument", wrong_argument},
                              {"call_back", call_back},
                              {"call_protected", call_protected},
                              {"throw_standard", throw_standard},
                              {"throw_number", throw_number},
                              {"yield_here", yield_here},
                              {"call_with_continuation", call_with_continuation},
                              {"catch_itself", catch_itself},
                              {nullptr, nullptr}};

void run(lua_State *L, const char *source) {
  std::printf("%s\n", source);
  int status = luaL_loadstring(L, source) || lua_pcall(L, 0, LUA_MULTRET, 0);
  for (int i = 1; i <= lua_gettop(L); i++) {
    std::printf(" %s", luaL_tolstring(L, i, nullptr));
    lua_pop(L, 1);
  }
  std::printf("\n  failed %d, alive %d\n", status != 0, alive);
  lua_settop(L, 0);
}

} // namespace

int main() {
  lua_State *L = luaL_newstate();
  luaL_openlibs(L);
  lua_pushglobaltable(L);
  luaL_setfuncs(L, functions, 0);
  lua_pop(L, 1);
  run(L, "return pcall(raise_text, 5)");
  run(L, "raise_text(6)");
  run(L, "return pcall(raise_object, nil)");
  run(L, "return select('#', pcall(raise_object, {}))");
  run(L, "return pcall(wrong_argument, 1)");
  run(L, "return pcall(call_back, call_back, call_back, raise_text, 1)");
  run(L, "return call_protected(call_back, raise_text, 2)");
  run(L, "return pcall(call_back, function() local t <close> = setmetatable({}, {__close = function() return call_back(print, "
         "'closing') end}) raise_text(3) end)");
  run(L, "return pcall(string.gsub, 'abc', '%w', function() return call_back(raise_text, 4) end)");
  run(L, "return pcall(setmetatable({}, {__index = function(t, k) return raise_text(5) end}).x)");
  run(L, "return pcall(function() return setmetatable({}, {__add = raise_text}) + 1 end)");
  run(L, "return pcall(table.sort, {3, 2, 1}, function(a, b) return call_back(raise_text, a * 0) end)");
  run(L, "local co = coroutine.create(function(...) return yield_here(...) end) return coroutine.resume(co, 1, 2)");
  run(L, "local co = coroutine.wrap(function() return 'result', call_with_continuation(coroutine.yield, 'y') end) return co(), co(9)");
  run(L, "local co = coroutine.wrap(function() return pcall(call_with_continuation, function() coroutine.yield(1) raise_text(1) "
         "end) end) return co(), select(2, co())");
  run(L, "local co = coroutine.create(function() call_back(raise_text, 1) end) return coroutine.resume(co)");
  run(L, "local co = coroutine.create(function() call_back(coroutine.yield) end) return coroutine.resume(co)");
  run(L, "return pcall(catch_itself, raise_text, 1)");
  run(L, "return (pcall(throw_standard))");
  run(L, "return (pcall(call_back, throw_number))");
  run(L, "return (coroutine.resume(coroutine.create(function() throw_standard() end)))");
  run(L, "for i = 1, 3 do assert(not pcall(call_back, throw_standard)) end return pcall(call_back, select, 2, 1, 'still works')");
  run(L, "local function deep(n) if n == 0 then raise_text(0) end return 1 + deep(n - 1) end return pcall(deep, 10000)");
  run(L, "return pcall(error, setmetatable({}, {__tostring = function() return 'object' end}))");
  lua_close(L);
  std::printf("alive %d\n", alive);
  return alive;
}

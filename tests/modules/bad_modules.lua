-- What is no module, or one for another Lua: the errors are stock's, and the state goes on. The modules are built here.
local directory = os.tmpname()
os.remove(directory)
assert(os.execute("mkdir '" .. directory .. "'"))
package.path, package.cpath = "", directory .. "/?.so"
local include = "../../include"

local function shown(...)
  local list = table.pack(...)
  for i = 1, list.n do list[i] = tostring(list[i]):gsub(directory:gsub("%p", "%%%0"), "DIRECTORY"):gsub("0x%x+", "ADDRESS") end
  print(table.unpack(list, 1, list.n))
end

local function build(name, source)
  local path = directory .. "/" .. name
  local file = assert(io.open(path .. ".c", "w"))
  file:write('#include "lua.h"\n#include "lauxlib.h"\n', source)
  file:close()
  assert(os.execute(("cc -shared -fPIC -O1 -I%s '%s.c' -o '%s.so'"):format(include, path, path)))
end

local function try(name)
  shown(name, pcall(require, name))
  shown(package.loaded[name], package.loadlib(directory .. "/" .. name .. ".so", "luaopen_" .. name))
end

build("good", 'int luaopen_good(lua_State *L) { luaL_checkversion(L); lua_pushstring(L, luaL_checkstring(L, 1)); return 1; }')
build("old_version", 'int luaopen_old_version(lua_State *L) { luaL_checkversion_(L, 503, LUAL_NUMSIZES); return 0; }')
build("other_numbers", 'int luaopen_other_numbers(lua_State *L) { luaL_checkversion_(L, 504, 4 * 16 + 4); return 0; }')
build("other_name", 'int luaopen_something_else(lua_State *L) { (void)L; return 0; }')
build("needs_more", 'extern int no_such_function_anywhere(lua_State *L);\n' ..
  'int luaopen_needs_more(lua_State *L) { return no_such_function_anywhere(L); }')
build("raising", 'int luaopen_raising(lua_State *L) { return luaL_error(L, "cannot open %s", lua_tostring(L, 1)); }')
build("old_interface", 'extern void lua_pushfstring_of_another_version(lua_State *L);\nint luaopen_old_interface(lua_State *L) { ' ..
  'lua_pushfstring_of_another_version(L); return 1; }')
build("of_51", '#undef lua_getglobal\nvoid lua_getfield51(lua_State *, int, const char *);\nstruct reg;\n' ..
  'void luaL_register(lua_State *L, const char *name, const struct reg *list);\n' ..
  'int luaopen_of_51(lua_State *L) { luaL_register(L, "of_51", 0); return 1; }')
local text = assert(io.open(directory .. "/text.so", "w"))
text:write(("this is no library\n"):rep(100))
text:close()
io.open(directory .. "/empty.so", "w"):close()
os.execute("mkdir '" .. directory .. "/folder.so'")

for _, name in ipairs {"good", "old_version", "other_numbers", "other_name", "needs_more", "raising", "old_interface", "of_51", "text", "empty",
  "folder", "absent"} do
  try(name)
end
shown(package.loadlib(directory .. "/good.so", "*"))
shown(package.loadlib(directory .. "/absent.so", "*"))
shown(pcall(package.loadlib(directory .. "/good.so", "luaopen_good"), "called by hand"))
shown(require("good"), collectgarbage("count") > 0, pcall(error, "still usable"))
os.execute("rm -r '" .. directory .. "'")
print("ok")

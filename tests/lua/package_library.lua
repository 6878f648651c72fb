-- The package library: require and its searchers, paths, C libraries (manual 6.3).
local check = dofile("support/check.lua")
local report, show, gives, equal, fails, message_of = check.report, check.show, check.gives, check.equal, check.fails, check.message_of
local interpreter = arg and arg[-1]

-- A directory for modules, which goes at the end.
local directory <const> = os.tmpname()
assert(os.remove(directory))
assert(os.execute(("mkdir '%s'"):format(directory)))
local remover <close> = setmetatable({}, {__close = function() os.execute(("rm -r '%s'"):format(directory)) end})
local function put(name, text)
  local path = directory .. "/" .. name
  local file = assert(io.open(path, "w"))
  file:write(text):close()
  return path
end
local function make_directory(name) assert(os.execute(("mkdir '%s/%s'"):format(directory, name))) end
local path, cpath, searchers, loaded, preload = package.path, package.cpath, package.searchers, package.loaded,
  package.preload

do -- what is there
  equal(type(path), "string")
  equal(type(cpath), "string")
  equal(path, "/usr/local/share/lua/5.4/?.lua;/usr/local/share/lua/5.4/?/init.lua;/usr/local/lib/lua/5.4/?.lua;" ..
    "/usr/local/lib/lua/5.4/?/init.lua;/usr/share/lua/5.4/?.lua;/usr/share/lua/5.4/?/init.lua;./?.lua;./?/init.lua")
  assert(cpath:find("^/usr/local/lib/lua/5%.4/%?%.so;.*;/usr/local/lib/lua/5%.4/loadall%.so;%./%?%.so$"))
  equal(package.config, "/\n;\n?\n!\n-\n")
  equal(#searchers, 4)
  for i = 1, 4 do equal(type(searchers[i]), "function") end
  equal(package.loaded.package, package)
  equal(loaded._G, _G)
  for _, name in ipairs {"string", "table", "math", "io", "os", "coroutine", "utf8", "debug", "package"} do
    assert(loaded[name] == _G[name] and require(name) == _G[name])
  end
  equal(require "_G", _G)
  equal(debug.getregistry()._LOADED, loaded)
  equal(debug.getregistry()._PRELOAD, preload)
  equal(next(preload), nil)
  equal(select("#", require "string"), 1) -- no loader data for what is loaded
  equal(package.seeall, nil)
  equal(package.loaders, nil)
end

do -- preload
  local calls = 0
  preload["one.two"] = function(...)
    calls = calls + 1
    gives("one.two :preload:", ...)
    return {name = ...}
  end
  local module, data = require "one.two"
  equal(module.name, "one.two")
  equal(data, ":preload:")
  equal(loaded["one.two"], module)
  gives(tostring(module), require "one.two")
  equal(calls, 1)
  loaded["one.two"] = nil
  assert(require "one.two" ~= module and calls == 2)
  loaded["one.two"] = nil
  preload["one.two"] = nil
  -- a loader that is no function
  preload.bad = "not a function"
  assert(message_of(require, "bad"):find "^module 'bad' not found:")
  preload.bad = setmetatable({}, {__call = function() return "called" end})
  assert(message_of(require, "bad"):find "^module 'bad' not found:")
  preload.bad = false
  assert(message_of(require, "bad"):find "^module 'bad' not found:")
  preload.bad = nil
end

do -- what modules return
  local function try(...)
    local results = table.pack(...)
    preload.m = function() return table.unpack(results, 1, results.n) end
    loaded.m = nil
    local found = show(require "m")
    local stored = tostring(loaded.m)
    loaded.m, preload.m = nil, nil
    return found .. ", " .. stored
  end
  equal(try(), "true :preload:, true")
  equal(try(nil), "true :preload:, true")
  equal(try(true), "true :preload:, true")
  equal(try(false), "false :preload:, false")
  equal(try(42), "42 :preload:, 42")
  equal(try("text", "second"), "text :preload:, text")
  equal(try(0), "0 :preload:, 0")
  -- false is loaded again the next time
  local calls = 0
  preload.m = function() calls = calls + 1 return false end
  gives("false :preload:", require "m")
  gives("false :preload:", require "m")
  equal(calls, 2)
  -- a module may set its own entry
  preload.m = function(name) loaded[name] = "own" end
  loaded.m = nil
  gives("own :preload:", require "m")
  loaded.m = nil
  preload.m = function(name) loaded[name] = "own" return "returned" end
  gives("returned :preload:", require "m")
  loaded.m = nil
  preload.m = function(name) loaded[name] = false end
  gives("false :preload:", require "m")
  loaded.m = nil
  -- errors come out as they are, and nothing is stored
  local object = {}
  preload.m = function() error(object) end
  local good, message = pcall(require, "m")
  assert(not good and message == object and loaded.m == nil)
  preload.m = function() error("in module", 0) end
  fails("in module", require, "m")
  preload.m = nil
end

do -- circles: the inner require loads once more, until somebody sets the entry
  local depth = 0
  preload.a = function()
    depth = depth + 1
    if depth < 3 then require "a" end
    return depth
  end
  gives("3 :preload:", require "a")
  equal(depth, 3)
  loaded.a = nil
  preload.a = function() loaded.a = {partial = true} return {b = require "b"} end
  preload.b = function() return {seen = require("a").partial} end
  equal(require("a").b.seen, true)
  loaded.a, loaded.b, preload.a, preload.b = nil, nil, nil, nil
  preload.endless = function(name) return require(name) end
  assert(message_of(require, "endless"):find "stack overflow")
  preload.endless = nil
  loaded.endless = nil
end

do -- files
  package.path = directory .. "/?.lua;" .. directory .. "/?/init.lua"
  package.cpath = ""
  put("plain.lua", "local name, file = ... return {name = name, file = file, count = select('#', ...)}")
  local module, file = require "plain"
  equal(file, directory .. "/plain.lua")
  gives("plain " .. file .. " 2", module.name, module.file, module.count)
  make_directory "sub"
  put("sub/init.lua", "return 'init of ' .. ...")
  put("sub/deep.lua", "return 'deep, ' .. ...")
  gives("init of sub " .. directory .. "/sub/init.lua", require "sub")
  gives("deep, sub.deep " .. directory .. "/sub/deep.lua", require "sub.deep")
  gives("deep, sub.deep", require "sub.deep")
  -- a slash is just a name
  gives("deep, sub/deep " .. directory .. "/sub/deep.lua", require "sub/deep")
  -- numbers are names
  put("42.lua", "return math.type(...) or type(...)")
  equal(require(42), "string")
  equal(loaded["42"], "string")
  -- a first line with '#', and binary files
  put("script.lua", "#!/usr/bin/lua\nreturn 'script'")
  equal(require "script", "script")
  put("binary.lua", string.dump(load "return 'binary ' .. ..."))
  equal(require "binary", "binary binary")
  -- global variables are those of everybody
  put("globals.lua", "global_of_module = ...")
  gives("true " .. directory .. "/globals.lua", require "globals")
  equal(global_of_module, "globals")
  global_of_module = nil
  -- the first of the path that is there counts
  make_directory "other"
  put("other/plain.lua", "return 'other'")
  package.path = directory .. "/other/?.lua;" .. package.path
  loaded.plain = nil
  equal(require "plain", "other")
  -- broken files end the search
  put("other/broken.lua", "return return")
  put("broken.lua", "return 'good'")
  fails(("error loading module 'broken' from file '%s/other/broken.lua':\n\t%s/other/broken.lua:1: unexpected symbol near 'return'")
    :format(directory, directory), require, "broken")
  package.path = directory .. "/?.lua"
  equal(require "broken", "good")
  put("failing.lua", "error('while loading')")
  fails("while loading", require, "failing")
  put("failing.lua", "error({}, 0)")
  assert(message_of(require, "failing"):find "^table: ")
  equal(loaded.failing, nil)
end

do -- not found: a line for every place
  package.path, package.cpath = "./a_?.lua;/b/?/init.lua", "./c_?.so"
  fails("module 'no.such' not found:\n\tno field package.preload['no.such']\n\tno file './a_no/such.lua'\n\t" ..
    "no file '/b/no/such/init.lua'\n\tno file './c_no/such.so'\n\tno file './c_no.so'", require, "no.such")
  fails("module 'nosuch' not found:\n\tno field package.preload['nosuch']\n\tno file './a_nosuch.lua'\n\t" ..
    "no file '/b/nosuch/init.lua'\n\tno file './c_nosuch.so'", require, "nosuch")
  package.path = "fixed.none"
  fails("module 'x' not found:\n\tno field package.preload['x']\n\tno file 'fixed.none'\n\tno file './c_x.so'",
    require, "x")
  package.path, package.cpath = "", ""
  fails("module 'x' not found:\n\tno field package.preload['x']\n\tno file ''\n\tno file ''", require, "x")
  package.path = "?/?.lua;;!/?"
  fails("module 'x' not found:\n\tno field package.preload['x']\n\tno file 'x/x.lua'\n\tno file ''\n\tno file '!/x'\n\tno file ''",
    require, "x")
  package.path = "%1?%.lua"
  fails("module 'a%b' not found:\n\tno field package.preload['a%b']\n\tno file '%1a%b%.lua'\n\tno file ''", require,
    "a%b")
  fails("module '' not found:\n\tno field package.preload['']\n\tno file '%1%.lua'\n\tno file ''", require, "")
  package.path = 5
  fails("module 'x' not found:\n\tno field package.preload['x']\n\tno file '5'\n\tno file ''", require, "x")
  package.path = nil
  fails("'package.path' must be a string", require, "x")
  package.path = {}
  fails("'package.path' must be a string", require, "x")
  package.path, package.cpath = "?", true
  fails("'package.cpath' must be a string", require, "x.no-such")
  package.path, package.cpath = directory .. "/?.lua", ""
  fails("bad argument #1 to 'require' (string expected, got no value)", require)
  fails("bad argument #1 to 'require' (string expected, got nil)", require, nil)
  fails("bad argument #1 to 'require' (string expected, got table)", require, {})
  local _, message = pcall(load "return (require 'not_there')")
  assert(message:find "^%[string \"return %(require 'not_there'%)\"%]:1: module 'not_there' not found:\n\t")
end

do -- searchers
  local function with(list, f, ...)
    package.searchers = list
    local results = table.pack(pcall(f, ...))
    package.searchers = searchers
    return table.unpack(results, 1, results.n)
  end
  local function failing(wanted, list)
    local good, message = with(list, require, "m")
    assert(not good)
    local found = message:gsub("^[^:\n]+:%d+: ", "")
    if found ~= wanted then report(("found '%s', wanted '%s'"):format(found, wanted), 2) end
  end
  failing("'package.searchers' must be a table", nil)
  failing("'package.searchers' must be a table", 5)
  failing("'package.searchers' must be a table", "x")
  failing("module 'm' not found:", {})
  failing("module 'm' not found:\n\tfirst\n\tsecond", {function() return "first" end, function() return "second" end})
  failing("module 'm' not found:\n\tonly", {function() end, function() return nil end, function() return "only" end,
    function() return {} end, function() return false end})
  failing("module 'm' not found:\n\t12\n\t1.5", {function() return 12 end, function() return 1.5 end})
  failing("module 'm' not found:\n\t", {function() return "" end})
  failing("module 'm' not found:\n\ta", {function() return "a\0b" end})
  failing("in searcher", {function() error("in searcher", 0) end})
  failing("attempt to call a table value", {{}})
  failing("attempt to call a number value", {5})
  failing("module 'm' not found:\n\tfirst", {function() return "first" end, nil, function() return "third" end})
  failing("module 'm' not found:\n\tby call of m", {setmetatable({}, {__call = function(_,
    name) return "by call of " .. name end})})
  -- the list is read raw
  failing("module 'm' not found:", setmetatable({}, {__index = function() return function() return "indexed" end end}))
  -- loader data is any value, and the loader gets it
  for _, data in ipairs {"data", 42, 1.5, true, false, {}, print} do
    local seen
    local good, module, second = with({function(name)
      equal(name, "m")
      return function(...)
        seen = table.pack(...)
        return "module"
      end, data, "ignored"
    end}, require, "m")
    assert(good and module == "module" and second == data and seen.n == 2 and seen[1] == "m" and seen[2] == data)
    loaded.m = nil
  end
  local good, module, data = with({function() return function(...) return select("#", ...) end end}, require, "m")
  gives("true 2 nil", good, module, data)
  loaded.m = nil
  -- what a searcher gives is called in the order of the list; the first that has one wins
  local order = {}
  good = with({function() order[#order + 1] = 1 end, function() order[#order + 1] = 2 return function() end end,
    function() order[#order + 1] = 3 end}, require, "m")
  assert(good and table.concat(order) == "12")
  loaded.m = nil
  -- searchers added at the end or the beginning
  table.insert(searchers, 1, function(name) if name == "virtual" then return function() return "v" end, "data" end end)
  gives("v data", require "virtual")
  loaded.virtual = nil
  table.remove(searchers, 1)
  assert(message_of(require, "virtual"):find "not found")
  -- the standard ones by hand
  gives("no field package.preload['x']", searchers[1] "x")
  preload.x = print
  gives(tostring(print) .. " :preload:", searchers[1] "x")
  preload.x = nil
  local loader, file = searchers[2] "sub.deep"
  assert(type(loader) == "function" and file == directory .. "/sub/deep.lua" and loader "by hand" == "deep, by hand")
  gives(("no file '%s/x.lua'"):format(directory), searchers[2] "x")
  gives("no file ''", searchers[3] "x")
  gives("", searchers[4] "x")
  gives("no file ''", searchers[4] "x.y")
  fails("bad argument #1 to '?' (string expected, got no value)", searchers[1])
  fails("bad argument #1 to '?' (string expected, got table)", searchers[2], {})
  fails("bad argument #1 to '?' (string expected, got nil)", searchers[3], nil)
  fails("bad argument #1 to '?' (string expected, got boolean)", searchers[4], true)
end

do -- package.loaded and package.preload may be replaced; the real ones are in the registry
  package.loaded = {replaced = "no"}
  preload.replaced = function() return "yes" end
  package.preload = {replaced = error}
  gives("yes :preload:", require "replaced")
  equal(loaded.replaced, "yes")
  package.loaded, package.preload = loaded, preload
  loaded.replaced, preload.replaced = nil, nil
  -- but the searchers are looked up in the package table itself, whatever the global is
  local library = package
  package = nil
  equal(require "sub.deep", "deep, sub.deep")
  package = library
  -- loaded with metamethods
  setmetatable(loaded, {__index = function(_, k) return k == "ghost" and "boo" or nil end})
  gives("boo", require "ghost")
  setmetatable(loaded, nil)
end

do -- searchpath
  local search = package.searchpath
  gives(directory .. "/sub/deep.lua", search("sub.deep", package.path))
  gives(directory .. "/sub/deep.lua", search("sub/deep", package.path))
  gives(directory .. "/sub/deep.lua", search("sub:deep", package.path, ":"))
  gives(directory .. "/sub/deep.lua", search("sub", directory .. "/?/deep.lua"))
  gives(directory .. "/plain.lua", search("none", directory .. "/?.lua;" .. directory .. "/plain.lua"))
  gives("nil no file './a/b.lua'", search("a.b", "./?.lua"))
  gives("nil no file './a.b.lua'", search("a.b", "./?.lua", ""))
  gives("nil no file './a-b.lua'", search("a.b", "./?.lua", ".", "-"))
  gives("nil no file './a.b.lua'", search("a.b", "./?.lua", "-"))
  gives("nil no file './ab.lua'", search("a.b", "./?.lua", ".", ""))
  gives("nil no file './a<>b<>c.lua'", search("a.b.c", "./?.lua", ".", "<>"))
  gives("nil no file './a/c.lua'", search("a::c", "./?.lua", "::"))
  gives("nil no file './a:c.lua'", search("a:c", "./?.lua", "::"))
  gives("nil no file 'x1x'\n\tno file 'y1y1'", search("1", "x?x;y?y?"))
  gives("nil no file ''", search("x", ""))
  gives("nil no file ''\n\tno file ''", search("x", ";"))
  gives("nil no file 'a'\n\tno file ''\n\tno file 'b'", search("x", "a;;b"))
  gives("nil no file 'fixed'", search("x", "fixed"))
  gives("nil no file 'm'\n\tno file 'n'", search("m;n", "?"))
  gives("nil no file ''", search("", "?"))
  gives("nil no file '5'", search(5, "?"))
  gives(directory .. "/plain.lua", search("x", "no;" .. directory .. "/plain.lua;" .. directory .. "/sub/init.lua"))
  fails("bad argument #1 to 'package.searchpath' (string expected, got table)", search, {}, "?")
  fails("bad argument #2 to 'package.searchpath' (string expected, got no value)", search, "x")
  fails("bad argument #3 to 'package.searchpath' (string expected, got table)", search, "x", "y", {})
  fails("bad argument #4 to 'package.searchpath' (string expected, got table)", search, "x", "y", ".", {})
  fails("bad argument #2 to 'package.searchpath' (string expected, got nil)", search, "x", nil)
end

do -- loadlib of what is no library
  local function checked(kind, ...)
    local f, message, where = package.loadlib(...)
    assert(f == nil and type(message) == "string")
    if where ~= kind then report(("found '%s', wanted '%s'"):format(where, kind), 2) end
    return message
  end
  equal(checked("open", "/no/such.so", "f"), "/no/such.so: cannot open shared object file: No such file or directory")
  equal(checked("open", "/no/such.so", "*"), "/no/such.so: cannot open shared object file: No such file or directory")
  put("nolib.so", "this is no library")
  assert(checked("open", directory .. "/nolib.so", "luaopen_nolib"):find("nolib.so", 1, true))
  fails("bad argument #1 to 'package.loadlib' (string expected, got no value)", package.loadlib)
  fails("bad argument #2 to 'package.loadlib' (string expected, got no value)", package.loadlib, "x")
  package.cpath = directory .. "/?.so"
  local message = message_of(require, "nolib")
  assert(message:find(("error loading module 'nolib' from file '%s/nolib.so':\n\t"):format(directory), 1, true) == 1)
  package.cpath = ""
end

do -- paths from the environment
  local function child(environment, code)
    local pipe = assert(io.popen(("%s '%s' %s 2>&1"):format(environment, interpreter, code)))
    local text = pipe:read "a"
    pipe:close()
    return (text:gsub("\n$", ""))
  end
  local show_paths = "-e 'print(package.path) print(package.cpath)'"
  equal(child("LUA_PATH=x LUA_CPATH=y", show_paths), "x\ny")
  equal(child("LUA_PATH=x LUA_PATH_5_4=z LUA_CPATH=y LUA_CPATH_5_4=w", show_paths), "z\nw")
  equal(child("LUA_PATH='a;;' LUA_CPATH=';;b'", show_paths), "a;" .. path .. "\n" .. cpath .. ";b")
  equal(child("LUA_PATH=';;' LUA_CPATH='a;;b'", show_paths), path .. "\na;" .. cpath .. ";b")
  equal(child("LUA_PATH='a;;b;;c' LUA_CPATH='a;b;'", show_paths), "a;" .. path .. ";b;;c\na;b;")
  equal(child("LUA_PATH= LUA_CPATH=", show_paths), "\n")
  equal(child("LUA_PATH=x LUA_CPATH=y", "-E " .. show_paths), path .. "\n" .. cpath)
  equal(child(("LUA_PATH='%s/?.lua'"):format(directory), "-l plain -e 'print(plain.name)'"), "plain")
  equal(child(("LUA_PATH='%s/?.lua'"):format(directory), "-l short=sub.deep -e 'print(short)'"),
    "deep, sub.deep")
end

local module_source <const> = [[
#include "lua.h"
#include "lauxlib.h"
static int add(lua_State *L) {
  lua_pushinteger(L, luaL_checkinteger(L, 1) + luaL_checkinteger(L, 2));
  return 1;
}
static const luaL_Reg functions[] = {{"add", add}, {NULL, NULL}};
static int open_as(lua_State *L, const char *who) {
  lua_newtable(L);
  luaL_setfuncs(L, functions, 0);
  lua_pushstring(L, who); lua_setfield(L, -2, "who");
  lua_pushvalue(L, 1); lua_setfield(L, -2, "name");
  lua_pushvalue(L, 2); lua_setfield(L, -2, "file");
  return 1;
}
LUAMOD_API int luaopen_cm(lua_State *L) { return open_as(L, "cm"); }
LUAMOD_API int luaopen_cm_sub(lua_State *L) { return open_as(L, "cm_sub"); }
LUAMOD_API int luaopen_cm_sub_deep(lua_State *L) { return open_as(L, "cm_sub_deep"); }
LUAMOD_API int luaopen_v2(lua_State *L) { return open_as(L, "v2"); }
LUAMOD_API int luaopen_a_b(lua_State *L) { return open_as(L, "a_b"); }
LUAMOD_API int luaopen_nothing(lua_State *L) { (void)L; return 0; }
LUAMOD_API int luaopen_failing(lua_State *L) { return luaL_error(L, "from C"); }
]]
local has_compiler = os.execute "command -v cc >/dev/null 2>&1" and io.open "../../include/lua.h"

if has_compiler then -- C modules, compiled here, for either interpreter
  has_compiler:close()
  local source = put("cm.c", module_source)
  local library = directory .. "/cm.so"
  local built = os.execute(("cc -shared -fPIC -I../../include -o '%s' '%s'"):format(library, source))
  assert(built, "the C module does not compile")
  local function copy(name) assert(os.execute(("cp '%s' '%s/%s'"):format(library, directory, name))) end
  package.path, package.cpath = "", directory .. "/?.so"
  local module, file = require "cm"
  equal(file, library)
  gives("cm cm " .. library, module.who, module.name, module.file)
  equal(module.add(2, 3), 5)
  fails("bad argument #2 to 'cm.add' (number expected, got no value)", module.add, 1)
  local _, text = pcall(function() module.add "x" end)
  assert(text:find "bad argument #1 to 'add' %(number expected, got string%)$")
  -- all in one: submodules in the library of their root
  module, file = require "cm.sub"
  gives("cm_sub cm.sub " .. library, module.who, module.name, file)
  equal(require("cm.sub.deep").who, "cm_sub_deep")
  fails(("module 'cm.none' not found:\n\tno field package.preload['cm.none']\n\tno file ''\n\tno file '%s/cm/none.so'\n\t" ..
    "no module 'cm.none' in file '%s'"):format(directory, library), require, "cm.none")
  -- dots become underscores, and directories
  make_directory "a"
  copy "a/b.so"
  equal(require("a.b").who, "a_b")
  -- a hyphen: the function's name is what is behind it, or in front of it
  copy "v1-v2.so"
  gives("v2 v1-v2", require("v1-v2").who, require("v1-v2").name)
  copy "cm-2.so"
  equal(require("cm-2").who, "cm")
  copy "old-a.so"
  local message = message_of(require, "old-a")
  assert(message:find(("error loading module 'old-a' from file '%s/old-a.so':\n\t"):format(directory), 1, true) == 1)
  assert(message:find("undefined symbol: luaopen_a", 1, true))
  copy "a/v3-b.so"
  assert(message_of(require, "a.v3-b"):find("luaopen_b", 1, true))
  copy "w-a_b.so"
  equal(require("w-a_b").who, "a_b")
  -- without the function
  copy "other_name.so"
  message = message_of(require, "other_name")
  assert(message:find(("error loading module 'other_name' from file '%s/other_name.so':\n\t"):format(directory), 1,
    true) == 1)
  assert(message:find("undefined symbol: luaopen_other_name", 1, true))
  -- nothing returned, and errors
  copy "nothing.so"
  gives("true " .. directory .. "/nothing.so", require "nothing")
  copy "failing.so"
  fails("from C", require, "failing")
  equal(loaded.failing, nil)
  -- loadlib
  local opener = package.loadlib(library, "luaopen_cm")
  equal(type(opener), "function")
  equal(opener("given", 5).name, "given")
  equal(package.loadlib(library, "luaopen_cm"), opener) -- light C functions are equal by address
  gives("true", package.loadlib(library, "*"))
  local none, why, where = package.loadlib(library, "luaopen_absent")
  assert(none == nil and why:find("undefined symbol: luaopen_absent", 1, true) and where == "init")
  local star_only = directory .. "/star.so"
  copy "star.so"
  gives("true", package.loadlib(star_only, "*"))
  equal(package.loadlib(star_only, "luaopen_v2")(1, 2).who, "v2")
  -- libraries are remembered in the registry by their path
  local libraries = debug.getregistry()._CLIBS
  if libraries then equal(type(libraries[library]), "userdata") end
  -- all of it in a new state, from the beginning to the end
  local pipe = assert(io.popen(("LUA_CPATH='%s/?.so' '%s' -e 'print(require([[cm]]).add(20, 22), require([[cm.sub]]).who)' 2>&1")
    :format(directory, interpreter)))
  equal(pipe:read "a", "42\tcm_sub\n")
  gives("true exit 0", pipe:close())
end

package.path, package.cpath = path, cpath
print("ok")

-- Known escapes from sandboxes and attacks on resources, each held by rille.sandbox and rille.limits. A program of `attacks` must be ended
-- by one of the limits named (any, if none is); one of `escapes` returns "held" after having tried. After each, the host is as before. All in
-- both forms of sandboxes: an environment, and a state of its own.
local sandbox = require "rille.sandbox"
local limits = require "rille.limits"

local MEGABYTE <const> = 1 << 20
local LIMITS <const> = {instructions = 5000000, cpu = 0.15, wall = 10, memory = 8 * MEGABYTE, output = 4096, depth = 150}
local root = os.tmpname()
os.remove(root)
assert(os.execute("mkdir -p " .. root .. "/inside/below && echo open > " .. root .. "/inside/file && echo secret > " .. root .. "/secret"
  .. " && ln -s ../secret " .. root .. "/inside/link && ln -s / " .. root .. "/inside/up && mkfifo " .. root .. "/inside/pipe"))

local secret = {open = false}
local forms = {
  environment = function()
    return sandbox.new {root = root .. "/inside", limits = LIMITS, globals = {
      host_function = function(x) return x end,
      host_error = function() error(secret) end,
    }}
  end,
  state = function()
    local limits = {cpu = 0.07}
    for name, amount in pairs(LIMITS) do limits[name] = limits[name] or amount end
    return sandbox.new {state = true, root = root .. "/inside", limits = limits, globals = {
      host_function = function(x) return x end,
      host_error = function() error {open = false} end,
    }}
  end,
}

-- ---- attacks on resources ----
local attacks = {
  {"endless loop", "while true do end"},
  {"endless repeat", "repeat until false"},
  {"goto loop", "::a:: goto a"},
  {"numeric loop without end", "for i = 1, math.huge do end"},
  {"loop whose counter overflows", "for i = math.maxinteger - 1, math.huge do i = i - 1 end while true do end"},
  {"pcall loop", "while true do pcall(function() while true do end end) end"},
  {"xpcall loop with a handler that loops", "while true do xpcall(error, function() while true do end end) end"},
  {"nested pcalls", "local function f() pcall(f) pcall(f) end f()"},
  {"error in the error handler", "local function h() error(h) end while true do xpcall(error, h) end"},
  {"endless tail call", "local function f() return f() end f()"},
  {"mutual tail calls with varargs", "local g local function f(...) return g(...) end g = f f(1, 2)"},
  {"deep recursion again and again", "local function f() return 1 + f() end while true do pcall(f) end"},
  {"__index chain that calls itself", "local t = {} setmetatable(t, {__index = function(_, k) return t[k + 1] end}) while true do pcall(function() return t[1] end) end"},
  {"metamethod that never returns", "local t = setmetatable({}, {__add = function() while true do end end}) return t + 1"},
  {"__close that never returns", "do local x <close> = setmetatable({}, {__close = function() while true do end end}) end"},
  {"__close after the limit", "local x <close> = setmetatable({}, {__close = function() while true do pcall(error) end end}) while true do end"},
  {"chain of __close", "local function f() local x <close> = setmetatable({}, {__close = f}) end while true do pcall(f) end"},
  {"__tostring that never returns", "tostring(setmetatable({}, {__tostring = function() while true do end end}))"},
  {"__lt in a sort", "local m = {__lt = function() while true do end end} table.sort {setmetatable({}, m), setmetatable({}, m)}"},
  {"__len that never returns", "return #setmetatable({}, {__len = function() while true do end end})"},
  {"__concat that grows", "local m = {} m.__concat = function(a, b) return a .. b end while true do pcall(function() return setmetatable({}, m) .. 1 end) end"},
  {"__pairs that never ends", "for _ in pairs(setmetatable({}, {__pairs = function() return function() return 1 end end})) do end"},
  {"coroutine that never yields", "coroutine.wrap(function() while true do end end)()"},
  {"coroutines that pass the time round", "local f = coroutine.wrap(function() while true do coroutine.yield() end end) while true do f() end"},
  {"coroutine bomb", "local t = {} while true do t[#t + 1] = coroutine.create(function() end) end"},
  {"coroutines that start coroutines", "local function f() coroutine.wrap(f)() end while true do pcall(f) end"},
  {"dead coroutines closed in a loop", "while true do local c = coroutine.create(error) coroutine.resume(c) coroutine.close(c) end"},
  {"coroutine closed with a __close that loops", "local c = coroutine.create(function() local x <close> = setmetatable({}, {__close = function() while true do end end}) coroutine.yield() end) coroutine.resume(c) while true do coroutine.close(c) end"},
  {"pattern with many repetitions", [[string.find(("a"):rep(300000), ("a*"):rep(30) .. "b")]]},
  {"pattern of lazy repetitions", [[string.find(("a"):rep(30000), (".-"):rep(20) .. "b")]]},
  {"balanced match tried everywhere", [[string.find(("("):rep(3000000), "%b()")]]},
  {"frontier with a giant set", [[local set = "%f[" .. ("b"):rep(1000000) .. "]" string.find(("a"):rep(1000000), set)]]},
  {"set of a million characters", [[string.find(("a"):rep(1000000), "[" .. ("bc"):rep(500000) .. "]*d")]]},
  {"back references", [[string.find(("a"):rep(100000), "(.*)%1x")]]},
  {"gsub that calls without end", [[("x"):rep(100):gsub("x", function() while true do end end)]]},
  {"gsub that grows", [[local s = "xx" while true do s = s:gsub("x", "xx") end]]},
  {"gmatch without end", [[while true do for _ in ("a"):rep(1000):gmatch("") do end end]]},
  {"giant rep", [[("x"):rep(1 << 30)]]},
  {"giant rep in a pcall loop", [[while true do pcall(string.rep, "x", 1 << 30) end]]},
  {"rep of nothing, counted", [[while true do (""):rep(1 << 60) end]]},
  {"rep with a giant separator", [[while true do pcall(string.rep, "x", 1000000, ("y"):rep(100000)) end]]},
  {"quadratic concatenation", [[local s = "" while true do s = s .. "x" end]]},
  {"doubling concatenation", [[local s = "x" while true do s = s .. s end]]},
  {"table.concat of large pieces", [[local t = {} for i = 1, 10000 do t[i] = ("x"):rep(10000) end while true do table.concat(t) end]]},
  {"table.concat through metamethods", [[table.concat(setmetatable({}, {__len = function() return math.maxinteger end, __index = function() return "x" end}))]]},
  {"table.unpack of much", [[while true do pcall(table.unpack, {}, 1, 900000) end]]},
  {"table.insert at the front", [[local t = {} while true do table.insert(t, 1, 1) end]]},
  {"table.remove at the front", [[local t = {} for i = 1, 200000 do t[i] = i end while true do table.remove(t, 1) t[#t + 1] = 1 end]]},
  {"table.move over the whole range", [[table.move(setmetatable({}, {__index = function() end, __newindex = function() end}), 1, math.maxinteger - 1, 2)]]},
  {"sort with an order that never agrees", [[local t = {} for i = 1, 100000 do t[i] = i end while true do pcall(table.sort, t, function() return true end) end]]},
  {"sort of much", [[local t = {} for i = 1, 500000 do t[i] = (i * 7919) % 1000003 end while true do table.sort(t, function(a, b) return a < b end) end]]},
  {"format with wide fields", [[while true do string.format(("%99.99f"):rep(100), table.unpack(setmetatable({}, {__index = function() return 1e308 end}), 1, 100)) end]]},
  {"format of a long string", [[local s = ("x"):rep(10000000) while true do string.format("%s%s", s, s) end]]},
  {"pack of many items", [[local f = ("i1"):rep(100000) while true do pcall(string.pack, f, 1) string.packsize(f) end]]},
  {"comparison of long strings", [[local a, b = ("x"):rep(5000000) .. "a", ("x"):rep(5000000) .. "b" while true do local _ = a < b, a == b end]]},
  {"utf8 over long strings", [[local s = ("\u{20ac}"):rep(1000000) while true do utf8.len(s) utf8.offset(s, -900000) end]]},
  {"upper and lower of long strings", [[local s = ("x"):rep(5000000) while true do s:upper() s:lower() s:reverse() end]]},
  {"string.byte of much", [[local s = ("x"):rep(900000) while true do pcall(string.byte, s, 1, -1) end]]},
  {"tonumber of a long text", [[local s = ("9"):rep(5000000) while true do tonumber(s) tonumber(s, 36) end]]},
  {"load of a long text", [[local s = ("x = 1 "):rep(500000) while true do load(s) end]]},
  {"load of deeply nested text", [[while true do load(("("):rep(1000000)) load("x = " .. ("{"):rep(100000)) end]]},
  {"load from an endless reader", [[load(function() return "x = 1 " end)]]},
  {"load from a reader that loops", [[load(function() while true do end end)]]},
  {"tables without end", [[local t = {} while true do t = {t} end]]},
  {"one giant table", [[local t = {} for i = 1, 1e9 do t[i] = i end]]},
  {"giant hash part", [[local t = {} for i = 1, 1e9 do t[i * 0.5] = i end]]},
  {"strings without end", [[local t = {} for i = 1, 1e9 do t[i] = "string number " .. i end]]},
  {"closures without end", [[local t = {} for i = 1, 1e9 do t[i] = function() return i end end]]},
  {"integer keys that collide", [[local t = {} for i = 1, 1000000 do t[i << 44] = 1 end while true do for k in pairs(t) do t[k] = 2 end end]]},
  {"float keys that collide", [[local t = {} for i = 1, 100000 do t[i * 2.0 ^ 60] = 1 end while true do for k in pairs(t) do t[k] = 2 end end]]},
  {"next over a hole", [[local t = {} for i = 1, 300000 do t[i * 3] = i end for k in pairs(t) do t[k] = nil end while true do next(t) end]]},
  {"output without end", [[while true do print("spam") end]], "output"},
  {"one large output", [[io.write(("x"):rep(100000))]], "output"},
  {"file output without end", [[print(("x"):rep(5000))]], "output"},
  {"C recursion through gsub", [[local function f() return (("x"):gsub("x", f)) end f()]], "depth"},
  {"C recursion through sort", [[local function f() table.sort({1, 2}, f) end f()]], "depth"},
  {"C recursion through load", [[local function f() return load(f) end f()]], "depth"},
  {"C recursion through tostring", [[local t = setmetatable({}, {}) getmetatable(t).__tostring = function() return tostring(t) end tostring(t)]], "depth"},
  {"garbage that is never let go", [[local t = setmetatable({}, {__mode = "k"}) local last while true do local k = {last} t[k] = k last = k end]]},
  {"weak tables filled again and again", [[local t = setmetatable({}, {__mode = "kv"}) for i = 1, 1e9 do t[i] = {} end]]},
  {"select with many arguments", [[local t = {} for i = 1, 200 do t[i] = i end local function f(...) return select("#", ...) + select(-1, ...) end while true do f(table.unpack(t)) end]]},
  {"warnings without end", [[while true do warn("@off") end]]},
}

-- ---- ways out ----
local escapes = {
  {"host's globals", "assert(_G.os.execute == nil and _G.require == nil and debug == nil and package == nil) return 'held'"},
  {"_G is the environment", "assert(_G._G == _G) x = 1 assert(_G.x == 1) return 'held'"},
  {"dofile, loadfile", "assert(dofile == nil and loadfile == nil and collectgarbage('count') > 0 and not pcall(collectgarbage)) return 'held'"},
  {"string metatable", "assert(getmetatable('') == nil) return 'held'"},
  {"string library through a string", "assert(('').dump == nil and ('').rep ~= nil) return 'held'"},
  {"change of the string library", "assert(not pcall(function() string.rep = print end)) assert(not pcall(rawset, string, 'rep', print)) assert(not pcall(function() ('').rep.x = 1 end)) return 'held'"},
  {"change through table functions", "assert(not pcall(table.insert, string, 1)) assert(not pcall(table.move, {1}, 1, 1, 1, math)) return 'held'"},
  {"new metatable for a library", "assert(not pcall(setmetatable, string, {})) assert(getmetatable(string) == false) return 'held'"},
  {"table behind a frozen library", "for k, v in pairs(string) do assert(type(v) ~= 'table' or v ~= string) end local f, s = pairs(math) assert(s == nil) return 'held'"},
  {"library's table by next", "assert(next(string) == nil) return 'held'"},
  {"string.dump", "assert(string.dump == nil) return 'held'"},
  {"binary chunk", "local f, m = load('\\27Lua', 'x', 'b') assert(not f) f = load('\\27LuaT\\0', 'x') assert(not f) return 'held'"},
  {"binary chunk by a reader", "local given local f = load(function() if not given then given = true return '\\27Lua' end end) assert(not f) return 'held'"},
  {"load into another environment", "local f = load('return _ENV', 'x', 't') assert(f() == _G) assert(load('return 1', 'x', 'bt', {})() == 1) return 'held'"},
  {"finalizers", "assert(not pcall(setmetatable, {}, {__gc = function() end})) return 'held'"},
  {"finalizer added later", "local m = {} local t = setmetatable({}, m) m.__gc = function() while true do end end t = nil return 'held'"},
  {"finalizer by metamethod", "local m = setmetatable({}, {__index = {__gc = function() while true do end end}}) setmetatable({}, m) return 'held'"},
  {"metatable of a function", "assert(getmetatable(print) == nil and getmetatable(1) == nil and getmetatable(nil) == nil) return 'held'"},
  {"protected metatable", "local t = setmetatable({}, {__metatable = 'locked'}) assert(getmetatable(t) == 'locked' and not pcall(setmetatable, t, {})) return 'held'"},
  {"metatable of a file", "local f = assert(io.open('file')) assert(getmetatable(f) == nil) f:close() return 'held'"},
  {"file in the root", "local f = assert(io.open('file')) assert(f:read('l') == 'open') f:close() return 'held'"},
  {"file above the root", "assert(not io.open('../secret')) assert(not io.open('below/../../secret')) return 'held'"},
  {"absolute path", "assert(not io.open('/etc/passwd')) return 'held'"},
  {"symbolic link out of the root", "assert(not io.open('link')) assert(not io.open('up/etc/passwd')) return 'held'"},
  {"path with a zero byte", "assert(not pcall(io.open, 'file\\0/../../secret')) return 'held'"},
  {"writing to a root that is read only", "assert(not io.open('new', 'w')) assert(not io.open('file', 'r+')) assert(not io.open('file', 'a')) return 'held'"},
  {"pipe in the root", "assert(not io.open('pipe')) return 'held'"},
  {"directory in the root", "assert(not io.open('below')) return 'held'"},
  {"magic links", "assert(not io.open('up/proc/self/root/etc/passwd')) return 'held'"},
  {"other functions of io and os", "assert(io.popen == nil and io.lines == nil and io.input == nil and io.output == nil and io.stdout == nil and os.remove == nil and os.getenv == nil and os.exit == nil and os.setlocale == nil) return 'held'"},
  {"error value of the host", "local ok, e = pcall(host_error) assert(type(e) == 'table') assert(getmetatable(e) == nil) return 'held'"},
  {"function of the host as a key to its globals", "assert(host_function(1) == 1) assert(not pcall(function() return host_function._G end)) return 'held'"},
  {"xpcall's handler and the stack", "local ok, t = xpcall(error, function(m) return type(m) end) return 'held'"},
  {"coroutine.running and the main thread", "local c, main = coroutine.running() assert(main or type(c) == 'thread') assert(not pcall(coroutine.close, c)) return 'held'"},
  {"yield out of the sandbox", "assert(not coroutine.isyieldable()) assert(not pcall(coroutine.yield, 1)) return 'held'"},
  {"_ENV replaced", "local _ENV = {assert = assert} assert(_G == nil) return 'held'"},
  {"string coercions", "assert('10' + 1 == 11 and ('x'):upper() == 'X') return 'held'"},
}

local errors = {}
local function fail(name, text, ...) errors[#errors + 1] = name .. ": " .. text:format(...) end

local function globals_of()
  local names = {}
  for name in pairs(_G) do names[#names + 1] = name end
  table.sort(names)
  return table.concat(names, " ")
end
local host = {globals = globals_of(), strings = getmetatable(""), dump = string.dump, rep = string.rep, memory = nil}

local function check_host(name)
  if globals_of() ~= host.globals then fail(name, "globals of the host have changed") end
  if getmetatable("") ~= host.strings or host.strings.__index ~= string then fail(name, "the string metatable has changed") end
  if string.dump ~= host.dump or string.rep ~= host.rep or ("x").dump ~= host.dump then fail(name, "the string library has changed") end
  if secret.open or getmetatable(secret) then fail(name, "a table of the host has changed") end
  local ok, result = limits.call({instructions = 100000}, function() local x = 0 for i = 1, 100 do x = x + i end return x end)
  if not ok or result ~= 5050 then fail(name, "limits do not work any more: %s", result) end
end

local stdout = io.output()
local null = assert(io.open("/dev/null", "w"))
local started = os.clock()
local function run_attack(form, name, program, wanted)
  local box <close>, clock = forms[form](), os.clock()
  name = form .. ": " .. name
  io.output(null)
  local ok, message, which = box:run(program)
  io.output(stdout)
  local seconds = os.clock() - clock
  if ok or not which then fail(name, "was not ended by a limit: %s %s", ok, message)
  elseif wanted and which ~= wanted then fail(name, "ended by %s, not %s (%s)", which, wanted, message) end
  if seconds > (os.getenv("RILLE_SLOW") and 100 or 10) then fail(name, "took %.1f seconds", seconds) end
end
local function run_escape(form, name, program)
  local box <close> = forms[form]()
  local ok, result = box:run(program)
  if not ok or result ~= "held" then fail(form .. ": " .. name, "%s", result) end
end
for _, form in ipairs {"environment", "state"} do
  for _, attack in ipairs(attacks) do
    run_attack(form, table.unpack(attack))
    check_host(form .. ": " .. attack[1])
  end
  for _, escape in ipairs(escapes) do
    run_escape(form, table.unpack(escape))
    check_host(form .. ": " .. escape[1])
  end
end
collectgarbage()
if collectgarbage("count") > 10 * 1024 then fail("memory", "%d kB are still held", collectgarbage("count") // 1) end
os.execute("rm -rf " .. root)
for _, text in ipairs(errors) do io.stderr:write(text, "\n") end
assert(#attacks + #escapes >= 60)
assert(#errors == 0, #errors .. " were not held")
print(#attacks .. " attacks and " .. #escapes .. " escapes held, by environments and by states, in " .. (os.clock() - started) // 0.1 / 10 .. " s")
print "ok"

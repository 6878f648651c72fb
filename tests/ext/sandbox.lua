-- rille.sandbox: what can be asked of a sandbox, of either form; and what is only there when it is a state of its own.
local sandbox <const> = require "rille.sandbox"
local limits <const> = require "rille.limits"
local isolate <const> = require "rille.isolate"
local channel <const> = require "rille.channel"
local buffer <const> = require "rille.buffer"

local function equal(a, b) if a ~= b then error(("%s is not %s"):format(a, b), 2) end end
local function fails(pattern, f, ...)
  local ok, message = pcall(f, ...)
  if ok or not tostring(message):find(pattern) then error(("no error like '%s': %s"):format(pattern, message), 2) end
end

-- ---- both forms ----
for _, own_state in ipairs {false, true} do
  local box <close> = sandbox.new {state = own_state, globals = {answer = 42, list = {1, 2, {3}}}, limits = {instructions = 1000000}}
  equal(select("#", box:run("return 1, nil, 3, nil")), 5)
  local ok, a, b, c = box:run("local x, y = ... return y, x, list[3][1] + answer", "one", 2)
  equal(ok, true) equal(a, 2) equal(b, "one") equal(c, 45)
  -- errors
  local message
  ok, message = box:run("error 'here'")
  equal(ok, false) equal(message, "[string \"error 'here'\"]:1: here")
  ok, message = box:run("error {code = 7}")
  equal(ok, false) equal(message.code, 7)
  equal(select("#", box:run("error()")), 2)
  ok, message = box:run("this is no program")
  equal(ok, false) assert(message:find "syntax error")
  local which
  ok, message, which = box:run("while true do end")
  equal(ok, false) assert(message:find "instruction limit reached") equal(which, "instructions")
  equal(box:run("return 1"), true) -- each call has the limits anew
  -- programs, functions, globals
  assert(box:run("count = 0  function step(n) count = count + (n or 1) return count end"))
  equal(select(2, box:call("step")), 1)
  equal(select(2, box:call("step", 10)), 11)
  equal(box:get "count", 11)
  box:set("count", 100)
  equal(select(2, box:call("step", 0)), 100)
  equal(box:get "nothing", nil)
  local program = assert(box:load("local a = ... count = a return count + 1", "=named"))
  equal(select(2, box:call(program, 5)), 6)
  equal(box:get "count", 5)
  local none, text = box:load("x x", "=named")
  equal(none, nil) equal(text, "named:1: syntax error near 'x'")
  equal(select(2, box:load("\27Lua", "=binary")), "attempt to load a binary chunk (mode is 't')")
  ok, message = box:call("missing")
  equal(ok, false) assert(message:find "attempt to call a nil value")
  ok, message = box:run("return ('x'):dump()")
  equal(ok, false)
  -- wrong use
  fails("string expected, got no value", box.run, box)
  fails("string expected, got nil", box.load, box, nil)
  fails("value expected", box.call, box)
  fails("rille.sandbox expected", box.run, {}, "return 1")
end
fails("unknown option 'alow'", sandbox.new, {alow = {}})
for _, options in ipairs {{allow = 1}, {allow = {1}}, {limits = 3}, {globals = "x"}, {root = {}}} do
  fails("option '%a+' must be", sandbox.new, options)
end
for _, own_state in ipairs {false, true} do
  fails("'debug' cannot be allowed in a sandbox", sandbox.new, {state = own_state, allow = {"debug"}})
  fails("'string.dump' cannot be allowed", sandbox.new, {state = own_state, allow = {"string.dump"}})
  fails("root '/no/such/directory': No such file", sandbox.new, {state = own_state, root = "/no/such/directory"})
  fails("unknown limit 'speed'", sandbox.new, {state = own_state, limits = {speed = 1}})
  local box <close> = sandbox.new {state = own_state, allow = {"math.abs", "select", "pcall"}}
  equal(select(2, box:run("return math.abs(-3), math.sin, string, print, pcall ~= nil")), 3)
  local ok <const> = box:run("return print('x')")
  equal(ok, false)
end

-- ---- a state: values go in and come out as copies ----
do
  local list <const> = {1, {2}, name = "list"}
  list.self = list
  local box <close> = sandbox.new {state = true, globals = {list = list, double = function(x) return x * 2 end, abs = math.abs}}
  list[1] = 100
  local ok, copy = box:run("list.new = list.self == list return list")
  equal(copy[1], 1) equal(copy[2][1], 2) equal(copy.self, copy) equal(copy.new, true) equal(list.new, nil)
  assert(copy ~= list)
  equal(select(2, box:run("return double(4) + abs(-1)")), 9)
  equal(select(2, box:call(function(a, b) seen = a return a + b end, 3, 4)), 7) -- by its code, with the globals of the sandbox
  equal(box:get "seen", 3)
  equal(seen, nil)
  -- what cannot come out, or go in; nothing is half done
  local message
  ok, message = box:run("return 1, {x = {print}}")
  equal(ok, false) equal(message, "result #2.x[1]: a function cannot leave a sandbox")
  ok, message = box:run("return {f = function() end}")
  equal(message, "result.f: a function cannot leave a sandbox")
  ok, message = box:run("return coroutine.create(function() end)")
  equal(message, "result: a coroutine cannot be sent")
  ok, message = box:run("return setmetatable({}, {})")
  equal(ok, false) assert(message:find "a table with a metatable")
  ok, message = box:run("error(setmetatable({}, {__tostring = function() while true do end end}))")
  equal(message, "(error object is a table value)")
  ok, message = box:run("error(function() end)")
  equal(message, "(error object is a function value)")
  fails("argument #2: a coroutine cannot be sent", box.run, box, "return ...", 1, coroutine.create(print))
  fails("value.x: a function with upvalue 'list'", box.set, box, "f", {x = function() return list end})
  fails("globals.on_close: a coroutine cannot be sent", sandbox.new, {state = true, globals = {on_close = coroutine.create(print)}})
  fails("result: a function cannot leave a sandbox", box.get, box, "print")
  equal(select("#", box:run("return ...")), 1)
  -- large strings and buffers
  local text <const> = ("large"):rep(10000)
  equal(select(2, box:run("return (...)", text)), text)
  local bytes <const> = buffer.new "bytes"
  equal(select(2, box:run("local b = ... b:append(' more') return b", bytes)):string(), "bytes more")
  equal(#bytes, 0)
  equal(select(2, box:run("return (...).limits.x, pcall(rawset, ..., 'x', 1)", isolate.freeze {limits = {x = 5}})), 5)
  -- programs belong to one sandbox
  local other <close> = sandbox.new {state = true}
  fails("a program of another sandbox", other.call, other, box:load "return 1")
  for i = 1, 100 do box:load("return " .. i) end
  collectgarbage()
  equal(select(2, box:call(box:load "return 'still there'")), "still there")
  fails("function, name or program expected, got table", box.call, box, {})
  fails("has no environment", box.environment, box)
  box:close()
  box:close()
  fails("the sandbox is closed", box.run, box, "return 1")
  equal(box:memory(), 0)
end
fails("only a sandbox with a state", function() sandbox.new():memory() end)

-- ---- limits of a state ----
do
  local box <close> = sandbox.new {state = true, limits = {instructions = 10000000, memory = 1000000}}
  for _ = 1, 3 do
    equal(select(3, box:run("kept = {} for i = 1, 1e9 do kept[i] = {} end")), "memory") -- of the state, whichever call has taken it
    assert(box:memory() <= 1000000)
  end
  equal(box:run("kept = nil"), true)
  equal(box:run("local t = {} for i = 1, 5000 do t[i] = {} end"), true)
  equal(select(3, box:run("while true do pcall(string.rep, 'x', 1 << 30) end")), "instructions")
  local soft <close> = sandbox.new {state = true, limits = {instructions = 100000, catchable = true}}
  local ok, inner = soft:run("return pcall(function() while true do end end)")
  equal(ok, true) equal(inner, false)
  -- the host's own limits reach into it, and what is used there is used here
  local free <close> = sandbox.new {state = true}
  local function again(program) return function() while true do pcall(free.run, free, program) end end end
  equal(select(3, limits.call({instructions = 100000}, again "while true do end")), "instructions")
  equal(select(3, limits.call({instructions = 100000}, again "return 1")), "instructions")
  equal(select(3, limits.call({wall = 0.02}, again "while true do end")), "wall")
  equal(select(3, limits.call({cpu = 0.02}, again "while true do pcall(string.rep, 'x', 1 << 20) end")), "cpu")
  equal(select(3, limits.call({memory = 1000000}, again "local t = {} while true do t[#t + 1] = {} end")), "memory")
  equal(select(3, limits.call({output = 10}, again "print '' print '' print 'quite a lot more'")), "output")
  equal(select(3, limits.call({depth = 20}, again "local function f() return (('x'):gsub('x', f)) end f()")), "depth")
  local budget <const> = limits.new {instructions = 1000000}
  budget:call(free.run, free, "for i = 1, 100000 do end")
  assert(budget:used().instructions > 100000)
  equal(budget:reached(), nil)
  local ok, kept, message = limits.call({instructions = 100000, catchable = true}, pcall, free.run, free, "while true do end")
  equal(ok, true) equal(kept, false) assert(message:find "instruction limit reached")
  equal(free:run("return 1"), true)
  -- one depth for both: sandboxes use the C stack of their host
  local function depth_inside()
    return select(2, free:run "local n = 0 local function f() n = n + 1 return (('x'):gsub('x', f)) end pcall(f) return n")
  end
  local function depth_below(n)
    local result
    if n == 0 then return depth_inside() end
    string.gsub("x", "x", function() result = depth_below(n - 1) end)
    return result
  end
  equal(depth_below(100), depth_inside() - 100)
end

-- ---- memory: the host counts it, a failing host loses nothing ----
do
  collectgarbage()
  local before <const> = collectgarbage "count"
  for _ = 1, 50 do assert(sandbox.new({state = true}):run "t = {} for i = 1, 1000 do t[i] = {i} end") end -- finalizers close them
  collectgarbage() collectgarbage()
  assert(collectgarbage "count" - before < 200, "sandboxes have left memory behind")
  local box = sandbox.new {state = true}
  local empty <const> = collectgarbage "count"
  box:run "kept = ('x'):rep(1000000)"
  assert(collectgarbage "count" - empty > 900)
  box:close()
  local made = 0
  for memory = 0, 150000, 1500 do
    local ok, message = limits.call({memory = memory}, function()
      local box <close> = sandbox.new {state = true, globals = {list = {1, 2, 3}}}
      assert(select(2, box:run "return list[3]") == 3)
    end)
    made = made + (ok and 1 or 0)
    assert(ok or message:find "memory", message)
  end
  assert(made > 10)
end

-- ---- in isolates: whoever cancels the isolate ends what it runs there ----
do
  local begins <const> = channel.new(1)
  for _, program in ipairs {"while true do end", "while true do pcall(error) end", "string.rep('a', 60):match(('a-'):rep(30) .. 'b')"} do
    local task <const> = isolate.spawn(function(begins, program)
      local box <close> = require "rille.sandbox".new {state = true}
      begins:send(true)
      while true do pcall(box.run, box, program) end
    end, begins, program)
    assert(begins:receive(60))
    isolate.sleep(0.01)
    assert(task:memory() > 0)
    task:cancel()
    local ok, message = task:join(60)
    equal(ok, false) equal(message, "cancelled")
  end
  -- channels that the host gives: nothing waits
  local line <const> = channel.new(1)
  local box <close> = sandbox.new {state = true, globals = {line = line}}
  equal(select(2, box:run "return line:try_send('from inside')"), true)
  equal(line:receive(), "from inside")
  equal(select(3, box:run "return line:try_receive()"), "empty")
  local ok, message = box:run "return line:receive()"
  equal(ok, false) assert(message:find "a sandbox cannot wait")
  ok, message = box:run "line:send(1) line:send(2)"
  equal(ok, false)
end

print "ok"

-- The life of isolates: results, errors, cancelling, status, pools.
local channel <const> = require "rille.channel"
local isolate <const> = require "rille.isolate"

local function check(...)
  local ok, message, traceback = ...
  assert(ok, tostring(message) .. "\n" .. tostring(traceback))
  return select(2, ...)
end
local function wait_for(handle, status)
  for _ = 1, 5000 do
    if handle:status() == status then return end
    isolate.sleep(0.002)
  end
  error("the isolate is " .. handle:status() .. ", not " .. status, 2)
end

-- ways to name a program
local function add(a, b) return a + b, "done" end
local sum, text = check(isolate.spawn(add, 1, 2):join())
assert(sum == 3 and text == "done")
assert(check(isolate.spawn("return select('#', ...), ...", nil, 2, nil):join()) == 3)
assert(check(isolate.spawn({source = "return ... .. '!'"}, "hi"):join()) == "hi!")
assert(check(isolate.spawn({func = add, name = "adder"}, 5, 6):join()) == 11)
assert(isolate.spawn({func = add, name = "adder"}, 5, 6):name() == "adder")
local directory <const> = os.tmpname()
os.remove(directory)
assert(os.execute("mkdir " .. directory))
local function write(name, source)
  local file <close> = assert(io.open(directory .. "/" .. name, "w"))
  file:write(source)
end
write("as_function.lua", "return function(...) return 'function', ... end")
write("as_table.lua", "return {main = function(...) return 'table', ... end}")
write("as_file.lua", "return 'file', ...")
package.path = directory .. "/?.lua;" .. package.path -- isolates inherit it
local kind, argument = check(isolate.spawn({module = "as_function"}, 1):join())
assert(kind == "function" and argument == 1)
kind, argument = check(isolate.spawn({module = "as_table"}, 2):join())
assert(kind == "table" and argument == 2)
kind, argument = check(isolate.spawn({file = directory .. "/as_file.lua"}, 3):join())
assert(kind == "file" and argument == 3)
for _, name in ipairs {"as_function", "as_table", "as_file"} do os.remove(directory .. "/" .. name .. ".lua") end
os.remove(directory)
for _, wrong in ipairs {{}, {func = add, source = ""}, {func = 5}, {func = add, pool = 1}, {func = add, closes = 5},
    {func = add, closes = {5}}} do
  assert(not pcall(isolate.spawn, wrong))
end
assert(not pcall(isolate.spawn) and not pcall(isolate.spawn, 5) and not pcall(isolate.spawn, print, io.stdout))

-- independent: globals, metatables, the string library
marker = 1
assert(check(isolate.spawn(function() marker = marker or 2; string.upper = nil; return marker end):join()) == 2)
assert(marker == 1 and ("x"):upper() == "X")

-- errors with a traceback; error values of any kind
local ok, message, traceback = isolate.spawn(function() local function deeper() error("reason") end deeper() end):join()
assert(ok == false and message:find("isolates.lua:%d+: reason$") and traceback:find("^stack traceback:\n") and
  traceback:find("deeper"))
ok, message = isolate.spawn(function() error {code = 7} end):join()
assert(ok == false and message.code == 7)
ok, message = isolate.spawn(function() error(setmetatable({}, {__tostring = function() return "described" end})) end):join()
assert(ok == false and message == "described")
ok, message = isolate.spawn(function() error() end):join()
assert(ok == false and message == nil)
ok, message = isolate.spawn("this is no program"):join()
assert(ok == false and message:find("syntax error", 1, true))
ok, message = isolate.spawn(function() return coroutine.create(print) end):join()
assert(ok == false and message == "result: a coroutine cannot be sent")
ok, message = isolate.spawn(function() return 1, {f = io.stdout} end):join()
assert(ok == false and message == "result #2.f: a userdata without copy handler cannot be sent")
local failed <const> = isolate.spawn(function() error("again") end)
assert(select(2, failed:join()) == select(2, failed:join()) and failed:status() == "failed")

-- __close and __gc run at the end, before join returns
local log <const> = channel.new(10)
check(isolate.spawn(function(log)
  local closed <close> = setmetatable({}, {__close = function() log:send("closed") end})
  setmetatable({}, {__gc = function() pcall(log.send, log, "collected") end})
end, log):join())
assert(log:receive() == "closed" and log:receive() == "collected")

-- cancelling: programs that run, wait, catch errors, sleep in coroutines
local function cancel(program, ...)
  local handle = isolate.spawn(program, ...)
  isolate.sleep(0.02)
  handle:cancel()
  local ok, message = handle:join(20)
  assert(ok == false and tostring(message):find("cancelled", 1, true), tostring(message))
  assert(handle:status() == "cancelled")
end
local silent <const> = channel.new(0)
cancel(function() while true do end end)
cancel(function() while true do pcall(function() while true do end end) end end)
cancel(function() local function loop() return loop() end loop() end)
cancel(function() while true do pcall(pcall, pcall, error) end end)
cancel(function() for i = 1, math.huge do local t = {i} end end)
cancel(function(ch) ch:receive() end, silent)
cancel(function(ch) ch:send(1) end, silent)
cancel(function(ch) while true do pcall(ch.receive, ch) end end, silent)
cancel(function(ch) require "rille.channel".select {ch, {ch, 1}} end, silent)
cancel(function() require "rille.isolate".sleep(1000) end)
cancel(function() while true do coroutine.wrap(function() while true do coroutine.yield() end end)() end end)
cancel(function()
  local threads = {}
  for i = 1, 10 do threads[i] = coroutine.wrap(function() while true do coroutine.yield() end end) end
  while true do for i = 1, 10 do threads[i]() end end
end)
cancel(function() while true do coroutine.wrap(function() pcall(function() while true do end end) end)() end end)
cancel(function() setmetatable({}, {__gc = function() while true do end end}) while true do collectgarbage() end end)
cancel(function() debug.sethook(function() while true do end end, "", 1) while true do end end)
cancel(function() table.sort({3, 2, 1}, function() while true do end end) end)
cancel(function() string.gsub("x", "x", function() while true do end end) end)
cancel(function() local t <close> = setmetatable({}, {__close = function() while true do end end}) while true do end end)
cancel(function() local inner = require "rille.isolate".spawn(function() while true do end end) inner:join() end)
-- limits of time end waits, too: of calls, of states, on threads and in pools, and once spent every further one
do
  local limits <const> = require "rille.limits"
  local line <const>, full <const> = channel.new(0), channel.new(1)
  full:send(1)
  local start <const> = isolate.clock()
  local never <const> = isolate.spawn(function() while true do require "rille.isolate".sleep(1000) end end)
  for name, wait in pairs {
    receive = function() line:receive() end, within = function() line:receive(1000) end, send = function() full:send(2) end,
    select = function() channel.select {line, {full, 2}, never} end, join = function() never:join() end,
    sleep = function() isolate.sleep(1000) end, caught = function() while true do pcall(line.receive, line) end end,
    coroutine = function() coroutine.wrap(function() line:receive() end)() end,
    close = function() local t <close> = setmetatable({}, {__close = function() pcall(line.receive, line) line:receive() end}) line:receive() end,
  } do
    local ok, message, which = limits.call({wall = 0.01}, wait)
    assert(ok == false and which == "wall", name)
  end
  assert(limits.call({wall = 100}, line.receive, line, 0.001)) -- a timeout before the limit is one
  assert(limits.call({wall = math.huge, instructions = 10000}, line.receive, line, 0.001))
  assert(limits.call({wall = 9e9}, line.receive, line, 0.001))
  local ok, kept, message = limits.call({wall = 0.01, catchable = true}, pcall, line.receive, line)
  assert(ok and kept == false and message:find "wall time limit reached")
  full:receive()
  assert(limits.call({wall = 10}, full.send, full, "sent")) assert(full:receive() == "sent")
  local pool <close> = isolate.pool(1)
  for _, options in ipairs {{}, {pool = pool}} do
    options.func = function(line) require "rille.limits".state {wall = 0.02} pcall(line.receive, line) line:receive() end
    local ok, message = isolate.spawn(options, line):join(60)
    assert(ok == false and message:find "wall time limit reached", message)
  end
  never:cancel()
  assert(isolate.clock() - start < 60)
end

-- it may clean up
local cleaned <const> = channel.new(1)
local cleaning <const> = isolate.spawn(function(ch)
  local guard <close> = setmetatable({}, {__close = function() for _ = 1, 100 do end; cleanup_ran = true end})
  local ok, message = pcall(function() ch:send("inside") while true do end end)
  return ok, message, cleanup_ran
end, cleaned)
assert(cleaned:receive() == "inside")
cleaning:cancel()
local caught, reason = check(cleaning:join(20))
assert(caught == false and reason == "cancelled" and cleaning:status() == "done")
-- before it has begun, after it has ended, twice
local early <const> = isolate.spawn(function() while true do end end)
early:cancel()
early:cancel()
assert(early:join(20) == false)
early:cancel()
assert(early:status() == "cancelled")

-- status, memory, time
local busy <const> = isolate.spawn(function() local keep = ("x"):rep(1000000); while true do keep = keep .. "" end end)
wait_for(busy, "running")
isolate.sleep(0.05)
assert(busy:memory() > 1000000)
assert(busy:time() > 0.0)
assert(select(2, busy:join(0.01)) == "timeout")
busy:cancel()
busy:join()
assert(busy:time() > 0.0 and busy:memory() > 1000000)
local idle <const> = isolate.spawn(function(ch) ch:receive() end, silent)
wait_for(idle, "waiting")
local used <const> = idle:time()
isolate.sleep(0.05)
assert(idle:time() - used < 0.03, "waiting takes processor time")
idle:cancel()
assert(isolate.current() == nil and isolate.processors() >= 1)
assert(check(isolate.spawn({func = function() return require "rille.isolate".current():name() end, name = "me"}):join()) == "me")

-- isolates that spawn, and join each other's
local function tree(depth)
  if depth == 0 then return 1 end
  local isolate <const> = require "rille.isolate"
  local self = debug.getinfo(1, "f").func
  local _, left = isolate.spawn(self, depth - 1):join()
  local _, right = isolate.spawn(self, depth - 1):join()
  return left + right
end
assert(check(isolate.spawn(tree, 4):join()) == 16)

-- pools: more isolates than threads, all waiting for one another
do
  local pool <close> = isolate.pool(2)
  assert(pool:threads() == 2)
  local ring <const> = {}
  for i = 1, 200 do ring[i] = channel.new(0) end
  local handles <const> = {}
  for i = 1, 200 do
    handles[i] = pool:spawn(function(from, to) to:send(from:receive() + 1) end, ring[i], ring[i % 200 + 1])
  end
  ring[1]:send(0)
  assert(ring[1]:receive() == 200)
  for i = 1, 200 do check(handles[i]:join()) end
  -- waits that cannot give the thread back: in a coroutine, a metamethod, a C function
  local from <const>, to <const> = channel.new(0), channel.new(0)
  local stuck <const> = {}
  for i = 1, 6 do
    stuck[i] = pool:spawn(function(from, to, i)
      local function work() to:send(from:receive()) end
      if i % 3 == 0 then coroutine.wrap(work)()
      elseif i % 3 == 1 then return #setmetatable({}, {__len = function() work() return 1 end})
      else table.sort({1, 2}, function(a, b) work() return a < b end) end
    end, from, to, i)
  end
  local feeder <const> = pool:spawn(function(from) for i = 1, 6 do from:send(i) end end, from)
  local sum = 0
  for _ = 1, 6 do sum = sum + to:receive() end
  assert(sum == 21)
  for i = 1, 6 do check(stuck[i]:join()) end
  check(feeder:join())
  -- timeouts, sleeping, yielding, errors, cancelling
  local started <const> = os.time()
  for i = 1, 50 do handles[i] = pool:spawn(function(i) require "rille.isolate".sleep(i / 1000) return i end, i) end
  for i = 1, 50 do assert(check(handles[i]:join()) == i) end
  assert(os.time() - started < 20)
  assert(check(pool:spawn(function(ch) return select(2, ch:receive(0.01)) end, silent):join()) == "timeout")
  assert(check(pool:spawn(function() for _ = 1, 100 do coroutine.yield(1, 2) end return "yielded" end):join()) == "yielded")
  local ok, message, traceback = pool:spawn(function() local function deeper() error("in pool") end deeper() end):join()
  assert(ok == false and message:find("in pool") and traceback:find("deeper"))
  local waiting <const> = pool:spawn(function(ch)
    local guard <close> = setmetatable({}, {__close = function() closed_well = true end})
    ch:receive()
  end, silent)
  local running <const> = pool:spawn(function() while true do end end)
  wait_for(waiting, "waiting")
  wait_for(running, "running")
  waiting:cancel()
  running:cancel()
  assert(select(2, waiting:join(20)) == "cancelled" and select(2, running:join(20)) == "cancelled")
  assert(check(pool:spawn(function(h) return h:join() end, pool:spawn(function() return 9 end)):join()) == true)
  -- a pool's isolate joins one of the same pool that waits for a third
  local first <const> = pool:spawn(function(ch) return ch:receive() end, from)
  local second <const> = pool:spawn(function(h) return select(2, h:join()) end, first)
  local third <const> = pool:spawn(function(ch) ch:send("chain") end, from)
  assert(check(second:join()) == "chain")
  check(third:join())
end
local closed <const> = isolate.pool(1)
closed:close()
assert(not pcall(closed.spawn, closed, print))

-- what still runs when the program ends is stopped
isolate.spawn(function() while true do end end)
isolate.spawn(function(ch) ch:receive() end, silent)
isolate.pool(1):spawn(function(ch) ch:receive() end, silent)
print "ok"

-- The module rille.limits: what is counted, how budgets nest, what a reached limit does to whoever is in its way.
package.path = "../lua/?.lua;" .. package.path
local check = require "support.check"
local limits = require "rille.limits"

local function spin() while true do end end

-- ---- a call under limits is a protected call ----
check.gives("true 1 nil 3", limits.call({instructions = 1000}, function(...) return ... end, 1, nil, 3))
check.gives("false oops", limits.call({instructions = 1000}, error, "oops", 0))
check.gives("true", limits.call({}, function() end))
do
  local ok, message, which = limits.call({instructions = 10000}, spin)
  check.equal(ok, false)
  check.equal(which, "instructions")
  assert(message:find("limits.lua:6: instruction limit reached", 1, true), message)
end

-- ---- each limit ----
local function reaches(which, options, f, ...)
  local ok, message, found = limits.call(options, f, ...)
  if ok or found ~= which then error(("%s was not reached: %s %s %s"):format(which, ok, message, found), 2) end
end
reaches("instructions", {instructions = 5000}, spin)
reaches("wall", {wall = 0.01}, spin)
reaches("cpu", {cpu = 0.01}, spin)
reaches("memory", {memory = 200000}, function() local t = {} for i = 1, 1e6 do t[i] = {i} end end)
reaches("output", {output = 3}, function() io.stdout:write("four") end)
reaches("output", {output = 0}, function() print("") end)
reaches("output", {output = 3}, function() io.write(1234) end)
reaches("depth", {depth = 5}, function()
  local function deeper() return (("x"):gsub(".", deeper)) end
  deeper()
end)
check.gives("true 7", limits.call({instructions = 10000, wall = 10, cpu = 10, memory = 100000, output = 100, depth = 50},
  function() return 3 + 4 end))
check.gives("true", limits.call({wall = math.huge, instructions = math.huge}, function() end))

-- ---- loops of every form are counted, and all ways of calling ----
local forms = {
  function() while true do end end,
  function() repeat until false end,
  function() ::again:: goto again end,
  function() for _ = 1, math.huge do end end,
  function() for _ = 1, math.maxinteger do end end,
  function() for _ = 1.0, math.huge do end end,
  function() for _ in function() return 1 end do end end,
  function() for _ in next, setmetatable({}, {}), nil do end while 1 do if nil then break end end end,
  function() local x = 0 while x < math.huge do x = x + 1 end end,
  function() local x = 0 repeat x = x + 1 until x == -1 end,
  function() local x = 0 repeat x = x + 1; local y = x; local f = function() return y end until f() == -1 end,
  function() local function f() return f() end f() end,
  function() local function f() f() end while true do pcall(f) end end,
  function() local t = setmetatable({}, {__index = function(t, k) return t[k + 1] end}) while true do pcall(rawget, t[1]) end end,
  function() local t = setmetatable({}, {__add = function(a, b) return a end}) while true do t = t + 1 end end,
  function() local f = coroutine.wrap(function() while true do coroutine.yield() end end) while true do f() end end,
  function() table.sort({1, 2, 3, 4}, function() while true do end end) end,
  function() ("x"):rep(100):gsub(".", function() while true do end end) end,
  function() load(function() while true do end end) end,
  function() local t <close> = setmetatable({}, {__close = spin}) end,
  function() local _ENV = setmetatable({}, {__index = spin}); local x = y end,
  function() return #setmetatable({}, {__len = spin}) end,
  function() return {} < setmetatable({}, {__lt = spin}) end,
  function() return setmetatable({}, {__concat = spin}) .. "" end,
  function() return tostring(setmetatable({}, {__tostring = spin})) end,
  function() while true do select("#") end end,
  function() string.format("%s", setmetatable({}, {__tostring = spin})) end,
  function(...) local function v(...) return v(...) end v(...) end,
}
for i, form in ipairs(forms) do
  local ok, message, which = limits.call({instructions = 200000}, form)
  if which ~= "instructions" then error(("form %d: %s %s"):format(i, ok, message)) end
end

-- ---- calls that need no instruction CALL, and coroutines that were made before the limit ----
do
  local tree = setmetatable({}, {__index = function(t, n) if n < 2 then return n end return t[n - 1] + t[n - 2] end})
  local before = coroutine.wrap(function() coroutine.yield() while true do end end)
  local yielding = coroutine.create(function() while true do coroutine.yield() end end)
  before()
  coroutine.resume(yielding)
  for i, form in ipairs {function() return tree[35] end, function() before() end, function() while true do coroutine.resume(yielding) end end} do
    local ok, message, which = limits.call({instructions = 200000}, form)
    if which ~= "instructions" then error(("form %d: %s %s"):format(i, ok, message)) end
  end
end

-- ---- the count ----
local function instructions_of(f, ...)
  local budget = limits.new {instructions = 1e9}
  assert(budget:call(f, ...))
  return budget:used().instructions
end
local function loop(n) local x = 0 for i = 1, n do x = x + i end return x end
do -- deterministic, and proportional to the work
  local one, two = instructions_of(loop, 100000), instructions_of(loop, 200000)
  check.equal(instructions_of(loop, 100000), one)
  assert(math.abs(two / one - 2) < 0.001)
  assert(one >= 200000 and one < 500000, one)
  local short, long = instructions_of(string.rep, "x", 1000), instructions_of(string.rep, "x", 10000000)
  assert(long > short * 100)
end
do -- left and used
  local budget = limits.new {instructions = 100000, output = 10}
  check.equal(budget:left().instructions, 100000)
  check.equal(budget:left().wall, nil)
  assert(budget:call(io.write, ""))
  local used = budget:used()
  check.equal(used.output, 0)
  check.equal(budget:left().instructions, 100000 - used.instructions)
  check.equal(budget:reached(), nil)
  assert(used.wall >= 0 and used.cpu >= 0)
end

-- ---- a budget can be used several times, and is spent once ----
do
  local budget = limits.new {instructions = 100000}
  local calls = 0
  while budget:call(loop, 1000) do calls = calls + 1 end
  assert(calls > 10 and calls < 50, calls)
  check.equal(budget:reached(), "instructions")
  local ok, _, which = budget:call(function() error "not reached" end)
  check.gives("false instructions", ok, which)
  check.equal(budget:left().instructions, 0)
  -- the case of a coroutine that is resumed with a budget for the whole of its life
  local task = coroutine.create(function() while true do loop(100) coroutine.yield(true) end end)
  local share, resumes = limits.new {instructions = 50000}, 0
  while share:call(coroutine.resume, task) do resumes = resumes + 1 end
  assert(resumes > 50, resumes)
  check.equal(coroutine.status(task), "dead")
end
do
  local budget = limits.new {instructions = 100000}
  local ok, message = budget:call(function() return budget:call(print) end)
  assert(not ok and message:find("limits%.lua:%d+: this budget is in use"), message)
end

-- ---- nesting ----
do -- the inner one is reached: the outer call goes on
  check.gives("true false instructions", limits.call({instructions = 1e6}, function()
    local ok, _, which = limits.call({instructions = 1000}, spin)
    return ok, which
  end))
  -- the outer one is reached: the inner call ends too, and nobody there hears of it
  local heard = false
  local _, _, which = limits.call({instructions = 10000}, function()
    limits.call({instructions = 1e9}, function() pcall(spin) heard = true end)
    heard = true
  end)
  check.gives("instructions false", which, heard)
  -- a mild inner budget cannot shield from a strict outer one
  check.equal(select(3, limits.call({instructions = 10000}, function()
    while true do limits.call({instructions = 100, catchable = true}, spin) end
  end)), "instructions")
  local budgets = {}
  local function nest(n)
    if n == 0 then return spin() end
    budgets[n] = limits.new {instructions = 1000 * n, memory = 1e6 * n, output = n}
    return budgets[n]:call(nest, n - 1)
  end
  check.equal(check.show(nest(50)):gsub("true ", ""):gsub(" [^ ]*limits.lua", ""), "false:6: instruction limit reached instructions")
end

-- ---- nobody in between can keep the error ----
local function unswallowed(f)
  local ok, _, which = limits.call({instructions = 100000}, f)
  if ok or which ~= "instructions" then error("the error was swallowed", 2) end
end
local trace = {}
unswallowed(function() trace[1] = pcall(spin) trace[2] = true end)
unswallowed(function() trace[1] = xpcall(spin, function() trace[2] = true end) end)
unswallowed(function() trace[1] = coroutine.resume(coroutine.create(spin)) end)
unswallowed(function() trace[1] = pcall(coroutine.wrap(spin)) end)
unswallowed(function() trace[1] = pcall(pcall, pcall, pcall, spin) end)
unswallowed(function() trace[1] = coroutine.wrap(function() return coroutine.wrap(function() return pcall(spin) end)() end)() end)
unswallowed(function() trace[1] = pcall(table.sort, {1, 2, 3}, spin) end)
unswallowed(function() trace[1] = pcall(string.gsub, "x", "x", spin) end)
unswallowed(function() trace[1] = load(spin) end)
unswallowed(function() trace[1] = pcall(tostring, setmetatable({}, {__tostring = spin})) end)
check.equal(next(trace), nil)

-- ---- variables are closed, as far as the allowance goes ----
do
  local closed = {}
  local function closing(name, f)
    return setmetatable({}, {__close = function() closed[#closed + 1] = name if f then f() end end})
  end
  limits.call({instructions = 10000}, function()
    local a <close> = closing("a")
    local b <close> = closing("b", function() error "no matter" end)
    pcall(function()
      local c <close> = closing("c")
      spin()
    end)
  end)
  check.equal(table.concat(closed), "cba")
  closed = {}
  local _, _, which = limits.call({instructions = 10000}, function()
    local a <close> = closing("a", spin)
    local b <close> = closing("b", spin)
    spin()
  end)
  check.equal(which, "instructions")
  check.equal(closed[1], "b")
  local file
  limits.call({instructions = 10000}, function()
    local f <close> = io.tmpfile()
    file = f
    spin()
  end)
  check.equal(io.type(file), "closed file")
end

-- ---- catchable limits: an error like others, with a grace, then final ----
do
  local caught, after
  local ok, message, which = limits.call({instructions = 100000, catchable = true}, function()
    caught = select(2, pcall(spin))
    after = true
    return "saved"
  end)
  check.gives("true saved", ok, message)
  assert(caught:find("instruction limit reached"), caught)
  local count = 0
  ok, _, which = limits.call({instructions = 100000, catchable = true}, function()
    while true do pcall(spin) count = count + 1 end
  end)
  check.gives("false instructions 1", ok, which, count)
  ok, message = limits.call({instructions = 10000, catchable = true}, function()
    return select(2, xpcall(spin, function(m) return "handled: " .. m end))
  end)
  assert(message:find("^handled: .*instruction limit"), message)
  collectgarbage()
  ok, message = limits.call({memory = 100000, catchable = true}, function()
    return select(2, pcall(string.rep, "x", 1e6)) .. "!"
  end)
  check.gives("true not enough memory!", ok, message)
  ok, message = limits.call({output = 3, catchable = true}, function() return select(2, pcall(print, "long text")) end)
  assert(ok and message:find("output limit reached"), message)
  ok, _, which = limits.call({wall = 0.01, catchable = true}, function() while true do pcall(spin) end end)
  check.gives("false wall", ok, which)
end

-- ---- memory is exact, and what was held before does not count ----
do
  local before = ("x"):rep(1000000)
  collectgarbage() -- what is held at the call counts as it is, garbage included
  for _ = 1, 4 do -- what an allocator refuses on the way costs no instructions, unless a collection follows
    reaches("memory", {memory = 1000000, instructions = 20000000}, function() kept = {} for i = 1, 1e9 do kept[i] = {} I = i end end)
  end
  kept, I = nil, nil
  check.gives("true 200000", limits.call({memory = 250000}, function() return #(("y"):rep(200000)) end))
  reaches("memory", {memory = 250000}, function() return #(("y"):rep(250001)) end)
  check.equal(#before, 1000000)
  -- garbage does not count: it is collected when the limit is met
  check.gives("true", limits.call({memory = 400000}, function() for _ = 1, 100 do local _ = ("z"):rep(100000) .. _ end end))
end

-- ---- hooks go on beside limits ----
do
  local count = 0
  local function hook() count = count + 1 end
  reaches("instructions", {instructions = 20000}, function()
    debug.sethook(hook, "", 100)
    local f, mask, n = debug.gethook()
    check.gives("true  100", f == hook, mask, n)
    spin()
  end)
  debug.sethook()
  assert(count > 100, count)
  check.gives("nil", (debug.gethook()))
  debug.sethook(hook, "", 10)
  count = 0
  assert(limits.call({instructions = 1e6}, loop, 1000))
  local with = count
  count = 0
  loop(1000)
  debug.sethook()
  assert(with >= count and with < count + 20, with .. " " .. count)
end

-- ---- the whole state ----
do
  check.equal(limits.state {instructions = 1e9, memory = 1e9}, nil)
  check.gives("true", limits.call({instructions = 1000}, function() end))
  loop(10000)
  local used = limits.state(nil)
  assert(used.instructions > 20000, used.instructions)
  check.equal(limits.state(), nil)
end

-- ---- wrong use ----
local function wrong(text, f, ...)
  local message = check.message_of(f, ...)
  if not message:find(text, 1, true) then error(message, 2) end
end
wrong("bad argument #1 to 'rille.limits.call' (table expected, got nil)", limits.call, nil, print)
wrong("bad argument #2 to 'rille.limits.call' (value expected)", limits.call, {})
wrong("unknown limit 'time'", limits.new, {time = 1})
wrong("unknown limit (a number)", limits.new, {1})
wrong("limit 'wall' must be a number of seconds", limits.new, {wall = "soon"})
wrong("limit 'cpu' must be a number of seconds", limits.new, {cpu = -1})
wrong("limit 'memory' must be a non-negative integer", limits.new, {memory = -1})
wrong("limit 'instructions' must be a non-negative integer", limits.new, {instructions = 0.5})
wrong("attempt to call a nil value", function() assert(limits.call({}, nil)) end)
wrong("rille.budget expected", limits.new({}).call, io.stdout)
check.equal(getmetatable(limits.new {}), "budget")
print "ok"

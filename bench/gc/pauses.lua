-- The collector's pauses with a large heap of one kind, beside an allocating front, in processor time:
-- rille bench/gc/pauses.lua [SCALE] [MODE] [NAME]. Each program runs in a process of its own and is measured from the moment its heap is built.
local gc = require "rille.gc"
gc.measure(false)
local scale, mode, name = tonumber(arg[1]) or 1, arg[2] or "incremental", arg[3]

local function count(n) return math.floor(n * scale) end

-- Allocates until so many cycles have passed; `touch` is called now and then.
local function churn(cycles, touch)
  gc.measure(true)
  local last, ring = gc.stats().cycles + cycles, {}
  for i = 1, math.huge do
    for k = 1, 100 do ring[k] = {i} end
    if touch then touch(i) end
    if i % 50 == 0 and gc.stats().cycles >= last then return end
  end
end

local programs = {}
local function program(title, run)
  programs[#programs + 1] = title
  programs[title] = run
end

program("table of 10 million slots", function()
  local big = {}
  for i = 1, count(10000000) do big[i] = i % 64 == 0 and {} or i end
  churn(3, function(i) big[i % #big + 1] = {} end)
end)

program("table of 4 million fields", function()
  local big = {}
  for i = 1, count(4000000) do big[i + 0.5] = i % 64 == 0 and {} or i end
  churn(3, function(i) big[i + 0.5] = {} end)
end)

program("recursion 150,000 deep", function()
  local function deep(n)
    local a, b = {}, n
    if n == 0 then churn(3) else deep(n - 1) end
    return a, b
  end
  deep(count(150000))
end)

program("coroutine with 150,000 frames", function()
  local function deep(n)
    local a = {}
    if n == 0 then coroutine.yield() else deep(n - 1) end
    return a
  end
  local thread = coroutine.wrap(deep)
  thread(count(150000))
  churn(3)
  thread()
end)

program("490,000 arguments", function()
  local list = {}
  for i = 1, count(490000) do list[i] = {} end
  local function hold(...)
    churn(3)
    return (select("#", ...))
  end
  hold(table.unpack(list))
end)

program("100,000 coroutines that sleep", function()
  local threads = {}
  for i = 1, count(100000) do
    threads[i] = coroutine.wrap(function(box)
      while true do box = {coroutine.yield(box)} end
    end)
    threads[i](i)
  end
  churn(3)
end)

program("100,000 coroutines in turn", function()
  local threads = {}
  for i = 1, count(100000) do
    threads[i] = coroutine.wrap(function(box)
      while true do box = {coroutine.yield(box)} end
    end)
    threads[i](i)
  end
  churn(3, function(i)
    for k = 1, 100 do threads[(i * 100 + k) % #threads + 1](k) end
  end)
end)

program("1 million open upvalues", function()
  local threads = {}
  for i = 1, count(20000) do
    threads[i] = coroutine.create(function()
      local a, b, c, d, e, f, g, h = {}, {}, {}, {}, {}, {}, {}, {}
      coroutine.yield(function() a, b, c, d, e, f, g, h = b, c, d, e, f, g, h, a end)
    end)
    local _, keep = coroutine.resume(threads[i])
    threads[i] = {threads[i], keep}
  end
  churn(3)
end)

program("1 million weak values", function()
  local weak, keep = setmetatable({}, {__mode = "v"}), {}
  for i = 1, count(1000000) do
    local box = {}
    weak["key" .. i] = box
    if i % 2 == 0 then keep[#keep + 1] = box end
  end
  churn(3, function(i) weak[i] = {} end)
end)

program("1 million weak keys", function()
  local weak, keep = setmetatable({}, {__mode = "k"}), {}
  for i = 1, count(1000000) do
    local box = {}
    weak[box] = {}
    if i % 2 == 0 then keep[#keep + 1] = box end
  end
  churn(3, function(i) weak[{}] = {i} end)
end)

program("1 million weak pairs", function()
  local weak, keep = setmetatable({}, {__mode = "kv"}), {}
  for i = 1, count(1000000) do
    local box = {}
    weak[box] = box
    if i % 2 == 0 then keep[#keep + 1] = box end
  end
  churn(3, function(i) weak[{}] = {i} end)
end)

program("100,000 weak tables", function()
  local tables, class = {}, {__mode = "k"}
  for i = 1, count(100000) do
    local key = {}
    tables[i] = {key, setmetatable({[key] = {}}, class)}
  end
  churn(3)
end)

program("chain of 100,000 ephemerons", function()
  local chain, keys = setmetatable({}, {__mode = "k"}), {}
  for i = 1, count(100000) do keys[i] = {} end
  for i = 1, #keys - 1 do chain[keys[i]] = keys[i + 1] end
  local first = keys[1]
  keys = nil
  churn(3, function(i) chain[{}] = {} end)
  assert(chain[first])
end)

program("300,000 objects with finalizers", function()
  local class, live = {__gc = function() end}, {}
  for i = 1, count(300000) do live[i] = setmetatable({}, class) end
  churn(2)
  for i = 1, #live, 2 do live[i] = false end
  churn(4)
end)

program("100,000 tables that are written", function()
  local live = {}
  for i = 1, count(100000) do live[i] = {{}, {}, {}, {}} end
  local at = 0
  churn(3, function()
    for _ = 1, 200 do
      at = at % #live + 1
      live[at][at % 4 + 1] = {}
    end
  end)
end)

program("4 million strings", function()
  local live = {}
  for i = 1, count(4000000) do live[i] = "string " .. i end
  churn(3)
end)

-- The bound of the histogram below which that share of the pauses lies.
local function percentile(pauses, share)
  local total, sum = 0, 0
  for _, bucket in ipairs(pauses) do total = total + bucket.count end
  for _, bucket in ipairs(pauses) do
    sum = sum + bucket.count
    if sum >= total * share then return bucket.below * 1e3, total end
  end
  return 0, 0
end

if name then
  collectgarbage(mode)
  programs[name]()
  local stats = gc.stats()
  local most = percentile(stats.pauses, 0.99)
  local nearly, total = percentile(stats.pauses, 0.999)
  print(string.format("| %s | %d | %.3f | %.3f | %.3f |", name, total, most, nearly, stats.longest * 1e3))
else
  print("| heap | pauses | 99 % shorter than (ms) | 99.9 % | longest |\n| --- | --- | --- | --- | --- |")
  for _, entry in ipairs(programs) do
    io.stdout:flush()
    os.execute(string.format("'%s' '%s' %s %s '%s'", arg[-1], arg[0], scale, mode, entry))
  end
end

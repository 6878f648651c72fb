-- rille only: the module rille.gc: figures, steps by time, traces.
local gc = require "rille.gc"
assert(require "rille.gc" == gc and _G.rille == nil and package.preload["rille.gc"] == nil)
collectgarbage("incremental")
collectgarbage()

-- figures
local stats = gc.stats()
assert(stats.mode == "incremental" and stats.phase == "pause" and stats.measures == true)
assert(stats.bytes <= stats.held and stats.estimate <= stats.bytes)
assert(math.abs(stats.bytes - collectgarbage("count") * 1024) < 20000)
assert(stats.threshold == math.max(stats.bytes, stats.bytes - stats.debt))
for _, name in ipairs {"cycles", "steps", "minors", "majors", "emergencies"} do assert(math.type(stats[name]) == "integer") end
for _, name in ipairs {"mark", "atomic", "sweep", "finalize", "minor", "major"} do assert(stats.time[name] >= 0) end

-- objects by type, blocks by class
collectgarbage("stop")
local before = gc.objects()
local keep = {}
for i = 1, 1000 do keep[i] = {i} end
local after = gc.objects()
assert(after.table.count - before.table.count >= 1000 and after.table.bytes - before.table.bytes >= 48000)
assert(after["userdata"].count == before["userdata"].count)
local used, cells = 0, 0
for _, class in ipairs(gc.classes()) do
  assert(class.used <= class.cells and class.cells * class.cell <= class.bytes and class.cell % 16 == 0)
  used, cells = used + class.used, cells + class.cells
end
assert(used >= after.table.count and cells >= used)
collectgarbage("restart")

-- steps by time end, and complete a cycle
local cycles, steps = gc.stats().cycles, 0
repeat
  steps = steps + 1
  assert(steps < 100000)
until gc.step {us = 50}
assert(gc.stats().cycles > cycles)
assert(not pcall(gc.step) and not pcall(gc.step, {}) and not pcall(gc.step, {us = -1}) and not pcall(gc.step, {us = "soon"}))
local ok, message = pcall(gc.step, {us = 1.5})
assert(not ok and message:find("field 'us' is not an integer", 1, true), message)

-- bounds of automatic steps, and full collections that are made in steps
assert(gc.limit(200) == 0 and gc.limit() == 200 and gc.limit() == 200)
cycles = gc.stats().cycles
for i = 1, 60000 do keep[i % 100 + 1] = {i} end
assert(gc.stats().cycles > cycles)
assert(gc.limit(0) == 200)
assert(gc.collectinsteps(true) == false and gc.collectinsteps() == true)
cycles = gc.stats().cycles
for _ = 1, 3 do collectgarbage() end
assert(gc.collectinsteps(false) == true and gc.collectinsteps() == false)
cycles = gc.stats().cycles
collectgarbage()
assert(gc.stats().cycles > cycles)

-- pauses were counted
local pauses, last = 0, 0
for _, bucket in ipairs(gc.stats().pauses) do
  assert(bucket.below > last and bucket.count > 0)
  pauses, last = pauses + bucket.count, bucket.below
end
assert(pauses > 0 and gc.stats().longest > 0)

-- the generational mode has figures, too
collectgarbage("generational", 5)
local minors = gc.stats().minors + gc.stats().majors -- (where every allocation collects, all are major ones)
for i = 1, 60000 do keep[i % 100 + 1] = {i} end
assert(gc.stats().minors + gc.stats().majors > minors and gc.stats().mode == "generational")
assert(gc.step {us = 10} == false)
local majors = gc.stats().majors
collectgarbage()
assert(gc.stats().majors > majors)

-- a trace
local name = os.tmpname()
assert(gc.trace(name))
for i = 1, 30000 do keep[i % 100 + 1] = {i} end
collectgarbage("incremental")
for i = 1, 30000 do keep[i % 100 + 1] = {i} end
collectgarbage()
assert(gc.trace())
local file = assert(io.open(name))
local text = file:read("a")
file:close()
os.remove(name)
assert(text:sub(1, 2) == "[\n" and text:sub(-3) == "\n]\n")
for _, activity in ipairs {"mark", "atomic", "sweep", "minor"} do
  assert(text:find('{"name":"' .. activity .. '","cat":"gc","ph":"X","pid":1,"tid":1,"ts":%d+%.%d+,"dur":%d+%.%d+,"args":{"bytes":%d+}}'), activity)
end
local nothing, why, code = gc.trace("/nowhere/at/all")
assert(nothing == nil and why:find("/nowhere/at/all: ", 1, true) and math.type(code) == "integer")
assert(gc.trace(name))  -- ends with the state
assert(gc.report():find("collector %(incremental%)\n  bytes in use +%d+\n"))
assert(gc.measure(false) == true and gc.measure() == false)
collectgarbage()
gc.trace()
os.remove(name)
print "ok"

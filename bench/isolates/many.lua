-- Memory and time of many isolates that are alive at once: each waits for a message and answers it.
--   rille bench/isolates/many.lua [count] [pool|threads]
local isolate <const> = require "rille.isolate"
local channel <const> = require "rille.channel"

local count <const> = tonumber(arg[1] or 10000)
local kind <const> = arg[2] or "pool"

local function resident()
  local file <close> = assert(io.open("/proc/self/status"))
  return tonumber(file:read("a"):match("VmRSS:%s*(%d+)")) / 1024
end

local pool <const> = kind == "pool" and isolate.pool() or nil
local questions <const>, answers <const>, ready <const> = channel.new(0), channel.new(64), channel.new(64)
local function live(questions, answers, ready)
  ready:send(true)
  answers:send(questions:receive() + 1)
end
local before <const>, start <const> = resident(), isolate.clock()
for i = 1, count do
  isolate.spawn({func = live, pool = pool, stack = 256 << 10}, questions, answers, ready)
  if i > 32 then ready:receive() end
end
for _ = 1, math.min(count, 32) do ready:receive() end
local alive <const>, memory <const> = isolate.clock() - start, resident()
for i = 1, count do
  questions:send(i)
  if i > 32 then answers:receive() end
end
for _ = 1, math.min(count, 32) do answers:receive() end
local finish <const> = isolate.clock() - start - alive
print(("%d isolates (%s): %.1f MB resident, %.1f KB each; started in %.2f s (%.0f a second), a message to each and back in %.2f s")
  :format(count, kind, memory, (memory - before) * 1024 / count, alive, count / alive, finish))

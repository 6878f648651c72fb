-- Messages between two isolates: how many a second one way, and how long one takes there and back.
--   rille bench/isolates/messages.lua [seconds for each measurement]
local isolate <const> = require "rille.isolate"
local channel <const> = require "rille.channel"
local buffer <const> = require "rille.buffer"

local seconds <const> = tonumber(arg[1] or 0.5)
local record = {}
for i = 1, 20 do record["field" .. i] = i % 2 == 0 and i or "value of field " .. i end
local rows = {}
for i = 1, 100 do rows[i] = {id = i, name = "row " .. i, price = i + 0.5, tags = {"a", "b"}} end
local messages <const> = {
  {"small: an integer", function() return 1 end},
  {"small: a string of 20 bytes", function() return "twenty bytes of text" end},
  {"medium: a table of 20 fields", function() return record end},
  {"medium: 100 rows of 5 values", function() return rows end},
  {"large: a string of 1 MB", function() return ("x"):rep(1 << 20) end, "string"},
  {"large: the same, shared", function() return buffer.new(("x"):rep(1 << 20)):freeze():string() end},
  {"large: a buffer of 1 MB, handed over", function() return buffer.new(1 << 20) end, "buffer"},
  {"large: a frozen table of 10,000 rows", function()
    local list = {}
    for i = 1, 10000 do list[i] = {id = i, name = "row " .. i} end
    return isolate.freeze(list)
  end},
}

-- The other end takes everything and says how much that was, or sends everything back.
local function sink(line, answers)
  while true do
    local count = 0
    while line:receive() ~= "end" do count = count + 1 end
    answers:send(count)
  end
end
local function echo(there, back)
  while true do back:send(there:receive()) end
end

local function one_way(make, is_buffer)
  local line <const>, answers <const> = channel.new(64), channel.new(1)
  local other <const> = isolate.spawn(sink, line, answers)
  local message, count = make(), 0
  local start <const> = isolate.clock()
  repeat
    for _ = 1, 10 do
      line:send(message)
      if is_buffer then message = make() end
    end
    count = count + 10
  until isolate.clock() - start > seconds
  line:send("end")
  assert(answers:receive() == count)
  local time <const> = isolate.clock() - start
  other:cancel()
  return count / time
end

local function there_and_back(make)
  local there <const>, back <const> = channel.new(0), channel.new(0)
  local other <const> = isolate.spawn(echo, there, back)
  local message, count = make(), 0
  local start <const> = isolate.clock()
  repeat
    there:send(message)
    message = back:receive()
    count = count + 1
  until isolate.clock() - start > seconds
  local time <const> = isolate.clock() - start
  other:cancel()
  return time / count * 1e6
end

print("| message | messages a second | there and back, microseconds |")
print("|---|---:|---:|")
for _, case in ipairs(messages) do
  print(("| %s | %.0f | %.1f |"):format(case[1], one_way(case[2], case[3] == "buffer"), there_and_back(case[2])))
end

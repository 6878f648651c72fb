-- The nearest thing in Debian's archive (there is no lua-lanes for 5.4): threads of lua-cqueues, which talk through a pair of
-- sockets in bytes. The same measurements as messages.lua, as far as bytes go; tables are packed and unpacked by lua-cjson.
--   lua5.4 bench/isolates/cqueues.lua [seconds for each measurement]
local cqueues <const> = require "cqueues"
local thread <const> = require "cqueues.thread"
local cjson <const> = require "cjson".new()

local seconds <const> = tonumber(arg[1] or 0.5)
local record = {}
for i = 1, 20 do record["field" .. i] = i % 2 == 0 and i or "value of field " .. i end
local rows = {}
for i = 1, 100 do rows[i] = {id = i, name = "row " .. i, price = i + 0.5, tags = {"a", "b"}} end

local function serve(socket, echoes)
  local cjson = require "cjson".new()
  socket:setmode("bn", "bf")
  local count = 0
  while true do
    local size = socket:read(4)
    if not size then return end
    local value = cjson.decode(socket:read((string.unpack("<I4", size))))
    if value == "end" then
      socket:write(tostring(count) .. "\n")
      socket:flush()
      count = 0
    elseif echoes == "yes" then
      local bytes = cjson.encode(value)
      socket:write(string.pack("<s4", bytes))
      socket:flush()
    else
      count = count + 1
    end
  end
end

local function send(socket, value)
  socket:write(string.pack("<s4", cjson.encode(value)))
end

local function one_way(message)
  local worker, socket = thread.start(serve, "no")
  socket:setmode("bn", "bf")
  local count, start = 0, cqueues.monotime()
  repeat
    for _ = 1, 10 do send(socket, message) end
    count = count + 10
  until cqueues.monotime() - start > seconds
  send(socket, "end")
  socket:flush()
  assert(tonumber(socket:read("*l")) == count)
  local time = cqueues.monotime() - start
  socket:close()
  worker:join()
  return count / time
end

local function there_and_back(message)
  local worker, socket = thread.start(serve, "yes")
  socket:setmode("bn", "bf")
  local count, start = 0, cqueues.monotime()
  repeat
    send(socket, message)
    socket:flush()
    message = cjson.decode(socket:read((string.unpack("<I4", socket:read(4)))))
    count = count + 1
  until cqueues.monotime() - start > seconds
  local time = cqueues.monotime() - start
  socket:close()
  worker:join()
  return time / count * 1e6
end

print("| message | messages a second | there and back, microseconds |")
print("|---|---:|---:|")
for _, case in ipairs {{"small: an integer", 1}, {"small: a string of 20 bytes", "twenty bytes of text"},
    {"medium: a table of 20 fields", record}, {"medium: 100 rows of 5 values", rows},
    {"large: a string of 1 MB", ("x"):rep(1 << 20)}} do
  print(("| %s | %.0f | %.1f |"):format(case[1], one_way(case[2]), there_and_back(case[2])))
end

-- Channels between processes: this file starts itself again with a role.
local channel <const> = require "rille.channel"
local isolate <const> = require "rille.isolate"
local buffer <const> = require "rille.buffer"

local role <const>, address <const> = arg[2], arg[3]
if role == "echo" then
  local line <const> = channel.dial(address)
  for what, value in line:messages() do
    if what == "end" then break end
    line:send(what, value)
  end
  line:send("bye")
  line:close()
  return
elseif role == "fragile" then -- ends without a word, as a process that is killed
  local line <const> = channel[arg[4]](address)
  for what, value in line:messages() do
    if what == "die" then os.exit(0, false) end
    line:send(what, value)
  end
elseif role == "worker" then
  local jobs <const> = channel.dial(address .. ".jobs", {role = "receive"})
  local results <const> = channel.dial(address .. ".results", {role = "send"})
  local count = 0
  while true do
    local job = jobs:receive()
    if job == "end" then break end
    count = count + 1
    results:send(job, job * job)
  end
  results:send("done", count)
  results:close()
  return
end

local ok, message = pcall(channel.listen, "nonsense://x")
assert(not ok)
if message:find("built without NNG", 1, true) or message:find("libnng", 1, true) then
  print(message)
  print "ok"
  return
end
assert(message == "cannot listen at 'nonsense://x': Not supported", message)
for _, wrong in ipairs {{}, {5}, {"ipc:///tmp/x", {role = "king"}}, {"ipc:///tmp/x", {capacity = -1}}, {"ipc:///tmp/x", 5}} do
  assert(not pcall(channel.dial, table.unpack(wrong)))
end

local interpreter <const> = assert(arg[-1])
local file <const> = os.tmpname()
local base <const> = "ipc://" .. file .. ".socket"
local function start(role, address, way)
  return assert(io.popen(("%s remote.lua %s %s %s %s"):format(interpreter, arg[1], role, address, way or "")))
end

-- one peer at each end, both ways; the other end may come later
for _, address in ipairs {base, "tcp://127.0.0.1:" .. 20000 + (os.time() * 7 + #file * 131) % 20000} do
  local line <const> = channel.listen(address)
  line:send("first", "sent before anybody has dialled")
  local echo <close> = start("echo", address)
  local what, value = line:receive(30)
  assert(what == "first" and value == "sent before anybody has dialled", value)
  local cycle = {1, 2, {x = "y"}, f = function(x) return x + 1 end}
  cycle.self = cycle
  line:send("table", cycle)
  what, value = line:receive(30)
  assert(what == "table" and value.self == value and value[3].x == "y" and value.f(1) == 2)
  for _, size in ipairs {0, 1, 41, 10000, 3000000} do
    local text = ("z"):rep(size)
    line:send(size, text)
    what, value = line:receive(30)
    assert(what == size and value == text)
    local bytes = buffer.new(text)
    line:send(size, bytes)
    assert(#bytes == 0)
    what, value = line:receive(30)
    assert(what == size and value:string() == text)
  end
  for i = 1, 300 do line:send(i, -i) if i % 10 == 0 then for j = i - 9, i do assert(line:receive(30) == j) end end end
  local index
  line:send("again")
  index, what = channel.select({channel.new(0), line}, 30)
  assert(index == 2 and what == "again")
  -- what cannot leave the process is refused here, with its path
  for value, reason in pairs {[print] = "a C function cannot leave the process",
      [line] = "a userdata of kind 'channel' cannot leave the process"} do
    ok, message = pcall(line.send, line, {at = {value}})
    assert(not ok and message == "message.at[1]: " .. reason, message)
  end
  line:send("end")
  assert(line:receive(30) == "bye")
  line:close()
  assert(select(2, line:send(1)) == "closed" and select(2, line:receive()) == "closed")
end

-- a connection that is lost is made again, whichever end goes. What is under way when it breaks may be lost: who wants an answer asks again.
for ours, theirs in pairs {listen = "dial", dial = "listen"} do
  local address <const> = base .. "." .. ours
  local line <const> = channel[ours](address)
  for life = 1, 3 do
    local other <const> = start("fragile", address, theirs)
    local what, value
    for _ = 1, 60 do
      line:send_within(1, "question", life)
      repeat what, value = line:receive(0.5) until what ~= "question" or value == life -- not an answer of the one before
      if what then break end
    end
    assert(what == "question" and value == life, value)
    line:send("die")
    other:close() -- waits for its end
  end
  line:close()
end

-- flow control: who sends faster than the other end takes waits, and nothing is lost
do
  local address <const> = base .. ".slow"
  local from <const> = channel.listen(address, {role = "receive", capacity = 1})
  local to <const> = channel.dial(address, {role = "send", capacity = 1})
  local text <const>, sent = ("f"):rep(100000), 0
  while to:send_within(0.2, sent + 1, text) do sent = sent + 1 assert(sent < 10000, "nobody waits") end
  for i = 1, sent do assert(from:receive(30) == i) end
  assert(to:send_within(30, "more") and from:receive(30) == "more")
  to:close()
  from:close()
end

-- one that distributes, several that work, one that gathers
local jobs <const> = channel.listen(base .. ".jobs", {role = "send", capacity = 1})
local results <const> = channel.listen(base .. ".results", {role = "receive"})
assert(select(2, jobs:receive()) == "closed" and select(2, results:send()) == "closed")
local workers <const> = {start("worker", base), start("worker", base)}
local sum, done, total = 0, 0, 0
local feeder <const> = isolate.spawn(function(jobs) for i = 1, 200 do jobs:send(i) end end, jobs)
for _ = 1, 200 do
  local job, square = results:receive(30)
  assert(job * job == square)
  sum = sum + square
end
assert(sum == 200 * 201 * 401 // 6)
assert(feeder:join())
-- each worker takes one "end", however many the connection of the other holds
while done < 2 do
  jobs:send_within(0.05, "end")
  local what, count = results:receive(0.05)
  if what == "done" then done, total = done + 1, total + count end
end
assert(total == 200)
for _, worker in ipairs(workers) do worker:close() end

-- bytes that are no message, or a damaged one, raise at worst an error
local line <const>, raw <const> = channel.listen(base .. ".raw"), channel.dial(base .. ".raw")
raw:send("valid")
assert(line:receive(30) == "valid")
line:close()
raw:close()
os.remove(file)
print "ok"

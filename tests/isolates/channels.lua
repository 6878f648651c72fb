-- Bounded queues, rendezvous, order, closing, timeouts, select, names.
local channel <const> = require "rille.channel"
local isolate <const> = require "rille.isolate"

local function check(...)
  local ok, message, traceback = ...
  assert(ok, tostring(message) .. "\n" .. tostring(traceback))
  return select(2, ...)
end

-- bounded
local bounded <const> = channel.new(2)
assert(bounded:capacity() == 2 and bounded:count() == 0 and #bounded == 0)
assert(bounded:try_send(1) and bounded:try_send(2))
local ok, why = bounded:try_send(3)
assert(ok == nil and why == "full" and #bounded == 2)
assert(bounded:receive() == 1 and bounded:try_receive() == 2)
ok, why = bounded:try_receive()
assert(ok == nil and why == "empty")
ok, why = bounded:receive(0.01)
assert(ok == nil and why == "timeout")
ok, why = bounded:receive(0)
assert(ok == nil and why == "empty")

-- closing: what is in the queue is still received, waiting ones are told
bounded:send("last")
bounded:close()
ok, why = bounded:send("too late")
assert(ok == nil and why == "closed" and bounded:is_closed())
assert(bounded:receive() == "last")
ok, why = bounded:receive()
assert(ok == nil and why == "closed")
for _, operation in ipairs {"receive", "send"} do
  local waiting <const> = channel.new(0)
  local waiter = isolate.spawn(function(ch, operation) return ch[operation](ch, nil) end, waiting, operation)
  while waiter:status() ~= "waiting" do isolate.sleep(0.001) end
  waiting:close()
  local value, reason = check(waiter:join())
  assert(value == nil and reason == "closed")
end

-- rendezvous
local meeting <const> = channel.new(0)
ok, why = meeting:try_send(1)
assert(why == "full")
local partner <const> = isolate.spawn(function(ch)
  for i = 1, 100 do assert(ch:send(i)) end
  return "sent"
end, meeting)
for i = 1, 100 do assert(meeting:receive() == i) end
assert(check(partner:join()) == "sent")

-- the order of one sender is kept, whoever else sends; nothing is lost, nothing comes twice
local many <const> = channel.new(7)
local senders <const> = {}
for s = 1, 4 do
  senders[s] = isolate.spawn(function(ch, s) for i = 1, 500 do ch:send(s, i) end end, many, s)
end
local results <const> = channel.new(1)
local receivers <const> = {}
for r = 1, 3 do
  receivers[r] = isolate.spawn(function(ch)
    local last, count = {0, 0, 0, 0}, 0
    for s, i in ch:messages() do
      assert(i > last[s], "out of order")
      last[s], count = i, count + 1
    end
    return count
  end, many)
end
for s = 1, 4 do check(senders[s]:join()) end
many:close()
local total = 0
for r = 1, 3 do total = total + check(receivers[r]:join()) end
assert(total == 2000, total)

-- first come, first served: the third to wait gets the third message
local queue <const> = channel.new(0)
local waiters <const> = {}
for i = 1, 5 do
  waiters[i] = isolate.spawn(function(ch) return ch:receive() end, queue)
  while waiters[i]:status() ~= "waiting" do isolate.sleep(0.001) end
end
for i = 1, 5 do queue:send(i) end
for i = 1, 5 do assert(check(waiters[i]:join()) == i) end
for i = 1, 5 do
  waiters[i] = isolate.spawn(function(ch, i) ch:send(i) end, queue, i)
  while waiters[i]:status() ~= "waiting" do isolate.sleep(0.001) end
end
for i = 1, 5 do assert(queue:receive() == i) end

-- select
local left <const>, right <const> = channel.new(1), channel.new(1)
ok, why = channel.select({left, right}, 0)
assert(ok == nil and why == "timeout")
ok, why = channel.select({left, right}, 0.01)
assert(ok == nil and why == "timeout")
right:send("r", 2)
local index, value, second = channel.select {left, right}
assert(index == 2 and value == "r" and second == 2)
index, value = channel.select {{left, "sent", nil, n = 3}, right}
assert(index == 1 and value == true)
assert(select("#", left:receive()) == 2)
left:send(1)
right:send(1)
local seen <const> = {0, 0}
for _ = 1, 100 do
  local which = channel.select {left, right}
  seen[which] = seen[which] + 1;
  ({left, right})[which]:send(1)
end
assert(seen[1] == 50 and seen[2] == 50, "select prefers one of two ready channels")
left:receive()
right:receive()
local chooser <const> = isolate.spawn(function(a, b)
  local channel <const> = require "rille.channel"
  local sum = 0
  while true do
    local index, value, why = channel.select {a, b}
    if why == "closed" then return sum, index end
    sum = sum + value
  end
end, left, right)
for i = 1, 200 do (i % 2 == 0 and left or right):send(i) end
while #left > 0 or #right > 0 do isolate.sleep(0.001) end
right:close()
local sum, last = check(chooser:join())
assert(sum == 20100 and last == 2)
index, value = channel.select {isolate.spawn(function() end), left}
assert(index == 1)
local one <const> = channel.new(1) -- sending to and receiving from the same channel
assert(channel.select {one, {one, 5}} == 2)
assert(channel.select({one, {one, 6}}) == 1)
-- two selects that meet in both directions
local x <const>, y <const> = channel.new(0), channel.new(0)
local mirror <const> = isolate.spawn(function(x, y)
  local channel <const> = require "rille.channel"
  local count = 0
  for i = 1, 300 do
    local index = channel.select {{x, i}, y}
    count = count + (index == 1 and 1 or 0)
  end
  return count
end, x, y)
local received = 0
for i = 1, 300 do received = received + (channel.select {x, {y, i}} == 1 and 1 or 0) end
assert(check(mirror:join()) == received)
for _, wrong in ipairs {5, {}, {5}, {{}}, {{5}}} do assert(not pcall(channel.select, wrong)) end

-- names
local named <const> = channel.open("jobs", 3)
assert(channel.open("jobs") == named and named:name() == "jobs" and named:capacity() == 3)
isolate.spawn(function() require "rille.channel".open("jobs"):send("found") end)
assert(named:receive() == "found")
named:send("left")
named:close()
assert(channel.open("jobs") == named, "it is not empty yet")
assert(named:receive() == "left")
assert(select(2, named:receive()) == "closed")
assert(channel.open("jobs") ~= named, "the name is free again")
assert(tostring(channel.open("jobs")) == "channel 'jobs'" and tostring(channel.new()):find("^channel: "))

-- wrong arguments
assert(not pcall(channel.new, -1) and not pcall(channel.new, "x") and not pcall(channel.open) and not pcall(named.receive, 5))
assert(not pcall(named.receive, named, "soon") and not pcall(named.send_within, named))

-- what closes with its owner
local owned <const> = channel.new(1)
local owner <const> = isolate.spawn({func = function(ch) ch:send("one") error("dies") end, closes = {owned}}, owned)
assert(owned:receive() == "one")
ok, why = owned:receive()
assert(ok == nil and why == "closed")
assert(not owner:join())

-- signals do not disturb a wait; waiting takes no processor time
local before <const> = os.clock()
assert(select(2, channel.new(0):receive(0.3)) == "timeout")
assert(os.clock() - before < 0.1, "waiting takes processor time")
print "ok"

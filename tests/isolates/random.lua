-- Random programs of isolates: random.lua [root [seconds [seed]]]. The sanitizers watch; beyond that, every round checks that everything
-- ends, that no message is damaged or comes twice, and, when nobody is cancelled, that none is lost.
local isolate <const> = require "rille.isolate"
local channel <const> = require "rille.channel"

local seconds <const> = tonumber(arg[2]) or (os.getenv("RILLE_QUICK") and 2 or 6)
local seed <const> = tonumber(arg[3]) or os.time()
print("seed", seed)
math.randomseed(seed)

-- What every isolate does: `steps` random things with the channels. Returns what it has sent and received, as sums over messages:
-- each carries a number that nobody else sends, and what its payload must be.
local function worker(id, seed, steps, channels, settings, depth)
  local isolate <const> = require "rille.isolate"
  local channel <const> = require "rille.channel"
  local buffer <const> = require "rille.buffer"
  local random <const> = math.random
  math.randomseed(seed)
  local serial, sent, received, children = 0, {count = 0, sum = 0}, {count = 0, sum = 0, seen = {}}, {}
  local kept <const> = ("kept"):rep(random(1000, 4000)) -- sent again and again: copied at most once
  local box -- a sandbox

  local function payload(kind)
    if kind == 1 then return kind end
    if kind == 2 then return ("text"):rep(random(1, 30)) end
    if kind == 3 then return ("large"):rep(random(2000, 4000)) end
    if kind == 4 then
      local list = {}
      for i = 1, random(0, 60) do list[i] = {i, name = "item " .. i, half = i / 2} end
      list.self = list
      return list
    end
    if kind == 5 then return buffer.new(("b"):rep(random(0, 5000))) end
    if kind == 6 then return function(x) return x + 1 end end
    if kind == 7 then return settings end
    if kind == 8 then return channels[random(#channels)] end
    if kind == 10 then return {kept, {kept}} end
    return isolate.freeze {kind, {"frozen", ("f"):rep(100)}, f = function() return 9 end}
  end
  local function check(kind, value)
    if kind == 2 then assert(value == ("text"):rep(#value // 4))
    elseif kind == 3 then assert(value == ("large"):rep(#value // 5))
    elseif kind == 4 then
      assert(value.self == value)
      for i, item in ipairs(value) do assert(item[1] == i and item.name == "item " .. i and item.half == i / 2) end
    elseif kind == 5 then assert(value:string() == ("b"):rep(#value)) value:append("mine")
    elseif kind == 6 then assert(value(1) == 2)
    elseif kind == 7 then assert(value.list[2] == 20 and value.double(4) == 8)
    elseif kind == 8 then assert(value:capacity() >= 0)
    elseif kind == 9 then assert(value[2][1] == "frozen" and #value[2][2] == 100 and value.f() == 9)
    elseif kind == 10 then assert(value[1] == value[2][1] and value[1]:sub(-8) == "keptkept" and #value[1] % 4 == 0)
    else assert(value == 1) end
  end
  local function message()
    serial = serial + 1
    local kind = random(10)
    return id * 1000000 + serial, kind, payload(kind)
  end
  local function note_sent(ok, number)
    if ok then sent.count, sent.sum = sent.count + 1, sent.sum + number end
  end
  local function note_received(number, kind, value)
    if math.type(number) ~= "integer" then return end
    assert(not received.seen[number], "a message came twice")
    received.seen[number] = true
    check(kind, value)
    received.count, received.sum = received.count + 1, received.sum + number
  end

  for _ = 1, steps do
    local line <const>, other <const> = channels[random(#channels)], channels[random(#channels)]
    local what <const> = random(100)
    if what <= 25 then
      local number, kind, value = message()
      note_sent(line:send_within(random() * 0.003, number, kind, value), number)
    elseif what <= 35 then
      local number, kind, value = message()
      note_sent(line:try_send(number, kind, value), number)
    elseif what <= 65 then
      note_received(line:receive(random() * 0.003))
    elseif what <= 70 then
      note_received(line:try_receive())
    elseif what <= 85 then
      local number, kind, value = message()
      local index, a, b, c = channel.select({line, {other, number, kind, value}}, random() * 0.003)
      if index == 1 then note_received(a, b, c) elseif index == 2 then note_sent(a, number) end
    elseif what <= 88 then
      isolate.sleep(random() * 0.001)
    elseif what <= 90 then
      collectgarbage(random(2) == 1 and "step" or "collect")
    elseif what <= 93 and depth > 0 then
      local self = debug.getinfo(1, "f").func
      local child = isolate.spawn(self, id * 100 + #children + 1, random(1 << 30), steps // 4, channels, settings, depth - 1)
      children[#children + 1] = child
    elseif what <= 95 and #children > 0 then
      local child = children[random(#children)]
      local _ = child:memory() + child:time() + #child:status()
    elseif what == 96 then
      local co = coroutine.wrap(function() note_received(line:receive(random() * 0.002)) end)
      co()
    elseif what == 97 then
      local limits <const>, sandbox <const> = require "rille.limits", require "rille.sandbox"
      box = random(3) > 1 and box or sandbox.new {state = true, limits = {instructions = 20000, memory = 1 << 20}, globals = {kept = kept}}
      local _, length = box:run("return #kept, ...", kept)
      local _, _, reached = box:run("while true do pcall(string.rep, 'x', 1000) end")
      local _, _, bound = limits.call({wall = 0.001}, isolate.sleep, 100)
      -- (whoever is cancelled gets that error there)
      assert(settings.hostile or (length == #kept and reached == "instructions" and bound == "wall"))
    elseif settings.hostile then
      if what == 98 then pcall(line.send, line, {coroutine.create(print)}) end
      if what == 99 and #children > 0 then children[random(#children)]:cancel() end
      if what == 99 and random(3) == 1 then -- cancelled in a library function
        local child = isolate.spawn(function() while true do pcall(string.find, ("a"):rep(200), ("a-"):rep(20) .. "b") end end)
        child:cancel()
        child:join()
      end
      if what == 100 and random(20) == 1 then line:close() end
      if what == 100 and random(20) == 1 then error("on purpose") end
    end
  end
  for _, child in ipairs(children) do
    local ok, s, r = child:join()
    if ok then
      sent.count, sent.sum = sent.count + s.count, sent.sum + s.sum
      received.count, received.sum = received.count + r.count, received.sum + r.sum
      for number in pairs(r.seen) do
        assert(not received.seen[number], "a message came twice")
        received.seen[number] = true
      end
    else
      assert(settings.hostile, s)
    end
  end
  return sent, received
end

local function round()
  local channels <const> = {}
  for i = 1, math.random(1, 4) do
    channels[i] = math.random(4) == 1 and channel.open("named " .. i .. " " .. math.random(1 << 40), math.random(0, 5)) or
      channel.new(math.random(0, 20))
  end
  local settings <const> = isolate.freeze {list = {10, 20}, double = function(x) return x * 2 end, hostile = math.random(2) == 1}
  local pool <close> = isolate.pool(math.random(1, 3))
  local handles <const> = {}
  for i = 1, math.random(2, 8) do
    handles[i] = isolate.spawn({func = worker, pool = math.random(2) == 1 and pool or nil}, 10 + i, math.random(1 << 30),
      math.random(20, 120), channels, settings, 1)
  end
  if settings.hostile then
    isolate.sleep(math.random() * 0.02)
    for _ = 1, math.random(0, 3) do handles[math.random(#handles)]:cancel() end
  end
  local sent, received, seen, failed = 0, 0, {}, false
  local sum_sent, sum_received = 0, 0
  for _, handle in ipairs(handles) do
    local ok, s, r = handle:join(60)
    assert(ok ~= nil, "an isolate does not end")
    if ok then
      sent, sum_sent, received, sum_received = sent + s.count, sum_sent + s.sum, received + r.count, sum_received + r.sum
      for number in pairs(r.seen) do
        assert(not seen[number], "a message came twice")
        seen[number] = true
      end
    else
      failed = true
      assert(settings.hostile and (tostring(s):find("cancelled") or tostring(s):find("on purpose")), tostring(s) .. "\n" .. tostring(r))
    end
  end
  for _, line in ipairs(channels) do
    for number in function() return line:try_receive() end do
      assert(not seen[number], "a message came twice")
      seen[number] = true
      received, sum_received = received + 1, sum_received + number
    end
  end
  if not settings.hostile then assert(sent == received and sum_sent == sum_received, "a message was lost") end
  return sent
end

local start <const> = isolate.clock()
local rounds, messages = 0, 0
repeat
  messages = messages + round()
  rounds = rounds + 1
until isolate.clock() - start > seconds
print(rounds .. " rounds, " .. messages .. " messages")
print "ok"

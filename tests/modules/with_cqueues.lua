-- cqueues: coroutines over socket pairs, timers, conditions, promises, errors inside tasks; the engine resumes coroutines
-- from C and yields through it.
local cqueues, socket, condition, promise = require("cqueues"), require("cqueues.socket"), require("cqueues.condition"), require("cqueues.promise")
local queue = cqueues.new()
local a, b = socket.pair()
a:setmode("b", "b")
b:setmode("b", "b")
queue:wrap(function()
  for i = 1, 200 do
    a:write(("message %d\n"):format(i))
    if i % 20 == 0 then a:flush() end
  end
  a:flush()
  a:shutdown("w")
  print("writer has finished", a:read("*l"))
end)
queue:wrap(function()
  local count, last = 0, nil
  for line in b:lines() do count, last = count + 1, line end
  print("reader got", count, last)
  b:write("thanks\n")
  b:flush()
end)
local order, ready = {}, condition.new()
for i = 1, 3 do
  queue:wrap(function()
    cqueues.sleep(0.03 * (4 - i))
    order[#order + 1] = i
    if #order == 3 then ready:signal() end
  end)
end
queue:wrap(function() ready:wait() print("woken after", table.concat(order, " ")) end)
print(queue:loop())
queue:wrap(function()
  local promised = promise.new(function(x) cqueues.sleep(0.01) return x * 2, "second" end, 21)
  print("promise", promised:get())
  local broken = promise.new(function() error("broken promise", 0) end)
  print(pcall(broken.get, broken))
end)
print(queue:loop())
queue:wrap(function() local x = nil + 1 end)
print((select(2, queue:loop())))
print(queue:empty(), queue:count())
-- nested queues, a task that yields through pcall and metamethods
local inner = cqueues.new()
inner:wrap(function()
  local lazy = setmetatable({}, {__index = function(_, k) cqueues.sleep(0.005) return k .. "!" end})
  print(pcall(function() return lazy.deep, lazy.other end))
end)
queue:wrap(function() print("inner", inner:loop()) end)
print(queue:loop())
local server = socket.listen("127.0.0.1", 0)
local _, host, port = server:localname()
queue:wrap(function() local peer = server:accept() peer:write("hello to " .. peer:read("*l") .. "\n") peer:flush() peer:close() end)
queue:wrap(function() local client = socket.connect(host, port) client:write("client\n") client:flush() print(client:read("*l")) client:close() end)
print(queue:loop())
print(cqueues.type(queue), cqueues.running())
collectgarbage()
print("ok")

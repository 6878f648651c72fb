-- A queue in a table: about a thousand live integer keys that move upward for ever.
local scale = tonumber(arg and arg[1]) or 1

local Queue = {}
Queue.__index = Queue
function Queue.new() return setmetatable({first = 1, last = 0}, Queue) end
function Queue:push(value)
  local last = self.last + 1
  self.last = last
  self[last] = value
end
function Queue:pop()
  local first = self.first
  local value = self[first]
  self[first] = nil
  self.first = first + 1
  return value
end

local window, head, sum = {}, 1, 0
for i = 1, math.ceil(4000000 * scale) do
  window[i] = i
  if i > 1000 then
    sum = sum + window[head]
    window[head] = nil
    head = head + 1
  end
end
local queue = Queue.new()
for i = 1, math.ceil(1250000 * scale) do
  queue:push(i % 100)
  if i > 500 then sum = sum + queue:pop() end
end
print(string.format("%.0f", sum))

-- Coroutines made, resumed a few times and dropped, some of them in the middle.
local scale = ...
local function body(first)
  local second = coroutine.yield(first + 1)
  coroutine.yield(second + 1)
  return 0
end
local total, ring = 0, {}
for i = 1, math.floor(400000 * scale) do
  local thread = coroutine.create(body)
  local _, one = coroutine.resume(thread, i)
  local _, two = coroutine.resume(thread, one)
  if i % 3 == 0 then coroutine.resume(thread) end
  ring[i % 200] = thread
  total = total + two
end
return total

-- Closures with upvalues of their own and shared ones.
local scale = ...
local function counter(start)
  local count = start
  return function(by)
    count = count + by
    return count
  end, function() return count end
end
local total, ring = 0, {}
for i = 1, math.floor(2500000 * scale) do
  local add, get = counter(i)
  add(1)
  ring[i % 500] = add
  total = total + get()
end
return total

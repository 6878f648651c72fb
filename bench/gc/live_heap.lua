-- Five million small tables that live, and a churning front.
local scale = ...
local count = math.floor(5000000 * scale)
local live = {}
for i = 1, count do live[i] = {i} end
local sum, position = 0, 1
for i = 1, count do
  local fresh = {i, live[position]}
  position = (position * 7919 + 13) % count + 1
  if i % 16 == 0 then live[position] = {fresh[1]} end
  sum = sum + fresh[1]
end
return sum

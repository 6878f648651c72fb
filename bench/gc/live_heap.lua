-- Five million small tables that live, and a churning front.
local scale = ...
local count = math.floor(5000000 * scale)
local live = {}
for i = 1, count do live[i] = {i} end
local sum, front = 0, 0
for i = 1, count do
  local fresh = {i, live[front + 1]}
  front = (front + 1) % (count // 50)
  if i % 16 == 0 then live[front + 1] = {fresh[1]} end
  sum = sum + fresh[1]
end
return sum

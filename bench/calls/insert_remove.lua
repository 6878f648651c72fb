-- table.insert and table.remove: stacks, insertions in the middle, a queue at the front.
local scale = tonumber(arg and arg[1]) or 1
local insert, remove = table.insert, table.remove

local sum = 0
for round = 1, math.ceil(100 * scale) do
  local stack = {}
  for i = 1, 50000 do insert(stack, i * round % 1000) end
  while #stack > 0 do sum = (sum + remove(stack)) % 1000000007 end
end
local ordered = {}
for i = 1, math.ceil(60000 * scale) do
  insert(ordered, 1 + (i * 7919) % (#ordered + 1), i)
  if #ordered > 300 then sum = sum + remove(ordered, 1) end
end
print(string.format("%.0f", sum))

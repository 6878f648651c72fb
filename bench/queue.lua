-- table.insert and table.remove: stacks, a small queue kept in order, a sliding window over integer keys.
local insert, remove = table.insert, table.remove
local sum = 0
for round = 1, 60 do
  local stack = {}
  for i = 1, 60000 do insert(stack, i * round) end
  while #stack > 0 do sum = (sum + remove(stack)) & 0xffffffffff end
end
local ordered = {}
for i = 1, 12000 do
  insert(ordered, 1 + (i * 7919) % (#ordered + 1), i)
  if #ordered > 300 then sum = sum + remove(ordered, 1) end
end
local window, head = {}, 1
for i = 1, 2000000 do
  window[i] = i
  if i > 1000 then
    sum = sum + window[head]
    window[head] = nil
    head = head + 1
  end
end
print(sum)

-- table.insert(t, v), a million times and more.
local scale = tonumber(arg and arg[1]) or 1

local sum = 0
for round = 1, math.ceil(9 * scale) do
  local list = {}
  for i = 1, 2000000 do table.insert(list, i % 1000) end
  for i = 1, #list, 1000 do sum = sum + list[i] end
  local pairs_of = {}
  for i = 1, 200000 do table.insert(pairs_of, {i, round}) end
  sum = sum + #list + #pairs_of + pairs_of[77][1]
end
print(string.format("%.0f", sum))

-- Closures made in loops: with fresh loop variables, with shared ones, called at once or kept.
local scale = tonumber(arg and arg[1]) or 1

local sum = 0
local function each(n, f) for i = 1, n do f(i) end end
local function map(list, f)
  local result = {}
  for i = 1, #list do result[i] = f(list[i]) end
  return result
end

for i = 1, math.ceil(4600000 * scale) do
  local function add(x) return x + i end
  sum = sum + add(1)
end
local kept = {}
for i = 1, math.ceil(2300000 * scale) do
  local value = i % 10
  kept[i % 1000 + 1] = function() value = value + 1 return value end
end
for round = 1, 3 do
  for i = 1, #kept do sum = sum + kept[i]() * round end
end
local list = {1, 2, 3, 4, 5, 6, 7, 8}
for i = 1, math.ceil(600000 * scale) do
  local total = 0
  each(3, function(x) total = total + x * i end)
  local doubled = map(list, function(x) return x * 2 + i end)
  sum = (sum + total + doubled[8]) % 1000000007
end
print(string.format("%.0f", sum))

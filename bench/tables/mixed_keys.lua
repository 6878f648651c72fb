-- Tables with keys of every kind at once: integers, floats, strings, booleans, tables, functions.
local scale = tonumber(arg and arg[1]) or 1

local objects, functions = {}, {}
for i = 1, 100 do objects[i], functions[i] = {id = i}, function() return i end end

local sum = 0
for round = 1, math.ceil(12000 * scale) do
  local map = {}
  for i = 1, 100 do
    map[i] = i
    map["s" .. i % 50] = i * 2
    map[i + 0.5] = i * 3
    map[objects[i]] = i * 4
    map[functions[i]] = i * 5
  end
  map[true], map[false] = round, -round
  for i = 1, 100 do
    sum = sum + map[i] + (map["s" .. i % 50] or 0) + map[i + 0.5] + map[objects[i]] + map[functions[i]]
    if i % 2 == 0 then map[objects[i]] = nil end
  end
  sum = (sum + (map[round % 2 == 0] or 0)) % 1000000007
  local count = 0
  for key, value in pairs(map) do
    if type(key) == "number" or type(key) == "table" then count = count + value end
  end
  sum = sum + count
end
print(string.format("%.0f", sum))

-- Walking tables with pairs and ipairs: records, arrays, dictionaries, with values changed on the way.
local scale = tonumber(arg and arg[1]) or 1

local dictionary, array, record = {}, {}, {a = 1, b = 2, c = 3, d = 4, e = 5, f = 6}
for i = 1, 1000 do dictionary["key" .. i], array[i] = i, i * 3 end

local sum = 0
for round = 1, math.ceil(10000 * scale) do
  for key, value in pairs(dictionary) do
    sum = sum + value
    if value % 16 == round % 16 then dictionary[key] = value end
  end
  for i, value in ipairs(array) do sum = sum + i * value % 7 end
  for i, value in pairs(array) do sum = sum + i + value end
  for _ = 1, 40 do
    for _, value in pairs(record) do sum = sum + value end
  end
  sum = sum % 1000000007
end
print(string.format("%.0f", sum))

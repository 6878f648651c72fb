-- table.sort with comparison functions: by a field, by several, descending, by a key in another table.
local scale = tonumber(arg and arg[1]) or 1

local seed = 42
local function random(limit)
  seed = (seed * 16807) % 2147483647
  return seed % limit
end

local sum = 0
for _ = 1, math.ceil(8 * scale) do
  local records, rank, names, numbers = {}, {}, {}, {}
  for i = 1, 40000 do records[i] = {key = random(5000), id = i} end
  for i = 1, 20000 do
    names[i] = "n" .. i
    rank[names[i]] = random(1000000) * 20000 + i
  end
  for i = 1, 60000 do numbers[i] = random(1000000) end
  table.sort(records, function(a, b)
    if a.key ~= b.key then return a.key > b.key end
    return a.id < b.id
  end)
  table.sort(names, function(a, b) return rank[a] < rank[b] end)
  table.sort(numbers, function(a, b) return a > b end)
  for i = 1, #records, 97 do sum = (sum * 31 + records[i].id) % 1000000007 end
  for i = 1, #names, 97 do sum = (sum * 31 + #names[i] + rank[names[i]]) % 1000000007 end
  for i = 1, #numbers, 97 do sum = (sum * 31 + numbers[i]) % 1000000007 end
end
print(string.format("%.0f", sum))

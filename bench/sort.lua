-- table.sort: numbers, strings, records with a comparison function.
local seed = 42
local function random(limit)
  seed = (seed * 1103515245 + 12345) & 0x7fffffff
  return seed % limit
end
local numbers, words, records = {}, {}, {}
for i = 1, 500000 do numbers[i] = random(1000000) end
for i = 1, 120000 do words[i] = "w" .. random(1000000) end
for i = 1, 240000 do records[i] = {key = random(100000), id = i} end
table.sort(numbers)
table.sort(words)
table.sort(records, function(a, b)
  if a.key ~= b.key then return a.key > b.key end
  return a.id < b.id
end)
local hash = 0
for i = 1, #numbers, 97 do hash = (hash * 31 + numbers[i]) & 0xffffffff end
for i = 1, #words, 97 do hash = (hash * 31 + #words[i] + words[i]:byte(-1)) & 0xffffffff end
for i = 1, #records, 97 do hash = (hash * 31 + records[i].id) & 0xffffffff end
print(hash)

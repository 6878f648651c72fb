-- table.sort without a comparison function: numbers, strings, lists nearly in order.
local scale = tonumber(arg and arg[1]) or 1

local seed = 42
local function random(limit)
  seed = (seed * 16807) % 2147483647
  return seed % limit
end

local sum = 0
for _ = 1, math.ceil(8 * scale) do
  local numbers, floats, words, almost = {}, {}, {}, {}
  for i = 1, 120000 do numbers[i] = random(1000000) end
  for i = 1, 60000 do floats[i] = random(1000000) / 7 end
  for i = 1, 40000 do words[i] = "w" .. random(1000000) end
  for i = 1, 60000 do almost[i] = i + random(5) end
  table.sort(numbers)
  table.sort(floats)
  table.sort(words)
  table.sort(almost)
  for i = 1, #numbers, 97 do sum = (sum * 31 + numbers[i]) % 1000000007 end
  for i = 1, #words, 97 do sum = (sum * 31 + #words[i] + words[i]:byte(-1)) % 1000000007 end
  for i = 1, #almost, 97 do sum = (sum * 31 + almost[i] + math.floor(floats[i])) % 1000000007 end
end
print(string.format("%.0f", sum))

-- Counting words with gmatch, then listing them by frequency.
local scale = tonumber(arg and arg[1]) or 1

local seed = 42
local function random(limit)
  seed = (seed * 16807) % 2147483647
  return seed % limit
end

local syllables = {"ka", "lo", "mi", "ne", "pu", "ra", "si", "to", "ve", "zu", "an", "er"}
local function word()
  local text = ""
  for _ = 1, 1 + random(3) do text = text .. syllables[1 + random(#syllables)] end
  return random(5) == 0 and text:upper() or text
end

local lines = {}
for i = 1, 4000 do
  local words = {}
  for k = 1, 5 + random(8) do words[k] = word() end
  lines[i] = table.concat(words, random(4) == 0 and ", " or " ") .. (i % 3 == 0 and "." or "")
end
local text = table.concat(lines, "\n")

local sum = 0
for round = 1, math.ceil(125 * scale) do
  local counts, total = {}, 0
  for item in text:gmatch("%a+") do
    item = item:lower()
    counts[item] = (counts[item] or 0) + 1
    total = total + 1
  end
  local order = {}
  for item in pairs(counts) do order[#order + 1] = item end
  table.sort(order, function(a, b)
    if counts[a] ~= counts[b] then return counts[a] > counts[b] end
    return a < b
  end)
  for i = 1, 10 do sum = (sum * 31 + counts[order[i]] + #order[i]) % 1000000007 end
  sum = sum + total + round
end
print(string.format("%.0f", sum))

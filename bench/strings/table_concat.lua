-- table.concat of many pieces: lines, comma-separated records of strings and numbers, slices.
local scale = tonumber(arg and arg[1]) or 1
local concat = table.concat

local sum = 0
for round = 1, math.ceil(120 * scale) do
  local lines = {}
  for i = 1, 4000 do
    local record = {i, "name" .. i % 50, i * round, i % 2 == 0 and "yes" or "no", "end"}
    lines[#lines + 1] = concat(record, ",")
  end
  local text = concat(lines, "\n")
  sum = (sum * 31 + #text + text:byte(round * 100 % #text + 1)) % 1000000007
  for first = 1, 3900, 13 do sum = sum + #concat(lines, "; ", first, first + 20) end
end
local letters = {}
for i = 1, 200000 do letters[i] = string.char(97 + i % 26) end
for round = 1, math.ceil(180 * scale) do
  letters[round] = "_"
  local text = concat(letters)
  sum = sum + #text + text:byte(round)
end
print(string.format("%.0f", sum))

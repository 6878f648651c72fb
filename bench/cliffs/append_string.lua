-- Appending to a string that becomes long.
local scale = tonumber(arg and arg[1]) or 1

local sum = 0
for round = 1, math.ceil(30 * scale) do
  local text = ""
  for i = 1, 20000 do text = text .. (i % 10 == 0 and "\n" or "word") end
  sum = (sum + #text + text:byte(round * 100)) % 1000000007
  local line = "head"
  for i = 1, 10000 do line = line .. ", " .. i end
  sum = (sum + #line + line:byte(-round)) % 1000000007
end
print(string.format("%.0f", sum))

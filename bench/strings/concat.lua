-- The operator `..` in loops: short pieces, numbers, chains, keys made of parts.
local scale = tonumber(arg and arg[1]) or 1

local sum = 0
local parts = {"north", "east", "south", "west"}
for i = 1, math.ceil(1700000 * scale) do
  local key = parts[i % 4 + 1] .. ":" .. i % 1000
  local path = "/" .. key .. "/" .. parts[i % 3 + 1] .. "/" .. i .. ".txt"
  sum = (sum * 31 + #key + #path) % 1000000007
end
for round = 1, math.ceil(1000 * scale) do
  local line = ""
  for i = 1, 400 do line = line .. (i % 7 == 0 and "; " or "x") .. i % 10 end
  sum = (sum * 31 + #line + line:byte(round % #line + 1)) % 1000000007
end
local seen, distinct = {}, 0
for i = 1, math.ceil(1900000 * scale) do
  local key = i % 300 .. "," .. i % 70
  if not seen[key] then
    seen[key] = true
    distinct = distinct + 1
  end
end
print(string.format("%.0f %.0f", sum, distinct))

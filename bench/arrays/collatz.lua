-- Collatz sequences: the longest below a limit, with the lengths of smaller starts remembered.
local scale = tonumber(arg and arg[1]) or 1
local floor = math.floor

local function longest(limit, known)
  local best, best_length = 1, 1
  known[1] = 1
  for start = 2, limit do
    local n, steps = start, 0
    while n >= start do
      if n % 2 == 0 then
        n = floor(n / 2)
      else
        n = 3 * n + 1
      end
      steps = steps + 1
    end
    local length = steps + known[n]
    known[start] = length
    if length > best_length then best, best_length = start, length end
  end
  return best, best_length
end

local sum = 0
for round = 1, math.ceil(8 * scale) do
  local best, length = longest(500000 + round, {})
  sum = sum + best + length
end
-- And without memory, halves by shifting out of a multiplication.
for start = 1, math.ceil(100000 * scale) do
  local n = start
  while n ~= 1 do
    local odd = n % 2
    n = odd == 0 and n * 0.5 or n * 3 + 1
    sum = sum + odd
  end
end
print(string.format("%.0f", sum))

-- The sieve of Eratosthenes on an array of booleans.
local scale = tonumber(arg and arg[1]) or 1

local function sieve(limit)
  local composite, count = {}, 0
  for i = 1, limit do composite[i] = false end
  for i = 2, limit do
    if not composite[i] then
      count = count + 1
      for j = i * i, limit, i do composite[j] = true end
    end
  end
  return count
end

local total = 0
for round = 1, math.ceil(16 * scale) do total = total + sieve(1500000 - round) end
print(string.format("%.0f", total))

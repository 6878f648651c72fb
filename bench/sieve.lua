-- Arrays: the sieve of Eratosthenes.
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
for _ = 1, 12 do total = total + sieve(1500000) end
print(total)

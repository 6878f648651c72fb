-- Deleting while iterating: sweeping by age, draining by pairs, refilling the same table.
local scale = tonumber(arg and arg[1]) or 1

local sum = 0
local cache, stamp = {}, 0
for round = 1, math.ceil(1500 * scale) do
  for i = 1, 1000 do
    stamp = stamp + 1
    cache["entry" .. stamp % 5000] = stamp
    if i % 4 == 0 then cache[stamp] = stamp end
  end
  for key, value in pairs(cache) do
    if stamp - value > 3000 or value % 7 == round % 7 then
      cache[key] = nil
      sum = (sum + value) % 1000000007
    end
  end
end
local bag = {}
for round = 1, math.ceil(1200 * scale) do
  for i = 1, 2000 do bag[i * 3 % 4001] = i end
  for key, value in pairs(bag) do
    bag[key] = nil
    sum = (sum + value + key * (round % 3)) % 1000000007
  end
  assert(next(bag) == nil)
end
print(string.format("%.0f", sum))

-- Counters under string keys: few hot keys, many cold ones, nested tables.
local scale = tonumber(arg and arg[1]) or 1

local seed = 42
local function random(limit)
  seed = (seed * 16807) % 2147483647
  return seed % limit
end

local keys = {}
for i = 1, 5000 do keys[i] = "user" .. i * 31 end
local sum = 0
for _ = 1, math.ceil(20 * scale) do
  local counts, by_hour = {}, {}
  for _ = 1, 300000 do
    local key = keys[1 + random(random(2) == 0 and 20 or #keys)]
    counts[key] = (counts[key] or 0) + 1
    local hour = by_hour[key]
    if not hour then
      hour = {morning = 0, noon = 0, night = 0}
      by_hour[key] = hour
    end
    if seed % 3 == 0 then
      hour.morning = hour.morning + 1
    elseif seed % 3 == 1 then
      hour.noon = hour.noon + 1
    else
      hour.night = hour.night + 1
    end
  end
  for i, key in ipairs(keys) do
    local hour = by_hour[key]
    if hour then sum = (sum + counts[key] * i + hour.morning * 3 + hour.noon * 2 + hour.night) % 1000000007 end
  end
end
print(string.format("%.0f", sum))

-- t[#t + 1] = v, a million times and more.
local scale = tonumber(arg and arg[1]) or 1

local sum = 0
for round = 1, math.ceil(12 * scale) do
  local list, names = {}, {}
  for i = 1, 2000000 do list[#list + 1] = i % 1000 end
  for i = 1, 200000 do names[#names + 1] = round end
  for i = 1, #list, 1000 do sum = sum + list[i] end
  sum = sum + #list + #names
  -- Many short lists too.
  for i = 1, 100000 do
    local short = {}
    for k = 1, 5 do short[#short + 1] = i + k end
    sum = sum + #short + short[5]
  end
end
print(string.format("%.0f", sum))

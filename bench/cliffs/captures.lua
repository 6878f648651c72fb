-- string.find, match and gsub with captures: dates, key-value pairs, paths, position captures, back references, frontiers.
local scale = tonumber(arg and arg[1]) or 1

local lines = {}
for i = 1, 500 do
  lines[i] = string.format("2024-%02d-%02d %02d:%02d [%s] user%d=alice%d path=/home/u%d/file.%s \"quoted text\" end", i % 12 + 1, i % 28 + 1, i % 24, i % 60,
    i % 3 == 0 and "error" or "info", i, i % 50, i, i % 2 == 0 and "txt" or "lua")
end
local text = table.concat(lines, "\n")

local sum = 0
for round = 1, math.ceil(180 * scale) do
  for i = 1, #lines do
    local line = lines[i]
    local year, month, day, hour, minute = line:match("^(%d+)%-(%d+)%-(%d+) (%d+):(%d+)")
    sum = sum + year + month + day + hour * minute
    local _, last, level = line:find("%[(%a+)%]")
    sum = sum + last + #level
    local directory, name, extension = line:match("path=(.-)([^/]+)%.(%w+)")
    sum = sum + #directory + #name + #extension
    local quote, quoted = line:match("([\"'])(.-)%1")
    sum = sum + #quote + #quoted
  end
  local swapped, count = text:gsub("(%w+)=(%w+)", "%2=%1")
  sum = sum + #swapped + count
  for position in text:gmatch("()error") do sum = sum + position % 7 end
  for key in text:gmatch("%f[%w]user(%d+)") do sum = sum + key % 3 end
  sum = (sum + round) % 1000000007
end
print(string.format("%.0f", sum))

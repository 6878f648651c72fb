-- pcall in tight loops: a function that succeeds, one that fails, a library function, a closure made for each call.
local scale = tonumber(arg and arg[1]) or 1
local pcall, error, tonumber = pcall, error, tonumber

local function fine(x) return x end
local function failing(x) error(x, 0) end

local sum = 0
for i = 1, math.ceil(7000000 * scale) do
  local _, value = pcall(fine, i)
  sum = sum + value
end
for i = 1, math.ceil(2000000 * scale) do
  local ok, value = pcall(failing, i)
  if not ok then sum = sum + value end
end
for i = 1, math.ceil(2000000 * scale) do
  local _, value = pcall(tonumber, "7")
  sum = sum + value
  local ok, twice = pcall(function() return i * 2 end)
  if ok then sum = sum + twice end
end
print(string.format("%.0f", sum))

-- Transfers of control: coroutines as generators, pcall with and without errors, variable arguments.
local wrap, yield, pcall, error, select = coroutine.wrap, coroutine.yield, pcall, error, select
local total = 0
local function numbers(limit) return wrap(function() for i = 1, limit do yield(i) end end) end
local function squares(source) return wrap(function() for i in source do yield(i * i) end end) end
for i in squares(numbers(1600000)) do total = (total + i) & 0xffffffff end
local function risky(i)
  if i % 16 == 0 then error("sixteen", 0) end
  return i
end
for i = 1, 4000000 do
  local fine, value = pcall(risky, i)
  total = total + (fine and value & 7 or #value)
end
local function sum(...)
  local result = 0
  for i = 1, select("#", ...) do result = result + (select(i, ...)) end
  return result
end
for i = 1, 800000 do total = total + sum(i, 1, 2, 3, 4) end
print(total)

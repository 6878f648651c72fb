-- Variable arguments: select, packing into tables, passing on, counting.
local scale = tonumber(arg and arg[1]) or 1
local select = select

local function sum(...)
  local result = 0
  for i = 1, select("#", ...) do result = result + (select(i, ...)) end
  return result
end

local function largest(first, ...)
  for i = 1, select("#", ...) do
    local value = select(i, ...)
    if value > first then first = value end
  end
  return first
end

local function packed(...)
  local list, result = {...}, 0
  for i = 1, #list do result = result + list[i] * i end
  return result
end

local function pass(...) return ... end
local function drop(_, ...) return ... end
local function count(...) return select("#", ...) end
local function fold(f, value, ...)
  if select("#", ...) == 0 then return value end
  return fold(f, f(value, (...)), select(2, ...))
end
local function add(a, b) return a + b end

local total = 0
for i = 1, math.ceil(1350000 * scale) do
  total = total + sum(i, 1, 2, 3, 4) + largest(i % 7, 3, 1, 4, 1, 5)
  total = total + packed(i, i + 1, 2, 7) + count(pass(i, drop(i, 1, 2, 3)))
  if i % 4 == 0 then total = total + fold(add, i, 1, 2, 3) end
end
print(string.format("%.0f", total))

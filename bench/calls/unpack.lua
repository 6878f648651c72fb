-- unpack of lists to arguments, results and constructors; packing them again.
local scale = tonumber(arg and arg[1]) or 1
local unpack = table.unpack or unpack

local function sum4(a, b, c, d) return a + b * 2 + c * 3 + d * 4 end
local function count(...) return select("#", ...) end
local function apply(f, list) return f(unpack(list)) end
local function bind(f, a, b) return function(...) return f(a, b, ...) end end

local short, long = {1, 2, 3, 4}, {}
for i = 1, 60 do long[i] = i end
local bound, sum = bind(sum4, 5, 6), 0
for i = 1, math.ceil(3300000 * scale) do
  short[1] = i % 10
  sum = sum + sum4(unpack(short)) + apply(sum4, short)
  local a, b = unpack(short, 2, 3)
  sum = sum + a * b + bound(unpack(short, 3))
  if i % 16 == 0 then
    sum = sum + count(unpack(long))
    local copy = {unpack(long, 1, 20)}
    sum = sum + #copy + copy[20]
  end
end
print(string.format("%.0f", sum))

-- Quicksort written in Lua, with a comparison function.
local scale = tonumber(arg and arg[1]) or 1
local floor = math.floor

local function quicksort(a, low, high, less)
  while high - low > 12 do
    local pivot = a[floor((low + high) / 2)]
    local i, j = low, high
    while i <= j do
      while less(a[i], pivot) do i = i + 1 end
      while less(pivot, a[j]) do j = j - 1 end
      if i <= j then
        a[i], a[j] = a[j], a[i]
        i, j = i + 1, j - 1
      end
    end
    if j - low < high - i then
      quicksort(a, low, j, less)
      low = i
    else
      quicksort(a, i, high, less)
      high = j
    end
  end
  for i = low + 1, high do
    local value, j = a[i], i - 1
    while j >= low and less(value, a[j]) do
      a[j + 1] = a[j]
      j = j - 1
    end
    a[j + 1] = value
  end
end

local seed = 42
local function random(limit)
  seed = (seed * 16807) % 2147483647
  return seed % limit
end

local function descending(x, y) return x > y end
local function by_remainder(x, y)
  local p, q = x % 1000, y % 1000
  if p ~= q then return p < q end
  return x < y
end

local sum = 0
for round = 1, math.ceil(8 * scale) do
  local numbers = {}
  for i = 1, 150000 do numbers[i] = random(1000000) end
  quicksort(numbers, 1, #numbers, round % 2 == 1 and descending or by_remainder)
  for i = 1, #numbers, 100 do sum = (sum * 31 + numbers[i]) % 1000000007 end
end
print(string.format("%.0f", sum))

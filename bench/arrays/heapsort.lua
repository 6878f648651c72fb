-- Heapsort of numbers, in place.
local scale = tonumber(arg and arg[1]) or 1
local floor = math.floor

local function sift_down(a, root, last)
  local value = a[root]
  while true do
    local child = root * 2
    if child > last then break end
    if child < last and a[child] < a[child + 1] then child = child + 1 end
    if a[child] <= value then break end
    a[root] = a[child]
    root = child
  end
  a[root] = value
end

local function heapsort(a)
  local n = #a
  for i = floor(n / 2), 1, -1 do sift_down(a, i, n) end
  for last = n, 2, -1 do
    a[1], a[last] = a[last], a[1]
    sift_down(a, 1, last - 1)
  end
end

local seed = 42
local function random(limit)
  seed = (seed * 16807) % 2147483647
  return seed % limit
end

local sum = 0
for _ = 1, math.ceil(7 * scale) do
  local numbers = {}
  for i = 1, 200000 do numbers[i] = random(1000000) end
  heapsort(numbers)
  for i = 2, #numbers do assert(numbers[i - 1] <= numbers[i]) end
  for i = 1, #numbers, 1000 do sum = (sum * 31 + numbers[i]) % 1000000007 end
end
print(string.format("%.0f", sum))

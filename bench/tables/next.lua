-- `next` called by hand: emptiness tests, taking any element, sets copied and compared.
local scale = tonumber(arg and arg[1]) or 1
local next = next

local function is_empty(t) return next(t) == nil end
local function copy(t)
  local result = {}
  for key, value in next, t do result[key] = value end
  return result
end
local function equal(a, b)
  local key, value = next(a)
  while key ~= nil do
    if b[key] ~= value then return false end
    key, value = next(a, key)
  end
  for name in next, b do
    if a[name] == nil then return false end
  end
  return true
end
local function size(t)
  local count, key = 0, next(t)
  while key do
    count = count + 1
    key = next(t, key)
  end
  return count
end

local sets = {}
for i = 1, 20 do
  local set = {}
  for k = 1, i * 5 do set[k % 3 == 0 and k or "name" .. k] = k * i end
  sets[i] = set
end
local sum, empty = 0, {}
for round = 1, math.ceil(56000 * scale) do
  local set = sets[round % #sets + 1]
  local twin = copy(set)
  sum = sum + size(twin) + (equal(set, twin) and 1 or 0)
  twin.extra = true
  sum = sum + (equal(set, twin) and 1 or 0) + (is_empty(empty) and 1 or 0) + (is_empty(twin) and 1 or 0)
  for _ = 1, 100 do
    if not is_empty(set) then sum = sum + 1 end
  end
end
print(string.format("%.0f", sum))

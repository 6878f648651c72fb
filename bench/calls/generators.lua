-- Coroutines as generators: pipelines of filters, permutations, walks over trees.
local scale = tonumber(arg and arg[1]) or 1
local wrap, yield = coroutine.wrap, coroutine.yield

local function numbers(limit) return wrap(function() for i = 1, limit do yield(i) end end) end
local function filter(source, keeps)
  return wrap(function()
    for value in source do
      if keeps(value) then yield(value) end
    end
  end)
end
local function map(source, f) return wrap(function() for value in source do yield(f(value)) end end) end

local function permutations(list)
  local function permute(n)
    if n <= 1 then
      yield(list)
      return
    end
    for i = 1, n do
      list[i], list[n] = list[n], list[i]
      permute(n - 1)
      list[i], list[n] = list[n], list[i]
    end
  end
  return wrap(function() permute(#list) end)
end

local function tree(low, high)
  if low > high then return nil end
  local middle = math.floor((low + high) / 2)
  return {left = tree(low, middle - 1), value = middle, right = tree(middle + 1, high)}
end
local function walk(node)
  return wrap(function()
    local function visit(at)
      if not at then return end
      visit(at.left)
      yield(at.value)
      visit(at.right)
    end
    visit(node)
  end)
end

local sum = 0
local function is_odd(x) return x % 2 == 1 end
local function square(x) return x * x % 1009 end
for value in map(filter(numbers(math.ceil(3600000 * scale)), is_odd), square) do sum = sum + value end
for _ = 1, math.ceil(95 * scale) do
  for list in permutations {1, 2, 3, 4, 5, 6, 7} do sum = (sum * 3 + list[1] * 7 + list[7]) % 1000000007 end
end
local root = tree(1, 20000)
for _ = 1, math.ceil(80 * scale) do
  for value in walk(root) do sum = (sum + value) % 1000000007 end
end
print(string.format("%.0f", sum))

-- Functions that call one another: even and odd, Hofstadter's sequences, a recursive descent over digits.
local scale = tonumber(arg and arg[1]) or 1

local is_odd
local function is_even(n)
  if n == 0 then return true end
  return is_odd(n - 1)
end
function is_odd(n)
  if n == 0 then return false end
  return is_even(n - 1)
end

local male
local function female(n) return n == 0 and 1 or n - male(female(n - 1)) end
function male(n) return n == 0 and 0 or n - female(male(n - 1)) end

-- Sums of products written in a list: numbers, "+", "*", nested lists.
local sum_of, product_of, factor_of
function factor_of(list, position)
  local item = list[position]
  if type(item) == "table" then return (sum_of(item, 1)), position + 1 end
  return item, position + 1
end
function product_of(list, position)
  local value
  value, position = factor_of(list, position)
  while list[position] == "*" do
    local right
    right, position = factor_of(list, position + 1)
    value = value * right % 10007
  end
  return value, position
end
function sum_of(list, position)
  local value
  value, position = product_of(list, position)
  while list[position] == "+" do
    local right
    right, position = product_of(list, position + 1)
    value = value + right
  end
  return value, position
end

local expression = {1, "+", {2, "+", 3, "*", {4, "+", 5}}, "*", 6, "+", {7, "*", 8, "*", {9, "+", {1, "+", 1}}}, "+", 10}
local sum = 0
for round = 1, math.ceil(10 * scale) do
  for n = 1, 50 do sum = sum + (is_even(n * 180 + round) and 1 or 2) end
  for n = 10, 40 do sum = sum + female(n) + male(n) end
  for _ = 1, 40000 do sum = (sum + sum_of(expression, 1)) % 1000000007 end
end
print(string.format("%.0f", sum))

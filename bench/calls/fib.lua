-- Calls: recursive Fibonacci numbers.
local scale = tonumber(arg and arg[1]) or 1

local function fib(n)
  if n < 2 then return n end
  return fib(n - 1) + fib(n - 2)
end

local sum = 0
for round = 1, math.ceil(28 * scale) do sum = sum + fib(29 + round % 2) end
print(string.format("%.0f", sum))

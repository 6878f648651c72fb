-- Ackermann's function, Takeuchi's function, and tail calls.
local scale = tonumber(arg and arg[1]) or 1

local function ackermann(m, n)
  if m == 0 then return n + 1 end
  if n == 0 then return ackermann(m - 1, 1) end
  return ackermann(m - 1, ackermann(m, n - 1))
end

local function tak(x, y, z)
  if y >= x then return z end
  return tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y))
end

local sum = 0
for round = 1, math.ceil(120 * scale) do
  sum = sum + ackermann(2, 300 + round % 8) + ackermann(3, 6)
  sum = sum + tak(18, 12, 6 - round % 2)
end
print(string.format("%.0f", sum))

-- string.format with integers, floats, strings and quoted strings; numbers to strings and back.
local scale = tonumber(arg and arg[1]) or 1
local format = string.format

local names = {"alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"}
local sum = 0
for i = 1, math.ceil(320000 * scale) do
  local x = i * 0.37 + 0.001
  local line = format("%5d %-10s %8.3f %s", i, names[i % 8 + 1], x, names[i % 5 + 1])
  sum = (sum * 31 + #line + line:byte(i % #line + 1)) % 1000000007
  line = format("%x:%04d:%g:%c", i, i % 9999, x, 65 + i % 26)
  sum = (sum * 31 + #line) % 1000000007
  if i % 4 == 0 then
    line = format("%q, %.14g, %e", names[i % 8 + 1] .. "\"", x / 3, x)
    sum = sum + #line
  end
  sum = sum + tonumber(format("%d", i)) + tonumber(format("%.2f", x)) * 100 % 7
  sum = sum + #tostring(x) + tonumber("0x" .. format("%x", i))
end
print(format("%.3f", sum))

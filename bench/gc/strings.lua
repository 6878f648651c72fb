-- Strings made and dropped: short ones, which are interned, and long ones.
local scale = ...
local total, ring = 0, {}
for i = 1, math.floor(3000000 * scale) do
  local text = "key" .. i
  ring[i % 1000] = text
  if i % 8 == 0 then ring[i % 1000] = ("%d:"):format(i):rep(12) end
  total = total + #text
end
return total
